//! `ledger rebuild`: stored balances derived from the journal again.

use economy::{Mismatch, Rebuilt};
use kernel::GuildId;
use serde_json::{Value, json};
use store::{DbError, Tx};

use super::verify;
use crate::{
    desk::Desk,
    failure::{Exit, Failure},
    printer::{Format, Printer},
};

/// What a rebuild found in all guilds.
#[derive(Default)]
struct Found {
    accounts: u64,
    repaired: Vec<Mismatch>,
    contradictions: Vec<Mismatch>,
}

pub(super) async fn run(
    desk: &Desk,
    guild: Option<GuildId>,
    dry_run: bool,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let found = if dry_run {
        look(desk, guild).await?
    } else {
        repair(desk, guild).await?
    };
    // What is kept in memory may stem from the balances that were wrong.
    desk.core.hot().forget_all();
    tell(&found, dry_run, printer).await;
    Ok(if found.contradictions.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

async fn look(desk: &Desk, guild: Option<GuildId>) -> Result<Found, Failure> {
    let whole = verify::whole(desk.database()).await?;
    let meant = whole
        .mismatches
        .into_iter()
        .filter(|mismatch| guild.is_none_or(|guild| guild == mismatch.guild));
    let (contradictions, repaired) = meant.partition(Mismatch::is_contradiction);
    Ok(Found {
        accounts: whole.accounts,
        repaired,
        contradictions,
    })
}

async fn repair(desk: &Desk, guild: Option<GuildId>) -> Result<Found, Failure> {
    let mut found = Found::default();
    for guild in super::guilds(desk, guild).await? {
        let now = desk.clock.now();
        // One transaction a guild: its journal is read to its end before anything is derived from it.
        let work = move |tx: &mut Tx<'_>| economy::rebuild(tx, guild, now);
        let rebuilt = desk
            .database()
            .write::<Rebuilt, DbError, _>("ledger.rebuild", work)
            .await;
        let rebuilt = rebuilt.map_err(anyhow::Error::from)?;
        found.accounts += rebuilt.accounts;
        found.repaired.extend(rebuilt.repaired);
        found.contradictions.extend(rebuilt.contradictions);
    }
    Ok(found)
}

async fn tell(found: &Found, dry_run: bool, printer: &Printer) {
    if printer.format() == Format::Json {
        let list = |mismatches: &[Mismatch]| {
            mismatches
                .iter()
                .map(verify::as_json)
                .collect::<Vec<Value>>()
        };
        let answer = json!({
            "ok": found.contradictions.is_empty(),
            "dry_run": dry_run,
            "accounts": found.accounts,
            "repaired": list(&found.repaired),
            "contradictions": list(&found.contradictions),
        });
        return printer.json(&answer).await;
    }
    let verb = if dry_run {
        "would put right"
    } else {
        "put right"
    };
    for mismatch in &found.repaired {
        printer.line(&format!("{verb}: {mismatch}")).await;
    }
    for mismatch in &found.contradictions {
        printer
            .line(&format!("CANNOT be put right: {mismatch}"))
            .await;
    }
    let (accounts, repaired) = (found.accounts, found.repaired.len());
    printer
        .line(&format!("{accounts} accounts, {repaired} {verb}"))
        .await;
    if !found.contradictions.is_empty() && !dry_run {
        printer
            .line("The economies of the guilds above are frozen until a person has looked.")
            .await;
    }
}
