//! How coins flowed over a time: between members, faucets, sinks and the rest, by hour.
//!
//! The background sums the journal up by quarter of an hour, because every time zone's midnight falls on one; what it has
//! not come to yet is read row by row. What is asked for is joined to hours, counted from where it begins: a page that
//! begins at the viewer's midnight cuts its days out of them. Members are one side here: who paid whom is in the journal.

use std::collections::BTreeMap;

use ::store::{DbError, Tx};
use kernel::{Coins, GuildId, Snowflakes, Span, Timestamp};

use crate::{
    account::AccountKind,
    store::flows::{self, FlowRow, Move, Sort},
};

/// The longest time that is looked at at once.
pub const FLOW_SPAN_MAX: Span = Span::days(31);
/// The length of a slot.
pub const FLOW_SLOT: Span = Span::minutes(15);

/// One end of a flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowEnd {
    /// Purses, banks and debts of members.
    Members,
    /// The guild's own coins.
    Treasury,
    /// What is kept between two sides.
    Escrow,
    /// Where coins enter, by name.
    Faucet(String),
    /// Where they leave, by name.
    Sink(String),
}

/// What flowed from one end to another in one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// When the hour begins.
    pub slot: Timestamp,
    /// Where the coins came from.
    pub from: FlowEnd,
    /// Where they went.
    pub to: FlowEnd,
    /// How many.
    pub coins: Coins,
    /// In how many transfers.
    pub transfers: u64,
}

/// What flowed in a guild from a moment on and before another, at most over [`FLOW_SPAN_MAX`]: first what is summed up,
/// oldest first, then what is not yet. One hour may so come twice.
///
/// # Errors
/// When the database fails.
pub fn flows(
    tx: &mut Tx<'_>,
    guild: GuildId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<Flow>, DbError> {
    let since = since.max(until.before(FLOW_SPAN_MAX));
    let rows = flows::flow_list(tx, guild, since, until)?;
    Ok(rows.into_iter().map(flow).collect())
}

/// Sums up a chunk of a guild's journal by slot and by sort of account, and gives how many rows that were. What was made
/// after `settled` may still be joined by earlier rows, and waits.
pub(crate) fn sum_up(
    tx: &mut Tx<'_>,
    guild: GuildId,
    settled: Timestamp,
    limit: u32,
) -> Result<u64, DbError> {
    let was = flows::mark_fetch(tx, guild)?;
    let mut moves = flows::move_list(tx, guild, was, limit)?;
    let end = moves.partition_point(|moved| Snowflakes::made_at(moved.seq) <= settled);
    moves.truncate(end);
    let Some(last) = moves.last() else {
        return Ok(0);
    };
    if !flows::mark_put(tx, guild, (was, last.seq))? {
        return Ok(0);
    }
    let rows = u64::try_from(moves.len()).unwrap_or(u64::MAX);
    add(tx, guild, moves.into_iter().filter(|moved| moved.coins > 0))?;
    Ok(rows)
}

fn add(tx: &mut Tx<'_>, guild: GuildId, moves: impl Iterator<Item = Move>) -> Result<(), DbError> {
    let mut between: BTreeMap<(i64, Sort, Sort), (i64, i64)> = BTreeMap::new();
    let mut totals: BTreeMap<Sort, i64> = BTreeMap::new();
    for Move {
        slot,
        coins,
        from,
        to,
        ..
    } in moves
    {
        let left = totals.entry(from.clone()).or_default();
        *left = left.saturating_sub(coins);
        let came = totals.entry(to.clone()).or_default();
        *came = came.saturating_add(coins);
        let (sum, count) = between.entry((slot, from, to)).or_default();
        *sum = sum.saturating_add(coins);
        *count = count.saturating_add(1);
    }
    for ((slot, from, to), flowed) in &between {
        flows::flow_add(tx, guild, *slot, (from, to), *flowed)?;
    }
    for (sort, change) in &totals {
        flows::total_add(tx, guild, sort, *change)?;
    }
    Ok(())
}

/// A number that grows with each transfer of a guild: for knowing that coins moved.
///
/// # Errors
/// When the database fails.
pub fn newest(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    flows::newest_transfer(tx, guild)
}

fn flow(row: FlowRow) -> Flow {
    Flow {
        slot: row.slot,
        from: end(row.from),
        to: end(row.to),
        coins: row.coins,
        transfers: row.transfers,
    }
}

fn end((kind, name): (AccountKind, String)) -> FlowEnd {
    match kind {
        AccountKind::Purse | AccountKind::Bank | AccountKind::Debt => FlowEnd::Members,
        AccountKind::Treasury => FlowEnd::Treasury,
        AccountKind::Escrow => FlowEnd::Escrow,
        AccountKind::Faucet => FlowEnd::Faucet(name),
        AccountKind::Sink => FlowEnd::Sink(name),
    }
}
