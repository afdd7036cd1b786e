//! Taking many transfers back: one, or a member's, or all for one reason, since a moment; with a dry run.
//!
//! Newest first, so that coins travel back the way they came and debts stay small. Reversals and advances are left
//! alone; what was taken back before is passed over.

use ::store::{DbError, Tx};
use kernel::{IdSource, Op, Timestamp, UserId};

use crate::{
    journal::{Record, TransferKind},
    reverse::{Reversal, Reverse, ReverseError, reverse},
    statement::{self, TRANSFERS_LIMIT_MAX},
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
    pub cursor: Option<i64>,
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
    pub next: Option<i64>,
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

fn chosen(
    tx: &mut Tx<'_>,
    op: &Op,
    cmd: &Revert,
) -> Result<(Vec<Record>, Option<i64>), ReverseError> {
    let page = match &cmd.which {
        Which::Transfer(id) => {
            let entry = transfers::transfer_fetch(tx, op.guild, id)?;
            let record = match entry {
                Some(entry) => transfers::record_fetch(tx, op.guild, entry.seq)?,
                None => None,
            };
            let record = record.ok_or_else(|| ReverseError::NoSuchTransfer { id: id.clone() })?;
            return Ok((vec![record], None));
        }
        Which::User(user) => {
            statement::statement(tx, op.guild, *user, cmd.cursor, TRANSFERS_LIMIT_MAX)?
        }
        Which::Reason(_) => statement::transfers(tx, op.guild, cmd.cursor, TRANSFERS_LIMIT_MAX)?,
    };
    let fits = |record: &Record| wanted(cmd, record);
    Ok((page.records.into_iter().filter(fits).collect(), page.next))
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
