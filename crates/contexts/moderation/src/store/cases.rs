//! Cases and their notes in the database.

use ::store::{DbError, Row, Statement, Tx, Value};
use kernel::{GuildId, Timestamp, UserId};

use crate::{
    cases::{Case, CaseKind, CaseState, Note},
    search::CaseFilter,
};

const NUMBER_NEXT: Statement = Statement::new(
    "moderation.number_next",
    "INSERT INTO moderation_counters (guild, last) VALUES (?1, 1)
     ON CONFLICT (guild) DO UPDATE SET last = moderation_counters.last + 1 RETURNING last",
);
const NUMBER_LAST: Statement = Statement::new(
    "moderation.number_last",
    "SELECT last FROM moderation_counters WHERE guild = ?1",
);
const CASE_INSERT: Statement = Statement::new(
    "moderation.case_insert",
    "INSERT INTO moderation_cases (guild, number, cause, kind, state, user_id, moderator, opened_by, rule_id,
       message_id, channel_id, reason, at, points, until, parent, found, words_until)
     VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
);
const CASE_FETCH: Statement = Statement::new(
    "moderation.case_fetch",
    "SELECT guild, number, kind, state, user_id, moderator, opened_by, rule_id, message_id, channel_id, reason, at,
       points, until, parent, found, undone_by, undone_at, undo_reason
     FROM moderation_cases WHERE guild = ?1 AND number = ?2",
);
const CASE_FETCH_CAUSE: Statement = Statement::new(
    "moderation.case_fetch_cause",
    "SELECT guild, number, kind, state, user_id, moderator, opened_by, rule_id, message_id, channel_id, reason, at,
       points, until, parent, found, undone_by, undone_at, undo_reason
     FROM moderation_cases WHERE guild = ?1 AND cause = ?2",
);
const CASE_LIST: Statement = Statement::new(
    "moderation.case_list",
    "SELECT guild, number, kind, state, user_id, moderator, opened_by, rule_id, message_id, channel_id, reason, at,
       points, until, parent, found, undone_by, undone_at, undo_reason
     FROM moderation_cases WHERE guild = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3",
);
const CASE_LIST_USER: Statement = Statement::new(
    "moderation.case_list_user",
    "SELECT guild, number, kind, state, user_id, moderator, opened_by, rule_id, message_id, channel_id, reason, at,
       points, until, parent, found, undone_by, undone_at, undo_reason
     FROM moderation_cases WHERE guild = ?1 AND user_id = ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4",
);
// An empty text and no member are any.
const CASE_SEARCH: Statement = Statement::new(
    "moderation.case_search",
    "SELECT guild, number, kind, state, user_id, moderator, opened_by, rule_id, message_id, channel_id, reason, at,
       points, until, parent, found, undone_by, undone_at, undo_reason
     FROM moderation_cases WHERE guild = ?1 AND number < ?2 AND number >= ?3
     AND (?4 = '' OR kind = ?4) AND (?5 = '' OR state = ?5) AND (?6 = '' OR rule_id = ?6)
     ORDER BY number DESC LIMIT ?7",
);
const CASE_SEARCH_USER: Statement = Statement::new(
    "moderation.case_search_user",
    "SELECT guild, number, kind, state, user_id, moderator, opened_by, rule_id, message_id, channel_id, reason, at,
       points, until, parent, found, undone_by, undone_at, undo_reason
     FROM moderation_cases WHERE guild = ?1 AND user_id = ?8 AND number < ?2 AND number >= ?3
     AND (?4 = '' OR kind = ?4) AND (?5 = '' OR state = ?5) AND (?6 = '' OR rule_id = ?6)
     ORDER BY number DESC LIMIT ?7",
);
const CASE_LIST_CHILDREN: Statement = Statement::new(
    "moderation.case_list_children",
    "SELECT guild, number, kind, state, user_id, moderator, opened_by, rule_id, message_id, channel_id, reason, at,
       points, until, parent, found, undone_by, undone_at, undo_reason
     FROM moderation_cases WHERE guild = ?1 AND parent = ?2 ORDER BY number LIMIT 10",
);
const CASE_UNDO: Statement = Statement::new(
    "moderation.case_undo",
    "UPDATE moderation_cases SET state = 'undone', undone_by = ?3, undone_at = ?4, undo_reason = ?5
     WHERE guild = ?1 AND number = ?2 AND state <> 'undone'",
);
const CASE_EXPIRE: Statement = Statement::new(
    "moderation.case_expire",
    "UPDATE moderation_cases SET state = 'expired' WHERE guild = ?1 AND number = ?2 AND state = 'open'",
);
const POINTS_SUM: Statement = Statement::new(
    "moderation.points_sum",
    "SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM moderation_cases
     WHERE guild = ?1 AND user_id = ?2 AND at > ?3 AND state <> 'undone'",
);
const NOTE_INSERT: Statement = Statement::new(
    "moderation.note_insert",
    "INSERT INTO moderation_notes (guild, number, id, cause, author, text, at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
);
const NOTE_LIST: Statement = Statement::new(
    "moderation.note_list",
    "SELECT author, text, at FROM moderation_notes WHERE guild = ?1 AND number = ?2 ORDER BY id DESC LIMIT ?3",
);
const WORDS_FORGET: Statement = Statement::new(
    "moderation.words_forget",
    "UPDATE moderation_cases SET found = NULL, words_until = NULL WHERE (guild, number) IN
     (SELECT guild, number FROM moderation_cases WHERE words_until <= ?1 ORDER BY words_until LIMIT ?2)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &NUMBER_NEXT,
    &NUMBER_LAST,
    &CASE_INSERT,
    &CASE_FETCH,
    &CASE_FETCH_CAUSE,
    &CASE_LIST,
    &CASE_LIST_USER,
    &CASE_SEARCH,
    &CASE_SEARCH_USER,
    &CASE_LIST_CHILDREN,
    &CASE_UNDO,
    &CASE_EXPIRE,
    &POINTS_SUM,
    &NOTE_INSERT,
    &NOTE_LIST,
    &WORDS_FORGET,
];

