//! Lines, stacked areas and bars over labels.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::{Chart, Shape, hue, scale::Scale};

/// Labels below a chart at most; on a narrow screen they must still stand apart.
const LABELS_MAX: usize = 5;

pub(super) fn plot(chart: &Chart<'_>) -> Markup {
    let tops = stacked(chart);
    let scale = Scale::around(tops.iter().flatten().copied(), chart.shape != Shape::Line);
    let about = format!("{}: {}", chart.title, spoken(chart));
    html! {
        div.plot-frame {
            svg.y-axis aria-hidden="true" {
                @for value in scale.lines() {
                    @let y = percent(inset(scale.down(value)));
                    text.axis x="100%" y=(y) dx="-8" dy="4" text-anchor="end" { (chart.unit.short(value)) }
                }
            }
            svg.plot role="img" aria-label=(about) {
                (grid(chart, scale))
                @match chart.shape {
                    Shape::Bar => (bars(chart, &tops, scale)),
                    Shape::Area | Shape::Line => (paths(chart, &tops, scale)),
                }
            }
        }
    }
}

/// What each series reaches up to: alone, or upon those before it.
fn stacked(chart: &Chart<'_>) -> Vec<Vec<i64>> {
    let mut below = vec![0_i64; chart.labels.len()];
    let is_alone = chart.shape == Shape::Line;
    let reach = |values: &Vec<i64>, below: &mut Vec<i64>| {
        let tops = below.iter_mut().enumerate().map(|(place, base)| {
            let value = values.get(place).copied().unwrap_or(0);
            let top = if is_alone {
                value
            } else {
                base.saturating_add(value)
            };
            *base = top;
            top
        });
        tops.collect()
    };
    let series = chart.series.iter();
    series.map(|one| reach(&one.values, &mut below)).collect()
}

fn grid(chart: &Chart<'_>, scale: Scale) -> Markup {
    let count = chart.labels.len();
    let stride = count.div_ceil(LABELS_MAX).max(1);
    let shown = (0..count).filter(|place| place % stride == 0);
    html! {
        @for value in scale.lines() {
            @let y = percent(inset(scale.down(value)));
            line.grid x1="0" x2="100%" y1=(y) y2=(y) {}
        }
        @for place in shown {
            @let (x, anchor) = label_place(chart.shape, place, count);
            text.axis x=(percent(x)) y="100%" dy="-2" text-anchor=(anchor) { (chart.labels[place]) }
        }
    }
}

/// Where a label stands, in thousandths, and which end of it.
fn label_place(shape: Shape, place: usize, count: usize) -> (i32, &'static str) {
    if shape == Shape::Bar {
        return (share(2 * place + 1, 2 * count), "middle");
    }
    let x = along(place, count);
    let anchor = match place {
        _ if place + 1 == count => "end",
        _ => "middle",
    };
    (x, anchor)
}

fn paths(chart: &Chart<'_>, tops: &[Vec<i64>], scale: Scale) -> Markup {
    let floor = vec![0; chart.labels.len()];
    html! {
        // Only what lies in this inner picture is stretched.
        svg viewBox="0 0 1000 1000" preserveAspectRatio="none" width="100%" height="100%" overflow="visible" {
            @if chart.shape == Shape::Area {
                @for (place, top) in tops.iter().enumerate() {
                    @let below = if place == 0 { &floor } else { &tops[place - 1] };
                    path class={ "area " (hue(place)) " " (if tops.len() > 1 { "stacked" } else { "" }) }
                        d=(band(top, below, scale)) {}
                }
            }
            @if chart.shape == Shape::Line || tops.len() == 1 {
                @for (place, top) in tops.iter().enumerate() {
                    path class={ "line " (hue(place)) } d=(line(top, scale)) vector-effect="non-scaling-stroke" {}
                }
            }
        }
    }
}

fn bars(chart: &Chart<'_>, tops: &[Vec<i64>], scale: Scale) -> Markup {
    let count = chart.labels.len();
    let floor = vec![0; count];
    let width = share(7, 10 * count).max(3);
    let corner = if tops.len() > 1 { "0" } else { "2" };
    html! {
        @for (series, top) in tops.iter().enumerate() {
            @let below = if series == 0 { &floor } else { &tops[series - 1] };
            @for (place, (top, below)) in top.iter().zip(below).enumerate().filter(|(_, (top, below))| top != below) {
                @let middle = share(2 * place + 1, 2 * count);
                @let (one, other) = (inset(scale.down(*top)), inset(scale.down(*below)));
                rect class={ "bar " (hue(series)) } x=(percent(middle - width / 2)) width=(percent(width)) rx=(corner)
                    y=(percent(one.min(other))) height=(percent((one - other).abs().max(6))) {}
            }
        }
    }
}

