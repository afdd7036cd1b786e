//! What waits in the two queues of the store, and what failed for good, for whoever operates: to be looked at, tried
//! again, or given up.
//!
//! Lists go in pages by the moment under which the queues keep their rows in order: of what waits when it is due, of
//! what failed when that was. Not here: taking work and ending it (`jobs`, `owed`), and who may look.

use std::{collections::BTreeMap, fmt, str::FromStr};

use kernel::{GuildId, Timestamp};

use crate::{DbError, Row, Statement, Tx, Value};

/// The most rows that are read at once: a page, and one more that shows whether there are more.
pub const LETTERS_MAX: u32 = 201;
/// So many rows of the queue of effects are looked at when they are counted by guild.
const COUNTED_MAX: u32 = 1_000;

/// Which rows of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LetterState {
    /// Those that wait or are under way, the one that is due first before the others.
    Waiting,
    /// Those that failed for good, the latest first.
    Dead,
}

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetterCursor {
    /// When the row is due, or failed.
    pub at: Timestamp,
    /// Its id.
    pub id: i64,
}

/// A text that is no place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in a list: take the one that the page before gave")]
pub struct LetterCursorError;

/// A row of either queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its own id.
    pub id: i64,
    /// Whether it waits or failed for good.
    pub state: LetterState,
    /// What was to be done: of a job its kind and key, of an effect what caused it and how it is written down.
    pub what: What,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed the last time, where it did.
    pub error: Option<String>,
    /// When it is due next, or failed for good.
    pub due_at: Timestamp,
    /// When it was written down first; of an effect that had tried again, when that was.
    pub at: Timestamp,
}

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A job.
    Job {
        /// What is to be done.
        kind: String,
        /// The key under which it is done once.
        key: String,
    },
    /// An effect that is owed.
    Effect {
        /// The event that caused it.
        event: String,
        /// The guild it is about.
        guild: Option<GuildId>,
        /// The effect as it is written down; empty where it is forgotten.
        effect: String,
    },
}

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Jobs.
    Jobs,
    /// Effects that are owed.
    Effects,
}

/// Both queues.
pub const QUEUES: [Queue; 2] = [Queue::Jobs, Queue::Effects];

/// How many rows of a queue there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LetterCounts {
    /// Waiting or under way.
    pub waiting: u64,
    /// Of these, those that failed before.
    pub retried: u64,
    /// Failed for good.
    pub dead: u64,
}

/// What a guild's effects have come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwedTrouble {
    /// How many failed for good.
    pub dead: u64,
    /// How many are tried again and again.
    pub retried: u64,
}

impl fmt::Display for LetterCursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.at.micros(), self.id)
    }
}

impl FromStr for LetterCursor {
    type Err = LetterCursorError;

    fn from_str(text: &str) -> Result<Self, LetterCursorError> {
        let (at, id) = text.split_once('.').ok_or(LetterCursorError)?;
        let number = |text: &str| text.parse::<i64>().map_err(|_| LetterCursorError);
        Ok(Self {
            at: Timestamp::from_micros(number(at)?),
            id: number(id)?,
        })
    }
}

impl LetterState {
    /// Its name, as edges write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Dead => "dead",
        }
    }
}

impl Queue {
    /// Its name, as addresses and marks have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jobs => "jobs",
            Self::Effects => "effects",
        }
    }

    /// The queue of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        QUEUES.into_iter().find(|queue| queue.name() == name)
    }
}

