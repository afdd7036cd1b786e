//! A transfer is taken back from outside Discord, and before that, what taking it back would come to.

use std::fmt::Write as _;

use audit::{Kind, NewEntry, Outcome, Said};
use economy::{Novelty, Receipt, Reversal, Reverse, ReverseError};
use kernel::Op;
use store::Tx;

use super::noting::{moved_coins, record, record_access, trigger_of};
use crate::{Core, rehearsal::rehearse};

/// What taking a transfer back would come to.
///
/// # Errors
/// What would refuse it, or the database's failure.
pub async fn preview(core: &Core, op: Op, transfer: String) -> Result<Reversal, ReverseError> {
    let ids = core.ids.clone();
    let command = Reverse {
        transfer,
        reason: String::new(),
    };
    let work = move |tx: &mut Tx<'_>| economy::reverse(tx, &op, ids.as_ref(), &command);
    rehearse(core, "revert-preview", work).await
}

/// Takes a transfer back, once.
///
/// # Errors
/// When there is no such transfer, it was taken back before, the rules of the ledger refuse it, or the database fails.
pub async fn revert(core: &Core, op: Op, command: Reverse) -> Result<Reversal, ReverseError> {
    let ticket = core.hot.ticket();
    let (guild, inside) = (op.guild, core.clone());
    let work = move |tx: &mut Tx<'_>| taken_back(tx, &inside, &op, &command);
    let reversal = core.database.write("revert", work).await?;
    for receipt in receipts(&reversal) {
        core.hot.offer_standings(&ticket, guild, &receipt.standings);
    }
    if reversal.receipt.novelty == Novelty::New {
        moved_coins("revert");
    }
    Ok(reversal)
}

fn receipts(reversal: &Reversal) -> impl Iterator<Item = &Receipt> {
    reversal.advance.iter().chain([&reversal.receipt])
}

fn taken_back(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    command: &Reverse,
) -> Result<Reversal, ReverseError> {
    let reversal = economy::reverse(tx, op, core.ids.as_ref(), command)?;
    if reversal.receipt.novelty == Novelty::Replayed {
        return Ok(reversal);
    }
    let mut entry = NewEntry::new(Kind::Money, "revert", Outcome::Executed, trigger_of(op));
    entry.subject = reversal.receipt.record.from.user();
    // Members are named by the entry alone, which can forget them.
    entry.reasoning = Some(Said::by_nobody(why(&reversal, &command.reason)));
    record(tx, core, op, &entry)?;
    record_access(tx, core, op, "transfer_revert", "a reversal of coins")?;
    Ok(reversal)
}

fn why(reversal: &Reversal, reason: &str) -> String {
    let record = &reversal.receipt.record;
    let old = record.reverses.as_deref().unwrap_or_default();
    let mut why = format!(
        "{} coins were taken back: the transfer `{old}`",
        record.amount
    );
    if let Some(advance) = &reversal.advance {
        let _ = write!(
            why,
            "; {} of them were spent, and are owed",
            advance.record.amount
        );
    }
    if !reason.is_empty() {
        why.push_str(". ");
        why.push_str(reason);
    }
    why
}
