//! Transfers of one kind, or since a moment: found in the journal, a bounded way at a time.

use ::store::{DbError, Tx};
use kernel::{GuildId, Snowflakes, Timestamp};

use crate::{
    journal::{Record, TransferKind},
    statement::{TRANSFERS_LIMIT_MAX, Transfers},
    store::transfers,
};

/// The most rows of the journal that one part looks at.
pub const SEARCH_ROWS_MAX: u32 = 5_000;

/// Which transfers are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// Of this kind alone.
    pub kind: Option<TransferKind>,
    /// Not older than this.
    pub since: Option<Timestamp>,
}

/// What moved coins in a guild and fits, newest first. A part may hold fewer than there are rows to come, or none: it
/// has looked at [`SEARCH_ROWS_MAX`] rows, and says where to go on.
///
/// # Errors
/// When the database fails.
pub fn search(
    tx: &mut Tx<'_>,
    guild: GuildId,
    search: &Search,
    before: Option<i64>,
    limit: u32,
) -> Result<Transfers, DbError> {
    let limit = limit.clamp(1, TRANSFERS_LIMIT_MAX);
    let since = search.since.map_or(0, Snowflakes::first_at);
    let window = transfers::Window {
        before: before.unwrap_or(i64::MAX),
        since,
        rows: SEARCH_ROWS_MAX,
    };
    let kind = search.kind.as_ref().map_or("", TransferKind::name);
    let mut records = transfers::record_search(tx, guild, window, kind, limit.saturating_add(1))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if records.len() > limit {
        records.truncate(limit);
        let next = records.last().map(|record| record.seq);
        return Ok(Transfers { records, next });
    }
    let next = transfers::window_end(tx, guild, window)?;
    Ok(Transfers { records, next })
}

/// A transfer as it is told, and what took it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The transfer.
    pub record: Record,
    /// The place of the one that took it back.
    pub reversed_by: Option<i64>,
    /// The place of the one that it takes back.
    pub reverses: Option<i64>,
}

/// The transfer at a place of a guild's journal; nothing where no coins moved there.
///
/// # Errors
/// When the database fails.
pub fn found(tx: &mut Tx<'_>, guild: GuildId, place: i64) -> Result<Option<Found>, DbError> {
    let Some(record) = transfers::record_fetch(tx, guild, place)? else {
        return Ok(None);
    };
    if !record.phase.moves() {
        return Ok(None);
    }
    let reversal = transfers::reversal_fetch(tx, guild, place)?;
    let reversed_by = place_of(tx, guild, reversal)?;
    let reverses = place_of(tx, guild, record.reverses.clone())?;
    Ok(Some(Found {
        record,
        reversed_by,
        reverses,
    }))
}

fn place_of(tx: &mut Tx<'_>, guild: GuildId, id: Option<String>) -> Result<Option<i64>, DbError> {
    let Some(id) = id else {
        return Ok(None);
    };
    let entry = transfers::transfer_fetch(tx, guild, &id)?;
    Ok(entry.map(|entry| entry.seq))
}
