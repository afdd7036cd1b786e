//! Virtual members: a server that lives by itself, so that whoever comes to try a bot is not alone.
//!
//! V1  The same seed, world and times make the same life; nothing here asks the machine for chance.
//! V2  They act only through what a person could do, are checked like one, and leave alone whom somebody acts as.
//! V3  What they make is bounded: how often, how many members, and messages by the world's own limit.
//!
//! `banter` is what they say, `demo` the server they live in, `deeds` what they do.

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::page::{Page, Signal};
use crate::world::Snowflake;

mod banter;
mod deeds;
mod demo;
mod names;
mod phrases;
#[cfg(test)]
mod tests;

pub use demo::DemoServer;
pub(crate) use demo::seed_demo_world;

use deeds::Life;

/// How often something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    Off,
    #[default]
    Calm,
    Lively,
}

impl Pace {
    /// From how long to how long it is quiet, in milliseconds.
    const fn pause_ms(self) -> Option<(u64, u64)> {
        match self {
            Self::Off => None,
            Self::Calm => Some((18_000, 45_000)),
            Self::Lively => Some((1_500, 5_000)),
        }
    }
}

/// Who was acted as this recently is there, and is left alone.
const RECENT_US: i64 = 10 * 60 * 1_000_000;
/// Presence changes in slots of this length.
const SLOT_US: i64 = 20 * 60 * 1_000_000;

/// Whether a person is there: of chance, but the same for everybody who looks.
pub(crate) fn presence_of(user: Snowflake, acted_us: Option<i64>, now_us: i64) -> &'static str {
    if acted_us.is_some_and(|at| now_us - at < RECENT_US) {
        return "online";
    }
    // Each has its own moment of change, so that not all come and go at once.
    let slot =
        (now_us + i64::try_from(user.0 % 1_200).unwrap_or(0) * 1_000_000).div_euclid(SLOT_US);
    let mixed = (user.0 ^ slot.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_mul(0xD6E8_FEB8_6659_FD93);
    match (mixed >> 32) % 100 {
        0..50 => "online",
        50..70 => "idle",
        _ => "offline",
    }
}

/// Lets virtual members live until the simulator stops, at the page's pace.
pub(crate) async fn run(page: Arc<Page>, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut life = Life::default();
    let mut signals = page.listen();
    let stopping = page.stopping.clone();
    loop {
        let pause = page
            .pace()
            .pause_ms()
            .map(|(least, most)| Duration::from_millis(chance.random_range(least..most)));
        let quiet = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            signal = signals.recv() => match signal {
                // The new pace holds from now on.
                Ok(Signal::Pace | Signal::Steps) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            },
            () = quiet => life.live(&page, &mut chance).await,
        }
    }
}
