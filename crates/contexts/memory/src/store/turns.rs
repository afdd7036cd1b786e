//! Turns in the database, and the three windows onto them.
//!
//! Every condition of a window stands again in [`Turn::is_for`]; a test breaks each on its own.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{ChannelId, GuildId, MessageId, Timestamp, UserId};

use crate::{
    place::{Scope, Viewer},
    turn::{Speaker, Turn},
};

const TURN_INSERT: Statement = Statement::new(
    "memory.turn_insert",
    "INSERT INTO memory_turns (guild, message, channel, scope, speaker, user_id, name, text, at, expires_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
);
const TURNS_CAP: Statement = Statement::new(
    "memory.turns_cap",
    "DELETE FROM memory_turns WHERE guild = ?1 AND channel = ?2 AND message <=
     (SELECT message FROM memory_turns WHERE guild = ?1 AND channel = ?2 ORDER BY message DESC LIMIT 1 OFFSET ?3)",
);
const TURN_EDIT: Statement = Statement::new(
    "memory.turn_edit",
    "UPDATE memory_turns SET text = ?3 WHERE guild = ?1 AND message = ?2",
);
const TURN_MOVE: Statement = Statement::new(
    "memory.turn_move",
    "UPDATE memory_turns SET message = ?3 WHERE guild = ?1 AND message = ?2
     AND NOT EXISTS (SELECT 1 FROM memory_turns o WHERE o.guild = ?1 AND o.message = ?3)",
);
const TURN_DELETE: Statement = Statement::new(
    "memory.turn_delete",
    "DELETE FROM memory_turns WHERE guild = ?1 AND message = ?2",
);
const CHANNEL_WINDOW: Statement = Statement::new(
    "memory.channel_window",
    "SELECT t.guild, t.message, t.channel, t.scope, t.speaker, t.user_id, t.name, t.text, t.at, t.expires_at
       FROM memory_turns t WHERE t.guild = ?1 AND t.channel = ?2 AND t.message < ?3 AND t.message > ?4 AND t.expires_at > ?5
        AND NOT EXISTS (SELECT 1 FROM memory_members m WHERE m.guild = t.guild AND m.user_id = t.user_id AND m.silent)
      ORDER BY t.message DESC LIMIT ?6",
);
const MEMBER_WINDOW: Statement = Statement::new(
    "memory.member_window",
    "SELECT t.guild, t.message, t.channel, t.scope, t.speaker, t.user_id, t.name, t.text, t.at, t.expires_at
       FROM memory_turns t
      WHERE t.guild = ?1 AND t.user_id = ?2 AND t.channel <> ?3 AND t.scope = 'guild' AND t.expires_at > ?4
        AND NOT EXISTS (SELECT 1 FROM memory_members m WHERE m.guild = t.guild AND m.user_id = t.user_id AND m.silent)
      ORDER BY t.message DESC LIMIT ?5",
);
const SERVER_WINDOW: Statement = Statement::new(
    "memory.server_window",
    "SELECT t.guild, t.message, t.channel, t.scope, t.speaker, t.user_id, t.name, t.text, t.at, t.expires_at
       FROM memory_turns t
      WHERE t.guild = ?1 AND t.user_id <> ?2 AND t.channel <> ?3 AND t.scope = 'guild' AND t.expires_at > ?4
        AND NOT EXISTS (SELECT 1 FROM memory_members m WHERE m.guild = t.guild AND m.user_id = t.user_id AND m.silent)
      ORDER BY t.message DESC LIMIT ?5",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &TURN_INSERT,
    &TURNS_CAP,
    &TURN_EDIT,
    &TURN_MOVE,
    &TURN_DELETE,
    &CHANNEL_WINDOW,
    &MEMBER_WINDOW,
    &SERVER_WINDOW,
];

pub(crate) fn turn_of(row: &Row) -> Result<Turn, DbError> {
    Ok(Turn {
        guild: row.id(0)?,
        message: row.id(1)?,
        channel: row.id(2)?,
        scope: Scope::of_name(row.text(3)?),
        speaker: if row.text(4)? == "bot" {
            Speaker::Bot
        } else {
            Speaker::Member
        },
        user: row.id(5)?,
        name: row.text(6)?.to_owned(),
        text: row.text(7)?.to_owned(),
        at: row.timestamp(8)?,
        expires_at: row.timestamp(9)?,
    })
}

fn turns_of(rows: &[Row]) -> Result<Vec<Turn>, DbError> {
    rows.iter().map(turn_of).collect()
}

/// Keeps a turn; false where it was kept before.
pub(crate) fn turn_insert(tx: &mut Tx<'_>, turn: &Turn) -> Result<bool, DbError> {
    let values = [
        turn.guild.into(),
        turn.message.into(),
        turn.channel.into(),
        turn.scope.name().into(),
        turn.speaker.name().into(),
        turn.user.into(),
        turn.name.as_str().into(),
        turn.text.as_str().into(),
        turn.at.into(),
        turn.expires_at.into(),
    ];
    Ok(tx.execute(&TURN_INSERT, &values)? == 1)
}

/// Forgets all but the newest turns of a channel.
pub(crate) fn turns_cap(
    tx: &mut Tx<'_>,
    guild: GuildId,
    channel: ChannelId,
    max: i64,
) -> Result<(), DbError> {
    tx.queue(&TURNS_CAP, vec![guild.into(), channel.into(), max.into()])
}

pub(crate) fn turn_edit(
    tx: &mut Tx<'_>,
    guild: GuildId,
    message: MessageId,
    text: &str,
) -> Result<bool, DbError> {
    Ok(tx.execute(&TURN_EDIT, &[guild.into(), message.into(), text.into()])? == 1)
}

pub(crate) fn turn_move(
    tx: &mut Tx<'_>,
    guild: GuildId,
    from: MessageId,
    to: MessageId,
) -> Result<bool, DbError> {
    Ok(tx.execute(&TURN_MOVE, &[guild.into(), from.into(), to.into()])? == 1)
}

pub(crate) fn turn_delete(
    tx: &mut Tx<'_>,
    guild: GuildId,
    message: MessageId,
) -> Result<bool, DbError> {
    Ok(tx.execute(&TURN_DELETE, &[guild.into(), message.into()])? == 1)
}

/// The turns of a channel between two messages, newest first.
pub(crate) fn channel_window(
    tx: &mut Tx<'_>,
    place: (GuildId, ChannelId),
    (after, before): (i64, i64),
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Turn>, DbError> {
    let values = [
        place.0.into(),
        place.1.into(),
        before.into(),
        after.into(),
        now.into(),
        limit.into(),
    ];
    turns_of(&tx.rows(&CHANNEL_WINDOW, &values)?)
}

/// What the viewer said and was answered in other channels that everyone may read.
pub(crate) fn member_window(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Turn>, DbError> {
    window(tx, &MEMBER_WINDOW, viewer, now, limit)
}

/// What others said in other channels that everyone may read.
pub(crate) fn server_window(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Turn>, DbError> {
    window(tx, &SERVER_WINDOW, viewer, now, limit)
}

fn window(
    tx: &mut Tx<'_>,
    statement: &Statement,
    viewer: &Viewer,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Turn>, DbError> {
    let user: UserId = viewer.user;
    let values = [
        viewer.guild.into(),
        user.into(),
        viewer.channel.into(),
        now.into(),
        limit.into(),
    ];
    turns_of(&tx.rows(statement, &values)?)
}
