//! Movements, a member's statement, and who has coins, as files.

use economy::{HolderCursor, Party, StatementCursor};
use kernel::{Coins, UserId};
use store::Tx;

use super::{Met, PART};
use crate::{
    csv::{self, Line, Lines, Part},
    pages::{
        Trouble, movement,
        statement::{self, Whose},
        transfers::{self, Asked},
    },
    query::{Named, Wanted},
    room::{Answer, Room},
};

const MOVEMENTS: &[&str] = &[
    "movement",
    "at",
    "kind",
    "reason",
    "from",
    "from_id",
    "to",
    "to_id",
    "coins",
    "takes_back",
];
const STATEMENT: &[&str] = &[
    "movement", "at", "kind", "reason", "from", "from_id", "to", "to_id", "change", "had_then",
];
const HOLDERS: &[&str] = &["rank", "member", "member_id", "coins"];

/// `GET /dashboard/guilds/{guild_id}/economy/transfers.csv`
pub(crate) async fn movements(room: Room, Wanted(asked): Wanted<Asked>) -> Answer {
    let asked = asked.settled(&room).await;
    let own = room.clone();
    csv::file(&room, "movements", MOVEMENTS, move |from| {
        part_of_movements(own.clone(), asked.clone(), from)
    })
    .await
}

async fn part_of_movements(
    room: Room,
    asked: Asked,
    from: Option<(String, Met)>,
) -> Part<(String, Met)> {
    let (cursor, mut met) = from.unwrap_or_default();
    let (records, next) = transfers::found(&room, &Asked { cursor, ..asked }, PART).await?;
    met.meet(&room, movement::people(&records)).await;
    let mut lines = Lines::default();
    for record in &records {
        lines.line(|line| {
            line.plain(record.seq).moment(record.at);
            line.text(record.kind.name()).text(&record.reason);
            side(line, &record.from, &met);
            side(line, &record.to, &met);
            line.plain(record.amount.get());
            line.text(record.reverses.as_deref().unwrap_or_default());
        });
    }
    Ok((lines, next.map(|next| (next, met))))
}

/// Two cells: whose or what account it is, and the member's id.
fn side(line: &mut Line<'_>, party: &Party, met: &Met) {
    let user = party.user();
    match user {
        Some(_) => met.cells(line, user),
        None => {
            line.text(&movement::party_name(party)).plain("");
        }
    }
}

/// Where a statement goes on: the place, and what the member had there.
type Place = (StatementCursor, Coins, Met);

/// `GET /dashboard/guilds/{guild_id}/members/{member_id}/statement.csv`
pub(crate) async fn statement(room: Room, Named(whose): Named<Whose>) -> Answer {
    let member = whose.member()?;
    if !statement::may_see(&room, member) {
        return Err(Trouble::NotAllowed);
    }
    let own = room.clone();
    csv::file(&room, "statement", STATEMENT, move |from| {
        part_of_statement(own.clone(), member, from)
    })
    .await
}

async fn part_of_statement(room: Room, member: UserId, from: Option<Place>) -> Part<Place> {
    let guild = room.guild;
    let (from, mut met) = match from {
        Some((place, had, met)) => (Some((place, had)), met),
        None => (None, Met::default()),
    };
    let read = move |tx: &mut Tx<'_>| match from {
        Some((place, had)) => {
            economy::continued(tx, guild, member, (Some(place), had), PART).map(Some)
        }
        None => economy::explained(tx, guild, member, None, PART),
    };
    let Some(found) = room.read("dashboard.statement", read).await? else {
        return Ok((Lines::default(), None));
    };
    let sides = found
        .lines
        .iter()
        .flat_map(|line| [&line.record.from, &line.record.to]);
    met.meet(&room, sides.filter_map(Party::user)).await;
    let mut lines = Lines::default();
    for one in &found.lines {
        lines.line(|line| {
            line.plain(one.record.seq).moment(one.record.at);
            line.text(one.record.kind.name()).text(&one.record.reason);
            side(line, &one.record.from, &met);
            side(line, &one.record.to, &met);
            line.plain(one.change.get()).plain(one.balance.get());
        });
    }
    Ok((lines, found.next.map(|next| (next, found.opening, met))))
}

/// `GET /dashboard/guilds/{guild_id}/economy/holders.csv`
pub(crate) async fn holders(room: Room) -> Answer {
    let own = room.clone();
    csv::file(&room, "holders", HOLDERS, move |from| {
        part_of_holders(own.clone(), from)
    })
    .await
}

async fn part_of_holders(
    room: Room,
    from: Option<(HolderCursor, Met)>,
) -> Part<(HolderCursor, Met)> {
    let guild = room.guild;
    let (from, mut met) = match from {
        Some((cursor, met)) => (Some(cursor), met),
        None => (None, Met::default()),
    };
    let read = move |tx: &mut Tx<'_>| economy::holders(tx, guild, from, PART);
    let (found, next) = room.read("dashboard.holders", read).await?;
    met.meet(&room, found.iter().map(|line| line.user)).await;
    let mut lines = Lines::default();
    for one in &found {
        lines.line(|line| {
            line.plain(one.rank);
            met.cells(line, Some(one.user));
            line.plain(one.value);
        });
    }
    Ok((lines, next.map(|next| (next, met))))
}
