//! Money set aside for requests, in the database.

use ::store::{DbError, Row, Statement, Tx, Value};
use kernel::{GuildId, Timestamp, UserId};

use crate::{model::Usage, spend::Spent};

/// A reservation to write down.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: i64,
    pub(crate) guild: GuildId,
    pub(crate) cause: String,
    pub(crate) purpose: &'static str,
    pub(crate) payer: Option<UserId>,
    pub(crate) model: String,
    pub(crate) day: i64,
    pub(crate) reserved: i64,
    pub(crate) floor: i64,
    pub(crate) at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// One that was open until now.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    pub(crate) payer: Option<UserId>,
    pub(crate) day: i64,
    pub(crate) reserved: i64,
    pub(crate) floor: i64,
    pub(crate) model: String,
}

const INSERT: Statement = Statement::new(
    "ai.reservation_insert",
    "INSERT INTO ai_reservations (id, guild, cause, purpose, payer, model, day, state, reserved_micros, floor_micros,
     spent_micros, input_tokens, output_tokens, at, expires_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, 0, 0, 0, ?10, ?11) ON CONFLICT DO NOTHING",
);
const FETCH: Statement = Statement::new(
    "ai.reservation_fetch",
    "SELECT id, reserved_micros FROM ai_reservations WHERE guild = ?1 AND cause = ?2 AND purpose = ?3",
);
const SETTLE: Statement = Statement::new(
    "ai.reservation_settle",
    "UPDATE ai_reservations SET state = 1, spent_micros = ?3, input_tokens = ?4, output_tokens = ?5
     WHERE id = ?1 AND guild = ?2 AND state = 0 RETURNING payer, day, reserved_micros, floor_micros, model",
);
const SPENT: Statement = Statement::new(
    "ai.reservation_spent",
    "SELECT spent_micros, input_tokens, output_tokens FROM ai_reservations WHERE id = ?1 AND guild = ?2",
);
const STALE: Statement = Statement::new(
    "ai.reservation_stale",
    "SELECT id FROM ai_reservations WHERE state = 0 AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2",
);
const RELEASE: Statement = Statement::new(
    "ai.reservation_release",
    "UPDATE ai_reservations SET state = 2, spent_micros = floor_micros WHERE id = ?1 AND state = 0
     RETURNING payer, day, reserved_micros, floor_micros, model, guild",
);
const FORGET_PAYER: Statement = Statement::new(
    "ai.payer_forget",
    "UPDATE ai_reservations SET payer = 0 WHERE guild = ?1 AND payer = ?2",
);
const DROP: Statement = Statement::new(
    "ai.reservation_drop",
    "DELETE FROM ai_reservations WHERE id IN
     (SELECT id FROM ai_reservations WHERE at < ?1 AND state <> 0 ORDER BY at LIMIT ?2)",
);
const MODELS: Statement = Statement::new(
    "ai.model_list",
    "SELECT purpose, model, CAST(SUM(spent_micros) AS BIGINT), COUNT(*), CAST(SUM(input_tokens) AS BIGINT),
     CAST(SUM(output_tokens) AS BIGINT)
     FROM ai_reservations WHERE guild = ?1 AND day >= ?2 AND day <= ?3 AND state <> 0
     GROUP BY purpose, model ORDER BY 3 DESC, purpose, model LIMIT ?4",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &INSERT,
    &FETCH,
    &SETTLE,
    &SPENT,
    &STALE,
    &RELEASE,
    &FORGET_PAYER,
    &DROP,
    &MODELS,
];

/// A payer's column: zero is nobody, for a key cannot hold nothing.
pub(super) fn column(payer: Option<UserId>) -> Value {
    payer.map_or(Value::Int(0), Into::into)
}

fn payer(row: &Row, column: usize) -> Result<Option<UserId>, DbError> {
    if row.int(column)? == 0 {
        return Ok(None);
    }
    row.id(column).map(Some)
}

/// A count as a column holds it.
pub(super) fn tokens(count: u64) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Writes it down; false where its cause has reserved before.
pub(crate) fn reservation_insert(tx: &mut Tx<'_>, new: &Stored) -> Result<bool, DbError> {
    let values = [
        new.id.into(),
        new.guild.into(),
        new.cause.as_str().into(),
        new.purpose.into(),
        column(new.payer),
        new.model.as_str().into(),
        new.day.into(),
        new.reserved.into(),
        new.floor.into(),
        new.at.into(),
        new.expires_at.into(),
    ];
    Ok(tx.execute(&INSERT, &values)? == 1)
}

/// The id of what a cause set aside, and how much.
pub(crate) fn reservation_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    cause: &str,
    purpose: &str,
) -> Result<Option<(i64, i64)>, DbError> {
    let row = tx.row(&FETCH, &[guild.into(), cause.into(), purpose.into()])?;
    row.map(|row| Ok((row.int(0)?, row.int(1)?))).transpose()
}

pub(crate) fn reservation_settle(
    tx: &mut Tx<'_>,
    guild: GuildId,
    id: i64,
    micros: i64,
    usage: Usage,
) -> Result<Option<Ended>, DbError> {
    let values = [
        id.into(),
        guild.into(),
        micros.into(),
        tokens(usage.input),
        tokens(usage.output),
    ];
    let row = tx.row(&SETTLE, &values)?;
    row.map(|row| ended(&row)).transpose()
}

/// What one that ended has cost; nothing where it is unknown.
pub(crate) fn spent_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    id: i64,
) -> Result<(i64, Usage), DbError> {
    let Some(row) = tx.row(&SPENT, &[id.into(), guild.into()])? else {
        return Ok((0, Usage::default()));
    };
    let usage = Usage {
        input: row.int(1)?.unsigned_abs(),
        output: row.int(2)?.unsigned_abs(),
    };
    Ok((row.int(0)?, usage))
}

pub(crate) fn stale_list(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<i64>, DbError> {
    let rows = tx.rows(&STALE, &[now.into(), limit.into()])?;
    rows.iter().map(|row| row.int(0)).collect()
}

pub(crate) fn reservation_release(
    tx: &mut Tx<'_>,
    id: i64,
) -> Result<Option<(GuildId, Ended)>, DbError> {
    let row = tx.row(&RELEASE, &[id.into()])?;
    row.map(|row| Ok((row.id(5)?, ended(&row)?))).transpose()
}

fn ended(row: &Row) -> Result<Ended, DbError> {
    Ok(Ended {
        payer: payer(row, 0)?,
        day: row.int(1)?,
        reserved: row.int(2)?,
        floor: row.int(3)?,
        model: row.text(4)?.to_owned(),
    })
}

pub(crate) fn payer_forget(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<(), DbError> {
    tx.queue(&FORGET_PAYER, vec![guild.into(), user.into()])
}

pub(crate) fn ended_drop(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<u64, DbError> {
    tx.execute(&DROP, &[before.into(), limit.into()])
}

pub(crate) fn model_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    from: i64,
    to: i64,
    limit: u32,
) -> Result<Vec<(String, String, Spent)>, DbError> {
    let values = [guild.into(), from.into(), to.into(), limit.into()];
    let rows = tx.rows(&MODELS, &values)?;
    rows.iter()
        .map(|row| {
            let spent = Spent {
                micros: row.int(2)?,
                reserved_micros: 0,
                requests: row.int(3)?,
                input_tokens: row.int(4)?,
                output_tokens: row.int(5)?,
            };
            Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), spent))
        })
        .collect()
}
