//! Long words become several messages: no part over 2,000 units, code fences kept whole, or closed and opened again.
//!
//! The cores of all pieces, one after another, are the text: nothing is lost, and only fences are added.

use crate::clip::{reach, units, whole};

/// The most units of one message.
pub const PART_MAX: usize = 2_000;
/// The most messages that one reply becomes; what is beyond them is cut off, and an ellipsis says so.
pub const PARTS_MAX: usize = 10;

const FENCE: &str = "```";
const CLOSING: &str = "\n```";
const CUT: &str = "\n…";

/// A part of the text with the fences that balance it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece<'t> {
    opening: String,
    core: &'t str,
    closing: &'static str,
}

/// A code block of the text, in byte indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fence<'t> {
    start: usize,
    end: usize,
    language: &'t str,
    is_closed: bool,
}

/// The messages that a text becomes; none where there is nothing to see in it.
pub fn pieces(text: &str) -> Vec<String> {
    let shown = |pieces: &[Piece<'_>]| -> Vec<String> {
        let texts = pieces.iter().map(Piece::text);
        texts.filter(|text| !text.trim().is_empty()).collect()
    };
    let whole = shown(&cut(text, PART_MAX));
    if whole.len() <= PARTS_MAX {
        return whole;
    }
    let mut parts = shown(&cut(text, PART_MAX - units(CUT)));
    parts.truncate(PARTS_MAX);
    if let Some(last) = parts.last_mut() {
        last.push_str(CUT);
    }
    parts
}

fn cut(text: &str, part_max: usize) -> Vec<Piece<'_>> {
    let fences = fences_of(text);
    let (mut pieces, mut at, mut open) = (Vec::new(), 0, None::<Fence<'_>>);
    while at < text.len() {
        let opening = open.map_or_else(String::new, |fence| format!("{FENCE}{}\n", fence.language));
        let room = part_max - units(&opening) - units(CLOSING);
        let end = if units(&text[at..]) <= room {
            text.len()
        } else {
            place_to_cut(text, &fences, at, at + reach(&text[at..], room))
        };
        open = fence_around(&fences, end).filter(|fence| end < fence.end || !fence.is_closed);
        pieces.push(Piece {
            opening,
            core: &text[at..end],
            closing: if open.is_some() { CLOSING } else { "" },
        });
        at = end;
    }
    pieces
}

fn fences_of(text: &str) -> Vec<Fence<'_>> {
    let marks: Vec<usize> = text.match_indices(FENCE).map(|(at, _)| at).collect();
    let fence = |pair: &[usize]| {
        let start = pair[0];
        let closing = pair.get(1);
        Fence {
            start,
            end: closing.map_or(text.len(), |at| at + FENCE.len()),
            language: language_of(&text[start + FENCE.len()..]),
            is_closed: closing.is_some(),
        }
    };
    marks.chunks(2).map(fence).collect()
}

/// The language that a fence names, where its first line is nothing but one.
fn language_of(inside: &str) -> &str {
    let line = inside.split('\n').next().unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+#-_".contains(&byte);
    let is_name = line.len() <= 20 && line.len() < inside.len() && line.bytes().all(fits);
    if is_name { line } else { "" }
}

/// The fence whose marks or inside this place parts; an unclosed one reaches past the end of the text.
fn fence_around<'t>(fences: &[Fence<'t>], at: usize) -> Option<Fence<'t>> {
    let before = fences.partition_point(|fence| fence.start < at);
    let fence = *fences.get(before.checked_sub(1)?)?;
    (at < fence.end || !fence.is_closed).then_some(fence)
}

