//! The settings, a section on each page: fields with what is wrong beside them, and what changed before it is saved.

mod key;
mod load;

use app::{Problem, flows::own_key::OwnKey};
use maud::{Markup, html};
use serde_json::Value;

use crate::{
    components::{
        code::code,
        diff::{Change, diff},
        form::{Control, Field, Form, field, form, group},
        notice::{Notice, notice},
        section::{page_head, section},
        shell::{self, Frame, Head, Section as Part},
        tag::Tone,
    },
    sent::Sent,
    settings::{Kind, SECTIONS, Section, Setting, sent_texts, texts},
};

pub(crate) use key::write as write_key;
pub(super) use load::{called, channels, head, refused, roles};
pub(crate) use load::{first, save, show};

/// The name of the page on which the document stands whole.
pub(crate) const WHOLE: &str = "document";
/// The field of a note for the history.
pub(crate) const NOTE: &str = "note";
/// The field with the revision that the author looked at.
pub(crate) const BASE: &str = "base";

/// The field that says what is to be done with a form, and its value where it is only looked at.
const DO: &str = "do";
const PREVIEW: &str = "preview";

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// The section; nothing for the document whole.
    pub(crate) section: Option<Section>,
    pub(crate) document: Value,
    pub(crate) revision: i64,
    /// What was refused, with what was sent where it was these settings.
    pub(crate) refused: Option<(Option<Sent>, Refused)>,
    /// The key of the server's own provider, on the page where it is written.
    pub(crate) key: Option<OwnKey>,
    /// Ids and names to choose from.
    pub(crate) channels: Vec<(String, String)>,
    pub(crate) roles: Vec<(String, String)>,
}

impl View {
    /// What was sent and not written.
    fn sent(&self) -> Option<&Sent> {
        self.refused.as_ref()?.0.as_ref()
    }
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// These places are wrong.
    Wrong(Vec<Problem>),
    /// Somebody else wrote since: this is the head.
    Stale(i64),
    /// Something else, in words.
    Told(String),
    /// It was only to be looked at: this would change.
    Previewed(Vec<Change>),
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let title = view.section.map_or("Document", |section| section.title);
    let head = Head {
        title,
        section: Some(Part::Settings),
        crumbs: vec![("Settings", frame.at("/settings"))],
        is_live: false,
    };
    let lead = format!(
        "In force is revision {}. Every save is a revision of its own, and can be taken back.",
        view.revision
    );
    let main = html! {
        (page_head("Settings", &lead, &html! { a.button href=(frame.at("/settings/history")) { "History" } }))
        (tabs(frame, view.section.map_or(WHOLE, |section| section.name)))
        (refusal(frame, view))
        (match view.section {
            Some(section) => fields(frame, view, &section),
            None => whole(frame, view),
        })
        (key::form(frame, view))
    };
    shell::page(frame, &head, &main)
}

/// The sections, and the document whole.
fn tabs(frame: &Frame, present: &str) -> Markup {
    let all = SECTIONS.iter().map(|section| (section.name, section.title));
    html! {
        nav.tabs aria-label="Sections of the settings" {
            @for (name, title) in all.chain([(WHOLE, "Document")]) {
                a href=(frame.at(&format!("/settings/{name}"))) aria-current=[(name == present).then_some("page")]
                    data-place={ "Settings: " (title) } { (title) }
            }
        }
    }
}

/// Why nothing was written.
pub(super) fn refusal(frame: &Frame, view: &View) -> Markup {
    let Some((_, refused)) = &view.refused else {
        return html! {};
    };
    let (title, text, action) = match refused {
        Refused::Wrong(problems) => {
            let elsewhere = elsewhere(view, problems);
            let text = if elsewhere.is_empty() {
                "What is wrong stands beside the fields.".to_owned()
            } else {
                elsewhere.join(" ")
            };
            ("Nothing was saved yet.", text, None)
        }
        Refused::Stale(head) => (
            "Somebody saved meanwhile.",
            format!(
                "You looked at revision {}, now it is {head}. What you wrote stands below: look at what changed, then save it again.",
                view.revision
            ),
            Some((
                "See what changed".to_owned(),
                frame.at(&format!("/settings/history/{head}")),
            )),
        ),
        Refused::Told(words) => ("Nothing was saved.", words.clone(), None),
        Refused::Previewed(changes) => return preview(changes),
    };
    notice(&Notice {
        tone: Tone::Danger,
        title: title.to_owned(),
        text,
        action,
    })
}