/// A case to be written down.
#[derive(Debug)]
pub(crate) struct NewCase<'a> {
    pub(crate) case: &'a Case,
    pub(crate) cause: &'a str,
    pub(crate) words_until: Option<Timestamp>,
}

fn odd(row: &Row, column: usize, expected: &'static str) -> DbError {
    DbError::Shape {
        statement: "moderation.case".to_owned(),
        column,
        expected,
        found: format!("{:?}", row.values().get(column)),
    }
}

fn case(row: &Row) -> Result<Case, DbError> {
    let text = |row: &Row, column: usize| row.text(column).map(str::to_owned);
    let found = row.maybe(15, Row::text)?;
    Ok(Case {
        guild: row.id(0)?,
        number: row.int(1)?,
        kind: CaseKind::of_name(row.text(2)?).ok_or_else(|| odd(row, 2, "a kind"))?,
        state: CaseState::of_name(row.text(3)?).ok_or_else(|| odd(row, 3, "a state"))?,
        user: row.id(4)?,
        moderator: row.maybe(5, Row::id)?,
        opened_by: row.text(6)?.to_owned(),
        rule_id: row.maybe(7, text)?,
        message: row.maybe(8, Row::id)?,
        channel: row.maybe(9, Row::id)?,
        reason: row.text(10)?.to_owned(),
        at: row.timestamp(11)?,
        points: u32::try_from(row.int(12)?).unwrap_or(u32::MAX),
        until: row.maybe(13, Row::timestamp)?,
        parent: row.maybe(14, Row::int)?,
        hits: found
            .map(serde_json::from_str)
            .transpose()
            .map_err(|_| odd(row, 15, "what rules found"))?
            .unwrap_or_default(),
        undone_by: row.maybe(16, text)?,
        undone_at: row.maybe(17, Row::timestamp)?,
        undo_reason: row.maybe(18, text)?,
    })
}

/// The next number of a guild; the row is locked until the transaction ends, so none is skipped.
pub(crate) fn number_next(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    match tx.row(&NUMBER_NEXT, &[guild.into()])? {
        Some(row) => row.int(0),
        None => Err(DbError::Rejected {
            statement: NUMBER_NEXT.name().to_owned(),
            reason: "no number came back".to_owned(),
        }),
    }
}

