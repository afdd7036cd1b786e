//! The heart: when to beat, and when a connection that does not answer is taken for dead.

use std::time::Duration;

use kernel::{Chance, Stopwatch};
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use crate::meters;

/// An interval shorter than this would be a flood, a longer one a connection that nobody checks.
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(120);

/// The heart of one connection.
#[derive(Debug)]
pub(super) struct Heart {
    ticks: Interval,
    sent: Option<Stopwatch>,
}

/// The peer has not answered the last beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dead;

impl Heart {
    /// Beats at this interval, the first time somewhere within it.
    pub(super) fn new(interval: Duration, chance: &dyn Chance) -> Self {
        let interval = interval.clamp(SHORTEST, LONGEST);
        let micros = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
        let first = Duration::from_micros(chance.below(micros));
        let mut ticks = interval_at(tokio::time::Instant::now() + first, interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { ticks, sent: None }
    }

    /// Waits until it is time.
    pub(super) async fn due(&mut self) {
        self.ticks.tick().await;
    }

    /// It is time: beats, unless the last beat is still without an answer.
    pub(super) fn beat(&mut self) -> Result<(), Dead> {
        if self.sent.is_some() {
            return Err(Dead);
        }
        self.sent = Some(Stopwatch::start());
        Ok(())
    }

    /// The peer answered; how long that took, where it was asked.
    pub(super) fn answered(&mut self) -> Option<Duration> {
        let latency = self.sent.take()?.elapsed();
        meters::heartbeat(latency);
        Some(latency)
    }
}
