//! One row of a queue: what it is, why it failed, what trying it again or giving it up would do, and the deed.

use std::collections::BTreeMap;

use app::{
    SeenLetter,
    flows::letters::{Decide, Verdict, decide},
};
use axum::response::{IntoResponse, Redirect};
use kernel::GuildId;
use maud::{Markup, html};
use store::letters::{LetterState, Queue, What};

use super::{
    head,
    jobs::{letter_at, what, whose},
};
use crate::{
    components::{
        icon::{Icon, icon},
        notice::{Notice, notice},
        section::page_head,
        shell::{self, Frame, Section},
        tag::{Tone, tag},
    },
    console::Console,
    did::Did,
    moment,
    numbers::grouped,
    pages::Trouble,
    query::Named,
    room::Answer,
    sent::Sent,
};

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) queue: Queue,
    pub(crate) seen: SeenLetter,
    pub(crate) servers: BTreeMap<GuildId, String>,
}

/// `GET /dashboard/operator/jobs/{queue}/{letter_id}`
pub(crate) async fn show(console: Console, Named(asked): Named<(String, String)>) -> Answer {
    let (queue, id) = read(&asked)?;
    console.page(load(&console, queue, id), page).await
}

/// `POST /dashboard/operator/jobs/{queue}/{letter_id}/retry`
pub(crate) async fn retry(
    console: Console,
    Named(asked): Named<(String, String)>,
    sent: Sent,
) -> Answer {
    decided(&console, read(&asked)?, &sent, Verdict::Again).await
}

/// `POST /dashboard/operator/jobs/{queue}/{letter_id}/give-up`
pub(crate) async fn give_up(
    console: Console,
    Named(asked): Named<(String, String)>,
    sent: Sent,
) -> Answer {
    decided(&console, read(&asked)?, &sent, Verdict::GiveUp).await
}

/// The queue and the row that an address names.
fn read((queue, id): &(String, String)) -> Result<(Queue, i64), Trouble> {
    let queue = Queue::of_name(queue);
    let id = id.parse().ok();
    queue.zip(id).ok_or(Trouble::NoPage)
}

async fn decided(
    console: &Console,
    (queue, id): (Queue, i64),
    sent: &Sent,
    verdict: Verdict,
) -> Answer {
    let (deed, did) = match verdict {
        Verdict::Again => ("retry", Did::TriedAgain),
        Verdict::GiveUp => ("give-up", Did::GivenUp),
    };
    let op = console.op(&format!("jobs/{}/{id}/{deed}", queue.name()), sent)?;
    let command = Decide { queue, id, verdict };
    let done = decide(console.core(), op, command).await;
    done.map_err(|error| console.trouble(&error))?;
    let to = console.at(&format!("/jobs?{}", did.query()));
    Ok(Redirect::to(&to).into_response())
}

async fn load(console: &Console, queue: Queue, id: i64) -> Result<View, Trouble> {
    let core = console.core();
    let found = core.letter(queue, id).await;
    let found = found.map_err(|error| console.trouble(&error))?;
    let seen = found.ok_or(Trouble::NoPage)?;
    let named = seen
        .guild
        .and_then(|guild| Some((guild, core.guilds().known(guild)?.name)));
    Ok(View {
        queue,
        servers: named.into_iter().collect(),
        seen,
    })
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let title = what(&view.seen);
    let mut head = head(frame, &title, Section::Jobs);
    head.crumbs.push(("Jobs", frame.at(Section::Jobs.place())));
    let main = html! {
        (page_head(&title, lead(view), &html! {}))
        @if let Some(error) = &view.seen.letter.error {
            (notice(&Notice {
                tone: if is_dead(view) { Tone::Danger } else { Tone::Warning },
                title: "Why it failed the last time".to_owned(),
                text: error.clone(),
                action: None,
            }))
        }
        div.card { (about(frame, view)) }
        @if is_dead(view) { (choices(frame, view)) }
    };
    shell::page(frame, &head, &main)
}

fn is_dead(view: &View) -> bool {
    view.seen.letter.state == LetterState::Dead
}

fn lead(view: &View) -> &'static str {
    if is_dead(view) {
        "It failed for good: nothing more is tried by itself."
    } else {
        "It waits, or is under way. Nothing is to be done: it is tried again by itself."
    }
}

fn about(frame: &Frame, view: &View) -> Markup {
    let letter = &view.seen.letter;
    html! {
        dl.facts.start {
            dt { "State" } dd {
                @if is_dead(view) { (tag(Tone::Danger, "failed for good")) } @else { (tag(Tone::Info, "waiting or under way")) }
            }
            @match &letter.what {
                What::Job { kind, .. } => {
                    dt { "Kind" } dd { code { (kind) } }
                    dt { "Key" } dd { (whose(frame, &view.seen, &view.servers)) }
                },
                What::Effect { event, .. } => {
                    dt { "Server" } dd { (whose(frame, &view.seen, &view.servers)) }
                    dt { "Because of" } dd { code { (event) } }
                },
            }
            dt { "Tries" } dd { (grouped(letter.attempts)) }
            dt { "Written down" } dd { (moment::when(&frame.now, letter.at)) }
            dt { @if is_dead(view) { "Failed" } @else { "Next try" } } dd { (moment::when(&frame.now, letter.due_at)) }
            @if let Some(until) = view.seen.until {
                dt { "Can be tried until" } dd { (moment::day_and_clock(&frame.now, until)) }
            }
        }
    }
}

fn choices(frame: &Frame, view: &View) -> Markup {
    let at = letter_at(frame, view.queue, view.seen.letter.id);
    html! {
        div.columns {
            @if view.seen.can_retry {
                section.card aria-labelledby="retry-title" {
                    h2 id="retry-title" { "Try it again" }
                    p { (again_words(view)) }
                    form method="post" action={ (at) "/retry" } {
                        (frame.proof.fields())
                        button.button.main type="submit" { (icon(Icon::Undo)) "Try it again" }
                    }
                }
            } @else {
                section.card aria-labelledby="retry-title" {
                    h2 id="retry-title" { "It can't be tried again" }
                    p {
                        "An answer to a command can be given for a quarter of an hour. What anything else said is kept for a \
                         day, and then forgotten, for it may be a member's words."
                    }
                }
            }
            section.card aria-labelledby="give-up-title" {
                h2 id="give-up-title" { "Give it up" }
                p { (give_up_words(view.queue)) }
                form method="post" action={ (at) "/give-up" } {
                    (frame.proof.fields())
                    button.button.danger type="submit" { "Give it up" }
                }
            }
        }
    }
}

const fn again_words(view: &View) -> &'static str {
    match view.queue {
        Queue::Effects => {
            "It is sent to Discord within a second, with as many tries as at first. Put right what stood in the way before, \
             such as the bot's role. The decision that it belongs to waits for it again."
        }
        Queue::Jobs => {
            "It runs within a second, with as many tries as at first. A job that had done a part of its work does not do \
             that part twice."
        }
    }
}

const fn give_up_words(queue: Queue) -> &'static str {
    match queue {
        Queue::Effects => {
            "It goes from this list and is never sent. The decision that it belongs to goes on saying that it failed, and \
             why."
        }
        Queue::Jobs => {
            "It goes from this list and is not done. Recurring work comes again at its next time by itself; anything else \
             stays undone."
        }
    }
}
