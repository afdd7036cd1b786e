//! Which entries a question is about: each statement walks one index, newest first, and gives places alone.

use ::store::{DbError, Row, Statement, Tx, Value};
use kernel::Timestamp;

// All take ?1 guild, (?2, ?3) the place before which to look, ?4 since, ?5 kind, ?6 action, ?7 outcome, ?8 limit.
const PICK_RECENT: Statement = Statement::new(
    "audit.pick_recent",
    "SELECT r.at, r.id FROM audit_records r LEFT JOIN audit_records c ON c.entry = r.id AND c.part = 2
     WHERE r.guild = ?1 AND r.part = 1 AND (r.at, r.id) < (?2, ?3) AND r.at >= ?4
     AND (CAST(?5 AS TEXT) IS NULL OR r.kind = ?5) AND (CAST(?6 AS TEXT) IS NULL OR r.action = ?6)
     AND (CAST(?7 AS TEXT) IS NULL OR COALESCE(c.outcome, r.outcome) = ?7)
     ORDER BY r.at DESC, r.id DESC LIMIT ?8",
);
const PICK_KIND: Statement = Statement::new(
    "audit.pick_kind",
    "SELECT r.at, r.id FROM audit_records r LEFT JOIN audit_records c ON c.entry = r.id AND c.part = 2
     WHERE r.guild = ?1 AND r.part = 1 AND (r.at, r.id) < (?2, ?3) AND r.at >= ?4
     AND r.kind = ?5 AND (CAST(?6 AS TEXT) IS NULL OR r.action = ?6)
     AND (CAST(?7 AS TEXT) IS NULL OR COALESCE(c.outcome, r.outcome) = ?7)
     ORDER BY r.at DESC, r.id DESC LIMIT ?8",
);
// ?9 person. Each half walks its own index to the limit; what both have is told once.
const PICK_PERSON: Statement = Statement::new(
    "audit.pick_person",
    "SELECT u.at, u.id FROM (
       SELECT * FROM (SELECT r.at, r.id FROM audit_records r
         LEFT JOIN audit_records c ON c.entry = r.id AND c.part = 2
         WHERE r.guild = ?1 AND r.part = 1 AND r.subject = ?9 AND (r.at, r.id) < (?2, ?3) AND r.at >= ?4
         AND (CAST(?5 AS TEXT) IS NULL OR r.kind = ?5) AND (CAST(?6 AS TEXT) IS NULL OR r.action = ?6)
         AND (CAST(?7 AS TEXT) IS NULL OR COALESCE(c.outcome, r.outcome) = ?7)
         ORDER BY r.at DESC, r.id DESC LIMIT ?8) AS about
       UNION
       SELECT * FROM (SELECT r.at, r.id FROM audit_records r
         LEFT JOIN audit_records c ON c.entry = r.id AND c.part = 2
         WHERE r.guild = ?1 AND r.part = 1 AND r.trigger_person = ?9 AND (r.at, r.id) < (?2, ?3) AND r.at >= ?4
         AND (CAST(?5 AS TEXT) IS NULL OR r.kind = ?5) AND (CAST(?6 AS TEXT) IS NULL OR r.action = ?6)
         AND (CAST(?7 AS TEXT) IS NULL OR COALESCE(c.outcome, r.outcome) = ?7)
         ORDER BY r.at DESC, r.id DESC LIMIT ?8) AS caused) AS u
     ORDER BY u.at DESC, u.id DESC LIMIT ?8",
);
// ?9 person or nothing, ?10 the message: one that the decision was about, or one that the bot wrote because of it.
const PICK_MESSAGE: Statement = Statement::new(
    "audit.pick_message",
    "SELECT r.at, r.id FROM audit_records r LEFT JOIN audit_records c ON c.entry = r.id AND c.part = 2
     WHERE r.id IN (SELECT o.id FROM audit_records o
         WHERE o.guild = ?1 AND o.part = 1 AND o.trigger_message IS NOT NULL AND o.trigger_message = ?10
       UNION SELECT m.entry FROM audit_messages m WHERE m.guild = ?1 AND m.message = ?10)
     AND r.guild = ?1 AND r.part = 1 AND (r.at, r.id) < (?2, ?3) AND r.at >= ?4
     AND (CAST(?5 AS TEXT) IS NULL OR r.kind = ?5) AND (CAST(?6 AS TEXT) IS NULL OR r.action = ?6)
     AND (CAST(?7 AS TEXT) IS NULL OR COALESCE(c.outcome, r.outcome) = ?7)
     AND (CAST(?9 AS BIGINT) IS NULL OR r.subject = ?9 OR r.trigger_person = ?9)
     ORDER BY r.at DESC, r.id DESC LIMIT ?8",
);
// ?9 person or nothing, ?10 the case, which a conclusion may have opened.
const PICK_CASE: Statement = Statement::new(
    "audit.pick_case",
    "SELECT r.at, r.id FROM audit_records r LEFT JOIN audit_records c ON c.entry = r.id AND c.part = 2
     WHERE r.id IN (SELECT o.entry FROM audit_records o
         WHERE o.guild = ?1 AND o.case_number IS NOT NULL AND o.case_number = ?10)
     AND r.guild = ?1 AND r.part = 1 AND (r.at, r.id) < (?2, ?3) AND r.at >= ?4
     AND (CAST(?5 AS TEXT) IS NULL OR r.kind = ?5) AND (CAST(?6 AS TEXT) IS NULL OR r.action = ?6)
     AND (CAST(?7 AS TEXT) IS NULL OR COALESCE(c.outcome, r.outcome) = ?7)
     AND (CAST(?9 AS BIGINT) IS NULL OR r.subject = ?9 OR r.trigger_person = ?9)
     ORDER BY r.at DESC, r.id DESC LIMIT ?8",
);
const NEWEST_RECORD: Statement = Statement::new(
    "audit.newest_record",
    "SELECT COALESCE(MAX(id), 0) FROM audit_records WHERE guild = ?1",
);
const PICK_SEALED: Statement = Statement::new(
    "audit.pick_sealed",
    "SELECT l.seq, r.id FROM audit_links l JOIN audit_records r ON r.id = l.record
     WHERE l.guild = ?1 AND l.seq > ?2 AND r.part = 1 ORDER BY l.seq LIMIT ?3",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &PICK_RECENT,
    &PICK_KIND,
    &PICK_PERSON,
    &PICK_MESSAGE,
    &PICK_CASE,
    &PICK_SEALED,
    &NEWEST_RECORD,
];

