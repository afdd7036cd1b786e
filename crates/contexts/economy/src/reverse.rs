//! Taking a transfer back: a new one the other way round that names the old, once only.
//!
//! Whoever has spent the coins since goes into debt: the missing part is advanced by `debt:U`, so that no purse falls
//! below zero. Freezes of the two accounts do not stop a correction; a frozen guild does.

use ::store::{DbError, Tx};
use kernel::{Amount, Fault, FaultKind, IdSource, Op, Told};

use crate::{
    account::AccountName,
    journal::{Leg, Phase, TransferKind},
    ledger::{self, Draft},
    rules::{self, Freezes, Sides},
    store::transfers::{self, Entry},
    transfer::{Novelty, REASON_LENGTH_MAX, Receipt, TransferError},
};

/// A transfer to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverse {
    /// The transfer's id.
    pub transfer: String,
    /// Why.
    pub reason: String,
}

/// Why a transfer was not taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReverseError {
    /// There is no such transfer in this guild.
    #[error("there is no transfer `{id}`")]
    NoSuchTransfer {
        /// The id.
        id: String,
    },
    /// The row moved no coins, so there is nothing to take back.
    #[error("`{id}` moved no coins")]
    MovedNothing {
        /// The id.
        id: String,
    },
    /// It was taken back before.
    #[error("`{id}` was taken back by `{by}`")]
    AlreadyReversed {
        /// The id.
        id: String,
        /// The transfer that did.
        by: String,
    },
    /// The rules of the ledger refuse it.
    #[error(transparent)]
    Transfer(#[from] TransferError),
}

impl From<DbError> for ReverseError {
    fn from(error: DbError) -> Self {
        Self::Transfer(error.into())
    }
}

impl Fault for ReverseError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchTransfer { .. } => FaultKind::NotFound,
            Self::MovedNothing { .. } => FaultKind::Invalid,
            Self::AlreadyReversed { .. } => FaultKind::Conflict,
            Self::Transfer(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoSuchTransfer { .. } => Told::new("economy-no-such-transfer"),
            Self::MovedNothing { .. } => Told::new("economy-moved-nothing"),
            Self::AlreadyReversed { .. } => Told::new("economy-already-reversed"),
            Self::Transfer(error) => error.told(),
        }
    }
}

/// What came of a reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// The transfer that took the old one back.
    pub receipt: Receipt,
    /// What was advanced by the debt of whoever had spent the coins.
    pub advance: Option<Receipt>,
}

/// Takes a transfer back.
///
/// # Errors
/// When there is no such transfer, it was taken back before, the rules of the ledger refuse it, or the database fails.
pub fn reverse(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    cmd: &Reverse,
) -> Result<Reversal, ReverseError> {
    if cmd.reason.chars().count() > REASON_LENGTH_MAX {
        return Err(TransferError::ReasonTooLong.into());
    }
    let Some(old) = transfers::transfer_fetch(tx, op.guild, &cmd.transfer)? else {
        return Err(ReverseError::NoSuchTransfer {
            id: cmd.transfer.clone(),
        });
    };
    if !old.phase.moves() {
        return Err(ReverseError::MovedNothing { id: old.id });
    }
    tx.nested(|tx| take_back(tx, op, ids, &old, &cmd.reason))?
}

fn take_back(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    old: &Entry,
    reason: &str,
) -> Result<Reversal, ReverseError> {
    let sides = mirrored(ledger::load_again(tx, op.guild, old)?);
    let draft = reversal_draft(op, old, reason);
    if let Some(receipt) = ledger::replayed(tx, op.guild, &sides, &draft)? {
        return Ok(Reversal {
            receipt,
            advance: None,
        });
    }
    if let Some(by) = transfers::reversal_fetch(tx, op.guild, old.seq)? {
        let id = old.id.clone();
        return Err(ReverseError::AlreadyReversed { id, by });
    }
    let advance = advance(tx, op, ids, &sides, old)?;
    let sides = match &advance {
        Some(_) => ledger::lock(tx, sides)?,
        None => sides,
    };
    let mut receipt = ledger::move_coins(tx, op.guild, ids, &sides, &draft, Freezes::Passed)?;
    receipt.record.reverses = Some(old.id.clone());
    Ok(Reversal { receipt, advance })
}

fn mirrored(sides: Sides) -> Sides {
    Sides {
        from: sides.to,
        to: sides.from,
        debit: sides.credit,
        credit: sides.debit,
    }
}

fn reversal_draft(op: &Op, old: &Entry, reason: &str) -> Draft {
    Draft {
        id: Leg::numbered("revert", old.seq).id(&op.cause),
        phase: Phase::Transfer,
        amount: old.amount,
        kind: TransferKind::REVERT,
        reason: reason.to_owned(),
        at: op.at,
        reverses: Some(old.seq),
        resolves: None,
        linked: None,
        expires_at: None,
    }
}

/// Advances what the debited member lacks from their debt.
fn advance(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    sides: &Sides,
    old: &Entry,
) -> Result<Option<Receipt>, TransferError> {
    let (AccountName::Purse(user) | AccountName::Bank(user)) = &sides.from else {
        return Ok(None);
    };
    let available = rules::available(&sides.debit).get();
    let missing = old.amount.get().saturating_sub(available);
    let Ok(missing) = Amount::new(missing) else {
        return Ok(None);
    };
    let debt = AccountName::Debt(*user);
    let sides = ledger::load(tx, op.guild, ids, (&debt, &sides.from))?;
    let draft = Draft {
        id: Leg::numbered("advance", old.seq).id(&op.cause),
        amount: missing,
        kind: TransferKind::DEBT,
        reverses: None,
        ..reversal_draft(op, old, "")
    };
    ledger::move_coins(tx, op.guild, ids, &sides, &draft, Freezes::Passed).map(Some)
}

/// Pays back what a member owes, as far as the purse reaches; nothing where nothing is owed or there.
///
/// # Errors
/// When the rules of the ledger refuse it, or the database fails.
pub fn repay(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    user: kernel::UserId,
) -> Result<Option<Receipt>, TransferError> {
    let debt = AccountName::Debt(user);
    let owed = crate::store::accounts::account_fetch(tx, op.guild, &debt)?;
    if !owed.is_some_and(|account| account.balance.is_negative()) {
        return Ok(None);
    }
    let sides = ledger::load(tx, op.guild, ids, (&AccountName::Purse(user), &debt))?;
    let owed = sides.credit.balance.get().saturating_neg();
    let amount = owed.min(rules::available(&sides.debit).get());
    let Ok(amount) = Amount::new(amount) else {
        return Ok(None);
    };
    let draft = Draft {
        id: Leg::named("repay").id(&op.cause),
        phase: Phase::Transfer,
        amount,
        kind: TransferKind::DEBT,
        reason: String::new(),
        at: op.at,
        reverses: None,
        resolves: None,
        linked: None,
        expires_at: None,
    };
    let receipt = ledger::move_coins(tx, op.guild, ids, &sides, &draft, Freezes::Heeded)?;
    Ok((receipt.novelty == Novelty::New).then_some(receipt))
}
