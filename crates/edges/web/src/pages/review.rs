//! What waits for me: held messages, the oldest first, each given back or left away with one key.

use app::flows::{cases, undo};
use axum::response::{IntoResponse, Redirect};
use kernel::UserId;
use maud::{Markup, html};
use moderation::{CaseError, Waiting};
use store::{DbError, Tx};

use super::{
    Trouble,
    case::{Which, gone, hit},
    entry::{Names, member},
    order::{self, tabs},
    undo::reach,
};
use crate::{
    components::{
        empty::{Empty, empty},
        icon::{Icon, icon},
        key::key,
        receipt::{Said, said},
        section::{live, page_head},
        shell::{self, Frame, Head, Section},
    },
    did::Did,
    moment,
    numbers::counted,
    query::Named,
    room::{Answer, Room},
    sent::Sent,
};

/// Messages that are shown at once.
const SHOWN: u32 = 50;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) waiting: Vec<Waiting>,
    /// How many wait in all.
    pub(crate) count: u64,
    pub(crate) names: Names,
}

/// `GET /dashboard/guilds/{guild_id}/moderation/review`
pub(crate) async fn show(room: Room) -> Answer {
    room.page(load(&room), page).await
}

/// `POST /dashboard/guilds/{guild_id}/moderation/review/{number}/back`
pub(crate) async fn give_back(room: Room, Named(which): Named<Which>, sent: Sent) -> Answer {
    let number = admitted(&room, &which)?;
    let op = room.op(&format!("review/{number}/back"), &sent)?;
    let done = undo::give_back(room.core(), op, number, reach(&room)?).await;
    done.map_err(|error| gone(&room, &error))?;
    Ok(next(&room, Did::GivenBack(number)))
}

/// `POST /dashboard/guilds/{guild_id}/moderation/review/{number}/away`
pub(crate) async fn leave_away(room: Room, Named(which): Named<Which>, sent: Sent) -> Answer {
    let number = admitted(&room, &which)?;
    let op = room.op(&format!("review/{number}/away"), &sent)?;
    let done = cases::leave_away(room.core(), op, number).await;
    done.map_err(|error| gone(&room, &error))?;
    Ok(next(&room, Did::LeftAway(number)))
}

fn admitted(room: &Room, which: &Which) -> Result<i64, Trouble> {
    if !room.standing().keeps_cases {
        return Err(Trouble::NotAllowed);
    }
    which.number()
}

fn next(room: &Room, did: Did) -> axum::response::Response {
    let to = format!("/moderation/review?{}", did.query());
    Redirect::to(&room.at(&to)).into_response()
}

async fn load(room: &Room) -> Result<View, Trouble> {
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| {
        let waiting = moderation::waiting(tx, guild, SHOWN).map_err(stored)?;
        Ok((waiting, moderation::waiting_count(tx, guild)?))
    };
    let (waiting, count) = room.read("dashboard.review", read).await?;
    let people: Vec<UserId> = waiting
        .iter()
        .flat_map(|one| order::people(&one.case))
        .collect();
    Ok(View {
        names: room.names(people).await,
        waiting,
        count,
    })
}

/// A held message always has its case, so nothing but the database can fail.
fn stored(error: CaseError) -> DbError {
    match error {
        CaseError::Store(error) => error,
        other => DbError::Rejected {
            statement: "moderation.waiting_list".to_owned(),
            reason: other.to_string(),
        },
    }
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "To review",
        section: Some(Section::Moderation),
        crumbs: vec![("Moderation", frame.at("/moderation"))],
        is_live: false,
    };
    let lead = match view.count {
        0 => "Nothing waits. Rules that hold messages put them here.".to_owned(),
        count => format!(
            "{} held by rules, the oldest first. Nobody sees them until you decide.",
            counted(
                i64::try_from(count).unwrap_or(i64::MAX),
                "message",
                "messages"
            )
        ),
    };
    let main = html! {
        (page_head("To review", &lead, &html! {}))
        (tabs(frame, "/review", view.count))
        @if !view.waiting.is_empty() && frame.keeps_cases { (hints()) }
        section.section aria-labelledby="queue-title" {
            h2.unseen id="queue-title" { "Held messages" }
            (live("queue", &queue(frame, view)))
        }
    };
    shell::page(frame, &head, &main)
}

fn hints() -> Markup {
    html! {
        p.row.soft.small.only-keyboard {
            span { (key("j")) " " (key("k")) " next and back" }
            span { (key("b")) " give back" }
            span { (key("x")) " leave away" }
        }
    }
}

fn queue(frame: &Frame, view: &View) -> Markup {
    if view.waiting.is_empty() {
        return empty(&Empty {
            icon: Icon::Check,
            title: "Nothing to review",
            text: "A rule whose action is “hold for review” takes a message away and puts it here, for a person to decide.",
            actions: vec![("Rules", frame.at("/moderation/rules"))],
        });
    }
    html! {
        ol.plain.queue { @for one in &view.waiting { (item(frame, view, one)) } }
    }
}

fn item(frame: &Frame, view: &View, one: &Waiting) -> Markup {
    let number = one.case.number;
    html! {
        li.card tabindex="0" data-stop data-item aria-label={ "Held message, case " (number) } {
            (said(&Said {
                who: html! {
                    (member(one.held.user, &view.names, frame)) " in " (view.names.channel(one.held.channel)) ", "
                    (moment::when(&frame.now, one.case.at))
                },
                text: Ok(one.held.text.clone()),
                is_trigger: true,
            }))
            @for found in &one.case.hits { (hit(found)) }
            div.row.apart {
                a href=(frame.at(&format!("/moderation/cases/{number}"))) { "Case " (number) }
                @if frame.keeps_cases {
                    div.row {
                        (act(frame, number, "away", "x", &html! { "Leave it away" }))
                        (act(frame, number, "back", "b", &html! { (icon(Icon::Undo)) "Give it back" }))
                    }
                }
            }
        }
    }
}

fn act(frame: &Frame, number: i64, what: &str, letter: &str, words: &Markup) -> Markup {
    html! {
        form method="post" action=(frame.at(&format!("/moderation/review/{number}/{what}"))) {
            (frame.proof.fields())
            button.button type="submit" data-key=(letter) aria-keyshortcuts=(letter) { (words) }
        }
    }
}
