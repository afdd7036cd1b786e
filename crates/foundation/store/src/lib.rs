//! The store port: transactions over either engine, migrations, and what every context shares in the database.
//!
//! S1  A use case runs in a savepoint: what it refuses, it leaves no trace of.
//! S2  An answer is given after the commit that holds it, never before.
//! S3  An error of the engine spoils its transaction: nothing after it is kept.
//! S4  An event handled once has no second effect, and what it owes outlives the process.
//! S5  A migration that was applied is never edited, and each has its way back.
//!
//! Not here: an engine (`store-libsql`, `store-postgres`), and any table of a context.

#[cfg(feature = "contract")]
pub mod contract;
mod database;
pub mod dump;
mod error;
pub mod handled;
pub mod jobs;
pub mod letters;
mod migration;
pub mod owed;
mod queue;
#[cfg(feature = "contract")]
pub mod recorder;
mod statement;
mod tx;
mod value;

pub use database::{Attempt, Database, Driver, Work, attempt};
pub use error::{Constraint, DbError};
pub use migration::{Applied, Migration, MigrationError, Migrations, Step};
pub use queue::{Access, Attendance, Task, WorkQueue};
pub use statement::{Engine, Statement};
pub use tx::{Session, Tx};
pub use value::{Row, Value};

/// The store's own tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "foundation",
        up: include_str!("../migrations/0001_foundation.up.sql"),
        down: include_str!("../migrations/0001_foundation.down.sql"),
    },
    Migration {
        number: 22,
        name: "targets",
        up: include_str!("../migrations/0022_targets.up.sql"),
        down: include_str!("../migrations/0022_targets.down.sql"),
    },
];
