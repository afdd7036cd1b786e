//! Events of one lane that wait for the database to come back: bounded, in order, and not for ever.

use std::collections::VecDeque;

use kernel::{Span, Timestamp};
use tokio::time::Instant;

use crate::router::Arrival;

/// How many events of one lane may wait.
const PARKED_MAX: usize = 256;
/// What has waited for longer is not handled any more: nobody would understand it.
const PARKED_FOR: Span = Span::minutes(15);
/// How long to wait before the database is tried again.
const PAUSE: Span = Span::millis(500);

/// What waits, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Parked {
    waiting: VecDeque<(Arrival, Timestamp)>,
    try_at: Option<Instant>,
}

impl Parked {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// When the database should be tried again; nothing where nothing waits.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.try_at.filter(|_| !self.waiting.is_empty())
    }

    /// Parks an event at the end; where there is no room, the oldest is dropped.
    pub(crate) fn put(&mut self, arrival: Arrival, now: Timestamp) {
        if self.waiting.len() >= PARKED_MAX {
            self.waiting.pop_front();
            dropped("full");
        }
        if self.waiting.is_empty() {
            self.pause();
        }
        self.waiting.push_back((arrival, now));
    }

    /// Parks an event again that was taken too early.
    pub(crate) fn put_back(&mut self, arrival: Arrival, since: Timestamp) {
        self.waiting.push_front((arrival, since));
        self.pause();
    }

    /// The oldest event that is still worth handling, and since when it waits.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<(Arrival, Timestamp)> {
        while let Some((arrival, since)) = self.waiting.pop_front() {
            if now.since(since) <= PARKED_FOR {
                return Some((arrival, since));
            }
            dropped("old");
        }
        None
    }

    /// Leaves all of it to the next process: Discord sends it again to the session that goes on.
    pub(crate) fn give_up(self) {
        for (arrival, _) in self.waiting {
            arrival.finished.give_up();
        }
    }

    fn pause(&mut self) {
        self.try_at = Some(Instant::now() + PAUSE.to_std());
    }
}

fn dropped(why: &'static str) {
    metrics::counter!("guildhall_events_dropped_total", "why" => why).increment(1);
    tracing::warn!(why, "an event waited for the database and was dropped");
}
