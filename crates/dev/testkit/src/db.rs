//! Fresh databases for tests: migrated, empty, and gone with the value that stands for them.
//!
//! A use case holds on both engines: [`on_each_engine`] runs its suite on the embedded one and on a real PostgreSQL.
//! None of it needs a runtime: databases answer from threads of their own, and [`wait`] waits on the calling thread.
//! Not here: servers ([`crate::servers`]), and what the port promises (the contract suite of `store`).

use std::{
    collections::BTreeSet,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
};

use kernel::Timestamp;
use store::{Database, DbError, MigrationError, Migrations, Statement, Tx, contract};
use store_libsql::LibsqlStore;
use store_postgres::PostgresStore;
use tempfile::TempDir;

use crate::{servers::PrivatePostgres, traces::Traces};

/// Connections of a test to its own database; the server is shared by all tests.
const CONNECTIONS: usize = 8;

/// A database of a test's own.
#[derive(Debug)]
pub struct TestDb {
    database: Database,
    home: Home,
}

/// Where it is kept, and so how it is opened again.
#[derive(Debug)]
enum Home {
    Libsql(TempDir),
    Postgres(String),
}

/// An embedded database in a temporary folder.
///
/// # Panics
/// When it cannot be opened or migrated.
#[must_use]
pub fn fresh_libsql(migrations: &Migrations) -> TestDb {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    TestDb::migrated(Home::Libsql(folder), migrations)
}

/// A database on the PostgreSQL server that all tests share.
///
/// # Panics
/// When there is no PostgreSQL, which says what to install, or it cannot be migrated.
#[must_use]
pub fn fresh_postgres(migrations: &Migrations) -> TestDb {
    let url = wait(server().fresh_database()).expect("the shared server makes a database");
    TestDb::migrated(Home::Postgres(url), migrations)
}

/// A database of its own on a PostgreSQL server that the test may harm.
///
/// # Panics
/// When it cannot be made or migrated.
#[must_use]
pub fn fresh_on(server: &PrivatePostgres, migrations: &Migrations) -> TestDb {
    let url = wait(server.fresh_database()).expect("the server makes a database");
    TestDb::migrated(Home::Postgres(url), migrations)
}

/// Runs a suite on a fresh database of each engine.
///
/// # Panics
/// When the suite does, with the engine's name.
pub fn on_each_engine(migrations: &Migrations, suite: impl Fn(&mut TestDb)) {
    for fresh in [fresh_libsql, fresh_postgres] {
        let mut database = fresh(migrations);
        let engine = database.database.engine();
        // The database is the suite's own, so nothing half-done is seen by another.
        let ended = catch_unwind(AssertUnwindSafe(|| suite(&mut database)));
        if let Err(panic) = ended {
            drop(database);
            tell(&format!("the failure above is one of {engine:?}"));
            resume_unwind(panic);
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a person who reads a failing test reads it here"
)]
fn tell(words: &str) {
    eprintln!("{words}");
}

impl TestDb {
    fn migrated(home: Home, migrations: &Migrations) -> Self {
        let database = home.open();
        let this = Self { database, home };
        let migrations = migrations.clone();
        let at = Timestamp::from_micros(1_800_000_000_000_000);
        let migrated: Result<_, MigrationError> = wait(
            this.database
                .write("migrate", move |tx| migrations.up(tx, at)),
        );
        migrated.expect("the migrations apply to an empty database");
        this
    }

    /// The handle that contexts use.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The folder of the embedded database's files, for looking at their bytes.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.home {
            Home::Libsql(folder) => Some(folder.path()),
            Home::Postgres(_) => None,
        }
    }

    /// What lies in the files of this database, as they are on the disk now.
    ///
    /// # Panics
    /// When they cannot be read.
    #[must_use]
    pub fn traces(&self, traces: &Traces) -> BTreeSet<String> {
        let folder = match &self.home {
            Home::Libsql(folder) => folder.path().to_owned(),
            Home::Postgres(_) => wait(self.database.write("folder", postgres_folder))
                .expect("the server says where its files are"),
        };
        let found = traces.in_folder(&folder).expect("the files can be read");
        found.into_iter().map(|(_, name)| name).collect()
    }

    /// Closes the database and opens it again where it is, as a restart of the process would.
    pub fn restart(&mut self) {
        self.database.close();
        self.database = self.home.open();
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.database.close();
        if let Home::Postgres(url) = &self.home
            && let Err(error) = server().drop_database(url)
        {
            // The whole server goes with the test run, so a database that stays is no failure.
            tell(&format!("a test's database stays: {error:#}"));
        }
    }
}

