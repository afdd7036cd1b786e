//! Revisions and their documents.

use std::collections::HashMap;

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};
use serde_json::json;

use super::rollbacks::Planned;
use crate::{
    document::Document,
    revision::{Author, Entry, Mark, Revision, Snapshot},
};

/// A revision and the number of its document.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) entry: Entry,
    pub(crate) document: i64,
}

const DOCUMENT_INSERT: Statement = Statement::new(
    "platform.document_insert",
    "INSERT INTO platform_documents (guild, document, digest, content) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (guild, digest) DO NOTHING RETURNING document",
);
const DOCUMENT_FIND: Statement = Statement::new(
    "platform.document_find",
    "SELECT document FROM platform_documents WHERE guild = ?1 AND digest = ?2",
);
const CONTENT_FETCH: Statement = Statement::new(
    "platform.content_fetch",
    "SELECT content FROM platform_documents WHERE guild = ?1 AND document = ?2",
);
const CONTENT_LIST: Statement = Statement::worded(
    "platform.content_list",
    "SELECT d.guild, d.content FROM json_each(?1) AS pair JOIN platform_documents AS d
     ON d.guild = json_extract(pair.value, '$[0]') AND d.document = json_extract(pair.value, '$[1]')",
    "SELECT d.guild, d.content FROM json_array_elements(CAST(CAST(?1 AS TEXT) AS JSON)) AS pair
     JOIN platform_documents AS d
     ON d.guild = CAST(pair.value->>0 AS BIGINT) AND d.document = CAST(pair.value->>1 AS BIGINT)",
);
const REVISION_INSERT: Statement = Statement::new(
    "platform.revision_insert",
    "INSERT INTO platform_revisions (guild, revision, document, mark, author, at, note, cause, restores)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
);
const CAUSED_FETCH: Statement = Statement::new(
    "platform.caused_fetch",
    "SELECT guild, revision, mark, author, at, note, cause, restores, document
     FROM platform_revisions WHERE cause = ?2 AND guild = ?1",
);
const ENTRY_LIST: Statement = Statement::new(
    "platform.entry_list",
    "SELECT guild, revision, mark, author, at, note, cause, restores, document
     FROM platform_revisions WHERE guild = ?1 AND revision < ?2 ORDER BY revision DESC LIMIT ?3",
);
const SNAPSHOT_FETCH: Statement = Statement::new(
    "platform.snapshot_fetch",
    "SELECT r.guild, r.revision, r.mark, r.author, r.at, r.note, r.cause, r.restores, d.content
     FROM platform_revisions AS r
     JOIN platform_documents AS d ON d.guild = r.guild AND d.document = r.document
     WHERE r.guild = ?1 AND r.revision = ?2",
);
const SNAPSHOT_HEAD: Statement = Statement::new(
    "platform.snapshot_head",
    "SELECT r.guild, r.revision, r.mark, r.author, r.at, r.note, r.cause, r.restores, d.content
     FROM platform_heads AS h
     JOIN platform_revisions AS r ON r.guild = h.guild AND r.revision = h.revision
     JOIN platform_documents AS d ON d.guild = r.guild AND d.document = r.document
     WHERE h.guild = ?1",
);
const SNAPSHOT_AT: Statement = Statement::new(
    "platform.snapshot_at",
    "SELECT r.guild, r.revision, r.mark, r.author, r.at, r.note, r.cause, r.restores, d.content
     FROM platform_revisions AS r
     JOIN platform_documents AS d ON d.guild = r.guild AND d.document = r.document
     WHERE r.guild = ?1 AND r.at <= ?2 ORDER BY r.revision DESC LIMIT 1",
);
const AUTHORED_LIST: Statement = Statement::new(
    "platform.authored_list",
    "SELECT guild, revision, mark, author, at, note, cause, restores, document
     FROM platform_revisions WHERE guild = ?1 AND author = ?2 ORDER BY revision DESC LIMIT ?3",
);
const AUTHOR_FORGET: Statement = Statement::new(
    "platform.author_forget",
    "UPDATE platform_revisions SET author = 'erased', note = '' WHERE guild = ?1 AND author = ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &DOCUMENT_INSERT,
    &DOCUMENT_FIND,
    &CONTENT_FETCH,
    &CONTENT_LIST,
    &REVISION_INSERT,
    &CAUSED_FETCH,
    &ENTRY_LIST,
    &SNAPSHOT_FETCH,
    &SNAPSHOT_HEAD,
    &SNAPSHOT_AT,
    &AUTHORED_LIST,
    &AUTHOR_FORGET,
];

pub(crate) fn revision(row: &Row, column: usize) -> Result<Revision, DbError> {
    Revision::new(row.int(column)?).map_err(|error| DbError::Shape {
        statement: "platform".to_owned(),
        column,
        expected: "a revision",
        found: error.to_string(),
    })
}

pub(crate) fn document(row: &Row, column: usize) -> Result<Document, DbError> {
    Document::stored(row.text(column)?).map_err(|error| DbError::Shape {
        statement: "platform".to_owned(),
        column,
        expected: "a document",
        found: error.to_string(),
    })
}

