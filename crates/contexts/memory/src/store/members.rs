//! Who wants nothing remembered, and which events taught.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Op, Timestamp, UserId};

const MEMBER_LOCK: Statement = Statement::new(
    "memory.member_lock",
    "INSERT INTO memory_members (guild, user_id, silent, at) VALUES (?1, ?2, FALSE, ?3)
     ON CONFLICT (guild, user_id) DO UPDATE SET at = memory_members.at RETURNING silent",
);
const MEMBER_PUT: Statement = Statement::new(
    "memory.member_put",
    "INSERT INTO memory_members (guild, user_id, silent, at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (guild, user_id) DO UPDATE SET silent = excluded.silent, at = excluded.at",
);
const MEMBER_FETCH: Statement = Statement::new(
    "memory.member_fetch",
    "SELECT silent FROM memory_members WHERE guild = ?1 AND user_id = ?2",
);
const MEMBER_DELETE: Statement = Statement::new(
    "memory.member_delete",
    "DELETE FROM memory_members WHERE guild = ?1 AND user_id = ?2 AND NOT silent",
);
const LESSON_INSERT: Statement = Statement::new(
    "memory.lesson_insert",
    "INSERT INTO memory_lessons (guild, cause, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
);
const LESSONS_PRUNE: Statement = Statement::new(
    "memory.lessons_prune",
    "DELETE FROM memory_lessons WHERE (guild, cause) IN
     (SELECT guild, cause FROM memory_lessons WHERE at < ?1 ORDER BY at LIMIT ?2)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &MEMBER_LOCK,
    &MEMBER_PUT,
    &MEMBER_FETCH,
    &MEMBER_DELETE,
    &LESSON_INSERT,
    &LESSONS_PRUNE,
];

/// Takes the member's row; whether they opted out.
pub(crate) fn member_lock(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    at: Timestamp,
) -> Result<bool, DbError> {
    let row = tx.row(&MEMBER_LOCK, &[guild.into(), user.into(), at.into()])?;
    row.as_ref().map_or(Ok(false), |row| Row::bool(row, 0))
}

/// Takes the row that stands for the guild, after a member's own.
pub(crate) fn guild_lock(tx: &mut Tx<'_>, guild: GuildId, at: Timestamp) -> Result<(), DbError> {
    tx.row(&MEMBER_LOCK, &[guild.into(), 0_i64.into(), at.into()])
        .map(drop)
}

pub(crate) fn member_put(
    tx: &mut Tx<'_>,
    op: &Op,
    user: UserId,
    is_silent: bool,
) -> Result<(), DbError> {
    let values = vec![op.guild.into(), user.into(), is_silent.into(), op.at.into()];
    tx.queue(&MEMBER_PUT, values)
}

pub(crate) fn member_is_silent(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<bool, DbError> {
    let row = tx.row(&MEMBER_FETCH, &[guild.into(), user.into()])?;
    row.as_ref().map_or(Ok(false), |row| Row::bool(row, 0))
}

/// Forgets that a member was ever here; that they opted out stays, for it protects them.
pub(crate) fn member_delete(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<(), DbError> {
    tx.queue(&MEMBER_DELETE, vec![guild.into(), user.into()])
}

/// Whether this event teaches for the first time.
pub(crate) fn lesson_insert(tx: &mut Tx<'_>, op: &Op) -> Result<bool, DbError> {
    let cause: String = op.cause.to_string().chars().take(700).collect();
    let values = [op.guild.into(), cause.into(), op.at.into()];
    Ok(tx.execute(&LESSON_INSERT, &values)? == 1)
}

pub(crate) fn lessons_prune(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: u32,
) -> Result<u64, DbError> {
    tx.execute(&LESSONS_PRUNE, &[before.into(), limit.into()])
}
