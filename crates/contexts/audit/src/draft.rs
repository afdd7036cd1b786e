//! What a decision brings to be recorded, and the bounds that hold for it.
//!
//! Texts and labels that are too long are cut, and control characters in labels are dropped: a decision is never lost
//! because somebody wrote much. Only what our own code names (action, effects, currency) is refused when it is wrong.

use kernel::{MessageId, UserId};

use crate::entry::{Confidence, Cost, Kind, Outcome, RuleSeen, Trigger};

/// The most characters of one kept text.
pub const TEXT_LENGTH_MAX: usize = 8_000;
/// The most texts of one sort in one entry.
pub const TEXTS_MAX: usize = 64;
/// The most rules named in one entry.
pub const RULES_MAX: usize = 500;
/// The most effects of one decision.
pub const EFFECTS_MAX: usize = 64;
/// The most characters of a label: a model, a version, a rule's id.
pub const LABEL_LENGTH_MAX: usize = 120;

/// Something that somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Whose words they are: they go when this person asks. Nobody's where they are the bot's or the owner's.
    pub author: Option<UserId>,
    /// The message they stand in.
    pub message: Option<MessageId>,
    /// The words.
    pub text: String,
}

impl Said {
    /// Words of a person.
    #[must_use]
    pub fn by(author: UserId, text: impl Into<String>) -> Self {
        Self {
            author: Some(author),
            message: None,
            text: text.into(),
        }
    }

    /// Words of the bot, of a rule, of the owner: of no member.
    #[must_use]
    pub fn by_nobody(text: impl Into<String>) -> Self {
        Self {
            author: None,
            message: None,
            text: text.into(),
        }
    }

    /// The same, standing in this message.
    #[must_use]
    pub const fn in_message(mut self, message: MessageId) -> Self {
        self.message = Some(message);
        self
    }
}

/// A memory that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Its id.
    pub id: String,
    /// Whom it is about; nobody where it is about the server.
    pub about: Option<UserId>,
    /// What it says.
    pub text: String,
}

/// What a decision was made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewInput {
    /// The message or command itself.
    pub content: Option<Said>,
    /// What was said before, oldest first.
    pub history: Vec<Said>,
    /// What was remembered.
    pub memories: Vec<Remembered>,
}

/// An effect that a decision owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEffect {
    /// The id of the owed row that will carry it out.
    pub owed: i64,
    /// What it is: small letters, digits and `_`, such as `delete_message`.
    pub kind: String,
}

/// A decision, as the one who made it tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry {
    /// What sort of decision.
    pub kind: Kind,
    /// What was decided: small letters, digits and `_`, at most 40 characters.
    pub action: String,
    /// Which of several decisions of this action that the same cause made.
    pub ordinal: u32,
    /// What became of it; pending where a conclusion follows.
    pub outcome: Outcome,
    /// What set it off.
    pub trigger: Trigger,
    /// The member whom it is about.
    pub subject: Option<UserId>,
    /// What it was made from.
    pub input: NewInput,
    /// The rules that were in force.
    pub active_rules: Vec<RuleSeen>,
    /// The id of the rule that decided.
    pub rule: Option<String>,
    /// What the rule matched; words of the content's author.
    pub matched: Vec<String>,
    /// Why.
    pub reasoning: Option<Said>,
    /// How sure it was.
    pub confidence: Option<Confidence>,
    /// The model.
    pub model: Option<String>,
    /// The version of the prompt.
    pub prompt_version: Option<String>,
    /// The revision of the settings.
    pub config_revision: Option<i64>,
    /// What it cost.
    pub cost: Option<Cost>,
    /// What it owes.
    pub effects: Vec<NewEffect>,
    /// The number of its case.
    pub case: Option<i64>,
}

impl NewEntry {
    /// A decision of which only this much is known.
    #[must_use]
    pub fn new(kind: Kind, action: impl Into<String>, outcome: Outcome, trigger: Trigger) -> Self {
        Self {
            kind,
            action: action.into(),
            ordinal: 0,
            outcome,
            trigger,
            subject: None,
            input: NewInput::default(),
            active_rules: Vec::new(),
            rule: None,
            matched: Vec::new(),
            reasoning: None,
            confidence: None,
            model: None,
            prompt_version: None,
            config_revision: None,
            cost: None,
            effects: Vec::new(),
            case: None,
        }
    }
}

/// How a pending decision ended. What is given here stands in place of what the decision said.
#[derive(Debug, Clone, PartialEq)]
pub struct Conclusion {
    /// What became of it; never pending.
    pub outcome: Outcome,
    /// The rule that decided.
    pub rule: Option<String>,
    /// What it matched.
    pub matched: Vec<String>,
    /// Why.
    pub reasoning: Option<Said>,
    /// What the bot said.
    pub answer: Option<String>,
    /// How sure it was.
    pub confidence: Option<Confidence>,
    /// The model.
    pub model: Option<String>,
    /// The version of the prompt.
    pub prompt_version: Option<String>,
    /// What it cost.
    pub cost: Option<Cost>,
    /// What it owes.
    pub effects: Vec<NewEffect>,
    /// The number of its case.
    pub case: Option<i64>,
}

impl Conclusion {
    /// An end of which only the outcome is known.
    #[must_use]
    pub const fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            rule: None,
            matched: Vec::new(),
            reasoning: None,
            answer: None,
            confidence: None,
            model: None,
            prompt_version: None,
            cost: None,
            effects: Vec::new(),
            case: None,
        }
    }
}

/// A text without NUL, cut where it is too long.
pub(crate) fn bounded(text: &str) -> String {
    clipped(&text.replace('\0', ""), TEXT_LENGTH_MAX)
}

/// A label on one line, cut where it is too long.
pub(crate) fn labelled(text: &str) -> String {
    let line: String = text.chars().filter(|letter| !letter.is_control()).collect();
    clipped(&line, LABEL_LENGTH_MAX)
}

/// The first characters of a text, with an ellipsis in place of the rest.
pub(crate) fn clipped(text: &str, length_max: usize) -> String {
    if text.chars().nth(length_max).is_none() {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(length_max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// Whether a name is one that our code gives: small letters, digits and `_`.
pub(crate) fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=40).contains(&name.len()) && name.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::{bounded, is_name, labelled};

    #[test]
    fn texts_are_cut_and_cleaned_rather_than_refused() {
        assert_eq!(bounded("a\0b\nc"), "ab\nc");
        let cut = bounded(&"é".repeat(9_000));
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (8_000, true));
        assert_eq!(labelled("gpt\n4\u{7}o"), "gpt4o");
        assert_eq!(labelled(&"x".repeat(500)).chars().count(), 120);
    }

    #[test]
    fn names_are_small_letters_digits_and_underscores() {
        assert!(is_name("delete_message") && is_name("a2"));
        for name in ["", "Delete", "a b", "a-b", &"a".repeat(41)] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
