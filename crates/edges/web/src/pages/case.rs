//! One case: what was done to whom and why, what rules found, what came of it, what moderators noted.

use app::flows::{cases, undo::UndoError};
use audit::Entry;
use axum::response::{IntoResponse, Redirect};
use kernel::{Fault, FaultKind, Locale, UserId};
use maud::{Markup, html};
use moderation::{Case, CaseError, CaseState, Held, Hit, Note, REASON_LENGTH_MAX};
use serde::Deserialize;
use store::Tx;

use super::{
    Trouble,
    entry::{self, Names, days, member},
    order::{self, actions, by, case_kind, case_state},
};
use crate::{
    components::{
        form::{Control, Field, field},
        icon::{Icon, icon},
        notice::{Notice, notice},
        receipt::{Said, said},
        section::{page_head, section},
        shell::{self, Frame, Head, Section},
        tag::{Tone, tag},
        timeline::timeline,
    },
    did::Did,
    moment,
    numbers::counted,
    query::Named,
    room::{Answer, Room},
    sent::Sent,
};

/// The field of a note.
const TEXT: &str = "text";
/// How many of the decisions about a case are shown.
const DECISIONS: u32 = 20;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) case: Case,
    /// The message that it removed, as long as that is kept.
    pub(crate) held: Option<Held>,
    pub(crate) notes: Vec<Note>,
    pub(crate) decisions: Vec<Entry>,
    /// The note that was written and refused, and why.
    pub(crate) refused: Option<(String, String)>,
    pub(crate) names: Names,
}

/// The case in the path.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    number: String,
}

impl Which {
    pub(crate) fn number(&self) -> Result<i64, Trouble> {
        let number = self.number.parse().ok().filter(|number| *number > 0);
        number.ok_or(Trouble::NoPage)
    }
}

/// `GET /dashboard/guilds/{guild_id}/moderation/cases/{number}`
pub(crate) async fn show(room: Room, Named(which): Named<Which>) -> Answer {
    room.page(load(&room, which.number()?, None), page).await
}

/// `POST /dashboard/guilds/{guild_id}/moderation/cases/{number}/note`
pub(crate) async fn note(room: Room, Named(which): Named<Which>, sent: Sent) -> Answer {
    if !room.standing().keeps_cases {
        return Err(Trouble::NotAllowed);
    }
    let number = which.number()?;
    let text = sent.one(TEXT).unwrap_or_default().trim().to_owned();
    let op = room.op(&format!("cases/{number}/note"), &sent)?;
    match cases::note(room.core(), op, number, text.clone()).await {
        Ok(_) => {
            let to = format!("/moderation/cases/{number}?{}", Did::Noted(number).query());
            Ok(Redirect::to(&room.at(&to)).into_response())
        }
        Err(error) if error.kind() == FaultKind::Invalid => {
            let refused = (text, words(&room, &error));
            room.page(load(&room, number, Some(refused)), page).await
        }
        Err(error) => Err(gone(&room, &error)),
    }
}

fn words(room: &Room, error: &UndoError) -> String {
    room.core().words().say(&Locale::english(), &error.told())
}

/// A case that is not there is a page that is not there.
pub(crate) fn gone(room: &Room, error: &UndoError) -> Trouble {
    match error {
        UndoError::Case(CaseError::NoSuchCase { .. }) => Trouble::NoPage,
        other => room.trouble(other),
    }
}

async fn load(
    room: &Room,
    number: i64,
    refused: Option<(String, String)>,
) -> Result<View, Trouble> {
    let (guild, eyes) = (room.guild, room.eyes());
    let read = move |tx: &mut Tx<'_>| {
        let case = match moderation::case_fetch(tx, guild, number) {
            Ok(case) => case,
            Err(CaseError::Store(error)) => return Err(error),
            Err(_) => return Ok(None),
        };
        let decisions = audit::by_case(tx, guild, number, DECISIONS)?;
        let seen = decisions.iter().filter_map(|entry| eyes.sees(entry));
        Ok(Some(View {
            held: moderation::held(tx, guild, number)?,
            notes: moderation::notes(tx, guild, number)?,
            decisions: seen.collect(),
            case,
            refused: None,
            names: Names::default(),
        }))
    };
    let found = room.read("dashboard.case", read).await?;
    let view = found.ok_or(Trouble::NoPage)?;
    let authors = view
        .notes
        .iter()
        .filter_map(|note| note.author.parse().ok());
    let people: Vec<UserId> = order::people(&view.case)
        .chain(authors)
        .chain(entry::people(&view.decisions))
        .collect();
    Ok(View {
        names: room.names(people).await,
        refused,
        ..view
    })
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let case = &view.case;
    let title = format!("Case {}", case.number);
    let head = Head {
        title: &title,
        section: Some(Section::Moderation),
        crumbs: vec![("Moderation", frame.at("/moderation"))],
        is_live: false,
    };
    let lead = format!("{} · {}", case_kind(case.kind), frame.now.exact(case.at));
    let undo = frame.at(&format!("/cases/{}/undo", case.number));
    let beside = html! {
        (case_state(case.state))
        @if frame.keeps_cases && case.state != CaseState::Undone {
            a.button href=(undo) { (icon(Icon::Undo)) "Take it back" }
        }
    };
    let main = html! {
        (page_head(&title, &lead, &beside))
        (section("facts", "What happened", &html! {}, &html! { div.card { (facts(frame, view)) } }))
        @if !case.hits.is_empty() || view.held.is_some() {
            (section("found", "What was found", &html! {}, &html! { div.card { (found(frame, view)) } }))
        }
        (section("decisions", "Its history", &html! {}, &history(frame, view)))
        (section("notes", "Notes of moderators", &html! {}, &notes(frame, view)))
    };
    shell::page(frame, &head, &main)
}

