//! First answers to requests with an idempotency key, so that a retry gets the same one.

use kernel::Timestamp;

use crate::{DbError, Statement, Tx, Value};

/// The answer that a request got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The digest of the request's body.
    pub digest: String,
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

const FETCH: Statement = Statement::new(
    "store.answer_fetch",
    "SELECT digest, status, body FROM store_answers WHERE request = ?1",
);
const INSERT: Statement = Statement::new(
    "store.answer_insert",
    "INSERT INTO store_answers (request, digest, status, body, at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (request) DO NOTHING",
);
const PRUNE: Statement = Statement::new(
    "store.answer_prune",
    "DELETE FROM store_answers WHERE request IN
     (SELECT request FROM store_answers WHERE at < ?1 ORDER BY at LIMIT ?2)",
);

/// The statements of this module, so that a test can prepare them.
pub const STATEMENTS: &[&Statement] = &[&FETCH, &INSERT, &PRUNE];

/// The first answer to this request, where there was one. `request` names token, path and key.
///
/// # Errors
/// When the engine fails.
pub fn answer_fetch(tx: &mut Tx<'_>, request: &str) -> Result<Option<Answer>, DbError> {
    let Some(row) = tx.row(&FETCH, &[Value::from(request)])? else {
        return Ok(None);
    };
    Ok(Some(Answer {
        digest: row.text(0)?.to_owned(),
        status: u16::try_from(row.int(1)?).unwrap_or(500),
        body: row.text(2)?.to_owned(),
    }))
}

/// Keeps the first answer to a request; gives whether it is the first.
///
/// # Errors
/// When the engine fails.
pub fn answer_insert(
    tx: &mut Tx<'_>,
    request: &str,
    answer: &Answer,
    now: Timestamp,
) -> Result<bool, DbError> {
    let values = [
        Value::from(request),
        Value::from(answer.digest.as_str()),
        Value::from(u32::from(answer.status)),
        Value::from(answer.body.as_str()),
        Value::from(now),
    ];
    Ok(tx.execute(&INSERT, &values)? == 1)
}

/// Forgets up to `limit` answers given before a moment.
///
/// # Errors
/// When the engine fails.
pub fn answer_prune(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<u64, DbError> {
    tx.execute(&PRUNE, &[Value::from(before), Value::from(limit)])
}
