//! Texts of people made safe to keep, cut into words, and measured.
//!
//! Words are cut here and not by an engine, so that both find the same. Nothing here keeps more than its bound.

/// The most words taken from one text.
const WORDS_MAX: usize = 64;
/// The most letters of one word.
const WORD_LENGTH_MAX: usize = 40;

/// Words that say nothing about what is asked.
const EMPTY: &[&str] = &[
    "a", "about", "an", "and", "are", "as", "at", "be", "but", "by", "can", "could", "did", "do",
    "does", "for", "from", "had", "has", "have", "he", "her", "his", "how", "i", "in", "is", "it",
    "its", "know", "me", "my", "of", "on", "or", "our", "please", "remember", "she", "should",
    "so", "tell", "that", "the", "their", "them", "there", "they", "this", "to", "us", "was", "we",
    "were", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
    "user", "member",
];

/// About how many tokens a model counts for a text: four letters of Latin script, or one of any other.
#[must_use]
pub fn tokens(text: &str) -> i64 {
    let mut quarters: i64 = 0;
    for letter in text.chars() {
        quarters = quarters.saturating_add(if letter.is_ascii() { 1 } else { 4 });
    }
    quarters.saturating_add(3) / 4
}

/// One line: no control or invisible characters, spaces in a row made one, at most `max` characters.
pub(crate) fn line(text: &str, max: usize) -> String {
    let visible = text.chars().map(|letter| {
        if letter.is_control() || letter == '\u{2028}' || letter == '\u{2029}' {
            ' '
        } else {
            letter
        }
    });
    let visible: String = visible.filter(|letter| !is_invisible(*letter)).collect();
    let joined: Vec<&str> = visible.split_whitespace().collect();
    bounded(&joined.join(" "), max)
}

/// Lines as they are, without control and invisible characters, at most `max` characters.
pub(crate) fn lines(text: &str, max: usize) -> String {
    let kept = text
        .chars()
        .filter(|letter| *letter == '\n' || (!letter.is_control() && !is_invisible(*letter)));
    let kept: String = kept.collect();
    bounded(kept.trim(), max)
}

fn bounded(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// Characters without a picture that hide words from whoever reads them. The joiner of emoji stays.
const fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}')
}

/// The words that a text is found by: small letters, without endings, each once.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for raw in raw_words(text) {
        if EMPTY.contains(&raw.as_str()) {
            continue;
        }
        for word in parts(&raw) {
            if !found.contains(&word) {
                found.push(word);
            }
            if found.len() == WORDS_MAX {
                return found;
            }
        }
    }
    found
}

/// All words in small letters, in order.
pub(crate) fn raw_words(text: &str) -> Vec<String> {
    let small = text.to_lowercase().replace(['’', '\''], " ");
    small
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| {
            !word.is_empty() && !matches!(*word, "s" | "t" | "m" | "re" | "ve" | "ll" | "d")
        })
        .take(4 * WORDS_MAX)
        .map(|word| word.chars().take(WORD_LENGTH_MAX).collect())
        .collect()
}

/// A word without its ending, or pairs of letters where a script has no spaces.
fn parts(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() > 1 && letters.iter().any(|letter| is_unspaced(*letter)) {
        return letters
            .windows(2)
            .map(|pair| pair.iter().collect())
            .collect();
    }
    vec![stem(word)]
}

const fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{0E00}'..='\u{0E7F}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}' | '\u{20000}'..='\u{2FA1F}')
}

/// An English word without its ending; crude, and the same for what is kept and what is asked.
pub(crate) fn stem(word: &str) -> String {
    let word = match word {
        "favorite" => "favourite",
        "color" => "colour",
        "named" | "name" => "call",
        other => other,
    };
    let long = |rest: &&str| rest.chars().count() >= 3;
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(rest) = word.strip_suffix(ending).filter(long)
            && !(ending == "s" && rest.ends_with('s'))
        {
            return rest.trim_end_matches('e').to_owned();
        }
    }
    word.strip_suffix('e')
        .filter(long)
        .unwrap_or(word)
        .to_owned()
}

/// What a sentence speaks of, so that a newer one about the same takes its place: `cat called`, `live`.
/// Nothing where several may hold side by side (`I like …`, `I am …`).
pub(crate) fn key_phrase(text: &str, speaker: &str) -> Option<String> {
    const LEADING: &[&str] = &[
        "my", "the", "a", "an", "our", "this", "i", "user", "member", "asker", "their", "his",
        "her", "he", "she", "they", "am",
    ];
    let names = raw_words(speaker);
    let all = raw_words(text);
    let begins = all
        .iter()
        .position(|word| !LEADING.contains(&word.as_str()) && !names.contains(word))?;
    let spoken: Vec<&str> = all.iter().skip(begins).map(String::as_str).collect();
    if let Some(key) = one_place(&spoken) {
        return Some(key.to_owned());
    }
    let verb = spoken
        .iter()
        .position(|word| matches!(*word, "is" | "are" | "was" | "were"))?;
    let is_called = spoken
        .get(verb + 1)
        .is_some_and(|next| matches!(*next, "called" | "named"));
    let about: Vec<String> = spoken.iter().take(verb).map(|word| stem(word)).collect();
    if about.is_empty() {
        return is_called.then(|| "call is".to_owned());
    }
    if about.len() > 6 {
        return None;
    }
    let ending = if is_called { "call" } else { "is" };
    // "My cat's name is Miso" speaks of what "My cat is called Miso" does.
    match about.split_last() {
        Some((last, before)) if last == "call" && !before.is_empty() && !is_called => {
            Some(format!("{} call", before.join(" ")))
        }
        _ => Some(format!("{} {ending}", about.join(" "))),
    }
}

/// What one can do in one place only.
fn one_place(spoken: &[&str]) -> Option<&'static str> {
    match spoken {
        ["live" | "lives", "in" | "at", ..] => Some("live"),
        ["work" | "works", "as" | "at" | "for", ..] => Some("work"),
        ["come" | "comes", "from", ..] | ["from", ..] | ["is", "from", ..] => Some("from"),
        ["called" | "named", ..] => Some("call is"),
        _ => None,
    }
}

/// Whether two texts say the same in nearly the same words.
pub(crate) fn is_near(one: &[String], other: &[String]) -> bool {
    let shared = one.iter().filter(|word| other.contains(word)).count();
    let all = one.len() + other.len() - shared;
    all > 0 && shared * 5 >= all * 4
}

/// Whether a text looks as if it held a password, a token or a card's number, which nobody wants recalled.
pub(crate) fn looks_secret(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let mixed = |word: &str| {
        word.len() >= 20
            && word.chars().any(|letter| letter.is_ascii_digit())
            && word.chars().any(|letter| letter.is_ascii_alphabetic())
            && !word.starts_with("http")
            && !word.starts_with("<#")
    };
    let told = ["password is", "passwort ist", "api key is", "my pin is"];
    let small = text.to_lowercase();
    digits >= 13 && text.split(char::is_alphabetic).any(is_card)
        || text.split_whitespace().any(mixed)
        || told.iter().any(|phrase| small.contains(phrase))
}

/// Thirteen to sixteen digits with nothing but spaces and dashes between them.
fn is_card(part: &str) -> bool {
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let bare = part
        .chars()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, ' ' | '-' | '.'));
    bare && (13..=16).contains(&digits)
}

#[cfg(test)]
mod tests;
