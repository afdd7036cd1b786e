//! The daily reward: one claim a calendar day in the member's zone, more for days in a row; and that zone.
//!
//! The claim's row, the coins and the streak are one transaction. The purse is locked first, so that claims and
//! changes of zone of one member follow one another.

use ::store::{DbError, Tx};
use kernel::{Amount, Fault, FaultKind, IdSource, Op, Timestamp, Told, UserId};

use crate::{
    account::AccountName,
    day::{self, Claimable, Zone, ZoneError},
    journal::{Leg, Phase, TransferKind},
    ledger,
    rules::{Freezes, Sides},
    settings::Settings,
    store::{
        accounts,
        dailies::{self, NewClaim},
        transfers,
    },
    transfer::{Novelty, Receipt, Transfer, TransferError},
};

/// What came of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The coins.
    pub receipt: Receipt,
    /// Days in a row, this one among them.
    pub streak: i64,
    /// When the next claim can be made; nothing where this is the answer to a retry.
    pub next_at: Option<Timestamp>,
}

/// Why nothing was claimed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DailyError {
    /// The day was claimed, or another zone was left too recently.
    #[error("already claimed; the next claim can be made at {next_at}")]
    AlreadyClaimed {
        /// When the next claim can be made.
        next_at: Timestamp,
    },
    /// The owner has set the reward to nothing.
    #[error("the daily reward is off in this guild")]
    Off,
    /// The rules of the ledger refuse the coins.
    #[error(transparent)]
    Transfer(#[from] TransferError),
}

impl From<DbError> for DailyError {
    fn from(error: DbError) -> Self {
        Self::Transfer(error.into())
    }
}

impl Fault for DailyError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::AlreadyClaimed { .. } => FaultKind::Exhausted,
            Self::Off => FaultKind::Forbidden,
            Self::Transfer(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::AlreadyClaimed { next_at } => {
                Told::new("economy-already-claimed").with("moment", seconds(*next_at))
            }
            Self::Off => Told::new("economy-daily-off"),
            Self::Transfer(error) => error.told(),
        }
    }
}

/// Whole seconds since 1970, as Discord counts moments; rounded up, so that what is promised then is true then.
pub(crate) fn seconds(at: Timestamp) -> i64 {
    let millis = at.millis();
    let begun = i64::from(millis.rem_euclid(1_000) != 0 || at.micros().rem_euclid(1_000) != 0);
    millis.div_euclid(1_000).saturating_add(begun)
}

/// Claims the reward of the day for an enrolled member.
///
/// # Errors
/// When the day was claimed, the reward is off, the ledger refuses the coins, or the database fails.
pub fn claim(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    settings: &Settings,
    user: UserId,
) -> Result<Claim, DailyError> {
    let (faucet, purse) = (AccountName::FAUCET_DAILY, AccountName::Purse(user));
    let sides = ledger::load(tx, op.guild, ids, (&faucet, &purse))?;
    let known = dailies::dailies_fetch(tx, sides.credit.key)?;
    let zone = Zone::first_of([known.zone.as_deref(), settings.daily.zone.as_deref()]);
    let (day, streak) = match day::claimable(&zone, known.last.as_ref(), op.at) {
        Claimable::Now { day, streak } => (day, streak),
        Claimable::NotBefore(next_at) => {
            let refusal = DailyError::AlreadyClaimed { next_at };
            return earlier(tx, op, &sides)?.ok_or(refusal);
        }
    };
    let amount = Amount::new(day::reward(&settings.daily, streak)).map_err(|_| DailyError::Off)?;
    let new = NewClaim {
        person: sides.credit.key,
        day,
        at: op.at,
        lapses_at: day::lapses_at(&zone, day),
        zone: zone.name().to_owned(),
        streak,
    };
    let next_at = zone.begins(day.saturating_add(1));
    match pay(tx, op, ids, &sides, amount, &new) {
        Ok(Some(receipt)) => Ok(Claim {
            receipt,
            streak,
            next_at: Some(next_at),
        }),
        Ok(None) => earlier(tx, op, &sides)?.ok_or(DailyError::AlreadyClaimed { next_at }),
        Err(DailyError::Transfer(conflict @ TransferError::Conflict { .. })) => {
            earlier(tx, op, &sides)?.ok_or_else(|| conflict.into())
        }
        Err(refusal) => Err(refusal),
    }
}

