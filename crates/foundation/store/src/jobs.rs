//! Work for later: each key is done once, failures are tried again with growing pauses, and what fails for good
//! stays as a dead letter with its reason.

use kernel::{Span, Timestamp};

use crate::{DbError, Row, Statement, Tx, Value};

/// How often a job is tried before it is a dead letter.
pub const ATTEMPTS_MAX: i64 = 8;

/// How long a taken job is held before another process may take it.
pub const HOLD: Span = Span::seconds(60);

/// A job that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its own id.
    pub id: i64,
    /// What is to be done.
    pub kind: String,
    /// The key under which it is done once.
    pub key: String,
    /// What it needs to know, as JSON.
    pub payload: String,
    /// How often it was taken, this time included.
    pub attempts: i64,
}

/// A job that failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// Its own id.
    pub id: i64,
    /// What was to be done.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// Why it failed the last time.
    pub error: String,
}

const INSERT: Statement = Statement::new(
    "store.job_insert",
    "INSERT INTO store_jobs (id, kind, job_key, payload, state, due_at, attempts, at)
     VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, 0, ?6) ON CONFLICT (job_key) DO NOTHING",
);
const CLAIM: Statement = Statement::worded(
    "store.job_claim",
    "UPDATE store_jobs SET due_at = ?2, attempts = attempts + 1
     WHERE id IN (SELECT id FROM store_jobs WHERE state = 'waiting' AND due_at <= ?1 ORDER BY due_at LIMIT ?3)
     RETURNING id, kind, job_key, payload, attempts",
    "UPDATE store_jobs SET due_at = ?2, attempts = attempts + 1
     WHERE id IN (SELECT id FROM store_jobs WHERE state = 'waiting' AND due_at <= ?1 ORDER BY due_at LIMIT ?3
                  FOR UPDATE SKIP LOCKED)
     RETURNING id, kind, job_key, payload, attempts",
);
const FINISH: Statement = Statement::new(
    "store.job_finish",
    "UPDATE store_jobs SET state = 'done', error = NULL WHERE id = ?1",
);
const RETRY: Statement = Statement::new(
    "store.job_retry",
    "UPDATE store_jobs SET due_at = ?2, error = ?3 WHERE id = ?1",
);
const BURY: Statement = Statement::new(
    "store.job_bury",
    "UPDATE store_jobs SET state = 'dead', error = ?2, due_at = ?3 WHERE id = ?1",
);
const DEAD: Statement = Statement::new(
    "store.job_dead",
    "SELECT id, kind, job_key, COALESCE(error, '') FROM store_jobs WHERE state = 'dead' ORDER BY id DESC LIMIT ?1",
);
const LATEST: Statement = Statement::new(
    "store.job_latest",
    "SELECT COALESCE(MAX(at), 0) FROM store_jobs",
);
const PRUNE: Statement = Statement::new(
    "store.job_prune",
    "DELETE FROM store_jobs WHERE id IN
     (SELECT id FROM store_jobs WHERE state = 'done' AND due_at < ?1 ORDER BY due_at LIMIT ?2)",
);

/// The statements of this module, so that a test can prepare them.
pub const STATEMENTS: &[&Statement] = &[
    &INSERT, &CLAIM, &FINISH, &RETRY, &BURY, &DEAD, &LATEST, &PRUNE,
];

/// A job to be enqueued.
#[derive(Debug, Clone, Copy)]
pub struct NewJob<'a> {
    /// Its own id.
    pub id: i64,
    /// What is to be done.
    pub kind: &'a str,
    /// The key under which it is done once.
    pub key: &'a str,
    /// What it needs to know, as JSON.
    pub payload: &'a str,
    /// Not before this.
    pub due_at: Timestamp,
}

/// Enqueues a job; gives whether it is new, for a key is enqueued once.
///
/// # Errors
/// When the engine fails.
pub fn job_insert(tx: &mut Tx<'_>, job: &NewJob<'_>, now: Timestamp) -> Result<bool, DbError> {
    let values = [
        Value::from(job.id),
        Value::from(job.kind),
        Value::from(job.key),
        Value::from(job.payload),
        Value::from(job.due_at),
        Value::from(now),
    ];
    Ok(tx.execute(&INSERT, &values)? == 1)
}

/// Takes up to `limit` jobs that are due, and holds them.
///
/// # Errors
/// When the engine fails.
pub fn job_claim(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<Job>, DbError> {
    let values = [
        Value::from(now),
        Value::from(now + HOLD),
        Value::from(limit),
    ];
    tx.rows(&CLAIM, &values)?.iter().map(job).collect()
}

/// Says that a job is done.
///
/// # Errors
/// When the engine fails.
pub fn job_finish(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    tx.queue(&FINISH, vec![Value::from(id)])
}

/// Says that a job failed: it is tried again later, or is a dead letter after [`ATTEMPTS_MAX`] tries.
///
/// # Errors
/// When the engine fails.
pub fn job_fail(tx: &mut Tx<'_>, job: &Job, error: &str, now: Timestamp) -> Result<(), DbError> {
    let error: String = error.chars().take(500).collect();
    if job.attempts >= ATTEMPTS_MAX {
        let values = vec![Value::from(job.id), Value::from(error), Value::from(now)];
        return tx.queue(&BURY, values);
    }
    let values = vec![
        Value::from(job.id),
        Value::from(now + pause(job.attempts)),
        Value::from(error),
    ];
    tx.queue(&RETRY, values)
}

/// The pause after this many tries: a second, doubling up to two minutes.
fn pause(attempts: i64) -> Span {
    let doublings = u32::try_from(attempts.clamp(1, 8) - 1).unwrap_or(0);
    Span::seconds(2_u32.pow(doublings).min(120))
}

/// The latest dead letters.
///
/// # Errors
/// When the engine fails.
pub fn job_dead(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<DeadJob>, DbError> {
    let rows = tx.rows(&DEAD, &[Value::from(limit)])?;
    rows.iter()
        .map(|row| {
            Ok(DeadJob {
                id: row.int(0)?,
                kind: row.text(1)?.to_owned(),
                key: row.text(2)?.to_owned(),
                error: row.text(3)?.to_owned(),
            })
        })
        .collect()
}

/// When the latest job was enqueued, of those that are kept; it reads them all.
///
/// # Errors
/// When the engine fails.
pub fn job_latest(tx: &mut Tx<'_>) -> Result<Timestamp, DbError> {
    let row = tx.row(&LATEST, &[])?;
    row.map_or(Ok(Timestamp::from_micros(0)), |row| row.timestamp(0))
}

/// Forgets up to `limit` jobs that were done before a moment.
///
/// # Errors
/// When the engine fails.
pub fn job_prune(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<u64, DbError> {
    tx.execute(&PRUNE, &[Value::from(before), Value::from(limit)])
}

fn job(row: &Row) -> Result<Job, DbError> {
    Ok(Job {
        id: row.int(0)?,
        kind: row.text(1)?.to_owned(),
        key: row.text(2)?.to_owned(),
        payload: row.text(3)?.to_owned(),
        attempts: row.int(4)?,
    })
}
