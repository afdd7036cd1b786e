//! A timeline: what happened, newest first, by day; each event leads to its receipt.

use maud::{Markup, html};

use super::{
    icon::{Icon, icon},
    tag::Tone,
};

/// The events of one day.
#[derive(Debug)]
pub(crate) struct Day {
    pub(crate) title: String,
    pub(crate) events: Vec<Event>,
}

/// Something that happened.
#[derive(Debug)]
pub(crate) struct Event {
    /// Names it, so that a new one is seen as new.
    pub(crate) key: String,
    pub(crate) icon: Icon,
    pub(crate) tone: Tone,
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) detail: String,
    pub(crate) tags: Vec<(Tone, String)>,
    pub(crate) when: Markup,
}

/// The timeline.
pub(crate) fn timeline(days: &[Day]) -> Markup {
    html! {
        div.timeline {
            @for day in days {
                section {
                    h3 { (day.title) }
                    ol.plain { @for event in &day.events { (line(event)) } }
                }
            }
        }
    }
}

fn line(event: &Event) -> Markup {
    html! {
        li.event data-key=(event.key) {
            span class={ "mark " (event.tone.class()) } { (icon(event.icon)) }
            div.what {
                a href=(event.href) data-stop { (event.title) }
                @if !event.detail.is_empty() { span.detail { (event.detail) } }
                @if !event.tags.is_empty() {
                    div.tags { @for (tone, text) in &event.tags { (super::tag::tag(*tone, text)) } }
                }
            }
            span.when { (event.when) }
        }
    }
}
