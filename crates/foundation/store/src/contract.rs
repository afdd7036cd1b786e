//! What holds of every adapter: one suite, which each of them runs against its own engine.
//!
//! A part gets an empty database of its own. It waits for events, never for time, so it passes or fails alike
//! each time. Not here: what only one engine can show (its files, its network); that stands in the adapter.

mod concurrency;
mod migrations;
mod queues;
mod schema;
mod transactions;
mod trial;
mod values;
mod waiting;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use schema::schema;
pub use waiting::{Started, start, together, wait};

use crate::Database;

/// A part of the suite: what it shows, and how.
pub type Part = (&'static str, fn(&Database));

/// All parts.
pub const PARTS: &[&[Part]] = &[
    values::PARTS,
    transactions::PARTS,
    concurrency::PARTS,
    migrations::PARTS,
    queues::PARTS,
];

/// Runs every part on a fresh database and names those that do not hold. What `fresh` gives besides the database
/// lives as long as its part.
///
/// # Panics
/// When a part does not hold.
pub fn holds<Guard>(fresh: impl Fn() -> (Database, Guard)) {
    let mut broken = Vec::new();
    for (name, part) in PARTS.iter().copied().flatten() {
        let (database, guard) = fresh();
        // The database is this part's alone, so nothing half-done is seen by another.
        if catch_unwind(AssertUnwindSafe(|| part(&database))).is_err() {
            broken.push(*name);
        }
        database.close();
        drop(guard);
    }
    assert!(
        broken.is_empty(),
        "these parts of the contract do not hold: {broken:#?}"
    );
}
