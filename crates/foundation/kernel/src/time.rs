//! Moments and spans, in whole microseconds, and the clock they come from.

use std::{
    fmt,
    ops::Add,
    str::FromStr,
    time::{Duration, Instant},
};

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A length of time in microseconds; never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

/// Why a text is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a moment: write RFC 3339, for example 2026-11-20T10:00:00Z")]
pub struct TimestampError {
    given: String,
}

/// Where the time comes from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The moment it is.
    fn now(&self) -> Timestamp;
}

/// The machine's clock: the one place that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one reader of the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_microsecond())
    }
}

/// Measures how long something took, by the machine's steady clock.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one reader of the steady clock"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has run.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Timestamp {
    /// The moment this many microseconds after the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// How long ago `earlier` was, or nothing where it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0).max(0))
    }

    /// The moment a span before this one.
    #[must_use]
    pub fn before(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// This many microseconds.
    #[must_use]
    pub const fn micros(count: u32) -> Self {
        Self(count as i64)
    }

    /// This many milliseconds.
    #[must_use]
    pub const fn millis(count: u32) -> Self {
        Self(count as i64 * 1_000)
    }

    /// This many seconds.
    #[must_use]
    pub const fn seconds(count: u32) -> Self {
        Self(count as i64 * 1_000_000)
    }

    /// This many minutes.
    #[must_use]
    pub const fn minutes(count: u32) -> Self {
        Self(count as i64 * 60_000_000)
    }

    /// This many hours.
    #[must_use]
    pub const fn hours(count: u32) -> Self {
        Self(count as i64 * 3_600_000_000)
    }

    /// This many days of 24 hours.
    #[must_use]
    pub const fn days(count: u32) -> Self {
        Self(count as i64 * 86_400_000_000)
    }

    /// How many microseconds.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The same, for a runtime's timers.
    #[must_use]
    pub const fn to_std(self) -> Duration {
        Duration::from_micros(self.0.unsigned_abs())
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with as many digits of a second as there are.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => moment.fmt(out),
            Err(_) => write!(out, "{}us", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let moment: Result<jiff::Timestamp, _> = text.parse();
        moment
            .map(|moment| Self(moment.as_microsecond()))
            .map_err(|_| TimestampError {
                given: text.chars().take(60).collect(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, Timestamp};

    #[test]
    fn moments_are_written_and_read_as_rfc_3339() {
        let moment: Timestamp = "2026-11-20T10:00:00.25Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-11-20T10:00:00.25Z");
        assert_eq!((moment + Span::seconds(60)).since(moment), Span::minutes(1));
        assert!("yesterday".parse::<Timestamp>().is_err());
    }
}