fn facts(frame: &Frame, view: &View) -> Markup {
    let case = &view.case;
    html! {
        dl.facts.start {
            dt { "Whom" } dd { (member(case.user, &view.names, frame)) }
            dt { "What" } dd { (case_kind(case.kind)) }
            dt { "Why" } dd dir="auto" { @if case.reason.is_empty() { span.soft { "no reason was given" } } @else { (case.reason) } }
            dt { "By" } dd { (by(&case.opened_by, &view.names, frame)) }
            @if let Some(channel) = case.channel { dt { "Where" } dd { (view.names.channel(channel)) } }
            @if case.points > 0 { dt { "Points" } dd { (case.points) } }
            @if let Some(until) = case.until { dt { "Until" } dd { (moment::day_and_clock(&frame.now, until)) } }
            @if let Some(rule) = &case.rule_id {
                dt { "Rule" } dd { a href=(frame.at(&format!("/moderation/rules/{rule}"))) { (rule) } }
            }
            @if let Some(parent) = case.parent {
                dt { "Because of" } dd { a href=(frame.at(&format!("/moderation/cases/{parent}"))) { "Case " (parent) } " and the points it brought" }
            }
            @if let (Some(who), Some(at)) = (&case.undone_by, case.undone_at) {
                dt { "Taken back" } dd { span.inline { "by " (by(who, &view.names, frame)) ", " (moment::when(&frame.now, at)) } }
                @if let Some(reason) = case.undo_reason.as_ref().filter(|reason| !reason.is_empty()) {
                    dt { "Why back" } dd dir="auto" { (reason) }
                }
            }
        }
    }
}

fn found(frame: &Frame, view: &View) -> Markup {
    html! {
        @if let Some(held) = &view.held {
            (said(&Said {
                who: html! { (member(held.user, &view.names, frame)) " in " (view.names.channel(held.channel)) },
                text: Ok(held.text.clone()),
                is_trigger: true,
            }))
            p.soft.small { "The words are kept until " (moment::day_and_clock(&frame.now, held.expires_at)) ", so that they can be given back." }
        }
        @for one in &view.case.hits { (hit(one)) }
    }
}

/// What one rule found.
pub(crate) fn hit(hit: &Hit) -> Markup {
    let matched: Vec<&str> = hit.matched.iter().map(|one| one.text.as_str()).collect();
    html! {
        div.hit {
            p dir="auto" { (hit.reasoning) }
            @if !matched.is_empty() {
                p.row { span.soft.small { "matched" } @for text in matched { mark dir="auto" { (text) } } }
            }
            p.row.small {
                span.soft { "It " (actions(&hit.actions)) "." }
                @if hit.mode == moderation::Mode::Shadow { (tag(Tone::Info, "shadow: nothing is done")) }
            }
        }
    }
}

fn history(frame: &Frame, view: &View) -> Markup {
    html! {
        div.card {
            @if view.decisions.is_empty() {
                p.soft { "No decision about this case stands in the record any more." }
            } @else {
                (timeline(&days(frame, &view.names, &view.decisions)))
            }
        }
    }
}

fn notes(frame: &Frame, view: &View) -> Markup {
    html! {
        div.card {
            @if view.notes.is_empty() {
                p.soft { "Nobody has noted anything. Notes are for moderators; the member does not see them." }
            } @else {
                p.soft.small { (counted(i64::try_from(view.notes.len()).unwrap_or(0), "note", "notes")) ", newest first. The member does not see them." }
                @for note in &view.notes {
                    (said(&Said {
                        who: html! { (by(&note.author, &view.names, frame)) " " (moment::when(&frame.now, note.at)) },
                        text: Ok(note.text.clone()),
                        is_trigger: false,
                    }))
                }
            }
            @if frame.keeps_cases { (write(frame, view)) }
        }
    }
}

fn write(frame: &Frame, view: &View) -> Markup {
    let (text, wrong) = match &view.refused {
        Some((text, wrong)) => (text.as_str(), Some(wrong.as_str())),
        None => ("", None),
    };
    let line = Control::Lines {
        value: text,
        length_max: REASON_LENGTH_MAX,
    };
    html! {
        form.form method="post" action=(frame.at(&format!("/moderation/cases/{}/note", view.case.number))) {
            (frame.proof.fields())
            @if let Some(wrong) = wrong {
                (notice(&Notice { tone: Tone::Danger, title: "It was not noted.".to_owned(), text: wrong.to_owned(), action: None }))
            }
            (field(&Field::of(TEXT, "A note", line)))
            div.row { button.button type="submit" { "Add the note" } }
        }
    }
}
