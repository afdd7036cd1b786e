//! Summing up faucets and sinks in the background, so that their balances are cheap to know and never waited for.
//!
//! A sum stops short of the last [`SETTLING`]: a transaction that minted its place earlier may commit later, and must
//! not be passed over.

use ::store::{DbError, Tx};
use kernel::{Snowflakes, Span, Timestamp};

use crate::{
    store::{
        accounts::AccountKey,
        rollups::{self, Flow},
    },
    supply::sum,
};

/// How long a transaction may take to commit.
pub const SETTLING: Span = Span::minutes(10);
/// The most accounts that one call looks at.
pub const ROLL_UP_ACCOUNTS_MAX: u32 = 100;
/// The most transfers of one account that one call sums up.
pub const ROLL_UP_TRANSFERS_MAX: u32 = 2_000;

/// How far a call came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolledUp {
    /// How many transfers were summed up.
    pub transfers: u64,
    /// Where to go on; nothing where all accounts were looked at.
    pub next: Option<i64>,
}

/// Sums up a chunk of faucets and sinks of all guilds, from `cursor` on.
///
/// # Errors
/// When the database fails, or a sum does not fit 64 bits.
pub fn roll_up(tx: &mut Tx<'_>, now: Timestamp, cursor: Option<i64>) -> Result<RolledUp, DbError> {
    let after = AccountKey(cursor.unwrap_or(0));
    let flows = rollups::flow_list(tx, after, ROLL_UP_ACCOUNTS_MAX)?;
    let full = u32::try_from(flows.len()) == Ok(ROLL_UP_ACCOUNTS_MAX);
    let mut transfers = 0_u64;
    for flow in &flows {
        transfers = transfers.saturating_add(one(tx, now, flow)?);
    }
    let last = flows.last().map(|flow| flow.account.0);
    Ok(RolledUp {
        transfers,
        next: last.filter(|_| full),
    })
}

fn one(tx: &mut Tx<'_>, now: Timestamp, was: &Flow) -> Result<u64, DbError> {
    let settled = now.before(SETTLING);
    let mut flow = *was;
    let mut count = 0_u64;
    for (seq, change) in rollups::flow_changes(tx, was, ROLL_UP_TRANSFERS_MAX)? {
        if Snowflakes::made_at(seq) > settled {
            break;
        }
        flow.balance = sum(flow.balance, change)?;
        flow.through = seq;
        count = count.saturating_add(1);
    }
    if count > 0 {
        rollups::rollup_put(tx, was, &flow)?;
    }
    Ok(count)
}
