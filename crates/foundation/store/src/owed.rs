//! The outbox: effects owed by a transaction, kept until the outside world has them.
//!
//! The process that commits an effect sends it at once from memory, and holds it by its due time; the relay takes
//! what is due, which is what a dead process left behind. A confirmed effect's row is gone; of one that can't be
//! delivered the reason stays. What it said goes with it, unless somebody may want it tried again: then it stays for a
//! while, until [`owed_forget`] comes by.
//!
//! Effects may have a target: something of which the last of them decides how it stands, such as a member who is banned
//! and let in again. These leave one after the other, in the order of their ids: one is not taken as long as an earlier
//! one for its target is owed. So whoever owes one asks [`owed_line_up`] whether it may leave at once. That an opposite
//! effect ends the earlier one instead would leave the one that is under way already, and may arrive last.

use kernel::{Cause, GuildId, Span, Timestamp};

use crate::{DbError, Row, Statement, Tx, Value};

/// How long the committing process, or the relay that took it, holds an effect before another may send it.
pub const HOLD: Span = Span::seconds(2);

/// An effect that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Its own id, later ones larger.
    pub id: i64,
    /// The event that caused it.
    pub event: String,
    /// The guild it is about.
    pub guild: Option<GuildId>,
    /// The effect, as whoever owes it writes it down.
    pub effect: String,
    /// How often it was tried by a relay.
    pub attempts: i64,
    /// When it was owed first, or had tried again after it had failed for good.
    pub at: Timestamp,
    /// Why it was put off the last time, where it was.
    pub error: Option<String>,
}

/// How an effect ended that was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwedEnd {
    /// Nobody can see it any more; that is how it should be.
    Undeliverable,
    /// It failed for good, and it would make no sense to try it again.
    Dead,
    /// It failed for good, and what stood in the way may be put right: what it says is kept for that.
    Failed,
}

impl OwedEnd {
    const fn name(self) -> &'static str {
        match self {
            Self::Undeliverable => "undeliverable",
            Self::Dead | Self::Failed => "dead",
        }
    }
}

/// How many effects stand in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwedCounts {
    /// Waiting to be sent or confirmed.
    pub owed: i64,
    /// Not to be shown to anyone.
    pub undeliverable: i64,
    /// Failed for good.
    pub dead: i64,
}

const INSERT: Statement = Statement::new(
    "store.owed_insert",
    "INSERT INTO store_owed (id, event, guild, effect, state, due_at, attempts, at, target)
     VALUES (?1, ?2, ?3, ?4, 'owed', ?5, 0, ?6, ?7)",
);
const TARGET_LOCK: Statement = Statement::worded(
    "store.owed_target_lock",
    "SELECT ?1",
    "SELECT 1 FROM (SELECT pg_advisory_xact_lock(7103116, hashtext(?1))) AS held",
);
const TARGET_OWED: Statement = Statement::new(
    "store.owed_target_owed",
    "SELECT id FROM store_owed WHERE target = ?1 AND state = 'owed' LIMIT 1",
);
const CLAIM: Statement = Statement::worded(
    "store.owed_claim",
    "UPDATE store_owed SET due_at = ?2, attempts = attempts + 1
     WHERE id IN (SELECT o.id FROM store_owed AS o WHERE o.state = 'owed' AND o.due_at <= ?1
                  AND (o.target IS NULL OR NOT EXISTS (SELECT 1 FROM store_owed AS e
                       WHERE e.target = o.target AND e.id < o.id AND e.state = 'owed'))
                  ORDER BY o.due_at LIMIT ?3)
     RETURNING id, event, guild, effect, attempts, at, error",
    "UPDATE store_owed SET due_at = ?2, attempts = attempts + 1
     WHERE id IN (SELECT o.id FROM store_owed AS o WHERE o.state = 'owed' AND o.due_at <= ?1
                  AND (o.target IS NULL OR NOT EXISTS (SELECT 1 FROM store_owed AS e
                       WHERE e.target = o.target AND e.id < o.id AND e.state = 'owed'))
                  ORDER BY o.due_at LIMIT ?3 FOR UPDATE OF o SKIP LOCKED)
     RETURNING id, event, guild, effect, attempts, at, error",
);
const LIST: Statement = Statement::new(
    "store.owed_list",
    "SELECT id, effect FROM store_owed WHERE state = 'owed' AND id > ?1 ORDER BY id LIMIT ?2",
);
const REWRITE: Statement = Statement::new(
    "store.owed_rewrite",
    "UPDATE store_owed SET effect = ?3 WHERE id = ?1 AND state = 'owed' AND effect = ?2",
);
const HOLD_ON: Statement = Statement::new(
    "store.owed_hold",
    "UPDATE store_owed SET due_at = ?2 WHERE id = ?1 AND state = 'owed'",
);
const UNCOUNT: Statement = Statement::new(
    "store.owed_uncount",
    "UPDATE store_owed SET attempts = attempts - 1 WHERE id = ?1 AND state = 'owed' AND attempts > 0",
);
const CONFIRM: Statement = Statement::new(
    "store.owed_confirm",
    "DELETE FROM store_owed WHERE id = ?1 AND state = 'owed'",
);
const END: Statement = Statement::new(
    "store.owed_end",
    "UPDATE store_owed SET state = ?2, error = ?3, due_at = ?4, effect = '', target = NULL
     WHERE id = ?1 AND state = 'owed'",
);
const FAIL: Statement = Statement::new(
    "store.owed_fail",
    "UPDATE store_owed SET state = ?2, error = ?3, due_at = ?4 WHERE id = ?1 AND state = 'owed'",
);
const PUT_OFF: Statement = Statement::new(
    "store.owed_put_off",
    "UPDATE store_owed SET due_at = ?2, error = ?3 WHERE id = ?1 AND state = 'owed'",
);
const FORGET: Statement = Statement::new(
    "store.owed_forget",
    "UPDATE store_owed SET effect = '', target = NULL WHERE id IN (SELECT id FROM store_owed
     WHERE state = 'dead' AND due_at < ?1 AND effect <> '' ORDER BY due_at LIMIT ?2)",
);
const FORGET_GUILD: Statement = Statement::new(
    "store.owed_forget_guild",
    "UPDATE store_owed SET effect = '', target = NULL WHERE state = 'dead' AND guild = ?1 AND effect <> ''",
);
const WAITING: Statement = Statement::new(
    "store.owed_waiting",
    "SELECT COUNT(*), COALESCE(MIN(at), 0) FROM store_owed WHERE state = 'owed'",
);
const COUNT: Statement = Statement::new(
    "store.owed_count",
    "SELECT state, COUNT(*) FROM store_owed GROUP BY state",
);

