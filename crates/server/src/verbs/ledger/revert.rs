//! `ledger revert`: takes transfers back, or tells which it would.

use economy::{Mode, Receipt, ReverseError, Revert, RevertOutcome, Reverted, RevertedOne, Which};
use kernel::GuildId;
use serde_json::{Value, json};
use store::Tx;

use super::{Selection, as_json, as_row, bounds, guilds};
use crate::{
    desk::Desk,
    failure::{Exit, Failure},
    printer::{Format, Printer},
};

const COLUMNS: [&str; 9] = [
    "at", "guild", "from", "to", "amount", "kind", "reason", "transfer", "outcome",
];

type Found = Vec<(GuildId, RevertedOne)>;

pub(super) async fn run(
    desk: &Desk,
    selection: &Selection,
    note: &str,
    dry_run: bool,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let (since, until) = bounds(selection, desk.clock.now());
    let revert = Revert {
        which: which(selection)?,
        since,
        until,
        reason: note.to_owned(),
        mode: if dry_run { Mode::DryRun } else { Mode::Act },
        cursor: None,
    };
    // One run is one cause: asked again, it names new transfers, and each old one is still taken back only once.
    let run = desk.ids.next().to_string();
    let mut found = Found::new();
    for guild in guilds(desk, selection.guild).await? {
        in_guild(desk, guild, &revert, &run, &mut found).await?;
    }
    if let (Which::Transfer(id), true) = (&revert.which, found.is_empty()) {
        return Err(Failure::broken(
            format!("there is no transfer `{id}`"),
            "`guildhall ledger statement` lists those there are",
        ));
    }
    tell(&found, dry_run, printer).await;
    let refused = found
        .iter()
        .any(|(_, one)| matches!(one.outcome, RevertOutcome::Refused(_)));
    Ok(if refused { Exit::Failed } else { Exit::Done })
}

fn which(selection: &Selection) -> Result<Which, Failure> {
    match (&selection.transfer, selection.user, &selection.reason) {
        (Some(id), None, None) => Ok(Which::Transfer(id.clone())),
        (None, Some(user), None) => Ok(Which::User(user)),
        (None, None, Some(reason)) => Ok(Which::Reason(reason.clone())),
        _ => Err(Failure::Usage(
            "say which: one of --transfer, --user and --reason".to_owned(),
        )),
    }
}

async fn in_guild(
    desk: &Desk,
    guild: GuildId,
    revert: &Revert,
    run: &str,
    found: &mut Found,
) -> Result<(), Failure> {
    let op = desk.core.admission().cli(guild, run);
    let mut revert = revert.clone();
    loop {
        let ticket = desk.core.hot().ticket();
        let (op, ids, part) = (op.clone(), desk.ids.clone(), revert.clone());
        let work = move |tx: &mut Tx<'_>| economy::revert(tx, &op, ids.as_ref(), &part);
        let reverted = desk
            .database()
            .write::<Reverted, ReverseError, _>("ledger.revert", work)
            .await;
        let reverted = match reverted {
            Err(ReverseError::NoSuchTransfer { .. }) => return Ok(()),
            other => other.map_err(anyhow::Error::from)?,
        };
        for one in reverted.items {
            for receipt in receipts(&one) {
                desk.core
                    .hot()
                    .offer_standings(&ticket, guild, &receipt.standings);
            }
            found.push((guild, one));
        }
        revert.cursor = reverted.next;
        if revert.cursor.is_none() {
            return Ok(());
        }
    }
}

fn receipts(one: &RevertedOne) -> impl Iterator<Item = &Receipt> {
    let reversal = match &one.outcome {
        RevertOutcome::Reverted(reversal) => Some(reversal),
        _ => None,
    };
    reversal.into_iter().flat_map(|reversal| {
        reversal
            .advance
            .iter()
            .chain(std::iter::once(&reversal.receipt))
    })
}

async fn tell(found: &Found, dry_run: bool, printer: &Printer) {
    let count = |wanted: &str| {
        found
            .iter()
            .filter(|(_, one)| outcome(one).0 == wanted)
            .count()
    };
    let (reverted, refused, before) = (count("reverted"), count("refused"), count("before"));
    if printer.format() == Format::Json {
        let items: Vec<Value> = found.iter().map(|(guild, one)| item(*guild, one)).collect();
        let answer = json!({
            "dry_run": dry_run, "reverted": reverted, "refused": refused, "before": before, "items": items,
        });
        return printer.json(&answer).await;
    }
    let row = |(guild, one): &(GuildId, RevertedOne)| {
        let (word, more) = outcome(one);
        let mut row = as_row(*guild, &one.record);
        row.push(if more.is_empty() {
            word.to_owned()
        } else {
            format!("{word}: {more}")
        });
        row
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    printer.table(&COLUMNS, &rows).await;
    let verdict = if dry_run {
        format!("{} would be taken back", count("would_revert"))
    } else {
        format!("{reverted} taken back")
    };
    printer
        .line(&format!(
            "{verdict}, {before} had been before, {refused} refused"
        ))
        .await;
}

fn item(guild: GuildId, one: &RevertedOne) -> Value {
    let (word, more) = outcome(one);
    json!({ "transfer": as_json(guild, &one.record), "outcome": word, "detail": more })
}

/// What became of it in a word, and what else there is to say.
fn outcome(one: &RevertedOne) -> (&'static str, String) {
    match &one.outcome {
        RevertOutcome::WouldRevert => ("would_revert", String::new()),
        RevertOutcome::Reverted(reversal) => ("reverted", reversal.receipt.record.id.clone()),
        RevertOutcome::Before(by) => ("before", by.clone()),
        RevertOutcome::Refused(error) => ("refused", error.to_string()),
    }
}