/// What a save would change.
fn preview(changes: &[Change]) -> Markup {
    let body = html! {
        div.card {
            @if changes.is_empty() {
                p.soft { "Nothing: what stands below is in force." }
            } @else {
                (diff(changes, 0))
            }
        }
    };
    let beside = html! { span.soft { "Nothing is saved yet" } };
    section("preview", "What saving would change", &beside, &body)
}

/// Problems in places that this page has no field for.
fn elsewhere(view: &View, problems: &[Problem]) -> Vec<String> {
    let has_field = |pointer: &str| match view.section {
        Some(section) => settings(&section).any(|setting| is_at(pointer, setting)),
        None => false,
    };
    let others = problems
        .iter()
        .filter(|problem| !has_field(&problem.pointer));
    others
        .map(|problem| {
            format!(
                "{}: {}.",
                crate::settings::label(&problem.pointer),
                problem.reason
            )
        })
        .collect()
}

fn settings(section: &Section) -> impl Iterator<Item = &'static Setting> + use<> {
    section.groups.iter().flat_map(|group| group.settings)
}

/// Whether a problem's place is this setting's, or inside it.
fn is_at(pointer: &str, setting: &Setting) -> bool {
    let rest = pointer.strip_prefix(setting.pointer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A setting with the texts that its field holds, and what is wrong with them.
struct Shown {
    setting: &'static Setting,
    texts: Vec<String>,
    wrong: Option<String>,
}

fn shown(view: &View, setting: &'static Setting) -> Shown {
    let sent = view.sent();
    let wrong = match &view.refused {
        Some((_, Refused::Wrong(problems))) => problems
            .iter()
            .find(|problem| is_at(&problem.pointer, setting))
            .map(|problem| problem.reason.clone()),
        _ => None,
    };
    Shown {
        setting,
        texts: sent.map_or_else(
            || texts(setting, &view.document),
            |sent| sent_texts(setting, sent),
        ),
        wrong,
    }
}

/// The fields of a section, group by group.
pub(super) fn groups(view: &View, part: &Section) -> Markup {
    let groups: Vec<(&str, &str, Vec<Shown>)> = part
        .groups
        .iter()
        .map(|group| {
            let shown = group.settings.iter().map(|setting| shown(view, setting));
            (group.title, group.lead, shown.collect())
        })
        .collect();
    let presets = presets();
    html! {
        @for (title, lead, shown) in &groups {
            (group(title, lead, &shown.iter().map(|one| as_field(one, view, &presets)).collect::<Vec<_>>()))
        }
    }
}

fn fields(frame: &Frame, view: &View, part: &Section) -> Markup {
    let body = html! {
        (groups(view, part))
        (note(view))
    };
    form(&Form {
        id: "settings",
        action: &frame.at(&format!("/settings/{}", part.name)),
        proof: &frame.proof,
        hidden: vec![(BASE, base(view).to_string())],
        body,
        save: "Save",
        look: Some((DO, PREVIEW, "Preview")),
        is_begun: view.sent().is_some(),
        may_write: frame.may_write,
    })
}

/// The revision that a save is based on: after a conflict the author has been told of the newer one.
pub(super) fn base(view: &View) -> i64 {
    match &view.refused {
        Some((_, Refused::Stale(head))) => *head,
        _ => view.revision,
    }
}

/// The field of a note for the history.
pub(super) fn note(view: &View) -> Markup {
    let sent = view.sent().and_then(|sent| sent.one(NOTE));
    let line = Control::Line {
        value: sent.unwrap_or(""),
        length_max: platform::NOTE_LENGTH_MAX,
        is_needed: false,
    };
    field(&Field::of(NOTE, "What for", line).hint("Stands in the history. May be empty."))
}

fn presets() -> Vec<(&'static str, String)> {
    let presets = bots::presets::PRESETS.iter();
    presets
        .map(|preset| {
            (
                preset.id,
                format!("{} {}: {}", preset.emoji, preset.name, preset.pitch),
            )
        })
        .collect()
}

fn as_field<'v>(
    shown: &'v Shown,
    view: &'v View,
    presets: &'v [(&'static str, String)],
) -> Field<'v> {
    let setting = shown.setting;
    Field::of(
        setting.pointer,
        setting.label,
        control(shown, view, presets),
    )
    .hint(setting.hint)
    .wrong(shown.wrong.as_deref())
}

