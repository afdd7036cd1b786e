//! Migrations up and down, in one transaction, with a lock and a checksum of each.
//!
//! All contexts' migrations form one line, numbered without gaps or repeats. SQL differs between the engines only in
//! four tokens: `{{blob}}` `{{id}}` `{{clustered}}` `{{json}}`. A line that begins with `{{libsql}}` or `{{postgres}}` is
//! for that engine alone, where they have no words in common: full-text indexes.

use kernel::Timestamp;
use sha2::{Digest, Sha256};

use crate::{DbError, Engine, Row, Statement, Tx, Value};

/// One step of the schema, with its way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// Its place in the line, from 1.
    pub number: u32,
    /// What it does, as in its file's name.
    pub name: &'static str,
    /// The way there.
    pub up: &'static str,
    /// The way back.
    pub down: &'static str,
}

/// A migration that stands in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its place in the line.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// The digest of its text when it was applied.
    pub checksum: String,
    /// When that was.
    pub at: Timestamp,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Went up to this migration.
    Up(Migration),
    /// Took this migration back.
    Down(Migration),
}

/// Why migrations could not be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrationError {
    /// The line of migrations has a gap or a repeat: a defect of this build.
    #[error("migration {found} stands where {expected} was expected")]
    Misnumbered {
        /// The number that should come next.
        expected: u32,
        /// The number that is there.
        found: u32,
    },
    /// The database was written by a later version.
    #[error(
        "the database is at migration {database} (`{name}`), this build knows {known}: start the newer version, or restore a backup of this one"
    )]
    Newer {
        /// The last migration in the database.
        database: u32,
        /// Its name.
        name: String,
        /// The last migration that this build knows.
        known: u32,
    },
    /// A migration that was applied reads differently now.
    #[error(
        "migration {number} (`{name}`) was applied with other text than this build holds: the build or the database was tampered with"
    )]
    Edited {
        /// Its place in the line.
        number: u32,
        /// Its name.
        name: String,
    },
    /// There is no such migration to go to.
    #[error("there is no migration {0} to go to")]
    NoSuchTarget(u32),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// The whole line of migrations.
#[derive(Debug, Clone)]
pub struct Migrations {
    line: Vec<Migration>,
}

const CREATE_LOG: &str = "CREATE TABLE IF NOT EXISTS store_migrations (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, at BIGINT NOT NULL)";
const LOCK: Statement = Statement::worded(
    "store.migration_lock",
    "SELECT 1",
    "SELECT 1 FROM (SELECT pg_advisory_xact_lock(7103114)) AS held",
);
const LIST: Statement = Statement::new(
    "store.migration_list",
    "SELECT number, name, checksum, at FROM store_migrations ORDER BY number LIMIT 10000",
);
const INSERT: Statement = Statement::new(
    "store.migration_insert",
    "INSERT INTO store_migrations (number, name, checksum, at) VALUES (?1, ?2, ?3, ?4)",
);
const DELETE: Statement = Statement::new(
    "store.migration_delete",
    "DELETE FROM store_migrations WHERE number = ?1",
);

impl Migrations {
    /// Joins the migrations of all contexts into one line.
    ///
    /// # Errors
    /// When a number is missing or used twice.
    pub fn join(parts: &[&[Migration]]) -> Result<Self, MigrationError> {
        let mut line: Vec<Migration> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        line.sort_by_key(|migration| migration.number);
        for (expected, migration) in (1_u32..).zip(&line) {
            if migration.number != expected {
                return Err(MigrationError::Misnumbered {
                    expected,
                    found: migration.number,
                });
            }
        }
        Ok(Self { line })
    }

    /// A part of the line, with what is missing between left out: for a context's own tests, which need only the
    /// tables that it touches.
    #[must_use]
    pub fn part(parts: &[&[Migration]]) -> Self {
        let mut line: Vec<Migration> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        line.sort_by_key(|migration| migration.number);
        Self { line }
    }

