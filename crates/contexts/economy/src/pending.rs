//! Transfers in two steps: reserve holds coins back, then post moves them (all or a part), void frees them, or time
//! does.
//!
//! A reservation is resolved at most once, and never posted or voided after its time. Held coins stay in the balance
//! and can't be given away.

use ::store::{DbError, Tx};
use kernel::{Amount, Fault, FaultKind, IdSource, Op, Span, Timestamp, Told};

use crate::{
    journal::{Leg, Phase},
    ledger::{self, Draft},
    rules::{self, Freezes, Sides},
    store::{
        accounts,
        holds::{self, Hold},
        transfers::{self, Entry},
    },
    transfer::{Novelty, Receipt, Transfer, TransferError, is_reservable},
};

/// The longest time for which coins can be held back.
pub const RESERVE_SPAN_MAX: Span = Span::days(30);
/// The most reservations that one call of [`expire_due`] ends.
pub const EXPIRE_CHUNK_MAX: u32 = 500;

/// Coins to hold back for a later transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserve {
    /// What would be moved.
    pub transfer: Transfer,
    /// For how long; at most [`RESERVE_SPAN_MAX`].
    pub lasts: Span,
}

/// How to end a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// Which of the transfers of this cause it is.
    pub leg: Leg,
    /// The id of the reservation.
    pub pending: String,
    /// What becomes of the held coins.
    pub ending: Ending,
}

/// What becomes of held coins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// This much moves, at most what is held; the rest is freed.
    Post(Amount),
    /// All of it moves.
    PostAll,
    /// All of it is freed.
    Void,
}

/// Why a reservation was not resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// There is no reservation with this id.
    #[error("there is no reservation `{id}`")]
    NoSuchReservation {
        /// The id.
        id: String,
    },
    /// It was resolved before.
    #[error("the reservation `{id}` was resolved before")]
    AlreadyResolved {
        /// The id.
        id: String,
    },
    /// Its time is over.
    #[error("the reservation `{id}` expired at {at}")]
    Expired {
        /// The id.
        id: String,
        /// When that was.
        at: Timestamp,
    },
    /// More was asked for than is held.
    #[error("the reservation `{id}` holds {held}, not {amount}")]
    TooMuch {
        /// The id.
        id: String,
        /// What is held.
        held: Amount,
        /// What was asked for.
        amount: Amount,
    },
    /// The rules of the ledger refuse the movement.
    #[error(transparent)]
    Transfer(#[from] TransferError),
}

impl From<DbError> for ResolveError {
    fn from(error: DbError) -> Self {
        Self::Transfer(error.into())
    }
}

impl Fault for ResolveError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchReservation { .. } => FaultKind::NotFound,
            Self::AlreadyResolved { .. } | Self::Expired { .. } => FaultKind::Conflict,
            Self::TooMuch { .. } => FaultKind::Exhausted,
            Self::Transfer(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoSuchReservation { .. } => Told::new("economy-no-such-reservation"),
            Self::AlreadyResolved { .. } => Told::new("economy-already-resolved"),
            Self::Expired { .. } => Told::new("economy-reservation-expired"),
            Self::TooMuch { held, amount, .. } => Told::new("economy-reservation-too-small")
                .with("held", *held)
                .with("amount", *amount),
            Self::Transfer(error) => error.told(),
        }
    }
}

/// Holds coins back.
///
/// # Errors
/// When the rules of the ledger refuse it, the id stands for something else, or the database fails.
pub fn reserve(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    cmd: &Reserve,
) -> Result<Receipt, TransferError> {
    cmd.transfer.check()?;
    if cmd.lasts == Span::ZERO || cmd.lasts > RESERVE_SPAN_MAX {
        return Err(TransferError::BadExpiry);
    }
    let (from, to) = (&cmd.transfer.from, &cmd.transfer.to);
    if !is_reservable(from.kind()) {
        return Err(TransferError::NotReservable { name: from.clone() });
    }
    let sides = ledger::load(tx, op.guild, ids, (from, to))?;
    let mut draft = cmd.transfer.draft(op, Phase::Reserve);
    draft.expires_at = Some(after(op.at, cmd.lasts));
    hold_back(tx, op, ids, &sides, &draft)
}

fn hold_back(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    sides: &Sides,
    draft: &Draft,
) -> Result<Receipt, TransferError> {
    let may =
        rules::may_pass(sides, Freezes::Heeded).and_then(|()| rules::may_give(sides, draft.amount));
    if let Err(refusal) = may {
        return ledger::replayed(tx, op.guild, sides, draft)?.ok_or(refusal);
    }
    let Some(entry) = ledger::write(tx, op.guild, ids, sides, draft)? else {
        let id = draft.id.clone();
        return ledger::replayed(tx, op.guild, sides, draft)?.ok_or(TransferError::Conflict { id });
    };
    let hold = Hold {
        guild: op.guild,
        pending: entry.seq,
        account: sides.debit.key,
        amount: entry.amount,
        expires_at: entry.expires_at.unwrap_or(op.at),
    };
    holds::hold_insert(tx, &hold)?;
    accounts::held_add(tx, sides.debit.key, entry.amount.get())?;
    Ok(Receipt {
        standings: ledger::standings(sides, (0, entry.amount.get()), (0, 0)),
        novelty: Novelty::New,
        record: ledger::record(sides, entry),
    })
}

