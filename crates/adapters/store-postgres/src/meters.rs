//! What is measured, with handles kept so that a measurement costs no look-up.
//!
//! The labels are bounded: the engine, and the names of works, which are constants of the code.

use std::{collections::HashMap, time::Duration};

use metrics::{Counter, Histogram, Unit};
use store::Access;

const COMMIT_SECONDS: &str = "guildhall_database_commit_seconds";
const WORK_SECONDS: &str = "guildhall_database_work_seconds";
const FAULTS: &str = "guildhall_database_faults_total";
const RETRIES: &str = "guildhall_database_retries_total";

/// Handles of one thread.
pub(crate) struct Meters {
    pub(crate) commit_seconds: Histogram,
    pub(crate) faults: Counter,
    pub(crate) retries: Counter,
    works: HashMap<(&'static str, bool), Histogram>,
}

impl Meters {
    pub(crate) fn new() -> Self {
        Self {
            commit_seconds: metrics::histogram!(COMMIT_SECONDS, "engine" => "postgres"),
            faults: metrics::counter!(FAULTS, "engine" => "postgres"),
            retries: metrics::counter!(RETRIES, "engine" => "postgres"),
            works: HashMap::new(),
        }
    }

    /// How long a work took, with its tries and its commit.
    pub(crate) fn worked(&mut self, label: &'static str, access: Access, took: Duration) {
        let writes = access == Access::Write;
        let histogram = self.works.entry((label, writes)).or_insert_with(|| {
            let access = if writes { "write" } else { "read" };
            metrics::histogram!(WORK_SECONDS, "engine" => "postgres", "access" => access, "work" => label)
        });
        histogram.record(took.as_secs_f64());
    }
}

/// Says what the measurements mean.
pub(crate) fn describe() {
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
    metrics::describe_counter!(
        RETRIES,
        Unit::Count,
        "Transactions run again because of a deadlock or a conflict"
    );
}