    /// The migrations in order.
    #[must_use]
    pub fn line(&self) -> &[Migration] {
        &self.line
    }

    /// Whether any of the migrations makes a table of this name.
    #[must_use]
    pub fn names_table(&self, name: &str) -> bool {
        let makes = |line: &str| {
            let line = line.strip_prefix("{{postgres}}").unwrap_or(line);
            let named = line.strip_prefix("CREATE TABLE ");
            named.and_then(|rest| rest.split([' ', '(']).next()) == Some(name)
        };
        self.line
            .iter()
            .any(|migration| migration.up.lines().any(makes))
    }

    /// What stands in the database; fails where it does not fit this build.
    ///
    /// # Errors
    /// When the database is newer, a migration was edited, or the engine fails.
    pub fn status(&self, tx: &mut Tx<'_>) -> Result<Vec<Applied>, MigrationError> {
        tx.rows(&LOCK, &[])?;
        tx.script(CREATE_LOG)?;
        let rows = tx.rows(&LIST, &[])?;
        let applied = rows.iter().map(applied).collect::<Result<Vec<_>, _>>()?;
        self.check(&applied)?;
        Ok(applied)
    }

    /// What stands in the database, read alone: for a transaction that may not write.
    ///
    /// # Errors
    /// As [`Migrations::status`], and when no migration was ever applied.
    pub fn applied(&self, tx: &mut Tx<'_>) -> Result<Vec<Applied>, MigrationError> {
        let rows = tx.rows(&LIST, &[])?;
        let applied = rows.iter().map(applied).collect::<Result<Vec<_>, _>>()?;
        self.check(&applied)?;
        Ok(applied)
    }

    /// Whether this build knows all of these migrations, and as they were applied.
    ///
    /// # Errors
    /// When one is newer than this build, or was edited.
    pub fn check(&self, applied: &[Applied]) -> Result<(), MigrationError> {
        for entry in applied {
            let known = self.line.iter().find(|known| known.number == entry.number);
            let Some(known) = known else {
                return Err(MigrationError::Newer {
                    database: entry.number,
                    name: entry.name.clone(),
                    known: u32::try_from(self.line.len()).unwrap_or(u32::MAX),
                });
            };
            if checksum(known) != entry.checksum {
                return Err(MigrationError::Edited {
                    number: entry.number,
                    name: entry.name.clone(),
                });
            }
        }
        Ok(())
    }