/// Ends a reservation: its coins move, or are freed.
///
/// # Errors
/// When there is none, it was resolved or has expired, holds less, or the rules of the ledger refuse the movement.
pub fn resolve(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    cmd: &Resolve,
) -> Result<Receipt, ResolveError> {
    let pending = transfers::transfer_fetch(tx, op.guild, &cmd.pending)?;
    let pending = pending.filter(|entry| entry.phase == Phase::Reserve);
    let Some(pending) = pending else {
        return Err(ResolveError::NoSuchReservation {
            id: cmd.pending.clone(),
        });
    };
    let sides = ledger::load_again(tx, op.guild, &pending)?;
    let draft = ending_draft(op, cmd, &pending);
    if let Some(receipt) = ledger::replayed(tx, op.guild, &sides, &draft)? {
        return Ok(receipt);
    }
    may_resolve(tx, op, &pending, &sides, &draft)?;
    let Some(entry) = ledger::write(tx, op.guild, ids, &sides, &draft)? else {
        return Err(ResolveError::AlreadyResolved { id: pending.id });
    };
    holds::hold_delete(tx, op.guild, pending.seq)?;
    Ok(settle(tx, &sides, &pending, entry)?)
}

fn ending_draft(op: &Op, cmd: &Resolve, pending: &Entry) -> Draft {
    let (phase, amount) = match cmd.ending {
        Ending::Post(amount) => (Phase::Post, amount),
        Ending::PostAll => (Phase::Post, pending.amount),
        Ending::Void => (Phase::Void, pending.amount),
    };
    Draft {
        id: cmd.leg.id(&op.cause),
        phase,
        amount,
        kind: pending.kind.clone(),
        reason: pending.reason.clone(),
        at: op.at,
        reverses: None,
        resolves: Some(pending.seq),
        linked: None,
        expires_at: None,
    }
}

fn may_resolve(
    tx: &mut Tx<'_>,
    op: &Op,
    pending: &Entry,
    sides: &Sides,
    draft: &Draft,
) -> Result<(), ResolveError> {
    let id = || pending.id.clone();
    let Some(hold) = holds::hold_fetch(tx, op.guild, pending.seq)? else {
        let ending = transfers::resolution_fetch(tx, op.guild, pending.seq)?;
        return Err(match (ending, pending.expires_at) {
            (Some(Phase::Expire), Some(at)) => ResolveError::Expired { id: id(), at },
            _ => ResolveError::AlreadyResolved { id: id() },
        });
    };
    if op.at >= hold.expires_at {
        let at = hold.expires_at;
        return Err(ResolveError::Expired { id: id(), at });
    }
    if draft.phase == Phase::Void {
        return Ok(());
    }
    if draft.amount > hold.amount {
        return Err(ResolveError::TooMuch {
            id: id(),
            held: hold.amount,
            amount: draft.amount,
        });
    }
    rules::may_pass(sides, Freezes::Heeded)?;
    rules::may_take(sides, draft.amount)?;
    Ok(())
}

fn settle(
    tx: &mut Tx<'_>,
    sides: &Sides,
    pending: &Entry,
    entry: Entry,
) -> Result<Receipt, DbError> {
    let moved = if entry.phase.moves() {
        entry.amount.get()
    } else {
        0
    };
    let freed = pending.amount.get().saturating_neg();
    if moved > 0 {
        let given = (moved.saturating_neg(), freed);
        accounts::coins_add(tx, &sides.debit, given, entry.seq)?;
        accounts::coins_add(tx, &sides.credit, (moved, 0), entry.seq)?;
    } else {
        accounts::held_add(tx, sides.debit.key, freed)?;
    }
    Ok(Receipt {
        standings: ledger::standings(sides, (moved.saturating_neg(), freed), (moved, 0)),
        novelty: Novelty::New,
        record: ledger::record(sides, entry),
    })
}

/// Frees what is held back past its time, in any guild; gives how many reservations ended. Call again while that is
/// `limit`.
///
/// # Errors
/// When the database fails.
pub fn expire_due(
    tx: &mut Tx<'_>,
    ids: &dyn IdSource,
    at: Timestamp,
    limit: u32,
) -> Result<u32, DbError> {
    let mut ended = 0_u32;
    for hold in holds::hold_list_due(tx, at, limit.min(EXPIRE_CHUNK_MAX))? {
        expire(tx, ids, at, &hold)?;
        ended = ended.saturating_add(1);
    }
    Ok(ended)
}

fn expire(tx: &mut Tx<'_>, ids: &dyn IdSource, at: Timestamp, hold: &Hold) -> Result<(), DbError> {
    accounts::accounts_lock(tx, (hold.account, hold.account))?;
    // Somebody may have resolved it between the list and the lock.
    let still = holds::hold_fetch(tx, hold.guild, hold.pending)?;
    let pending = transfers::transfer_fetch_at(tx, hold.guild, hold.pending)?;
    let (Some(_), Some(pending)) = (still, pending) else {
        return Ok(());
    };
    let entry = Entry {
        seq: ids.next(),
        id: format!("job:expire:{}", pending.seq),
        phase: Phase::Expire,
        at,
        resolves: Some(pending.seq),
        expires_at: None,
        linked: None,
        ..pending
    };
    if transfers::transfer_insert(tx, hold.guild, &entry)? {
        holds::hold_delete(tx, hold.guild, hold.pending)?;
        accounts::held_add(tx, hold.account, hold.amount.get().saturating_neg())?;
    }
    Ok(())
}

/// A moment later by a span.
pub(crate) fn after(at: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_micros(at.micros().saturating_add(span.as_micros()))
}
