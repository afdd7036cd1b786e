//! Why did that happen: every decision, newest first, by what one knows of it.

mod load;

use audit::{Cursor, Entry, Outcome};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    entry::{DEEDS, KINDS, Names, days, kind_name, outcome},
    files::link,
};
use crate::{
    components::{
        empty::{Empty, empty},
        filter::select,
        icon::Icon,
        section::{live, page_head},
        shell::{self, Frame, Head, Section},
        timeline::timeline,
    },
    query,
    range::Range,
};

pub(crate) use load::{filter, show};

/// What is asked for in the address; what makes no sense is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) kind: String,
    pub(crate) outcome: String,
    pub(crate) action: String,
    pub(crate) user: String,
    pub(crate) message: String,
    pub(crate) case: String,
    pub(crate) text: String,
    pub(crate) range: String,
    /// Days on the viewer's clock, both included.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) cursor: String,
}

/// The most letters of a text that is looked for.
pub(crate) const TEXT_MAX: usize = 100;

impl Asked {
    /// The same question at another place of the list.
    fn address(&self, frame: &Frame, cursor: &str) -> String {
        frame.at(&format!("/why{}", self.query(cursor)))
    }

    fn query(&self, cursor: &str) -> String {
        let pairs = [
            ("kind", self.kind.as_str()),
            ("outcome", &self.outcome),
            ("action", &self.action),
            ("user", &self.user),
            ("message", &self.message),
            ("case", &self.case),
            ("text", &self.text),
            ("range", &self.range),
            ("from", &self.from),
            ("to", &self.to),
            ("cursor", cursor),
        ];
        query::string(&pairs)
    }

    /// Whether something is asked for that only few ask for.
    fn is_more(&self) -> bool {
        let more = [
            &self.action,
            &self.outcome,
            &self.user,
            &self.case,
            &self.from,
            &self.to,
        ];
        more.iter().any(|value| !value.is_empty())
    }

    fn is_anything(&self) -> bool {
        *self
            != Self {
                cursor: self.cursor.clone(),
                ..Self::default()
            }
    }
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// Whether these are decisions about the viewer alone.
    pub(crate) is_own: bool,
    pub(crate) asked: Asked,
    pub(crate) entries: Vec<Entry>,
    pub(crate) next: Option<Cursor>,
    pub(crate) names: Names,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Why",
        section: Some(Section::Why),
        is_live: view.asked.cursor.is_empty(),
        ..Head::default()
    };
    let lead = if view.is_own {
        "Every decision about you, with what Guildhall saw, why, and what came of it."
    } else {
        "Every decision that Guildhall made here, with what it saw, why, and what came of it."
    };
    let main = html! {
        (page_head("Why did that happen?", lead, &link(frame, &format!("/why.csv{}", view.asked.query("")))))
        (filters(frame, view))
        section.section aria-labelledby="decisions-title" {
            h2.unseen id="decisions-title" { "Decisions" }
            (live("decisions", &list(frame, view)))
        }
    };
    shell::page(frame, &head, &main)
}

