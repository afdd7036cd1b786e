//! All words of all rules in one automaton, searched in one pass.
//!
//! A reading parts words by single spaces, so a whole word is simply itself between two spaces, and the automaton
//! alone decides. Words with `*` are searched by their longest piece; the rest is compared around it.

use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::text::{ANY_LETTERS, Reading, of_rule};

/// A word of a rule, cut at its `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// What stands between the `*`, with the spaces that bound it.
    pieces: Vec<Vec<u8>>,
    /// Which piece is the longest.
    anchor: usize,
}

impl Word {
    /// The word as it is searched; nothing where it holds neither letter nor digit nor emoji.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let folded = String::from_utf8(of_rule(text)).ok()?;
        let pieces: Vec<Vec<u8>> = folded
            .split(ANY_LETTERS)
            .map(|piece| bounded(piece).as_bytes().to_vec())
            .collect();
        let letters = |piece: &[u8]| piece.iter().filter(|byte| **byte != b' ').count();
        let (anchor, _) = pieces
            .iter()
            .enumerate()
            .max_by_key(|(_, piece)| letters(piece))
            .filter(|(_, piece)| letters(piece) > 0)?;
        // Several `*` side by side mean the same as one.
        let kept = |at: usize| at == 0 || at + 1 == pieces.len() || !pieces[at].is_empty();
        let anchor = (0..anchor).filter(|at| kept(*at)).count();
        let pieces = (0..pieces.len())
            .filter(|at| kept(*at))
            .map(|at| pieces[at].clone())
            .collect();
        Some(Self { pieces, anchor })
    }

    /// The whole match around its longest piece, where the rest of it is there.
    fn around(&self, bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
        let mut first = start;
        for (at, piece) in self.pieces[..self.anchor].iter().enumerate().rev() {
            let from = bytes[..first]
                .iter()
                .rposition(|byte| *byte == b' ')
                .unwrap_or(0);
            first = match (at, piece.as_slice()) {
                (0, b"" | b" ") => from,
                (0, piece) if piece.first() == Some(&b' ') => {
                    let from = before_spaces(bytes, first, piece);
                    bytes.get(from..first)?.starts_with(piece).then_some(from)?
                }
                (_, piece) => from + rfind(&bytes[from..first], piece)?,
            };
        }
        let mut last = end;
        for (at, piece) in self.pieces.iter().enumerate().skip(self.anchor + 1) {
            let upto = word_end(bytes, last);
            let is_last = at + 1 == self.pieces.len();
            last = match piece.as_slice() {
                b"" | b" " if is_last => upto,
                piece if is_last && piece.last() == Some(&b' ') => {
                    let upto = after_spaces(bytes, last, piece);
                    let rest = bytes.get(last..upto)?;
                    rest.ends_with(piece).then_some(upto)?
                }
                piece => {
                    let upto = after_spaces(bytes, last, piece).max(upto);
                    last + find(&bytes[last..upto], piece)? + piece.len()
                }
            };
        }
        Some((first, last))
    }
}

/// A space at an edge stands for the end of a word; a sign of a dense script is one by itself.
fn bounded(piece: &str) -> &str {
    let dense = |letter: Option<char>| letter.is_some_and(is_dense);
    let trimmed = piece.trim_matches(' ');
    let mut bounded = piece;
    if dense(trimmed.chars().next()) {
        bounded = bounded.trim_start_matches(' ');
    }
    if dense(trimmed.chars().next_back()) {
        bounded = bounded.trim_end_matches(' ');
    }
    bounded
}

fn is_dense(letter: char) -> bool {
    crate::text::is_dense(letter)
}

fn find(bytes: &[u8], piece: &[u8]) -> Option<usize> {
    if piece.is_empty() {
        return Some(0);
    }
    bytes
        .windows(piece.len())
        .position(|window| window == piece)
}

fn rfind(bytes: &[u8], piece: &[u8]) -> Option<usize> {
    if piece.is_empty() {
        return Some(bytes.len());
    }
    bytes
        .windows(piece.len())
        .rposition(|window| window == piece)
}

/// Where the word that goes on at this place ends, its space included.
fn word_end(bytes: &[u8], from: usize) -> usize {
    let length = bytes[from..].iter().position(|byte| *byte == b' ');
    length.map_or(bytes.len(), |length| from + length + 1)
}

/// As far back as a piece with this many spaces can begin.
fn before_spaces(bytes: &[u8], upto: usize, piece: &[u8]) -> usize {
    let mut from = upto;
    for _ in piece.iter().filter(|byte| **byte == b' ') {
        from = bytes[..from]
            .iter()
            .rposition(|byte| *byte == b' ')
            .unwrap_or(0);
    }
    from
}

