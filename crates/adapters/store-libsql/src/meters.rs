//! What is measured, with handles kept so that a measurement costs no look-up.
//!
//! The labels are bounded: the engine, and the names of works, which are constants of the code.

use std::{collections::HashMap, time::Duration};

use metrics::{Counter, Histogram, Unit};

const BATCH_SIZE: &str = "guildhall_database_batch_size";
const COMMIT_SECONDS: &str = "guildhall_database_commit_seconds";
const WORK_SECONDS: &str = "guildhall_database_work_seconds";
const FAULTS: &str = "guildhall_database_faults_total";

/// Handles of one thread.
pub(crate) struct Meters {
    pub(crate) batch_size: Histogram,
    pub(crate) commit_seconds: Histogram,
    pub(crate) faults: Counter,
    access: &'static str,
    works: HashMap<&'static str, Histogram>,
}

impl Meters {
    pub(crate) fn new(access: &'static str) -> Self {
        Self {
            batch_size: metrics::histogram!(BATCH_SIZE, "engine" => "libsql"),
            commit_seconds: metrics::histogram!(COMMIT_SECONDS, "engine" => "libsql"),
            faults: metrics::counter!(FAULTS, "engine" => "libsql"),
            access,
            works: HashMap::new(),
        }
    }

    /// How long a work ran inside its transaction.
    pub(crate) fn worked(&mut self, label: &'static str, took: Duration) {
        let access = self.access;
        let histogram = self.works.entry(label).or_insert_with(|| {
            metrics::histogram!(WORK_SECONDS, "engine" => "libsql", "access" => access, "work" => label)
        });
        histogram.record(took.as_secs_f64());
    }
}

/// Says what the measurements mean.
pub(crate) fn describe() {
    metrics::describe_histogram!(
        BATCH_SIZE,
        Unit::Count,
        "Works that shared one commit of the embedded database"
    );
    metrics::describe_histogram!(
        COMMIT_SECONDS,
        Unit::Seconds,
        "Time of a commit, until it is on the disk"
    );
    metrics::describe_histogram!(
        WORK_SECONDS,
        Unit::Seconds,
        "Time of a use case inside its transaction"
    );
    metrics::describe_counter!(
        FAULTS,
        Unit::Count,
        "Transactions and connections that the disk or the network failed"
    );
}
