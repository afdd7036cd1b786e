//! What may move: the checks on two accounts, in the order in which a person would want to hear of them.
//!
//! Pure: the accounts were loaded before, and nothing here changes them.

use kernel::{Amount, Coins};

use crate::{
    account::{AccountKind, AccountName},
    store::accounts::Account,
    transfer::TransferError,
};

/// The most that an account may hold: what every JSON reader keeps exact.
pub(crate) const BALANCE_MAX: i64 = Amount::MAX.get();
/// Below this no faucet pays any more, so that sums over a guild always fit.
pub(crate) const FAUCET_MIN: i64 = -(1 << 61);

/// Whether a freeze of one of the accounts stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freezes {
    /// It does.
    Heeded,
    /// A correction goes through all the same.
    Passed,
}

/// The two sides of a transfer, with the names they were asked for under.
#[derive(Debug, Clone)]
pub(crate) struct Sides {
    pub(crate) from: AccountName,
    pub(crate) to: AccountName,
    pub(crate) debit: Account,
    pub(crate) credit: Account,
}

/// What can be refused without looking at any account.
pub(crate) fn may_be_asked(from: &AccountName, to: &AccountName) -> Result<(), TransferError> {
    if from == to {
        return Err(TransferError::SameAccount { name: from.clone() });
    }
    if matches!(from.kind(), AccountKind::Sink | AccountKind::Debt) {
        return Err(TransferError::NotASource { name: from.clone() });
    }
    if to.kind() == AccountKind::Faucet {
        return Err(TransferError::NotATarget { name: to.clone() });
    }
    Ok(())
}

/// Whether the freezes let anything pass between the two sides.
pub(crate) fn may_pass(sides: &Sides, freezes: Freezes) -> Result<(), TransferError> {
    if sides.debit.guild_frozen {
        return Err(TransferError::EconomyFrozen);
    }
    if freezes == Freezes::Passed {
        return Ok(());
    }
    for (account, name) in [(&sides.debit, &sides.from), (&sides.credit, &sides.to)] {
        if account.frozen {
            return Err(TransferError::AccountFrozen { name: name.clone() });
        }
    }
    Ok(())
}

/// Whether the debited side has this much to give.
pub(crate) fn may_give(sides: &Sides, amount: Amount) -> Result<(), TransferError> {
    let debit = &sides.debit;
    match debit.kind {
        AccountKind::Faucet if debit.balance.get() <= FAUCET_MIN => Err(TransferError::FaucetDry {
            name: sides.from.clone(),
        }),
        AccountKind::Faucet | AccountKind::Sink => Ok(()),
        AccountKind::Debt => {
            let owed = debit.balance.minus(amount).ok();
            let fits = owed.is_some_and(|owed| owed.get() >= BALANCE_MAX.saturating_neg());
            fits.then_some(()).ok_or_else(|| TransferError::Full {
                name: sides.from.clone(),
            })
        }
        AccountKind::Purse | AccountKind::Bank | AccountKind::Treasury | AccountKind::Escrow => {
            let available = available(debit);
            if available < Coins::from(amount) {
                return Err(TransferError::Overdraft {
                    name: sides.from.clone(),
                    available,
                    amount,
                });
            }
            Ok(())
        }
    }
}

/// Whether the credited side has room for this much.
pub(crate) fn may_take(sides: &Sides, amount: Amount) -> Result<(), TransferError> {
    let credit = &sides.credit;
    let name = || sides.to.clone();
    if !credit.kind.stores_balance() {
        return Ok(());
    }
    let after = credit.balance.plus(amount).ok();
    match (credit.kind, after) {
        (AccountKind::Debt, after) if after.is_none_or(|after| after > Coins::ZERO) => {
            Err(TransferError::NotOwed {
                name: name(),
                owed: Coins::new(credit.balance.get().saturating_neg()),
            })
        }
        (_, Some(after)) if after.get() <= BALANCE_MAX => Ok(()),
        (_, _) => Err(TransferError::Full { name: name() }),
    }
}

/// All of it, for coins that move at once.
pub(crate) fn may_move(
    sides: &Sides,
    amount: Amount,
    freezes: Freezes,
) -> Result<(), TransferError> {
    may_pass(sides, freezes)?;
    may_give(sides, amount)?;
    may_take(sides, amount)
}

/// What is there and not held back.
pub(crate) fn available(account: &Account) -> Coins {
    account.balance.minus(account.held).unwrap_or_default()
}
