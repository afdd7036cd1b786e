//! The history of the settings, and one revision of it: what it changed, and the way back to it.

mod load;

use std::collections::BTreeMap;

use kernel::UserId;
use maud::{Markup, html};
use platform::{Author, Entry, HistoryCursor, HistoryItem};

use super::entry::Names;
use crate::{
    components::{
        diff::{Change, diff},
        empty::{Empty, empty},
        form::{Control, Field, field},
        icon::{Icon, icon},
        notice::{Notice, notice},
        section::{page_head, section},
        shell::{self, Frame, Head, Section},
        tag::{Tone, tag},
        timeline::{Day, Event, timeline},
    },
    moment,
    numbers::counted,
    settings::label,
};

pub(crate) use load::{restore, show, show_one};

/// The labels of changes that a line names.
const NAMED_MAX: usize = 3;

/// A page of the history.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) items: Vec<HistoryItem>,
    pub(crate) next: Option<HistoryCursor>,
    /// Whether these are the newest.
    pub(crate) is_first: bool,
    pub(crate) head: i64,
    pub(crate) people: BTreeMap<UserId, String>,
    /// What was wrong with the moment that was asked for.
    pub(crate) wrong_moment: Option<String>,
}

/// One revision.
#[derive(Debug, Clone)]
pub(crate) struct RevisionView {
    pub(crate) entry: Entry,
    /// What it changed.
    pub(crate) changes: Vec<Change>,
    /// What going back to it would change today; nothing where it is in force.
    pub(crate) back: Vec<Change>,
    pub(crate) head: i64,
    pub(crate) against: Against,
    pub(crate) people: BTreeMap<UserId, String>,
    /// Why it was not restored.
    pub(crate) refused: Option<String>,
}

/// What a revision is compared with besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Against {
    Nothing,
    /// A revision that there is not.
    NoSuch,
    /// This one, from which it differs so.
    Compared(i64, Vec<Change>),
}

/// The history.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "History",
        section: Some(Section::Settings),
        crumbs: vec![("Settings", frame.at("/settings"))],
        is_live: false,
    };
    let lead = "Every change of the settings, newest first. Nothing is lost: going back makes a new revision.";
    let main = html! {
        (page_head("History of the settings", lead, &html! {}))
        (moment_form(frame, view))
        section.section aria-labelledby="revisions-title" {
            h2.unseen id="revisions-title" { "Revisions" }
            (list(frame, view))
        }
    };
    shell::page(frame, &head, &main)
}

fn moment_form(frame: &Frame, view: &View) -> Markup {
    html! {
        form.filters method="get" action=(frame.at("/settings/history")) aria-label="Find what was in force" {
            div.field {
                label for="at" { "What was in force at" }
                input.input type="datetime-local" id="at" name="at" required
                    aria-invalid=[view.wrong_moment.as_ref().map(|_| "true")]
                    aria-describedby=[view.wrong_moment.as_ref().map(|_| "at-wrong")];
            }
            button.button type="submit" { "Show it" }
        }
        @if let Some(wrong) = &view.wrong_moment {
            p.soft id="at-wrong" role="alert" { (wrong) }
        }
    }
}

fn list(frame: &Frame, view: &View) -> Markup {
    if view.items.is_empty() {
        return empty(&Empty {
            icon: Icon::Clock,
            title: "No revision yet",
            text: "The first one is written within seconds of the bot joining the server.",
            actions: vec![("Look at the settings", frame.at("/settings"))],
        });
    }
    let mut days: Vec<Day> = Vec::new();
    for item in &view.items {
        let title = frame.now.day(item.entry.at);
        if days.last().is_none_or(|day| day.title != title) {
            days.push(Day {
                title,
                events: Vec::new(),
            });
        }
        if let Some(day) = days.last_mut() {
            day.events.push(event(frame, view, item));
        }
    }
    html! {
        div.card { (timeline(&days)) }
        @if view.next.is_some() || !view.is_first {
            nav.pager aria-label="Pages of the history" {
                @if view.is_first { span {} } @else { a href=(frame.at("/settings/history")) { "Newest" } }
                @if let Some(next) = view.next {
                    a.button.slim href=(frame.at(&format!("/settings/history?cursor={next}"))) rel="next" { "Older" }
                }
            }
        }
    }
}

fn event(frame: &Frame, view: &View, item: &HistoryItem) -> Event {
    let entry = &item.entry;
    let count = item.changes.len() + item.changes_left_off;
    let mut tags = Vec::new();
    if entry.revision.get() == view.head {
        tags.push((Tone::Good, "in force".to_owned()));
    }
    tags.extend(
        entry
            .restores
            .map(|restored| (Tone::Info, format!("brings back revision {restored}"))),
    );
    if entry.revision.get() > 1 {
        let changed = counted(
            i64::try_from(count).unwrap_or(i64::MAX),
            "change",
            "changes",
        );
        tags.push((Tone::Plain, changed));
    }
    Event {
        key: entry.revision.to_string(),
        icon: if entry.restores.is_some() {
            Icon::Undo
        } else {
            Icon::Settings
        },
        tone: Tone::Info,
        title: format!(
            "Revision {} by {}",
            entry.revision,
            author(&entry.author, &view.people)
        ),
        href: frame.at(&format!("/settings/history/{}", entry.revision)),
        detail: summary(item),
        tags,
        when: moment::clock(&frame.now, entry.at),
    }
}

