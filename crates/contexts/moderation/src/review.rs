//! The queue of held messages: each waits for a moderator, who gives it back or leaves it away.
//!
//! Giving back is undoing the case. Leaving away ends the waiting alone: the words are kept for their time, so that the
//! case can still be undone.

use ::store::{DbError, Tx};
use kernel::{GuildId, Op};

use crate::{
    cases::{Case, CaseError, Held, Novelty, case_fetch},
    store::held,
    undo::{Reach, Undone, case_undo},
};

/// The most messages that are listed at once.
pub const WAITING_LIMIT_MAX: u32 = 100;

/// A message that waits, with its case.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The case that removed it.
    pub case: Case,
    /// The message.
    pub held: Held,
}

/// The messages of a guild that wait, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn waiting(tx: &mut Tx<'_>, guild: GuildId, limit: u32) -> Result<Vec<Waiting>, CaseError> {
    let limit = limit.clamp(1, WAITING_LIMIT_MAX);
    let mut all = Vec::new();
    for held in held::waiting_list(tx, guild, limit)? {
        let case = case_fetch(tx, guild, held.number)?;
        all.push(Waiting { case, held });
    }
    Ok(all)
}

/// How many messages of a guild wait.
///
/// # Errors
/// When the database fails.
pub fn waiting_count(tx: &mut Tx<'_>, guild: GuildId) -> Result<u64, DbError> {
    held::waiting_count(tx, guild)
}

/// Gives a held message back: its case is undone. Only what waits is given back here; every other case has its own page.
///
/// # Errors
/// When there is no such case, its message does not wait, taking it back would lift a ban out of reach, or the database
/// fails.
pub fn give_back(tx: &mut Tx<'_>, op: &Op, reach: Reach, number: i64) -> Result<Undone, CaseError> {
    case_fetch(tx, op.guild, number)?;
    if !held::waiting_end(tx, op.guild, number)? {
        return Err(CaseError::NotWaiting { number });
    }
    case_undo(tx, op, reach, number, "")
}

/// Leaves a held message away: it waits no longer. A second time changes nothing.
///
/// # Errors
/// When there is no such case, or the database fails.
pub fn leave_away(tx: &mut Tx<'_>, op: &Op, number: i64) -> Result<(Novelty, Case), CaseError> {
    let case = case_fetch(tx, op.guild, number)?;
    let was_waiting = held::waiting_end(tx, op.guild, number)?;
    let novelty = if was_waiting {
        Novelty::New
    } else {
        Novelty::Before
    };
    Ok((novelty, case))
}
