//! Facts in a message: what follows `remember that`, and a few plain ways to speak of oneself.

use serde_json::json;

use super::words::{LOOKED_AT_MAX, capital, plain, to_they};
use crate::checked::FACT_LENGTH_MAX;

/// Ways to ask for something to be kept.
const ASKS: [&str; 8] = [
    "remember that ",
    "remember this: ",
    "remember: ",
    "don't forget that ",
    "note that ",
    "keep in mind that ",
    "for the record, ",
    "remember ",
];

/// How sentences about oneself begin.
const OWN: [&str; 20] = [
    "my name is ",
    "call me ",
    "i live in ",
    "i am from ",
    "i'm from ",
    "i come from ",
    "i work ",
    "i study ",
    "i like ",
    "i love ",
    "i hate ",
    "i prefer ",
    "i play ",
    "i speak ",
    "i was born ",
    "i have a ",
    "i have an ",
    "i am allergic ",
    "i'm allergic ",
    "i collect ",
];

/// Words that make a statement one about the community.
const COMMUNITY: [&str; 16] = [
    "server",
    "guild",
    "community",
    "channel",
    "everyone",
    "everybody",
    "we",
    "our",
    "us",
    "event",
    "raid",
    "meeting",
    "tournament",
    "night",
    "club",
    "team",
];

/// A statement that is worth keeping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// As it was said, without the asking.
    pub(super) said: String,
    /// Whether it was asked to be kept.
    pub(super) asked: bool,
}

/// The answer to the schema `facts`.
pub(super) fn answer(text: &str) -> String {
    let facts: Vec<_> = statements(text)
        .iter()
        .map(|statement| {
            let subject = if is_of_community(&statement.said) {
                "guild"
            } else {
                "member"
            };
            let confidence = if statement.asked { 0.95 } else { 0.75 };
            let said: String = to_they(&statement.said).chars().take(FACT_LENGTH_MAX - 1).collect();
            json!({"text": format!("{}.", capital(&said)), "subject": subject, "confidence": confidence})
        })
        .collect();
    json!({ "facts": facts }).to_string()
}

fn is_of_community(said: &str) -> bool {
    let words = plain(said);
    let own = words
        .iter()
        .any(|word| matches!(word.as_str(), "i" | "i'm" | "my" | "me" | "mine" | "i've"));
    !own && words.iter().any(|word| COMMUNITY.contains(&word.as_str()))
}

/// The statements of a message, at most five.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let text: String = text.chars().take(LOOKED_AT_MAX).collect();
    let text = text.replace(['’', '‘'], "'");
    sentences(&text).filter_map(statement).take(5).collect()
}

/// Sentences; a question is none.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['\n', '!', '?'])
        .flat_map(|line| line.split_inclusive(". "))
        .map(str::trim)
        .filter(|sentence| !sentence.is_empty() && !sentence.ends_with('?'))
}

fn statement(sentence: &str) -> Option<Statement> {
    let lower = sentence.to_lowercase();
    // Lower case may change lengths in some scripts; then nothing is cut by place.
    if lower.len() != sentence.len() {
        return None;
    }
    let asks = ASKS
        .iter()
        .filter_map(|ask| lower.find(ask).map(|place| (place, place + ask.len())));
    let whole = asks
        .filter(|(place, _)| is_asking(&lower[..*place]))
        .min_by_key(|(place, end)| (*place, usize::MAX - end));
    if let Some((_, end)) = whole {
        return kept(&sentence[end..], true);
    }
    let begins = OWN.iter().any(|start| lower.starts_with(start));
    let names = lower.starts_with("my ")
        && [
            " is called ",
            " is named ",
            "'s name is ",
            " is ",
            " are called ",
        ]
        .iter()
        .any(|verb| lower.contains(verb));
    (begins || names).then(|| kept(sentence, false)).flatten()
}

/// What may stand before an asking: nothing, or a few words to the bot. `I don't remember that` is no asking.
fn is_asking(before: &str) -> bool {
    let words = plain(before);
    let against = [
        "don't", "not", "never", "i", "do", "can't", "cannot", "to", "did", "you",
    ];
    let polite = super::words::says(&words, "can you") || super::words::says(&words, "could you");
    words.len() <= 6 && (polite || !words.iter().any(|word| against.contains(&word.as_str())))
}

fn kept(said: &str, asked: bool) -> Option<Statement> {
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = said.trim_end_matches(['.', '!', ',', ';', ' ']);
    let said: String = said.chars().filter(|c| !c.is_control()).collect();
    let words = plain(&said).len();
    (2..=60)
        .contains(&words)
        .then_some(Statement { said, asked })
}
