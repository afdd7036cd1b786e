//! Summing up the journal in the background: what faucets gave and sinks took is cheap to know and never waited for,
//! and every account is derived a second time, row by row, for the check to compare with.
//!
//! A sum stops short of the last [`SETTLING`]: a transaction that minted its place earlier may commit later, and must
//! not be passed over.

use std::collections::BTreeMap;

use ::store::{DbError, Tx};
use kernel::{GuildId, Snowflakes, Span, Timestamp};

use crate::{
    flows,
    store::{
        accounts::AccountKey,
        checks,
        rollups::{self, Change, Sum},
    },
    supply::sum,
};

/// How long a transaction may take to commit.
pub const SETTLING: Span = Span::minutes(10);
/// The most rows of the journal that one call sums up.
pub const ROLL_UP_CHUNK_MAX: u32 = 250;

/// How far a call came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolledUp {
    /// How many rows were summed up.
    pub rows: u64,
    /// The guild after which to go on: the one before this one where it has more; nothing after the last guild.
    pub next: Option<i64>,
}

/// Sums up a chunk of the journal of the next guild after `cursor`.
///
/// # Errors
/// When the database fails, or a sum does not fit 64 bits.
pub fn roll_up(tx: &mut Tx<'_>, now: Timestamp, cursor: Option<i64>) -> Result<RolledUp, DbError> {
    let after = cursor.unwrap_or(0);
    let Some(guild) = checks::guild_next(tx, after)? else {
        return Ok(RolledUp {
            rows: 0,
            next: None,
        });
    };
    let settled = now.before(SETTLING);
    let rows = one_guild(tx, guild, settled)?;
    let moves = flows::sum_up(tx, guild, settled, ROLL_UP_CHUNK_MAX)?;
    let more = rows.max(moves) == u64::from(ROLL_UP_CHUNK_MAX);
    Ok(RolledUp {
        rows,
        next: Some(if more { after } else { guild.to_column() }),
    })
}

fn one_guild(tx: &mut Tx<'_>, guild: GuildId, settled: Timestamp) -> Result<u64, DbError> {
    let was = rollups::watermark_fetch(tx, guild)?;
    let mut changes = rollups::change_list(tx, guild, was, ROLL_UP_CHUNK_MAX)?;
    let end = changes.partition_point(|change| Snowflakes::made_at(change.seq) <= settled);
    changes.truncate(end);
    let Some(last) = changes.last() else {
        return Ok(0);
    };
    if !rollups::watermark_put(tx, guild, (was, last.seq))? {
        return Ok(0);
    }
    let mut sums = BTreeMap::new();
    for change in &changes {
        add(&mut sums, change)?;
    }
    for (account, change) in sums {
        rollups::sum_add(tx, guild, account, change)?;
    }
    Ok(u64::try_from(changes.len()).unwrap_or(u64::MAX))
}

/// Adds what one row changes.
pub(crate) fn add(sums: &mut BTreeMap<AccountKey, Sum>, change: &Change) -> Result<(), DbError> {
    let debit = sums.entry(change.debit).or_default();
    debit.balance = sum(
        debit.balance,
        kernel::Coins::new(change.coins.saturating_neg()),
    )?;
    debit.held = sum(debit.held, kernel::Coins::new(change.held))?;
    let credit = sums.entry(change.credit).or_default();
    credit.balance = sum(credit.balance, kernel::Coins::new(change.coins))?;
    Ok(())
}