const JOBS_WAITING: Statement = Statement::new(
    "store.letter_jobs_waiting",
    "SELECT id, kind, job_key, attempts, error, due_at, at FROM store_jobs
     WHERE state = 'waiting' AND (due_at, id) > (?1, ?2) ORDER BY due_at, id LIMIT ?3",
);
const JOBS_DEAD: Statement = Statement::new(
    "store.letter_jobs_dead",
    "SELECT id, kind, job_key, attempts, error, due_at, at FROM store_jobs
     WHERE state = 'dead' AND (due_at, id) < (?1, ?2) ORDER BY due_at DESC, id DESC LIMIT ?3",
);
const JOB_FETCH: Statement = Statement::new(
    "store.letter_job",
    "SELECT id, kind, job_key, attempts, error, due_at, at, state FROM store_jobs
     WHERE id = ?1 AND state IN ('waiting', 'dead')",
);
const JOB_COUNT: Statement = Statement::new(
    "store.letter_job_count",
    "SELECT state, COUNT(*), COUNT(error) FROM store_jobs WHERE state IN ('waiting', 'dead') GROUP BY state",
);
const JOB_AGAIN: Statement = Statement::new(
    "store.letter_job_again",
    "UPDATE store_jobs SET state = 'waiting', attempts = 0, due_at = ?2 WHERE id = ?1 AND state = 'dead'",
);
const JOB_GIVE_UP: Statement = Statement::new(
    "store.letter_job_give_up",
    "UPDATE store_jobs SET state = 'done', due_at = ?2 WHERE id = ?1 AND state = 'dead'",
);
const OWED_WAITING: Statement = Statement::new(
    "store.letter_owed_waiting",
    "SELECT id, event, guild, effect, attempts, error, due_at, at FROM store_owed
     WHERE state = 'owed' AND (due_at, id) > (?1, ?2) ORDER BY due_at, id LIMIT ?3",
);
const OWED_DEAD: Statement = Statement::new(
    "store.letter_owed_dead",
    "SELECT id, event, guild, effect, attempts, error, due_at, at FROM store_owed
     WHERE state = 'dead' AND (due_at, id) < (?1, ?2) ORDER BY due_at DESC, id DESC LIMIT ?3",
);
const OWED_FETCH: Statement = Statement::new(
    "store.letter_owed",
    "SELECT id, event, guild, effect, attempts, error, due_at, at, state FROM store_owed
     WHERE id = ?1 AND state IN ('owed', 'dead')",
);
const OWED_COUNT: Statement = Statement::new(
    "store.letter_owed_count",
    "SELECT state, COUNT(*), COUNT(error) FROM store_owed WHERE state IN ('owed', 'dead') GROUP BY state",
);
const OWED_AGAIN: Statement = Statement::new(
    "store.letter_owed_again",
    "UPDATE store_owed SET state = 'owed', attempts = 0, due_at = ?2, at = ?2
     WHERE id = ?1 AND state = 'dead' AND effect <> ''",
);
const OWED_GIVE_UP: Statement = Statement::new(
    "store.letter_owed_give_up",
    "DELETE FROM store_owed WHERE id = ?1 AND state = 'dead'",
);
const TROUBLES: Statement = Statement::new(
    "store.letter_troubles",
    "SELECT guild, state, COUNT(*) FROM (SELECT guild, state, error FROM store_owed
       WHERE state = ?1 ORDER BY due_at DESC LIMIT ?2) AS latest
     WHERE guild IS NOT NULL AND error IS NOT NULL GROUP BY guild, state",
);

/// The statements of this module, so that a test can prepare them.
pub const STATEMENTS: &[&Statement] = &[
    &JOBS_WAITING,
    &JOBS_DEAD,
    &JOB_FETCH,
    &JOB_COUNT,
    &JOB_AGAIN,
    &JOB_GIVE_UP,
    &OWED_WAITING,
    &OWED_DEAD,
    &OWED_FETCH,
    &OWED_COUNT,
    &OWED_AGAIN,
    &OWED_GIVE_UP,
    &TROUBLES,
];

/// Rows of a queue behind a place, at most [`LETTERS_MAX`].
///
/// # Errors
/// When the engine fails.
pub fn letter_list(
    tx: &mut Tx<'_>,
    (queue, state): (Queue, LetterState),
    after: Option<LetterCursor>,
    limit: u32,
) -> Result<Vec<Letter>, DbError> {
    let (statement, outermost) = match (queue, state) {
        (Queue::Jobs, LetterState::Waiting) => (&JOBS_WAITING, i64::MIN),
        (Queue::Jobs, LetterState::Dead) => (&JOBS_DEAD, i64::MAX),
        (Queue::Effects, LetterState::Waiting) => (&OWED_WAITING, i64::MIN),
        (Queue::Effects, LetterState::Dead) => (&OWED_DEAD, i64::MAX),
    };
    let (at, id) = after.map_or((outermost, outermost), |after| {
        (after.at.micros(), after.id)
    });
    let values = [
        Value::from(at),
        Value::from(id),
        Value::from(limit.clamp(1, LETTERS_MAX)),
    ];
    let rows = tx.rows(statement, &values)?;
    rows.iter().map(|row| letter(row, queue, state)).collect()
}

/// A row of a queue that waits or failed for good; nothing where it is done with.
///
/// # Errors
/// When the engine fails.
pub fn letter_fetch(tx: &mut Tx<'_>, queue: Queue, id: i64) -> Result<Option<Letter>, DbError> {
    let (statement, column) = match queue {
        Queue::Jobs => (&JOB_FETCH, 7),
        Queue::Effects => (&OWED_FETCH, 8),
    };
    let Some(row) = tx.row(statement, &[Value::from(id)])? else {
        return Ok(None);
    };
    letter(&row, queue, state_of(row.text(column)?)).map(Some)
}

