//! All SQL of memory, by noun; [`STATEMENTS`] lists every one, so that a test can prepare them all.

pub(crate) mod facts;
pub(crate) mod members;
pub(crate) mod recalls;
pub(crate) mod shelves;
pub(crate) mod summaries;
pub(crate) mod turns;

use ::store::Statement;

/// Every statement of memory.
pub const STATEMENTS: &[&[&Statement]] = &[
    facts::STATEMENTS,
    members::STATEMENTS,
    recalls::STATEMENTS,
    shelves::STATEMENTS,
    summaries::STATEMENTS,
    turns::STATEMENTS,
];
