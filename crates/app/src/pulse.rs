//! Whether something happened in a guild: for pages that follow it. However many ask, the database is asked about once a
//! second for each guild.

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use kernel::{GuildId, Stopwatch};
use moka::sync::Cache;
use store::{DbError, Tx};
use tokio::sync::Mutex;

use crate::Core;

/// How long an answer stands.
const STANDS: Duration = Duration::from_millis(800);
/// Guilds whose pulse is remembered at most.
const GUILDS_MAX: u64 = 10_000;
/// A guild that nobody follows for so long is forgotten.
const QUIET: Duration = Duration::from_secs(60);

/// How far a guild has come: another one says that something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pulse {
    decisions: i64,
    transfers: i64,
}

/// A text that is no pulse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no pulse of a guild")]
pub struct PulseError;

impl fmt::Display for Pulse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.decisions, self.transfers)
    }
}

impl FromStr for Pulse {
    type Err = PulseError;

    fn from_str(text: &str) -> Result<Self, PulseError> {
        let (decisions, transfers) = text.split_once('.').ok_or(PulseError)?;
        let number = |text: &str| text.parse().map_err(|_| PulseError);
        Ok(Self {
            decisions: number(decisions)?,
            transfers: number(transfers)?,
        })
    }
}

/// What was read last of a guild, and when; whoever reads holds it.
type Last = Arc<Mutex<Option<(Stopwatch, Pulse)>>>;

/// The pulses of guilds that somebody follows.
#[derive(Debug)]
pub(crate) struct Pulses(Cache<GuildId, Last>);

impl Pulses {
    pub(crate) fn new() -> Self {
        let cache = Cache::builder().max_capacity(GUILDS_MAX);
        Self(cache.time_to_idle(QUIET).build())
    }
}

impl Core {
    /// How far a guild has come, to the second.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pulse(&self, guild: GuildId) -> Result<Pulse, DbError> {
        let last = self.pulses.0.get_with(guild, Last::default);
        let mut last = last.lock().await;
        if let Some((read, pulse)) = last.as_ref()
            && read.elapsed() < STANDS
        {
            return Ok(*pulse);
        }
        let read = Stopwatch::start();
        let pulse = self
            .database
            .read("pulse", move |tx| beat(tx, guild))
            .await?;
        *last = Some((read, pulse));
        Ok(pulse)
    }
}

fn beat(tx: &mut Tx<'_>, guild: GuildId) -> Result<Pulse, DbError> {
    Ok(Pulse {
        decisions: audit::newest(tx, guild)?,
        transfers: economy::newest(tx, guild)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Pulse, PulseError};

    #[test]
    fn a_pulse_is_read_as_it_is_written() {
        let pulse = Pulse {
            decisions: 7,
            transfers: 0,
        };
        assert_eq!(pulse.to_string().parse(), Ok(pulse));
        for text in ["", "7", "7.", ".7", "a.b", "1.2.3"] {
            assert_eq!(text.parse::<Pulse>(), Err(PulseError), "{text:?}");
        }
    }
}
