//! Several transfers that succeed or fail as one.
//!
//! They run in a savepoint of their own, so that a refusal of the last undoes the first even where the caller goes
//! on. A retry must name the same transfers.

use ::store::Tx;
use kernel::{IdSource, Op};

use crate::{
    journal::Phase,
    ledger::{self, Link},
    rules::Freezes,
    store::transfers,
    transfer::{Novelty, Receipt, Transfer, TransferError},
};

/// The most transfers that can be linked.
pub const LINKED_MAX: usize = 64;

/// Moves coins in several transfers, all or none.
///
/// # Errors
/// When one of them is refused, their number is none or too large, some but not all were done before, or the
/// database fails.
pub fn linked(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    cmds: &[Transfer],
) -> Result<Vec<Receipt>, TransferError> {
    if cmds.is_empty() || cmds.len() > LINKED_MAX {
        return Err(TransferError::BadLink {
            count: cmds.len(),
            max: LINKED_MAX,
        });
    }
    tx.nested(|tx| all(tx, op, ids, cmds))?
}

fn all(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    cmds: &[Transfer],
) -> Result<Vec<Receipt>, TransferError> {
    let mut receipts: Vec<Receipt> = Vec::with_capacity(cmds.len());
    for cmd in cmds {
        let link = receipts
            .first()
            .map_or(Link::First, |first| Link::To(first.record.seq));
        let receipt = one(tx, op, ids, cmd, link)?;
        let mixed = receipts
            .first()
            .is_some_and(|first| first.novelty != receipt.novelty);
        if mixed {
            return Err(TransferError::Conflict {
                id: receipt.record.id,
            });
        }
        receipts.push(receipt);
    }
    same_group(tx, op, &receipts)?;
    Ok(receipts)
}

fn one(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    cmd: &Transfer,
    link: Link,
) -> Result<Receipt, TransferError> {
    cmd.check()?;
    let sides = ledger::load(tx, op.guild, ids, (&cmd.from, &cmd.to))?;
    let mut draft = cmd.draft(op, Phase::Transfer);
    draft.linked = Some(link);
    ledger::move_coins(tx, op.guild, ids, &sides, &draft, Freezes::Heeded)
}

/// A retry with fewer transfers than the first time is another request.
fn same_group(tx: &mut Tx<'_>, op: &Op, receipts: &[Receipt]) -> Result<(), TransferError> {
    let Some(first) = receipts.first() else {
        return Ok(());
    };
    if first.novelty == Novelty::New {
        return Ok(());
    }
    let count = transfers::linked_count(tx, op.guild, first.record.seq)?;
    if i64::try_from(receipts.len()) != Ok(count) {
        return Err(TransferError::Conflict {
            id: first.record.id.clone(),
        });
    }
    Ok(())
}
