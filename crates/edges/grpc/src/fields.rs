//! Fields of requests, read strictly: what is not understood is refused with the name of its field.

use std::{fmt::Display, str::FromStr};

use prost_types::Timestamp;
use serde_json::Value;

use crate::refusal::Refusal;

/// What a text stands for.
pub(crate) fn read<T: FromStr>(field: &'static str, text: &str) -> Result<T, Refusal>
where
    T::Err: Display,
{
    text.parse().map_err(|error| Refusal::field(field, &error))
}

/// The same, where an empty text stands for nothing.
pub(crate) fn read_some<T: FromStr>(field: &'static str, text: &str) -> Result<Option<T>, Refusal>
where
    T::Err: Display,
{
    if text.is_empty() {
        return Ok(None);
    }
    read(field, text).map(Some)
}

/// A JSON value.
pub(crate) fn json(field: &'static str, text: &str) -> Result<Value, Refusal> {
    serde_json::from_str(text)
        .map_err(|error| Refusal::field(field, &format!("`{field}` is no JSON: {error}.")))
}

/// A moment; what is finer than a microsecond is left off.
pub(crate) fn moment(
    field: &'static str,
    moment: Option<Timestamp>,
) -> Result<Option<kernel::Timestamp>, Refusal> {
    let Some(moment) = moment else {
        return Ok(None);
    };
    let micros = micros(moment);
    let micros = micros.ok_or_else(|| {
        let words = format!("`{field}` is no moment: `nanos` are from 0 to 999999999.");
        Refusal::field(field, &words)
    })?;
    Ok(Some(kernel::Timestamp::from_micros(micros)))
}

fn micros(moment: Timestamp) -> Option<i64> {
    let nanos = u32::try_from(moment.nanos).ok()?;
    if nanos >= 1_000_000_000 {
        return None;
    }
    let micros = moment.seconds.checked_mul(1_000_000)?;
    micros.checked_add(i64::from(nanos / 1_000))
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;

    use super::micros;

    #[test]
    fn a_moment_is_read_to_the_microsecond_and_nonsense_is_none() {
        let read = |seconds, nanos| micros(Timestamp { seconds, nanos });
        assert_eq!(read(2, 1_999), Some(2_000_001));
        assert_eq!(read(-1, 500_000_000), Some(-500_000));
        for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0)] {
            assert_eq!(read(seconds, nanos), None, "{seconds} {nanos}");
        }
    }
}
