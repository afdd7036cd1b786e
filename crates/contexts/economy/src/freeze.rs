//! Stopping coins: of one member (purse and bank), or of a whole guild.
//!
//! Reservations of what is frozen can still be voided and still expire; a correction passes the freeze of a member
//! and stops at that of a guild.

use ::store::{DbError, Tx};
use kernel::{Fault, FaultKind, GuildId, Op, Timestamp, Told, UserId};

use crate::store::accounts;

/// What to freeze or thaw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frost {
    /// A member's purse and bank.
    Member(UserId),
    /// The whole guild.
    Guild,
}

/// Why nothing was frozen or thawed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FreezeError {
    /// The user never had a purse here.
    #[error("{user} has no purse")]
    NoSuchMember {
        /// The user.
        user: UserId,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for FreezeError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchMember { .. } => FaultKind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoSuchMember { .. } => Told::new("economy-no-purse"),
            Self::Store(error) => error.told(),
        }
    }
}

/// Stops coins; says whether they were not stopped before.
///
/// # Errors
/// When the member has no purse, or the database fails.
pub fn freeze(tx: &mut Tx<'_>, op: &Op, what: Frost, reason: &str) -> Result<bool, FreezeError> {
    set(tx, op, what, true, reason)
}

/// Lets coins move again; says whether they were stopped before.
///
/// # Errors
/// When the member has no purse, or the database fails.
pub fn unfreeze(tx: &mut Tx<'_>, op: &Op, what: Frost, reason: &str) -> Result<bool, FreezeError> {
    set(tx, op, what, false, reason)
}

fn set(
    tx: &mut Tx<'_>,
    op: &Op,
    what: Frost,
    frozen: bool,
    reason: &str,
) -> Result<bool, FreezeError> {
    match what {
        Frost::Member(user) => {
            let person = accounts::person_fetch(tx, op.guild, user)?;
            let person = person.ok_or(FreezeError::NoSuchMember { user })?;
            Ok(accounts::person_freeze(tx, op.guild, person, frozen)?)
        }
        Frost::Guild => Ok(freeze_guild(tx, op.guild, frozen, reason, op.at)?),
    }
}

pub(crate) fn freeze_guild(
    tx: &mut Tx<'_>,
    guild: GuildId,
    frozen: bool,
    reason: &str,
    at: Timestamp,
) -> Result<bool, DbError> {
    let was = accounts::guild_fetch(tx, guild)?.is_some_and(|(frozen, _, _)| frozen);
    if was == frozen {
        return Ok(false);
    }
    let reason: String = reason.chars().take(400).collect();
    accounts::guild_freeze(tx, guild, frozen, &reason, at)
}

/// Why a guild's economy stands still, and since when; nothing where it does not.
///
/// # Errors
/// When the database fails.
pub fn frozen(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<(String, Timestamp)>, DbError> {
    let state = accounts::guild_fetch(tx, guild)?;
    Ok(state.and_then(|(frozen, reason, at)| frozen.then_some((reason, at))))
}