/// Which index is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Walk {
    Recent,
    Kind,
    Person(i64),
    Message { message: i64, person: Option<i64> },
    Case { case: i64, person: Option<i64> },
}

/// What a walk passes over, and how far it goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) guild: i64,
    pub(crate) before: (i64, i64),
    pub(crate) since: i64,
    pub(crate) kind: Option<&'static str>,
    pub(crate) outcome: Option<&'static str>,
    pub(crate) limit: u32,
}

/// The places of entries, newest first.
pub(crate) fn pick(
    tx: &mut Tx<'_>,
    walk: Walk,
    bounds: &Bounds,
    action: Option<&str>,
) -> Result<Vec<(i64, i64)>, DbError> {
    let mut values = vec![
        Value::from(bounds.guild),
        Value::from(bounds.before.0),
        Value::from(bounds.before.1),
        Value::from(bounds.since),
        Value::from(bounds.kind),
        Value::from(action),
        Value::from(bounds.outcome),
        Value::from(bounds.limit),
    ];
    let statement = match walk {
        Walk::Recent => &PICK_RECENT,
        Walk::Kind => &PICK_KIND,
        Walk::Person(person) => {
            values.push(person.into());
            &PICK_PERSON
        }
        Walk::Message { message, person } => {
            values.extend([person.into(), message.into()]);
            &PICK_MESSAGE
        }
        Walk::Case { case, person } => {
            values.extend([person.into(), case.into()]);
            &PICK_CASE
        }
    };
    places(&tx.rows(statement, &values)?)
}

/// The sealed decisions of a guild after a place in its chain, with their places, in the chain's order.
pub(crate) fn pick_sealed(
    tx: &mut Tx<'_>,
    guild: i64,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, i64)>, DbError> {
    places(&tx.rows(&PICK_SEALED, &[guild.into(), after.into(), limit.into()])?)
}

/// The record of a guild that was added last; zero where there is none.
pub(crate) fn newest_record(tx: &mut Tx<'_>, guild: i64) -> Result<i64, DbError> {
    let row = tx.row(&NEWEST_RECORD, &[guild.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn places(rows: &[Row]) -> Result<Vec<(i64, i64)>, DbError> {
    let place = |row: &Row| Ok((row.int(0)?, row.int(1)?));
    rows.iter().map(place).collect()
}

/// A place after every other.
pub(crate) const NEWEST: (i64, i64) = (i64::MAX, i64::MAX);

/// The place before which everything is older than this moment.
pub(crate) const fn until(moment: Timestamp) -> (i64, i64) {
    (moment.micros(), i64::MIN)
}
