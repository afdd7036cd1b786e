//! Moving coins from one account to another: the one way in which a balance changes.
//!
//! Every refusal is decided before anything is written. A retry is known by its id, and gives the earlier receipt
//! even where the coins have moved on since.

use ::store::{DbError, Tx};
use kernel::{Amount, Coins, Fault, FaultKind, IdSource, Op, Told};

use crate::{
    account::{AccountKind, AccountName},
    journal::{Leg, Phase, Record, TransferKind},
    ledger::{self, Draft},
    rules::{self, Freezes},
};

/// The most characters of a reason.
pub const REASON_LENGTH_MAX: usize = 400;

/// Coins to move at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Which of the transfers of this cause it is.
    pub leg: Leg,
    /// Where the coins come from.
    pub from: AccountName,
    /// Where they go.
    pub to: AccountName,
    /// How many.
    pub amount: Amount,
    /// What for.
    pub kind: TransferKind,
    /// Why, in somebody's words; at most [`REASON_LENGTH_MAX`] characters.
    pub reason: String,
}

/// Whether something happened now, or had happened before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It happened now.
    New,
    /// The same cause had done it before; nothing changed now.
    Replayed,
}

/// What an account has after a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The account.
    pub name: AccountName,
    /// What is in it, held coins among them.
    pub balance: Coins,
    /// What is held back.
    pub held: Coins,
    /// Grows with every change; a later standing has a larger one.
    pub version: i64,
}

/// What came of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What stands in the journal.
    pub record: Record,
    /// Whether it was written now.
    pub novelty: Novelty,
    /// What those of the two accounts have that store a balance: now, also where the transfer is an old one.
    pub standings: Vec<Standing>,
}

impl Receipt {
    /// What this account has now.
    #[must_use]
    pub fn standing(&self, name: &AccountName) -> Option<&Standing> {
        self.standings
            .iter()
            .find(|standing| standing.name == *name)
    }
}

