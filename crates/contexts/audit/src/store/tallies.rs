//! Counts of decisions in the database: what is summed up of a guild's chain, and the records behind that.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use crate::entry::{Kind, Outcome};

/// Rows at most: each slot of the longest time with several kinds in several states.
const ROWS_MAX: i64 = 50_000;
/// Rules at most, each with what became of its hits.
const RULES_MAX: i64 = 1_000;
/// Records at most that wait for being summed up; more than a guild has in the minute between two rounds.
const WAITING_MAX: u32 = 100_000;

const TALLY_LIST: Statement = Statement::new(
    "audit.tally_list",
    "SELECT slot, kind, outcome, count FROM audit_tallies
     WHERE guild = ?1 AND slot >= ?2 AND slot < ?3 ORDER BY slot, kind, outcome LIMIT ?4",
);
const HIT_LIST: Statement = Statement::new(
    "audit.hit_list",
    "SELECT rule, outcome, CAST(SUM(count) AS BIGINT), MAX(last_at) FROM audit_hits
     WHERE guild = ?1 AND hour >= ?2 GROUP BY rule, outcome ORDER BY rule, outcome LIMIT ?3",
);
// A record that is gone leaves its link, which counts as nothing.
const LINKED_LIST: Statement = Statement::new(
    "audit.tally_linked_list",
    "SELECT l.seq, r.part, d.at, d.kind, d.outcome, r.outcome, d.rule
     FROM (SELECT seq, record FROM audit_links WHERE guild = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3) l
     LEFT JOIN audit_records r ON r.id = l.record LEFT JOIN audit_records d ON d.id = r.entry ORDER BY l.seq",
);
// What no chain holds yet is of the last second.
const UNLINKED_LIST: Statement = Statement::new(
    "audit.tally_unlinked_list",
    "SELECT q.place, r.part, d.at, d.kind, d.outcome, r.outcome, d.rule
     FROM audit_unsealed q JOIN audit_records r ON r.id = q.record JOIN audit_records d ON d.id = r.entry
     WHERE q.guild = ?1 ORDER BY q.place LIMIT ?2",
);
const MARK_FETCH: Statement = Statement::new(
    "audit.tally_mark_fetch",
    "SELECT through FROM audit_tally_marks WHERE guild = ?1",
);
const MARK_PUT: Statement = Statement::new(
    "audit.tally_mark_put",
    "INSERT INTO audit_tally_marks (guild, through) VALUES (?1, ?3)
     ON CONFLICT (guild) DO UPDATE SET through = excluded.through WHERE audit_tally_marks.through = ?2",
);
const TALLY_ADD: Statement = Statement::new(
    "audit.tally_add",
    "INSERT INTO audit_tallies (guild, slot, kind, outcome, count) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (guild, slot, kind, outcome) DO UPDATE SET count = audit_tallies.count + excluded.count",
);
const HIT_ADD: Statement = Statement::new(
    "audit.hit_add",
    "INSERT INTO audit_hits (guild, hour, rule, outcome, count, last_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (guild, hour, rule, outcome) DO UPDATE SET count = audit_hits.count + excluded.count,
     last_at = CASE WHEN excluded.last_at > audit_hits.last_at THEN excluded.last_at ELSE audit_hits.last_at END",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &TALLY_LIST,
    &HIT_LIST,
    &LINKED_LIST,
    &UNLINKED_LIST,
    &MARK_FETCH,
    &MARK_PUT,
    &TALLY_ADD,
    &HIT_ADD,
];

/// A record as it counts: a decision, or what became of one.
#[derive(Debug)]
pub(crate) struct Counting {
    /// When the decision was made.
    pub(crate) at: Timestamp,
    pub(crate) kind: Kind,
    /// What it came to before; nothing of a decision itself.
    pub(crate) was: Option<Outcome>,
    pub(crate) outcome: Outcome,
    pub(crate) rule: Option<String>,
}

/// What is summed up of one slot: its number, the kind, what became of them, and how many.
pub(crate) type Summed = (i64, Kind, Outcome, i64);

/// What is summed up of one rule: its id, what became of its hits, how many, and when the last was.
pub(crate) type Hits = (String, Outcome, i64, Timestamp);

/// What is summed up of the slots from one on and before another, oldest first.
pub(crate) fn tally_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    (from, end): (i64, i64),
) -> Result<Vec<Summed>, DbError> {
    let values = [guild.into(), from.into(), end.into(), ROWS_MAX.into()];
    let summed = |row: &Row| Ok((row.int(0)?, kind(row, 1)?, outcome(row, 2)?, row.int(3)?));
    tx.rows(&TALLY_LIST, &values)?.iter().map(summed).collect()
}

