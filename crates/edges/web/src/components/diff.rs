//! A difference: what stood in each place, what stands there now, and in long texts which words.

use maud::{Markup, html};

/// The most words of a text that are compared one by one; longer texts are shown whole.
const WORDS_MAX: usize = 600;

/// One place that differs. Nothing in `old` means that it was added, nothing in `new` that it was taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// What people call the place.
    pub(crate) label: String,
    /// The place in the document.
    pub(crate) path: String,
    pub(crate) old: Option<String>,
    pub(crate) new: Option<String>,
}

/// All changes, in order.
pub(crate) fn diff(changes: &[Change], left_off: usize) -> Markup {
    html! {
        div.diff {
            @for change in changes { (place(change)) }
            @if left_off > 0 { p.soft { "And " (left_off) " more changes." } }
        }
    }
}

fn place(change: &Change) -> Markup {
    let (old, new) = match (&change.old, &change.new) {
        (Some(old), Some(new)) => words(old, new),
        (old, new) => (whole(old.as_deref()), whole(new.as_deref())),
    };
    html! {
        div.change {
            div.place { (change.label) " " code { (change.path) } }
            @if let Some(pieces) = old { (line("old", "−", "Was: ", &pieces)) }
            @if let Some(pieces) = new { (line("new", "+", "Is: ", &pieces)) }
        }
    }
}

fn line(class: &str, sign: &str, spoken: &str, pieces: &[Piece]) -> Markup {
    html! {
        div class={ "line " (class) } {
            span.sign aria-hidden="true" { (sign) }
            span dir="auto" {
                span.unseen { (spoken) }
                @for piece in pieces {
                    @match piece {
                        Piece::Same(text) => (text),
                        Piece::Other(text) => {
                            @if class == "old" { del { (text) } } @else { ins { (text) } }
                        }
                    }
                }
            }
        }
    }
}

/// A part of a text: the same in both, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Same(String),
    Other(String),
}

fn whole(text: Option<&str>) -> Option<Vec<Piece>> {
    text.map(|text| vec![Piece::Same(text.to_owned())])
}

/// Both texts in pieces; where they share nothing, each is whole.
fn words(old: &str, new: &str) -> (Option<Vec<Piece>>, Option<Vec<Piece>>) {
    let (one, other) = (split(old), split(new));
    if one.len() < 4 || one.len() > WORDS_MAX || other.len() > WORDS_MAX {
        return (whole(Some(old)), whole(Some(new)));
    }
    let lengths = shared(&one, &other);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    while i < one.len() && j < other.len() {
        if one[i] == other[j] {
            push(&mut before, one[i], false);
            push(&mut after, other[j], false);
            (i, j) = (i + 1, j + 1);
        } else if lengths[i + 1][j] >= lengths[i][j + 1] {
            push(&mut before, one[i], true);
            i += 1;
        } else {
            push(&mut after, other[j], true);
            j += 1;
        }
    }
    one[i..]
        .iter()
        .for_each(|word| push(&mut before, word, true));
    other[j..]
        .iter()
        .for_each(|word| push(&mut after, word, true));
    (Some(before), Some(after))
}

/// Words with the spaces behind them.
fn split(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

fn push(pieces: &mut Vec<Piece>, word: &str, differs: bool) {
    match (pieces.last_mut(), differs) {
        (Some(Piece::Same(text)), false) | (Some(Piece::Other(text)), true) => text.push_str(word),
        (_, false) => pieces.push(Piece::Same(word.to_owned())),
        (_, true) => pieces.push(Piece::Other(word.to_owned())),
    }
}

/// How many words two texts share in order, from each pair of places on.
fn shared(one: &[&str], other: &[&str]) -> Vec<Vec<u16>> {
    let mut lengths = vec![vec![0_u16; other.len() + 1]; one.len() + 1];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            lengths[i][j] = if one[i] == other[j] {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::{Change, Piece, diff, words};

    #[test]
    fn words_that_differ_are_found_in_a_text() {
        let (old, new) = words("you are a calm sage", "you are a merry old sage");
        let same = |text: &str| Piece::Same(text.to_owned());
        let other = |text: &str| Piece::Other(text.to_owned());
        assert_eq!(
            old.unwrap(),
            [same("you are a "), other("calm "), same("sage")]
        );
        assert_eq!(
            new.unwrap(),
            [same("you are a "), other("merry old "), same("sage")]
        );
    }

    #[test]
    fn both_sides_of_a_change_are_escaped() {
        let change = Change {
            label: "Name".to_owned(),
            path: "/persona/name".to_owned(),
            old: Some("<b>".to_owned()),
            new: Some("<script>alert(1)</script> and more words <i>".to_owned()),
        };
        let page = diff(&[change], 3).into_string();
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("<i>"));
        assert!(page.contains("And 3 more changes."));
    }
}
