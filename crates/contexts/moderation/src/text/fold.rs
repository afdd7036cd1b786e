//! What one character is folded into: worked out once, kept in pages of 256.
//!
//! Letters of scripts that look like Latin ones become Latin (UTS 39), compatibility forms their plain form (NFKC),
//! accents go. Marks of scripts that write vowels with them stay, for there they make other words.

use std::sync::OnceLock;

use unicode_normalization::{
    UnicodeNormalization,
    char::{decompose_compatible, is_combining_mark},
};
use unicode_security::skeleton;

/// Stands in a pattern for any letters; in a text it parts words like every private character.
pub(crate) const ANY_LETTERS: char = '\u{E000}';

/// What a character is to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing: it can't be seen, or is an accent.
    Dropped,
    /// A letter or digit of a script that parts words by spaces.
    Letter,
    /// A sign of a script that does not, or an emoji: each is a word's beginning and end.
    Dense,
    /// Something between words.
    Break,
}

/// Up to four letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Letters {
    count: u8,
    letters: [char; 4],
}

impl Letters {
    const NONE: Self = Self {
        count: 0,
        letters: ['\0'; 4],
    };

    fn push(&mut self, letter: char) {
        // Longer compatibility forms are cut, in texts and in rules alike.
        if let Some(slot) = self.letters.get_mut(usize::from(self.count)) {
            *slot = letter;
            self.count += 1;
        }
    }

    pub(crate) fn as_slice(&self) -> &[char] {
        self.letters.get(..usize::from(self.count)).unwrap_or(&[])
    }
}

/// What a character is folded into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fold {
    pub(crate) class: Class,
    /// The same for capital and small letters.
    pub(crate) plain: Letters,
    /// By the looks of just this form.
    pub(crate) looks: Letters,
    /// What a person sees.
    pub(crate) seen: Seen,
}

/// What a person sees of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Itself.
    Same,
    /// Nothing.
    Nothing,
    /// An ordinary character.
    As(char),
}

const PAGES: usize = 0x11_0000 / 256;
static FOLDS: [OnceLock<Box<[Fold]>>; PAGES] = [const { OnceLock::new() }; PAGES];

/// What this character is folded into.
pub(crate) fn fold(letter: char) -> &'static Fold {
    let code = u32::from(letter);
    let (page, place) = ((code >> 8) as usize, (code & 255) as usize);
    let folds = FOLDS[page].get_or_init(|| {
        let first = code & !255;
        (first..first + 256)
            .map(|code| char::from_u32(code).map_or(DROPPED, whole))
            .collect()
    });
    &folds[place]
}

const DROPPED: Fold = Fold {
    class: Class::Dropped,
    plain: Letters::NONE,
    looks: Letters::NONE,
    seen: Seen::Nothing,
};
const BREAK: Fold = Fold {
    class: Class::Break,
    ..DROPPED
};

fn whole(letter: char) -> Fold {
    let folded = worked_out(letter);
    Fold {
        seen: seen(letter, folded.class),
        ..folded
    }
}

fn seen(letter: char, class: Class) -> Seen {
    if letter.is_ascii() {
        return Seen::Same;
    }
    if class == Class::Dropped {
        return Seen::Nothing;
    }
    // The full stops of other scripts part a host's labels as well.
    if matches!(letter, '。' | '｡' | '．') {
        return Seen::As('.');
    }
    let (mut first, mut count) = (letter, 0_u32);
    decompose_compatible(letter, |part| {
        first = if count == 0 { part } else { first };
        count += 1;
    });
    if count == 1 && first.is_ascii() {
        Seen::As(first)
    } else {
        Seen::Same
    }
}

fn worked_out(letter: char) -> Fold {
    let mut text = [0; 4];
    let invisible = skeleton(letter.encode_utf8(&mut text)).next().is_none();
    if invisible || is_accent(letter) || is_skin_tone(letter) {
        return DROPPED;
    }
    if let Some(plain) = enclosed(letter) {
        return one(Class::Letter, plain);
    }
    if is_emoji(letter) {
        return one(Class::Dense, letter);
    }
    let (mut plain, mut looks) = (Letters::NONE, Letters::NONE);
    decompose_compatible(letter, |part| {
        if is_word(part) && !is_accent(part) {
            small(part, &mut plain);
            shape(part, &mut looks);
        }
    });
    if plain.count == 0 {
        return BREAK;
    }
    let class = if is_dense(letter) {
        Class::Dense
    } else {
        Class::Letter
    };
    Fold {
        class,
        plain,
        looks,
        ..DROPPED
    }
}

