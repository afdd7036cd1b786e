//! One reading of a text: its letters as bytes, words parted by single spaces, a space at each end.
//!
//! The way back to the original is made only where something was found, for most texts hold nothing.

use super::fold::{ANY_LETTERS, Class, Fold, Letters, fold};

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Letters are what they are; all else parts words.
    Plain,
    /// Signs and digits inside words are read as letters.
    Loose,
    /// The same, with upright strokes read as `l`.
    Slim,
}

/// A text read one way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    bytes: Vec<u8>,
    /// For each byte the place of the scalar value that it came from; empty where it was not asked for.
    origins: Vec<u32>,
}

impl Reading {
    /// A text read one way, without the way back.
    pub(crate) fn of(text: &str, look: Look) -> Self {
        Self::made(text, look, false)
    }

    /// A text read one way, with the way back.
    pub(crate) fn traced(text: &str, look: Look) -> Self {
        Self::made(text, look, true)
    }

    fn made(text: &str, look: Look, traced: bool) -> Self {
        if look == Look::Plain && !traced && text.is_ascii() {
            return ordinary(text.as_bytes());
        }
        let mut pen = Pen::new(text.len(), traced);
        match look {
            Look::Plain => plain(text, &mut pen),
            Look::Loose | Look::Slim => loose(text, look, &mut pen),
        }
        let mut reading = pen.done();
        if look != Look::Plain {
            reading.join_apart();
        }
        reading
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place in the original of a part of the bytes, spaces at its ends left out.
    pub(crate) fn place(&self, start: usize, end: usize) -> (usize, usize) {
        let part = self.bytes.get(start..end).unwrap_or(&[]);
        let ahead = part.iter().take_while(|byte| **byte == b' ').count();
        let behind = part.iter().rev().take_while(|byte| **byte == b' ').count();
        let (start, end) = (start + ahead, end.saturating_sub(behind));
        match (self.origins.get(start), self.origins.get(end.max(1) - 1)) {
            (Some(first), Some(last)) if start < end => (*first as usize, *last as usize + 1),
            _ => (0, 0),
        }
    }

    pub(super) fn has_letters_apart(&self) -> bool {
        if self.bytes.is_ascii() {
            let apart = |part: &[u8]| [0, 2, 4, 6].iter().all(|at| part[*at] == b' ');
            return self.bytes.windows(7).any(apart);
        }
        let mut run = 0;
        self.bytes.split(|byte| *byte == b' ').any(|word| {
            run = if !word.is_empty() && is_letter(word) {
                run + 1
            } else {
                0
            };
            run >= 3
        })
    }

    /// Puts three or more single letters that stand apart together: `b a d` is read as `bad`.
    fn join_apart(&mut self) {
        if !self.has_letters_apart() {
            return;
        }
        let mut kept = Vec::with_capacity(self.bytes.len());
        let words: Vec<(usize, usize)> = words(&self.bytes).collect();
        let single = |(start, end): (usize, usize)| is_letter(&self.bytes[start..end]);
        let mut at = 0;
        while at < words.len() {
            let run = words[at..].iter().take_while(|word| single(**word)).count();
            let count = run.max(1);
            for (step, (start, end)) in words[at..at + count].iter().enumerate() {
                if run < 3 || step == 0 {
                    kept.push(start - 1);
                }
                kept.extend(*start..*end);
            }
            at += count;
        }
        kept.push(self.bytes.len() - 1);
        self.bytes = kept.iter().map(|place| self.bytes[*place]).collect();
        if !self.origins.is_empty() {
            self.origins = kept.iter().map(|place| self.origins[*place]).collect();
        }
    }
}

/// Whether the bytes of a word are one letter.
fn is_letter(word: &[u8]) -> bool {
    // The bytes behind the first of a letter all begin with the bits 10.
    word.iter().skip(1).all(|byte| byte & 0xC0 == 0x80)
}

/// The words of a reading, as places.
fn words(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(|byte| *byte != b' ')?;
        let length = bytes[start..].iter().position(|byte| *byte == b' ');
        at = length.map_or(bytes.len(), |length| start + length);
        Some((start, at))
    })
}

/// Writes a reading.
struct Pen {
    bytes: Vec<u8>,
    origins: Vec<u32>,
    traced: bool,
    place: u32,
    /// Of the last letter; nothing after a break.
    last: Option<Class>,
}

