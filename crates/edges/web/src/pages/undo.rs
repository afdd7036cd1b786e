//! Taking a case back: first whom that touches and what it gives back, then the deed itself.

use app::flows::undo::{UndoCase, UndoError, undo};
use axum::response::{IntoResponse, Redirect};
use kernel::{Fault, FaultKind, Locale};
use maud::{Markup, html};
use moderation::{Case, CaseKind, Deed, Novelty, REASON_LENGTH_MAX, Reach, Undone};
use store::Tx;

use super::{
    Trouble,
    entry::{Names, lowered, member},
};
use crate::{
    components::{
        form::{Control, Field, field},
        icon::{Icon, icon},
        notice::{Notice, notice},
        section::page_head,
        shell::{self, Frame, Head, Section},
        tag::Tone,
    },
    did::Did,
    moment,
    query::Named,
    room::{Answer, Room},
    sent::Sent,
};

/// The field of the reason.
const REASON: &str = "reason";

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// What taking it back would come to.
    pub(crate) outlook: Undone,
    pub(crate) names: Names,
    /// What was written and refused, and why.
    pub(crate) refused: Option<(String, String)>,
}

/// `GET /dashboard/guilds/{guild_id}/cases/{number}/undo`
pub(crate) async fn show(room: Room, Named((_, number)): Named<(String, String)>) -> Answer {
    room.page(load(&room, &number, None), page).await
}

/// `POST /dashboard/guilds/{guild_id}/cases/{number}/undo`
pub(crate) async fn take_back(
    room: Room,
    Named((_, number)): Named<(String, String)>,
    sent: Sent,
) -> Answer {
    let reach = reach(&room)?;
    let case = load(&room, &number, None).await?.outlook.case.number;
    let reason = sent.one(REASON).unwrap_or_default().trim().to_owned();
    let op = room.op(&format!("cases/{case}/undo"), &sent)?;
    let command = UndoCase {
        number: case,
        reason: reason.clone(),
        reach,
    };
    match undo(room.core(), op, command).await {
        Ok(_) => {
            let to = room.at(&format!("/why?case={case}&{}", Did::Undone(case).query()));
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) if error.kind() == FaultKind::Invalid => {
            let refused = (reason, told(&room, &error));
            room.page(load(&room, &number, Some(refused)), page).await
        }
        Err(error) if error.kind() == FaultKind::NotFound => Err(Trouble::NoPage),
        Err(error) => Err(room.trouble(&error)),
    }
}

fn told(room: &Room, error: &UndoError) -> String {
    room.core().words().say(&Locale::english(), &error.told())
}

/// What the viewer may give back.
pub(super) fn reach(room: &Room) -> Result<Reach, Trouble> {
    room.standing().reach().ok_or(Trouble::NotAllowed)
}

async fn load(
    room: &Room,
    number: &str,
    refused: Option<(String, String)>,
) -> Result<View, Trouble> {
    let reach = reach(room)?;
    let number: i64 = number.parse().map_err(|_| Trouble::NoPage)?;
    let (guild, at) = (room.guild, room.now.at);
    let read = move |tx: &mut Tx<'_>| moderation::case_outlook(tx, guild, reach, number, at);
    let outlook = room.core().database().read("web.undo", read).await;
    let outlook = outlook.map_err(|error| match error.kind() {
        FaultKind::NotFound => Trouble::NoPage,
        _ => room.trouble(&error),
    })?;
    let people = outlook.deeds.iter().filter_map(touches);
    let people = people
        .chain([outlook.case.user])
        .chain(outlook.case.moderator);
    Ok(View {
        names: room.names(people).await,
        outlook,
        refused,
    })
}

/// Whom a deed touches.
fn touches(deed: &Deed) -> Option<kernel::UserId> {
    match deed {
        Deed::LiftTimeout { user } | Deed::Unban { user } | Deed::Repost { user, .. } => {
            Some(*user)
        }
        _ => None,
    }
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let case = &view.outlook.case;
    let title = format!("Take case {} back?", case.number);
    let head = Head {
        title: &title,
        section: Some(Section::Why),
        crumbs: vec![
            ("Why", frame.section(Section::Why)),
            ("Case", frame.at(&format!("/why?case={}", case.number))),
        ],
        is_live: false,
    };
    let lead = "This is what it would do. It is a decision of its own, with its own receipt.";
    let is_undone = view.outlook.novelty == Novelty::Before;
    let main = html! {
        (page_head(&title, lead, &html! {}))
        @if is_undone { (undone_before(frame, case)) }
        @if let Some((_, wrong)) = &view.refused { (refusal(wrong)) }
        div.card { (about(frame, view)) }
        @if !is_undone {
            section.section aria-labelledby="gives-title" {
                h2 id="gives-title" { "What it gives back" }
                div.card { (gives(frame, view)) }
            }
            (confirm(frame, view))
        }
    };
    shell::page(frame, &head, &main)
}

