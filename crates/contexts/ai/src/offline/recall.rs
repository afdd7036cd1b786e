//! Questions looked up in what a request remembers.

use super::words::{capital, clip, plain, says, telling, to_you};

/// Words that say little alone: many things have a name, and most can be liked.
const WEAK: [&str; 8] = [
    "name",
    "favourite",
    "like",
    "live",
    "play",
    "have",
    "work",
    "time",
];

/// What comes of looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// This was remembered, said to the asker.
    This(String),
    /// All that is remembered of the asker was wanted.
    All(Vec<String>),
    /// It was asked after, and nothing is remembered.
    Nothing,
}

/// Looks a question up; `None` where the text does not ask for anything remembered.
pub(super) fn look_up(text: &str, memories: &[String]) -> Option<Found> {
    let words = plain(text);
    if is_about_all(&words) {
        let all: Vec<String> = memories.iter().take(8).map(|memory| said(memory)).collect();
        return Some(if all.is_empty() {
            Found::Nothing
        } else {
            Found::All(all)
        });
    }
    if !is_question(text, &words) {
        return None;
    }
    let asked = telling(text);
    let best = memories
        .iter()
        .enumerate()
        .map(|(place, memory)| (score(&asked, memory), place))
        .filter(|(score, _)| *score >= 2)
        .max_by_key(|(score, place)| (*score, usize::MAX - place));
    let own = words
        .iter()
        .any(|word| matches!(word.as_str(), "my" | "i" | "me" | "mine" | "our" | "we"));
    match best {
        Some((_, place)) => Some(Found::This(said(&memories[place]))),
        None if own && !asked.is_empty() && !is_a_wish(&words) => Some(Found::Nothing),
        None => None,
    }
}

fn is_about_all(words: &[String]) -> bool {
    [
        "know about me",
        "remember about me",
        "remember of me",
        "who am i",
        "know of me",
    ]
    .iter()
    .any(|phrase| says(words, phrase))
}

fn is_question(text: &str, words: &[String]) -> bool {
    let first = words.first().map_or("", String::as_str);
    let asks = [
        "what", "what's", "whats", "who", "who's", "where", "when", "which", "how", "do", "does",
        "did", "is", "are", "am", "tell", "remind",
    ];
    text.trim_end().ends_with('?') || asks.contains(&first)
}

/// `Can I …` and `how do I …` ask for help, not for a memory.
fn is_a_wish(words: &[String]) -> bool {
    [
        "can i",
        "could i",
        "may i",
        "should i",
        "how do i",
        "how can i",
        "help me",
        "can you",
        "could you",
    ]
    .iter()
    .any(|phrase| says(words, phrase))
}

/// Two for a telling word in common, one for a weak one that comes with it.
fn score(asked: &[String], memory: &str) -> usize {
    let known = telling(memory);
    let common = asked.iter().filter(|word| known.contains(word));
    let (weak, strong): (Vec<_>, Vec<_>) = common.partition(|word| WEAK.contains(&word.as_str()));
    let asked_strong = asked
        .iter()
        .filter(|word| !WEAK.contains(&word.as_str()))
        .count();
    match (strong.len(), asked_strong) {
        // `What is my name?` asks for nothing but weak words; then they must all be there.
        (0, 0) if !asked.is_empty() && weak.len() == asked.len() && is_own_name(asked, memory) => 2,
        (0, _) => 0,
        (strong, _) => strong * 2 + weak.len(),
    }
}

/// Where only a name is asked for, the asker's own is meant and not that of a cat.
fn is_own_name(asked: &[String], memory: &str) -> bool {
    let only_name = asked.iter().all(|word| word == "name");
    let words = plain(memory);
    let own = [
        "my name",
        "their name",
        "your name",
        "they're called",
        "call them",
        "call me",
    ];
    !only_name || own.iter().any(|phrase| says(&words, phrase))
}

/// A memory as it is said to the one whom it is about.
fn said(memory: &str) -> String {
    format!("{}.", capital(&to_you(&clip(memory, 300))))
}
