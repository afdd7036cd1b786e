//! A clock that is moved by hand, for tests and for outside projects that want to skip waiting.

use std::sync::atomic::{AtomicI64, Ordering};

use kernel::{Clock, Timestamp};

/// Stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    now_us: AtomicI64,
}

impl ManualClock {
    /// A clock that shows this moment, in microseconds since 1970.
    #[must_use]
    pub const fn new(now_us: i64) -> Self {
        Self {
            now_us: AtomicI64::new(now_us),
        }
    }

    /// Moves it forward.
    pub fn advance_us(&self, by_us: i64) {
        self.now_us.fetch_add(by_us, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.now_us.load(Ordering::SeqCst))
    }
}