fn filters(frame: &Frame, view: &View) -> Markup {
    let asked = &view.asked;
    let kinds = KINDS.map(|kind| (kind.name(), kind_name(kind)));
    let outcomes = [
        Outcome::Executed,
        Outcome::Suppressed,
        Outcome::Error,
        Outcome::Pending,
    ];
    let outcomes = outcomes.map(|one| (one.name(), outcome(one).1));
    html! {
        form.filters method="get" action=(frame.at("/why")) data-applies aria-label="Filter decisions" {
            div.field.wide {
                label for="why-text" { "With these words" }
                input.input type="search" id="why-text" name="text" value=(asked.text) maxlength=(TEXT_MAX)
                    placeholder="nitro, Sage, opening hours …";
            }
            (select("why-kind", "kind", "Kind", "Every kind", &kinds, &asked.kind))
            (select("why-range", "range", "When", "Any time", &Range::ALL.map(|range| (range.name(), range.words())), &asked.range))
            @if !asked.message.is_empty() { input type="hidden" name="message" value=(asked.message); }
            button.button type="submit" { "Apply" }
            @if asked.is_anything() { a.button.quiet href=(frame.at("/why")) { "Clear" } }
            details.filters-more open[asked.is_more()] {
                summary { "More filters" }
                div {
                    (select("why-action", "action", "What", "Anything", &DEEDS, &asked.action))
                    (select("why-outcome", "outcome", "Outcome", "Every outcome", &outcomes, &asked.outcome))
                    @if !view.is_own { (who(view)) }
                    div.field {
                        label for="why-case" { "Case" }
                        input.input type="text" inputmode="numeric" pattern="[0-9]*" id="why-case" name="case" value=(asked.case) maxlength="12";
                    }
                    @for (name, words, value) in [("from", "From the day", &asked.from), ("to", "To the day", &asked.to)] {
                        div.field {
                            label for={ "why-" (name) } { (words) }
                            input.input type="date" id={ "why-" (name) } name=(name) value=(value);
                        }
                    }
                }
            }
        }
        (named_filters(frame, view))
    }
}

/// The members whom the decisions at hand name.
fn who(view: &View) -> Markup {
    let named = view.names.people.iter();
    let named = named.map(|(user, name)| (user.to_string(), name.as_str()));
    let mut named: Vec<(String, &str)> = named.collect();
    named.sort_by_key(|(_, name)| name.to_lowercase());
    let options: Vec<(&str, &str)> = named
        .iter()
        .map(|(user, name)| (user.as_str(), *name))
        .collect();
    select(
        "why-user",
        "user",
        "Member",
        "Everybody",
        &options,
        &view.asked.user,
    )
}

/// Filters that come from a link rather than a field.
fn named_filters(frame: &Frame, view: &View) -> Markup {
    let message: Option<kernel::MessageId> = view.asked.message.parse().ok();
    html! {
        @if let Some(message) = message {
            p.row {
                span.soft { "Only what is about one message:" } code { (message) }
                a href=(frame.section(Section::Why)) { "Show all" }
            }
        }
    }
}

fn list(frame: &Frame, view: &View) -> Markup {
    let (older, newest) = (
        view.next
            .map(|next| view.asked.address(frame, &next.to_string())),
        (!view.asked.cursor.is_empty()).then(|| view.asked.address(frame, "")),
    );
    html! {
        @if view.entries.is_empty() {
            (nothing(frame, view))
        } @else {
            div.card { (timeline(&days(frame, &view.names, &view.entries))) }
        }
        @if older.is_some() || newest.is_some() {
            nav.pager aria-label="Pages of decisions" {
                @if let Some(newest) = &newest { a href=(newest) { "Newest" } } @else { span {} }
                @if let Some(older) = &older { a.button.slim href=(older) rel="next" data-stop { "Older" } }
            }
        }
    }
}

fn nothing(frame: &Frame, view: &View) -> Markup {
    if view.next.is_some() {
        return empty(&Empty {
            icon: Icon::Search,
            title: "Not found yet",
            text: "Nothing in this part of the record matches. Older decisions are looked through with “Older”.",
            actions: Vec::new(),
        });
    }
    if view.asked.is_anything() || !view.asked.cursor.is_empty() {
        return empty(&Empty {
            icon: Icon::Search,
            title: "No decision matches",
            text: "Take a filter away, or look over a longer time.",
            actions: vec![("Show all decisions", frame.at("/why"))],
        });
    }
    empty(&Empty {
        icon: Icon::Why,
        title: "Nothing was decided yet",
        text: "As soon as a rule removes a message, a member is warned or a setting changes, it stands here with its reasons.",
        actions: if frame.opens(Section::Settings) {
            vec![("Look at the settings", frame.section(Section::Settings))]
        } else {
            Vec::new()
        },
    })
}
