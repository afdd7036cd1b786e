//! One movement of coins: between whom, why, because of what; and taking it back, after a look at what that does.

use app::{Access, Role, flows::revert};
use axum::response::{IntoResponse, Redirect};
use economy::{
    Found, REASON_LENGTH_MAX, Receipt, Reversal, Reverse, ReverseError, Standing, TransferKind,
};
use kernel::{Fault, Locale};
use maud::{Markup, html};
use serde::Deserialize;
use store::Tx;

use super::{
    Trouble,
    entry::Names,
    movement::{self, cause, kind_name, party},
};
use crate::{
    components::{
        code::code,
        dialog::{Dialog, dialog, opener},
        form::{Control, Field, field},
        icon::{Icon, icon},
        notice::{Notice, notice},
        section::{page_head, section},
        shell::{self, Frame, Head, Section},
        tag::{Tone, tag},
    },
    moment,
    numbers::{Unit, grouped},
    query::Named,
    room::{Answer, Room},
    sent::Sent,
};

/// The field with the reason.
const REASON: &str = "reason";

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) found: Found,
    pub(crate) symbol: String,
    /// What taking it back would come to, or why it can't be; nothing where the viewer may not.
    pub(crate) preview: Option<Result<Reversal, String>>,
    /// Why it was not taken back just now.
    pub(crate) refused: Option<String>,
    pub(crate) names: Names,
}

/// The movement in the path.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    place: i64,
}

/// `GET /dashboard/guilds/{guild_id}/economy/transfers/{place}`
pub(crate) async fn show(room: Room, Named(which): Named<Which>) -> Answer {
    room.page(load(&room, which.place, None), page).await
}

/// `POST /dashboard/guilds/{guild_id}/economy/transfers/{place}/revert`
pub(crate) async fn take_back(room: Room, Named(which): Named<Which>, sent: Sent) -> Answer {
    let found = fetch(&room, which.place).await?;
    let op = room.op(&format!("economy/transfers/{}/revert", which.place), &sent)?;
    let command = Reverse {
        transfer: found.record.id,
        reason: sent.one(REASON).unwrap_or_default().trim().to_owned(),
    };
    match revert::revert(room.core(), op, command).await {
        Ok(reversal) => {
            let place = reversal.receipt.record.seq;
            Ok(Redirect::to(&room.at(&format!("/economy/transfers/{place}"))).into_response())
        }
        Err(refused) if refused.kind().is_refusal() => {
            let words = words(&room, &refused);
            room.page(load(&room, which.place, Some(words)), page).await
        }
        Err(fault) => Err(room.trouble(&fault)),
    }
}

async fn fetch(room: &Room, place: i64) -> Result<Found, Trouble> {
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| economy::found(tx, guild, place);
    let found = room.read("dashboard.transfer", read).await?;
    found.ok_or(Trouble::NoPage)
}

async fn load(room: &Room, place: i64, refused: Option<String>) -> Result<View, Trouble> {
    let found = fetch(room, place).await?;
    if !may_see(room, &found) {
        return Err(Trouble::NotAllowed);
    }
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let people: Vec<_> = movement::people(std::slice::from_ref(&found.record)).collect();
    Ok(View {
        preview: preview(room, &found).await?,
        symbol: config.settings.economy.currency.symbol.clone(),
        names: room.names(people).await,
        found,
        refused,
    })
}

/// Managers see every movement, members those of their own coins.
fn may_see(room: &Room, found: &Found) -> bool {
    let mut sides = [&found.record.from, &found.record.to].into_iter();
    let is_own = sides.any(|side| side.user() == Some(room.viewer().session.user));
    is_own || room.standing().suffices(Role::Manager, Access::Read)
}

/// What taking it back would come to, for whom that is allowed, and where it is not itself a correction.
async fn preview(room: &Room, found: &Found) -> Result<Option<Result<Reversal, String>>, Trouble> {
    let may = room.standing().suffices(Role::Manager, Access::Manage);
    if !may || found.reversed_by.is_some() || is_correction(found) {
        return Ok(None);
    }
    let op = room.rehearsal()?;
    let preview = revert::preview(room.core(), op, found.record.id.clone()).await;
    match preview {
        Ok(reversal) => Ok(Some(Ok(reversal))),
        Err(refused) if refused.kind().is_refusal() => Ok(Some(Err(words(room, &refused)))),
        Err(fault) => Err(room.trouble(&fault)),
    }
}

fn words(room: &Room, refused: &ReverseError) -> String {
    room.core().words().say(&Locale::english(), &refused.told())
}

