//! Numbers as pages write them: with separators, short on axes, and money in dollars.

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

/// `1 case`, `2 cases`.
pub(crate) fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{Unit, counted, dollars, grouped, short};

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
}
