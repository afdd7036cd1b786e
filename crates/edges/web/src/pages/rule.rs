//! One rule: what it hit, what it says, and how it would take a message; changed like any setting, as a revision.

mod load;
mod past;

use app::flows::look_back::LookBack;
use audit::Entry;
use maud::{Markup, html};
use moderation::{Rule, Verdict};

use super::{
    entry::{Names, days},
    order::{actions, mode},
    rules::{address, said, sample},
    settings::{self, BASE, Refused},
};
use crate::{
    components::{
        dialog::{Dialog, dialog, opener},
        empty::{Empty, empty},
        form::{Form, form},
        icon::Icon,
        section::{page_head, section},
        shell::{self, Frame, Head, Section},
        timeline::timeline,
    },
    numbers::counted,
    settings::rules::{MODEL, Sort},
};

pub(crate) use load::{begin, create, remove, save, show};

/// The field that says what is to be done with the form, and its value where a message is only tried.
const DO: &str = "do-form";
const TRY: &str = "try";
/// And where it is held against what was written lately.
const BACK: &str = "look-back";
/// The field with the sort of a new rule.
const KIND: &str = "kind";

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// The rule as it is in force; nothing where it is a new one.
    pub(crate) rule: Option<Rule>,
    pub(crate) sort: &'static Sort,
    /// The fields, with what was sent and refused.
    pub(crate) form: settings::View,
    /// The message that was tried, and what the rule says of it, saved or not.
    pub(crate) tried: Option<(String, Verdict)>,
    /// What it would have hit lately, saved or not.
    pub(crate) past: Option<LookBack>,
    /// What it hit in the last days, newest first.
    pub(crate) hits: Vec<Entry>,
    /// How often it acted, and would have acted.
    pub(crate) acted: u64,
    pub(crate) watched: u64,
    pub(crate) names: Names,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let new = format!("New rule: {}", view.sort.title);
    let title = view.rule.as_ref().map_or(new.as_str(), Rule::title);
    let head = Head {
        title,
        section: Some(Section::Moderation),
        crumbs: vec![
            ("Moderation", frame.at("/moderation")),
            ("Rules", frame.at("/moderation/rules")),
        ],
        is_live: false,
    };
    let beside = html! {
        @if let Some(rule) = &view.rule {
            (mode(rule))
            @if frame.may_write { (opener("remove", &html! { "Remove it" }, "danger")) }
        }
    };
    let main = html! {
        (page_head(title, view.sort.about, &beside))
        (refusal(frame, view))
        (tried(view))
        @if let Some(past) = &view.past { (past::section(frame, &view.names, past)) }
        @if view.rule.is_some() { (section("hits", "What it hit", &html! { span.soft { "the last 7 days" } }, &hits(frame, view))) }
        (section("says", "What it says", &html! {}, &fields(frame, view)))
        @if let Some(rule) = view.rule.as_ref().filter(|_| frame.may_write) { (removal(frame, view, rule)) }
    };
    shell::page(frame, &head, &main)
}

/// What was refused; what was only tried was not.
fn refusal(frame: &Frame, view: &View) -> Markup {
    let was_tried = matches!(&view.form.refused, Some((_, Refused::Previewed(_))));
    html! { @if !was_tried { (settings::refusal(frame, &view.form)) } }
}

fn tried(view: &View) -> Markup {
    let Some((_, verdict)) = &view.tried else {
        return html! {};
    };
    let beside = html! { span.soft { "as the rule stands below; nothing was saved or posted" } };
    let body = html! { div.card role="status" { (said(verdict)) } };
    section("tried", "What it says of the message", &beside, &body)
}

fn hits(frame: &Frame, view: &View) -> Markup {
    let many = |count: u64, one, many| counted(i64::try_from(count).unwrap_or(i64::MAX), one, many);
    let follows = view
        .rule
        .as_ref()
        .map(|rule| actions(&rule.actions))
        .unwrap_or_default();
    if view.hits.is_empty() {
        return empty(&Empty {
            icon: Icon::Shield,
            title: "It hit nothing",
            text: "Every hit stands here with the message that set it off, also while the rule only watches.",
            actions: vec![("Try a message on all rules", frame.at("/moderation/try"))],
        });
    }
    html! {
        p data-hits {
            "It acted " strong { (many(view.acted, "time", "times")) } ", and in the shadow it would have acted "
            strong { (many(view.watched, "time", "times")) } ": it " (follows) "."
        }
        div.card { (timeline(&days(frame, &view.names, &view.hits))) }
    }
}

fn fields(frame: &Frame, view: &View) -> Markup {
    let text = view.tried.as_ref().map_or("", |(text, _)| text.as_str());
    let body = html! {
        (settings::groups(&view.form, &view.sort.section))
        fieldset.group {
            legend { "Try it" }
            p.lead { "On a message, before anything is saved." }
            (sample(text, "Only this rule is asked, as it stands above."))
        }
        @if view.sort.kind != MODEL { (past::asking()) }
        (settings::note(&view.form))
    };
    let action = match &view.rule {
        Some(rule) => address(frame, &rule.id),
        None => frame.at("/moderation/new-rule"),
    };
    form(&Form {
        id: "rule",
        action: &action,
        proof: &frame.proof,
        hidden: vec![
            (BASE, settings::base(&view.form).to_string()),
            (KIND, view.sort.kind.to_owned()),
        ],
        body,
        save: if view.rule.is_some() {
            "Save"
        } else {
            "Create"
        },
        look: Some((DO, TRY, "Try it")),
        is_begun: view.form.refused.is_some() || view.rule.is_none(),
        may_write: frame.may_write,
    })
}

fn removal(frame: &Frame, view: &View, rule: &Rule) -> Markup {
    let hits = view.acted.saturating_add(view.watched);
    let hits = counted(i64::try_from(hits).unwrap_or(i64::MAX), "time", "times");
    dialog(&Dialog {
        id: "remove",
        title: &format!("Remove “{}”?", rule.title()),
        body: html! {
            p { "It hit " (hits) " in the last 7 days. From now on nothing looks for this. What it did before stays as it is." }
            p.soft { "It is a revision of the settings: the history brings it back." }
        },
        action: format!("{}/remove", address(frame, &rule.id)),
        fields: vec![(BASE, settings::base(&view.form).to_string())],
        proof: &frame.proof,
        does: "Remove it",
        is_destructive: true,
    })
}
