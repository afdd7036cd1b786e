//! What an owner can set about memory and about how long words are kept: the sections `memory` and `privacy`.
//!
//! [`Settings::check`] and [`Privacy::check`] say what is wrong before anything is taken on.

use kernel::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// The section `memory`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether anything is remembered.
    pub enabled: bool,
    /// Whether facts are learnt from talks; what members add themselves is kept all the same.
    pub learn: bool,
    /// Whether facts about the guild are learnt.
    pub guild_facts: bool,
    /// The most facts about one member.
    pub member_facts_max: i64,
    /// The most facts about the guild.
    pub guild_facts_max: i64,
    /// How much of everything goes into one answer.
    pub budgets: Budgets,
}

/// How much goes into one answer, in tokens (about four letters each).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    /// Of what was last said in the channel.
    pub channel: i64,
    /// Of what the asker last said in other channels, and was answered.
    pub member: i64,
    /// Of what was last said elsewhere in the server.
    pub server: i64,
    /// Of the summary of what was said before.
    pub summary: i64,
    /// Of facts.
    pub facts: i64,
}

/// The section `privacy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Privacy {
    /// How many days words of members are kept.
    pub retention_days: i64,
    /// How many days a fact is kept after it was last said.
    pub memory_days: i64,
}

/// What is wrong with settings, with the place as a JSON pointer inside the section.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct SettingsError {
    /// Where.
    pub pointer: &'static str,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// The most tokens of one budget.
const BUDGET_MAX: i64 = 16_000;
/// The most days that words are kept.
const RETENTION_DAYS_MAX: i64 = 30;
/// The most days that a fact is kept.
const MEMORY_DAYS_MAX: i64 = 365;

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: true,
            learn: true,
            guild_facts: true,
            member_facts_max: 200,
            guild_facts_max: 500,
            budgets: Budgets::default(),
        }
    }
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            channel: 1_500,
            member: 500,
            server: 500,
            summary: 400,
            facts: 600,
        }
    }
}

impl Default for Privacy {
    fn default() -> Self {
        Self {
            retention_days: RETENTION_DAYS_MAX,
            memory_days: 90,
        }
    }
}

fn bounded(
    pointer: &'static str,
    value: i64,
    bounds: std::ops::RangeInclusive<i64>,
) -> Option<SettingsError> {
    let (min, max) = (bounds.start(), bounds.end());
    (!bounds.contains(&value)).then(|| SettingsError {
        pointer,
        reason: format!("{value} is not a whole number from {min} to {max}"),
    })
}

impl Settings {
    /// Everything that is wrong, so that it can be put right at once.
    #[must_use]
    pub fn check(&self) -> Vec<SettingsError> {
        let budgets = &self.budgets;
        [
            bounded("/member_facts_max", self.member_facts_max, 1..=1_000),
            bounded("/guild_facts_max", self.guild_facts_max, 1..=5_000),
            bounded("/budgets/channel", budgets.channel, 0..=BUDGET_MAX),
            bounded("/budgets/member", budgets.member, 0..=BUDGET_MAX),
            bounded("/budgets/server", budgets.server, 0..=BUDGET_MAX),
            bounded("/budgets/summary", budgets.summary, 0..=BUDGET_MAX),
            bounded("/budgets/facts", budgets.facts, 0..=BUDGET_MAX),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Privacy {
    /// Everything that is wrong, so that it can be put right at once.
    #[must_use]
    pub fn check(&self) -> Vec<SettingsError> {
        let days = |pointer, value, max| bounded(pointer, value, 1..=max);
        [
            days("/retention_days", self.retention_days, RETENTION_DAYS_MAX),
            days("/memory_days", self.memory_days, MEMORY_DAYS_MAX),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// How long words are kept.
    pub(crate) fn words(&self) -> Span {
        days(self.retention_days, RETENTION_DAYS_MAX)
    }

    /// How long a fact is kept.
    pub(crate) fn facts(&self) -> Span {
        days(self.memory_days, MEMORY_DAYS_MAX)
    }

    /// When a fact of this moment expires.
    pub(crate) fn fact_expires(&self, at: Timestamp) -> Timestamp {
        at + self.facts()
    }
}

fn days(count: i64, max: i64) -> Span {
    Span::days(u32::try_from(count.clamp(1, max)).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::{Privacy, Settings};

    #[test]
    fn missing_parts_take_the_defaults() {
        let settings: Settings = serde_json::from_str(r#"{"enabled":false}"#).unwrap();
        assert!(!settings.enabled && settings.learn);
        assert_eq!(Settings::default().check(), []);
        let privacy: Privacy = serde_json::from_str(r#"{"retention_days":7}"#).unwrap();
        assert_eq!((privacy.retention_days, privacy.memory_days), (7, 90));
        assert_eq!(Privacy::default().check(), []);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let text = r#"{"member_facts_max":0,"budgets":{"facts":-1,"channel":16001}}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        let places: Vec<_> = settings.check().iter().map(|wrong| wrong.pointer).collect();
        assert_eq!(
            places,
            ["/member_facts_max", "/budgets/channel", "/budgets/facts"]
        );
        let privacy: Privacy = serde_json::from_str(r#"{"retention_days":31}"#).unwrap();
        assert_eq!(privacy.check().len(), 1);
        assert!(serde_json::from_str::<Settings>(r#"{"enable":true}"#).is_err());
    }
}
