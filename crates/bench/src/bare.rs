//! The engines with nothing around them: what the ledger is measured against.
//!
//! A job is the least that a transfer can be: two balances put in place and one row of a journal, whose id is unique.
//! Not here: rules, idempotency, an outbox; those are what the comparison is about.

pub(crate) mod libsql;
pub(crate) mod postgres;

/// A transfer with nothing to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Movement {
    /// Unique.
    pub(crate) id: i64,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) amount: i64,
}