/// The statements of this module, so that a test can prepare them.
pub const STATEMENTS: &[&Statement] = &[
    &INSERT,
    &TARGET_LOCK,
    &TARGET_OWED,
    &CLAIM,
    &LIST,
    &REWRITE,
    &HOLD_ON,
    &UNCOUNT,
    &CONFIRM,
    &END,
    &FAIL,
    &PUT_OFF,
    &FORGET,
    &FORGET_GUILD,
    &WAITING,
    &COUNT,
];

/// The tables in which erasing a person may empty what an effect says.
pub const ERASED: &[&str] = &["store_owed"];

/// The effects that are owed behind this one, as they are written down, each with its id.
///
/// # Errors
/// When the engine fails.
pub fn owed_list(tx: &mut Tx<'_>, after: i64, limit: u32) -> Result<Vec<(i64, String)>, DbError> {
    let rows = tx.rows(&LIST, &[Value::from(after), Value::from(limit)])?;
    let written = |row: &Row| Ok((row.int(0)?, row.text(1)?.to_owned()));
    rows.iter().map(written).collect()
}

/// Writes an effect down in another way, where it still is as it was read.
///
/// # Errors
/// When the engine fails.
pub fn owed_rewrite(tx: &mut Tx<'_>, id: i64, was: &str, now: &str) -> Result<(), DbError> {
    let values = vec![Value::from(id), Value::from(was), Value::from(now)];
    tx.queue(&REWRITE, values)
}

/// Owes an effect in this transaction; the caller sends it after the commit.
///
/// # Errors
/// When the engine fails.
pub fn owed_insert(
    tx: &mut Tx<'_>,
    id: i64,
    event: &Cause,
    guild: Option<GuildId>,
    effect: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    insert(tx, id, event, guild, (effect, None), now)
}

/// Owes an effect on a target that was lined up for in this transaction, before its id was minted.
///
/// # Errors
/// When the engine fails.
pub fn owed_insert_to(
    tx: &mut Tx<'_>,
    target: &str,
    id: i64,
    event: &Cause,
    guild: Option<GuildId>,
    effect: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    insert(tx, id, event, guild, (effect, Some(target)), now)
}

fn insert(
    tx: &mut Tx<'_>,
    id: i64,
    event: &Cause,
    guild: Option<GuildId>,
    (effect, target): (&str, Option<&str>),
    now: Timestamp,
) -> Result<(), DbError> {
    let values = vec![
        Value::from(id),
        Value::from(event.to_string()),
        Value::from(guild),
        Value::from(effect),
        Value::from(now + HOLD),
        Value::from(now),
        Value::from(target),
    ];
    tx.queue(&INSERT, values)
}

