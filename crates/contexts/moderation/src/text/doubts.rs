//! Whether a text needs more than its plain reading: the others are made only where they could say something else.

use super::{
    fold::fold,
    reading::{Kind, Reading, is_markdown, kind_of},
};

/// Which readings besides the plain one could say something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Doubts {
    pub(crate) loose: bool,
    pub(crate) slim: bool,
}

/// Which readings besides the plain one could say something else.
pub(crate) fn look(text: &str, plain: &Reading) -> Doubts {
    let bytes = text.as_bytes();
    if text.is_ascii() && !bytes.iter().any(|byte| kind_of(*byte) == Kind::Sign) {
        let inside = |two: &[u8]| two[1] == b'I' && kind_of(two[0]) == Kind::Letter;
        return Doubts {
            loose: plain.has_letters_apart(),
            slim: bytes.windows(2).any(inside),
        };
    }
    let (mut doubts, mut stretch) = (Doubts::default(), Stretch::default());
    let (mut before, mut has_capital_i) = (Kind::Space, false);
    for letter in text.chars() {
        let kind = Kind::of(letter);
        match kind {
            Kind::Letter => {
                stretch.write();
                stretch.lettered = true;
                doubts.loose |= !letter.is_ascii() && unlike(letter);
                doubts.slim |= letter == 'I' && before == Kind::Letter;
                has_capital_i |= letter == 'I';
            }
            Kind::Sign => {
                stretch.sign(letter);
                doubts.slim |= matches!(letter, '1' | '!' | '|');
            }
            Kind::Space => {
                doubts.loose |= stretch.differs();
                stretch = Stretch::default();
            }
        }
        before = kind;
    }
    doubts.loose |= stretch.differs() || plain.has_letters_apart();
    doubts.slim &= doubts.loose || has_capital_i;
    doubts
}

/// What stands between two spaces, as far as it was seen: whether the loose reading makes something else of it.
#[derive(Debug, Default)]
struct Stretch {
    /// Whether it holds a real letter, beside which signs are read as letters.
    lettered: bool,
    /// Whether something of it is written in any reading.
    written: bool,
    /// Whether a mark stands behind what is written that parts words in the plain reading alone.
    gap: bool,
    /// Whether such a mark stands between two letters.
    joins: bool,
    /// Whether signs stand at its end that are not read there.
    tail: bool,
    /// Whether there are signs that are read as letters, if there is a letter.
    signs: bool,
}

impl Stretch {
    fn write(&mut self) {
        self.signs |= self.tail;
        self.joins |= self.gap;
        (self.written, self.gap, self.tail) = (true, false, false);
    }

    fn sign(&mut self, letter: char) {
        match letter {
            '!' | '@' => (self.written, self.gap, self.tail) = (false, false, true),
            '|' => (self.gap, self.tail) = (self.gap | self.written, true),
            '$' | '€' => {
                (self.written, self.gap, self.tail, self.signs) = (false, false, false, true)
            }
            mark if is_markdown(mark) => {
                self.signs |= self.tail;
                (self.gap, self.tail) = (self.gap | self.written, false);
            }
            _ => {
                self.write();
                self.signs = true;
            }
        }
    }

    const fn differs(&self) -> bool {
        self.joins || self.lettered && self.signs
    }
}

/// Whether a letter's looks say something else than its case folded.
fn unlike(letter: char) -> bool {
    let folded = fold(letter);
    folded.plain != folded.looks
}
