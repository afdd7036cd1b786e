//! Lengths as Discord counts them at worst, and cutting that leaves whole characters.
//!
//! Discord does not say whether an emoji counts once or twice. Here it counts as UTF-16 does, so a text never
//! turns out longer at Discord than here.

/// The length of a text.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The furthest place in `text` that lies within `limit` units, as a byte index between characters.
pub(crate) fn reach(text: &str, limit: usize) -> usize {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.len_utf16();
        if used > limit {
            return at;
        }
    }
    text.len()
}

/// The text, cut to `limit` units; a cut one ends in `…`.
pub fn clip(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    if limit == 0 {
        return String::new();
    }
    let end = whole(text, reach(text, limit.saturating_sub(1)));
    format!("{}…", text[..end].trim_end())
}

/// The text cut to `limit` units, and a place-holder that takes no room where it would be empty.
pub fn clip_filled(text: &str, limit: usize) -> String {
    let clipped = clip(text, limit);
    if clipped.trim().is_empty() {
        return "\u{200b}".to_owned();
    }
    clipped
}

/// The nearest place at or before `end` that parts no composed character, if one lies near.
pub(crate) fn whole(text: &str, end: usize) -> usize {
    const FAR_MAX: usize = 32;
    let boundaries = text[..end].char_indices().rev().map(|(at, _)| at);
    std::iter::once(end)
        .chain(boundaries.take(FAR_MAX))
        .find(|at| *at > 0 && !joined(text, *at))
        .unwrap_or(end)
}

/// Whether the characters around this place are shown as one.
fn joined(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text[..at].chars().next_back(), text[at..].chars().next())
    else {
        return false;
    };
    let flags = is_flag_letter(before) && is_flag_letter(after);
    before == '\u{200d}' || leans_back(after) || flags || (before == '\r' && after == '\n')
}

/// Marks that belong to the character before them.
const fn leans_back(character: char) -> bool {
    matches!(character,
        '\u{200d}' | '\u{20e3}' | '\u{0300}'..='\u{036f}' | '\u{0591}'..='\u{05bd}' | '\u{064b}'..='\u{065f}'
        | '\u{093a}'..='\u{094f}' | '\u{0e31}'..='\u{0e4e}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20f0}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

const fn is_flag_letter(character: char) -> bool {
    matches!(character, '\u{1f1e6}'..='\u{1f1ff}')
}

#[cfg(test)]
mod tests {
    use super::{clip, clip_filled, units};

    #[test]
    fn a_cut_text_fits_and_keeps_composed_characters_whole() {
        assert_eq!(clip("short", 5), "short");
        assert_eq!(clip("longer", 5), "long…");
        assert_eq!(clip("ab👩‍🚀cd", 6), "ab…");
        assert_eq!(clip_filled("  ", 5), "\u{200b}");
        assert_eq!(units("👍"), 2);
    }
}
