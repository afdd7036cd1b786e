//! A figure: one number, how it moved, and where it leads.

use maud::{Markup, html};

use super::{chart::spark, tag::Tone};

/// How a number moved, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trend {
    /// Such as `+12 since yesterday`.
    pub(crate) text: String,
    /// Whether that is good or bad, where it is either.
    pub(crate) tone: Tone,
}

/// A number that stands for itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figure {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) unit: String,
    pub(crate) note: String,
    pub(crate) trend: Option<Trend>,
    /// What it was, oldest first; drawn where there are at least two.
    pub(crate) spark: Vec<i64>,
    /// The rows behind it.
    pub(crate) href: Option<String>,
}

/// A row of figures.
pub(crate) fn figures(all: &[Figure]) -> Markup {
    html! { div.figures { @for one in all { (figure(one)) } } }
}

/// One figure.
pub(crate) fn figure(figure: &Figure) -> Markup {
    let inside = html! {
        span.label { (figure.label) }
        span.value {
            (figure.value)
            @if !figure.unit.is_empty() { span.unit { (figure.unit) } }
        }
        span.note {
            @if let Some(trend) = &figure.trend {
                span class={ "trend " (trend.tone.class()) } { (trend.text) }
                @if !figure.note.is_empty() { " · " }
            }
            (figure.note)
        }
        @if figure.spark.len() > 1 { (spark(&figure.spark)) }
    };
    html! {
        @if let Some(href) = &figure.href {
            a.figure href=(href) data-stop { (inside) }
        } @else {
            div.figure { (inside) }
        }
    }
}
