//! Fresh databases for tests: migrated, empty, and gone with the value that stands for them.
//!
//! None of it needs a runtime: databases answer from threads of their own, and [`wait`] waits on the calling thread.
//! Not here: servers ([`crate::servers`]), and what the port promises (the contract suite of `store`).

use std::{future::Future, path::PathBuf, sync::Arc};

use kernel::Timestamp;
use store::{Database, MigrationError, Migrations, contract};
use store_libsql::{LibsqlStore, Options};
use tempfile::TempDir;

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
}

/// An embedded database in a temporary folder.
///
/// # Panics
/// When it cannot be opened or migrated.
#[must_use]
pub fn fresh_libsql(migrations: &Migrations) -> TestDb {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let home = Home::Libsql(folder);
    let database = home.open();
    migrate(&database, migrations);
    TestDb { database, home }
}

impl TestDb {
    /// The handle that contexts use.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
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
    }
}

impl Home {
    fn open(&self) -> Database {
        match self {
            Self::Libsql(folder) => {
                let file: PathBuf = folder.path().join("guildhall.db");
                let store: Arc<LibsqlStore> = LibsqlStore::open(&file, Options::default())
                    .expect("a database in a temporary folder opens");
                store.database()
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

fn migrate(database: &Database, migrations: &Migrations) {
    let migrations = migrations.clone();
    let at = Timestamp::from_micros(1_800_000_000_000_000);
    let done: Result<_, MigrationError> =
        wait(database.write("migrate", move |tx| migrations.up(tx, at)));
    done.expect("the migrations apply to an empty database");
}
