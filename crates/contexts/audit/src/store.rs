//! All SQL of the audit, by noun; [`STATEMENTS`] lists every one, so that a test can prepare them all.

pub(crate) mod chain;
pub(crate) mod checks;
pub(crate) mod effects;
pub(crate) mod people;
pub(crate) mod picks;
pub(crate) mod records;
pub(crate) mod tallies;
pub(crate) mod texts;

use ::store::{Statement, Value};

/// How many ids one statement takes.
pub(crate) const IDS_MAX: usize = 20;

/// Every statement of the audit.
pub const STATEMENTS: &[&[&Statement]] = &[
    chain::STATEMENTS,
    checks::STATEMENTS,
    effects::STATEMENTS,
    people::STATEMENTS,
    picks::STATEMENTS,
    records::STATEMENTS,
    tallies::STATEMENTS,
    texts::STATEMENTS,
];

/// Ids as the twenty values that a statement takes; places that are left over name nothing.
pub(crate) fn twenty(ids: &[i64]) -> Vec<Value> {
    let missing = std::iter::repeat_n(0, IDS_MAX.saturating_sub(ids.len()));
    let all = ids.iter().copied().take(IDS_MAX).chain(missing);
    all.map(Value::from).collect()
}
