//! Load, decide, save: what every use case that moves coins shares.
//!
//! Rows that store a balance are locked before anything is decided, in the order of their numbers; those of faucets
//! and sinks never are. A refusal writes nothing but, at most, an empty account.

use ::store::{DbError, Tx};
use kernel::{Amount, Coins, GuildId, IdSource, Timestamp};

use crate::{
    account::{AccountKind, AccountName, Party},
    journal::{Phase, Record, TransferKind},
    rules::{self, Freezes, Sides},
    store::{
        accounts::{self, Account, AccountKey},
        transfers::{self, Entry},
    },
    transfer::{Novelty, Receipt, Standing, TransferError},
};

/// A journal row that has no place yet.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) phase: Phase,
    pub(crate) amount: Amount,
    pub(crate) kind: TransferKind,
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
    pub(crate) reverses: Option<i64>,
    pub(crate) resolves: Option<i64>,
    pub(crate) linked: Option<Link>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Which group a transfer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// It is the first of a group.
    First,
    /// It belongs to the group of the transfer at this place.
    To(i64),
}

/// Loads both sides, opening what may be opened by asking, and locks what stores a balance.
pub(crate) fn load(
    tx: &mut Tx<'_>,
    guild: GuildId,
    ids: &dyn IdSource,
    (from, to): (&AccountName, &AccountName),
) -> Result<Sides, TransferError> {
    if let (AccountName::Purse(payer), AccountName::Purse(payee)) = (from, to) {
        return load_purses(tx, guild, (*payer, *payee));
    }
    // A purse facing a faucet or sink is the only row to lock, so it is locked as it is found.
    let lone = !from.kind().stores_balance() || !to.kind().stores_balance();
    let mut side = |name: &AccountName| match name {
        AccountName::Purse(user) if lone => purse_locked(tx, guild, *user),
        _ => found_or_opened(tx, guild, ids, name),
    };
    let sides = Sides {
        debit: side(from)?,
        credit: side(to)?,
        from: from.clone(),
        to: to.clone(),
    };
    let locked = lone
        && [from, to]
            .iter()
            .any(|name| name.kind() == AccountKind::Purse);
    if locked {
        return Ok(sides);
    }
    Ok(lock(tx, sides)?)
}

fn purse_locked(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: kernel::UserId,
) -> Result<Account, TransferError> {
    let found = accounts::purses_lock(tx, guild, (user, user))?.pop();
    found
        .map(|(_, account)| account)
        .ok_or(TransferError::UnknownAccount {
            name: AccountName::Purse(user),
        })
}

fn load_purses(
    tx: &mut Tx<'_>,
    guild: GuildId,
    (payer, payee): (kernel::UserId, kernel::UserId),
) -> Result<Sides, TransferError> {
    let mut found = accounts::purses_lock(tx, guild, (payer, payee))?;
    let mut take = |user| {
        let place = found.iter().position(|(owner, _)| *owner == user);
        let name = AccountName::Purse(user);
        match place {
            Some(place) => Ok((name, found.swap_remove(place).1)),
            None => Err(TransferError::UnknownAccount { name }),
        }
    };
    let (from, debit) = take(payer)?;
    let (to, credit) = take(payee)?;
    Ok(Sides {
        from,
        to,
        debit,
        credit,
    })
}

/// The account, opened where it may be: a bank or debt of a known person, the treasury, an escrow, faucet or sink.
pub(crate) fn found_or_opened(
    tx: &mut Tx<'_>,
    guild: GuildId,
    ids: &dyn IdSource,
    name: &AccountName,
) -> Result<Account, TransferError> {
    if let Some(account) = accounts::account_fetch(tx, guild, name)? {
        return Ok(account);
    }
    let unknown = || TransferError::UnknownAccount { name: name.clone() };
    let owner = match name {
        AccountName::Purse(_) => return Err(unknown()),
        AccountName::Bank(user) | AccountName::Debt(user) => {
            accounts::person_fetch(tx, guild, *user)?.ok_or_else(unknown)?
        }
        AccountName::Treasury
        | AccountName::Escrow(_)
        | AccountName::Faucet(_)
        | AccountName::Sink(_) => AccountKey(0),
    };
    accounts::account_open(tx, AccountKey(ids.next()), guild, name, owner)?;
    accounts::account_fetch(tx, guild, name)?.ok_or_else(unknown)
}

/// Locks what stores a balance and takes its state as of the lock.
pub(crate) fn lock(tx: &mut Tx<'_>, mut sides: Sides) -> Result<Sides, DbError> {
    let stored = |account: &Account| account.kind.stores_balance().then_some(account.key);
    let (debit, credit) = (stored(&sides.debit), stored(&sides.credit));
    let Some(one) = debit.or(credit) else {
        return Ok(sides);
    };
    let other = credit.unwrap_or(one);
    for account in accounts::accounts_lock(tx, (one, other))? {
        if account.key == sides.debit.key {
            sides.debit = account;
        } else {
            sides.credit = account;
        }
    }
    Ok(sides)
}

