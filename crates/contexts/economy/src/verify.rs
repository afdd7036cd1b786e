//! Checking every stored balance against the journal, and the journal against itself.
//!
//! [`check`] looks at one bounded chunk and says where to go on: called again and again, it checks everything
//! continuously. [`verify`] goes through the whole at once. Both only read; `rebuild` puts right what differs.

use std::fmt;

use ::store::{DbError, Tx};
use kernel::{Coins, GuildId};

use crate::{
    account::AccountKind,
    journal::Phase,
    store::{
        accounts::AccountKey,
        checks::{self, Comparison, Named, Witness},
    },
    sums,
};

/// The most accounts or transfers that one chunk looks at.
pub const CHECK_CHUNK_MAX: u32 = 500;

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The guild.
    pub guild: GuildId,
    /// What it is.
    pub what: Wrong,
}

/// What does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// A stored balance is not what the journal says. It can be rebuilt.
    Balance {
        /// The account's number.
        account: i64,
        /// What is stored.
        stored: Coins,
        /// What the journal says.
        journal: Coins,
    },
    /// What is stored as held back is not what the journal says. It can be rebuilt.
    Held {
        /// The account's number.
        account: i64,
        /// What is stored.
        stored: Coins,
        /// What the journal says.
        journal: Coins,
    },
    /// What the journal was summed up to is not what it sums up to. It can be rebuilt.
    Rollup {
        /// The account's number.
        account: i64,
        /// What is stored.
        stored: Coins,
        /// What the journal says.
        journal: Coins,
    },
    /// The balances of the guild do not sum to zero.
    Sum {
        /// What they sum to.
        sum: Coins,
    },
    /// The journal itself says what can't be.
    Contradiction {
        /// The transfer's place, or the account's number.
        at: i64,
        /// What can't be.
        reason: Contradiction,
    },
}

/// What no journal may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// A transfer names an account that is not of its guild.
    StrangeAccount,
    /// A transfer takes back what is not its mirror image.
    NotAMirror,
    /// A row resolves what is no reservation, or more than was reserved.
    BadResolution,
    /// More was taken out of an account than was put in.
    BelowZero,
    /// More is held back in an account than is in it.
    HeldBeyondBalance,
    /// More was paid back than was owed.
    AboveZero,
}

impl Mismatch {
    /// Whether the journal contradicts itself, so that nothing can be rebuilt from it.
    #[must_use]
    pub const fn is_contradiction(&self) -> bool {
        matches!(self.what, Wrong::Contradiction { .. })
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let guild = self.guild;
        match &self.what {
            Wrong::Balance {
                account,
                stored,
                journal,
            } => write!(
                out,
                "guild {guild}: account {account} stores {stored}, the journal says {journal}"
            ),
            Wrong::Held {
                account,
                stored,
                journal,
            } => write!(
                out,
                "guild {guild}: account {account} holds {stored} back, the journal says {journal}"
            ),
            Wrong::Rollup {
                account,
                stored,
                journal,
            } => write!(
                out,
                "guild {guild}: account {account} is summed up to {stored}, the journal says {journal}"
            ),
            Wrong::Sum { sum } => write!(out, "guild {guild}: all balances sum to {sum}, not to 0"),
            Wrong::Contradiction { at, reason } => {
                write!(
                    out,
                    "guild {guild}: the journal contradicts itself at {at}: {reason}"
                )
            }
        }
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::StrangeAccount => "a transfer names an account that is not of its guild",
            Self::NotAMirror => "a transfer takes back what is not its mirror image",
            Self::BadResolution => {
                "a row resolves what is no reservation, or more than was reserved"
            }
            Self::BelowZero => "more was taken out of the account than was put in",
            Self::HeldBeyondBalance => "more is held back in the account than is in it",
            Self::AboveZero => "more was paid back than was owed",
        })
    }
}

/// Where a continuous check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckCursor {
    /// Among the accounts of the guild after this one, after this number.
    Accounts(i64, i64),
    /// In the journal, after this guild and place.
    Journal(i64, i64),
    /// Among the guilds' sums, after this one.
    Sums(i64),
}

impl CheckCursor {
    /// The beginning.
    pub const START: Self = Self::Accounts(0, 0);
}

/// What one chunk showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// How many accounts it looked at.
    pub accounts: u64,
    /// How many rows of the journal it looked at.
    pub transfers: u64,
    /// How many guilds it summed up.
    pub guilds: u64,
    /// What does not agree.
    pub mismatches: Vec<Mismatch>,
    /// Where to go on; nothing at the end.
    pub next: Option<CheckCursor>,
}

/// Checks one chunk of everything.
///
/// # Errors
/// When the database fails.
pub fn check(tx: &mut Tx<'_>, from: CheckCursor, limit: u32) -> Result<Checked, DbError> {
    let limit = limit.clamp(1, CHECK_CHUNK_MAX);
    match from {
        CheckCursor::Accounts(guild, after) => check_accounts(tx, (guild, after), limit),
        CheckCursor::Journal(guild, seq) => check_journal(tx, (guild, seq), limit),
        CheckCursor::Sums(after) => check_sum(tx, after),
    }
}

const fn nothing(next: Option<CheckCursor>) -> Checked {
    Checked {
        accounts: 0,
        transfers: 0,
        guilds: 0,
        mismatches: Vec::new(),
        next,
    }
}

fn count<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

