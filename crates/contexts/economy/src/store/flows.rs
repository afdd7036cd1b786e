//! What flowed between sorts of accounts, and what each sort comes to, in the database.
//!
//! Up to a place in the guild's journal both are summed up; behind it the journal itself is read, which is little. A
//! faucet and a sink are a sort by name; members' accounts have no name, and escrows, which are many, are one here.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Coins, GuildId, Snowflakes, Timestamp};

use super::accounts::kind_column;
use crate::{account::AccountKind, flows::FLOW_SLOT};

/// Rows at most: each hour of the longest time with several dozen flows.
const ROWS_MAX: i64 = 50_000;
/// Sorts at most.
const SORTS_MAX: i64 = 10_000;

const FLOW_LIST: Statement = Statement::new(
    "economy.flow_list",
    "SELECT ?2 + (slot - ?2) / 4 * 4 AS hour, from_kind, from_name, to_kind, to_name, CAST(SUM(coins) AS BIGINT),
     CAST(SUM(transfers) AS BIGINT) FROM economy_flows
     WHERE guild = ?1 AND slot >= ?2 AND slot < ?3
     GROUP BY hour, from_kind, from_name, to_kind, to_name
     ORDER BY hour, from_kind, from_name, to_kind, to_name LIMIT ?4",
);
const FLOW_TAIL: Statement = Statement::new(
    "economy.flow_tail",
    "SELECT ?6 + (t.at / ?4 - ?6) / 4 * 4 AS hour, d.kind AS from_kind, CASE WHEN d.kind = 4 THEN '' ELSE d.name END AS from_name,
     c.kind AS to_kind, CASE WHEN c.kind = 4 THEN '' ELSE c.name END AS to_name,
     CAST(SUM(t.amount) AS BIGINT), CAST(COUNT(*) AS BIGINT)
     FROM economy_transfers t JOIN economy_accounts d ON d.id = t.debit JOIN economy_accounts c ON c.id = t.credit
     WHERE t.guild = ?1 AND t.seq >= ?2 AND t.seq < ?3 AND t.phase IN (0, 2)
     AND t.seq > COALESCE((SELECT m.through FROM economy_flow_marks m WHERE m.guild = ?1), 0)
     GROUP BY hour, from_kind, from_name, to_kind, to_name
     ORDER BY hour, from_kind, from_name, to_kind, to_name LIMIT ?5",
);
const MOVE_LIST: Statement = Statement::new(
    "economy.move_list",
    "SELECT t.seq, t.at / ?3, CASE WHEN t.phase IN (0, 2) THEN t.amount ELSE 0 END,
     d.kind, CASE WHEN d.kind = 4 THEN '' ELSE d.name END, c.kind, CASE WHEN c.kind = 4 THEN '' ELSE c.name END
     FROM (SELECT * FROM economy_transfers WHERE guild = ?1 AND seq > ?2 ORDER BY seq LIMIT ?4) t
     JOIN economy_accounts d ON d.id = t.debit JOIN economy_accounts c ON c.id = t.credit ORDER BY t.seq",
);
const MARK_FETCH: Statement = Statement::new(
    "economy.flow_mark_fetch",
    "SELECT through FROM economy_flow_marks WHERE guild = ?1",
);
const MARK_PUT: Statement = Statement::new(
    "economy.flow_mark_put",
    "INSERT INTO economy_flow_marks (guild, through) VALUES (?1, ?3)
     ON CONFLICT (guild) DO UPDATE SET through = excluded.through WHERE economy_flow_marks.through = ?2",
);
const FLOW_ADD: Statement = Statement::new(
    "economy.flow_add",
    "INSERT INTO economy_flows (guild, slot, from_kind, from_name, to_kind, to_name, coins, transfers)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     ON CONFLICT (guild, slot, from_kind, from_name, to_kind, to_name)
     DO UPDATE SET coins = economy_flows.coins + excluded.coins,
     transfers = economy_flows.transfers + excluded.transfers",
);
const TOTAL_ADD: Statement = Statement::new(
    "economy.total_add",
    "INSERT INTO economy_totals (guild, kind, name, coins) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (guild, kind, name) DO UPDATE SET coins = economy_totals.coins + excluded.coins",
);
// One statement, so that what is summed up and what followed are seen at one moment. The place read before it (?3) only
// tells the planner how little is left: without it PostgreSQL takes a third of the journal for it, and reads all accounts.
const TOTAL_LIST: Statement = Statement::new(
    "economy.total_list",
    "SELECT part.kind, part.name, CAST(SUM(part.coins) AS BIGINT) FROM (
       SELECT s.kind, s.name, s.coins FROM economy_totals s WHERE s.guild = ?1
       UNION ALL
       SELECT d.kind, CASE WHEN d.kind = 4 THEN '' ELSE d.name END, -t.amount
       FROM economy_transfers t JOIN economy_accounts d ON d.id = t.debit
       WHERE t.guild = ?1 AND t.seq > ?3 AND t.phase IN (0, 2)
       AND t.seq > COALESCE((SELECT m.through FROM economy_flow_marks m WHERE m.guild = ?1), 0)
       UNION ALL
       SELECT c.kind, CASE WHEN c.kind = 4 THEN '' ELSE c.name END, t.amount
       FROM economy_transfers t JOIN economy_accounts c ON c.id = t.credit
       WHERE t.guild = ?1 AND t.seq > ?3 AND t.phase IN (0, 2)
       AND t.seq > COALESCE((SELECT m.through FROM economy_flow_marks m WHERE m.guild = ?1), 0)
     ) part GROUP BY part.kind, part.name ORDER BY part.kind, part.name LIMIT ?2",
);
const FLOWS_DELETE: Statement = Statement::new(
    "economy.flows_delete",
    "DELETE FROM economy_flows WHERE guild = ?1",
);
const TOTALS_DELETE: Statement = Statement::new(
    "economy.totals_delete",
    "DELETE FROM economy_totals WHERE guild = ?1",
);
const MARK_DELETE: Statement = Statement::new(
    "economy.flow_mark_delete",
    "DELETE FROM economy_flow_marks WHERE guild = ?1",
);
const NEWEST_TRANSFER: Statement = Statement::new(
    "economy.newest_transfer",
    "SELECT COALESCE(MAX(seq), 0) FROM economy_transfers WHERE guild = ?1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &FLOW_LIST,
    &FLOW_TAIL,
    &MOVE_LIST,
    &MARK_FETCH,
    &MARK_PUT,
    &FLOW_ADD,
    &TOTAL_ADD,
    &TOTAL_LIST,
    &FLOWS_DELETE,
    &TOTALS_DELETE,
    &MARK_DELETE,
    &NEWEST_TRANSFER,
];

