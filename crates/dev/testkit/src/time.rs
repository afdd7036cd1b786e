//! A clock that is moved by hand.

use std::sync::atomic::{AtomicI64, Ordering};

use kernel::{Clock, Span, Timestamp};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at this moment, given in RFC 3339.
    #[must_use]
    pub fn at(moment: &str) -> Self {
        let moment: Timestamp = moment.parse().expect("the test gives a moment in RFC 3339");
        Self(AtomicI64::new(moment.micros()))
    }

    /// Moves it forward.
    pub fn advance(&self, span: Span) {
        self.0.fetch_add(span.as_micros(), Ordering::SeqCst);
    }

    /// Sets it, also backwards.
    pub fn set(&self, moment: &str) {
        let moment: Timestamp = moment.parse().expect("the test gives a moment in RFC 3339");
        self.0.store(moment.micros(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
