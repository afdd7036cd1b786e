//! A decision of the rules, made again by today's rules or those of any revision.

use app::flows::replay::{ReplayError, Replayed, replay};
use audit::{Entry, Kind};
use maud::{Markup, html};
use platform::Revision;
use serde::Deserialize;

use super::View;
use crate::{
    components::{
        section::section,
        shell::Frame,
        tag::{Tone, tag},
    },
    pages::{Trouble, rules::said},
    room::Room,
};

/// What judges by the rules of today.
const TODAY: &str = "today";

/// By which rules it is to be made again; empty where it is not.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Again {
    rules: String,
}

/// What came of it: what the rules say, or why they can't be asked.
pub(crate) type Outcome = Result<Replayed, String>;

/// Whether a rule decided on a message.
pub(super) const fn can_be(entry: &Entry) -> bool {
    entry.rule.is_some() && matches!(entry.kind, Kind::Moderation)
}

/// Makes it again where that was asked for.
pub(super) async fn made(
    room: &Room,
    entry: &Entry,
    again: &Again,
) -> Result<Option<Outcome>, Trouble> {
    let revision = match again.rules.trim() {
        "" => return Ok(None),
        TODAY => None,
        text => match text
            .parse()
            .ok()
            .and_then(|number| Revision::new(number).ok())
        {
            Some(revision) => Some(revision),
            None => {
                let why = "A revision is a whole number above zero; the history of the settings lists them all.";
                return Ok(Some(Err(why.to_owned())));
            }
        },
    };
    match replay(room.core(), room.guild, entry, revision).await {
        Ok(replayed) => Ok(Some(Ok(replayed))),
        Err(ReplayError::Store(error)) => Err(room.trouble(&error)),
        Err(error) => Ok(Some(Err(format!("It was not judged again: {error}.")))),
    }
}

/// The way to it, and what came of it.
pub(super) fn again(frame: &Frame, view: &View) -> Markup {
    let body = html! {
        @if let Some(outcome) = &view.again {
            div.card role="status" data-again { (told(outcome)) }
        }
        div.row {
            (ask(frame, view, TODAY, "By the rules of today"))
            @if let Some(revision) = view.entry.config_revision {
                (ask(frame, view, &revision.to_string(), &format!("By those of then, revision {revision}")))
            }
        }
        p.soft.small { "Nothing is written or posted, and no model is asked. Rules that count messages see this one alone." }
    };
    section("again", "Judge it again", &html! {}, &body)
}

fn ask(frame: &Frame, view: &View, rules: &str, words: &str) -> Markup {
    let address = frame.at(&format!("/why/{}?rules={rules}#again", view.entry.id));
    html! { a.button href=(address) { (words) } }
}

fn told(outcome: &Outcome) -> Markup {
    let replayed = match outcome {
        Ok(replayed) => replayed,
        Err(why) => return html! { p { (why) } },
    };
    html! {
        p.row {
            @if replayed.agrees { (tag(Tone::Good, "the same rule hits")) } @else { (tag(Tone::Warning, "decided otherwise")) }
            @match replayed.revision {
                Some(revision) => span { "by the rules of revision " (revision) },
                None => span { "by the rules that a server begins with" },
            }
        }
        (said(&replayed.verdict))
    }
}