/// Where the server keeps the files of this database, once it has written its pages to them.
fn postgres_folder(tx: &mut Tx<'_>) -> Result<PathBuf, DbError> {
    const FOLDER: Statement = Statement::new(
        "testkit.folder",
        "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database
         WHERE datname = current_database()",
    );
    tx.script("CHECKPOINT")?;
    let row = tx.row(&FOLDER, &[])?;
    let row = row.expect("the database that is asked is one");
    Ok(row.text(0)?.into())
}

fn server() -> &'static PrivatePostgres {
    PrivatePostgres::shared().expect("tests need PostgreSQL")
}

impl Home {
    fn open(&self) -> Database {
        match self {
            Self::Libsql(folder) => {
                let file = folder.path().join("guildhall.db");
                let store = LibsqlStore::open(&file, store_libsql::Options::default());
                store
                    .expect("a database in a temporary folder opens")
                    .database()
            }
            Self::Postgres(url) => {
                let options = store_postgres::Options {
                    connections: CONNECTIONS,
                    ..store_postgres::Options::default()
                };
                let store = PostgresStore::connect(url, &options);
                store
                    .expect("the shared server's address makes sense")
                    .database()
            }
        }
    }
}

/// Waits for a future on this thread; for the answers of a database, which need no runtime.
pub fn wait<F: Future>(future: F) -> F::Output {
    contract::wait(future)
}

/// Begins all, then waits for each: so their works stand in the database's queue at once.
pub fn together<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    contract::together(futures)
}

/// The whole schema as text, for comparing.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn schema(database: &Database) -> String {
    wait(database.read("schema", contract::schema)).expect("the schema can be read")
}

/// Takes every migration back and applies it again, and compares the schema at each height on the way.
///
/// # Panics
/// When a way back leaves something, or a way there makes something else than before.
pub fn migrations_go_both_ways(migrations: &Migrations, load: impl Fn(&TestDb)) {
    on_each_engine(migrations, |fresh| {
        load(fresh);
        let top = schema(fresh.database());
        let heights = migrations.line().iter().rev().skip(1);
        for target in heights.map(|step| step.number).chain([0]) {
            down(fresh.database(), migrations, target);
        }
        assert_eq!(
            schema(fresh.database()),
            "",
            "something is left at the bottom"
        );
        up(fresh.database(), migrations);
        assert_eq!(
            schema(fresh.database()),
            top,
            "the schema changed on the way"
        );
    });
}

/// Takes back every migration above `target`.
///
/// # Panics
/// When one can't be taken back.
pub fn down(database: &Database, migrations: &Migrations, target: u32) {
    let migrations = migrations.clone();
    let done: Result<_, MigrationError> =
        wait(database.write("down", move |tx| migrations.down(tx, target)));
    done.expect("the migrations go down");
}

/// Applies the migrations that are not applied.
///
/// # Panics
/// When one can't be applied.
pub fn up(database: &Database, migrations: &Migrations) {
    let migrations = migrations.clone();
    let at = Timestamp::from_micros(1_800_000_000_000_000);
    let done: Result<_, MigrationError> =
        wait(database.write("up", move |tx| migrations.up(tx, at)));
    done.expect("the migrations go up again");
}

#[cfg(test)]
mod tests {
    use store::{DbError, MIGRATIONS, Migrations, Statement};

    use super::{migrations_go_both_ways, on_each_engine, wait};

    const MARK: Statement = Statement::new(
        "testkit.mark",
        "INSERT INTO store_handled (event, at) VALUES ('marked', 1)",
    );
    const COUNT: Statement = Statement::new("testkit.count", "SELECT COUNT(*) FROM store_handled");

    fn line() -> Migrations {
        Migrations::part(&[MIGRATIONS])
    }

    #[test]
    fn what_was_written_is_there_after_a_restart_on_each_engine() {
        on_each_engine(&line(), |fresh| {
            let marked: Result<u64, DbError> =
                wait(fresh.database().write("mark", |tx| tx.execute(&MARK, &[])));
            assert_eq!(marked, Ok(1));
            fresh.restart();
            let count: Result<i64, DbError> = wait(
                fresh
                    .database()
                    .read("count", |tx| tx.row(&COUNT, &[])?.expect("a count").int(0)),
            );
            assert_eq!(count, Ok(1));
        });
    }

    #[test]
    fn s5_the_stores_own_migrations_go_both_ways() {
        migrations_go_both_ways(&line(), |fresh| {
            let marked: Result<u64, DbError> =
                wait(fresh.database().write("mark", |tx| tx.execute(&MARK, &[])));
            assert_eq!(marked, Ok(1));
        });
    }
}