    /// Applies all that is missing.
    ///
    /// # Errors
    /// As [`Migrations::status`], or when a migration fails; then nothing of it is kept.
    pub fn up(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Step>, MigrationError> {
        let applied = self.status(tx)?;
        let missing = self
            .line
            .iter()
            .filter(|known| applied.iter().all(|entry| entry.number != known.number));
        let mut steps = Vec::new();
        for migration in missing {
            apply(tx, migration, now)?;
            steps.push(Step::Up(*migration));
        }
        Ok(steps)
    }

    /// Brings an empty database to where another one stood, as if its migrations had been applied here at those times.
    ///
    /// # Errors
    /// As [`Migrations::check`], or when a migration fails; then nothing of it is kept.
    pub fn up_like(&self, tx: &mut Tx<'_>, applied: &[Applied]) -> Result<(), MigrationError> {
        self.status(tx)?;
        self.check(applied)?;
        for entry in applied {
            let known = self.line.iter().find(|known| known.number == entry.number);
            let migration = known.ok_or(MigrationError::NoSuchTarget(entry.number))?;
            apply(tx, migration, entry.at)?;
        }
        Ok(())
    }

    /// Takes back all migrations after `target`; zero takes back every one.
    ///
    /// # Errors
    /// As [`Migrations::status`], when there is no such target, or when a migration fails.
    pub fn down(&self, tx: &mut Tx<'_>, target: u32) -> Result<Vec<Step>, MigrationError> {
        let applied = self.status(tx)?;
        let last = applied.last().map_or(0, |entry| entry.number);
        if target > last {
            return Err(MigrationError::NoSuchTarget(target));
        }
        let mut steps = Vec::new();
        for entry in applied.iter().rev().filter(|entry| entry.number > target) {
            let known = self.line.iter().find(|known| known.number == entry.number);
            let migration = known.ok_or(MigrationError::NoSuchTarget(entry.number))?;
            tx.script(&worded(migration.down, tx.engine()))?;
            tx.execute(&DELETE, &[Value::from(migration.number)])?;
            steps.push(Step::Down(*migration));
        }
        Ok(steps)
    }
}

fn apply(tx: &mut Tx<'_>, migration: &Migration, at: Timestamp) -> Result<(), DbError> {
    tx.script(&worded(migration.up, tx.engine()))?;
    let values = [
        Value::from(migration.number),
        Value::from(migration.name),
        Value::from(checksum(migration)),
        Value::from(at),
    ];
    tx.execute(&INSERT, &values).map(drop)
}

fn applied(row: &Row) -> Result<Applied, DbError> {
    Ok(Applied {
        number: u32::try_from(row.int(0)?).unwrap_or(u32::MAX),
        name: row.text(1)?.to_owned(),
        checksum: row.text(2)?.to_owned(),
        at: row.timestamp(3)?,
    })
}

fn checksum(migration: &Migration) -> String {
    let digest = Sha256::digest(format!("{}\u{1}{}", migration.up, migration.down));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn worded(text: &str, engine: Engine) -> String {
    let (blob, id, clustered, json) = match engine {
        Engine::Libsql => (
            "BLOB",
            "INTEGER PRIMARY KEY AUTOINCREMENT",
            "WITHOUT ROWID",
            "TEXT",
        ),
        Engine::Postgres => (
            "BYTEA",
            "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            "",
            "TEXT",
        ),
    };
    only(text, engine)
        .replace("{{blob}}", blob)
        .replace("{{id}}", id)
        .replace("{{clustered}}", clustered)
        .replace("{{json}}", json)
}

/// The text without the lines that are for the other engine alone.
fn only(text: &str, engine: Engine) -> String {
    let (own, other) = match engine {
        Engine::Libsql => ("{{libsql}}", "{{postgres}}"),
        Engine::Postgres => ("{{postgres}}", "{{libsql}}"),
    };
    let lines = text.lines().filter(|line| !line.starts_with(other));
    let lines: Vec<&str> = lines
        .map(|line| line.strip_prefix(own).unwrap_or(line))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Migration, MigrationError, Migrations, worded};
    use crate::Engine;

    #[test]
    fn a_line_for_one_engine_is_left_out_for_the_other() {
        let text = "A {{json}};\n{{libsql}} B;\n{{postgres}} C;\nD;";
        assert_eq!(worded(text, Engine::Libsql), "A TEXT;\n B;\nD;");
        assert_eq!(worded(text, Engine::Postgres), "A TEXT;\n C;\nD;");
    }

    const fn step(number: u32) -> Migration {
        Migration {
            number,
            name: "n",
            up: "",
            down: "",
        }
    }

    #[test]
    fn the_tables_of_the_line_are_known_by_name() {
        let line = Migrations::part(&[crate::MIGRATIONS]);
        assert!(line.names_table("store_handled"));
        assert!(!line.names_table("store") && !line.names_table("others"));
    }

    #[test]
    fn a_gap_or_a_repeat_in_the_line_is_refused() {
        assert!(Migrations::join(&[&[step(2)], &[step(1), step(3)]]).is_ok());
        let repeated = Migrations::join(&[&[step(1)], &[step(1)]]);
        assert!(matches!(
            repeated,
            Err(MigrationError::Misnumbered {
                expected: 2,
                found: 1
            })
        ));
        let gap = Migrations::join(&[&[step(1), step(3)]]);
        assert!(matches!(
            gap,
            Err(MigrationError::Misnumbered {
                expected: 2,
                found: 3
            })
        ));
    }
}
