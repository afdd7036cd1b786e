//! Waiting for the limits: the table of `limits` behind a lock, with a clock and somebody to wake those who wait.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use kernel::Stopwatch;
use tokio::sync::Notify;

use super::limits::{Counted, Key, Limits, Notice, Wait};

/// The limits of one bot.
#[derive(Debug)]
pub(super) struct Limiter {
    limits: Mutex<Limits>,
    since: Stopwatch,
    settled: Notify,
}

/// Leave to send one request. Dropped without an answer, it frees its place.
#[derive(Debug)]
pub(super) struct Leave<'l> {
    limiter: &'l Limiter,
    key: Option<Key>,
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self {
            limits: Mutex::new(Limits::default()),
            since: Stopwatch::start(),
            settled: Notify::new(),
        }
    }

    /// Waits for leave; gives the time still to wait where that lies beyond `within`.
    pub(super) async fn leave(
        &self,
        key: &Key,
        counted: Counted,
        within: Duration,
    ) -> Result<Leave<'_>, Duration> {
        let until = self.since.elapsed() + within;
        loop {
            // Listening begins before the question, so that no answer slips in between.
            let settled = self.settled.notified();
            let now = self.since.elapsed();
            let wait = match self.locked(|limits| limits.take(key, counted, now)) {
                Ok(()) => {
                    return Ok(Leave {
                        limiter: self,
                        key: Some(key.clone()),
                    });
                }
                Err(wait) => wait,
            };
            let left = until.saturating_sub(now);
            match wait {
                Wait::For(wait) if wait > left => return Err(wait),
                Wait::For(wait) => tokio::time::sleep(wait).await,
                Wait::ForAnswer => {
                    if tokio::time::timeout(left, settled).await.is_err() {
                        return Err(Duration::from_secs(1));
                    }
                }
            }
        }
    }

    fn locked<T>(&self, act: impl FnOnce(&mut Limits) -> T) -> T {
        act(&mut self.limits.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn settle(&self, key: &Key, notice: &Notice) {
        let now = self.since.elapsed();
        self.locked(|limits| limits.settle(key, notice, now));
        self.settled.notify_waiters();
    }
}

impl Leave<'_> {
    /// Takes in what the answer said.
    pub(super) fn answered(mut self, notice: &Notice) {
        if let Some(key) = self.key.take() {
            self.limiter.settle(&key, notice);
        }
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.limiter.settle(&key, &Notice::default());
        }
    }
}
