//! Ids as Discord mints them, the mint, and moments as Discord writes them.
//! An id is never minted twice: within a run ids only grow, and each run carries its own number in the worker bits,
//! so that a clock that steps back over a restart repeats nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Discord's epoch, 2015-01-01T00:00:00Z, in milliseconds.
const EPOCH_MS: i64 = 1_420_070_400_000;
const RUN_BITS: u32 = 10;
const COUNTER_BITS: u32 = 12;
const TIME_SHIFT: u32 = RUN_BITS + COUNTER_BITS;

/// A Discord id: a 64-bit number, a string in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Snowflake(pub u64);

impl Snowflake {
    /// When it was minted, in microseconds since 1970.
    #[must_use]
    pub fn minted_us(self) -> i64 {
        (i64::try_from(self.0 >> TIME_SHIFT).expect("42 bits fit") + EPOCH_MS) * 1_000
    }

    /// The shard that a guild of this id belongs to.
    #[must_use]
    pub fn shard(self, count: u32) -> u32 {
        u32::try_from((self.0 >> TIME_SHIFT) % u64::from(count.max(1))).expect("smaller than a u32")
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Debug for Snowflake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// A text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: ids are decimal numbers of up to 20 digits")]
pub struct NotAnId;

impl FromStr for Snowflake {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.is_empty() || text.len() > 20 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAnId);
        }
        text.parse().map(Self).map_err(|_| NotAnId)
    }
}

impl Serialize for Snowflake {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Snowflake {
    /// Reads a string or a number, as Discord does.
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Either;
        impl de::Visitor<'_> for Either {
            type Value = Snowflake;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an id, as a string or a number")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Snowflake, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Snowflake, E> {
                Ok(Snowflake(number))
            }
        }
        input.deserialize_any(Either)
    }
}

/// Where ids come from.
#[derive(Debug)]
pub(crate) struct Mint {
    run: u64,
    last: u64,
}

impl Mint {
    /// A mint for this run; `floor` is the largest id known from earlier runs.
    pub(crate) fn new(run: u64, floor: Snowflake) -> Self {
        Self {
            run: run % (1 << RUN_BITS),
            last: (floor.0 >> TIME_SHIFT) << COUNTER_BITS | ((1 << COUNTER_BITS) - 1),
        }
    }

    /// A new id, larger than all before it.
    pub(crate) fn next(&mut self, now_us: i64) -> Snowflake {
        let millis = u64::try_from(now_us.div_euclid(1_000) - EPOCH_MS).unwrap_or(0);
        // The counter runs on into the next millisecond when it is full, or when the clock stands still.
        self.last = (self.last + 1).max(millis << COUNTER_BITS);
        let (time, counter) = (
            self.last >> COUNTER_BITS,
            self.last & ((1 << COUNTER_BITS) - 1),
        );
        Snowflake(time << TIME_SHIFT | self.run << COUNTER_BITS | counter)
    }
}

/// The one form of a moment that every Discord library reads: `2026-11-20T10:00:00.000000+00:00`.
#[must_use]
pub fn iso(us: i64) -> String {
    let (days, rest) = (us.div_euclid(86_400_000_000), us.rem_euclid(86_400_000_000));
    let (year, month, day) = civil(days);
    let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}+00:00")
}

/// Year, month and day of a count of days since 1970, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Counted in years that begin in March, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{Mint, Snowflake, iso};

    #[test]
    fn moments_have_six_digits_and_an_offset() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000000+00:00");
        assert_eq!(
            iso(1_795_168_800_000_001),
            "2026-11-20T10:00:00.000001+00:00"
        );
        assert_eq!(
            iso(1_709_164_800_000_000),
            "2024-02-29T00:00:00.000000+00:00"
        );
    }

    #[test]
    fn ids_grow_and_never_repeat_when_the_clock_steps_back_over_a_restart() {
        let mut first = Mint::new(1, Snowflake(0));
        let ids: Vec<_> = (0..10_000)
            .map(|_| first.next(1_795_168_800_000_000))
            .collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        let mut second = Mint::new(2, ids[9_999]);
        assert!(second.next(1_700_000_000_000_000) > ids[9_999]);
    }

    #[test]
    fn the_time_and_shard_of_an_id_are_readable() {
        let id = Mint::new(0, Snowflake(0)).next(1_795_168_800_000_000);
        assert_eq!(id.minted_us(), 1_795_168_800_000_000);
        assert!(id.shard(4) < 4);
        assert_eq!(Snowflake(0).shard(0), 0);
    }

    #[test]
    fn ids_are_strings_in_json_and_read_from_both() {
        assert_eq!(serde_json::to_string(&Snowflake(7)).unwrap(), "\"7\"");
        assert_eq!(
            serde_json::from_str::<Snowflake>("7").unwrap(),
            Snowflake(7)
        );
        assert!(serde_json::from_str::<Snowflake>("\"7x\"").is_err());
        assert!("99999999999999999999".parse::<Snowflake>().is_err());
    }
}
