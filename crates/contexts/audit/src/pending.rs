//! What is still pending, and what came of effects.

use ::store::{DbError, Tx};
use kernel::{GuildId, MessageId, Timestamp};

use crate::{
    draft::clipped,
    entry::EntryId,
    store::{
        effects::{effect_settle, effect_wait, message_insert},
        records::{Waiting, open_list},
    },
};

/// The most that one look for pending entries gives.
pub const PENDING_LIMIT_MAX: u32 = 500;
/// The most characters of an effect's error.
const ERROR_LENGTH_MAX: usize = 300;

/// An entry that still waits for its conclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Its guild.
    pub guild: GuildId,
    /// The entry.
    pub entry: EntryId,
    /// When it was made.
    pub at: Timestamp,
}

/// How an effect ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It was done, and made this message where it made one.
    Done(Option<MessageId>),
    /// It failed for good.
    Failed {
        /// Why.
        error: String,
    },
}

/// Entries made before a moment that are still pending, oldest first: a job closes them as errors.
///
/// # Errors
/// When the database fails.
pub fn pending_before(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Pending>, DbError> {
    let waiting = open_list(tx, before, limit.min(PENDING_LIMIT_MAX))?;
    let pending = |waiting: Waiting| Pending {
        guild: waiting.guild,
        entry: EntryId::of_column(waiting.entry),
        at: waiting.at,
    };
    Ok(waiting.into_iter().map(pending).collect())
}

/// Says what came of an effect; the entry that owed it, where it was pending until now.
///
/// # Errors
/// When the database fails.
pub fn effect_settled(
    tx: &mut Tx<'_>,
    owed: i64,
    settled: &Settled,
    at: Timestamp,
) -> Result<Option<(GuildId, EntryId)>, DbError> {
    let (state, error) = match settled {
        Settled::Done(_) => ("done", None),
        Settled::Failed { error } => ("failed", Some(clipped(error, ERROR_LENGTH_MAX))),
    };
    let Some((guild, entry)) = effect_settle(tx, owed, state, error.as_deref(), at)? else {
        return Ok(None);
    };
    if let Settled::Done(Some(message)) = settled {
        message_insert(tx, guild, *message, entry)?;
    }
    Ok(Some((guild, EntryId::of_column(entry))))
}

/// Says that an effect that failed is tried again, so that its entry waits for it once more.
///
/// # Errors
/// When the database fails.
pub fn effect_again(tx: &mut Tx<'_>, owed: i64, at: Timestamp) -> Result<(), DbError> {
    effect_wait(tx, owed, at)
}

/// Says that the bot wrote a message because of an entry, so that one can ask why about that message too.
///
/// # Errors
/// When the database fails.
pub fn message_made(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entry: EntryId,
    message: MessageId,
) -> Result<(), DbError> {
    message_insert(tx, guild, message, entry.get())
}
