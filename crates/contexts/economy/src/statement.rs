//! Where the coins went: the journal of a guild, or of one member, newest first.
//!
//! The cursor of a page is the place of its last transfer, so that nothing is missed or doubled while new ones are
//! written.

use ::store::{DbError, Tx};
use kernel::{GuildId, UserId};

use crate::{journal::Record, store::transfers};

/// A part of a list of transfers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfers {
    /// The transfers, newest first.
    pub records: Vec<Record>,
    /// Where the next part begins, where there is one.
    pub next: Option<i64>,
}

/// The most transfers of one part.
pub const TRANSFERS_LIMIT_MAX: u32 = 200;

/// What moved coins in a guild.
///
/// # Errors
/// When the database fails.
pub fn transfers(
    tx: &mut Tx<'_>,
    guild: GuildId,
    before: Option<i64>,
    limit: u32,
) -> Result<Transfers, DbError> {
    let (before, limit) = (before.unwrap_or(i64::MAX), bounded(limit));
    let records = transfers::record_list(tx, guild, before, limit.saturating_add(1))?;
    Ok(page(records, limit))
}

/// What moved coins of one member: into and out of purse, bank and debt.
///
/// # Errors
/// When the database fails.
pub fn statement(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    before: Option<i64>,
    limit: u32,
) -> Result<Transfers, DbError> {
    let (before, limit) = (before.unwrap_or(i64::MAX), bounded(limit));
    let Some(person) = transfers::person_keys(tx, guild, user)? else {
        return Ok(page(Vec::new(), limit));
    };
    let ask = limit.saturating_add(1);
    let records = transfers::record_list_of_person(tx, guild, person, before, ask)?;
    Ok(page(records, limit))
}

fn bounded(limit: u32) -> u32 {
    limit.clamp(1, TRANSFERS_LIMIT_MAX)
}

fn page(mut records: Vec<Record>, limit: u32) -> Transfers {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = records.len() > limit;
    records.truncate(limit);
    let next = records.last().filter(|_| more).map(|record| record.seq);
    Transfers { records, next }
}