/// Why coins were not moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// There is less than was asked for.
    #[error("{name} has {available} to give, not {amount}")]
    Overdraft {
        /// The account.
        name: AccountName,
        /// What it could give.
        available: Coins,
        /// What was asked for.
        amount: Amount,
    },
    /// There is no such account, and it can't be opened by asking.
    #[error("there is no account {name}")]
    UnknownAccount {
        /// The account.
        name: AccountName,
    },
    /// The account is frozen.
    #[error("{name} is frozen")]
    AccountFrozen {
        /// The account.
        name: AccountName,
    },
    /// The guild's economy is frozen.
    #[error("the guild's economy is frozen")]
    EconomyFrozen,
    /// From and to are the same.
    #[error("{name} can't pay itself")]
    SameAccount {
        /// The account.
        name: AccountName,
    },
    /// Sinks only take, and debts only come of a correction.
    #[error("nothing can be taken from {name}")]
    NotASource {
        /// The account.
        name: AccountName,
    },
    /// Faucets only give.
    #[error("nothing can be put into {name}")]
    NotATarget {
        /// The account.
        name: AccountName,
    },
    /// The account would hold, or owe, more than can be counted.
    #[error("{name} would go beyond 9007199254740991")]
    Full {
        /// The account.
        name: AccountName,
    },
    /// The faucet has given out all it ever may.
    #[error("{name} has given out all it may")]
    FaucetDry {
        /// The account.
        name: AccountName,
    },
    /// More would be paid back than is owed.
    #[error("{name} owes only {owed}")]
    NotOwed {
        /// The account.
        name: AccountName,
        /// What is owed.
        owed: Coins,
    },
    /// Only what can be held back can be reserved.
    #[error("nothing can be held back in {name}")]
    NotReservable {
        /// The account.
        name: AccountName,
    },
    /// The reason is too long.
    #[error("the reason has more than {REASON_LENGTH_MAX} characters")]
    ReasonTooLong,
    /// The time until a reservation expires is not ahead, or too far.
    #[error("a reservation must expire within 30 days")]
    BadExpiry,
    /// Too many, or no, transfers are linked.
    #[error("{count} transfers can't be linked: 1 to {max} can")]
    BadLink {
        /// How many there were.
        count: usize,
        /// The most there may be.
        max: usize,
    },
    /// A side of an earlier transfer belonged to somebody who was erased since.
    #[error("{party} belonged to somebody who was erased")]
    Erased {
        /// The side.
        party: String,
    },
    /// The same cause has already done something else.
    #[error("`{id}` exists with other content")]
    Conflict {
        /// The transfer's id.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for TransferError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Overdraft { .. } | Self::Full { .. } | Self::FaucetDry { .. } => {
                FaultKind::Exhausted
            }
            Self::UnknownAccount { .. }
            | Self::SameAccount { .. }
            | Self::NotASource { .. }
            | Self::NotATarget { .. }
            | Self::NotOwed { .. }
            | Self::NotReservable { .. }
            | Self::ReasonTooLong
            | Self::BadExpiry
            | Self::BadLink { .. } => FaultKind::Invalid,
            Self::AccountFrozen { .. } | Self::EconomyFrozen => FaultKind::Forbidden,
            Self::Erased { .. } => FaultKind::NotFound,
            Self::Conflict { .. } => FaultKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        let about = |key, name: &AccountName| Told::new(key).with("account", name.to_string());
        match self {
            Self::Overdraft {
                name,
                available,
                amount,
            } => about("economy-overdraft", name)
                .with("available", *available)
                .with("amount", *amount),
            Self::UnknownAccount { name } => about("economy-unknown-account", name),
            Self::AccountFrozen { name } => about("economy-account-frozen", name),
            Self::EconomyFrozen => Told::new("economy-frozen"),
            Self::SameAccount { name } => about("economy-same-account", name),
            Self::NotASource { name } => about("economy-not-a-source", name),
            Self::NotATarget { name } => about("economy-not-a-target", name),
            Self::Full { name } => about("economy-full", name),
            Self::FaucetDry { name } => about("economy-faucet-dry", name),
            Self::NotOwed { name, owed } => about("economy-not-owed", name).with("owed", *owed),
            Self::NotReservable { name } => about("economy-not-reservable", name),
            Self::ReasonTooLong => Told::new("economy-reason-too-long"),
            Self::BadExpiry => Told::new("economy-bad-expiry"),
            Self::BadLink { .. } => Told::new("economy-bad-link"),
            Self::Erased { .. } => Told::new("economy-erased"),
            Self::Conflict { .. } => Told::new("economy-conflict"),
            Self::Store(error) => error.told(),
        }
    }
}

impl Transfer {
    pub(crate) fn check(&self) -> Result<(), TransferError> {
        rules::may_be_asked(&self.from, &self.to)?;
        if self.reason.chars().count() > REASON_LENGTH_MAX {
            return Err(TransferError::ReasonTooLong);
        }
        Ok(())
    }

    pub(crate) fn draft(&self, op: &Op, phase: Phase) -> Draft {
        Draft {
            id: self.leg.id(&op.cause),
            phase,
            amount: self.amount,
            kind: self.kind.clone(),
            reason: self.reason.clone(),
            at: op.at,
            reverses: None,
            resolves: None,
            linked: None,
            expires_at: None,
        }
    }
}

/// Moves coins.
///
/// # Errors
/// When the rules of the ledger refuse it, the id stands for something else, or the database fails.
pub fn transfer(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    cmd: &Transfer,
) -> Result<Receipt, TransferError> {
    cmd.check()?;
    let sides = ledger::load(tx, op.guild, ids, (&cmd.from, &cmd.to))?;
    let draft = cmd.draft(op, Phase::Transfer);
    ledger::move_coins(tx, op.guild, ids, &sides, &draft, Freezes::Heeded)
}

/// Whether an account of this kind can hold coins back.
pub(crate) const fn is_reservable(kind: AccountKind) -> bool {
    matches!(
        kind,
        AccountKind::Purse | AccountKind::Bank | AccountKind::Treasury | AccountKind::Escrow
    )
}