fn one(class: Class, letter: char) -> Fold {
    let mut letters = Letters::NONE;
    letters.push(letter);
    Fold {
        class,
        plain: letters,
        looks: letters,
        ..DROPPED
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter)
}

/// Folds case first, then looks: a capital and its small letter become the same.
fn small(letter: char, out: &mut Letters) {
    let letter = match letter {
        'ß' | 'ẞ' => return ['s', 's'].into_iter().for_each(|letter| out.push(letter)),
        // The form at a word's end has the same capital as the other.
        'ς' => 'σ',
        other => other,
    };
    for low in letter.to_lowercase().filter(|low| !is_accent(*low)) {
        let mut up = low.to_uppercase();
        let up = up.next().filter(|_| up.next().is_none());
        if !latin(low, out) && !up.is_some_and(|up| latin(up, out)) {
            out.push(low);
        }
    }
}

/// Folds looks first, and case where there is no Latin look.
fn shape(letter: char, out: &mut Letters) {
    if !latin(letter, out) {
        small(letter, out);
    }
}

/// The Latin letters that a letter looks like, where it does.
fn latin(letter: char, out: &mut Letters) -> bool {
    if letter.is_ascii() {
        out.push(letter.to_ascii_lowercase());
        return true;
    }
    if !is_like_latin(letter) {
        return false;
    }
    let mut text = [0; 4];
    let shape: String = skeleton(letter.encode_utf8(&mut text))
        .nfkd()
        .filter(|part| !is_accent(*part))
        .collect();
    let fits = (1..=3).contains(&shape.len()) && shape.bytes().all(|b| b.is_ascii_alphanumeric());
    if !fits {
        return false;
    }
    // The table draws `m` as `r` beside `n`, which would make one word of burn and bum.
    let shape = shape.to_ascii_lowercase().replace("rn", "m");
    shape.chars().for_each(|part| out.push(part));
    true
}

/// Scripts whose letters people put for Latin ones. In the others a likeness is chance.
const fn is_like_latin(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{58F}'
        | '\u{10A0}'..='\u{10FF}'
        | '\u{13A0}'..='\u{16FF}'
        | '\u{1C80}'..='\u{1CBF}'
        | '\u{1D00}'..='\u{1DBF}'
        | '\u{1E00}'..='\u{1FFF}'
        | '\u{2070}'..='\u{2DDF}'
        | '\u{A4D0}'..='\u{A4FF}'
        | '\u{A640}'..='\u{A7FF}'
        | '\u{AB30}'..='\u{ABBF}'
        | '\u{10280}'..='\u{1057F}'
        | '\u{118A0}'..='\u{118FF}'
        | '\u{16F00}'..='\u{16F9F}'
        | '\u{1D400}'..='\u{1D7FF}')
}

/// Marks over and under letters that make no other word, piled up or not.
const fn is_accent(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36F}'
        | '\u{483}'..='\u{489}'
        | '\u{591}'..='\u{5BD}'
        | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}'
        | '\u{610}'..='\u{61A}'
        | '\u{640}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}'
        | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}')
}

const fn is_skin_tone(letter: char) -> bool {
    matches!(letter, '\u{1F3FB}'..='\u{1F3FF}')
}

const fn is_emoji(letter: char) -> bool {
    matches!(letter, '\u{2600}'..='\u{27BF}' | '\u{1F300}'..='\u{1FAFF}')
}

/// Scripts that put no space between words, and emoji.
pub(crate) const fn is_dense(letter: char) -> bool {
    is_emoji(letter)
        || matches!(letter,
        '\u{E00}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{2E80}'..='\u{2FDF}'
        | '\u{3005}'..='\u{312F}'
        | '\u{31A0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Letters in circles, squares and flags that have no compatibility form.
fn enclosed(letter: char) -> Option<char> {
    let code = u32::from(letter);
    let first = match code {
        0x1F150..=0x1F169 => 0x1F150,
        0x1F170..=0x1F189 => 0x1F170,
        0x1F1E6..=0x1F1FF => 0x1F1E6,
        _ => return None,
    };
    char::from_u32(u32::from('a') + code - first)
}
