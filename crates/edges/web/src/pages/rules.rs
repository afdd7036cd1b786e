//! What do my rules do: each with what sets it off, whether it acts, and how often it hit; and a message to try them on.

use app::flows::trial::{self, TryText};
use audit::{Outcome, RuleTally};
use kernel::{ChannelId, Timestamp, UserId};
use maud::{Markup, html};
use moderation::{Rule, TEXT_LENGTH_MAX, Verdict};
use store::Tx;

use super::{
    Trouble,
    case::hit,
    order::{actions, mode, tabs, trigger},
    settings,
};
use crate::{
    components::{
        empty::Empty,
        form::{Control, Field, field},
        icon::Icon,
        section::page_head,
        shell::{self, Frame, Head, Section},
        table::{Rows, Table, number, table, text},
        tag::{Tone, tag},
    },
    moment,
    numbers::grouped,
    room::{Answer, Room},
    sent::Sent,
    settings::rules::SORTS,
};

/// Days over which hits are counted.
const DAYS: i64 = 7;
/// The fields of the console.
const TEXT: &str = "text";
const MEMBER: &str = "member";
const CHANNEL: &str = "channel";

/// What the list shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) rules: Vec<Rule>,
    pub(crate) hits: Vec<RuleTally>,
    pub(crate) waiting: u64,
}

/// What the console shows.
#[derive(Debug, Clone)]
pub(crate) struct TryView {
    pub(crate) sent: Sent,
    /// What the rules say; nothing before anything was tried.
    pub(crate) verdict: Option<Verdict>,
    /// How many rules there are.
    pub(crate) rules: usize,
    pub(crate) waiting: u64,
    pub(crate) channels: Vec<(String, String)>,
}

/// `GET /dashboard/guilds/{guild_id}/moderation/rules`
pub(crate) async fn show(room: Room) -> Answer {
    room.page(load(&room), page).await
}

async fn load(room: &Room) -> Result<View, Trouble> {
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let (guild, now) = (room.guild, room.now.at);
    let since = room.now.midnight(DAYS - 1);
    let read = move |tx: &mut Tx<'_>| {
        let hits = audit::rule_tally(tx, guild, since, now)?;
        Ok((hits, moderation::waiting_count(tx, guild)?))
    };
    let (hits, waiting) = room.read("dashboard.rules", read).await?;
    Ok(View {
        rules: config.settings.moderation.rules.clone(),
        hits,
        waiting,
    })
}

/// `GET /dashboard/guilds/{guild_id}/moderation/try`
pub(crate) async fn console(room: Room) -> Answer {
    room.page(tried(&room, Sent::default()), try_page).await
}

/// `POST /dashboard/guilds/{guild_id}/moderation/try`
pub(crate) async fn try_text(room: Room, sent: Sent) -> Answer {
    room.page(tried(&room, sent), try_page).await
}

async fn tried(room: &Room, sent: Sent) -> Result<TryView, Trouble> {
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let guild = room.guild;
    let count = move |tx: &mut Tx<'_>| moderation::waiting_count(tx, guild);
    let waiting = room.read("dashboard.try", count).await?;
    let verdict = match asked(&sent) {
        Some(asked) => {
            let verdict = trial::try_text(room.core(), guild, asked).await;
            Some(verdict.map_err(|error| room.trouble(&error))?)
        }
        None => None,
    };
    let rules = config.settings.moderation.rules.iter();
    Ok(TryView {
        sent,
        verdict,
        rules: rules.filter(|rule| rule.enabled).count(),
        waiting,
        channels: settings::channels(room),
    })
}

/// What is to be tried; nothing where no text was sent.
pub(crate) fn asked(sent: &Sent) -> Option<TryText> {
    let content = sent.one(TEXT).filter(|text| !text.trim().is_empty())?;
    let id = |name: &str| sent.one(name).and_then(|text| text.trim().parse().ok());
    let user: Option<UserId> = id(MEMBER);
    let channel: Option<ChannelId> = sent.one(CHANNEL).and_then(|text| text.parse().ok());
    Some(TryText {
        content: content.chars().take(TEXT_LENGTH_MAX).collect(),
        user,
        channel,
    })
}

/// The list.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let head = Head {
        title: "Rules",
        section: Some(Section::Moderation),
        crumbs: vec![("Moderation", frame.at("/moderation"))],
        is_live: false,
    };
    let lead = "What the bot looks for in every message of a member, in this order. A new rule watches in the shadow first.";
    let main = html! {
        (page_head("Rules", lead, &html! {}))
        (tabs(frame, "/rules", view.waiting))
        section.section aria-labelledby="rules-title" {
            h2.unseen id="rules-title" { "Rules" }
            (list(frame, view))
        }
        @if frame.may_write { (sorts(frame)) }
    };
    shell::page(frame, &head, &main)
}

/// How often a rule hit, and when it last did.
struct Hits {
    acted: u64,
    watched: u64,
    last_at: Option<Timestamp>,
}

fn hits(view: &View, rule: &Rule) -> Hits {
    let of = view.hits.iter().filter(|one| one.rule == rule.id);
    let none = Hits {
        acted: 0,
        watched: 0,
        last_at: None,
    };
    of.fold(none, |mut sum, one| {
        match one.outcome {
            Outcome::Suppressed => sum.watched += one.count,
            Outcome::Executed | Outcome::Error | Outcome::Pending => sum.acted += one.count,
        }
        sum.last_at = sum.last_at.max(Some(one.last_at));
        sum
    })
}

