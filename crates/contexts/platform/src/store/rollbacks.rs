//! Rollbacks: what each guild would go back to, and writing it for all of them at once.
//!
//! Lists of guilds go in as one JSON text. The engines read such a list differently, so these statements are worded
//! for each.

use std::collections::{BTreeMap, BTreeSet};

use ::store::{DbError, Row, Statement, Tx, Value};
use kernel::{GuildId, Timestamp};
use serde_json::json;

use super::{
    heads::{Head, head},
    revisions::revision,
};
use crate::revision::{Author, Revision};

/// The revision that a guild goes back to.
#[derive(Debug, Clone)]
pub(crate) struct Restored {
    pub(crate) revision: Revision,
    pub(crate) document: i64,
}

/// A guild that goes back.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) guild: GuildId,
    pub(crate) head: Revision,
    pub(crate) head_at: Timestamp,
    pub(crate) target: Restored,
}

/// A rollback that was done.
#[derive(Debug, Clone)]
pub(crate) struct RollbackRow {
    pub(crate) cause: String,
    pub(crate) asked: String,
    pub(crate) outcome: String,
}

const PLAN_LIST: Statement = Statement::worded(
    "platform.plan_list",
    "SELECT h.guild, h.revision, h.document, h.at, r.revision, r.document FROM platform_heads AS h
     LEFT JOIN platform_revisions AS r ON r.guild = h.guild AND r.revision =
         (SELECT MAX(p.revision) FROM platform_revisions AS p
          WHERE p.guild = h.guild AND p.at <= ?1 AND p.revision <= ?2)
     WHERE ?3 IS NULL OR h.guild IN (SELECT value FROM json_each(?3)) ORDER BY h.guild",
    "SELECT h.guild, h.revision, h.document, h.at, r.revision, r.document FROM platform_heads AS h
     LEFT JOIN platform_revisions AS r ON r.guild = h.guild AND r.revision =
         (SELECT MAX(p.revision) FROM platform_revisions AS p
          WHERE p.guild = h.guild AND p.at <= ?1 AND p.revision <= ?2)
     WHERE CAST(?3 AS TEXT) IS NULL OR h.guild IN (SELECT CAST(value AS BIGINT)
           FROM json_array_elements_text(CAST(CAST(?3 AS TEXT) AS JSON))) ORDER BY h.guild",
);
// Each element is [guild, revision, document, mark, moment, revision restored].
const REVISIONS_INSERT: Statement = Statement::worded(
    "platform.revisions_insert",
    "INSERT INTO platform_revisions (guild, revision, document, mark, at, restores, author, note, cause)
     SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
            json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'), ?2, ?3, ?4
     FROM json_each(?1)",
    "INSERT INTO platform_revisions (guild, revision, document, mark, at, restores, author, note, cause)
     SELECT CAST(value->>0 AS BIGINT), CAST(value->>1 AS BIGINT), CAST(value->>2 AS BIGINT),
            CAST(value->>3 AS BIGINT), CAST(value->>4 AS BIGINT), CAST(value->>5 AS BIGINT), ?2, ?3, ?4
     FROM json_array_elements(CAST(CAST(?1 AS TEXT) AS JSON))",
);
const HEADS_FOLLOW: Statement = Statement::new(
    "platform.heads_follow",
    "UPDATE platform_heads SET revision = r.revision, document = r.document, at = r.at, mark = r.mark
     FROM platform_revisions AS r WHERE r.cause = ?1 AND r.guild = platform_heads.guild",
);
const RESTORED_LIST: Statement = Statement::new(
    "platform.restored_list",
    "SELECT guild, revision FROM platform_revisions WHERE cause = ?1 ORDER BY guild",
);
const ROLLBACK_FETCH: Statement = Statement::new(
    "platform.rollback_fetch",
    "SELECT asked, outcome FROM platform_rollbacks WHERE cause = ?1",
);
const ROLLBACK_INSERT: Statement = Statement::new(
    "platform.rollback_insert",
    "INSERT INTO platform_rollbacks (cause, asked, author, at, outcome) VALUES (?1, ?2, ?3, ?4, ?5)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &PLAN_LIST,
    &REVISIONS_INSERT,
    &HEADS_FOLLOW,
    &RESTORED_LIST,
    &ROLLBACK_FETCH,
    &ROLLBACK_INSERT,
];

/// Each guild's head, and its last revision that is neither younger than `by` nor above `to`.
pub(crate) fn plan_list(
    tx: &mut Tx<'_>,
    by: i64,
    to: i64,
    guilds: Option<&BTreeSet<GuildId>>,
) -> Result<Vec<(Head, Option<Restored>)>, DbError> {
    let guilds = guilds.map(|guilds| {
        let numbers = guilds.iter().map(|guild| json!(guild.get()));
        serde_json::Value::from_iter(numbers).to_string()
    });
    let rows = tx.rows(&PLAN_LIST, &[by.into(), to.into(), guilds.into()])?;
    rows.iter()
        .map(|row| Ok((head(row)?, restored(row)?)))
        .collect()
}

fn restored(row: &Row) -> Result<Option<Restored>, DbError> {
    let Some(revision) = row.maybe(4, revision)? else {
        return Ok(None);
    };
    let document = row.int(5)?;
    Ok(Some(Restored { revision, document }))
}

/// Writes a new revision for each planned guild, with marks from `first` on.
pub(crate) fn revisions_insert(
    tx: &mut Tx<'_>,
    planned: &[Planned],
    first: i64,
    at: Timestamp,
    author: &Author,
    note: &str,
    cause: &str,
) -> Result<(), DbError> {
    let rows = planned.iter().zip(first..).map(|(one, mark)| {
        json!([
            one.guild.get(),
            one.head.next(),
            one.target.document,
            mark,
            at.max(one.head_at).micros(),
            one.target.revision,
        ])
    });
    let values = [
        serde_json::Value::from_iter(rows).to_string().into(),
        author.to_column().into(),
        note.into(),
        cause.into(),
    ];
    tx.execute(&REVISIONS_INSERT, &values).map(drop)
}

/// Puts into force what a cause has written.
pub(crate) fn heads_follow(tx: &mut Tx<'_>, cause: &str) -> Result<(), DbError> {
    tx.execute(&HEADS_FOLLOW, &[cause.into()]).map(drop)
}

pub(crate) fn restored_list(
    tx: &mut Tx<'_>,
    cause: &str,
) -> Result<BTreeMap<GuildId, Revision>, DbError> {
    let rows = tx.rows(&RESTORED_LIST, &[cause.into()])?;
    rows.iter()
        .map(|row| Ok((row.id(0)?, revision(row, 1)?)))
        .collect()
}

pub(crate) fn rollback_fetch(tx: &mut Tx<'_>, cause: &str) -> Result<Option<RollbackRow>, DbError> {
    let row = tx.row(&ROLLBACK_FETCH, &[cause.into()])?;
    let row = row.map(|row| {
        Ok(RollbackRow {
            cause: cause.to_owned(),
            asked: row.text(0)?.to_owned(),
            outcome: row.text(1)?.to_owned(),
        })
    });
    row.transpose()
}

pub(crate) fn rollback_insert(
    tx: &mut Tx<'_>,
    row: &RollbackRow,
    author: &Author,
    at: Timestamp,
) -> Result<(), DbError> {
    let values: Vec<Value> = vec![
        row.cause.as_str().into(),
        row.asked.as_str().into(),
        author.to_column().into(),
        at.into(),
        row.outcome.as_str().into(),
    ];
    tx.queue(&ROLLBACK_INSERT, values)
}
