//! What an owner can set about models: whose, which, and how much money a day.
//!
//! Settings come out of a guild's configuration document; the key of an own provider is a secret and stands elsewhere.
//! [`Settings::check`] refuses an address that can't be meant. What an address really leads to is checked at every
//! connection, by the adapter.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;

/// The models of one guild.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whose provider.
    pub source: Source,
    /// Which sort of provider, where it is an own one.
    pub kind: Option<Kind>,
    /// Where an own provider is; the vendor's own address where missing.
    pub base_url: Option<String>,
    /// Which model of an own provider.
    pub model: Option<String>,
    /// What may be spent in a day.
    pub caps: Caps,
}

/// Whose provider answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The operator's, shared by all guilds.
    #[default]
    Shared,
    /// The owner's own, with the owner's key.
    Own,
}

/// A provider's wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `OpenAI`'s, which many others speak too.
    Openai,
    /// Anthropic's.
    Anthropic,
    /// Google's.
    Gemini,
    /// The built-in model, without a network.
    Offline,
}

/// What may be spent in a day, in millionths of a US dollar; zero allows what costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Caps {
    /// By the whole guild.
    pub guild_day_micros: i64,
    /// By each member.
    pub member_day_micros: i64,
}

/// The largest cap: 10,000 dollars a day.
pub const CAP_MAX: i64 = 10_000_000_000;

/// What is wrong with settings, with the place as a JSON pointer inside them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct SettingsError {
    /// Where.
    pub pointer: &'static str,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            guild_day_micros: 1_000_000,
            member_day_micros: 200_000,
        }
    }
}

impl Kind {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Offline => "offline",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Openai, Self::Anthropic, Self::Gemini, Self::Offline]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

impl Settings {
    /// What may be spent in a day: the caps; of the operator's money, where the shared model speaks, no more than
    /// `shared_max` micro-dollars by the whole guild.
    #[must_use]
    pub fn budget(&self, shared_max: i64) -> Budget {
        let guild = self.caps.guild_day_micros;
        Budget {
            guild_day_micros: match self.source {
                Source::Shared => guild.min(shared_max),
                Source::Own => guild,
            },
            member_day_micros: self.caps.member_day_micros,
        }
    }

    /// Everything that is wrong, so that it can be put right at once.
    #[must_use]
    pub fn check(&self) -> Vec<SettingsError> {
        let mut wrong = Vec::new();
        let mut say = |pointer, reason: &str| {
            wrong.push(SettingsError {
                pointer,
                reason: reason.to_owned(),
            });
        };
        if self.source == Source::Own && self.kind.is_none() {
            say(
                "/kind",
                "choose openai, anthropic, gemini or offline for a provider of your own",
            );
        }
        let needs_model = self.source == Source::Own && self.kind != Some(Kind::Offline);
        match &self.model {
            None if needs_model => say("/model", "name the model of your provider"),
            Some(model) if !is_model_name(model) => say(
                "/model",
                "write a model's name: 1 to 100 letters, digits and . _ : / @ -",
            ),
            _ => {}
        }
        if self.base_url.as_deref().is_some_and(|url| !is_address(url)) {
            say(
                "/base_url",
                "write a public https address without user, query and fragment, such as https://models.example.com/v1",
            );
        }
        for (pointer, cap) in [
            ("/caps/guild_day_micros", self.caps.guild_day_micros),
            ("/caps/member_day_micros", self.caps.member_day_micros),
        ] {
            if !(0..=CAP_MAX).contains(&cap) {
                say(
                    pointer,
                    "write a whole number of micro-dollars from 0 to 10000000000",
                );
            }
        }
        wrong
    }
}

/// Whether a text can be a model's name: it goes into a path and into labels.
#[must_use]
pub fn is_model_name(name: &str) -> bool {
    let fits = (1..=100).contains(&name.len());
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"._:/@-".contains(&b);
    fits && name.bytes().all(letter) && !name.contains("..") && !name.starts_with('/')
}

fn is_address(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else {
        return false;
    };
    let odd = |c: char| c.is_whitespace() || c.is_control() || "@?#\\".contains(c);
    let host = rest.split(['/', ':']).next().unwrap_or("");
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let local = ["localhost", "local", "internal", "home.arpa", "lan"];
    let is_local = local
        .iter()
        .any(|end| name == *end || name.ends_with(&format!(".{end}")));
    let last = name.rsplit('.').next().unwrap_or("");
    let is_number = last.chars().all(|c| c.is_ascii_digit()) || last.starts_with("0x");
    url.len() <= 300 && !rest.contains(odd) && name.contains('.') && !is_local && !is_number
}

#[cfg(test)]
mod tests {
    use super::{Kind, Settings, Source};

    #[test]
    fn missing_parts_take_the_defaults() {
        let settings: Settings =
            serde_json::from_str(r#"{"caps":{"member_day_micros":5}}"#).unwrap();
        assert_eq!(settings.source, Source::Shared);
        assert_eq!(settings.caps.guild_day_micros, 1_000_000);
        assert_eq!(settings.caps.member_day_micros, 5);
        assert_eq!(Settings::default().check(), []);
    }

    #[test]
    fn of_the_operator_s_money_no_more_is_spent_than_the_operator_lets_a_guild() {
        let text = r#"{"caps":{"guild_day_micros":10000000000,"member_day_micros":7}}"#;
        let shared: Settings = serde_json::from_str(text).unwrap();
        let budget = shared.budget(1_000_000);
        assert_eq!(
            (budget.guild_day_micros, budget.member_day_micros),
            (1_000_000, 7)
        );
        let own = Settings {
            source: Source::Own,
            ..shared
        };
        assert_eq!(own.budget(1_000_000).guild_day_micros, 10_000_000_000);
    }

    #[test]
    fn a_whole_section_is_read() {
        let text = r#"{"source":"own","kind":"anthropic","base_url":"https://models.example.com",
            "model":"claude-sonnet-4","caps":{"guild_day_micros":0,"member_day_micros":0}}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        assert_eq!(settings.kind, Some(Kind::Anthropic));
        assert_eq!(settings.check(), []);
        assert!(serde_json::from_str::<Settings>(r#"{"key":"sk-1"}"#).is_err());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let text = r#"{"source":"own","base_url":"http://x","model":"../admin",
            "caps":{"guild_day_micros":-1,"member_day_micros":10000000001}}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        let places: Vec<_> = settings.check().iter().map(|wrong| wrong.pointer).collect();
        assert_eq!(
            places,
            [
                "/kind",
                "/model",
                "/base_url",
                "/caps/guild_day_micros",
                "/caps/member_day_micros"
            ]
        );
        let own: Settings = serde_json::from_str(r#"{"source":"own","kind":"openai"}"#).unwrap();
        assert_eq!(own.check()[0].pointer, "/model");
    }

    #[test]
    fn addresses_that_cant_be_meant_are_refused() {
        for url in [
            "https://localhost/v1",
            "https://127.0.0.1/v1",
            "https://2130706433",
            "https://0x7f.1",
            "https://metadata.google.internal",
            "https://printer.lan",
            "https://user@models.example.com",
            "https://models.example.com?x=1",
            "https://[::1]/",
            "https://models",
            "ftp://models.example.com",
        ] {
            let settings = Settings {
                base_url: Some(url.to_owned()),
                ..Settings::default()
            };
            assert_eq!(settings.check().len(), 1, "{url}");
        }
    }
}
