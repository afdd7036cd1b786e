//! `ledger verify`: every stored balance against the journal, and the journal against itself.

use economy::{CHECK_CHUNK_MAX, CheckCursor, Mismatch, Verification, Wrong};
use kernel::Coins;
use serde_json::{Value, json};
use store::{Database, DbError, Tx};

use crate::{
    desk::Desk,
    failure::{Exit, Failure},
    printer::{Format, Printer},
};

pub(super) async fn run(desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
    let found = whole(desk.database()).await?;
    if printer.format() == Format::Json {
        let mismatches: Vec<Value> = found.mismatches.iter().map(as_json).collect();
        let answer = json!({
            "ok": found.is_ok(),
            "guilds": found.guilds,
            "accounts": found.accounts,
            "transfers": found.transfers,
            "mismatches": mismatches,
        });
        printer.json(&answer).await;
    } else {
        for mismatch in &found.mismatches {
            printer.line(&mismatch.to_string()).await;
        }
        let Verification {
            guilds,
            accounts,
            transfers,
            ..
        } = found;
        let verdict = if found.is_ok() {
            "the ledger is sound"
        } else {
            "THE LEDGER IS NOT SOUND"
        };
        printer
            .line(&format!(
                "{verdict}: {guilds} guilds, {accounts} accounts, {transfers} transfers"
            ))
            .await;
        if !found.is_ok() {
            printer
                .line("`guildhall ledger rebuild` puts stored balances right.")
                .await;
        }
    }
    Ok(if found.is_ok() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// Checks everything, a part at a time.
pub(crate) async fn whole(database: &Database) -> Result<Verification, Failure> {
    let mut found = Verification::default();
    let mut cursor = Some(CheckCursor::START);
    while let Some(from) = cursor {
        let step = move |tx: &mut Tx<'_>| economy::check(tx, from, CHECK_CHUNK_MAX);
        let part = database.read::<_, DbError, _>("ledger.verify", step).await;
        let part = part.map_err(anyhow::Error::from)?;
        found.guilds += part.guilds;
        found.accounts += part.accounts;
        found.transfers += part.transfers;
        found.mismatches.extend(part.mismatches);
        cursor = part.next;
    }
    Ok(found)
}

pub(super) fn as_json(mismatch: &Mismatch) -> Value {
    let guild = mismatch.guild;
    let differs = |kind: &str, account: i64, stored: Coins, journal: Coins| {
        json!({
            "guild_id": guild, "kind": kind, "account": account.to_string(),
            "stored": stored.get(), "journal": journal.get(),
        })
    };
    match mismatch.what {
        Wrong::Balance {
            account,
            stored,
            journal,
        } => differs("balance", account, stored, journal),
        Wrong::Held {
            account,
            stored,
            journal,
        } => differs("held", account, stored, journal),
        Wrong::Rollup {
            account,
            stored,
            journal,
        } => differs("rollup", account, stored, journal),
        Wrong::Sum { sum } => json!({ "guild_id": guild, "kind": "sum", "sum": sum.get() }),
        Wrong::Contradiction { at, reason } => json!({
            "guild_id": guild, "kind": "contradiction", "at": at.to_string(), "reason": reason.to_string(),
        }),
    }
}