impl Pen {
    fn new(length: usize, traced: bool) -> Self {
        let mut pen = Self {
            bytes: Vec::with_capacity(length + 2),
            origins: Vec::new(),
            traced,
            place: 0,
            last: None,
        };
        pen.byte(b' ');
        pen
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
        if self.traced {
            self.origins.push(self.place);
        }
    }

    #[inline]
    fn part(&mut self) {
        if self.last.is_some() {
            self.byte(b' ');
            self.last = None;
        }
    }

    #[inline]
    fn ascii(&mut self, letter: u8) {
        if self.last == Some(Class::Dense) {
            self.part();
        }
        self.byte(letter);
        self.last = Some(Class::Letter);
    }

    /// Ordinary letters and digits, as many as there are.
    fn ordinary(&mut self, letters: &[u8], look: Look) {
        if letters.is_empty() {
            return;
        }
        if self.last == Some(Class::Dense) {
            self.part();
        }
        let small = |byte: &u8| match byte {
            b'I' if look == Look::Slim => b'l',
            byte => byte.to_ascii_lowercase(),
        };
        self.bytes.extend(letters.iter().map(small));
        let places = (self.place..).take(letters.len());
        if self.traced {
            self.origins.extend(places.clone());
        }
        self.place = places.last().map_or(self.place, |last| last + 1);
        self.last = Some(Class::Letter);
    }

    fn letters(&mut self, class: Class, letters: &Letters) {
        if self.last.is_some_and(|last| last != class) {
            self.part();
        }
        let mut text = [0; 4];
        for letter in letters.as_slice() {
            for byte in letter.encode_utf8(&mut text).bytes() {
                self.byte(byte);
            }
        }
        self.last = Some(class);
    }

    /// The sign for any letters, which parts nothing.
    fn any(&mut self) {
        let mut text = [0; 4];
        for byte in ANY_LETTERS.encode_utf8(&mut text).bytes() {
            self.byte(byte);
        }
        self.last.get_or_insert(Class::Letter);
    }

    fn done(mut self) -> Reading {
        self.part();
        Reading {
            bytes: self.bytes,
            origins: self.origins,
        }
    }
}

/// The plain reading of a text of ordinary letters, which most are.
fn ordinary(text: &[u8]) -> Reading {
    let mut bytes = vec![b' '; text.len() + 2];
    let (mut end, mut last) = (1, b' ');
    // Every byte is written, and stays where it is a letter or the first space behind one: no branch to be guessed.
    for byte in text {
        let small = WRITTEN[usize::from(byte & 127)];
        bytes[end] = small;
        end += usize::from(small != b' ' || last != b' ');
        last = small;
    }
    if last != b' ' {
        bytes[end] = b' ';
        end += 1;
    }
    bytes.truncate(end);
    Reading {
        bytes,
        origins: Vec::new(),
    }
}

fn plain(text: &str, pen: &mut Pen) {
    for letter in text.chars() {
        if letter.is_ascii() {
            match ascii(letter) {
                Some(byte) => pen.ascii(byte),
                None => pen.part(),
            }
        } else {
            let folded = fold(letter);
            wide(folded, &folded.plain, pen);
        }
        pen.place += 1;
    }
}

/// For each ordinary letter or digit its small form, for all else zero.
const SMALL: [u8; 128] = small_letters();
/// The same with a space for all else.
const WRITTEN: [u8; 128] = written();
/// What each ordinary character is to [`look`](super::look).
const KINDS: [Kind; 128] = kinds();

#[inline]
fn ascii(letter: char) -> Option<u8> {
    let byte = *SMALL.get(letter as usize)?;
    (byte != 0).then_some(byte)
}

#[expect(clippy::cast_possible_truncation, reason = "the place is below 128")]
const fn small_letters() -> [u8; 128] {
    let mut table = [0; 128];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        if byte.is_ascii_alphanumeric() {
            table[at] = byte.to_ascii_lowercase();
        }
        at += 1;
    }
    table
}

const fn written() -> [u8; 128] {
    let mut table = small_letters();
    let mut at = 0;
    while at < 128 {
        if table[at] == 0 {
            table[at] = b' ';
        }
        at += 1;
    }
    table
}

fn wide(folded: &Fold, letters: &Letters, pen: &mut Pen) {
    match folded.class {
        Class::Dropped => {}
        Class::Break => pen.part(),
        class @ (Class::Letter | Class::Dense) => pen.letters(class, letters),
    }
}