fn check_accounts(
    tx: &mut Tx<'_>,
    (before, after): (i64, i64),
    limit: u32,
) -> Result<Checked, DbError> {
    let Some(guild) = checks::guild_next(tx, before)? else {
        return Ok(nothing(Some(CheckCursor::Journal(0, 0))));
    };
    let found = checks::compare_list(tx, guild, AccountKey(after), limit)?;
    let end = CheckCursor::Accounts(guild.to_column(), 0);
    let next = found
        .last()
        .map_or(end, |last| CheckCursor::Accounts(before, last.account.0));
    Ok(Checked {
        accounts: count(&found),
        mismatches: found.iter().flat_map(compared).collect(),
        ..nothing(Some(next))
    })
}

fn check_journal(tx: &mut Tx<'_>, after: (i64, i64), limit: u32) -> Result<Checked, DbError> {
    let found = checks::witness_list(tx, after, limit)?;
    let next = found.last().map_or(CheckCursor::Sums(0), |last| {
        CheckCursor::Journal(last.guild.to_column(), last.seq)
    });
    Ok(Checked {
        transfers: count(&found),
        mismatches: found.iter().filter_map(witnessed).collect(),
        ..nothing(Some(next))
    })
}

fn check_sum(tx: &mut Tx<'_>, after: i64) -> Result<Checked, DbError> {
    let Some(guild) = checks::guild_next(tx, after)? else {
        return Ok(nothing(None));
    };
    let sum = checks::guild_sum(tx, guild)?;
    let what = Wrong::Sum { sum };
    let wrong = (sum != Coins::ZERO).then_some(Mismatch { guild, what });
    Ok(Checked {
        guilds: 1,
        mismatches: wrong.into_iter().collect(),
        ..nothing(Some(CheckCursor::Sums(guild.to_column())))
    })
}

/// What is wrong with one account.
pub(crate) fn compared(found: &Comparison) -> Vec<Mismatch> {
    let account = found.account.0;
    let mut wrong = Vec::new();
    let mut say = |what| {
        let guild = found.guild;
        wrong.push(Mismatch { guild, what });
    };
    if let Some(reason) = impossible(found) {
        say(Wrong::Contradiction {
            at: account,
            reason,
        });
    }
    if found.balance != found.journal_balance {
        say(Wrong::Balance {
            account,
            stored: found.balance,
            journal: found.journal_balance,
        });
    }
    let held = [found.held, found.held_open];
    if let Some(stored) = held.into_iter().find(|held| *held != found.journal_held) {
        say(Wrong::Held {
            account,
            stored,
            journal: found.journal_held,
        });
    }
    wrong
}

/// What the journal says of an account that can't be.
pub(crate) fn impossible(found: &Comparison) -> Option<Contradiction> {
    let (balance, held) = (found.journal_balance, found.journal_held);
    match found.kind {
        AccountKind::Faucet => None,
        AccountKind::Sink => balance.is_negative().then_some(Contradiction::BelowZero),
        AccountKind::Debt => (balance > Coins::ZERO).then_some(Contradiction::AboveZero),
        AccountKind::Purse | AccountKind::Bank | AccountKind::Treasury | AccountKind::Escrow => {
            if balance.is_negative() {
                return Some(Contradiction::BelowZero);
            }
            (held > balance).then_some(Contradiction::HeldBeyondBalance)
        }
    }
}

/// What is wrong with one row of the journal.
pub(crate) fn witnessed(row: &Witness) -> Option<Mismatch> {
    let guild = Some(row.guild.to_column());
    let strange = row.debit_guild != guild || row.credit_guild != guild;
    let reason = if strange {
        Contradiction::StrangeAccount
    } else if row.reverses.as_ref().is_some_and(|old| !mirrors(row, old)) {
        Contradiction::NotAMirror
    } else if row.resolves.as_ref().is_some_and(|old| !resolves(row, old)) {
        Contradiction::BadResolution
    } else {
        return None;
    };
    Some(Mismatch {
        guild: row.guild,
        what: Wrong::Contradiction {
            at: row.seq,
            reason,
        },
    })
}

fn mirrors(row: &Witness, old: &Named) -> bool {
    let Some((phase, debit, credit, amount)) = old.found else {
        return false;
    };
    let mirrored = (debit, credit, amount) == (row.credit, row.debit, row.amount);
    phase.moves() && mirrored
}

fn resolves(row: &Witness, old: &Named) -> bool {
    let Some((phase, debit, credit, amount)) = old.found else {
        return false;
    };
    let sides = (debit, credit) == (row.debit, row.credit);
    phase == Phase::Reserve && sides && row.amount <= amount
}

/// What the check of everything showed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// How many guilds there are.
    pub guilds: u64,
    /// How many accounts.
    pub accounts: u64,
    /// How many rows of the journal.
    pub transfers: u64,
    /// What does not agree.
    pub mismatches: Vec<Mismatch>,
}

impl Verification {
    /// Whether everything agrees.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        self.mismatches.is_empty()
    }
}

/// Checks everything at once, and sums the journal up from its beginning.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Verification, DbError> {
    let mut whole = Verification::default();
    let mut cursor = Some(CheckCursor::START);
    while let Some(from) = cursor {
        let part = check(tx, from, CHECK_CHUNK_MAX)?;
        whole.guilds = whole.guilds.saturating_add(part.guilds);
        whole.accounts = whole.accounts.saturating_add(part.accounts);
        whole.transfers = whole.transfers.saturating_add(part.transfers);
        whole.mismatches.extend(part.mismatches);
        cursor = part.next;
    }
    let mut before = 0;
    while let Some(guild) = checks::guild_next(tx, before)? {
        whole.mismatches.extend(
            sums::differing(tx, guild)?
                .iter()
                .map(sums::Differing::mismatch),
        );
        before = guild.to_column();
    }
    Ok(whole)
}
