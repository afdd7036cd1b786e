//! A moment as an operator writes it: RFC 3339, or how long ago (`-30m`).

use std::str::FromStr;

use kernel::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A moment, absolute or counted back from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moment {
    /// At this many microseconds since 1970.
    At(i64),
    /// This many seconds ago.
    Ago(u32),
}

/// Why a text is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write a moment as 2026-11-20T10:00:00Z, or how long ago: -90s, -30m, -12h, -7d")]
pub struct MomentError;

impl Moment {
    /// The moment itself.
    #[must_use]
    pub fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(micros) => Timestamp::from_micros(micros),
            Self::Ago(seconds) => now.before(Span::seconds(seconds)),
        }
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let Some(ago) = text.strip_prefix('-') else {
            let at: Result<Timestamp, _> = text.parse();
            return at.map(|at| Self::At(at.micros())).map_err(|_| MomentError);
        };
        let digits = ago.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = ago.split_at(digits);
        let factor: u32 = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(MomentError),
        };
        let seconds = number
            .parse::<u32>()
            .ok()
            .and_then(|number| number.checked_mul(factor));
        seconds.map(Self::Ago).ok_or(MomentError)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::Moment;

    #[test]
    fn moments_are_absolute_or_counted_back() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let read = |text: &str| {
            text.parse::<Moment>()
                .map(|moment| moment.resolve(now).to_string())
        };
        assert_eq!(
            read("2026-01-01T00:00:00Z").as_deref(),
            Ok("2026-01-01T00:00:00Z")
        );
        assert_eq!(read("-30m").as_deref(), Ok("2026-11-20T09:30:00Z"));
        assert_eq!(read("-7d").as_deref(), Ok("2026-11-13T10:00:00Z"));
        for text in [
            "",
            "-",
            "30m",
            "-30",
            "-m",
            "-30w",
            "-99999999999d",
            "yesterday",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
