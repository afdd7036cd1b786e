//! Judgements by plain rules: each sentence of the rules names things that are not wanted, and a message is searched
//! for them.
//!
//! A rule's own words count, and for a few common subjects also the words that people use for them. It knows no irony
//! and says how sure it is accordingly.

use serde_json::json;

use super::words::{clip, plain, says, telling};
use crate::checked::RULE_LENGTH_MAX;

/// A subject that rules speak of, and how it sounds.
struct Subject {
    named: &'static [&'static str],
    sounds: &'static [&'static str],
}

const SUBJECTS: [Subject; 6] = [
    Subject {
        named: &[
            "insult",
            "harassment",
            "harass",
            "bully",
            "bullying",
            "rude",
            "respect",
            "respectful",
            "kind",
            "toxic",
            "abuse",
            "attack",
            "hate",
        ],
        sounds: &[
            "idiot",
            "idiots",
            "stupid",
            "moron",
            "loser",
            "dumb",
            "shut up",
            "you suck",
            "pathetic",
            "worthless",
            "hate you",
            "ugly",
            "trash human",
            "nobody likes you",
            "clown",
            "go away forever",
        ],
    },
    Subject {
        named: &["threat", "threaten", "violence", "violent"],
        sounds: &[
            "kill you",
            "hurt you",
            "beat you up",
            "i will find you",
            "watch your back",
            "burn your",
        ],
    },
    Subject {
        named: &[
            "spam",
            "advertising",
            "advertise",
            "advert",
            "promotion",
            "promote",
            "selling",
        ],
        sounds: &[
            "buy now",
            "click here",
            "limited offer",
            "free nitro",
            "discount code",
            "promo code",
            "check out my",
            "subscribe to",
            "join my server",
            "discord gg",
            "cheap",
        ],
    },
    Subject {
        named: &["scam", "fraud", "phishing"],
        sounds: &[
            "free nitro",
            "double your",
            "crypto giveaway",
            "send me your password",
            "verify your account",
            "seed phrase",
            "easy money",
        ],
    },
    Subject {
        named: &["spoiler"],
        sounds: &[
            "dies at the end",
            "the ending is",
            "the killer is",
            "in the last episode",
            "turns out to be",
        ],
    },
    Subject {
        named: &["doxxing", "doxx", "doxing", "dox", "address", "privacy"],
        sounds: &[
            "lives at",
            "home address is",
            "phone number is",
            "real name is",
        ],
    },
];

/// Words of a rule that name nothing.
const GRAMMAR: [&str; 30] = [
    "rule",
    "never",
    "allowed",
    "forbidden",
    "talk",
    "post",
    "posting",
    "message",
    "use",
    "using",
    "keep",
    "member",
    "other",
    "people",
    "server",
    "channel",
    "here",
    "anyone",
    "someone",
    "nobody",
    "must",
    "only",
    "against",
    "kind",
    "sort",
    "form",
    "word",
    "discussion",
    "avoid",
    "ban",
];

struct Hit {
    confidence: f64,
    words: String,
}

/// The answer to the schema `judgement`.
pub(super) fn answer(rules: &str, message: &str) -> String {
    let spoken = plain(message);
    let hits = sentences(rules).filter_map(|rule| Some((rule, hit(rule, message, &spoken)?)));
    let worst = hits.max_by(|(_, one), (_, other)| one.confidence.total_cmp(&other.confidence));
    match worst {
        Some((rule, hit)) => json!({
            "violates": true,
            "rule": clip(rule, RULE_LENGTH_MAX - 2),
            "confidence": hit.confidence,
            "reasoning": format!("The message says “{}”, which this rule does not want.", hit.words),
        }),
        None => json!({
            "violates": false,
            "rule": null,
            "confidence": 0.9,
            "reasoning": "Nothing in the message is named by the rules.",
        }),
    }
    .to_string()
}

fn sentences(rules: &str) -> impl Iterator<Item = &str> {
    rules
        .split(['\n', '.', ';', '!'])
        .map(|rule| rule.trim().trim_start_matches(['-', '*', '•', ' ']))
        .filter(|rule| rule.chars().any(char::is_alphabetic))
        .take(100)
}

fn hit(rule: &str, message: &str, spoken: &[String]) -> Option<Hit> {
    let named = telling(rule);
    let sounds = SUBJECTS
        .iter()
        .filter(|subject| {
            named
                .iter()
                .any(|word| subject.named.contains(&word.as_str()))
        })
        .flat_map(|subject| subject.sounds);
    let mut heard: Vec<&str> = sounds
        .filter(|sound| says(spoken, sound))
        .copied()
        .collect();
    heard.dedup();
    if !heard.is_empty() {
        let confidence = if heard.len() > 1 { 0.95 } else { 0.9 };
        return Some(Hit {
            confidence,
            words: heard.join("”, “"),
        });
    }
    is_shouting(&named, message)
        .then(|| Hit {
            confidence: 0.85,
            words: clip(message, 60),
        })
        .or_else(|| own_words(rule, &named, message))
}

/// Capitals, where a rule does not want them.
fn is_shouting(named: &[String], message: &str) -> bool {
    let against = named.iter().any(|word| {
        matches!(
            word.as_str(),
            "cap" | "shouting" | "shout" | "uppercase" | "yelling"
        )
    });
    let letters = message.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = message.chars().filter(|c| c.is_uppercase()).count();
    against && letters >= 8 && capitals * 10 >= letters * 8
}

/// What follows `no` in a rule, found in the message.
fn own_words(rule: &str, named: &[String], message: &str) -> Option<Hit> {
    let plain_rule = plain(rule);
    let forbids = plain_rule.iter().any(|word| {
        matches!(
            word.as_str(),
            "no" | "don't" | "never" | "not" | "forbidden" | "without" | "avoid"
        )
    });
    let nouns: Vec<&String> = named
        .iter()
        .filter(|word| word.len() > 3 && !GRAMMAR.contains(&word.as_str()))
        .collect();
    if !forbids || nouns.is_empty() {
        return None;
    }
    let said = telling(message);
    let common: Vec<&str> = nouns
        .iter()
        .filter(|noun| said.contains(noun))
        .map(|noun| noun.as_str())
        .collect();
    let most = common.len() * 2 > nouns.len() || common.len() >= 2;
    (!common.is_empty() && most).then(|| Hit {
        confidence: if common.len() == nouns.len() {
            0.88
        } else {
            0.82
        },
        words: common.join("”, “"),
    })
}