/// A word of a rule: as the plain reading, with `*` for any letters.
pub(crate) fn of_rule(word: &str) -> Vec<u8> {
    let mut pen = Pen::new(word.len(), false);
    for letter in word.chars() {
        match letter {
            '*' => pen.any(),
            _ => match ascii(letter) {
                Some(byte) => pen.ascii(byte),
                None if letter.is_ascii() => pen.part(),
                None => wide(fold(letter), &fold(letter).plain, &mut pen),
            },
        }
    }
    pen.done().bytes
}

/// Marks of Markdown that are not seen where they are put in pairs.
pub(super) const fn is_markdown(letter: char) -> bool {
    matches!(letter, '*' | '_' | '~' | '`' | '\\')
}

/// The letter that a digit or sign is put for.
const fn sign(letter: char, look: Look) -> Option<u8> {
    let upright = match look {
        Look::Slim => b'l',
        Look::Plain | Look::Loose => b'i',
    };
    Some(match letter {
        '0' => b'o',
        '1' | '!' | '|' => upright,
        '3' | '€' => b'e',
        '4' | '@' => b'a',
        '5' | '$' => b's',
        '7' => b't',
        '8' => b'b',
        _ => return None,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "the place is below 128")]
const fn kinds() -> [Kind; 128] {
    let mut table = [Kind::Space; 128];
    let mut at = 0;
    while at < 128 {
        let letter = at as u8 as char;
        if sign(letter, Look::Loose).is_some() || is_markdown(letter) {
            table[at] = Kind::Sign;
        } else if letter.is_ascii_alphanumeric() {
            table[at] = Kind::Letter;
        }
        at += 1;
    }
    table
}

/// What a character is to the loose readings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Letter,
    Sign,
    Space,
}

impl Kind {
    pub(super) fn of(letter: char) -> Self {
        if let Some(kind) = KINDS.get(letter as usize) {
            return *kind;
        }
        if letter == '€' {
            return Self::Sign;
        }
        match fold(letter).class {
            Class::Break => Self::Space,
            Class::Dropped | Class::Letter | Class::Dense => Self::Letter,
        }
    }
}

/// Reads signs as letters in every stretch that holds a real letter.
fn loose(text: &str, look: Look, pen: &mut Pen) {
    let mut rest = text;
    while !rest.is_empty() {
        let (stretch, behind) = rest.split_at(stretch_end(rest));
        if stretch.is_ascii() && stretch.bytes().all(|byte| kind_of(byte) == Kind::Letter) {
            pen.ordinary(stretch.as_bytes(), look);
        } else {
            let lettered = stretch.chars().any(|c| Kind::of(c) == Kind::Letter);
            read_stretch(stretch, look, lettered, pen);
        }
        rest = behind;
        if let Some(letter) = rest.chars().next() {
            pen.part();
            pen.place += 1;
            rest = &rest[letter.len_utf8()..];
        }
    }
}

/// Where the letters and signs that a text begins with end.
fn stretch_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = |byte: &u8| !byte.is_ascii() || kind_of(*byte) == Kind::Space;
    let end = bytes.iter().position(ends).unwrap_or(bytes.len());
    if bytes.get(end).is_none_or(u8::is_ascii) {
        return end;
    }
    let behind = text[end..].find(|letter| Kind::of(letter) == Kind::Space);
    behind.map_or(text.len(), |length| end + length)
}

/// What an ordinary character is to [`look`](super::look).
#[inline]
pub(super) fn kind_of(byte: u8) -> Kind {
    KINDS[usize::from(byte & 127)]
}

fn read_stretch(stretch: &str, look: Look, lettered: bool, pen: &mut Pen) {
    // A sign that ends a stretch ends a sentence more often than a word.
    let body = stretch.trim_end_matches(['!', '|', '@']).len();
    let bytes = stretch.as_bytes();
    for (at, letter) in stretch.char_indices() {
        // Two strokes hide what stands between them; one alone is put for a letter.
        let paired =
            letter == '|' && (bytes.get(at + 1) == Some(&b'|') || at > 0 && bytes[at - 1] == b'|');
        let read = sign(letter, look).filter(|_| lettered && at < body && !paired);
        match (read, ascii(letter)) {
            (Some(byte), _) => pen.ascii(byte),
            (None, Some(_)) if letter == 'I' && look == Look::Slim => pen.ascii(b'l'),
            (None, Some(byte)) => pen.ascii(byte),
            (None, None) if is_markdown(letter) || letter == '|' => {}
            (None, None) if letter.is_ascii() => pen.part(),
            (None, None) => wide(fold(letter), &fold(letter).looks, pen),
        }
        pen.place += 1;
    }
}
