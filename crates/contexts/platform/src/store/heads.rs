//! What is in force in each guild, and the mark that orders all changes.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use super::revisions::{document, revision};
use crate::{
    config::Changed,
    revision::{Entry, Mark, Revision},
};

/// What is in force in a guild.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) guild: GuildId,
    pub(crate) revision: Revision,
    pub(crate) document: i64,
    pub(crate) at: Timestamp,
}

const MARK_TAKE: Statement = Statement::new(
    "platform.mark_take",
    "UPDATE platform_marks SET mark = mark + ?1 WHERE name = 'config' RETURNING mark",
);
const HEAD_FETCH: Statement = Statement::new(
    "platform.head_fetch",
    "SELECT guild, revision, document, at FROM platform_heads WHERE guild = ?1",
);
const HEAD_PUT: Statement = Statement::new(
    "platform.head_put",
    "INSERT INTO platform_heads (guild, revision, document, at, mark) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (guild) DO UPDATE SET revision = excluded.revision, document = excluded.document,
     at = excluded.at, mark = excluded.mark",
);
const CHANGED_LIST: Statement = Statement::new(
    "platform.changed_list",
    "SELECT h.guild, h.revision, h.mark, d.content FROM platform_heads AS h
     JOIN platform_documents AS d ON d.guild = h.guild AND d.document = h.document
     WHERE h.mark > ?1 ORDER BY h.mark LIMIT ?2",
);

const GUILD_LIST: Statement = Statement::new(
    "platform.guild_list",
    "SELECT guild FROM platform_heads WHERE guild < ?1 ORDER BY guild DESC LIMIT ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &MARK_TAKE,
    &HEAD_FETCH,
    &HEAD_PUT,
    &CHANGED_LIST,
    &GUILD_LIST,
];

/// Takes this many marks and gives the last; holds every other writer of configurations off until the commit.
pub(crate) fn mark_take(tx: &mut Tx<'_>, count: i64) -> Result<Mark, DbError> {
    let row = tx.row(&MARK_TAKE, &[count.into()])?;
    let row = row.ok_or_else(|| DbError::Rejected {
        statement: MARK_TAKE.name().to_owned(),
        reason: "the row of marks is missing".to_owned(),
    })?;
    row.int(0).map(Mark::new)
}

pub(crate) fn head_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<Head>, DbError> {
    let row = tx.row(&HEAD_FETCH, &[guild.into()])?;
    row.map(|row| head(&row)).transpose()
}

/// A head from its first four columns.
pub(crate) fn head(row: &Row) -> Result<Head, DbError> {
    Ok(Head {
        guild: row.id(0)?,
        revision: revision(row, 1)?,
        document: row.int(2)?,
        at: row.timestamp(3)?,
    })
}

pub(crate) fn head_put(tx: &mut Tx<'_>, entry: &Entry, document: i64) -> Result<(), DbError> {
    let values = vec![
        entry.guild.into(),
        entry.revision.get().into(),
        document.into(),
        entry.at.into(),
        entry.mark.get().into(),
    ];
    tx.queue(&HEAD_PUT, values)
}

pub(crate) fn changed_list(
    tx: &mut Tx<'_>,
    mark: Mark,
    limit: u32,
) -> Result<Vec<Changed>, DbError> {
    let rows = tx.rows(&CHANGED_LIST, &[mark.get().into(), limit.into()])?;
    let changed = rows.iter().map(|row| {
        Ok(Changed {
            guild: row.id(0)?,
            revision: revision(row, 1)?,
            mark: Mark::new(row.int(2)?),
            document: document(row, 3)?,
        })
    });
    changed.collect()
}

pub(crate) fn guild_list(tx: &mut Tx<'_>, below: i64, limit: u32) -> Result<Vec<GuildId>, DbError> {
    let rows = tx.rows(&GUILD_LIST, &[below.into(), limit.into()])?;
    rows.iter().map(|row| row.id(0)).collect()
}
