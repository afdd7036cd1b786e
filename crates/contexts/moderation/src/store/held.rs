//! Removed messages in the database, as long as they can be given back.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use crate::cases::Held;

const HELD_INSERT: Statement = Statement::new(
    "moderation.held_insert",
    "INSERT INTO moderation_held (guild, number, user_id, channel_id, message_id, text, expires_at, waits)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
);
const HELD_FETCH: Statement = Statement::new(
    "moderation.held_fetch",
    "SELECT number, user_id, channel_id, message_id, text, expires_at FROM moderation_held
     WHERE guild = ?1 AND number = ?2",
);
const WAITING_LIST: Statement = Statement::new(
    "moderation.waiting_list",
    "SELECT number, user_id, channel_id, message_id, text, expires_at FROM moderation_held
     WHERE guild = ?1 AND waits ORDER BY number LIMIT ?2",
);
const WAITING_COUNT: Statement = Statement::new(
    "moderation.waiting_count",
    "SELECT CAST(COUNT(*) AS BIGINT) FROM moderation_held WHERE guild = ?1 AND waits",
);
const WAITING_END: Statement = Statement::new(
    "moderation.waiting_end",
    "UPDATE moderation_held SET waits = FALSE WHERE guild = ?1 AND number = ?2 AND waits",
);
const HELD_DELETE: Statement = Statement::new(
    "moderation.held_delete",
    "DELETE FROM moderation_held WHERE guild = ?1 AND number = ?2",
);
const HELD_FORGET: Statement = Statement::new(
    "moderation.held_forget",
    "DELETE FROM moderation_held WHERE (guild, number) IN
     (SELECT guild, number FROM moderation_held WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &HELD_INSERT,
    &HELD_FETCH,
    &WAITING_LIST,
    &WAITING_COUNT,
    &WAITING_END,
    &HELD_DELETE,
    &HELD_FORGET,
];

/// Whether a removed message waits for a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Review {
    Waits,
    None,
}

pub(crate) fn held_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    held: &Held,
    review: Review,
) -> Result<(), DbError> {
    let values = vec![
        guild.into(),
        held.number.into(),
        held.user.into(),
        held.channel.into(),
        held.message.into(),
        held.text.as_str().into(),
        held.expires_at.into(),
        (review == Review::Waits).into(),
    ];
    tx.queue(&HELD_INSERT, values)
}

pub(crate) fn held_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    number: i64,
) -> Result<Option<Held>, DbError> {
    let row = tx.row(&HELD_FETCH, &[guild.into(), number.into()])?;
    row.as_ref().map(held).transpose()
}

/// The messages that wait, the oldest first.
pub(crate) fn waiting_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    limit: u32,
) -> Result<Vec<Held>, DbError> {
    let rows = tx.rows(&WAITING_LIST, &[guild.into(), limit.into()])?;
    rows.iter().map(held).collect()
}

pub(crate) fn waiting_count(tx: &mut Tx<'_>, guild: GuildId) -> Result<u64, DbError> {
    let row = tx.row(&WAITING_COUNT, &[guild.into()])?;
    row.map_or(Ok(0), |row| Ok(row.int(0)?.unsigned_abs()))
}

/// Ends the waiting of a message; false where it did not wait.
pub(crate) fn waiting_end(tx: &mut Tx<'_>, guild: GuildId, number: i64) -> Result<bool, DbError> {
    Ok(tx.execute(&WAITING_END, &[guild.into(), number.into()])? == 1)
}

fn held(row: &Row) -> Result<Held, DbError> {
    Ok(Held {
        number: row.int(0)?,
        user: row.id(1)?,
        channel: row.id(2)?,
        message: row.id(3)?,
        text: row.text(4)?.to_owned(),
        expires_at: row.timestamp(5)?,
    })
}

pub(crate) fn held_delete(tx: &mut Tx<'_>, guild: GuildId, number: i64) -> Result<(), DbError> {
    tx.queue(&HELD_DELETE, vec![guild.into(), number.into()])
}

/// Forgets up to `limit` messages whose time is over.
pub(crate) fn held_forget(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64, DbError> {
    tx.execute(&HELD_FORGET, &[now.into(), limit.into()])
}
