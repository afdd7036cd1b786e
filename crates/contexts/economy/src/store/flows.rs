//! Sums of the journal over a time in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Coins, GuildId, Snowflakes, Timestamp};

use super::accounts::kind_column;
use crate::{account::AccountKind, flows::FLOW_SLOT};

/// Rows at most: each slot of the longest time with a dozen flows.
const ROWS_MAX: i64 = 50_000;

// Escrows are many, and one here; members' accounts have no name.
const FLOW_LIST: Statement = Statement::new(
    "economy.flow_list",
    "SELECT t.at / ?4 AS slot, d.kind AS from_kind, CASE WHEN d.kind = 4 THEN '' ELSE d.name END AS from_name,
     c.kind AS to_kind, CASE WHEN c.kind = 4 THEN '' ELSE c.name END AS to_name,
     CAST(SUM(t.amount) AS BIGINT), COUNT(*)
     FROM economy_transfers t JOIN economy_accounts d ON d.id = t.debit JOIN economy_accounts c ON c.id = t.credit
     WHERE t.guild = ?1 AND t.seq >= ?2 AND t.seq < ?3 AND t.phase IN (0, 2)
     GROUP BY slot, from_kind, from_name, to_kind, to_name
     ORDER BY slot, from_kind, from_name, to_kind, to_name LIMIT ?5",
);

const NEWEST_TRANSFER: Statement = Statement::new(
    "economy.newest_transfer",
    "SELECT COALESCE(MAX(seq), 0) FROM economy_transfers WHERE guild = ?1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[&FLOW_LIST, &NEWEST_TRANSFER];

/// What flowed from one sort of account to another in one slot.
#[derive(Debug)]
pub(crate) struct FlowRow {
    pub(crate) slot: Timestamp,
    pub(crate) from: (AccountKind, String),
    pub(crate) to: (AccountKind, String),
    pub(crate) coins: Coins,
    pub(crate) transfers: u64,
}

pub(crate) fn flow_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<FlowRow>, DbError> {
    let values = [
        guild.into(),
        Snowflakes::first_at(since).into(),
        Snowflakes::first_at(until).into(),
        FLOW_SLOT.as_micros().into(),
        ROWS_MAX.into(),
    ];
    tx.rows(&FLOW_LIST, &values)?.iter().map(flow).collect()
}

/// The transfer of a guild that was written last; zero where there is none.
pub(crate) fn newest_transfer(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    let row = tx.row(&NEWEST_TRANSFER, &[guild.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn flow(row: &Row) -> Result<FlowRow, DbError> {
    Ok(FlowRow {
        slot: Timestamp::from_micros(row.int(0)?.saturating_mul(FLOW_SLOT.as_micros())),
        from: (kind_column(row, 1)?, row.text(2)?.to_owned()),
        to: (kind_column(row, 3)?, row.text(4)?.to_owned()),
        coins: row.coins(5)?,
        transfers: row.int(6)?.unsigned_abs(),
    })
}
