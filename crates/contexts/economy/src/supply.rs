//! How many coins there are, and where: the proof that none was lost or made.

use ::store::{DbError, Tx};
use kernel::{Coins, GuildId};

use crate::{
    account::AccountKind,
    store::{boards, flows},
};

/// The coins of a guild by account. Members' accounts, and escrows, are one line for each sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// The accounts, each sort in turn; faucets are below zero.
    pub accounts: Vec<SupplyLine>,
    /// What faucets gave and sinks have not taken.
    pub circulating: Coins,
    /// All balances together: zero.
    pub sum: Coins,
}

/// One account, or all of one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplyLine {
    /// `purses`, `banks`, `treasury`, `escrows`, `debts`, `faucet:NAME`, `sink:NAME`.
    pub name: String,
    /// What is in it.
    pub balance: Coins,
}

/// The most lines there may be.
const LINES_MAX: u32 = 10_000;

/// How many coins a guild has, and where, by every balance that is stored: as many are looked at as there are accounts.
///
/// # Errors
/// When the database fails, or a sum does not fit 64 bits.
pub fn supply(tx: &mut Tx<'_>, guild: GuildId) -> Result<Supply, DbError> {
    told(boards::supply_list(tx, guild, LINES_MAX)?)
}

/// The same by the journal: what of it was summed up, and what followed. So it costs the same whatever a guild holds,
/// and proves nothing of what is stored.
///
/// # Errors
/// When the database fails, or a sum does not fit 64 bits.
pub fn supply_summed(tx: &mut Tx<'_>, guild: GuildId) -> Result<Supply, DbError> {
    told(flows::total_list(tx, guild)?)
}

fn told(lines: Vec<(AccountKind, String, Coins)>) -> Result<Supply, DbError> {
    let mut accounts = Vec::new();
    let (mut stored, mut flows) = (Coins::ZERO, Coins::ZERO);
    for (kind, label, balance) in lines {
        let name = if kind.stores_balance() {
            stored = sum(stored, balance)?;
            plural(kind).to_owned()
        } else {
            flows = sum(flows, balance)?;
            format!("{}:{label}", kind.word())
        };
        accounts.push(SupplyLine { name, balance });
    }
    Ok(Supply {
        accounts,
        circulating: Coins::new(flows.get().saturating_neg()),
        sum: sum(stored, flows)?,
    })
}

pub(crate) fn sum(one: Coins, other: Coins) -> Result<Coins, DbError> {
    one.plus(other).map_err(|error| DbError::Shape {
        statement: "economy.supply".to_owned(),
        column: 1,
        expected: "a sum that fits 64 bits",
        found: error.to_string(),
    })
}

const fn plural(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Purse => "purses",
        AccountKind::Bank => "banks",
        AccountKind::Treasury => "treasury",
        AccountKind::Escrow => "escrows",
        AccountKind::Debt => "debts",
        AccountKind::Faucet => "faucets",
        AccountKind::Sink => "sinks",
    }
}
