//! A transfer asked for from outside Discord, also to a member who never used the bot.
//!
//! The purse of somebody who never was a member does not exist. Where a transfer names an unknown purse, Discord is
//! asked first, outside any transaction; a member gets a purse in the transaction that pays into it.

use economy::{AccountName, Novelty, Receipt, Transfer, TransferError};
use kernel::{Op, UserId};
use store::Tx;

use super::noting::{moved_coins, record_access};
use crate::Core;

/// Moves coins as the operation says.
///
/// # Errors
/// What the ledger refuses, or the database's failure.
pub async fn transfer(core: &Core, op: Op, command: Transfer) -> Result<Receipt, TransferError> {
    let receipt = transferred(core, &op, &command).await?;
    if receipt.novelty == Novelty::New {
        moved_coins("api");
    }
    Ok(receipt)
}

async fn transferred(core: &Core, op: &Op, command: &Transfer) -> Result<Receipt, TransferError> {
    let refused = match attempt(core, op, command, None).await {
        Err(TransferError::UnknownAccount { name }) => name,
        settled => return settled,
    };
    let (AccountName::Purse(user) | AccountName::Bank(user)) = refused else {
        return Err(TransferError::UnknownAccount { name: refused });
    };
    if !is_member(core, op, user).await {
        return Err(TransferError::UnknownAccount { name: refused });
    }
    attempt(core, op, command, Some(user)).await
}

async fn attempt(
    core: &Core,
    op: &Op,
    command: &Transfer,
    newcomer: Option<UserId>,
) -> Result<Receipt, TransferError> {
    let config = core.config(op.guild).await?;
    let (core_inside, op, command) = (core.clone(), op.clone(), command.clone());
    let work = move |tx: &mut Tx<'_>| {
        let ids = core_inside.ids.as_ref();
        if let Some(user) = newcomer {
            let (settings, pseudonyms) = (&config.settings.economy, core_inside.pseudonyms());
            economy::enrol(tx, &op, ids, settings, &pseudonyms, user)?;
        }
        let receipt = economy::transfer(tx, &op, ids, &command)?;
        record_access(
            tx,
            &core_inside,
            &op,
            "transfer_create",
            "a transfer of coins",
        )?;
        Ok::<_, TransferError>(receipt)
    };
    core.database.write("transfer", work).await
}

async fn is_member(core: &Core, op: &Op, user: UserId) -> bool {
    let Some(directory) = core.directory() else {
        return false;
    };
    match directory.member(op.guild, user).await {
        Ok(member) => member.is_some_and(|member| !member.is_bot),
        Err(error) => {
            tracing::warn!(%error, correlation = %op.correlation, "Discord could not be asked about a member");
            false
        }
    }
}
