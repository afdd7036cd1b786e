//! Everything that the ledger keeps of a member, for them to read: what they have, and every transfer of theirs.

use ::store::{DbError, Tx};
use kernel::{GuildId, Timestamp, UserId};
use serde_json::{Value, json};

use crate::{
    journal::Record,
    member::account,
    statement::{TRANSFERS_LIMIT_MAX, statement},
};

/// The most transfers of an export.
pub const EXPORT_TRANSFERS_MAX: usize = 10_000;

/// A member's own copy: accounts and transfers, newest first, and whether that is all.
///
/// # Errors
/// When the database fails.
pub fn export(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    now: Timestamp,
) -> Result<Value, DbError> {
    let view = account(tx, guild, user, now)?;
    let (mut transfers, mut next) = (Vec::new(), None);
    loop {
        let part = statement(tx, guild, user, next, TRANSFERS_LIMIT_MAX)?;
        transfers.extend(part.records.iter().map(transfer));
        next = part.next;
        if next.is_none() || transfers.len() >= EXPORT_TRANSFERS_MAX {
            break;
        }
    }
    Ok(json!({
        "balance": view.balance.get(),
        "bank": view.bank.get(),
        "held": view.held.get(),
        "owed": view.owed.get(),
        "streak": view.streak,
        "transfers": transfers,
        "complete": next.is_none(),
    }))
}

fn transfer(record: &Record) -> Value {
    json!({
        "id": record.id,
        "at": record.at.to_string(),
        "from": record.from.to_string(),
        "to": record.to.to_string(),
        "amount": record.amount.get(),
        "kind": record.kind.to_string(),
        "reason": record.reason,
        "reverses": record.reverses,
    })
}
