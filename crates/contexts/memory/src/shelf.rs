//! What is on the shelf: looking through it, taking things off it, and clearing what has had its time.
//!
//! What is deleted goes from the index in the same transaction. Work over many rows goes in chunks.

use ::store::{DbError, Tx};
use kernel::{ChannelId, GuildId, MessageId, Op, Timestamp, UserId};

use crate::{
    fact::{Fact, FactId},
    settings::Privacy,
    store::{facts as rows, members, shelves, summaries},
};

/// The most facts of one page.
pub const PAGE_MAX: u32 = 200;

/// Facts, newest first, and where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactPage {
    /// The facts.
    pub items: Vec<Fact>,
    /// What to ask for next, where there is more.
    pub next: Option<FactId>,
}

/// Why a text is no cursor into facts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this cursor was not given by a list of memories: leave it out to begin anew")]
pub struct FactCursorError;

impl std::str::FromStr for FactId {
    type Err = FactCursorError;

    fn from_str(text: &str) -> Result<Self, FactCursorError> {
        let is_number = text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number: Option<i64> = is_number.then(|| text.parse().ok()).flatten();
        number.map(Self::new).ok_or(FactCursorError)
    }
}

/// The live facts that a member taught or that are about them, or all of the guild's; before `before`, newest first.
///
/// # Errors
/// When the database fails.
pub fn facts(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: Option<UserId>,
    before: Option<FactId>,
    limit: u32,
    now: Timestamp,
) -> Result<FactPage, DbError> {
    let limit = limit.clamp(1, PAGE_MAX);
    let mut items = shelves::facts_list(tx, guild, user, before, limit + 1, now)?;
    let more = items.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = if more {
        items.last().map(|last| last.id)
    } else {
        None
    };
    Ok(FactPage { items, next })
}

/// A fact of the guild.
///
/// # Errors
/// When the database fails.
pub fn fact(tx: &mut Tx<'_>, guild: GuildId, id: FactId) -> Result<Option<Fact>, DbError> {
    shelves::fact_fetch(tx, guild, id)
}

/// Forgets a fact; of a member's own ones only, where `owner` is given. What it was, or nothing where there is none.
///
/// # Errors
/// When the database fails.
pub fn forget(
    tx: &mut Tx<'_>,
    op: &Op,
    owner: Option<UserId>,
    id: FactId,
) -> Result<Option<Fact>, DbError> {
    let found = shelves::fact_fetch(tx, op.guild, id)?;
    let Some(found) = found.filter(|found| owner.is_none_or(|owner| found.user == owner)) else {
        return Ok(None);
    };
    rows::fact_delete(tx, op.guild, id)?;
    // What it replaced is on no list, so nobody could forget it.
    rows::replaced_delete(tx, &found)?;
    Ok(Some(found))
}

/// Forgets everything known of and taught by a member, the turns of their talks and the summaries they went into;
/// how many facts went.
///
/// # Errors
/// When the database fails.
pub fn forget_all(tx: &mut Tx<'_>, op: &Op, user: UserId) -> Result<u64, DbError> {
    summaries::summaries_delete(tx, op.guild, user)?;
    shelves::turns_delete(tx, op.guild, user)?;
    shelves::facts_delete(tx, op.guild, user)
}

/// Forgets what was learnt from a message; how many facts.
///
/// # Errors
/// When the database fails.
pub fn forget_source(tx: &mut Tx<'_>, op: &Op, message: MessageId) -> Result<u64, DbError> {
    shelves::source_delete(tx, op.guild, message)
}

/// Keeps what was said in a channel to that channel from now on: not everyone may read there any more.
///
/// # Errors
/// When the database fails.
pub fn conceal(tx: &mut Tx<'_>, op: &Op, channel: ChannelId) -> Result<u64, DbError> {
    shelves::channel_conceal(tx, op.guild, channel)
}

/// Deletes what has expired, at most `limit` rows of each sort; how many went. Call it again until none did.
///
/// # Errors
/// When the database fails.
pub fn prune(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64, DbError> {
    let facts = shelves::facts_prune(tx, now, limit)?;
    let turns = shelves::turns_prune(tx, now, limit)?;
    let summaries = shelves::summaries_prune(tx, now)?;
    // A cause can't be delivered again after a day; a week is generous.
    let before = now.before(kernel::Span::days(7));
    Ok(facts + turns + summaries + members::lessons_prune(tx, before, limit)?)
}

/// Brings a guild's memory inside its new limits of time; what is over them expires at once. Later expiries are only
/// ever brought forward.
///
/// # Errors
/// When the database fails.
pub fn retain(tx: &mut Tx<'_>, op: &Op, privacy: &Privacy) -> Result<(), DbError> {
    shelves::retain(tx, op.guild, privacy.words(), privacy.facts())
}
