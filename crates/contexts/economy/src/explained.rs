//! A member's statement with what they had after each movement: every coin from nothing to what is there now.
//!
//! What somebody has is purse, bank and debt together. A page is reckoned backwards from what is stored; so a journal
//! that does not lead to it shows, for then the oldest page does not begin with nothing.

use ::store::{DbError, Tx};
use kernel::{Coins, GuildId, UserId};

use crate::{
    journal::Record,
    statement::{self, StatementCursor},
    store::{boards, transfers},
    supply::sum,
};

/// A part of a member's statement that adds up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// What the member had before the oldest movement of this part.
    pub opening: Coins,
    /// The movements, newest first.
    pub lines: Vec<ExplainedLine>,
    /// What the member had after the newest one.
    pub closing: Coins,
    /// Where the next, older part begins, where there is one.
    pub next: Option<StatementCursor>,
}

/// A movement, and what it left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedLine {
    /// The movement.
    pub record: Record,
    /// What it brought, or took where it is below zero; nothing where it moved coins between the member's own accounts.
    pub change: Coins,
    /// What the member had then.
    pub balance: Coins,
}

/// The movements further back than this are shown without a sum, for it would take too long.
pub const EXPLAINED_STEPS_MAX: u32 = 50_000;

/// A part of a member's statement, from a place on or the newest; nothing where that place lies too far back to
/// reckon what the member had there.
///
/// # Errors
/// When the database fails, or a sum does not fit 64 bits.
pub fn explained(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    from: Option<StatementCursor>,
    limit: u32,
) -> Result<Option<Explained>, DbError> {
    match had_at(tx, guild, user, from)? {
        Some(closing) => continued(tx, guild, user, (from, closing), limit).map(Some),
        None => Ok(None),
    }
}

/// The same where it is known what the member had at that place: from the part before. So a whole statement is gone
/// through without reckoning any part anew.
///
/// # Errors
/// When the database fails, or a sum does not fit 64 bits.
pub fn continued(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    (from, closing): (Option<StatementCursor>, Coins),
    limit: u32,
) -> Result<Explained, DbError> {
    let part = statement::statement(tx, guild, user, from, limit)?;
    let mut lines = Vec::with_capacity(part.records.len());
    let mut balance = closing;
    for record in part.records {
        let change = change(&record, user);
        let before = less(balance, change)?;
        lines.push(ExplainedLine {
            record,
            change,
            balance,
        });
        balance = before;
    }
    Ok(Explained {
        opening: balance,
        lines,
        closing,
        next: part.next,
    })
}

/// What a member had when everything up to a place had happened.
fn had_at(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    place: Option<StatementCursor>,
) -> Result<Option<Coins>, DbError> {
    let Some(holding) = boards::holding_fetch(tx, guild, user)? else {
        return Ok(Some(Coins::ZERO));
    };
    let mut had = sum(sum(holding.balance, holding.bank)?, holding.debt)?;
    let Some(place) = place else {
        return Ok(Some(had));
    };
    for (head, place) in holding.heads.iter().zip(place.places()) {
        let since = transfers::chain_sum(tx, guild, *head, place, EXPLAINED_STEPS_MAX)?;
        let Some(since) = since else {
            return Ok(None);
        };
        had = less(had, since)?;
    }
    Ok(Some(had))
}

fn less(from: Coins, what: Coins) -> Result<Coins, DbError> {
    sum(from, Coins::new(what.get().saturating_neg()))
}

/// What a movement brought to a member.
fn change(record: &Record, user: UserId) -> Coins {
    let amount = record.amount.get();
    match (
        record.from.user() == Some(user),
        record.to.user() == Some(user),
    ) {
        (true, false) => Coins::new(amount.saturating_neg()),
        (false, true) => Coins::new(amount),
        (true, true) | (false, false) => Coins::ZERO,
    }
}
