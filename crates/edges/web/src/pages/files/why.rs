//! Decisions as a file, as far as the viewer may see each of them.

use audit::{ActorSeen, Cursor, Entry, Kind, Words};
use store::Tx;

use super::{Met, PART};
use crate::{
    csv::{self, Line, Lines, Part},
    pages::{
        entry,
        why::{self, Asked},
    },
    query::Wanted,
    room::{Answer, Room},
};

const DECISIONS: &[&str] = &[
    "decision",
    "at",
    "kind",
    "action",
    "outcome",
    "actor",
    "actor_id",
    "about",
    "about_id",
    "set_off_by",
    "set_off_by_id",
    "channel",
    "message",
    "rule",
    "case",
    "revision",
    "because",
    "words",
    "answer",
    "cost_micros",
    "currency",
];
/// In place of words that are there and not the viewer's to read.
const WITHHELD: &str = "(not yours to see)";
/// In place of words that are kept no longer.
const GONE: &str = "(no longer kept)";

/// `GET /dashboard/guilds/{guild_id}/why.csv`
pub(crate) async fn decisions(room: Room, Wanted(asked): Wanted<Asked>) -> Answer {
    let asked = asked.sensible(&room.now);
    let own = room.clone();
    csv::file(&room, "decisions", DECISIONS, move |from| {
        part(own.clone(), asked.clone(), from)
    })
    .await
}

async fn part(room: Room, asked: Asked, from: Option<(Cursor, Met)>) -> Part<(Cursor, Met)> {
    let (guild, eyes, filter) = (room.guild, room.eyes(), why::filter(&room, &asked));
    let (cursor, mut met) = match from {
        Some((cursor, met)) => (Some(cursor), met),
        None => (None, Met::default()),
    };
    let read = move |tx: &mut Tx<'_>| audit::search_seen(tx, guild, &eyes, &filter, cursor, PART);
    let found = room.read("web.why", read).await?;
    let entries = if asked.kind == Kind::Access.name() {
        found.entries
    } else {
        entry::without_echoes(found.entries)
    };
    met.meet(&room, entry::people(&entries)).await;
    let mut lines = Lines::default();
    for one in &entries {
        add(&mut lines, one, &met);
    }
    Ok((lines, found.next.map(|next| (next, met))))
}

fn add(lines: &mut Lines, entry: &Entry, met: &Met) {
    lines.line(|line| {
        line.plain(entry.id).moment(entry.at);
        line.text(entry.kind.name())
            .text(&entry.action)
            .text(entry.outcome.name());
        actor(line, &entry.actor, met);
        met.cells(line, entry.subject);
        met.cells(line, entry.trigger.user);
        line.maybe(entry.trigger.channel)
            .maybe(entry.trigger.message);
        line.text(entry.rule.as_deref().unwrap_or_default());
        line.maybe(entry.case).maybe(entry.config_revision);
        for words in [&entry.reasoning, &entry.input.content, &entry.answer] {
            line.text(words.as_ref().map_or("", told));
        }
        line.maybe(entry.cost.as_ref().map(|cost| cost.micros));
        line.text(
            entry
                .cost
                .as_ref()
                .map_or("", |cost| cost.currency.as_str()),
        );
    });
}

fn actor(line: &mut Line<'_>, actor: &ActorSeen, met: &Met) {
    match actor {
        ActorSeen::Member(user) => met.cells(line, *user),
        ActorSeen::Token(name) => {
            line.text(name).plain("");
        }
        ActorSeen::System => {
            line.text("Guildhall").plain("");
        }
    }
}

fn told(words: &Words) -> &str {
    match &words.text {
        audit::Kept::Here(text) => text,
        audit::Kept::Gone => GONE,
        audit::Kept::Withheld => WITHHELD,
    }
}
