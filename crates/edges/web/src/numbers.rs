//! Numbers as pages write them: with separators, short on axes, and money in dollars.

use std::time::Duration;

use kernel::Span;

/// What a number counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things.
    Count,
    /// Coins, with the guild's symbol.
    Coins(String),
}

impl Unit {
    /// The number whole.
    pub(crate) fn whole(&self, value: i64) -> String {
        match self {
            Self::Count => grouped(value),
            Self::Coins(symbol) => format!("{} {symbol}", grouped(value)),
        }
    }

    /// The number as an axis has it.
    pub(crate) fn short(&self, value: i64) -> String {
        match self {
            Self::Count | Self::Coins(_) => short(value),
        }
    }
}

/// `12,345`, with a true minus.
pub(crate) fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 3);
    if value < 0 {
        out.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `12.3k`, `4M`: at most four letters and a sign.
pub(crate) fn short(value: i64) -> String {
    let size = value.unsigned_abs();
    let (unit, letter) = match size {
        0..10_000 => return grouped(value),
        10_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        1_000_000_000..1_000_000_000_000 => (1_000_000_000, "bn"),
        _ => (1_000_000_000_000, "tn"),
    };
    let sign = if value < 0 { "−" } else { "" };
    let (whole, tenth) = (size / unit, size % unit * 10 / unit);
    if tenth == 0 || whole >= 100 {
        format!("{sign}{whole}{letter}")
    } else {
        format!("{sign}{whole}.{tenth}{letter}")
    }
}

/// Millionths of a dollar as dollars: to the cent from a cent on, else to what is there.
pub(crate) fn dollars(micros: i64) -> String {
    let sign = if micros < 0 { "−" } else { "" };
    let size = micros.unsigned_abs();
    if size >= 10_000 || size == 0 {
        let cents = (size + 5_000) / 10_000;
        let whole = i64::try_from(cents / 100).unwrap_or(i64::MAX);
        return format!("{sign}${}.{:02}", grouped(whole), cents % 100);
    }
    let digits = format!("{size:06}");
    format!("{sign}$0.{}", digits.trim_end_matches('0'))
}

/// How long something took: `0.4 ms`, `38 ms`, `1.2 s`, `3 min`.
pub(crate) fn took(time: Duration) -> String {
    let micros = time.as_micros();
    match micros {
        0 => "0 ms".to_owned(),
        1..10_000 => tenths(micros / 100, "ms"),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        1_000_000..60_000_000 => tenths(micros / 100_000, "s"),
        60_000_000..7_200_000_000 => format!("{} min", micros / 60_000_000),
        _ => format!("{} h", micros / 3_600_000_000),
    }
}

fn tenths(count: u128, unit: &str) -> String {
    match (count / 10, count % 10) {
        (whole, 0) => format!("{whole} {unit}"),
        (whole, tenth) => format!("{whole}.{tenth} {unit}"),
    }
}

/// How long something lasts: `40 s`, `12 min`, `5 h`, `3 days`.
pub(crate) fn lasting(span: Span) -> String {
    let seconds = span.as_micros() / 1_000_000;
    match seconds {
        ..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", grouped(seconds / 86_400)),
    }
}

/// `812 bytes`, `4.2 MB`: in steps of a thousand, as a disk counts.
pub(crate) fn bytes(count: u64) -> String {
    let (unit, name) = match count {
        ..1_000 => return format!("{count} bytes"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    tenths(u128::from(count / (unit / 10)), name)
}

/// What a share counts: so many of it are the whole.
pub(crate) const WHOLE: u32 = 10_000;

/// Ten-thousandths as a percentage, never more than it is: `0.9 %`, `41 %`.
pub(crate) fn share(ten_thousandths: u32) -> String {
    match ten_thousandths {
        0 => "0 %".to_owned(),
        1..10 => "under 0.1 %".to_owned(),
        _ => tenths(u128::from(ten_thousandths / 10), "%"),
    }
}

/// `1 case`, `2 cases`.
pub(crate) fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::Span;

    use super::{Unit, WHOLE, bytes, counted, dollars, grouped, lasting, share, short, took};

    #[test]
    fn numbers_have_separators() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-1_234_567, "−1,234,567"),
            (i64::MIN, "−9,223,372,036,854,775,808"),
        ] {
            assert_eq!(grouped(value), text);
        }
        assert_eq!(counted(1, "case", "cases"), "1 case");
        assert_eq!(counted(1_200, "case", "cases"), "1,200 cases");
    }

    #[test]
    fn axes_are_short() {
        for (value, text) in [
            (9_999, "9,999"),
            (12_345, "12.3k"),
            (123_456, "123k"),
            (2_000_000, "2M"),
            (-3_400_000_000, "−3.4bn"),
        ] {
            assert_eq!(short(value), text);
        }
        assert_eq!(Unit::Coins("🪙".to_owned()).whole(1_500), "1,500 🪙");
    }

    #[test]
    fn times_and_sizes_have_the_unit_that_fits() {
        for (micros, text) in [
            (0, "0 ms"),
            (420, "0.4 ms"),
            (3_000, "3 ms"),
            (38_400, "38 ms"),
            (1_250_000, "1.2 s"),
            (200_000_000, "3 min"),
        ] {
            assert_eq!(took(Duration::from_micros(micros)), text);
        }
        for (span, text) in [
            (Span::seconds(40), "40 s"),
            (Span::minutes(12), "12 min"),
            (Span::hours(5), "5 h"),
            (Span::days(3), "3 days"),
        ] {
            assert_eq!(lasting(span), text);
        }
        for (count, text) in [
            (812, "812 bytes"),
            (4_000, "4 kB"),
            (4_260_000, "4.2 MB"),
            (7_100_000_000, "7.1 GB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn small_money_is_not_rounded_away() {
        for (micros, text) in [
            (0, "$0.00"),
            (1, "$0.000001"),
            (420, "$0.00042"),
            (10_000, "$0.01"),
            (1_234_567, "$1.23"),
            (-5_000_000_000, "−$5,000.00"),
        ] {
            assert_eq!(dollars(micros), text);
        }
    }

    #[test]
    fn shares_are_percentages_and_never_more_than_they_are() {
        let table = [
            (0, "0 %"),
            (9, "under 0.1 %"),
            (94, "0.9 %"),
            (2_500, "25 %"),
            (9_999, "99.9 %"),
            (WHOLE, "100 %"),
        ];
        for (ten_thousandths, text) in table {
            assert_eq!(share(ten_thousandths), text);
        }
    }
}
