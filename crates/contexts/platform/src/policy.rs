//! The policy guard's first rules: settings that would break Discord's rules.
//!
//! Pure: the flow passes what is known of the guild and the operator, and refuses the write where anything comes
//! back. Each refusal names its rule, where that rule stands, and the place in the document. Words in a prompt are a
//! first net: they catch what says plainly what it is for, not what hides it. Not here: prices, for which there is no
//! setting yet.

use std::collections::BTreeSet;

use kernel::ChannelId;
use serde_json::Value;

use crate::document::Document;

/// The longest that message text may be kept.
pub const RETENTION_DAYS_MAX: u32 = 30;

/// What the guard knows besides the document.
#[derive(Debug, Clone, Default)]
pub struct PolicyFacts {
    /// Channels that Discord shows only to adults.
    pub age_restricted: BTreeSet<ChannelId>,
    /// Presets whose character is for adults.
    pub adult_presets: BTreeSet<String>,
}

/// A rule of the guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyRule {
    /// Message text is kept no longer than needed, and never over 30 days.
    RetentionByPolicy,
    /// What is for adults stays in age-restricted channels.
    AdultContent,
    /// No automated messages that are there to keep a server active.
    ManufacturedActivity,
}

impl PolicyRule {
    /// Its name, for audit entries and problem types.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RetentionByPolicy => "retention-by-policy",
            Self::AdultContent => "adult-content",
            Self::ManufacturedActivity => "manufactured-activity",
        }
    }

    /// Where it stands.
    #[must_use]
    pub const fn stands(self) -> &'static str {
        match self {
            Self::RetentionByPolicy => {
                "Discord Developer Terms of Service, User Privacy and Security; Discord Developer Policy, Handle data with care"
            }
            Self::AdultContent => {
                "Discord Developer Policy, Apps Should Provide a Positive, Quality Experience: adult content and age-restricted labels"
            }
            Self::ManufacturedActivity => {
                "Discord Developer Policy, Apps Should Provide a Positive, Quality Experience: do not attempt to manipulate engagement"
            }
        }
    }
}

/// A setting that may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule that it breaks; it says where it stands.
    pub rule: PolicyRule,
    /// Where the setting is, as a JSON pointer into the document.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// Everything in a document that may not be; nothing where all may.
#[must_use]
pub fn policy_check(document: &Document, facts: &PolicyFacts) -> Vec<Refusal> {
    let mut refusals = retention(document);
    refusals.extend(adult(document, facts));
    refusals.extend(activity(document));
    refusals
}

/// What the operator keeps for fewer days is no refusal: that limit holds whatever is set, and would otherwise stand in
/// the way of every other change where a document asks for more.
fn retention(document: &Document) -> Vec<Refusal> {
    let pointer = "/privacy/retention_days";
    let Some(days) = document.at(pointer).and_then(Value::as_i64) else {
        return Vec::new();
    };
    let max = RETENTION_DAYS_MAX;
    if days <= i64::from(max) {
        return Vec::new();
    }
    vec![Refusal {
        rule: PolicyRule::RetentionByPolicy,
        pointer: pointer.to_owned(),
        reason: format!(
            "message text may be kept for {max} days at most, not {days}; choose {max} or less"
        ),
    }]
}

/// Where a persona's character is written.
const CHARACTER: [&str; 3] = ["/persona/prompt", "/persona/style", "/persona/name"];
const ADULT_WORDS: [&str; 10] = [
    "nsfw",
    "erotic",
    "erotica",
    "porn",
    "pornographic",
    "hentai",
    "sexually explicit",
    "explicit sex",
    "sexual roleplay",
    "adults only",
];
const ACTIVITY_WORDS: [&str; 10] = [
    "keep the chat active",
    "keep the chat alive",
    "keep the server active",
    "keep the server alive",
    "keep the channel active",
    "keep the conversation going when nobody",
    "revive the chat",
    "revive dead chat",
    "dead chat reviver",
    "boost activity",
];
/// Words before which a sentence forbids what it names.
const DENIALS: [&str; 13] = [
    "no",
    "not",
    "never",
    "without",
    "avoid",
    "refuse",
    "refuses",
    "decline",
    "don't",
    "dont",
    "won't",
    "nor",
    "forbidden",
];

fn adult(document: &Document, facts: &PolicyFacts) -> Option<Refusal> {
    if document.at("/persona/enabled").and_then(Value::as_bool) == Some(false) {
        return None;
    }
    let preset = document.at("/persona/preset").and_then(Value::as_str);
    let by_preset = preset.is_some_and(|preset| facts.adult_presets.contains(preset));
    let why = match said(document, &ADULT_WORDS) {
        Some((pointer, word)) => format!("{pointer} says `{word}`"),
        None if by_preset => "/persona/preset is for adults".to_owned(),
        None => return None,
    };
    let channels = document.at("/persona/channels").and_then(Value::as_array);
    let open = |channel: &Value| {
        let id: Option<ChannelId> = channel.as_str().and_then(|id| id.parse().ok());
        id.is_none_or(|id| !facts.age_restricted.contains(&id))
    };
    let (pointer, place) = match channels.filter(|channels| !channels.is_empty()) {
        None => ("/persona/channels".to_owned(), "every channel".to_owned()),
        Some(channels) => {
            let at = channels.iter().position(open)?;
            (
                format!("/persona/channels/{at}"),
                "a channel that is not age-restricted".to_owned(),
            )
        }
    };
    Some(Refusal {
        rule: PolicyRule::AdultContent,
        pointer,
        reason: format!(
            "{why}, and the persona answers in {place}; let it answer only in channels that Discord marks as age-restricted, or change its character"
        ),
    })
}

fn activity(document: &Document) -> Option<Refusal> {
    let (pointer, word) = said(document, &ACTIVITY_WORDS)?;
    Some(Refusal {
        rule: PolicyRule::ManufacturedActivity,
        pointer: pointer.to_owned(),
        reason: format!(
            "`{word}` asks for messages that are there to keep a server active, and those may not be automated; say what the persona is to help with instead"
        ),
    })
}

/// The first of these words that the persona's character says, and where; not where the sentence forbids it.
fn said(document: &Document, words: &[&'static str]) -> Option<(&'static str, &'static str)> {
    CHARACTER.into_iter().find_map(|pointer| {
        let text = document.at(pointer)?.as_str()?.to_lowercase();
        let mut sentences = text.split(['.', '!', '?', ';', '\n']);
        sentences
            .find_map(|sentence| words.iter().find(|word| meant(sentence, word)))
            .map(|word| (pointer, *word))
    })
}

fn meant(sentence: &str, word: &str) -> bool {
    let letter = |found: Option<char>| found.is_some_and(char::is_alphanumeric);
    sentence.match_indices(word).any(|(start, _)| {
        let (before, behind) = (&sentence[..start], &sentence[start + word.len()..]);
        let whole = !letter(before.chars().next_back()) && !letter(behind.chars().next());
        let mut said_before = before.split(|found: char| !found.is_alphanumeric() && found != '\'');
        whole && !said_before.any(|word| DENIALS.contains(&word))
    })
}

#[cfg(test)]
mod tests;
