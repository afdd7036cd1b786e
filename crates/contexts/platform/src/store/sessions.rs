//! Who is signed in: a row for each browser, found by the digest of its ticket.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp, UserId, kinds};

use crate::{
    session::{Session, SessionId},
    ticket::TicketDigest,
};

const INSERT: Statement = Statement::new(
    "platform.session_insert",
    "INSERT INTO platform_sessions (ticket, id, user_id, name, guilds, agent, began_at, seen_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
);
const FETCH: Statement = Statement::new(
    "platform.session_fetch",
    "SELECT s.id, s.user_id, s.name, s.guilds, s.agent, s.began_at, s.seen_at, t.user_id IS NOT NULL
     FROM platform_sessions s LEFT JOIN platform_tours t ON t.user_id = s.user_id WHERE s.ticket = ?1",
);
const LIST: Statement = Statement::new(
    "platform.session_list",
    "SELECT s.id, s.user_id, s.name, s.guilds, s.agent, s.began_at, s.seen_at, t.user_id IS NOT NULL
     FROM platform_sessions s LEFT JOIN platform_tours t ON t.user_id = s.user_id
     WHERE s.user_id = ?1 ORDER BY s.seen_at DESC, s.id DESC LIMIT ?2",
);
const SEEN: Statement = Statement::new(
    "platform.session_seen",
    "UPDATE platform_sessions SET seen_at = ?2 WHERE id = ?1 AND seen_at < ?2",
);
const END: Statement = Statement::new(
    "platform.session_end",
    "DELETE FROM platform_sessions WHERE user_id = ?1 AND id = ?2",
);
const OTHERS_END: Statement = Statement::new(
    "platform.sessions_end",
    "DELETE FROM platform_sessions WHERE user_id = ?1 AND id <> ?2",
);
const OLDEST_DROP: Statement = Statement::new(
    "platform.sessions_oldest_drop",
    "DELETE FROM platform_sessions WHERE user_id = ?1 AND id NOT IN (
         SELECT id FROM platform_sessions WHERE user_id = ?1 ORDER BY seen_at DESC, id DESC LIMIT ?2)",
);
const OVER_DROP: Statement = Statement::new(
    "platform.sessions_over_drop",
    "DELETE FROM platform_sessions WHERE id IN (
         SELECT id FROM platform_sessions WHERE seen_at <= ?1 OR began_at <= ?2 ORDER BY seen_at LIMIT ?3)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &INSERT,
    &FETCH,
    &LIST,
    &SEEN,
    &END,
    &OTHERS_END,
    &OLDEST_DROP,
    &OVER_DROP,
];

fn session(row: &Row) -> Result<Session, DbError> {
    Ok(Session {
        id: SessionId::new(row.int(0)?),
        user: row.id::<kinds::User>(1)?,
        name: row.text(2)?.to_owned(),
        guilds: listed(row.text(3)?),
        agent: row.text(4)?.to_owned(),
        began_at: row.timestamp(5)?,
        seen_at: row.timestamp(6)?,
        was_shown_around: row.bool(7)?,
    })
}

/// Ids with spaces between them.
fn listed(text: &str) -> Vec<GuildId> {
    let ids = text.split_whitespace();
    ids.filter_map(|id| id.parse().ok()).collect()
}

fn written(guilds: &[GuildId]) -> String {
    let ids: Vec<String> = guilds.iter().map(ToString::to_string).collect();
    ids.join(" ")
}

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    ticket: TicketDigest,
    session: &Session,
) -> Result<(), DbError> {
    let values = vec![
        ticket.to_column().into(),
        session.id.get().into(),
        session.user.to_column().into(),
        session.name.as_str().into(),
        written(&session.guilds).into(),
        session.agent.as_str().into(),
        session.began_at.into(),
    ];
    tx.queue(&INSERT, values)
}

pub(crate) fn fetch(tx: &mut Tx<'_>, ticket: TicketDigest) -> Result<Option<Session>, DbError> {
    let row = tx.row(&FETCH, &[ticket.to_column().into()])?;
    row.map(|row| session(&row)).transpose()
}

pub(crate) fn list(tx: &mut Tx<'_>, user: UserId, limit: u32) -> Result<Vec<Session>, DbError> {
    let rows = tx.rows(&LIST, &[user.to_column().into(), limit.into()])?;
    rows.iter().map(session).collect()
}

pub(crate) fn seen(tx: &mut Tx<'_>, id: SessionId, at: Timestamp) -> Result<(), DbError> {
    tx.queue(&SEEN, vec![id.get().into(), at.into()])
}

pub(crate) fn end(tx: &mut Tx<'_>, user: UserId, id: SessionId) -> Result<bool, DbError> {
    let values = [user.to_column().into(), id.get().into()];
    Ok(tx.execute(&END, &values)? == 1)
}

pub(crate) fn others_end(tx: &mut Tx<'_>, user: UserId, kept: SessionId) -> Result<u64, DbError> {
    let values = [user.to_column().into(), kept.get().into()];
    tx.execute(&OTHERS_END, &values)
}

/// Drops what goes beyond the newest of a person.
pub(crate) fn oldest_drop(tx: &mut Tx<'_>, user: UserId, kept: u32) -> Result<u64, DbError> {
    tx.execute(&OLDEST_DROP, &[user.to_column().into(), kept.into()])
}

/// Drops those last seen, or begun, by these moments.
pub(crate) fn over_drop(
    tx: &mut Tx<'_>,
    seen_by: Timestamp,
    began_by: Timestamp,
    limit: u32,
) -> Result<u64, DbError> {
    let values = [seen_by.into(), began_by.into(), limit.into()];
    tx.execute(&OVER_DROP, &values)
}
