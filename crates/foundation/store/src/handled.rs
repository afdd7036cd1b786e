//! Which events were handled: the same one delivered again has no second effect.

use kernel::{Cause, Timestamp};

use crate::{DbError, Statement, Tx, Value};

/// Whether an event comes for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// It does; it is marked now.
    Now,
    /// It was handled before.
    Before,
}

const MARK: Statement = Statement::new(
    "store.handled_mark",
    "INSERT INTO store_handled (event, at) VALUES (?1, ?2) ON CONFLICT (event) DO NOTHING",
);
const FETCH: Statement = Statement::new(
    "store.handled_fetch",
    "SELECT at FROM store_handled WHERE event = ?1",
);
const PRUNE: Statement = Statement::new(
    "store.handled_prune",
    "DELETE FROM store_handled WHERE event IN (SELECT event FROM store_handled WHERE at < ?1 ORDER BY at LIMIT ?2)",
);

/// The statements of this module, so that a test can prepare them.
pub const STATEMENTS: &[&Statement] = &[&MARK, &FETCH, &PRUNE];

/// Marks an event as handled in this transaction, and says whether it was before.
///
/// # Errors
/// When the engine fails.
pub fn handled_mark(tx: &mut Tx<'_>, event: &Cause, now: Timestamp) -> Result<Handled, DbError> {
    let values = [Value::from(event.to_string()), Value::from(now)];
    let fresh = tx.execute(&MARK, &values)? == 1;
    Ok(if fresh { Handled::Now } else { Handled::Before })
}

/// When an event was handled; nothing where it was not, or is forgotten.
///
/// # Errors
/// When the engine fails.
pub fn handled_at(tx: &mut Tx<'_>, event: &Cause) -> Result<Option<Timestamp>, DbError> {
    let row = tx.row(&FETCH, &[Value::from(event.to_string())])?;
    row.map(|row| row.timestamp(0)).transpose()
}

/// Forgets up to `limit` events handled before a moment; gives how many there were.
///
/// # Errors
/// When the engine fails.
pub fn handled_prune(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<u64, DbError> {
    tx.execute(&PRUNE, &[Value::from(before), Value::from(limit)])
}