/// Lines up for a target, until the end of this transaction; gives whether nothing is owed to it, so that what is owed
/// now may leave at once. Else it is taken in its turn.
///
/// # Errors
/// When the engine fails.
pub fn owed_line_up(tx: &mut Tx<'_>, target: &str) -> Result<bool, DbError> {
    // Two transactions at once would each see the target free.
    tx.row(&TARGET_LOCK, &[Value::from(target)])?;
    Ok(tx.row(&TARGET_OWED, &[Value::from(target)])?.is_none())
}

/// Takes up to `limit` effects that are due and whose turn it is, and holds them.
///
/// # Errors
/// When the engine fails.
pub fn owed_claim(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<Owed>, DbError> {
    let values = [
        Value::from(now),
        Value::from(now + HOLD),
        Value::from(limit),
    ];
    tx.rows(&CLAIM, &values)?.iter().map(owed).collect()
}

/// Holds an effect on until a moment: it is being sent, or is to be tried again then.
///
/// # Errors
/// When the engine fails.
pub fn owed_hold(tx: &mut Tx<'_>, id: i64, until: Timestamp) -> Result<(), DbError> {
    tx.queue(&HOLD_ON, vec![Value::from(id), Value::from(until)])
}

/// Takes back that a claim counted as a try: the effect was on its way already, or did not come so far as to be tried.
///
/// # Errors
/// When the engine fails.
pub fn owed_uncount(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    tx.queue(&UNCOUNT, vec![Value::from(id)])
}

/// Confirms that an effect was delivered.
///
/// # Errors
/// When the engine fails.
pub fn owed_confirm(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    tx.queue(&CONFIRM, vec![Value::from(id)])
}

/// Puts an effect off until a moment, because of this.
///
/// # Errors
/// When the engine fails.
pub fn owed_put_off(
    tx: &mut Tx<'_>,
    id: i64,
    until: Timestamp,
    reason: &str,
) -> Result<(), DbError> {
    let values = vec![
        Value::from(id),
        Value::from(until),
        Value::from(clipped(reason)),
    ];
    tx.queue(&PUT_OFF, values)
}

/// Ends an effect that is not delivered, with the reason.
///
/// # Errors
/// When the engine fails.
pub fn owed_end(
    tx: &mut Tx<'_>,
    id: i64,
    end: OwedEnd,
    reason: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let statement = match end {
        OwedEnd::Undeliverable | OwedEnd::Dead => &END,
        OwedEnd::Failed => &FAIL,
    };
    let values = vec![
        Value::from(id),
        Value::from(end.name()),
        Value::from(clipped(reason)),
        Value::from(now),
    ];
    tx.queue(statement, values)
}

/// Forgets what up to `limit` effects said that failed for good before a moment; gives how many there were.
///
/// # Errors
/// When the engine fails.
pub fn owed_forget(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<u64, DbError> {
    tx.execute(&FORGET, &[Value::from(before), Value::from(limit)])
}

/// Forgets what the effects of a guild said that failed for good, whomever they were about.
///
/// # Errors
/// When the engine fails.
pub fn owed_forget_guild(tx: &mut Tx<'_>, guild: GuildId) -> Result<(), DbError> {
    tx.queue(&FORGET_GUILD, vec![Value::from(guild)])
}

fn clipped(reason: &str) -> String {
    reason.chars().take(500).collect()
}

/// How many effects stand in each state.
///
/// # Errors
/// When the engine fails.
pub fn owed_count(tx: &mut Tx<'_>) -> Result<OwedCounts, DbError> {
    let mut counts = OwedCounts::default();
    for row in tx.rows(&COUNT, &[])? {
        match row.text(0)? {
            "owed" => counts.owed = row.int(1)?,
            "undeliverable" => counts.undeliverable = row.int(1)?,
            _ => counts.dead = row.int(1)?,
        }
    }
    Ok(counts)
}

/// How many effects wait to be sent or confirmed, and since when the oldest of them is owed.
///
/// # Errors
/// When the engine fails.
pub fn owed_waiting(tx: &mut Tx<'_>) -> Result<(i64, Option<Timestamp>), DbError> {
    let row = tx.row(&WAITING, &[])?;
    let waiting = row.map(|row| Ok::<_, DbError>((row.int(0)?, row.timestamp(1)?)));
    let (count, oldest) = waiting
        .transpose()?
        .unwrap_or((0, Timestamp::from_micros(0)));
    Ok((count, (count > 0).then_some(oldest)))
}

fn owed(row: &Row) -> Result<Owed, DbError> {
    Ok(Owed {
        id: row.int(0)?,
        event: row.text(1)?.to_owned(),
        guild: row.maybe(2, Row::id)?,
        effect: row.text(3)?.to_owned(),
        attempts: row.int(4)?,
        at: row.timestamp(5)?,
        error: row.maybe(6, |row, column| Ok(row.text(column)?.to_owned()))?,
    })
}