fn entry(row: &Row) -> Result<Entry, DbError> {
    Ok(Entry {
        guild: row.id(0)?,
        revision: revision(row, 1)?,
        mark: Mark::new(row.int(2)?),
        author: Author::of_column(row.text(3)?),
        at: row.timestamp(4)?,
        note: row.text(5)?.to_owned(),
        cause: row.text(6)?.to_owned(),
        restores: row.maybe(7, revision)?,
    })
}

fn snapshot(row: &Row) -> Result<Snapshot, DbError> {
    Ok(Snapshot {
        entry: entry(row)?,
        document: document(row, 8)?,
    })
}

/// Keeps a document where its guild never had it; gives the number it has.
pub(crate) fn document_put(
    tx: &mut Tx<'_>,
    guild: GuildId,
    revision: Revision,
    document: &Document,
) -> Result<i64, DbError> {
    let digest = document.digest();
    let values = [
        guild.into(),
        revision.get().into(),
        digest.as_str().into(),
        document.text().into(),
    ];
    let row = match tx.row(&DOCUMENT_INSERT, &values)? {
        Some(row) => Some(row),
        None => tx.row(&DOCUMENT_FIND, &[guild.into(), digest.into()])?,
    };
    row.map_or_else(|| Err(missing(&DOCUMENT_FIND)), |row| row.int(0))
}

fn missing(statement: &Statement) -> DbError {
    DbError::Rejected {
        statement: statement.name().to_owned(),
        reason: "a document that is named is missing".to_owned(),
    }
}

pub(crate) fn content_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    number: i64,
) -> Result<Document, DbError> {
    let row = tx.row(&CONTENT_FETCH, &[guild.into(), number.into()])?;
    document(&row.ok_or_else(|| missing(&CONTENT_FETCH))?, 0)
}

/// The documents that guilds are to go back to.
pub(crate) fn content_list(
    tx: &mut Tx<'_>,
    planned: &[Planned],
) -> Result<HashMap<GuildId, Document>, DbError> {
    let pairs = planned
        .iter()
        .map(|one| json!([one.guild.get(), one.target.document]));
    let pairs = serde_json::Value::from_iter(pairs).to_string();
    let rows = tx.rows(&CONTENT_LIST, &[pairs.into()])?;
    rows.iter()
        .map(|row| Ok((row.id(0)?, document(row, 1)?)))
        .collect()
}

pub(crate) fn revision_insert(
    tx: &mut Tx<'_>,
    entry: &Entry,
    document: i64,
) -> Result<(), DbError> {
    let values = vec![
        entry.guild.into(),
        entry.revision.get().into(),
        document.into(),
        entry.mark.get().into(),
        entry.author.to_column().into(),
        entry.at.into(),
        entry.note.as_str().into(),
        entry.cause.as_str().into(),
        entry.restores.map(Revision::get).into(),
    ];
    tx.queue(&REVISION_INSERT, values)
}

/// The revision that a cause wrote in a guild.
pub(crate) fn caused_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    cause: &str,
) -> Result<Option<Entry>, DbError> {
    let row = tx.row(&CAUSED_FETCH, &[guild.into(), cause.into()])?;
    row.map(|row| entry(&row)).transpose()
}

pub(crate) fn entry_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    below: i64,
    limit: u32,
) -> Result<Vec<Listed>, DbError> {
    let rows = tx.rows(&ENTRY_LIST, &[guild.into(), below.into(), limit.into()])?;
    let listed = rows.iter().map(|row| {
        Ok(Listed {
            entry: entry(row)?,
            document: row.int(8)?,
        })
    });
    listed.collect()
}

pub(crate) fn snapshot_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    revision: Revision,
) -> Result<Option<Snapshot>, DbError> {
    let row = tx.row(&SNAPSHOT_FETCH, &[guild.into(), revision.get().into()])?;
    row.map(|row| snapshot(&row)).transpose()
}

pub(crate) fn snapshot_head(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<Snapshot>, DbError> {
    let row = tx.row(&SNAPSHOT_HEAD, &[guild.into()])?;
    row.map(|row| snapshot(&row)).transpose()
}

pub(crate) fn snapshot_at(
    tx: &mut Tx<'_>,
    guild: GuildId,
    at: Timestamp,
) -> Result<Option<Snapshot>, DbError> {
    let row = tx.row(&SNAPSHOT_AT, &[guild.into(), at.into()])?;
    row.map(|row| snapshot(&row)).transpose()
}

pub(crate) fn authored_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    author: &Author,
    limit: u32,
) -> Result<Vec<Entry>, DbError> {
    let values = [guild.into(), author.to_column().into(), limit.into()];
    tx.rows(&AUTHORED_LIST, &values)?
        .iter()
        .map(entry)
        .collect()
}

pub(crate) fn author_forget(
    tx: &mut Tx<'_>,
    guild: GuildId,
    author: &Author,
) -> Result<u64, DbError> {
    tx.execute(&AUTHOR_FORGET, &[guild.into(), author.to_column().into()])
}