/// How many rows of a queue wait, and how many failed for good.
///
/// # Errors
/// When the engine fails.
pub fn letter_counts(tx: &mut Tx<'_>, queue: Queue) -> Result<LetterCounts, DbError> {
    let statement = match queue {
        Queue::Jobs => &JOB_COUNT,
        Queue::Effects => &OWED_COUNT,
    };
    let mut counts = LetterCounts::default();
    for row in tx.rows(statement, &[])? {
        match state_of(row.text(0)?) {
            LetterState::Waiting => {
                (counts.waiting, counts.retried) = (count(&row, 1)?, count(&row, 2)?);
            }
            LetterState::Dead => counts.dead = count(&row, 1)?,
        }
    }
    Ok(counts)
}

/// Has what failed for good tried again from the start; whether it did. An effect that is forgotten can't be.
///
/// # Errors
/// When the engine fails.
pub fn letter_again(
    tx: &mut Tx<'_>,
    queue: Queue,
    id: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let statement = match queue {
        Queue::Jobs => &JOB_AGAIN,
        Queue::Effects => &OWED_AGAIN,
    };
    Ok(tx.execute(statement, &[Value::from(id), Value::from(now)])? == 1)
}

/// Gives up what failed for good, so that nobody is told of it any more; whether it did. A job's key stays taken for as
/// long as that of one that was done.
///
/// # Errors
/// When the engine fails.
pub fn letter_give_up(
    tx: &mut Tx<'_>,
    queue: Queue,
    id: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let changed = match queue {
        Queue::Jobs => tx.execute(&JOB_GIVE_UP, &[Value::from(id), Value::from(now)])?,
        Queue::Effects => tx.execute(&OWED_GIVE_UP, &[Value::from(id)])?,
    };
    Ok(changed == 1)
}

/// What has come to grief of the effects of each guild, among the latest thousand of each state.
///
/// # Errors
/// When the engine fails.
pub fn owed_troubles(tx: &mut Tx<'_>) -> Result<BTreeMap<GuildId, OwedTrouble>, DbError> {
    let mut found = BTreeMap::<GuildId, OwedTrouble>::new();
    for state in ["owed", "dead"] {
        let values = [Value::from(state), Value::from(COUNTED_MAX)];
        for row in tx.rows(&TROUBLES, &values)? {
            let trouble = found.entry(row.id(0)?).or_default();
            match state_of(row.text(1)?) {
                LetterState::Waiting => trouble.retried = count(&row, 2)?,
                LetterState::Dead => trouble.dead = count(&row, 2)?,
            }
        }
    }
    Ok(found)
}

fn count(row: &Row, column: usize) -> Result<u64, DbError> {
    Ok(u64::try_from(row.int(column)?).unwrap_or(0))
}

fn state_of(name: &str) -> LetterState {
    match name {
        "dead" => LetterState::Dead,
        _ => LetterState::Waiting,
    }
}

fn letter(row: &Row, queue: Queue, state: LetterState) -> Result<Letter, DbError> {
    let (what, rest) = match queue {
        Queue::Jobs => {
            let (kind, key) = (row.text(1)?.to_owned(), row.text(2)?.to_owned());
            (What::Job { kind, key }, 3)
        }
        Queue::Effects => {
            let event = row.text(1)?.to_owned();
            let (guild, effect) = (row.maybe(2, Row::id)?, row.text(3)?.to_owned());
            let what = What::Effect {
                event,
                guild,
                effect,
            };
            (what, 4)
        }
    };
    Ok(Letter {
        id: row.int(0)?,
        state,
        what,
        attempts: row.int(rest)?,
        error: row.maybe(rest + 1, |row, column| Ok(row.text(column)?.to_owned()))?,
        due_at: row.timestamp(rest + 2)?,
        at: row.timestamp(rest + 3)?,
    })
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::{LetterCursor, QUEUES, Queue};

    #[test]
    fn a_place_is_read_as_it_is_written_and_nothing_else_is() {
        let place = LetterCursor {
            at: Timestamp::from_micros(1_795_964_580_000_000),
            id: 42,
        };
        assert_eq!(place.to_string().parse(), Ok(place));
        for text in ["", "1", "1.", ".1", "x.1", "1.x", "99999999999999999999.1"] {
            assert!(text.parse::<LetterCursor>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_queue_is_found_by_its_name_alone() {
        assert_eq!(
            QUEUES.map(|queue| Queue::of_name(queue.name())),
            QUEUES.map(Some)
        );
        assert_eq!(Queue::of_name("owed"), None);
    }
}
