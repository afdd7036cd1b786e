//! Flows: where coins came in, where they went out, and what stayed. What goes in comes out, so both sides are level.

use maud::{Markup, html};

use super::{
    super::empty::{Empty, empty},
    Frame, framed, hue,
    xy::percent,
};
use crate::numbers::Unit;

/// The most names of one side; the rest is one.
const SIDE_MAX: usize = 6;
/// The letters of a name in the picture.
const NAME_MAX: usize = 22;
/// What a name needs above its flow, and the gap below it, in thousandths of the height.
const LABEL: i64 = 72;
const GAP: i64 = 18;

/// What came in and went out.
#[derive(Debug, Clone)]
pub(crate) struct Flows<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) ins: Vec<(String, i64)>,
    pub(crate) outs: Vec<(String, i64)>,
    /// The name of what stayed, and of what was there before and went.
    pub(crate) stayed: &'a str,
    pub(crate) from_before: &'a str,
    pub(crate) unit: Unit,
    pub(crate) empty: Empty<'a>,
}

/// Amounts by name.
type Named = Vec<(String, i64)>;

/// A flow on one side: where it begins, and how thick it is.
struct Band {
    name: String,
    value: i64,
    top: i64,
    thick: i64,
}

/// The picture.
pub(crate) fn sankey(flows: &Flows<'_>) -> Markup {
    let (ins, outs) = balanced(flows);
    let total: i64 = ins.iter().map(|(_, value)| *value).sum();
    if total == 0 {
        return empty(&flows.empty);
    }
    let most = i64::try_from(ins.len().max(outs.len())).unwrap_or(1);
    let height = (1_000 - most * (LABEL + GAP)).max(200);
    let (left, right) = (bands(ins, total, height), bands(outs, total, height));
    let side = |way: &'static str, bands: &[Band]| -> Vec<Vec<String>> {
        let row = |band: &Band| {
            vec![
                way.to_owned(),
                band.name.clone(),
                flows.unit.whole(band.value),
            ]
        };
        bands.iter().map(row).collect()
    };
    let rows = [side("In", &left), side("Out", &right)].concat();
    let frame = Frame {
        id: flows.id,
        title: flows.title,
        kind: "flows",
        beside: html! {},
    };
    framed(
        &frame,
        &picture(flows, &left, &right, height),
        &["Way", "Name", "Amount"],
        &rows,
    )
}

/// Both sides, the largest first, with what makes them level.
fn balanced(flows: &Flows<'_>) -> (Named, Named) {
    let (mut ins, mut outs) = (largest(&flows.ins), largest(&flows.outs));
    let sum = |side: &[(String, i64)]| side.iter().map(|(_, value)| *value).sum::<i64>();
    let kept = sum(&ins) - sum(&outs);
    if kept > 0 {
        outs.push((flows.stayed.to_owned(), kept));
    } else if kept < 0 {
        ins.push((flows.from_before.to_owned(), -kept));
    }
    (ins, outs)
}

fn largest(side: &[(String, i64)]) -> Named {
    let mut side: Vec<_> = side
        .iter()
        .filter(|(_, value)| *value > 0)
        .cloned()
        .collect();
    side.sort_by_key(|(_, value)| std::cmp::Reverse(*value));
    if side.len() > SIDE_MAX {
        let rest = side.split_off(SIDE_MAX - 1);
        side.push((
            "others".to_owned(),
            rest.iter().map(|(_, value)| *value).sum(),
        ));
    }
    side
}

fn bands(side: Named, total: i64, height: i64) -> Vec<Band> {
    let mut top = 0;
    let place = |(name, value): (String, i64)| {
        let share = i128::from(value) * i128::from(height) / i128::from(total.max(1));
        let thick = i64::try_from(share).unwrap_or(height).max(4);
        top += LABEL;
        let band = Band {
            name,
            value,
            top,
            thick,
        };
        top += thick + GAP;
        band
    };
    side.into_iter().map(place).collect()
}

