//! `ledger statement`: where coins went, newest first.

use economy::{Record, StatementCursor, TRANSFERS_LIMIT_MAX};
use kernel::{GuildId, Timestamp, UserId};
use serde_json::{Value, json};
use store::{DbError, Tx};

use super::{COLUMNS, Selection, as_json, as_row, bounds, guilds};
use crate::{
    desk::Desk,
    failure::{Exit, Failure},
    printer::{Format, Printer},
};

/// The most transfers that one statement lists; older ones are asked for by `--until`.
const LIST_MAX: usize = 10_000;

pub(super) async fn run(
    desk: &Desk,
    selection: &Selection,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut list = Vec::new();
    for guild in guilds(desk, selection.guild).await? {
        collect(desk, guild, selection, &mut list).await?;
    }
    list.sort_by_key(|(_, record)| std::cmp::Reverse(record.at));
    let more = list.len() > LIST_MAX;
    list.truncate(LIST_MAX);
    if printer.format() == Format::Json {
        let items: Vec<Value> = list
            .iter()
            .map(|(guild, record)| as_json(*guild, record))
            .collect();
        printer.json(&json!({ "items": items, "more": more })).await;
        return Ok(Exit::Done);
    }
    let rows: Vec<_> = list
        .iter()
        .map(|(guild, record)| as_row(*guild, record))
        .collect();
    printer.table(&COLUMNS, &rows).await;
    if let (true, Some((_, oldest))) = (more, list.last()) {
        printer
            .line(&format!(
                "There are more: ask again with --until {}",
                oldest.at
            ))
            .await;
    }
    Ok(Exit::Done)
}

async fn collect(
    desk: &Desk,
    guild: GuildId,
    selection: &Selection,
    list: &mut Vec<(GuildId, Record)>,
) -> Result<(), Failure> {
    let (since, until) = bounds(selection, desk.clock.now());
    let mut place = Place::default();
    let mut found = 0;
    loop {
        let part = page(desk, guild, selection.user, place).await;
        let (records, next) = part.map_err(anyhow::Error::from)?;
        let older = records
            .last()
            .is_some_and(|last| since.is_some_and(|since| last.at < since));
        for record in records {
            if wanted(selection, &record, since, until) {
                list.push((guild, record));
                found += 1;
            }
        }
        match next {
            Some(next) if !older && found <= LIST_MAX => place = next,
            _ => return Ok(()),
        }
    }
}

/// Where a list goes on: by place in the journal, or in the chains of one member's accounts.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    before: Option<i64>,
    chains: Option<StatementCursor>,
}

/// A part of the list, and where the next begins.
async fn page(
    desk: &Desk,
    guild: GuildId,
    user: Option<UserId>,
    from: Place,
) -> Result<(Vec<Record>, Option<Place>), DbError> {
    let work = move |tx: &mut Tx<'_>| match user {
        Some(user) => {
            let part = economy::statement(tx, guild, user, from.chains, TRANSFERS_LIMIT_MAX)?;
            let next = part.next.map(|chains| Place {
                chains: Some(chains),
                ..Place::default()
            });
            Ok((part.records, next))
        }
        None => {
            let part = economy::transfers(tx, guild, from.before, TRANSFERS_LIMIT_MAX)?;
            let next = part.next.map(|before| Place {
                before: Some(before),
                ..Place::default()
            });
            Ok((part.records, next))
        }
    };
    desk.database().read("ledger.statement", work).await
}

fn wanted(
    selection: &Selection,
    record: &Record,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) -> bool {
    let id = selection
        .transfer
        .as_ref()
        .is_none_or(|id| *id == record.id);
    let code = |code: &String| record.kind.name() == code || record.reason == *code;
    let reason = selection.reason.as_ref().is_none_or(code);
    let old = since.is_some_and(|since| record.at < since);
    let new = until.is_some_and(|until| record.at >= until);
    id && reason && !old && !new
}