/// A sort of accounts: faucets and sinks by name, all others by kind alone.
pub(crate) type Sort = (AccountKind, String);

/// What flowed from one sort of account to another in one slot.
#[derive(Debug)]
pub(crate) struct FlowRow {
    pub(crate) slot: Timestamp,
    pub(crate) from: Sort,
    pub(crate) to: Sort,
    pub(crate) coins: Coins,
    pub(crate) transfers: u64,
}

/// A row of the journal as a flow; one that moves no coins yet moves none here.
#[derive(Debug)]
pub(crate) struct Move {
    pub(crate) seq: i64,
    /// The number of its slot.
    pub(crate) slot: i64,
    pub(crate) coins: i64,
    pub(crate) from: Sort,
    pub(crate) to: Sort,
}

/// What flowed from a moment on and before another, oldest first: what is summed up, and what is not yet.
pub(crate) fn flow_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<FlowRow>, DbError> {
    let slot = |at: Timestamp| at.micros().div_euclid(FLOW_SLOT.as_micros());
    let behind = mark_fetch(tx, guild)?.saturating_add(1);
    let summed = [
        guild.into(),
        slot(since).into(),
        slot(until).saturating_add(1).into(),
        ROWS_MAX.into(),
    ];
    let tail = [
        guild.into(),
        Snowflakes::first_at(since).max(behind).into(),
        Snowflakes::first_at(until).into(),
        FLOW_SLOT.as_micros().into(),
        ROWS_MAX.into(),
        slot(since).into(),
    ];
    let mut rows = tx.rows(&FLOW_LIST, &summed)?;
    rows.extend(tx.rows(&FLOW_TAIL, &tail)?);
    rows.iter().map(flow).collect()
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

/// The place up to which a guild's flows are summed up; zero at first.
pub(crate) fn mark_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    let row = tx.row(&MARK_FETCH, &[guild.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Moves the place forward; false where somebody else has moved it.
pub(crate) fn mark_put(
    tx: &mut Tx<'_>,
    guild: GuildId,
    (was, now): (i64, i64),
) -> Result<bool, DbError> {
    Ok(tx.execute(&MARK_PUT, &[guild.into(), was.into(), now.into()])? == 1)
}

/// The rows of the journal after a place, in their order.
pub(crate) fn move_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    after: i64,
    limit: u32,
) -> Result<Vec<Move>, DbError> {
    let slot = FLOW_SLOT.as_micros().into();
    let rows = tx.rows(
        &MOVE_LIST,
        &[guild.into(), after.into(), slot, limit.into()],
    )?;
    let read = |row: &Row| {
        Ok(Move {
            seq: row.int(0)?,
            slot: row.int(1)?,
            coins: row.int(2)?,
            from: (kind_column(row, 3)?, row.text(4)?.to_owned()),
            to: (kind_column(row, 5)?, row.text(6)?.to_owned()),
        })
    };
    rows.iter().map(read).collect()
}

/// Adds to what flowed between two sorts in a slot.
pub(crate) fn flow_add(
    tx: &mut Tx<'_>,
    guild: GuildId,
    slot: i64,
    (from, to): (&Sort, &Sort),
    (coins, transfers): (i64, i64),
) -> Result<(), DbError> {
    let values = vec![
        guild.into(),
        slot.into(),
        from.0.code().into(),
        from.1.as_str().into(),
        to.0.code().into(),
        to.1.as_str().into(),
        coins.into(),
        transfers.into(),
    ];
    tx.queue(&FLOW_ADD, values)
}

/// Adds to what a sort comes to.
pub(crate) fn total_add(
    tx: &mut Tx<'_>,
    guild: GuildId,
    sort: &Sort,
    coins: i64,
) -> Result<(), DbError> {
    let (kind, name) = (sort.0.code().into(), sort.1.as_str().into());
    tx.queue(&TOTAL_ADD, vec![guild.into(), kind, name, coins.into()])
}

/// What each sort comes to by the journal; faucets are below zero.
pub(crate) fn total_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
) -> Result<Vec<(AccountKind, String, Coins)>, DbError> {
    let read = |row: &Row| {
        let name = row.text(1)?.to_owned();
        Ok((kind_column(row, 0)?, name, row.coins(2)?))
    };
    let through = mark_fetch(tx, guild)?;
    let rows = tx.rows(
        &TOTAL_LIST,
        &[guild.into(), SORTS_MAX.into(), through.into()],
    )?;
    rows.iter().map(read).collect()
}

/// Forgets what was summed up, so that it is summed up from the beginning.
pub(crate) fn forget(tx: &mut Tx<'_>, guild: GuildId) -> Result<(), DbError> {
    for statement in [&FLOWS_DELETE, &TOTALS_DELETE, &MARK_DELETE] {
        tx.queue(statement, vec![guild.into()])?;
    }
    Ok(())
}

/// The transfer of a guild that was written last; zero where there is none.
pub(crate) fn newest_transfer(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    let row = tx.row(&NEWEST_TRANSFER, &[guild.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}