fn control<'v>(
    shown: &'v Shown,
    view: &'v View,
    presets: &'v [(&'static str, String)],
) -> Control<'v> {
    let value = shown.texts.first().map_or("", String::as_str);
    let line = |length_max, is_needed| Control::Line {
        value,
        length_max,
        is_needed,
    };
    match shown.setting.kind {
        Kind::Line(length_max) => line(length_max, shown.setting.pointer.starts_with("/economy")),
        Kind::Maybe(length_max) => line(length_max, false),
        Kind::Text(length_max) => Control::Lines { value, length_max },
        Kind::List => Control::Lines {
            value,
            length_max: platform::DOCUMENT_BYTES_MAX,
        },
        Kind::Whole(min, max, unit) => Control::Number {
            value,
            min,
            max,
            unit,
        },
        Kind::Dollars => decimal(value, "10000", "0.000001", "US dollars"),
        Kind::Share => decimal(value, "100", "0.01", "%"),
        Kind::Switch => Control::Switch {
            on: value == "true",
        },
        Kind::Choice(options) => choice(value, None, options.iter().copied()),
        Kind::MaybeChoice(options) => choice(value, Some("–"), options.iter().copied()),
        Kind::Preset => choice(value, None, named(presets)),
        Kind::Channel => choice(value, Some("None"), pairs(&view.channels)),
        Kind::Some(options) => many(shown, options.iter().copied()),
        Kind::Channels => many(shown, pairs(&view.channels)),
        Kind::Roles => many(shown, pairs(&view.roles)),
    }
}

fn named<'v>(presets: &'v [(&'static str, String)]) -> impl Iterator<Item = (&'v str, &'v str)> {
    presets.iter().map(|(id, words)| (*id, words.as_str()))
}

fn pairs(all: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    all.iter().map(|(id, name)| (id.as_str(), name.as_str()))
}

const fn decimal<'v>(
    value: &'v str,
    max: &'static str,
    step: &'static str,
    unit: &'static str,
) -> Control<'v> {
    Control::Decimal {
        value,
        min: "0",
        max,
        step,
        unit,
    }
}

/// A choice; what is chosen stays to be chosen, even where it is not known any more.
fn choice<'v>(
    value: &'v str,
    none: Option<&'static str>,
    options: impl Iterator<Item = (&'v str, &'v str)>,
) -> Control<'v> {
    let mut all: Vec<(&str, &str)> = none.map(|words| ("", words)).into_iter().collect();
    all.extend(options);
    if !value.is_empty() && !all.iter().any(|(known, _)| *known == value) {
        all.push((value, value));
    }
    Control::Choice {
        value,
        options: all,
    }
}

fn many<'v>(shown: &'v Shown, options: impl Iterator<Item = (&'v str, &'v str)>) -> Control<'v> {
    let values: Vec<&str> = shown.texts.iter().map(String::as_str).collect();
    let mut all: Vec<(&str, &str)> = options.collect();
    for value in values.iter().filter(|value| !value.is_empty()) {
        if !all.iter().any(|(known, _)| known == value) {
            all.push((value, value));
        }
    }
    Control::Many {
        values,
        options: all,
    }
}

/// The document as it is, for what has no field.
fn whole(frame: &Frame, view: &View) -> Markup {
    let stored = serde_json::to_string_pretty(&view.document).unwrap_or_default();
    let sent = view.sent().and_then(|sent| sent.one(WHOLE));
    let text = Control::Lines {
        value: sent.unwrap_or(&stored),
        length_max: platform::DOCUMENT_BYTES_MAX,
    };
    let body = html! {
        (field(&Field::of(WHOLE, "The whole document", text)
            .hint("JSON. What is missing takes its default. Rules of moderation stand here too.")))
        (note(view))
    };
    html! {
        @if frame.may_write {
            (form(&Form {
                id: "settings",
                action: &frame.at("/settings/document"),
                proof: &frame.proof,
                hidden: vec![(BASE, base(view).to_string())],
                body,
                save: "Save",
        look: Some((DO, PREVIEW, "Preview")),
                is_begun: view.sent().is_some(),
                may_write: true,
            }))
        } @else {
            (code("The whole document", &stored))
        }
    }
}