/// Loads and locks the two sides of a row of the journal. Sides whose member was erased can't be loaded.
pub(crate) fn load_again(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entry: &Entry,
) -> Result<Sides, TransferError> {
    let missing = |party: &Party| TransferError::Erased {
        party: party.to_string(),
    };
    let told = transfers::record_fetch(tx, guild, entry.seq)?;
    let told = told.ok_or_else(|| TransferError::Conflict {
        id: entry.id.clone(),
    })?;
    let mut side = |party: &Party| match party {
        Party::Known(name) => {
            let found = accounts::account_fetch(tx, guild, name)?;
            let account = found.ok_or_else(|| missing(party))?;
            Ok((name.clone(), account))
        }
        Party::Erased(_) => Err(missing(party)),
    };
    let (from, debit) = side(&told.from)?;
    let (to, credit) = side(&told.to)?;
    let sides = Sides {
        from,
        to,
        debit,
        credit,
    };
    Ok(lock(tx, sides)?)
}

/// Moves coins between loaded sides, or gives the earlier receipt.
pub(crate) fn move_coins(
    tx: &mut Tx<'_>,
    guild: GuildId,
    ids: &dyn IdSource,
    sides: &Sides,
    draft: &Draft,
    freezes: Freezes,
) -> Result<Receipt, TransferError> {
    if let Err(refusal) = rules::may_move(sides, draft.amount, freezes) {
        // What was done once stays done, whatever has become of the coins since.
        return replayed(tx, guild, sides, draft)?.ok_or(refusal);
    }
    let Some(entry) = write(tx, guild, ids, sides, draft)? else {
        let id = draft.id.clone();
        return replayed(tx, guild, sides, draft)?.ok_or(TransferError::Conflict { id });
    };
    let amount = draft.amount.get();
    accounts::coins_add(tx, &sides.debit, (amount.saturating_neg(), 0), entry.seq)?;
    accounts::coins_add(tx, &sides.credit, (amount, 0), entry.seq)?;
    Ok(Receipt {
        standings: standings(sides, (amount.saturating_neg(), 0), (amount, 0)),
        novelty: Novelty::New,
        record: record(sides, entry),
    })
}

/// Adds the row to the journal; nothing where its id or what it refers to is taken.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    guild: GuildId,
    ids: &dyn IdSource,
    sides: &Sides,
    draft: &Draft,
) -> Result<Option<Entry>, DbError> {
    let entry = entry(sides, draft, ids.next());
    Ok(transfers::transfer_insert(tx, guild, &entry)?.then_some(entry))
}

/// Where an account's chain ended before a row of this phase, if the row is to be on it.
const fn before(account: &Account, phase: Phase) -> i64 {
    if phase.moves() { account.last } else { 0 }
}

fn entry(sides: &Sides, draft: &Draft, seq: i64) -> Entry {
    Entry {
        seq,
        id: draft.id.clone(),
        phase: draft.phase,
        debit: sides.debit.key,
        credit: sides.credit.key,
        debit_prev: before(&sides.debit, draft.phase),
        credit_prev: before(&sides.credit, draft.phase),
        amount: draft.amount,
        kind: draft.kind.clone(),
        reason: draft.reason.clone(),
        at: draft.at,
        reverses: draft.reverses,
        resolves: draft.resolves,
        linked: draft.linked.map(|link| match link {
            Link::First => seq,
            Link::To(first) => first,
        }),
        expires_at: draft.expires_at,
    }
}

/// The earlier receipt where this id was written with the same content.
pub(crate) fn replayed(
    tx: &mut Tx<'_>,
    guild: GuildId,
    sides: &Sides,
    draft: &Draft,
) -> Result<Option<Receipt>, TransferError> {
    let Some(old) = transfers::transfer_fetch(tx, guild, &draft.id)? else {
        return Ok(None);
    };
    let mut same = entry(sides, draft, old.seq);
    // A second delivery may have been admitted later than the first.
    same.at = old.at;
    (same.debit_prev, same.credit_prev) = (old.debit_prev, old.credit_prev);
    if old.expires_at.is_some() == same.expires_at.is_some() {
        same.expires_at = old.expires_at;
    }
    if old.linked.is_some() == same.linked.is_some() {
        same.linked = old.linked;
    }
    if same != old {
        return Err(TransferError::Conflict { id: old.id });
    }
    let record = transfers::record_fetch(tx, guild, old.seq)?;
    Ok(record.map(|record| Receipt {
        record,
        novelty: Novelty::Replayed,
        standings: standings(sides, (0, 0), (0, 0)),
    }))
}

pub(crate) fn record(sides: &Sides, entry: Entry) -> Record {
    Record {
        id: entry.id,
        seq: entry.seq,
        at: entry.at,
        phase: entry.phase,
        from: Party::Known(sides.from.clone()),
        to: Party::Known(sides.to.clone()),
        amount: entry.amount,
        kind: entry.kind,
        reason: entry.reason,
        reverses: None,
    }
}

/// What both sides have after changes of balance and held coins.
pub(crate) fn standings(sides: &Sides, debit: (i64, i64), credit: (i64, i64)) -> Vec<Standing> {
    let after = |name: &AccountName, account: &Account, (balance, held): (i64, i64)| {
        let changed = i64::from((balance, held) != (0, 0));
        account.kind.stores_balance().then(|| Standing {
            name: name.clone(),
            balance: Coins::new(account.balance.get().saturating_add(balance)),
            held: Coins::new(account.held.get().saturating_add(held)),
            version: account.version.saturating_add(changed),
        })
    };
    [
        after(&sides.from, &sides.debit, debit),
        after(&sides.to, &sides.credit, credit),
    ]
    .into_iter()
    .flatten()
    .collect()
}
