//! A guild's settings as a whole: one document, of which each context owns a section and checks it.

use platform::Document;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is set for a guild; what is missing takes the defaults.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuildSettings {
    /// Coins.
    pub economy: economy::Settings,
    /// Who speaks.
    pub persona: bots::Settings,
    /// What is remembered.
    pub memory: memory::Settings,
    /// Which model answers, and what it may cost.
    pub ai: ai::Settings,
    /// What is not allowed, and what follows.
    pub moderation: moderation::Settings,
    /// How long words are kept.
    pub privacy: memory::Privacy,
    /// Who may look at the dashboard.
    pub dashboard: platform::Dashboard,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct Problem {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl GuildSettings {
    /// The settings that a document holds.
    ///
    /// # Errors
    /// Everything that is wrong with it, or the first thing that can't be read.
    pub fn read(value: &Value) -> Result<Self, Vec<Problem>> {
        let settings: Self = serde_path_to_error::deserialize(value).map_err(|error| {
            vec![Problem {
                pointer: pointer(error.path()),
                reason: error.inner().to_string(),
            }]
        })?;
        let problems = settings.check();
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(problems)
        }
    }

    /// The document that holds these settings, with nothing missing.
    ///
    /// # Errors
    /// When they do not fit a document: they are too long.
    pub fn document(&self) -> Result<Document, Problem> {
        let whole = |reason: String| Problem {
            pointer: String::new(),
            reason,
        };
        let value = serde_json::to_value(self).map_err(|error| whole(error.to_string()))?;
        Document::new(value).map_err(|error| whole(error.to_string()))
    }

    fn check(&self) -> Vec<Problem> {
        let economy = self.economy.check().into_iter();
        let economy = economy.map(|wrong| problem("economy", wrong.pointer, wrong.reason));
        let persona = self.persona.check().into_iter();
        let persona = persona.map(|wrong| problem("persona", wrong.pointer, wrong.reason));
        let memory = self.memory.check().into_iter();
        let memory = memory.map(|wrong| problem("memory", wrong.pointer, wrong.reason));
        let ai = self.ai.check().into_iter();
        let ai = ai.map(|wrong| problem("ai", wrong.pointer, wrong.reason));
        let moderation = self.moderation.check().into_iter();
        let moderation = moderation.map(|wrong| problem("moderation", wrong.pointer, wrong.reason));
        let privacy = self.privacy.check().into_iter();
        let privacy = privacy.map(|wrong| problem("privacy", wrong.pointer, wrong.reason));
        let dashboard = self.dashboard.check().into_iter();
        let dashboard = dashboard.map(|wrong| problem("dashboard", wrong.pointer, wrong.reason));
        let sections = economy.chain(persona).chain(memory);
        sections
            .chain(ai)
            .chain(moderation)
            .chain(privacy)
            .chain(dashboard)
            .collect()
    }
}

/// The first place where a list was read as an object with its fields in order: nobody means that.
pub(crate) fn misread(given: &Value, read: &Value) -> Option<Problem> {
    let inside = |step: &str, given: &Value, read: &Value| {
        let mut problem = misread(given, read)?;
        problem
            .pointer
            .insert_str(0, &format!("/{}", escaped(step)));
        Some(problem)
    };
    match (given, read) {
        (Value::Array(_), Value::Object(_)) => Some(Problem {
            pointer: String::new(),
            reason: "a list stands here; write an object".to_owned(),
        }),
        (Value::Array(given), Value::Array(read)) => {
            let pairs = given.iter().zip(read).enumerate();
            let mut pairs = pairs.map(|(place, (given, read))| (place.to_string(), given, read));
            pairs.find_map(|(place, given, read)| inside(&place, given, read))
        }
        (Value::Object(given), Value::Object(read)) => {
            let mut pairs = given.iter();
            pairs.find_map(|(key, given)| inside(key, given, read.get(key)?))
        }
        _ => None,
    }
}

fn problem(section: &str, inside: impl AsRef<str>, reason: String) -> Problem {
    Problem {
        pointer: format!("/{section}{}", inside.as_ref()),
        reason,
    }
}

/// A path through a value as a JSON pointer.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let step = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => escaped(key),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => break,
        };
        pointer.push('/');
        pointer.push_str(&step);
    }
    pointer
}

/// A key as a part of a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{GuildSettings, misread};

    #[test]
    fn an_empty_document_takes_the_defaults_of_every_section() {
        let settings = GuildSettings::read(&json!({})).unwrap();
        assert_eq!(settings, GuildSettings::default());
        let written = settings.document().unwrap();
        assert_eq!(GuildSettings::read(written.value()).unwrap(), settings);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let wrong =
            GuildSettings::read(&json!({"economy": {"daily": {"amount": -1}}})).unwrap_err();
        assert_eq!(wrong[0].pointer, "/economy/daily/amount");
        let unknown = GuildSettings::read(&json!({"economy": {"dayly": {}}})).unwrap_err();
        assert_eq!(unknown[0].pointer, "/economy/dayly");
        let typed = GuildSettings::read(&json!({"economy": {"enabled": "yes"}})).unwrap_err();
        assert_eq!(typed[0].pointer, "/economy/enabled");
    }

    #[test]
    fn a_list_is_not_taken_for_an_object() {
        let words = json!({"id": "a", "trigger": ["words", ["b"]]});
        let cases = [
            (json!([]), ""),
            (json!({"economy": [false]}), "/economy"),
            (json!({"ai": {"caps": [5, 5]}}), "/ai/caps"),
            (
                json!({"moderation": {"rules": [words]}}),
                "/moderation/rules/0/trigger",
            ),
        ];
        let place = |value: &Value| {
            let read = GuildSettings::read(value).unwrap().document().unwrap();
            misread(value, read.value()).map(|problem| problem.pointer)
        };
        for (value, pointer) in cases {
            assert_eq!(place(&value).as_deref(), Some(pointer), "{value}");
        }
        let whole = GuildSettings::default().document().unwrap();
        assert_eq!(place(whole.value()), None);
        assert_eq!(place(&json!({"persona": {"triggers": ["mention"]}})), None);
    }
}