/// A thousandth as a percentage.
pub(super) fn percent(thousandths: i32) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// Below the plot stands a line of labels, and above it half of the top line's number.
pub(super) const fn inset(down: i32) -> i32 {
    40 + down * 840 / 1_000
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a share of a thousand fits"
)]
fn share(part: usize, whole: usize) -> i32 {
    (part * 1_000 / whole.max(1)).min(1_000) as i32
}

/// How far along a place lies, in thousandths.
pub(super) fn along(place: usize, count: usize) -> i32 {
    if count < 2 {
        500
    } else {
        share(place, count - 1)
    }
}

fn line(values: &[i64], scale: Scale) -> String {
    points(values, scale, inset)
}

fn band(top: &[i64], below: &[i64], scale: Scale) -> String {
    let mut out = line(top, scale);
    let count = below.len();
    for (place, value) in below.iter().enumerate().rev() {
        let _ = write!(
            out,
            "L{} {}",
            along(place, count),
            inset(scale.down(*value))
        );
    }
    out.push('Z');
    out
}

fn points(values: &[i64], scale: Scale, y: impl Fn(i32) -> i32) -> String {
    let mut out = String::new();
    for (place, value) in values.iter().enumerate() {
        let letter = if place == 0 { 'M' } else { 'L' };
        let _ = write!(
            out,
            "{letter}{} {}",
            along(place, values.len()),
            y(scale.down(*value))
        );
    }
    // A single point is a short stroke, else it would not be seen.
    if values.len() == 1 {
        out.push_str("h20");
    }
    out
}

/// The chart in a sentence, for those who don't see it.
fn spoken(chart: &Chart<'_>) -> String {
    let said = chart.series.iter().filter_map(|series| {
        let last = series.values.last()?;
        let (low, high) = (series.values.iter().min()?, series.values.iter().max()?);
        let unit = &chart.unit;
        Some(format!(
            "{} from {} to {}, last {}",
            series.name,
            unit.whole(*low),
            unit.whole(*high),
            unit.whole(*last)
        ))
    });
    said.collect::<Vec<_>>().join("; ")
}

/// A sparkline: how a number moved, without axes.
pub(crate) fn spark(values: &[i64]) -> Markup {
    let scale = Scale::around(values.iter().copied(), true);
    let y = |down: i32| 60 + down * 880 / 1_000;
    let top = points(values, scale, y);
    html! {
        svg.spark viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true" {
            path.area d={ (top) "L1000 1000L0 1000Z" } {}
            path.line d=(top) vector-effect="non-scaling-stroke" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Chart, Series, Shape, chart};
    use super::percent;
    use crate::{
        components::{empty::Empty, icon::Icon},
        numbers::Unit,
    };

    fn sample(shape: Shape, values: Vec<i64>) -> Chart<'static> {
        Chart {
            id: "sample",
            title: "Sample",
            shape,
            across: "Day",
            labels: (1..=values.len()).map(|day| format!("<{day}>")).collect(),
            series: vec![Series {
                name: "Issued <b>".to_owned(),
                values,
            }],
            unit: Unit::Count,
            empty: Empty {
                icon: Icon::Empty,
                title: "Nothing yet",
                text: "It comes.",
                actions: Vec::new(),
            },
        }
    }

    #[test]
    fn every_shape_has_its_numbers_beside_it() {
        for shape in [Shape::Line, Shape::Area, Shape::Bar] {
            let page = chart(&sample(shape, vec![0, 1_200, 7])).into_string();
            assert!(page.contains(r#"<td class="end">1,200</td>"#), "{page}");
            assert!(page.contains("from 0 to 1,200, last 7"));
            assert!(!page.contains("<b>") && !page.contains("<1>"));
            assert!(!page.contains("style="));
        }
    }

    #[test]
    fn a_chart_without_numbers_says_so() {
        let page = chart(&sample(Shape::Bar, vec![0, 0])).into_string();
        assert!(page.contains("Nothing yet") && !page.contains("<svg class=\"plot"));
        let one = chart(&sample(Shape::Line, vec![5])).into_string();
        assert!(one.contains("h20"), "{one}");
    }

    #[test]
    fn places_are_percentages() {
        assert_eq!(percent(125), "12.5%");
        assert_eq!(percent(1_000), "100.0%");
    }
}