fn list(frame: &Frame, view: &View) -> Markup {
    let many = |count: u64| grouped(i64::try_from(count).unwrap_or(i64::MAX));
    let row = |rule: &Rule| {
        let hits = hits(view, rule);
        vec![
            html! { a.whole href=(address(frame, &rule.id)) data-stop { (rule.title()) } },
            mode(rule),
            html! { (trigger(&rule.trigger)) },
            html! { (actions(&rule.actions)) },
            html! { (many(hits.acted)) },
            html! { (many(hits.watched)) },
            html! { @if let Some(at) = hits.last_at { (moment::when(&frame.now, at)) } @else { span.faint { "–" } } },
        ]
    };
    let nothing = Empty {
        icon: Icon::Shield,
        title: "No rule yet",
        text: "Choose below what to look for. A new rule only watches, until you have seen whom it would hit.",
        actions: Vec::new(),
    };
    table(&Table {
        id: "rules",
        caption: "Rules in the order in which they are applied, with their hits in 7 days",
        columns: &[
            text("Rule"),
            text("State"),
            text("Looks for"),
            text("And"),
            number("Acted, 7 days"),
            number("Would have"),
            text("Last"),
        ],
        rows: if view.rules.is_empty() {
            Rows::Empty(nothing)
        } else {
            Rows::Here(view.rules.iter().map(row).collect())
        },
        is_whole: false,
        first: None,
        next: None,
    })
}

/// The page of a rule.
pub(crate) fn address(frame: &Frame, id: &str) -> String {
    frame.at(&format!("/moderation/rules/{id}"))
}

fn sorts(frame: &Frame) -> Markup {
    html! {
        section.section aria-labelledby="new-title" {
            header { h2 id="new-title" { "A new rule about" } }
            ul.plain.tiles {
                @for sort in &SORTS {
                    li {
                        a.tile href=(frame.at(&format!("/moderation/new-rule?kind={}", sort.kind))) data-stop {
                            strong { (sort.title) }
                            span.soft { (sort.about) }
                        }
                    }
                }
            }
        }
    }
}

/// The console.
pub(crate) fn try_page(frame: &Frame, view: &TryView) -> Markup {
    let head = Head {
        title: "Try a message",
        section: Some(Section::Moderation),
        crumbs: vec![("Moderation", frame.at("/moderation"))],
        is_live: false,
    };
    let lead = "What the rules would say of a message. Nothing is written, posted or counted.";
    let main = html! {
        (page_head("Try a message", lead, &html! {}))
        (tabs(frame, "/try", view.waiting))
        div.columns {
            section.section aria-labelledby="message-title" {
                h2 id="message-title" { "The message" }
                form.form method="post" action=(frame.at("/moderation/try")) {
                    (frame.proof.fields())
                    (fields(view))
                    div.row { button.button.main type="submit" { "Try it" } }
                }
            }
            section.section aria-labelledby="verdict-title" {
                h2 id="verdict-title" { "What the rules say" }
                div.card role="status" { (outcome(view)) }
            }
        }
    };
    shell::page(frame, &head, &main)
}

fn fields(view: &TryView) -> Markup {
    let channel = view.sent.one(CHANNEL).unwrap_or_default();
    let mut channels = vec![("", "Nowhere in particular")];
    channels.extend(
        view.channels
            .iter()
            .map(|(id, name)| (id.as_str(), name.as_str())),
    );
    html! {
        (sample(view.sent.one(TEXT).unwrap_or_default(), "As a member would write it."))
        (field(&Field::of(CHANNEL, "Where", Control::Choice { value: channel, options: channels })))
        (field(&Field::of(MEMBER, "Who writes it", Control::Line {
            value: view.sent.one(MEMBER).unwrap_or_default(),
            length_max: 20,
            is_needed: false,
        }).hint("A member's id; empty for an ordinary member.")))
    }
}

/// The field of a message that is tried.
pub(crate) fn sample(value: &str, hint: &str) -> Markup {
    let lines = Control::Lines {
        value,
        length_max: TEXT_LENGTH_MAX,
    };
    field(&Field::of(TEXT, "Message", lines).hint(hint))
}

fn outcome(view: &TryView) -> Markup {
    match &view.verdict {
        None if view.rules == 0 => {
            html! { p.soft { "There is no rule that is on, so nothing would happen to any message." } }
        }
        None => {
            html! { p.soft { "Write a message, then try it: every rule that would hit stands here, with the words that set it off." } }
        }
        Some(verdict) => said(verdict),
    }
}

/// A verdict in words.
pub(crate) fn said(verdict: &Verdict) -> Markup {
    html! {
        @if verdict.hits.is_empty() {
            p.row { (tag(Tone::Good, "nothing hits")) span { "The message would stay as it is." } }
        } @else {
            @if verdict.actions.is_empty() {
                p.row { strong { "Nothing is done: what hits only watches." } }
            } @else {
                p.row { strong { "Together: " (actions(&verdict.actions)) "." } }
            }
            @for one in &verdict.hits { (hit(one)) }
        }
        @for ask in &verdict.asks {
            p.soft { "A model would be asked besides, by “" (ask.name) "”. It is not asked here." }
        }
    }
}
