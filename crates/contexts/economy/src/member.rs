//! Who has a purse: opening one, looking into it, and forgetting whose it was.
//!
//! Whether a user is a member is Discord's to say: callers enrol only whom it vouches for. Erasing drops the name
//! and keeps the books: the coins stay in an account that belongs to nobody any more. For [`ERASED_KEPT`] it is known under a
//! pseudonym when they last claimed, or being erased and coming back would be worth a daily each time.

use ::store::{DbError, Tx};
use kernel::{Amount, Coins, GuildId, IdSource, Op, Span, Timestamp, UserId};

use crate::{
    account::AccountName,
    journal::{Leg, TransferKind},
    pending::after,
    pseudonym::Pseudonyms,
    settings::Settings,
    store::{
        accounts::{self, AccountKey},
        boards,
        dailies::{self, NewClaim},
        erased::{self, Erased},
    },
    transfer::{Receipt, Transfer, TransferError, transfer},
};

/// How long it is known that somebody was erased: far longer than a daily counts anywhere on earth.
pub const ERASED_KEPT: Span = Span::days(30);

/// Whether somebody was enrolled now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolment {
    /// They have a purse now, and found this in it where new members are given something.
    New(Option<Box<Receipt>>),
    /// They had one.
    Known,
}

/// Opens a purse for a member, with what new members are given, unless there is one. Who was erased lately is given
/// nothing, and goes on from their last daily.
///
/// # Errors
/// When the start balance can't be paid, or the database fails.
pub fn enrol(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    settings: &Settings,
    pseudonyms: &Pseudonyms,
    user: UserId,
) -> Result<Enrolment, TransferError> {
    if accounts::person_fetch(tx, op.guild, user)?.is_some() {
        return Ok(Enrolment::Known);
    }
    let person = AccountKey(ids.next());
    if !accounts::person_insert(tx, op.guild, user, person)? {
        return Ok(Enrolment::Known);
    }
    let purse = AccountName::Purse(user);
    accounts::account_open(tx, person, op.guild, &purse, person)?;
    let pseudonym = pseudonyms.of(op.guild, user);
    if let Some(before) = erased::erased_fetch(tx, op.guild, &pseudonym, op.at)? {
        come_back(tx, op.guild, person, before)?;
        return Ok(Enrolment::New(None));
    }
    let Ok(amount) = Amount::new(settings.start_balance) else {
        return Ok(Enrolment::New(None));
    };
    let start = Transfer {
        leg: Leg::numbered("start", person.0),
        from: AccountName::FAUCET_START,
        to: purse,
        amount,
        kind: TransferKind::START,
        reason: String::new(),
    };
    transfer(tx, op, ids, &start).map(|receipt| Enrolment::New(Some(Box::new(receipt))))
}

/// What was kept of a member who was erased holds in their new purse too.
fn come_back(
    tx: &mut Tx<'_>,
    guild: GuildId,
    person: AccountKey,
    before: Erased,
) -> Result<(), DbError> {
    if before.frozen {
        accounts::person_freeze(tx, guild, person, true)?;
    }
    let Some(last) = before.last else {
        return Ok(());
    };
    let claimed = NewClaim {
        person,
        day: last.day,
        at: last.at,
        zone: last.zone,
        streak: 0,
        lapses_at: last.at,
    };
    dailies::streak_put(tx, guild, &claimed)
}

/// Forgets who a person is; whether there was anything to forget.
///
/// # Errors
/// When the database fails.
pub fn erase(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    pseudonyms: &Pseudonyms,
    now: Timestamp,
) -> Result<bool, DbError> {
    // A claim that goes on meanwhile comes before, and is known of here, or after, and finds no purse.
    let Some((_, purse)) = accounts::purses_lock(tx, guild, (user, user))?.pop() else {
        return Ok(false);
    };
    let left = Erased {
        last: dailies::dailies_fetch(tx, purse.key)?.last,
        frozen: purse.frozen,
    };
    let pseudonym = pseudonyms.of(guild, user);
    erased::erased_put(tx, guild, &pseudonym, &left, after(now, ERASED_KEPT))?;
    accounts::person_delete(tx, guild, user, purse.key)?;
    Ok(true)
}

/// Forgets that members were erased, where it was long ago; gives of how many.
///
/// # Errors
/// When the database fails.
pub fn forget_erased(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    erased::erased_forget(tx, now)
}

/// What a member has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The member.
    pub user: UserId,
    /// What is in the purse, held coins among them.
    pub balance: Coins,
    /// What is in the bank.
    pub bank: Coins,
    /// What of the purse is held back.
    pub held: Coins,
    /// What is owed, as a positive number.
    pub owed: Coins,
    /// Days of claiming in a row, zero where the row is broken.
    pub streak: i64,
    /// When the daily was last claimed.
    pub daily_at: Option<Timestamp>,
    /// Whether the purse is frozen.
    pub frozen: bool,
    /// The purse's version; later ones are larger.
    pub version: i64,
}

impl AccountView {
    const fn empty(user: UserId) -> Self {
        Self {
            user,
            balance: Coins::ZERO,
            bank: Coins::ZERO,
            held: Coins::ZERO,
            owed: Coins::ZERO,
            streak: 0,
            daily_at: None,
            frozen: false,
            version: 0,
        }
    }
}

/// What a member has; nothing of anything where they never had a purse.
///
/// # Errors
/// When the database fails.
pub fn account(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    now: Timestamp,
) -> Result<AccountView, DbError> {
    let Some(holding) = boards::holding_fetch(tx, guild, user)? else {
        return Ok(AccountView::empty(user));
    };
    Ok(AccountView {
        user,
        balance: holding.balance,
        bank: holding.bank,
        held: holding.held,
        owed: Coins::new(holding.debt.get().saturating_neg()),
        streak: if holding.lapses_at > now {
            holding.streak
        } else {
            0
        },
        daily_at: holding.last_at,
        frozen: holding.frozen,
        version: holding.version,
    })
}
