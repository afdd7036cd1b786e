//! The budget of invalid requests: too many of them in ten minutes, and Discord blocks the whole address.
//!
//! A bot stops itself long before the address is in danger, so that one bot's broken token cannot silence the others.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kernel::Stopwatch;

/// Discord counts over this long.
const WINDOW: Duration = Duration::from_secs(600);
/// The most invalid requests of one bot; Discord blocks an address at 10,000.
const TOKEN_MAX: usize = 100;
/// The most invalid requests of all bots behind this address.
const ADDRESS_MAX: usize = 5_000;

/// When invalid requests were made, over one window. Nothing here reads a clock.
#[derive(Debug)]
pub(super) struct Tally {
    at: VecDeque<Duration>,
    most: usize,
}

impl Tally {
    pub(super) const fn of_token() -> Self {
        Self {
            at: VecDeque::new(),
            most: TOKEN_MAX,
        }
    }

    const fn of_address() -> Self {
        Self {
            at: VecDeque::new(),
            most: ADDRESS_MAX,
        }
    }

    /// Notes an invalid request.
    pub(super) fn note(&mut self, now: Duration) {
        if self.at.len() >= self.most {
            self.at.pop_front();
        }
        self.at.push_back(now);
    }

    /// How long nothing may be sent, where the budget is spent.
    pub(super) fn closed_for(&mut self, now: Duration) -> Option<Duration> {
        while self.at.front().is_some_and(|at| *at + WINDOW <= now) {
            self.at.pop_front();
        }
        let oldest = self.at.front()?;
        (self.at.len() >= self.most).then(|| *oldest + WINDOW - now)
    }
}

/// The budget that all bots of this process share, for Discord sees one address.
#[derive(Debug, Clone)]
pub(crate) struct AddressBudget {
    tally: Arc<Mutex<Tally>>,
    since: Stopwatch,
}

impl AddressBudget {
    /// An untouched budget.
    pub(crate) fn new() -> Self {
        Self {
            tally: Arc::new(Mutex::new(Tally::of_address())),
            since: Stopwatch::start(),
        }
    }

    pub(super) fn note(&self) {
        self.locked(|tally, now| tally.note(now));
    }

    pub(super) fn closed_for(&self) -> Option<Duration> {
        self.locked(Tally::closed_for)
    }

    fn locked<T>(&self, act: impl FnOnce(&mut Tally, Duration) -> T) -> T {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut tally, self.since.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{TOKEN_MAX, Tally, WINDOW};

    #[test]
    fn the_hundredth_invalid_request_closes_and_ten_minutes_open_again() {
        let mut tally = Tally::of_token();
        for second in 0..TOKEN_MAX as u64 {
            let now = Duration::from_secs(second);
            assert_eq!(tally.closed_for(now), None);
            tally.note(now);
        }
        let now = Duration::from_secs(100);
        assert_eq!(tally.closed_for(now), Some(WINDOW - now));
        assert_eq!(tally.closed_for(WINDOW), None);
    }
}