fn picture(flows: &Flows<'_>, left: &[Band], right: &[Band], height: i64) -> Markup {
    let middle = (1_000 - height) / 2;
    let about = format!("{}; the table below has every flow", flows.title);
    html! {
        svg.plot.tall role="img" aria-label=(about) {
            svg viewBox="0 0 1000 1000" preserveAspectRatio="none" width="100%" height="100%" {
                (ribbons(left, (0, 490), middle, Side::In))
                (ribbons(right, (510, 1_000), middle, Side::Out))
                rect.bar.s1 x="488" width="24" y=(middle) height=(height) {}
            }
            @for band in left { (label(flows, band, "0", "start")) }
            @for band in right { (label(flows, band, "100%", "end")) }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    In,
    Out,
}

fn ribbons(side: &[Band], (from, to): (i64, i64), middle: i64, way: Side) -> Markup {
    let mut at = middle;
    let mut drawn = Vec::new();
    for (place, band) in side.iter().enumerate() {
        let (outer, inner) = ((band.top, band.top + band.thick), (at, at + band.thick));
        at += band.thick;
        let (a, b) = if way == Side::In {
            (outer, inner)
        } else {
            (inner, outer)
        };
        let half = i64::midpoint(from, to);
        let path = format!(
            "M{from} {}C{half} {} {half} {} {to} {}L{to} {}C{half} {} {half} {} {from} {}Z",
            a.0, a.0, b.0, b.0, b.1, b.1, a.1, a.1
        );
        let edge = if way == Side::In { from } else { to - 8 };
        let hue = if way == Side::In {
            hue(place + 1)
        } else {
            hue(place + 3)
        };
        drawn.push((path, edge, band.top, band.thick, hue));
    }
    html! {
        @for (path, edge, top, thick, hue) in drawn {
            path class={ "flow " (hue) } d=(path) {}
            rect class={ "bar " (hue) } x=(edge) width="8" y=(top) height=(thick) {}
        }
    }
}

fn label(flows: &Flows<'_>, band: &Band, x: &str, anchor: &str) -> Markup {
    let y = i32::try_from(band.top).unwrap_or(0);
    let mut name: String = band.name.chars().take(NAME_MAX).collect();
    if name.len() < band.name.len() {
        name.push('…');
    }
    html! {
        text.on-flow.halo x=(x) y=(percent(y)) dy="-6" text-anchor=(anchor) {
            (name) " " tspan.on-flow-number { (flows.unit.short(band.value)) }
            title { (band.name) ": " (flows.unit.whole(band.value)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Flows, sankey};
    use crate::{
        components::{empty::Empty, icon::Icon},
        numbers::Unit,
    };

    fn flows(ins: &[(&str, i64)], outs: &[(&str, i64)]) -> String {
        let owned = |side: &[(&str, i64)]| {
            side.iter()
                .map(|(name, value)| ((*name).to_owned(), *value))
                .collect()
        };
        let empty = Empty {
            icon: Icon::Coins,
            title: "No coins moved",
            text: "They will.",
            actions: Vec::new(),
        };
        let flows = Flows {
            id: "flows",
            title: "Coins",
            ins: owned(ins),
            outs: owned(outs),
            stayed: "Stayed",
            from_before: "From before",
            unit: Unit::Count,
            empty,
        };
        sankey(&flows).into_string()
    }

    #[test]
    fn both_sides_are_level() {
        let page = flows(&[("daily", 900), ("grant", 100)], &[("fee", 300)]);
        assert!(
            page.contains("<td class=\"end\">Stayed</td><td class=\"end\">700</td>"),
            "{page}"
        );
        let page = flows(&[("daily", 100)], &[("fee", 300)]);
        assert!(page.contains("From before</td><td class=\"end\">200</td>"));
    }

    #[test]
    fn many_flows_become_six_and_names_are_escaped() {
        let many: Vec<(String, i64)> = (1..=12).map(|one| (format!("<f{one}>"), one)).collect();
        let many: Vec<(&str, i64)> = many
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        let page = flows(&many, &[]);
        assert!(
            page.contains("others</td><td class=\"end\">28</td>"),
            "{page}"
        );
        assert!(page.contains("&lt;f12&gt;") && !page.contains("<f12>"));
        assert!(flows(&[], &[]).contains("No coins moved"));
    }
}