/// The best place after `at` and not beyond `limit`.
fn place_to_cut(text: &str, fences: &[Fence<'_>], at: usize, limit: usize) -> usize {
    let Some(fence) = fence_around(fences, limit) else {
        let ended = fences[..fences.partition_point(|fence| fence.start < limit)].last();
        let from = ended.map_or(at, |fence| fence.end.max(at));
        return place_in_words(text, from, limit, at);
    };
    let inside = start_of_inside(text, fence);
    let fits_whole = fence.is_closed && units(&text[fence.start..fence.end]) <= PART_MAX;
    if fence.start > at && (fits_whole || inside >= limit) {
        return fence.start;
    }
    let last = if fence.is_closed {
        limit.min(fence.end - FENCE.len())
    } else {
        limit
    };
    let from = inside.max(at).min(last);
    let line = text[from..last].rfind('\n').map(|line| from + line + 1);
    let end = line.unwrap_or_else(|| whole(text, last));
    if end > at.max(fence.start + FENCE.len() - 1) {
        end
    } else {
        last
    }
}

/// Where a fence's words begin: after its mark, and after its first line where that names a language.
fn start_of_inside(text: &str, fence: Fence<'_>) -> usize {
    let after_language = fence.start + FENCE.len() + fence.language.len();
    if text[after_language..].starts_with('\n') {
        after_language + 1
    } else {
        after_language
    }
}

/// The end of a paragraph, line or word between `from` and `limit`, or failing that any place between characters.
fn place_in_words(text: &str, from: usize, limit: usize, at: usize) -> usize {
    let words = &text[from..limit];
    for end in ["\n\n", "\n", " "] {
        if let Some(found) = words.rfind(end) {
            return from + found + end.len();
        }
    }
    if from > at {
        return from;
    }
    let end = whole(text, limit);
    if end > at { end } else { limit }
}

impl Piece<'_> {
    fn text(&self) -> String {
        format!("{}{}{}", self.opening, self.core, self.closing)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{
        Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
    };

    use super::{FENCE, PART_MAX, PARTS_MAX, cut, pieces};
    use crate::clip::units;

    fn hostile_text() -> impl Strategy<Value = String> {
        let bit = prop_oneof![
            any::<char>().prop_map(String::from),
            "[a-z ]{1,400}",
            "`{1,7}",
            prop::sample::select(vec![
                "```rust\n",
                "```\n",
                "\n",
                "\n\n",
                "👩‍🚀",
                "🇩🇪",
                "e\u{301}",
                "\u{200b}",
                "\u{202e}"
            ])
            .prop_map(str::to_owned),
            prop::collection::vec(any::<char>(), 500..2_500).prop_map(String::from_iter),
        ];
        prop::collection::vec(bit, 0..40).prop_map(|bits| bits.concat())
    }

    proptest! {
        #[test]
        fn any_text_splits_into_parts_that_fit_are_balanced_and_lose_nothing(text in hostile_text()) {
            let cuts = cut(&text, PART_MAX);
            let cores: String = cuts.iter().map(|piece| piece.core).collect();
            prop_assert_eq!(&cores, &text);
            for piece in &cuts {
                let part = piece.text();
                prop_assert!(units(&part) <= PART_MAX, "{} units", units(&part));
                prop_assert!(!piece.core.is_empty());
                prop_assert_eq!(part.matches(FENCE).count() % 2, 0, "{:?}", part);
            }
            let parts = pieces(&text);
            prop_assert!(parts.len() <= PARTS_MAX);
            prop_assert!(parts.iter().all(|part| units(part) <= PART_MAX));
        }
    }

    #[test]
    fn a_block_that_fits_moves_whole_to_the_next_message() {
        let text = format!(
            "{}\n```rust\n{}```",
            "a".repeat(1_500),
            "let x = 1;\n".repeat(90)
        );
        let parts = pieces(&text);
        assert_eq!(parts.len(), 2);
        assert!(parts[1].starts_with("```rust\n") && parts[1].ends_with("```"));
    }

    #[test]
    fn a_block_too_long_for_one_message_is_closed_and_opened_again_with_its_language() {
        let text = format!("```rust\n{}```", "let x = 1;\n".repeat(300));
        let parts = pieces(&text);
        assert_eq!(parts.len(), 2);
        assert!(parts[0].ends_with(";\n\n```"), "{:?}", &parts[0][1_900..]);
        assert!(
            parts[1].starts_with("```rust\nlet"),
            "{:?}",
            &parts[1][..20]
        );
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        let text = "word ".repeat(500);
        let parts = pieces(&text);
        assert!(
            parts
                .iter()
                .all(|part| part.split_whitespace().all(|word| word == "word"))
        );
    }

    #[test]
    fn more_than_ten_messages_are_cut_and_say_so() {
        let parts = pieces(&"a".repeat(PART_MAX * 12));
        assert_eq!(parts.len(), PARTS_MAX);
        assert!(parts[PARTS_MAX - 1].ends_with('…'));
    }

    #[test]
    fn nothing_to_see_becomes_no_message() {
        assert!(pieces(" \n ").is_empty());
    }
}
