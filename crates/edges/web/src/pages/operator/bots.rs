//! Are the bots connected: each with its state, the reason and what to do about it, and its shards.

use app::installation::{Bot, Connection, Shard};
use kernel::Timestamp;
use maud::{Markup, html};

use super::head;
use crate::{
    components::{
        empty::{Empty, empty},
        icon::Icon,
        notice::{Notice, notice},
        section::page_head,
        shell::{self, Frame, Section},
        table::{Rows, Table, number, table, text},
        tag::{Tone, tag},
    },
    console::Console,
    numbers::{counted, grouped, lasting, took},
    room::Answer,
};

/// Fewer new sessions than this are worth a warning: Discord resets the token of a bot that begins too many.
const SESSIONS_FEW: u32 = 100;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) bots: Vec<Bot>,
}

/// `GET /dashboard/operator/bots`
pub(crate) async fn show(console: Console) -> Answer {
    let view = async {
        Ok(View {
            bots: console.installation().bots(),
        })
    };
    console.page(view, page).await
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let main = html! {
        (page_head("Bots", &lead(&view.bots), &html! {}))
        @if view.bots.is_empty() {
            section.section aria-labelledby="no-bot" { h2.unseen id="no-bot" { "Bots" } (nothing(frame)) }
        }
        @for (place, bot) in view.bots.iter().enumerate() { (one(frame, place, bot)) }
    };
    shell::page(frame, &head(frame, "Bots", Section::Bots), &main)
}

fn lead(bots: &[Bot]) -> String {
    let down = bots.iter().filter(|bot| bot.state != Connection::Live);
    match (bots.len(), down.count()) {
        (0, _) => "Nobody answers in Discord.".to_owned(),
        (1, 0) => "The bot is connected and answers.".to_owned(),
        (_, 0) => "All bots are connected and answer.".to_owned(),
        (1, _) => "The bot is not as it should be.".to_owned(),
        (all, down) => format!("{down} of {all} bots are not as they should be."),
    }
}

fn nothing(frame: &Frame) -> Markup {
    empty(&Empty {
        icon: Icon::Bolt,
        title: "No bot is configured",
        text: "Set GUILDHALL_DISCORD_TOKEN to your bot's token, from Discord's developer portal under Bot, then restart.",
        actions: vec![("Settings", frame.at(Section::Versions.place()))],
    })
}

/// What a bot is called, also before Discord has said it.
pub(super) fn called(bot: &Bot) -> &str {
    if bot.name.is_empty() {
        "A bot that Discord has not named yet"
    } else {
        &bot.name
    }
}

fn one(frame: &Frame, place: usize, bot: &Bot) -> Markup {
    html! {
        section.section aria-labelledby={ "bot-" (place) } {
            header {
                h2 id={ "bot-" (place) } dir="auto" { (called(bot)) }
                div.row { (state(&bot.state)) span.soft { "for " (for_how_long(frame, bot.since)) } }
            }
            @for trouble in &bot.troubles {
                (notice(&Notice {
                    tone: tone(&bot.state),
                    title: sentence(&trouble.reason),
                    text: trouble.remedy.clone(),
                    action: None,
                }))
            }
            div.card { (facts(bot)) }
            (shards(frame, place, bot))
        }
    }
}

/// A reason as a sentence of its own.
fn sentence(reason: &str) -> String {
    let mut letters = reason.trim_end_matches('.').chars();
    let first = letters.next().map(char::to_uppercase);
    let first: String = first.into_iter().flatten().collect();
    format!("{first}{}.", letters.as_str())
}

fn facts(bot: &Bot) -> Markup {
    html! {
        dl.facts.start {
            dt { "Application" } dd {
                @if let Some(application) = bot.application { (application) } @else { "not known yet" }
            }
            dt { "Commands" } dd { @if bot.has_commands { "registered" } @else { "not registered yet" } }
            dt { "New sessions left" } dd {
                @match bot.sessions_left {
                    Some(left) => {
                        (grouped(i64::from(left))) " today"
                        @if left < SESSIONS_FEW { " " (tag(Tone::Warning, "few")) }
                    },
                    None => span.soft { "Discord has not said" },
                }
            }
            @if bot.unread > 0 {
                dt { "Not understood" } dd {
                    (counted(i64::try_from(bot.unread).unwrap_or(i64::MAX), "event", "events")) " since the start; the log names them"
                }
            }
        }
    }
}

fn shards(frame: &Frame, place: usize, bot: &Bot) -> Markup {
    let line = |shard: &Shard| {
        vec![
            html! { "Shard " (shard.number) },
            html! { div.two { div.tags { (state(&shard.state)) } @if let Some(reason) = reason(&shard.state) { span.soft { (reason) } } } },
            html! { (for_how_long(frame, shard.since)) },
            match shard.heartbeat {
                Some(latency) => html! { (took(latency)) },
                None => html! { span.soft { "none yet" } },
            },
            html! { (grouped(i64::try_from(shard.begun).unwrap_or(i64::MAX))) },
            html! { (grouped(i64::try_from(shard.resumed).unwrap_or(i64::MAX))) },
        ]
    };
    let id = format!("shards-{place}");
    html! {
        @if bot.shards.is_empty() {
            p.soft { "Discord has not said yet how many shards it wants." }
        } @else {
            (table(&Table {
                id: &id,
                caption: "Shards",
                columns: &[
                    text("Shard"),
                    text("State"),
                    text("For"),
                    number("Heartbeat"),
                    number("Begun anew"),
                    number("Taken up again"),
                ],
                rows: Rows::Here(bot.shards.iter().map(line).collect()),
                is_whole: true,
                first: None,
                next: None,
            }))
        }
    }
}

fn for_how_long(frame: &Frame, since: Timestamp) -> Markup {
    html! { time datetime=(since.to_string()) title=(frame.now.exact(since)) { (lasting(frame.now.at.since(since))) } }
}

pub(super) const fn tone(state: &Connection) -> Tone {
    match state {
        Connection::Live => Tone::Good,
        Connection::Starting => Tone::Info,
        Connection::Degraded(_) => Tone::Warning,
        Connection::Failed(_) => Tone::Danger,
    }
}

fn state(state: &Connection) -> Markup {
    let words = match state {
        Connection::Starting => "starting",
        Connection::Live => "live",
        Connection::Degraded(_) => "degraded",
        Connection::Failed(_) => "stopped",
    };
    tag(tone(state), words)
}

fn reason(state: &Connection) -> Option<&str> {
    match state {
        Connection::Starting | Connection::Live => None,
        Connection::Degraded(reason) | Connection::Failed(reason) => Some(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn a_reason_becomes_a_sentence() {
        assert_eq!(sentence("the token is old"), "The token is old.");
        assert_eq!(sentence("Éa."), "Éa.");
        assert_eq!(sentence(""), ".");
    }
}
