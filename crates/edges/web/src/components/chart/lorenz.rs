//! A Lorenz curve: what the poorest have together, beside the line on which all would have the same.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::{
    super::empty::{Empty, empty},
    Frame, framed,
    xy::{along, inset, percent},
};
use crate::numbers::{WHOLE, share};

/// The shares at which lines stand, in ten-thousandths.
const LINES: [u32; 5] = [0, 2_500, 5_000, 7_500, 10_000];

/// Those that are named across: on a narrow screen they must still stand apart.
const LABELS: [u32; 3] = [0, 5_000, 10_000];

/// What the poorest have of a whole.
#[derive(Debug, Clone)]
pub(crate) struct Lorenz<'a> {
    /// Names it on the page, and the CSV.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// Who has something, poorest first: `Members, poorest first`.
    pub(crate) who: &'a str,
    /// What they have of it: `Their share of coins`.
    pub(crate) what: &'a str,
    /// What none of them have, in equal steps up to what all of them have, in ten-thousandths; nothing where nobody has
    /// anything.
    pub(crate) shares: &'a [u32],
    /// What to say where there is nothing to share.
    pub(crate) empty: Empty<'a>,
}

/// The curve.
pub(crate) fn lorenz(curve: &Lorenz<'_>) -> Markup {
    if curve.shares.len() < 2 {
        return empty(&curve.empty);
    }
    let frame = Frame {
        id: curve.id,
        title: curve.title,
        kind: "lorenz",
        beside: legend(),
    };
    let rows: Vec<Vec<String>> = points(curve)
        .map(|(people, theirs)| vec![share(people), share(theirs)])
        .collect();
    framed(&frame, &plot(curve), &[curve.who, curve.what], &rows)
}

/// The points: how many of the people, and what they have.
fn points(curve: &Lorenz<'_>) -> impl Iterator<Item = (u32, u32)> {
    let last = u32::try_from(curve.shares.len().saturating_sub(1)).unwrap_or(1);
    let people = (0..=last).map(move |place| place * WHOLE / last.max(1));
    people.zip(curve.shares.iter().copied())
}

fn legend() -> Markup {
    html! {
        ul.plain.legend {
            li { svg.swatch.s1 viewBox="0 0 10 10" aria-hidden="true" { circle cx="5" cy="5" r="5" {} } "as it is" }
            li { svg.swatch.even viewBox="0 0 10 10" aria-hidden="true" { line x1="0" y1="10" x2="10" y2="0" {} } "if all had the same" }
        }
    }
}

fn plot(curve: &Lorenz<'_>) -> Markup {
    let about = format!("{}: {}", curve.title, spoken(curve));
    html! {
        div.plot-frame {
            svg.y-axis aria-hidden="true" {
                @for line in LINES {
                    text.axis x="100%" y=(percent(inset(down(line)))) dx="-8" dy="4" text-anchor="end" { (share(line)) }
                }
            }
            svg.plot.tall role="img" aria-label=(about) {
                (grid())
                // Only what lies in this inner picture is stretched.
                svg viewBox="0 0 1000 1000" preserveAspectRatio="none" width="100%" height="100%" overflow="visible" {
                    path.area.s1 d=(area(curve)) {}
                    line.line.even x1="0" y1=(inset(1_000)) x2="1000" y2=(inset(0)) vector-effect="non-scaling-stroke" {}
                    path.line.s1 d=(path(curve)) vector-effect="non-scaling-stroke" {}
                }
            }
        }
    }
}

fn grid() -> Markup {
    html! {
        @for line in LINES {
            @let y = percent(inset(down(line)));
            line.grid x1="0" x2="100%" y1=(y) y2=(y) {}
        }
        @for line in LABELS {
            @let anchor = match line { 0 => "start", WHOLE => "end", _ => "middle" };
            text.axis x=(percent(1_000 - down(line))) y="100%" dy="-2" text-anchor=(anchor) { (share(line)) }
        }
    }
}

/// How far down from the top a share lies, in thousandths.
fn down(of: u32) -> i32 {
    let up = of.min(WHOLE) / (WHOLE / 1_000);
    1_000 - i32::try_from(up).unwrap_or(1_000)
}

fn path(curve: &Lorenz<'_>) -> String {
    let mut out = String::new();
    for (place, theirs) in curve.shares.iter().enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        let (x, y) = (along(place, curve.shares.len()), inset(down(*theirs)));
        let _ = write!(out, "{letter}{x} {y}");
    }
    out
}

/// What lies between the curve and the line on which all have the same: the more, the more unequal.
fn area(curve: &Lorenz<'_>) -> String {
    format!("{}Z", path(curve))
}

/// The curve in a sentence, for those who don't see it.
fn spoken(curve: &Lorenz<'_>) -> String {
    let quarters =
        points(curve).filter(|(people, _)| [2_500, 5_000, 7_500, 9_500].contains(people));
    let said = quarters
        .map(|(people, theirs)| format!("the poorest {} have {}", share(people), share(theirs)));
    said.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Lorenz, lorenz};
    use crate::components::{empty::Empty, icon::Icon};

    fn sample(shares: &[u32]) -> String {
        let curve = Lorenz {
            id: "sample",
            title: "Spread <b>",
            who: "Members, poorest first",
            what: "Their share",
            shares,
            empty: Empty {
                icon: Icon::Empty,
                title: "Nothing yet",
                text: "It comes.",
                actions: Vec::new(),
            },
        };
        lorenz(&curve).into_string()
    }

    #[test]
    fn a_curve_has_its_numbers_beside_it_and_in_a_sentence() {
        let page = sample(&[0, 150, 900, 3_005, 10_000]);
        assert!(
            page.contains(r#">50 %</td><td class="end">9 %</td>"#),
            "{page}"
        );
        assert!(page.contains("the poorest 75 % have 30 %"), "{page}");
        assert!(page.contains("M0 880L250 867"), "{page}");
        assert!(!page.contains("<b>") && !page.contains("style="), "{page}");
    }

    #[test]
    fn where_all_have_the_same_the_curve_is_the_line() {
        let page = sample(&[0, 5_000, 10_000]);
        assert!(page.contains("M0 880L500 460L1000 40Z"), "{page}");
    }

    #[test]
    fn nothing_to_share_says_so() {
        let page = sample(&[]);
        assert!(page.contains("Nothing yet") && !page.contains("<svg class=\"plot"));
    }
}
