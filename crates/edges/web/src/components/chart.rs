//! Charts, drawn here: the picture, and below it the same numbers as a table, which is also what the tooltip and the
//! CSV are made of.
//!
//! The picture stretches with the page, so places in it are shares of its width; words in it keep their size.

mod heat;
mod lorenz;
mod sankey;
mod scale;
mod xy;

use maud::{Markup, html};

use super::empty::{Empty, empty};
use crate::numbers::Unit;

pub(crate) use heat::{Heat, heat};
pub(crate) use lorenz::{Lorenz, lorenz};
pub(crate) use sankey::{Flows, sankey};
pub(crate) use xy::spark;

/// How numbers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Line,
    /// One upon the other.
    Area,
    Bar,
}

impl Shape {
    const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Area => "area",
            Self::Bar => "bar",
        }
    }
}

/// A row of numbers with its name.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) values: Vec<i64>,
}

/// Numbers over something, mostly time.
#[derive(Debug, Clone)]
pub(crate) struct Chart<'a> {
    /// Names it on the page, and the CSV.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) shape: Shape,
    /// What the labels are: `Day`, `Hour`.
    pub(crate) across: &'a str,
    pub(crate) labels: Vec<String>,
    /// At most six.
    pub(crate) series: Vec<Series>,
    pub(crate) unit: Unit,
    /// What to say where there are no numbers.
    pub(crate) empty: Empty<'a>,
}

/// The chart.
pub(crate) fn chart(chart: &Chart<'_>) -> Markup {
    let is_empty = chart
        .series
        .iter()
        .all(|series| series.values.iter().all(|value| *value == 0));
    if is_empty {
        return empty(&chart.empty);
    }
    let frame = Frame {
        id: chart.id,
        title: chart.title,
        kind: chart.shape.name(),
        beside: legend(chart.shape, &chart.series),
    };
    let heads: Vec<&str> = std::iter::once(chart.across)
        .chain(chart.series.iter().map(|series| series.name.as_str()))
        .collect();
    let rows = chart.labels.iter().enumerate().map(|(place, label)| {
        let values = chart.series.iter().map(|series| series.values.get(place));
        let cells = values.map(|value| chart.unit.whole(value.copied().unwrap_or(0)));
        std::iter::once(label.clone()).chain(cells).collect()
    });
    framed(
        &frame,
        &xy::plot(chart),
        &heads,
        &rows.collect::<Vec<Vec<String>>>(),
    )
}

fn legend(shape: Shape, series: &[Series]) -> Markup {
    html! {
        @if series.len() > 1 {
            ul.plain.legend {
                @for (place, one) in series.iter().enumerate() {
                    li { (swatch(shape, place)) (one.name) }
                }
            }
        }
    }
}

fn swatch(shape: Shape, place: usize) -> Markup {
    html! {
        svg class={ "swatch " (hue(place)) } viewBox="0 0 10 10" aria-hidden="true" {
            @if shape == Shape::Line { circle cx="5" cy="5" r="5" {} } @else { rect width="10" height="10" rx="2" {} }
        }
    }
}

/// The class of a series' colour.
fn hue(place: usize) -> &'static str {
    ["s1", "s2", "s3", "s4", "s5", "s6"][place % 6]
}

/// What stands around every chart.
struct Frame<'a> {
    id: &'a str,
    title: &'a str,
    kind: &'a str,
    beside: Markup,
}

/// A picture with its title, and its numbers as a table.
fn framed(frame: &Frame<'_>, picture: &Markup, heads: &[&str], rows: &[Vec<String>]) -> Markup {
    html! {
        figure.chart id=(frame.id) data-chart=(frame.kind) {
            figcaption {
                span.title { (frame.title) }
                (frame.beside)
            }
            (picture)
            div.chart-tools {
                details {
                    summary { "Show as a table" }
                    div.table-scroll.table tabindex="0" role="group" aria-label={ (frame.title) ", as a table" } {
                        table {
                            thead { tr { @for (place, head) in heads.iter().enumerate() {
                                th.end[place > 0] scope="col" { (head) }
                            } } }
                            tbody { @for row in rows { tr { @for (place, cell) in row.iter().enumerate() {
                                td.end[place > 0] { (cell) }
                            } } } }
                        }
                    }
                }
                button.button.quiet.slim type="button" data-csv hidden { "Download CSV" }
            }
        }
    }
}
