//! What an owner can set about the economy, with the defaults that hold where nothing is set.
//!
//! Settings come out of a guild's configuration document. [`Settings::check`] says what is wrong with them before
//! they are taken on; nothing here reads them from anywhere.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The economy of one guild.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether there is one.
    pub enabled: bool,
    /// How coins are called.
    pub currency: Currency,
    /// What `/daily` pays.
    pub daily: Daily,
    /// What a member finds in a new purse.
    pub start_balance: i64,
    /// What one `/pay` may move.
    pub pay: Pay,
}

/// How coins are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Currency {
    /// Their name.
    pub name: String,
    /// Their symbol, which stands behind numbers.
    pub symbol: String,
}

/// What `/daily` pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Daily {
    /// On the first day of a streak; zero turns `/daily` off.
    pub amount: i64,
    /// More for each day that the streak goes on.
    pub streak_bonus: i64,
    /// The number of days after which the bonus grows no further.
    pub streak_days_max: i64,
    /// The zone of members who chose none; UTC where this is missing too.
    pub zone: Option<String>,
}

/// What one `/pay` may move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pay {
    /// The smallest amount.
    pub amount_min: i64,
    /// The largest amount.
    pub amount_max: i64,
}

/// The most that a single reward, start balance or bonus may be.
pub const REWARD_MAX: i64 = 1_000_000_000;
/// The most days for which a bonus may grow.
pub const STREAK_DAYS_MAX: i64 = 366;

/// What is wrong with settings, with the place as a JSON pointer inside them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct SettingsError {
    /// Where.
    pub pointer: &'static str,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: true,
            currency: Currency::default(),
            daily: Daily::default(),
            start_balance: 0,
            pay: Pay::default(),
        }
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self {
            name: "coins".to_owned(),
            symbol: "🪙".to_owned(),
        }
    }
}

impl Default for Daily {
    fn default() -> Self {
        Self {
            amount: 100,
            streak_bonus: 10,
            streak_days_max: 7,
            zone: None,
        }
    }
}

impl Default for Pay {
    fn default() -> Self {
        Self {
            amount_min: 1,
            amount_max: kernel::Amount::MAX.get(),
        }
    }
}

impl Settings {
    /// Everything that is wrong, so that it can be put right at once.
    #[must_use]
    pub fn check(&self) -> Vec<SettingsError> {
        let mut wrong = Vec::new();
        let mut bounded = |pointer, value: i64, min: i64, max: i64| {
            if !(min..=max).contains(&value) {
                let reason = format!("{value} is not a whole number from {min} to {max}");
                wrong.push(SettingsError { pointer, reason });
            }
        };
        let daily = &self.daily;
        let amount_max = kernel::Amount::MAX.get();
        bounded("/daily/amount", daily.amount, 0, REWARD_MAX);
        bounded("/daily/streak_bonus", daily.streak_bonus, 0, REWARD_MAX);
        bounded(
            "/daily/streak_days_max",
            daily.streak_days_max,
            0,
            STREAK_DAYS_MAX,
        );
        bounded("/start_balance", self.start_balance, 0, REWARD_MAX);
        bounded("/pay/amount_min", self.pay.amount_min, 1, amount_max);
        bounded(
            "/pay/amount_max",
            self.pay.amount_max,
            self.pay.amount_min.max(1),
            amount_max,
        );
        wrong.extend(word("/currency/name", &self.currency.name));
        wrong.extend(word("/currency/symbol", &self.currency.symbol));
        wrong.extend(daily.zone.as_deref().and_then(zone));
        wrong
    }
}

fn word(pointer: &'static str, text: &str) -> Option<SettingsError> {
    let length = text.chars().count();
    let fits = (1..=32).contains(&length) && !text.chars().any(char::is_control);
    (!fits).then(|| SettingsError {
        pointer,
        reason: "write 1 to 32 characters on one line".to_owned(),
    })
}

fn zone(name: &str) -> Option<SettingsError> {
    TimeZone::get(name).is_err().then(|| SettingsError {
        pointer: "/daily/zone",
        reason: "write the name of a time zone, such as Europe/Berlin".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn missing_parts_take_the_defaults() {
        let settings: Settings = serde_json::from_str(r#"{"daily":{"amount":250}}"#).unwrap();
        assert_eq!(settings.daily.amount, 250);
        assert_eq!(settings.daily.streak_bonus, 10);
        assert_eq!(settings.daily.streak_days_max, 7);
        assert_eq!(settings.currency.symbol, "🪙");
        assert_eq!(settings.start_balance, 0);
        assert_eq!(Settings::default().check(), []);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let text = r#"{"daily":{"amount":-1,"zone":"Mars/Base"},"currency":{"name":"","symbol":"a\nb"},
            "pay":{"amount_min":5,"amount_max":4},"start_balance":1000000001}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        let places: Vec<_> = settings.check().iter().map(|wrong| wrong.pointer).collect();
        assert_eq!(
            places,
            [
                "/daily/amount",
                "/start_balance",
                "/pay/amount_max",
                "/currency/name",
                "/currency/symbol",
                "/daily/zone"
            ]
        );
        assert!(serde_json::from_str::<Settings>(r#"{"dayly":{}}"#).is_err());
    }
}
