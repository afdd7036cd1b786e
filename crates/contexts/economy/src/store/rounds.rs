//! What the continuous check has come to, in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use crate::watch::Repair;

const ROUND_PUT: Statement = Statement::new(
    "economy.round_put",
    "INSERT INTO economy_rounds (one, first_at, last_at) VALUES (1, ?1, ?1)
     ON CONFLICT (one) DO UPDATE SET last_at = excluded.last_at WHERE economy_rounds.last_at < excluded.last_at",
);
const ROUND_FETCH: Statement = Statement::new(
    "economy.round_fetch",
    "SELECT first_at, last_at FROM economy_rounds WHERE one = 1",
);
const REPAIR_PUT: Statement = Statement::new(
    "economy.repair_put",
    "INSERT INTO economy_repairs (guild, at, repaired, contradictions) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (guild) DO UPDATE SET at = excluded.at, repaired = excluded.repaired,
     contradictions = excluded.contradictions",
);
const REPAIR_FETCH: Statement = Statement::new(
    "economy.repair_fetch",
    "SELECT at, repaired, contradictions FROM economy_repairs WHERE guild = ?1",
);

const REPAIR_LIST: Statement = Statement::new(
    "economy.repair_list",
    "SELECT at, repaired, contradictions, guild FROM economy_repairs ORDER BY at DESC LIMIT ?1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &ROUND_PUT,
    &ROUND_FETCH,
    &REPAIR_PUT,
    &REPAIR_FETCH,
    &REPAIR_LIST,
];

pub(crate) fn round_put(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), DbError> {
    tx.queue(&ROUND_PUT, vec![now.into()])
}

/// When the first round ended, and when the last one did.
pub(crate) fn round_fetch(tx: &mut Tx<'_>) -> Result<Option<(Timestamp, Timestamp)>, DbError> {
    let row = tx.row(&ROUND_FETCH, &[])?;
    row.map(|row| Ok((row.timestamp(0)?, row.timestamp(1)?)))
        .transpose()
}

pub(crate) fn repair_put(tx: &mut Tx<'_>, guild: GuildId, repair: &Repair) -> Result<(), DbError> {
    let column = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let values = vec![
        guild.into(),
        repair.at.into(),
        column(repair.repaired).into(),
        column(repair.contradictions).into(),
    ];
    tx.queue(&REPAIR_PUT, values)
}

pub(crate) fn repair_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<Repair>, DbError> {
    let row = tx.row(&REPAIR_FETCH, &[guild.into()])?;
    row.as_ref().map(repair).transpose()
}

/// What was put right last, in any guild.
pub(crate) fn repair_list(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<(GuildId, Repair)>, DbError> {
    let rows = tx.rows(&REPAIR_LIST, &[limit.into()])?;
    rows.iter()
        .map(|row| Ok((row.id(3)?, repair(row)?)))
        .collect()
}

fn repair(row: &Row) -> Result<Repair, DbError> {
    Ok(Repair {
        at: row.timestamp(0)?,
        repaired: row.int(1)?.unsigned_abs(),
        contradictions: row.int(2)?.unsigned_abs(),
    })
}
