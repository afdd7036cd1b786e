//! What an owner can set about the persona: the section `persona`, with the defaults where nothing is set.
//!
//! An empty name, prompt or style stands for the preset's. [`Settings::check`] says what is wrong before it is taken on.

use kernel::ChannelId;
use serde::{Deserialize, Serialize};

use crate::presets::{DEFAULT_PRESET, PRESETS, Preset, preset};

/// The persona of one guild.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether there is one.
    pub enabled: bool,
    /// What it is called.
    pub name: String,
    /// Which character it starts from.
    pub preset: String,
    /// Who it is, in its own words to the model; takes the place of the preset's.
    pub prompt: String,
    /// How it writes; takes the place of the preset's.
    pub style: String,
    /// What it should know about the server: rules, places, hours.
    pub knowledge: String,
    /// What it listens to everywhere.
    pub triggers: Vec<TriggerName>,
    /// Channels in which it answers every message.
    pub channels: Vec<ChannelId>,
    /// Words that it answers to.
    pub keywords: Vec<String>,
    /// How often it answers a message that nothing else makes it answer, from 0 (never) to 1 (always).
    pub chance: f64,
    /// The emoji that asks it to answer a message, where reactions are a trigger.
    pub reaction: String,
    /// Seconds between two answers in a channel that nobody asked for by name.
    pub cooldown_seconds: i64,
    /// The most tokens of one answer.
    pub answer_tokens_max: i64,
}

/// What a persona can listen to everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TriggerName {
    /// Its name with an @.
    Mention,
    /// A reply to one of its messages.
    Reply,
    /// A reaction with its emoji.
    Reaction,
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

/// The most characters of a prompt or of what is known about the server.
pub const PROMPT_LENGTH_MAX: usize = 6_000;
/// The most characters of a style.
pub const STYLE_LENGTH_MAX: usize = 1_000;
/// The most characters of a name: Discord's for a member.
pub const NAME_LENGTH_MAX: usize = 32;
/// The most channels, and the most keywords.
pub const LIST_MAX: usize = 50;

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: true,
            name: String::new(),
            preset: DEFAULT_PRESET.to_owned(),
            prompt: String::new(),
            style: String::new(),
            knowledge: String::new(),
            triggers: vec![
                TriggerName::Mention,
                TriggerName::Reply,
                TriggerName::Reaction,
            ],
            channels: vec![],
            keywords: vec![],
            chance: 0.0,
            reaction: "💬".to_owned(),
            cooldown_seconds: 30,
            answer_tokens_max: 600,
        }
    }
}

impl Settings {
    /// The character it starts from; the default one where its name is not known any more.
    #[must_use]
    pub fn base(&self) -> &'static Preset {
        preset(&self.preset).unwrap_or(&PRESETS[0])
    }

    /// What it is called.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        or_preset(&self.name, self.base().name)
    }

    /// Who it is.
    #[must_use]
    pub fn shown_prompt(&self) -> &str {
        or_preset(&self.prompt, self.base().prompt)
    }

    /// How it writes.
    #[must_use]
    pub fn shown_style(&self) -> &str {
        or_preset(&self.style, self.base().style)
    }

    /// Everything that is wrong, so that it can be put right at once.
    #[must_use]
    pub fn check(&self) -> Vec<SettingsError> {
        let mut wrong = Vec::new();
        let mut refuse = |is_wrong: bool, pointer, reason: String| {
            if is_wrong {
                wrong.push(SettingsError { pointer, reason });
            }
        };
        let known: Vec<&str> = PRESETS.iter().map(|preset| preset.id).collect();
        refuse(
            !known.contains(&self.preset.as_str()),
            "/preset",
            format!("choose one of {}", known.join(", ")),
        );
        refuse(!is_name(&self.name), "/name", name_reason());
        let texts = [
            ("/prompt", &self.prompt, PROMPT_LENGTH_MAX),
            ("/style", &self.style, STYLE_LENGTH_MAX),
            ("/knowledge", &self.knowledge, PROMPT_LENGTH_MAX),
        ];
        for (pointer, text, max) in texts {
            let is_long = text.chars().count() > max || text.contains('\0');
            refuse(is_long, pointer, format!("write at most {max} characters"));
        }
        let is_many = self.channels.len() > LIST_MAX;
        refuse(is_many, "/channels", format!("choose at most {LIST_MAX}"));
        refuse(!are_keywords(&self.keywords), "/keywords", keyword_reason());
        refuse(
            !(0.0..=1.0).contains(&self.chance),
            "/chance",
            "write a number from 0 (never) to 1 (always), such as 0.05".to_owned(),
        );
        refuse(
            self.reaction.is_empty() || self.reaction.chars().count() > 8,
            "/reaction",
            "write one emoji".to_owned(),
        );
        refuse(
            !(0..=86_400).contains(&self.cooldown_seconds),
            "/cooldown_seconds",
            format!(
                "{} is not a whole number from 0 to 86400",
                self.cooldown_seconds
            ),
        );
        refuse(
            !(16..=4_000).contains(&self.answer_tokens_max),
            "/answer_tokens_max",
            format!(
                "{} is not a whole number from 16 to 4000",
                self.answer_tokens_max
            ),
        );
        wrong
    }
}

fn or_preset<'text>(own: &'text str, preset: &'static str) -> &'text str {
    if own.trim().is_empty() { preset } else { own }
}

fn is_name(name: &str) -> bool {
    let small = name.to_lowercase();
    name.chars().count() <= NAME_LENGTH_MAX
        && !name.chars().any(char::is_control)
        && !["discord", "everyone", "here", "clyde"].contains(&small.trim())
}

fn name_reason() -> String {
    format!(
        "write at most {NAME_LENGTH_MAX} characters on one line, and not a name of Discord's own"
    )
}

fn are_keywords(keywords: &[String]) -> bool {
    let fits = |word: &String| {
        let length = word.trim().chars().count();
        (2..=40).contains(&length) && word.chars().any(char::is_alphanumeric)
    };
    keywords.len() <= LIST_MAX && keywords.iter().all(fits)
}

fn keyword_reason() -> String {
    format!("write at most {LIST_MAX} words of 2 to 40 letters")
}

#[cfg(test)]
mod tests {
    use super::{Settings, TriggerName};

    #[test]
    fn missing_parts_take_the_defaults() {
        let text = r#"{"name":"Ada","triggers":["mention"],"channels":["123"],"chance":0}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        assert_eq!(settings.shown_name(), "Ada");
        assert_eq!(settings.triggers, [TriggerName::Mention]);
        assert_eq!(settings.channels.len(), 1);
        assert!(
            settings.shown_prompt().len() > 200,
            "the preset's stands in"
        );
        assert_eq!(Settings::default().check(), []);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let text = r#"{"preset":"pirate king","name":"everyone","chance":1.5,"keywords":["?"],
            "reaction":"","cooldown_seconds":-1,"answer_tokens_max":1}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        let places: Vec<_> = settings.check().iter().map(|wrong| wrong.pointer).collect();
        assert_eq!(
            places,
            [
                "/preset",
                "/name",
                "/keywords",
                "/chance",
                "/reaction",
                "/cooldown_seconds",
                "/answer_tokens_max"
            ]
        );
        assert!(serde_json::from_str::<Settings>(r#"{"triggers":["telepathy"]}"#).is_err());
    }
}