/// The note, else what changed in short.
fn summary(item: &HistoryItem) -> String {
    if !item.entry.note.is_empty() {
        return item.entry.note.clone();
    }
    if item.entry.revision.get() == 1 {
        return "The defaults, as the bot joined.".to_owned();
    }
    let named: Vec<String> = item
        .changes
        .iter()
        .take(NAMED_MAX)
        .map(|change| label(&change.path))
        .collect();
    if named.is_empty() {
        return "Nothing changed.".to_owned();
    }
    named.join(", ")
}

fn author(author: &Author, people: &BTreeMap<UserId, String>) -> String {
    match author {
        Author::Member(user) => {
            let names = Names {
                people: people.clone(),
                ..Names::default()
            };
            names.member(*user).name
        }
        Author::Token(name) => format!("the token {name}"),
        Author::System => "Guildhall itself".to_owned(),
        Author::Erased => "somebody who was forgotten".to_owned(),
    }
}

/// One revision.
pub(crate) fn revision_page(frame: &Frame, view: &RevisionView) -> Markup {
    let number = view.entry.revision;
    let title = format!("Revision {number}");
    let head = Head {
        title: &title,
        section: Some(Section::Settings),
        crumbs: vec![
            ("Settings", frame.at("/settings")),
            ("History", frame.at("/settings/history")),
        ],
        is_live: false,
    };
    let by = author(&view.entry.author, &view.people);
    let lead = format!("By {by}, {}.", frame.now.exact(view.entry.at));
    let is_head = number.get() == view.head;
    let beside = html! {
        @if is_head { (tag(Tone::Good, "in force")) }
        @if !is_head && frame.may_write {
            a.button href="#back-title" { (icon(Icon::Undo)) "Restore" }
        }
    };
    let main = html! {
        (page_head(&title, &lead, &beside))
        @if let Some(words) = &view.refused {
            (notice(&Notice { tone: Tone::Danger, title: "It was not restored.".to_owned(), text: words.clone(), action: None }))
        }
        @if !view.entry.note.is_empty() { blockquote.said { span dir="auto" { (view.entry.note) } } }
        (section("changed", "What it changed", &html! {}, &html! { div.card { (shown(&view.changes, first(view))) } }))
        @if !is_head {
            (section("back", "What restoring it would change today", &html! { span.soft { "against revision " (view.head) } },
                &html! { div.card { (shown(&view.back, "Nothing: the settings in force say the same.")) } }))
            @if frame.may_write { (restore_form(frame, view)) }
        }
        (section("against", "Compare", &html! {}, &compare(frame, view)))
    };
    shell::page(frame, &head, &main)
}

fn first(view: &RevisionView) -> &'static str {
    if view.entry.revision.get() == 1 {
        "It is the first: the defaults, as the bot joined."
    } else {
        "Nothing: it says what the revision before said."
    }
}

fn shown(changes: &[Change], nothing: &str) -> Markup {
    html! {
        @if changes.is_empty() { p.soft { (nothing) } } @else { (diff(changes, 0)) }
    }
}

/// Below what it would change, so that nobody restores unseen.
fn restore_form(frame: &Frame, view: &RevisionView) -> Markup {
    let count = i64::try_from(view.back.len()).unwrap_or(i64::MAX);
    let note = Control::Line {
        value: "",
        length_max: platform::NOTE_LENGTH_MAX,
        is_needed: false,
    };
    html! {
        form.form method="post" action=(frame.at("/settings/restore")) {
            (frame.proof.fields())
            input type="hidden" name="to" value=(view.entry.revision);
            input type="hidden" name=(super::settings::BASE) value=(view.head);
            h3 { "Restore revision " (view.entry.revision) "?" }
            p {
                (counted(count, "place changes", "places change")) " for everybody in the server, at once. It becomes a new revision, "
                "so it can be taken back too."
            }
            (field(&Field::of(super::settings::NOTE, "What for", note).hint("Stands in the history. May be empty.")))
            div.row { button.button.main type="submit" { (icon(Icon::Undo)) "Restore it" } }
        }
    }
}

fn compare(frame: &Frame, view: &RevisionView) -> Markup {
    let number = view.entry.revision;
    html! {
        form.filters method="get" action=(frame.at(&format!("/settings/history/{number}"))) aria-label="Compare with another revision" {
            div.field {
                label for="against" { "With revision" }
                input.input.short type="number" id="against" name="against" min="1" max=(view.head) required
                    value=[compared(view)];
            }
            button.button type="submit" { "Compare" }
        }
        @match &view.against {
            Against::Nothing => {}
            Against::NoSuch => p.soft role="alert" { "There is no such revision." },
            Against::Compared(other, changes) => {
                p.soft { "From revision " (other) " to revision " (number) ":" }
                div.card { (shown(changes, "Nothing differs.")) }
            }
        }
    }
}

const fn compared(view: &RevisionView) -> Option<i64> {
    match view.against {
        Against::Compared(other, _) => Some(other),
        Against::Nothing | Against::NoSuch => None,
    }
}