/// As far as a piece with this many spaces can end.
fn after_spaces(bytes: &[u8], from: usize, piece: &[u8]) -> usize {
    let spaces = piece.iter().filter(|byte| **byte == b' ').count();
    (0..spaces).fold(from, |upto, _| word_end(bytes, upto))
}

/// A word that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The place of its rule.
    pub(crate) rule: u16,
    /// Where it stands in the reading, in bytes.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The words of all rules.
pub(crate) struct Lexicon {
    automaton: AhoCorasick,
    words: Vec<(u16, Word)>,
}

impl fmt::Debug for Lexicon {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Lexicon")
            .field("words", &self.words.len())
            .finish_non_exhaustive()
    }
}

impl Lexicon {
    /// The automaton of these words; nothing where there are none.
    pub(crate) fn of(words: Vec<(u16, Word)>) -> Option<Self> {
        if words.is_empty() {
            return None;
        }
        let anchors = words.iter().map(|(_, word)| &word.pieces[word.anchor]);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            // Nearly every word begins with the space before it, which is no rare byte worth looking for.
            .prefilter(false)
            .build(anchors)
            .ok()?;
        Some(Self { automaton, words })
    }

    /// Calls `found` for every word that stands in a reading.
    pub(crate) fn search(&self, reading: &Reading, mut found: impl FnMut(Found)) {
        let bytes = reading.bytes();
        for hit in self.automaton.find_overlapping_iter(bytes) {
            let (rule, word) = &self.words[hit.pattern().as_usize()];
            if let Some((start, end)) = word.around(bytes, hit.start(), hit.end()) {
                found(Found {
                    rule: *rule,
                    start,
                    end,
                });
            }
        }
    }

    /// Whether any word stands there at all, which is all that most texts need.
    pub(crate) fn any(&self, reading: &Reading) -> bool {
        let mut any = false;
        self.search(reading, |_| any = true);
        any
    }
}

#[cfg(test)]
mod tests {
    use super::{Lexicon, Word};
    use crate::text::{Look, Reading};

    fn hits(word: &str, text: &str) -> Vec<String> {
        let lexicon = Lexicon::of(vec![(0, Word::of(word).unwrap())]).unwrap();
        let reading = Reading::traced(text, Look::Plain);
        let mut seen = Vec::new();
        lexicon.search(&reading, |found| {
            let (start, end) = reading.place(found.start, found.end);
            seen.push(text.chars().skip(start).take(end - start).collect());
        });
        seen
    }

    #[test]
    fn m2_whole_words_match_and_parts_of_words_do_not() {
        assert_eq!(hits("bad", "a BAD, bad day"), ["BAD", "bad"]);
        assert_eq!(hits("ass", "a class of grass"), Vec::<String>::new());
        assert_eq!(
            hits("two words", "Two—words, two  words"),
            ["Two—words", "two  words"]
        );
        assert_eq!(hits("b.a.d", "b a d"), ["b a d"]);
    }

    #[test]
    fn m2_a_star_stands_for_any_letters() {
        assert_eq!(hits("wild*", "wild wildlife awild"), ["wild", "wildlife"]);
        assert_eq!(hits("*wild", "wild wildlife awild"), ["wild", "awild"]);
        assert_eq!(hits("*wild*", "a rewilding"), ["rewilding"]);
        assert_eq!(hits("b*d", "bd bad bread bads b d"), ["bd", "bad", "bread"]);
        assert_eq!(hits("a*b*c", "abc axbyc abx ab c"), ["abc", "axbyc"]);
        assert_eq!(hits("*b*", "abc"), ["abc"]);
        assert_eq!(hits("a***c", "abbc"), ["abbc"]);
        assert_eq!(
            hits("go* away", "going away, go away"),
            ["going away", "go away"]
        );
        assert_eq!(hits("go *way", "go runway go way"), ["go runway", "go way"]);
    }

    #[test]
    fn scripts_without_spaces_need_none() {
        assert_eq!(hits("坏话", "他说坏话了"), ["坏话"]);
        assert_eq!(hits("bad", "你bad好"), ["bad"]);
        assert_eq!(hits("🖕", "go 🖕🏽 away"), ["🖕"]);
    }

    #[test]
    fn a_word_without_letters_is_none() {
        for text in ["", "*", "***", "!?", " ", "\u{200b}"] {
            assert_eq!(Word::of(text), None, "{text:?}");
        }
    }
}