/// Pays and writes the claim down; nothing where the day is taken.
fn pay(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    sides: &Sides,
    amount: Amount,
    new: &NewClaim,
) -> Result<Option<Receipt>, DailyError> {
    let draft = reward_of(sides, amount).draft(op, Phase::Transfer);
    tx.nested(|tx| {
        let receipt = ledger::move_coins(tx, op.guild, ids, sides, &draft, Freezes::Heeded)?;
        let taken = !dailies::claim_insert(tx, new, receipt.record.seq)?;
        if taken || receipt.novelty == Novelty::Replayed {
            return Err(Stopped::Taken);
        }
        dailies::streak_put(tx, op.guild, new)?;
        Ok(receipt)
    })?
    .map_or_else(Stopped::outcome, |receipt| Ok(Some(receipt)))
}

/// Why a claim was rolled back.
enum Stopped {
    Taken,
    Refused(TransferError),
}

impl Stopped {
    fn outcome(self) -> Result<Option<Receipt>, DailyError> {
        match self {
            Self::Taken => Ok(None),
            Self::Refused(error) => Err(error.into()),
        }
    }
}

impl From<TransferError> for Stopped {
    fn from(error: TransferError) -> Self {
        Self::Refused(error)
    }
}

impl From<DbError> for Stopped {
    fn from(error: DbError) -> Self {
        Self::Refused(error.into())
    }
}

fn reward_of(sides: &Sides, amount: Amount) -> Transfer {
    Transfer {
        leg: Leg::named("daily"),
        from: sides.from.clone(),
        to: sides.to.clone(),
        amount,
        kind: TransferKind::DAILY,
        reason: String::new(),
    }
}

/// What this very cause claimed before.
fn earlier(tx: &mut Tx<'_>, op: &Op, sides: &Sides) -> Result<Option<Claim>, DailyError> {
    let id = Leg::named("daily").id(&op.cause);
    let Some(old) = transfers::transfer_fetch(tx, op.guild, &id)? else {
        return Ok(None);
    };
    let draft = reward_of(sides, old.amount).draft(op, Phase::Transfer);
    let Some(receipt) = ledger::replayed(tx, op.guild, sides, &draft)? else {
        return Ok(None);
    };
    let streak = dailies::claim_fetch(tx, sides.credit.key, old.seq)?;
    Ok(Some(Claim {
        receipt,
        streak: streak.unwrap_or(1),
        next_at: None,
    }))
}

/// Why a zone was not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimezoneError {
    /// There is no such zone.
    #[error(transparent)]
    NoSuchZone(#[from] ZoneError),
    /// The user has no purse.
    #[error("{user} has no purse")]
    NoSuchMember {
        /// The user.
        user: UserId,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for TimezoneError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchZone(_) => FaultKind::Invalid,
            Self::NoSuchMember { .. } => FaultKind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoSuchZone(error) => {
                Told::new("economy-no-such-zone").with("zone", error.given.clone())
            }
            Self::NoSuchMember { .. } => Told::new("economy-no-purse"),
            Self::Store(error) => error.told(),
        }
    }
}

/// Sets the zone in which an enrolled member's days are counted.
///
/// # Errors
/// When there is no such zone, the user has no purse, or the database fails.
pub fn set_timezone(
    tx: &mut Tx<'_>,
    op: &Op,
    user: UserId,
    name: &str,
) -> Result<Zone, TimezoneError> {
    let zone = Zone::named(name)?;
    let purse = accounts::purses_lock(tx, op.guild, (user, user))?.pop();
    let (_, purse) = purse.ok_or(TimezoneError::NoSuchMember { user })?;
    dailies::zone_put(tx, op.guild, purse.key, zone.name())?;
    // A streak that can still be continued from there is still one.
    if let Some(last) = dailies::dailies_fetch(tx, purse.key)?.last {
        dailies::lapses_put(tx, purse.key, day::lapses_after(&zone, &last))?;
    }
    Ok(zone)
}

/// The zone in which a member's days are counted.
///
/// # Errors
/// When the database fails.
pub fn timezone(
    tx: &mut Tx<'_>,
    op: &Op,
    settings: &Settings,
    user: UserId,
) -> Result<Zone, DbError> {
    let person = accounts::person_fetch(tx, op.guild, user)?;
    let known = match person {
        Some(person) => dailies::dailies_fetch(tx, person)?,
        None => dailies::Dailies::default(),
    };
    Ok(Zone::first_of([
        known.zone.as_deref(),
        settings.daily.zone.as_deref(),
    ]))
}
