//! Taking many transfers back: one, or a member's, or all for one reason, since a moment; with a dry run.
//!
//! Newest first, so that coins travel back the way they came and debts stay small. Reversals and advances are left
//! alone; what was taken back before is passed over.

use ::store::{DbError, Tx};
use kernel::{IdSource, Op, Span, Timestamp, UserId};

use crate::{
    journal::{Record, TransferKind},
    reverse::{Reversal, Reverse, ReverseError, reverse},
    statement::{self, StatementCursor, TRANSFERS_LIMIT_MAX},
    store::transfers,
    transfer::TransferError,
};

/// Which transfers to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The one with this id.
    Transfer(String),
    /// All that moved coins of this member.
    User(UserId),
    /// All with this kind or this very reason.
    Reason(String),
}

/// Where many reversals go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevertCursor {
    /// In the guild's journal.
    Journal(i64),
    /// In a member's statement.
    Statement(StatementCursor),
}

/// Whether to act or only to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Says what would be taken back.
    DryRun,
    /// Takes it back.
    Act,
}

/// Transfers to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revert {
    /// Which.
    pub which: Which,
    /// Not older than this.
    pub since: Option<Timestamp>,
    /// Older than this.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// Whether to act.
    pub mode: Mode,
    /// Where to go on: [`Reverted::next`] of the chunk before.
    pub cursor: Option<RevertCursor>,
}

/// What became of one transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevertedOne {
    /// The transfer.
    pub record: Record,
    /// What became of it.
    pub outcome: RevertOutcome,
}

/// What became of a transfer that was to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevertOutcome {
    /// It would be taken back.
    WouldRevert,
    /// It was taken back.
    Reverted(Box<Reversal>),
    /// It had been taken back before, by this transfer.
    Before(String),
    /// It could not be, for this reason.
    Refused(ReverseError),
}

/// What came of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverted {
    /// The transfers, newest first.
    pub items: Vec<RevertedOne>,
    /// Where to go on; nothing at the end.
    pub next: Option<RevertCursor>,
}

/// Takes back a chunk of transfers.
///
/// # Errors
/// When the one transfer does not exist, or the database fails; a refusal of one among many is its own outcome.
pub fn revert(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    cmd: &Revert,
) -> Result<Reverted, ReverseError> {
    let (records, next) = chosen(tx, op, cmd)?;
    let mut items = Vec::with_capacity(records.len());
    for record in records {
        let outcome = one(tx, op, ids, cmd, &record)?;
        items.push(RevertedOne { record, outcome });
    }
    Ok(Reverted { items, next })
}

fn chosen(tx: &mut Tx<'_>, op: &Op, cmd: &Revert) -> Result<Chosen, ReverseError> {
    let (mut records, next) = match &cmd.which {
        Which::Transfer(id) => {
            let entry = transfers::transfer_fetch(tx, op.guild, id)?;
            let record = match entry {
                Some(entry) => transfers::record_fetch(tx, op.guild, entry.seq)?,
                None => None,
            };
            let record = record.ok_or_else(|| ReverseError::NoSuchTransfer { id: id.clone() })?;
            return Ok((vec![record], None));
        }
        Which::User(user) => of_user(tx, op, *user, cmd.cursor)?,
        Which::Reason(_) => of_guild(tx, op, cmd.cursor)?,
    };
    let next = next.filter(|_| !is_past(cmd, &records));
    records.retain(|record| wanted(cmd, record));
    Ok((records, next))
}

/// Whether a page lies so far before the moment that nothing after it can matter: rows stand in the order in which
/// they were written, which is that of their moments but for what waited.
fn is_past(cmd: &Revert, records: &[Record]) -> bool {
    let Some(since) = cmd.since else {
        return false;
    };
    let early = since.before(Span::days(1));
    !records.is_empty() && records.iter().all(|record| record.at < early)
}

type Chosen = (Vec<Record>, Option<RevertCursor>);

fn of_user(
    tx: &mut Tx<'_>,
    op: &Op,
    user: UserId,
    cursor: Option<RevertCursor>,
) -> Result<Chosen, DbError> {
    let from = match cursor {
        Some(RevertCursor::Statement(from)) => Some(from),
        Some(RevertCursor::Journal(_)) | None => None,
    };
    let page = statement::statement(tx, op.guild, user, from, TRANSFERS_LIMIT_MAX)?;
    Ok((page.records, page.next.map(RevertCursor::Statement)))
}

fn of_guild(tx: &mut Tx<'_>, op: &Op, cursor: Option<RevertCursor>) -> Result<Chosen, DbError> {
    let before = match cursor {
        Some(RevertCursor::Journal(before)) => Some(before),
        Some(RevertCursor::Statement(_)) | None => None,
    };
    let page = statement::transfers(tx, op.guild, before, TRANSFERS_LIMIT_MAX)?;
    Ok((page.records, page.next.map(RevertCursor::Journal)))
}

fn wanted(cmd: &Revert, record: &Record) -> bool {
    let named = match &cmd.which {
        Which::Reason(code) => record.kind.name() == code || record.reason == *code,
        Which::Transfer(_) | Which::User(_) => true,
    };
    let corrects = record.kind == TransferKind::REVERT || record.kind == TransferKind::DEBT;
    let old = cmd.since.is_some_and(|since| record.at < since);
    let new = cmd.until.is_some_and(|until| record.at >= until);
    named && !corrects && !old && !new
}

fn one(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    cmd: &Revert,
    record: &Record,
) -> Result<RevertOutcome, DbError> {
    if let Some(by) = transfers::reversal_fetch(tx, op.guild, record.seq)? {
        return Ok(RevertOutcome::Before(by));
    }
    if cmd.mode == Mode::DryRun {
        return Ok(RevertOutcome::WouldRevert);
    }
    let back = Reverse {
        transfer: record.id.clone(),
        reason: cmd.reason.clone(),
    };
    match reverse(tx, op, ids, &back) {
        Ok(reversal) => Ok(RevertOutcome::Reverted(Box::new(reversal))),
        Err(ReverseError::Transfer(TransferError::Store(error))) => Err(error),
        Err(refusal) => Ok(RevertOutcome::Refused(refusal)),
    }
}
