//! How coins flowed over a time: between members, faucets, sinks and the rest, by quarter of an hour.
//!
//! A quarter, because every time zone's midnight falls on one. Members are one side here: who paid whom is in the
//! journal.

use ::store::{DbError, Tx};
use kernel::{Coins, GuildId, Span, Timestamp};

use crate::{
    account::AccountKind,
    store::flows::{self, FlowRow},
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

/// What flowed from one end to another in one slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// When the slot begins.
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

/// What flowed in a guild from a moment on and before another, at most over [`FLOW_SPAN_MAX`], oldest first.
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
