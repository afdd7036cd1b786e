//! What a rule would have hit among the latest messages, before it is let loose on the next.

use app::flows::look_back::LookBack;
use chat::IncomingMessage;
use maud::{Markup, html};
use moderation::Verdict;

use super::{BACK, DO};
use crate::{
    components::{
        receipt::{Said, said},
        section,
        shell::Frame,
        tag::{Tone, tag},
    },
    moment,
    numbers::counted,
    pages::{
        case::hit,
        entry::{Names, member},
    },
};

/// The way to it, inside the form of the rule.
pub(super) fn asking() -> Markup {
    html! {
        fieldset.group {
            legend { "Look back" }
            p.lead { "On the latest messages of every channel, before anything is saved. Nothing is written, posted or kept." }
            p { button.button type="submit" name=(DO) value=(BACK) { "Look back" } }
        }
    }
}

/// What came of it.
pub(super) fn section(frame: &Frame, names: &Names, past: &LookBack) -> Markup {
    let beside = html! { span.soft { "as the rule stands below; nothing was saved or posted" } };
    let body = html! {
        div.card role="status" data-past {
            p.row {
                (verdict(past))
                span { (sum(frame, past)) }
            }
            @if past.left_out > 0 {
                p.soft { (many(past.left_out, "channel", "channels")) " could not be read, or would have been too many." }
            }
            p.soft { "What was removed already is not there any more, so it is not counted." }
        }
        @if past.hidden > 0 {
            p.soft { (past.hidden) " of the hits stand in channels that you can't read in Discord, and are not shown." }
        }
        @if !past.shown.is_empty() {
            ol.plain.queue { @for (message, verdict) in &past.shown { (one(frame, names, message, verdict)) } }
            @if past.shown.len() + past.hidden < past.hit {
                p.soft { "The newest " (past.shown.len()) " are shown." }
            }
        }
    };
    section::section("past", "What it would have hit", &beside, &body)
}

fn verdict(past: &LookBack) -> Markup {
    match (past.messages, past.hit) {
        (0, _) => tag(Tone::Warning, "nothing to look at"),
        (_, 0) => tag(Tone::Good, "nothing hit"),
        (_, hit) => tag(Tone::Info, &many(hit, "hit", "hits")),
    }
}

fn sum(frame: &Frame, past: &LookBack) -> Markup {
    let Some(since) = past.since else {
        return html! {
            @if past.left_out > 0 {
                "No message could be read: the bot may not read what was written, or Discord is busy. Look at its permissions, or try again in a moment."
            } @else {
                "Nobody has written anything yet."
            }
        };
    };
    html! {
        "Of " (many(past.messages, "message", "messages")) " in " (many(past.channels, "channel", "channels")) ", the oldest "
        (moment::when(&frame.now, since)) ", it would have hit " strong { (past.hit) }
        @if past.hit > 0 { " by " (many(past.people, "person", "people")) }
        "."
    }
}

fn one(frame: &Frame, names: &Names, message: &IncomingMessage, verdict: &Verdict) -> Markup {
    html! {
        li.card data-stop tabindex="0" {
            (said(&Said {
                who: html! {
                    (member(message.author, names, frame)) " in " (names.channel(message.channel)) ", "
                    (moment::when(&frame.now, message.id.made_at()))
                },
                text: Ok(message.text.clone()),
                is_trigger: true,
            }))
            @for found in &verdict.hits { (hit(found)) }
        }
    }
}

fn many(count: usize, one: &str, many: &str) -> String {
    counted(i64::try_from(count).unwrap_or(i64::MAX), one, many)
}
