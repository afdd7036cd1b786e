//! What the continuous check of the ledger has come to: since when it goes round, and what it had to put right.

use ::store::{DbError, Tx};
use kernel::{GuildId, Timestamp};

use crate::{rebuild::Rebuilt, store::rounds};

/// How a guild's ledger stands with the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Watched {
    /// When the first round over everything was finished.
    pub first_at: Option<Timestamp>,
    /// When the last one was.
    pub last_at: Option<Timestamp>,
    /// What was last put right in this guild.
    pub repair: Option<Repair>,
}

/// Something in a guild's ledger that did not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repair {
    /// When it was found.
    pub at: Timestamp,
    /// How many balances were derived from the journal again.
    pub repaired: u64,
    /// How many contradictions of the journal itself were found, which stop the guild's economy.
    pub contradictions: u64,
}

impl Watched {
    /// Since when every round has found the guild's ledger in order; nothing before the first one.
    #[must_use]
    pub fn clean_since(&self) -> Option<Timestamp> {
        let first = self.first_at?;
        Some(self.repair.map_or(first, |repair| repair.at.max(first)))
    }
}

/// Notes that the check has gone once round everything.
///
/// # Errors
/// When the database fails.
pub fn round_finished(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), DbError> {
    rounds::round_put(tx, now)
}

/// Notes what was put right in a guild.
///
/// # Errors
/// When the database fails.
pub fn repaired(
    tx: &mut Tx<'_>,
    guild: GuildId,
    rebuilt: &Rebuilt,
    now: Timestamp,
) -> Result<(), DbError> {
    let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    let repair = Repair {
        at: now,
        repaired: count(rebuilt.repaired.len()),
        contradictions: count(rebuilt.contradictions.len()),
    };
    rounds::repair_put(tx, guild, &repair)
}

/// How a guild's ledger stands with the check.
///
/// # Errors
/// When the database fails.
pub fn watched(tx: &mut Tx<'_>, guild: GuildId) -> Result<Watched, DbError> {
    let round = rounds::round_fetch(tx)?;
    Ok(Watched {
        first_at: round.map(|(first, _)| first),
        last_at: round.map(|(_, last)| last),
        repair: rounds::repair_fetch(tx, guild)?,
    })
}

/// How the ledgers of all guilds stand with the check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WatchedAll {
    /// When the first round over everything was finished.
    pub first_at: Option<Timestamp>,
    /// When the last one was.
    pub last_at: Option<Timestamp>,
    /// The guilds in which something was put right last, the latest first.
    pub repairs: Vec<(GuildId, Repair)>,
}

/// How the ledgers of all guilds stand with the check, with at most so many of the latest repairs.
///
/// # Errors
/// When the database fails.
pub fn watched_all(tx: &mut Tx<'_>, limit: u32) -> Result<WatchedAll, DbError> {
    let round = rounds::round_fetch(tx)?;
    Ok(WatchedAll {
        first_at: round.map(|(first, _)| first),
        last_at: round.map(|(_, last)| last),
        repairs: rounds::repair_list(tx, limit.clamp(1, 100))?,
    })
}
