//! Removed messages in the database, as long as they can be given back.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use crate::cases::Held;

const HELD_INSERT: Statement = Statement::new(
    "moderation.held_insert",
    "INSERT INTO moderation_held (guild, number, user_id, channel_id, message_id, text, expires_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
);
const HELD_FETCH: Statement = Statement::new(
    "moderation.held_fetch",
    "SELECT number, user_id, channel_id, message_id, text, expires_at FROM moderation_held
     WHERE guild = ?1 AND number = ?2",
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

pub(crate) const STATEMENTS: &[&Statement] =
    &[&HELD_INSERT, &HELD_FETCH, &HELD_DELETE, &HELD_FORGET];

pub(crate) fn held_insert(tx: &mut Tx<'_>, guild: GuildId, held: &Held) -> Result<(), DbError> {
    let values = vec![
        guild.into(),
        held.number.into(),
        held.user.into(),
        held.channel.into(),
        held.message.into(),
        held.text.as_str().into(),
        held.expires_at.into(),
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
