//! The tables that the suite tries things on, and short words for it.

use kernel::Timestamp;

use super::wait;
use crate::{Database, DbError, Migration, MigrationError, Migrations, Row, Statement, Tx, Value};

pub(super) const TRIAL: Migration = Migration {
    number: 1,
    name: "trial",
    up: "CREATE TABLE trial_purse (
            id BIGINT NOT NULL PRIMARY KEY,
            n BIGINT NOT NULL CHECK (n >= 0 AND n <= 9007199254740991),
            name TEXT UNIQUE,
            owner BIGINT REFERENCES trial_purse (id),
            open BOOLEAN,
            x DOUBLE PRECISION,
            b {{blob}},
            note {{json}}
         );
         CREATE INDEX trial_purse_n ON trial_purse (n);",
    down: "DROP TABLE trial_purse;",
};

pub(super) const INSERT: Statement = Statement::new(
    "trial.insert",
    "INSERT INTO trial_purse (id, n, name, owner) VALUES (?1, ?2, ?3, ?4)",
);
pub(super) const SET: Statement =
    Statement::new("trial.set", "UPDATE trial_purse SET n = ?2 WHERE id = ?1");
pub(super) const ADD: Statement = Statement::new(
    "trial.add",
    "UPDATE trial_purse SET n = n + ?2 WHERE id = ?1",
);
pub(super) const COUNT: Statement =
    Statement::new("trial.count", "SELECT COUNT(*) FROM trial_purse");
pub(super) const FETCH: Statement =
    Statement::new("trial.fetch", "SELECT n FROM trial_purse WHERE id = ?1");

/// Makes the tables.
pub(super) fn prepare(database: &Database) {
    let line = line(&[TRIAL]);
    let steps: Result<_, MigrationError> =
        wait(database.write("trial.prepare", move |tx| line.up(tx, at())));
    assert_eq!(steps.expect("the tables can be made").len(), 1);
}

pub(super) fn line(migrations: &[Migration]) -> Migrations {
    Migrations::join(&[migrations]).expect("the suite numbers its migrations well")
}

pub(super) fn at() -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000)
}

/// Runs a use case and gives its answer.
pub(super) fn write<T: Send + 'static>(
    database: &Database,
    closure: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    wait(database.write("trial", closure))
}

/// Runs a reading closure and gives its answer.
pub(super) fn read<T: Send + 'static>(
    database: &Database,
    closure: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    wait(database.read("trial", closure))
}

pub(super) fn insert(tx: &mut Tx<'_>, id: i64, n: i64) -> Result<u64, DbError> {
    tx.execute(&INSERT, &purse(id, n))
}

/// The values of a purse without name and owner.
pub(super) fn purse(id: i64, n: i64) -> Vec<Value> {
    vec![id.into(), n.into(), Value::Null, Value::Null]
}

pub(super) fn count(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    one(tx, &COUNT, &[])?.int(0)
}

pub(super) fn n_of(tx: &mut Tx<'_>, id: i64) -> Result<i64, DbError> {
    one(tx, &FETCH, &[id.into()])?.int(0)
}

/// The one row of a statement.
pub(super) fn one(
    tx: &mut Tx<'_>,
    statement: &Statement,
    values: &[Value],
) -> Result<Row, DbError> {
    Ok(tx.row(statement, values)?.expect("there is a row"))
}

/// How many purses a reader sees.
pub(super) fn seen(database: &Database) -> i64 {
    read(database, count).expect("the purses can be counted")
}

/// What a reader sees in a purse.
pub(super) fn seen_in(database: &Database, id: i64) -> i64 {
    read(database, move |tx| n_of(tx, id)).expect("the purse can be read")
}

/// A refusal that is no error of the engine.
pub(super) fn refusal() -> DbError {
    DbError::Overloaded { label: "a refusal" }
}