/// Whether it is itself the taking back of another, or what a debt advanced for one.
fn is_correction(found: &Found) -> bool {
    let kind = &found.record.kind;
    *kind == TransferKind::REVERT || *kind == TransferKind::DEBT
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let record = &view.found.record;
    let unit = Unit::Coins(view.symbol.clone());
    let title = format!(
        "{}: {}",
        kind_name(&record.kind),
        unit.whole(record.amount.get())
    );
    let head = Head {
        title: &title,
        section: Some(Section::Economy),
        crumbs: crumbs(frame),
        is_live: false,
    };
    let beside = html! {
        @if view.found.reversed_by.is_some() { (tag(Tone::Info, "taken back")) }
        @if let Some(Ok(_)) = &view.preview { (opener("take-back", &html! { (icon(Icon::Undo)) "Take it back" }, "danger")) }
    };
    let lead = format!("Moved on {}.", frame.now.exact(record.at));
    let main = html! {
        (page_head(&title, &lead, &beside))
        (refusal(view))
        (section("movement", "What moved", &html! {}, &html! { div.card { (facts(frame, view)) } }))
        (ending(frame, view))
        (section("book", "In the journal", &html! {}, &html! {
            p.soft { "A movement is never changed or deleted. This is its name there, made from what asked for it, so that asking again moves nothing." }
            (code("The movement's name in the journal", &record.id))
        }))
        @if let Some(Ok(reversal)) = &view.preview { (asked(frame, view, reversal)) }
    };
    shell::page(frame, &head, &main)
}

/// The way back, for whom the lists are open to.
fn crumbs(frame: &Frame) -> Vec<(&'static str, String)> {
    if !frame.opens(Section::Economy) {
        return Vec::new();
    }
    vec![
        ("Economy", frame.at("/economy")),
        ("Movements", frame.at("/economy/transfers")),
    ]
}

fn refusal(view: &View) -> Markup {
    html! {
        @if let Some(words) = &view.refused {
            (notice(&Notice { tone: Tone::Danger, title: "It was not taken back.".to_owned(), text: words.clone(), action: None }))
        }
    }
}

fn facts(frame: &Frame, view: &View) -> Markup {
    let record = &view.found.record;
    html! {
        dl.facts.start {
            dt { "From" } dd { (party(&record.from, &view.names, frame)) }
            dt { "To" } dd { (party(&record.to, &view.names, frame)) }
            dt { "Coins" } dd { (Unit::Coins(view.symbol.clone()).whole(record.amount.get())) }
            dt { "What for" } dd { (kind_name(&record.kind)) }
            dt { "In their words" } dd dir="auto" { @if record.reason.is_empty() { span.soft { "nothing was said" } } @else { (record.reason) } }
            dt { "Asked for by" } dd { (cause(record)) }
            dt { "When" } dd { (moment::when(&frame.now, record.at)) }
        }
    }
}

/// What became of it since, or that it can't be taken back, and why.
fn ending(frame: &Frame, view: &View) -> Markup {
    let other = |place: i64, words: &str| {
        let href = frame.at(&format!("/economy/transfers/{place}"));
        html! { a href=(href) { (words) } }
    };
    html! {
        @if let Some(place) = view.found.reversed_by {
            p { "It was taken back by " (other(place, "a later movement")) ". Each is taken back once only." }
        }
        @if let Some(place) = view.found.reverses {
            p { "It takes back " (other(place, "an earlier movement")) "." }
        }
        @if let Some(Err(words)) = &view.preview {
            (notice(&Notice { tone: Tone::Info, title: "It can't be taken back now.".to_owned(), text: words.clone(), action: None }))
        }
    }
}

/// The question before it is taken back, with whom it touches and what they have afterwards.
fn asked(frame: &Frame, view: &View, reversal: &Reversal) -> Markup {
    let place = view.found.record.seq;
    let reason = Control::Line {
        value: "",
        length_max: REASON_LENGTH_MAX,
        is_needed: false,
    };
    dialog(&Dialog {
        id: "take-back",
        title: "Take this movement back?",
        body: html! {
            (effect(frame, view, reversal))
            p.soft { "It becomes a new movement that names this one. Both stay in the journal." }
            (field(&Field::of(REASON, "Why", reason).hint("Stands in the journal, for both sides to read.")))
        },
        action: frame.at(&format!("/economy/transfers/{place}/revert")),
        fields: Vec::new(),
        proof: &frame.proof,
        does: "Take it back",
        is_destructive: true,
    })
}

fn effect(frame: &Frame, view: &View, reversal: &Reversal) -> Markup {
    let unit = Unit::Coins(view.symbol.clone());
    let record = &reversal.receipt.record;
    let standings = final_standings(reversal);
    html! {
        p {
            (unit.whole(record.amount.get())) " go back from " (party(&record.from, &view.names, frame)) " to "
            (party(&record.to, &view.names, frame)) "."
        }
        @if !standings.is_empty() {
            ul.plain.outcome {
                @for standing in standings {
                    li {
                        span { (party(&economy::Party::Known(standing.name.clone()), &view.names, frame)) }
                        span.number { (grouped(standing.balance.get())) " afterwards" }
                    }
                }
            }
        }
        @if let Some(advance) = &reversal.advance {
            p { strong {
                "They have spent " (unit.whole(advance.record.amount.get())) " of it already. That is owed from now on, and "
                "paid back out of what they earn next."
            } }
        }
    }
}

/// What each account that stores a balance has in the end: of two receipts the later one counts.
fn final_standings(reversal: &Reversal) -> Vec<&Standing> {
    let mut last: Vec<&Standing> = Vec::new();
    let receipts: Vec<&Receipt> = reversal.advance.iter().chain([&reversal.receipt]).collect();
    for standing in receipts.iter().flat_map(|receipt| &receipt.standings) {
        last.retain(|known| known.name != standing.name);
        last.push(standing);
    }
    last
}