/// What is summed up of rules from an hour on.
pub(crate) fn hit_list(tx: &mut Tx<'_>, guild: GuildId, from: i64) -> Result<Vec<Hits>, DbError> {
    let hits = |row: &Row| {
        let rule = row.text(0)?.to_owned();
        Ok((rule, outcome(row, 1)?, row.int(2)?, row.timestamp(3)?))
    };
    let rows = tx.rows(&HIT_LIST, &[guild.into(), from.into(), RULES_MAX.into()])?;
    rows.iter().map(hits).collect()
}

/// The records of a guild that are not summed up yet, in the order of their chain, those without a link last.
pub(crate) fn waiting_list(tx: &mut Tx<'_>, guild: GuildId) -> Result<Vec<Counting>, DbError> {
    let after = mark_fetch(tx, guild)?;
    let (_, mut waiting) = linked_list(tx, guild, after, WAITING_MAX)?;
    for row in tx.rows(&UNLINKED_LIST, &[guild.into(), WAITING_MAX.into()])? {
        waiting.extend(counting(&row)?);
    }
    Ok(waiting)
}

/// The records behind a link of a guild's chain, and the places of all links that were looked at.
pub(crate) fn linked_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    after: i64,
    limit: u32,
) -> Result<(Vec<i64>, Vec<Counting>), DbError> {
    let (mut places, mut linked) = (Vec::new(), Vec::new());
    for row in tx.rows(&LINKED_LIST, &[guild.into(), after.into(), limit.into()])? {
        places.push(row.int(0)?);
        linked.extend(counting(&row)?);
    }
    Ok((places, linked))
}

fn counting(row: &Row) -> Result<Option<Counting>, DbError> {
    let (Some(part), Some(at)) = (row.maybe(1, Row::int)?, row.maybe(2, Row::timestamp)?) else {
        return Ok(None);
    };
    let was = (part != crate::row::DECISION).then(|| outcome(row, 4));
    Ok(Some(Counting {
        at,
        kind: kind(row, 3)?,
        was: was.transpose()?,
        outcome: outcome(row, 5)?,
        rule: row.maybe(6, |row, column| row.text(column).map(str::to_owned))?,
    }))
}

/// The link up to which a guild's chain is summed up; zero at first.
pub(crate) fn mark_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    let row = tx.row(&MARK_FETCH, &[guild.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Moves it forward; false where somebody else has moved it.
pub(crate) fn mark_put(
    tx: &mut Tx<'_>,
    guild: GuildId,
    (was, now): (i64, i64),
) -> Result<bool, DbError> {
    Ok(tx.execute(&MARK_PUT, &[guild.into(), was.into(), now.into()])? == 1)
}

/// Adds to the count of a slot.
pub(crate) fn tally_add(
    tx: &mut Tx<'_>,
    guild: GuildId,
    (slot, kind, outcome): (i64, Kind, Outcome),
    count: i64,
) -> Result<(), DbError> {
    let (kind, outcome) = (kind.name().into(), outcome.name().into());
    let values = vec![guild.into(), slot.into(), kind, outcome, count.into()];
    tx.queue(&TALLY_ADD, values)
}

/// Adds to the hits of a rule in an hour.
pub(crate) fn hit_add(
    tx: &mut Tx<'_>,
    guild: GuildId,
    (hour, rule, outcome): (i64, &str, Outcome),
    (count, last_at): (i64, Timestamp),
) -> Result<(), DbError> {
    let values = vec![
        guild.into(),
        hour.into(),
        rule.into(),
        outcome.name().into(),
        count.into(),
        last_at.into(),
    ];
    tx.queue(&HIT_ADD, values)
}

fn kind(row: &Row, column: usize) -> Result<Kind, DbError> {
    let name = row.text(column)?;
    Kind::of_name(name).ok_or_else(|| shape(column, "a kind of decision", name))
}

fn outcome(row: &Row, column: usize) -> Result<Outcome, DbError> {
    let name = row.text(column)?;
    Outcome::of_name(name).ok_or_else(|| shape(column, "an outcome", name))
}

fn shape(column: usize, expected: &'static str, found: &str) -> DbError {
    DbError::Shape {
        statement: "audit.tallies".to_owned(),
        column,
        expected,
        found: found.to_owned(),
    }
}
