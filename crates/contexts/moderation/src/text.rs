//! A text as moderation reads it: folded into plain letters, with the way back to the original.
//!
//! Places are counted in Unicode scalar values of the original text, as `chars()` counts them: from the first one
//! of a match to the one behind its last.
//!
//! Three readings. *Plain*: case, width, accents, look-alikes and invisible characters are folded, everything else
//! parts words. *Loose*: Markdown marks are taken away, digits and signs inside words are read as letters, single
//! letters that stand apart are put together. *Slim*: the same with `1`, `|`, `!` and capital `I` read as `l`. The
//! second and third are made only where they could differ from the first.
//! Not here: what is searched in them (`lexicon`), and links (`links`).

mod fold;
mod reading;

mod doubts;
mod visible;

pub(crate) use doubts::look;
pub(crate) use fold::{ANY_LETTERS, is_dense};
pub(crate) use reading::{Look, Reading, of_rule};
pub(crate) use visible::Visible;

/// No more of a text than this is looked at, in Unicode scalar values.
pub const TEXT_LENGTH_MAX: usize = 8_000;

/// The beginning of a text that is looked at.
#[must_use]
pub fn bounded(text: &str) -> &str {
    if text.len() <= TEXT_LENGTH_MAX {
        return text;
    }
    text.char_indices()
        .nth(TEXT_LENGTH_MAX)
        .map_or(text, |(end, _)| &text[..end])
}

/// A text folded the plain way, with its words parted by single spaces.
#[must_use]
pub fn folded(text: &str) -> String {
    let reading = Reading::of(bounded(text), Look::Plain);
    String::from_utf8_lossy(reading.bytes()).trim().to_owned()
}

#[cfg(test)]
mod tests;
