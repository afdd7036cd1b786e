//! Letters: which the typeface has, how wide they are, and cutting a text to a width.
//!
//! Fancy forms of plain letters become plain, marks stacked on letters and signs that turn the writing round go, and
//! so does what the typeface lacks, emoji among it. What is left is set as it stands.

use std::sync::OnceLock;

use skrifa::{
    FontRef, MetadataProvider,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};
use unicode_normalization::UnicodeNormalization as _;

pub(crate) const REGULAR: &[u8] =
    include_bytes!("../../../../assets/vendor/inter/Inter_400Regular.ttf");
pub(crate) const SEMIBOLD: &[u8] =
    include_bytes!("../../../../assets/vendor/inter/Inter_600SemiBold.ttf");

/// More of a text is not looked at: no place in a picture holds as much.
const LETTERS_MAX: usize = 200;

/// How strong letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Semibold,
}

struct Face {
    letters: Charmap<'static>,
    /// Widths at a size of one pixel.
    widths: GlyphMetrics<'static>,
}

impl Weight {
    fn face(self) -> &'static Face {
        static REGULAR_FACE: OnceLock<Face> = OnceLock::new();
        static SEMIBOLD_FACE: OnceLock<Face> = OnceLock::new();
        let (place, bytes) = match self {
            Self::Regular => (&REGULAR_FACE, REGULAR),
            Self::Semibold => (&SEMIBOLD_FACE, SEMIBOLD),
        };
        place.get_or_init(|| {
            let font = FontRef::new(bytes).expect("the vendored typeface is whole: tests read it");
            Face {
                letters: font.charmap(),
                widths: font.glyph_metrics(Size::new(1.0), LocationRef::default()),
            }
        })
    }
}

/// The text in letters that the typeface has, in one line; empty where it has none of them.
#[must_use]
pub fn legible(text: &str) -> String {
    let plain = text.chars().take(LETTERS_MAX).nfkc();
    let mut out = String::new();
    for letter in plain.take(LETTERS_MAX) {
        if letter.is_whitespace() || letter.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_unseen(letter) && has(letter) {
            out.push(letter);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// What has no width or turns the writing round, marks that are left on letters, and the typeface's own signs.
const fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20ff}' | '\u{e000}'..='\u{f8ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Whether every weight has a letter.
pub(crate) fn has(letter: char) -> bool {
    [Weight::Regular, Weight::Semibold]
        .iter()
        .all(|weight| weight.face().letters.map(letter).is_some())
}

/// How wide a text is at a size.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let face = weight.face();
    let of_one = |letter| {
        let glyph = face.letters.map(letter)?;
        face.widths.advance_width(glyph)
    };
    let widths = text.chars().map(|letter| of_one(letter).unwrap_or(0.0));
    f64::from(widths.sum::<f32>()) * size
}

/// The text, cut to a width; a cut one ends in `…`.
pub(crate) fn fitted(text: &str, size: f64, weight: Weight, room: f64) -> String {
    let text = legible(text);
    if width(&text, size, weight) <= room {
        return text;
    }
    let mut left = room - width("…", size, weight);
    let mut cut = String::new();
    for letter in text.chars() {
        left -= width(letter.encode_utf8(&mut [0; 4]), size, weight);
        if left < 0.0 {
            break;
        }
        cut.push(letter);
    }
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{Weight, fitted, legible, width};

    #[test]
    fn only_letters_of_the_typeface_are_left() {
        for (given, left) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("  Zoë \n\t 🎉 ", "Zoë"),
            ("𝓐𝓭𝓪 ｗｉｄｅ", "Ada wide"),
            ("Ж Ω ł", "Ж Ω ł"),
            ("مريم", ""),
            ("עדה 7", "7"),
            ("\u{202e}evil\u{200b}\u{feff}", "evil"),
            ("z\u{0317}\u{0318}\u{0330}\u{0341}a\u{0489}lgo", "źalgo"),
            ("👩‍🚀🇩🇪", ""),
            ("愛 a", "a"),
        ] {
            assert_eq!(legible(given), left, "{given:?}");
        }
        assert!(legible(&"ﷺ".repeat(5_000)).len() < 1_000);
    }

    #[test]
    fn a_text_is_cut_to_its_room() {
        assert_eq!(fitted("short", 13.0, Weight::Regular, 100.0), "short");
        let cut = fitted(&"wide ".repeat(50), 13.0, Weight::Semibold, 100.0);
        assert!(cut.ends_with('…'), "{cut}");
        assert!(width(&cut, 13.0, Weight::Semibold) <= 100.0, "{cut}");
        assert_eq!(fitted("much", 13.0, Weight::Regular, 0.0), "…");
    }
}
