//! Versions in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use crate::version::{Version, VersionState};

const NUMBER_NEXT: Statement = Statement::new(
    "bots.number_next",
    "SELECT COALESCE(MAX(number), 0) + 1 FROM bots_versions WHERE guild = ?1",
);
const VERSION_INSERT: Statement = Statement::new(
    "bots.version_insert",
    "INSERT INTO bots_versions (guild, number, persona, author, note, state, at, deployed_at)
     VALUES (?1, ?2, ?3, ?4, ?5, 'draft', ?6, NULL)",
);
const VERSION_FETCH: Statement = Statement::new(
    "bots.version_fetch",
    "SELECT number, persona, author, note, state, at, deployed_at FROM bots_versions WHERE guild = ?1 AND number = ?2",
);
const DEPLOYED_FETCH: Statement = Statement::new(
    "bots.deployed_fetch",
    "SELECT number, persona, author, note, state, at, deployed_at FROM bots_versions
      WHERE guild = ?1 AND state = 'deployed' LIMIT 1",
);
const RETIRED_LAST: Statement = Statement::new(
    "bots.retired_last",
    "SELECT number FROM bots_versions WHERE guild = ?1 AND state = 'retired' AND number <
     (SELECT MAX(number) FROM bots_versions WHERE guild = ?1 AND state = 'deployed') ORDER BY number DESC LIMIT 1",
);
const VERSIONS_LIST: Statement = Statement::new(
    "bots.versions_list",
    "SELECT number, persona, author, note, state, at, deployed_at FROM bots_versions
      WHERE guild = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3",
);
const VERSION_RETIRE: Statement = Statement::new(
    "bots.version_retire",
    "UPDATE bots_versions SET state = 'retired' WHERE guild = ?1 AND state = 'deployed'",
);
const VERSION_DEPLOY: Statement = Statement::new(
    "bots.version_deploy",
    "UPDATE bots_versions SET state = 'deployed', deployed_at = ?3 WHERE guild = ?1 AND number = ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &NUMBER_NEXT,
    &VERSION_INSERT,
    &VERSION_FETCH,
    &DEPLOYED_FETCH,
    &RETIRED_LAST,
    &VERSIONS_LIST,
    &VERSION_RETIRE,
    &VERSION_DEPLOY,
];

fn version_of(row: &Row) -> Result<Version, DbError> {
    let persona = serde_json::from_str(row.text(1)?).map_err(|error| DbError::Shape {
        statement: "bots.version".to_owned(),
        column: 1,
        expected: "a persona",
        found: format!("JSON that is none: {error}"),
    })?;
    Ok(Version {
        number: row.int(0)?,
        persona,
        author: row.text(2)?.to_owned(),
        note: row.text(3)?.to_owned(),
        state: VersionState::of_name(row.text(4)?),
        at: row.timestamp(5)?,
        deployed_at: row.maybe(6, Row::timestamp)?,
    })
}

pub(crate) fn number_next(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    let row = tx.row(&NUMBER_NEXT, &[guild.into()])?;
    row.map_or(Ok(1), |row| row.int(0))
}

pub(crate) fn version_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    version: &Version,
) -> Result<(), DbError> {
    let persona = serde_json::to_string(&version.persona).map_err(|error| DbError::Rejected {
        statement: VERSION_INSERT.name().to_owned(),
        reason: error.to_string(),
    })?;
    let values = [
        guild.into(),
        version.number.into(),
        persona.into(),
        version.author.as_str().into(),
        version.note.as_str().into(),
        version.at.into(),
    ];
    tx.execute(&VERSION_INSERT, &values).map(drop)
}

pub(crate) fn version_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    number: i64,
) -> Result<Option<Version>, DbError> {
    let row = tx.row(&VERSION_FETCH, &[guild.into(), number.into()])?;
    row.as_ref().map(version_of).transpose()
}

pub(crate) fn deployed_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<Version>, DbError> {
    let row = tx.row(&DEPLOYED_FETCH, &[guild.into()])?;
    row.as_ref().map(version_of).transpose()
}

/// The newest version that was in force and is older than the one in force.
pub(crate) fn retired_last(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<i64>, DbError> {
    let row = tx.row(&RETIRED_LAST, &[guild.into()])?;
    row.map(|row| row.int(0)).transpose()
}

pub(crate) fn versions_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    before: i64,
    limit: u32,
) -> Result<Vec<Version>, DbError> {
    let rows = tx.rows(&VERSIONS_LIST, &[guild.into(), before.into(), limit.into()])?;
    rows.iter().map(version_of).collect()
}

pub(crate) fn version_retire(tx: &mut Tx<'_>, guild: GuildId) -> Result<(), DbError> {
    tx.execute(&VERSION_RETIRE, &[guild.into()]).map(drop)
}

pub(crate) fn version_deploy(
    tx: &mut Tx<'_>,
    guild: GuildId,
    number: i64,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(&VERSION_DEPLOY, &[guild.into(), number.into(), at.into()])
        .map(drop)
}