/// The last number of a guild; zero where there is none yet.
pub(crate) fn number_last(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    let row = tx.row(&NUMBER_LAST, &[guild.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

pub(crate) fn case_insert(tx: &mut Tx<'_>, new: &NewCase<'_>) -> Result<(), DbError> {
    let case = new.case;
    let found = if case.hits.is_empty() {
        None
    } else {
        Some(serde_json::to_string(&case.hits).expect("hits are plain values"))
    };
    let values = [
        case.guild.into(),
        case.number.into(),
        new.cause.into(),
        case.kind.name().into(),
        case.user.into(),
        case.moderator.into(),
        case.opened_by.as_str().into(),
        case.rule_id.as_deref().into(),
        case.message.into(),
        case.channel.into(),
        case.reason.as_str().into(),
        case.at.into(),
        case.points.into(),
        case.until.into(),
        case.parent.into(),
        found.into(),
        new.words_until.into(),
    ];
    tx.execute(&CASE_INSERT, &values).map(drop)
}

pub(crate) fn case_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    number: i64,
) -> Result<Option<Case>, DbError> {
    let row = tx.row(&CASE_FETCH, &[guild.into(), number.into()])?;
    row.as_ref().map(case).transpose()
}

pub(crate) fn case_fetch_cause(
    tx: &mut Tx<'_>,
    guild: GuildId,
    cause: &str,
) -> Result<Option<Case>, DbError> {
    let row = tx.row(&CASE_FETCH_CAUSE, &[guild.into(), cause.into()])?;
    row.as_ref().map(case).transpose()
}

/// Cases below a number, the newest first.
pub(crate) fn case_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: Option<UserId>,
    below: i64,
    limit: u32,
) -> Result<Vec<Case>, DbError> {
    let rows = match user {
        None => tx.rows(&CASE_LIST, &[guild.into(), below.into(), limit.into()])?,
        Some(user) => {
            let values = [guild.into(), user.into(), below.into(), limit.into()];
            tx.rows(&CASE_LIST_USER, &values)?
        }
    };
    rows.iter().map(case).collect()
}

/// Cases between two numbers that a filter lets through, the newest first.
pub(crate) fn case_search(
    tx: &mut Tx<'_>,
    guild: GuildId,
    filter: &CaseFilter,
    (below, floor): (i64, i64),
    limit: u32,
) -> Result<Vec<Case>, DbError> {
    let mut values: Vec<Value> = vec![
        guild.into(),
        below.into(),
        floor.into(),
        filter.kind.map_or("", CaseKind::name).into(),
        filter.state.map_or("", CaseState::name).into(),
        filter.rule.as_deref().unwrap_or_default().into(),
        limit.into(),
    ];
    let statement = match filter.user {
        None => &CASE_SEARCH,
        Some(user) => {
            values.push(user.into());
            &CASE_SEARCH_USER
        }
    };
    tx.rows(statement, &values)?.iter().map(case).collect()
}

pub(crate) fn case_list_children(
    tx: &mut Tx<'_>,
    guild: GuildId,
    parent: i64,
) -> Result<Vec<Case>, DbError> {
    let rows = tx.rows(&CASE_LIST_CHILDREN, &[guild.into(), parent.into()])?;
    rows.iter().map(case).collect()
}

/// Marks a case as undone; false where it was before.
pub(crate) fn case_undo(
    tx: &mut Tx<'_>,
    (guild, number): (GuildId, i64),
    by: &str,
    at: Timestamp,
    reason: &str,
) -> Result<bool, DbError> {
    let values = [
        guild.into(),
        number.into(),
        by.into(),
        at.into(),
        reason.into(),
    ];
    Ok(tx.execute(&CASE_UNDO, &values)? == 1)
}

pub(crate) fn case_expire(tx: &mut Tx<'_>, guild: GuildId, number: i64) -> Result<(), DbError> {
    tx.execute(&CASE_EXPIRE, &[guild.into(), number.into()])
        .map(drop)
}

/// The points of a member from cases after a moment that were not undone.
pub(crate) fn points_sum(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    after: Timestamp,
) -> Result<i64, DbError> {
    let row = tx.row(&POINTS_SUM, &[guild.into(), user.into(), after.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Writes a note down; false where its cause wrote one before.
pub(crate) fn note_insert(
    tx: &mut Tx<'_>,
    (guild, number): (GuildId, i64),
    id: i64,
    cause: &str,
    note: &Note,
) -> Result<bool, DbError> {
    let values: [Value; 7] = [
        guild.into(),
        number.into(),
        id.into(),
        cause.into(),
        note.author.as_str().into(),
        note.text.as_str().into(),
        note.at.into(),
    ];
    Ok(tx.execute(&NOTE_INSERT, &values)? == 1)
}

/// The latest notes of a case.
pub(crate) fn note_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    number: i64,
    limit: u32,
) -> Result<Vec<Note>, DbError> {
    let rows = tx.rows(&NOTE_LIST, &[guild.into(), number.into(), limit.into()])?;
    let note = |row: &Row| {
        Ok(Note {
            author: row.text(0)?.to_owned(),
            text: row.text(1)?.to_owned(),
            at: row.timestamp(2)?,
        })
    };
    rows.iter().map(note).collect()
}

/// Forgets what rules found in up to `limit` cases whose time for it is over.
pub(crate) fn words_forget(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64, DbError> {
    tx.execute(&WORDS_FORGET, &[now.into(), limit.into()])
}
