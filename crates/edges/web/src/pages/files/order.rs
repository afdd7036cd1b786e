//! Cases as a file.

use moderation::Case;
use store::Tx;

use super::{Met, PART};
use crate::{
    csv::{self, Lines, Part},
    pages::{cases::Asked, order},
    query::Wanted,
    room::{Answer, Room},
};

const CASES: &[&str] = &[
    "case",
    "at",
    "kind",
    "state",
    "member",
    "member_id",
    "moderator",
    "moderator_id",
    "opened_by",
    "rule",
    "reason",
    "points",
    "until",
    "taken_back_by",
    "taken_back_at",
    "taken_back_because",
];

/// `GET /dashboard/guilds/{guild_id}/moderation/cases.csv`
pub(crate) async fn cases(room: Room, Wanted(asked): Wanted<Asked>) -> Answer {
    let asked = asked.settled(&room).await;
    let own = room.clone();
    csv::file(&room, "cases", CASES, move |from| {
        part(own.clone(), asked.clone(), from)
    })
    .await
}

async fn part(room: Room, asked: Asked, from: Option<(i64, Met)>) -> Part<(i64, Met)> {
    let (guild, filter) = (room.guild, asked.filter());
    let (before, mut met) = match from {
        Some((before, met)) => (Some(before), met),
        None => (None, Met::default()),
    };
    let read = move |tx: &mut Tx<'_>| moderation::case_search(tx, guild, &filter, before, PART);
    let found = room.read("dashboard.cases", read).await?;
    met.meet(&room, found.cases.iter().flat_map(order::people))
        .await;
    let mut lines = Lines::default();
    for case in &found.cases {
        add(&mut lines, case, &met);
    }
    Ok((lines, found.next.map(|next| (next, met))))
}

fn add(lines: &mut Lines, case: &Case, met: &Met) {
    lines.line(|line| {
        line.plain(case.number).moment(case.at);
        line.text(case.kind.name()).text(case.state.name());
        met.cells(line, Some(case.user));
        met.cells(line, case.moderator);
        line.text(&case.opened_by);
        line.text(case.rule_id.as_deref().unwrap_or_default());
        line.text(&case.reason).plain(case.points).maybe(case.until);
        line.text(case.undone_by.as_deref().unwrap_or_default());
        line.maybe(case.undone_at);
        line.text(case.undo_reason.as_deref().unwrap_or_default());
    });
}
