//! Lengths of time as people type them: `10m`, `2h`, `1d12h`, `1 week`.

/// The minutes that a text means, rounded up; nothing where it means none, or more than a century.
#[must_use]
pub fn minutes(text: &str) -> Option<u32> {
    const CENTURY: u64 = 100 * 366 * 24 * 60 * 60;
    let mut rest = text.trim();
    let (mut seconds, mut parts) = (0_u64, 0);
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let count: u64 = rest.get(..digits)?.parse().ok()?;
        let unit_part = rest[digits..].trim_start();
        let letters = unit_part
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(unit_part.len());
        let unit = unit(&unit_part[..letters], rest.len() == digits && parts == 0)?;
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
        rest = unit_part[letters..].trim_start_matches([' ', ',']);
        parts += 1;
    }
    let fits = parts > 0 && (1..=CENTURY).contains(&seconds);
    fits.then(|| u32::try_from(seconds.div_ceil(60)).ok())
        .flatten()
}

/// The seconds of a unit. A bare number means minutes.
fn unit(text: &str, is_bare: bool) -> Option<u64> {
    Some(match text.to_ascii_lowercase().as_str() {
        "" if is_bare => 60,
        "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => 60,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 604_800,
        _ => return None,
    })
}

/// Minutes as people read them.
#[must_use]
pub fn spoken(minutes: u32) -> String {
    let parts = [
        (minutes / 1_440, "d"),
        (minutes % 1_440 / 60, "h"),
        (minutes % 60, "m"),
    ];
    let spoken: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if spoken.is_empty() {
        "0m".to_owned()
    } else {
        spoken.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::{minutes, spoken};

    #[test]
    fn lengths_are_read_as_people_type_them() {
        let read = [
            ("10m", Some(10)),
            ("2h", Some(120)),
            ("7d", Some(10_080)),
            ("1d12h", Some(2_160)),
            ("1 day, 2 hours", Some(1_560)),
            ("90", Some(90)),
            ("30s", Some(1)),
            ("1W", Some(10_080)),
            ("", None),
            ("0m", None),
            ("m", None),
            ("10 parsecs", None),
            ("-5m", None),
            ("1h 5", None),
            ("99999999999999999999m", None),
            ("999999999w", None),
            ("١٠m", None),
        ];
        for (text, wanted) in read {
            assert_eq!(minutes(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_length_that_was_spoken_is_read_the_same() {
        for length in [1, 59, 60, 61, 1_439, 1_440, 2_160, 40_320] {
            assert_eq!(minutes(&spoken(length)), Some(length), "{}", spoken(length));
        }
    }
}
