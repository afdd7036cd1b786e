//! Words of a text: plain, in the second and third person, and numbers drawn from them.

/// The most characters of a text that are looked at.
pub(super) const LOOKED_AT_MAX: usize = 4_000;

/// The lower-case words of a text, without marks; apostrophes are straight and stay inside words.
pub(super) fn plain(text: &str) -> Vec<String> {
    let text: String = text.chars().take(LOOKED_AT_MAX).collect();
    let text = text.replace(['’', '‘'], "'").to_lowercase();
    text.split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .map(|word| word.trim_matches('\'').to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// The words that carry meaning, each in one form.
pub(super) fn telling(text: &str) -> Vec<String> {
    let mut telling: Vec<String> = plain(text)
        .iter()
        .filter(|word| !EMPTY.contains(&word.as_str()))
        .map(|word| root(word))
        .filter(|word| !word.is_empty())
        .collect();
    telling.dedup();
    telling
}

/// Words without a meaning of their own.
const EMPTY: [&str; 98] = [
    "a", "about", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at",
    "be", "been", "but", "by", "can", "could", "did", "do", "does", "don't", "every", "for",
    "from", "get", "go", "going", "had", "has", "have", "he", "her", "his", "how", "i", "i'm",
    "i've", "if", "in", "into", "is", "it", "it's", "its", "just", "know", "let", "me", "mine",
    "my", "no", "not", "of", "on", "or", "our", "out", "please", "really", "remember", "remind",
    "say", "she", "should", "so", "some", "tell", "than", "that", "the", "their", "them", "then",
    "there", "they", "they're", "this", "to", "us", "was", "we", "were", "what", "what's", "when",
    "where", "which", "who", "who's", "why", "will", "with", "would", "you", "your", "you're",
];

/// Words that mean the same here.
const SAME: [(&str, &str); 26] = [
    ("called", "name"),
    ("named", "name"),
    ("names", "name"),
    ("favorite", "favourite"),
    ("color", "colour"),
    ("lives", "live"),
    ("living", "live"),
    ("likes", "like"),
    ("love", "like"),
    ("loves", "like"),
    ("enjoy", "like"),
    ("prefer", "like"),
    ("works", "work"),
    ("job", "work"),
    ("born", "birthday"),
    ("plays", "play"),
    ("playing", "play"),
    ("eating", "eat"),
    ("drinks", "drink"),
    ("speaks", "speak"),
    ("studies", "study"),
    ("studying", "study"),
    ("mum", "mother"),
    ("mom", "mother"),
    ("dad", "father"),
    ("kitty", "cat"),
];

fn root(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    if let Some((_, same)) = SAME.iter().find(|(one, _)| *one == word) {
        return (*same).to_owned();
    }
    let plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss");
    if plural {
        &word[..word.len() - 1]
    } else {
        word
    }
    .to_owned()
}

/// Words for oneself, as one says them to the one who said them, and of them.
const PERSONS: [(&str, &str, &str); 12] = [
    ("i", "you", "they"),
    ("i'm", "you're", "they're"),
    ("i've", "you've", "they've"),
    ("i'll", "you'll", "they'll"),
    ("i'd", "you'd", "they'd"),
    ("im", "you're", "they're"),
    ("me", "you", "them"),
    ("my", "your", "their"),
    ("mine", "yours", "theirs"),
    ("myself", "yourself", "themselves"),
    ("am", "are", "are"),
    ("our", "your", "their"),
];

/// The same said to the one who said it: `my cat` is `your cat`, `their cat` too.
pub(super) fn to_you(text: &str) -> String {
    turned(text, |word, before| {
        let of_them = PERSONS.iter().find(|(_, _, they)| *they == word);
        let of_me = PERSONS.iter().find(|(me, _, _)| *me == word);
        match (word, before) {
            ("are", _) => None,
            ("was", "i") => Some("were"),
            _ => of_me.or(of_them).map(|(_, you, _)| *you),
        }
    })
}

/// The same said of the one who said it: `my cat` is `their cat`.
pub(super) fn to_they(text: &str) -> String {
    turned(text, |word, before| match (word, before) {
        ("was", "i") => Some("were"),
        _ => PERSONS
            .iter()
            .find(|(me, _, _)| *me == word)
            .map(|(_, _, they)| *they),
    })
}

fn turned(text: &str, turn: impl Fn(&str, &str) -> Option<&'static str>) -> String {
    let mut before = String::new();
    let turned: Vec<String> = text
        .split_whitespace()
        .map(|whole| {
            let is_mark = |c: char| !c.is_alphanumeric() && c != '\'' && c != '’';
            let core = whole.trim_matches(is_mark);
            let plain = core.replace('’', "'").to_lowercase();
            let new = turn(&plain, &before).map_or_else(
                || whole.to_owned(),
                |new| {
                    if core.is_empty() {
                        whole.to_owned()
                    } else {
                        whole.replacen(core, new, 1)
                    }
                },
            );
            before = plain;
            new
        })
        .collect();
    turned.join(" ")
}

/// The same with a capital at its start.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// One line of a text, without marks at its end, cut at a whole word.
pub(super) fn clip(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches(['.', '!', '?', ',', ';', ' ']);
    if line.chars().count() <= most {
        return line.to_owned();
    }
    let cut: String = line.chars().take(most).collect();
    let whole = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}

/// A number drawn from a text: the same text, the same number.
pub(super) fn drawn(text: &str) -> usize {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    usize::try_from(hash >> 33).unwrap_or(0)
}

/// Whether words stand in a text one after another.
pub(super) fn says(plain: &[String], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    plain
        .windows(phrase.len())
        .any(|window| window.iter().zip(&phrase).all(|(one, other)| one == other))
}
