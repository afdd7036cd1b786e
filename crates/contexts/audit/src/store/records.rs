//! The records: adding them, and finding them by entry. Nothing changes or deletes one.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use super::twenty;
use crate::{
    canon::Hash,
    row::{COLUMNS, CONCLUSION, DECISION, Record},
};

const RECORD_INSERT: Statement = Statement::new(
    "audit.record_insert",
    "INSERT INTO audit_records (id, guild, part, entry, cause, action, ordinal, at, actor, actor_name,
     actor_person, kind, outcome, trigger_kind, trigger_person, trigger_channel, trigger_message, subject, rules, rule,
     confidence, model, prompt_version, config_revision, currency, micros, effects, case_number, texts, digest)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
     ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30) ON CONFLICT DO NOTHING",
);
const DECISION_OF_CAUSE: Statement = Statement::new(
    "audit.decision_of_cause",
    "SELECT id FROM audit_records WHERE guild = ?1 AND cause = ?2 AND action = ?3 AND ordinal = ?4 AND part = 1",
);
const RECORD_FETCH: Statement = Statement::new(
    "audit.record_fetch",
    "SELECT r.id, r.guild, r.part, r.entry, r.cause, r.action, r.ordinal, r.at, r.actor, r.actor_name,
     r.actor_person, r.kind, r.outcome, r.trigger_kind, r.trigger_person, r.trigger_channel, r.trigger_message,
     r.subject, r.rules, r.rule, r.confidence, r.model, r.prompt_version, r.config_revision, r.currency, r.micros,
     r.effects, r.case_number, r.texts, r.digest
     FROM audit_records r WHERE r.entry = ?1 AND r.part = ?2",
);
// The plus keeps one engine from walking through all records of the guild instead of finding these few.
const RECORD_LIST: Statement = Statement::new(
    "audit.record_list",
    "SELECT r.id, r.guild, r.part, r.entry, r.cause, r.action, r.ordinal, r.at, r.actor, r.actor_name,
     r.actor_person, r.kind, r.outcome, r.trigger_kind, r.trigger_person, r.trigger_channel, r.trigger_message,
     r.subject, r.rules, r.rule, r.confidence, r.model, r.prompt_version, r.config_revision, r.currency, r.micros,
     r.effects, r.case_number, r.texts, r.digest, l.seq, l.prev_hash, l.hash, ap.user_id, tp.user_id, sp.user_id
     FROM audit_records r LEFT JOIN audit_links l ON l.record = r.id
     LEFT JOIN audit_people ap ON ap.person = r.actor_person
     LEFT JOIN audit_people tp ON tp.person = r.trigger_person
     LEFT JOIN audit_people sp ON sp.person = r.subject
     WHERE r.entry IN
     (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
     AND +r.guild = ?21 ORDER BY r.entry, r.part",
);
const OPEN_INSERT: Statement = Statement::new(
    "audit.open_insert",
    "INSERT INTO audit_open (entry, guild, at) VALUES (?1, ?2, ?3)",
);
const OPEN_DELETE: Statement = Statement::new(
    "audit.open_delete",
    "DELETE FROM audit_open WHERE entry = ?1",
);
const OPEN_LIST: Statement = Statement::new(
    "audit.open_list",
    "SELECT guild, entry, at FROM audit_open WHERE at < ?1 ORDER BY at, entry LIMIT ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &RECORD_INSERT,
    &DECISION_OF_CAUSE,
    &RECORD_FETCH,
    &RECORD_LIST,
    &OPEN_INSERT,
    &OPEN_DELETE,
    &OPEN_LIST,
];

/// A record with its place in the chain and the people it names.
#[derive(Debug, Clone)]
pub(crate) struct Joined {
    pub(crate) record: Record,
    /// Its place, the digest before, and its own.
    pub(crate) link: Option<(i64, Hash, Hash)>,
    pub(crate) actor: Option<i64>,
    pub(crate) trigger: Option<i64>,
    pub(crate) subject: Option<i64>,
}

/// Adds a record; false where one of the same decision is there already.
pub(crate) fn record_insert(tx: &mut Tx<'_>, record: Record) -> Result<bool, DbError> {
    Ok(tx.execute(&RECORD_INSERT, &record.into_values())? == 1)
}

/// Adds records, all at once; for each false where one of the same decision is there already.
pub(crate) fn records_insert(tx: &mut Tx<'_>, records: Vec<Record>) -> Result<Vec<bool>, DbError> {
    let rows = records.into_iter().map(Record::into_values).collect();
    let changed = tx.execute_each(&RECORD_INSERT, rows)?;
    Ok(changed.into_iter().map(|count| count == 1).collect())
}

/// The decision of this cause, action and ordinal.
pub(crate) fn decision_of_cause(
    tx: &mut Tx<'_>,
    guild: GuildId,
    cause: &str,
    action: &str,
    ordinal: i64,
) -> Result<Option<i64>, DbError> {
    let values = [guild.into(), cause.into(), action.into(), ordinal.into()];
    let row = tx.row(&DECISION_OF_CAUSE, &values)?;
    row.map(|row| row.int(0)).transpose()
}

fn record_fetch(tx: &mut Tx<'_>, entry: i64, part: i64) -> Result<Option<Record>, DbError> {
    let row = tx.row(&RECORD_FETCH, &[entry.into(), part.into()])?;
    row.map(|row| Record::of_row(&row, 0)).transpose()
}

pub(crate) fn decision_fetch(tx: &mut Tx<'_>, entry: i64) -> Result<Option<Record>, DbError> {
    record_fetch(tx, entry, DECISION)
}

pub(crate) fn conclusion_fetch(tx: &mut Tx<'_>, entry: i64) -> Result<Option<Record>, DbError> {
    record_fetch(tx, entry, CONCLUSION)
}

fn joined(row: &Row) -> Result<Joined, DbError> {
    let hash = |column: usize| {
        let bytes = row.maybe(column, Row::blob)?;
        Ok::<_, DbError>(bytes.and_then(Hash::of_bytes))
    };
    let seq = row.maybe(COLUMNS, Row::int)?;
    let (prev, own) = (hash(COLUMNS + 1)?, hash(COLUMNS + 2)?);
    let link = seq.and_then(|seq| Some((seq, prev?, own?)));
    Ok(Joined {
        record: Record::of_row(row, 0)?,
        link,
        actor: row.maybe(COLUMNS + 3, Row::int)?,
        trigger: row.maybe(COLUMNS + 4, Row::int)?,
        subject: row.maybe(COLUMNS + 5, Row::int)?,
    })
}

/// The records of these entries of a guild, each decision before its conclusion; at most twenty entries at once.
pub(crate) fn record_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entries: &[i64],
) -> Result<Vec<Joined>, DbError> {
    let mut values = twenty(entries);
    values.push(guild.into());
    let rows = tx.rows(&RECORD_LIST, &values)?;
    rows.iter().map(joined).collect()
}

/// A decision that waits for its conclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) guild: GuildId,
    pub(crate) entry: i64,
    pub(crate) at: Timestamp,
}

/// Notes that a decision waits for its conclusion.
pub(crate) fn open_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entry: i64,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.queue(&OPEN_INSERT, vec![entry.into(), guild.into(), at.into()])
}

/// Notes that a decision waits no longer.
pub(crate) fn open_delete(tx: &mut Tx<'_>, entry: i64) -> Result<(), DbError> {
    tx.queue(&OPEN_DELETE, vec![entry.into()])
}

/// What waits since before a moment, oldest first.
pub(crate) fn open_list(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Waiting>, DbError> {
    let waiting = |row: &Row| {
        Ok(Waiting {
            guild: row.id(0)?,
            entry: row.int(1)?,
            at: row.timestamp(2)?,
        })
    };
    let rows = tx.rows(&OPEN_LIST, &[before.into(), limit.into()])?;
    rows.iter().map(waiting).collect()
}
