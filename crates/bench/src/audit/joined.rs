//! What stands in the database of a stopped server, beside what was said and what was seen.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use sim::Snowflake;
use store::{Database, DbError, Row, Statement, Tx};
use store_libsql::{LibsqlStore, Options as LibsqlOptions};

use super::{Findings, posters::Said};
use crate::{process::Settings, servers::blocking};

const DATABASE_FILE: &str = "guildhall.db";

const MARKS: Statement = Statement::new(
    "bench.marks",
    "SELECT event FROM store_handled WHERE event LIKE 'message:%'",
);
const ENTRIES: Statement = Statement::new(
    "bench.entries",
    "SELECT trigger_message, action FROM audit_records WHERE part = 1 AND kind = 'moderation' ORDER BY id",
);
const CASES: Statement = Statement::new(
    "bench.cases",
    "SELECT c.message_id FROM moderation_cases c LEFT JOIN audit_records r
     ON r.guild = c.guild AND r.case_number = c.number AND r.part = 1 WHERE r.id IS NULL",
);
const OPEN: Statement = Statement::new(
    "bench.open",
    "SELECT (SELECT COUNT(*) FROM audit_effects WHERE state = 'pending')
          + (SELECT COUNT(*) FROM store_owed WHERE state = 'owed')",
);

/// What the tables say.
struct Tables {
    decided: BTreeSet<Snowflake>,
    entries: BTreeMap<Snowflake, Vec<String>>,
    /// Cases that no entry names.
    bare_cases: u64,
    open: u64,
}

pub(super) async fn look(settings: &Settings, said: &Said) -> Result<Findings> {
    let file = settings.data_dir.join(DATABASE_FILE);
    let database =
        blocking(move || Ok(LibsqlStore::open(&file, LibsqlOptions::default())?.database()))
            .await?;
    let tables = read(&database).await;
    blocking(move || {
        database.close();
        Ok(())
    })
    .await?;
    Ok(compare(&tables?, said))
}

async fn read(database: &Database) -> Result<Tables> {
    let read = |tx: &mut Tx<'_>| {
        let marks = tx.rows(&MARKS, &[])?;
        let rows = tx.rows(&ENTRIES, &[])?;
        let mut entries: BTreeMap<Snowflake, Vec<String>> = BTreeMap::new();
        for row in &rows {
            let message = row.maybe(0, Row::int)?.unwrap_or_default();
            let actions = entries
                .entry(Snowflake(message.unsigned_abs()))
                .or_default();
            actions.push(row.text(1)?.to_owned());
        }
        let open = tx.row(&OPEN, &[])?;
        Ok(Tables {
            decided: marks.iter().filter_map(marked).collect(),
            entries,
            bare_cases: tx.rows(&CASES, &[])?.len() as u64,
            open: open.map_or(Ok(0), |row| row.int(0))?.unsigned_abs(),
        })
    };
    Ok(database.read::<_, DbError, _>("bench.audit", read).await?)
}

fn marked(row: &Row) -> Option<Snowflake> {
    let id = row.text(0).ok()?.strip_prefix("message:")?;
    id.parse().ok().map(Snowflake)
}

fn compare(tables: &Tables, said: &Said) -> Findings {
    let mut found = Findings {
        messages: said.len() as u64,
        entries: tables
            .entries
            .values()
            .map(|entries| entries.len() as u64)
            .sum(),
        unexplained: tables.bare_cases,
        open: tables.open,
        ..Findings::default()
    };
    for (id, message) in said {
        let wanted = message.words.entries();
        let is_decided = tables.decided.contains(id);
        found.hit += u64::from(!wanted.is_empty());
        found.decided += u64::from(is_decided);
        let wanted = if is_decided { wanted } else { &[] };
        found.wanted += wanted.len() as u64;
        let mut left: Vec<&str> = tables
            .entries
            .get(id)
            .map(|entries| entries.iter().map(String::as_str).collect())
            .unwrap_or_default();
        for action in wanted {
            match left.iter().position(|entry| entry == action) {
                Some(place) => drop(left.swap_remove(place)),
                None => found.missing += 1,
            }
        }
        found.surplus += left.len() as u64;
        found.unexplained += u64::from(message.removed && !is_decided);
    }
    let foreign = tables
        .entries
        .iter()
        .filter(|(id, _)| !said.contains_key(id));
    found.surplus += foreign
        .map(|(_, entries)| entries.len() as u64)
        .sum::<u64>();
    found
}

#[cfg(test)]
mod tests {
    use sim::Snowflake;

    use super::{Findings, Tables, compare};
    use crate::audit::{
        hall::Words,
        posters::{Message, Said},
    };

    fn said(all: &[(u64, Words, bool)]) -> Said {
        let one = |&(id, words, removed): &(u64, Words, bool)| {
            (Snowflake(id), Message { words, removed })
        };
        all.iter().map(one).collect()
    }

    fn tables(decided: &[u64], entries: &[(u64, &[&str])]) -> Tables {
        let of = |(id, actions): &(u64, &[&str])| {
            let actions = actions.iter().map(|action| (*action).to_owned());
            (Snowflake(*id), actions.collect())
        };
        Tables {
            decided: decided.iter().copied().map(Snowflake).collect(),
            entries: entries.iter().map(of).collect(),
            bare_cases: 0,
            open: 0,
        }
    }

    fn counts(found: &Findings) -> [u64; 6] {
        [
            found.hit,
            found.decided,
            found.wanted,
            found.missing,
            found.surplus,
            found.unexplained,
        ]
    }

    #[test]
    fn decisions_with_their_entries_are_clean() {
        let said = said(&[
            (1, Words::Plain, false),
            (2, Words::Both, false),
            (3, Words::Removed, true),
        ]);
        let entries: [(u64, &[&str]); 2] = [(2, &["shadow", "log"]), (3, &["delete"])];
        let found = compare(&tables(&[2, 3], &entries), &said);
        assert_eq!(counts(&found), [2, 2, 3, 0, 0, 0]);
        assert!(found.is_clean());
    }

    #[test]
    fn what_is_missing_doubled_unasked_for_or_unexplained_is_counted() {
        let said = said(&[
            (1, Words::Plain, false),
            (2, Words::Both, false),
            (3, Words::Removed, true),
            (4, Words::Noted, false),
        ]);
        let entries: [(u64, &[&str]); 4] = [
            (1, &["log"]),
            (2, &["shadow"]),
            (4, &["log", "log"]),
            (9, &["log"]),
        ];
        let found = compare(&tables(&[2, 4], &entries), &said);
        assert_eq!(counts(&found), [3, 2, 3, 1, 3, 1]);
        assert!(!found.is_clean());
    }
}
