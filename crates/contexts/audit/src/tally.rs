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

/// How often a rule hit, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTally {
    /// The rule's id.
    pub rule: String,
    /// Executed where it acted, suppressed in the shadow.
    pub outcome: Outcome,
    /// How many times.
    pub count: u64,
    /// When it last did.
    pub last_at: Timestamp,
}

/// How often each rule of a guild hit since a moment, at most [`TALLY_SPAN_MAX`] before `now`. A message that several
/// rules removed counts for the first of them.
///
/// # Errors
/// When the database fails.
pub fn rule_tally(
    tx: &mut Tx<'_>,
    guild: GuildId,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<RuleTally>, DbError> {
    tallies::rule_list(tx, guild, since.max(now.before(TALLY_SPAN_MAX)))
}