fn undone_before(frame: &Frame, case: &Case) -> Markup {
    notice(&Notice {
        tone: Tone::Info,
        title: "It was taken back before.".to_owned(),
        text: "Nothing is left to give back.".to_owned(),
        action: Some((
            "Its decisions".to_owned(),
            frame.at(&format!("/why?case={}", case.number)),
        )),
    })
}

fn refusal(wrong: &str) -> Markup {
    notice(&Notice {
        tone: Tone::Danger,
        title: "Nothing was taken back.".to_owned(),
        text: wrong.to_owned(),
        action: None,
    })
}

const fn kind(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Automod => "A rule was broken",
        CaseKind::Warn => "A warning",
        CaseKind::Timeout => "A time-out",
        CaseKind::Kick => "A removal from the server",
        CaseKind::Ban => "A ban",
        CaseKind::Note => "A note",
    }
}

fn about(frame: &Frame, view: &View) -> Markup {
    let case = &view.outlook.case;
    html! {
        dl.facts.start {
            dt { "About" } dd { (member(case.user, &view.names, frame)) }
            dt { "What" } dd { (kind(case.kind)) }
            dt { "Why" } dd dir="auto" { @if case.reason.is_empty() { "No reason was given." } @else { (case.reason) } }
            dt { "By" } dd {
                @if let Some(moderator) = case.moderator { (member(moderator, &view.names, frame)) } @else { "Guildhall itself" }
            }
            dt { "When" } dd { (moment::when(&frame.now, case.at)) }
        }
    }
}

fn gives(frame: &Frame, view: &View) -> Markup {
    let outlook = &view.outlook;
    let points = outlook.case.points;
    let is_nothing = outlook.deeds.is_empty() && points == 0 && outlook.followers.is_empty();
    html! {
        ul.plain.gifts {
            @for deed in &outlook.deeds { li { (icon(Icon::Undo)) span { (gift(frame, view, deed)) } } }
            @if points > 0 { li { (icon(Icon::Undo)) span { "Its points count no longer: " (points) "." } } }
            @for follower in &outlook.followers {
                li {
                    (icon(Icon::Undo))
                    span { "Case " (follower.number) " (" (lowered(kind(follower.kind))) ") goes with it, for its points led there." }
                }
            }
            @if outlook.case.kind == CaseKind::Kick {
                li { (icon(Icon::Note)) span { "Nobody is brought back: they may join again by themselves." } }
            }
            @if is_nothing { li { (icon(Icon::Note)) span { "Nothing in Discord. The case counts no longer." } } }
        }
    }
}

fn gift(frame: &Frame, view: &View, deed: &Deed) -> Markup {
    let who = |user| member(user, &view.names, frame);
    match deed {
        Deed::LiftTimeout { user } => html! { (who(*user)) " may write again." },
        Deed::Unban { user } => html! { (who(*user)) " may join again." },
        Deed::Repost {
            channel,
            user,
            text,
        } => html! {
            "The message of " (who(*user)) " is posted again in " strong { (view.names.channel(*channel)) } ": "
            q dir="auto" { (text) }
        },
        _ => html! { "What it did in Discord is reversed." },
    }
}

fn confirm(frame: &Frame, view: &View) -> Markup {
    let number = view.outlook.case.number;
    let written = view.refused.as_ref().map_or("", |(reason, _)| reason);
    let line = Control::Line {
        value: written,
        length_max: REASON_LENGTH_MAX,
        is_needed: false,
    };
    html! {
        form.form method="post" action=(frame.at(&format!("/cases/{number}/undo"))) {
            (frame.proof.fields())
            (field(&Field::of(REASON, "Why it is taken back", line).hint("Stands in the case and in the receipt. May be empty.")))
            div.row {
                button.button.main type="submit" { (icon(Icon::Undo)) "Take it back" }
                a.button.quiet href=(frame.at(&format!("/why?case={number}"))) { "Leave it" }
            }
        }
    }
}
