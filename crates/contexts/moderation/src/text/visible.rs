//! A text as a person sees it: nothing invisible, letters in their ordinary form, all else as written.
//!
//! Patterns and links are searched in it. A text of ordinary characters is taken as it is.

use std::borrow::Cow;

use unicode_normalization::char::compose;

use super::fold::{Seen, fold};

/// A text as it is seen.
#[derive(Debug)]
pub(crate) struct Visible<'a> {
    text: Cow<'a, str>,
    /// For each byte the place of the scalar value that it came from; empty where the text is as written.
    origins: Vec<u32>,
}

impl<'a> Visible<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        if text.is_ascii() || !text.chars().any(|letter| seen(letter) != Seen::Same) {
            return Self {
                text: Cow::Borrowed(text),
                origins: Vec::new(),
            };
        }
        let (mut out, mut origins) = (String::with_capacity(text.len()), Vec::new());
        for (place, letter) in (0_u32..).zip(text.chars()) {
            match seen(letter) {
                Seen::Same => out.push(letter),
                Seen::Nothing => {
                    // A letter and the accent behind it are one letter, as in most keyboards' texts.
                    if let Some(whole) = out.chars().last().and_then(|last| compose(last, letter)) {
                        out.pop();
                        origins.truncate(out.len());
                        out.push(whole);
                    }
                }
                Seen::As(plain) => out.push(plain),
            }
            origins.resize(out.len(), place);
        }
        Self {
            text: Cow::Owned(out),
            origins,
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The place in the original of a part of the text, given in bytes.
    pub(crate) fn place(&self, start: usize, end: usize) -> (usize, usize) {
        if self.origins.is_empty() {
            let count = |upto: usize| {
                self.text
                    .char_indices()
                    .take_while(|(at, _)| *at < upto)
                    .count()
            };
            return (count(start), count(end));
        }
        match (self.origins.get(start), self.origins.get(end.max(1) - 1)) {
            (Some(first), Some(last)) if start < end => (*first as usize, *last as usize + 1),
            _ => (0, 0),
        }
    }
}

/// What is seen of a character; all of an ordinary one.
#[inline]
fn seen(letter: char) -> Seen {
    if letter.is_ascii() {
        Seen::Same
    } else {
        fold(letter).seen
    }
}
