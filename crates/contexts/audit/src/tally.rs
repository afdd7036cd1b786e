//! Counting decisions over a time, for charts: by quarter of an hour, kind, and what became of them.
//!
//! A quarter, because every time zone's midnight falls on one.

use ::store::{DbError, Tx};
use kernel::{GuildId, Span, Timestamp};

use crate::{
    entry::{Kind, Outcome},
    store::tallies,
};

/// The longest time that is counted at once.
pub const TALLY_SPAN_MAX: Span = Span::days(31);
/// The length of a slot.
pub const TALLY_SLOT: Span = Span::minutes(15);

/// How many decisions of a kind came to the same in one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// When the slot begins.
    pub from: Timestamp,
    /// What sort of decision.
    pub kind: Kind,
    /// What became of them.
    pub outcome: Outcome,
    /// How many.
    pub count: u64,
}

/// The decisions of a guild from a moment on and before another, at most [`TALLY_SPAN_MAX`] of them, oldest first.
///
/// # Errors
/// When the database fails.
pub fn tally(
    tx: &mut Tx<'_>,
    guild: GuildId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<Tally>, DbError> {
    let since = since.max(until.before(TALLY_SPAN_MAX));
    tallies::tally_list(tx, guild, since, until)
}
