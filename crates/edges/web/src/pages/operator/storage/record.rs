//! The daily check of the record of decisions: when it ran, over what, what it found, and what to do then.

use app::installation::{RecordCheck, RecordChecked};
use maud::{Markup, html};

use crate::{
    components::{
        notice::{Notice, notice},
        shell::Frame,
        tag::{Tone, tag},
    },
    moment,
    numbers::counted,
};

/// What it came to, as a fact among those of the books.
pub(super) fn fact(frame: &Frame, check: &RecordCheck) -> Markup {
    html! {
        dt { "Every link" } dd {
            @match &check.last {
                Some(last) => {
                    "checked " (moment::when(&frame.now, last.at)) ": " (over(last)) " "
                    @if last.breaks == 0 { (tag(Tone::Good, "whole")) } @else { (tag(Tone::Danger, "not whole")) }
                },
                None => "not checked since the start",
            }
            @if let Some(next) = check.next_at { "; next " (moment::when(&frame.now, next)) }
            ". " code { "guildhall audit verify" } " does it at once"
        }
    }
}

fn over(last: &RecordChecked) -> String {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    format!(
        "{} of {}",
        counted(count(last.entries), "decision", "decisions"),
        counted(count(last.guilds), "server", "servers")
    )
}

/// What is wrong, and what to do.
pub(super) fn trouble(frame: &Frame, check: &RecordCheck) -> Markup {
    html! {
        @if let Some(last) = check.last.as_ref().filter(|last| last.breaks > 0) { (broken(frame, last)) }
        @if let Some((at, reason)) = &check.failed {
            (notice(&Notice {
                tone: Tone::Warning,
                title: "The record of decisions could not be checked.".to_owned(),
                text: format!(
                    "The try at {} came to no end: {reason}. What stands below is of the one before.",
                    frame.now.short(*at)
                ),
                action: None,
            }))
        }
    }
}

fn broken(frame: &Frame, last: &RecordChecked) -> Markup {
    let places = i64::try_from(last.breaks).unwrap_or(i64::MAX);
    let first = last
        .first
        .as_ref()
        .map(|first| format!("; the first is {first}"));
    notice(&Notice {
        tone: Tone::Danger,
        title: "The record of decisions is not whole.".to_owned(),
        text: format!(
            "Found {} at {}{}. Somebody or something changed rows behind the program’s back. Keep a copy of the data \
             directory as it is, have guildhall audit verify list every place, and compare with a backup, as the runbook \
             docs/runbooks/audit-broken.md says. This stands until a later check finds the record whole.",
            frame.now.short(last.at),
            counted(places, "place", "places"),
            first.unwrap_or_default()
        ),
        action: None,
    })
}
