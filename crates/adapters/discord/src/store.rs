//! What this adapter keeps over restarts: sessions, when sessions were started, and what was registered.

use kernel::{ApplicationId, Span, Timestamp};
use store::{DbError, Migration, Row, Statement, Tx, Value};

/// The tables of this adapter.
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 3,
    name: "discord",
    up: include_str!("../migrations/0003_discord.up.sql"),
    down: include_str!("../migrations/0003_discord.down.sql"),
}];

/// Every statement, so that a test can prepare all of them on each engine.
pub const STATEMENTS: &[&Statement] = &[
    &SESSION_FETCH,
    &SESSION_UPSERT,
    &SESSION_DELETE,
    &IDENTIFY_LOCK,
    &IDENTIFY_DELETE_OLD,
    &IDENTIFY_COUNT,
    &IDENTIFY_LAST,
    &IDENTIFY_SET_BACK,
    &IDENTIFY_INSERT,
    &REGISTRATION_FETCH,
    &REGISTRATION_UPSERT,
];

const SESSION_FETCH: Statement = Statement::new(
    "discord.session_fetch",
    "SELECT session, resume_url, sequence FROM discord_sessions
     WHERE application = ?1 AND shard = ?2 AND shards = ?3",
);
const SESSION_UPSERT: Statement = Statement::new(
    "discord.session_upsert",
    "INSERT INTO discord_sessions (application, shard, shards, session, resume_url, sequence, saved_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT (application, shard) DO UPDATE SET shards = excluded.shards, session = excluded.session,
     resume_url = excluded.resume_url, sequence = excluded.sequence, saved_at = excluded.saved_at",
);
const SESSION_DELETE: Statement = Statement::new(
    "discord.session_delete",
    "DELETE FROM discord_sessions WHERE application = ?1 AND shard = ?2",
);
// One that asks at a time: what it reads is all that those before it committed, whichever process they are of.
const IDENTIFY_LOCK: Statement = Statement::worded(
    "discord.identify_lock",
    "SELECT 1",
    "SELECT 1 FROM (SELECT pg_advisory_xact_lock(7103117)) AS held",
);
const IDENTIFY_DELETE_OLD: Statement = Statement::new(
    "discord.identify_delete_old",
    "DELETE FROM discord_identifies WHERE application = ?1 AND at <= ?2",
);
const IDENTIFY_COUNT: Statement = Statement::new(
    "discord.identify_count",
    "SELECT COUNT(*), COALESCE(MIN(at), 0), COALESCE(MAX(at), 0) FROM discord_identifies WHERE application = ?1",
);
const IDENTIFY_LAST: Statement = Statement::new(
    "discord.identify_last",
    "SELECT COALESCE(MAX(at), 0) FROM discord_identifies WHERE application = ?1 AND bucket = ?2",
);
const IDENTIFY_SET_BACK: Statement = Statement::new(
    "discord.identify_set_back",
    "UPDATE discord_identifies SET at = at - ?3 WHERE application = ?1 AND at > ?2",
);
const IDENTIFY_INSERT: Statement = Statement::new(
    "discord.identify_insert",
    "INSERT INTO discord_identifies (application, bucket, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
);
const REGISTRATION_FETCH: Statement = Statement::new(
    "discord.registration_fetch",
    "SELECT digest FROM discord_registrations WHERE application = ?1",
);
const REGISTRATION_UPSERT: Statement = Statement::new(
    "discord.registration_upsert",
    "INSERT INTO discord_registrations (application, digest, at) VALUES (?1, ?2, ?3)
     ON CONFLICT (application) DO UPDATE SET digest = excluded.digest, at = excluded.at",
);

/// A session as it is stored: all that resuming it takes besides the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredSession {
    pub(crate) id: String,
    pub(crate) resume_url: String,
    pub(crate) sequence: u64,
}

/// One shard of so many of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ShardKey {
    pub(crate) application: ApplicationId,
    pub(crate) shard: u32,
    pub(crate) shards: u32,
}

/// When sessions were started lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdentifyHistory {
    /// How many in the last 24 hours.
    pub(crate) count: u32,
    /// The first of these.
    pub(crate) first: Timestamp,
    /// The last of these.
    pub(crate) last: Timestamp,
    /// The last one of the bucket that was asked for.
    pub(crate) last_in_bucket: Timestamp,
}

fn natural(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// The stored session of a shard, where it was one of as many shards as now.
pub(crate) fn session_fetch(
    tx: &mut Tx<'_>,
    key: ShardKey,
) -> Result<Option<StoredSession>, DbError> {
    let values = [key.application.into(), key.shard.into(), key.shards.into()];
    let stored = |row: Row| {
        Ok(StoredSession {
            id: row.text(0)?.to_owned(),
            resume_url: row.text(1)?.to_owned(),
            sequence: natural(row.int(2)?),
        })
    };
    tx.row(&SESSION_FETCH, &values)?.map(stored).transpose()
}

/// Stores a session.
pub(crate) fn session_upsert(
    tx: &mut Tx<'_>,
    key: ShardKey,
    session: &StoredSession,
    now: Timestamp,
) -> Result<(), DbError> {
    let values: Vec<Value> = vec![
        key.application.into(),
        key.shard.into(),
        key.shards.into(),
        (&session.id).into(),
        (&session.resume_url).into(),
        i64::try_from(session.sequence).unwrap_or(i64::MAX).into(),
        now.into(),
    ];
    tx.queue(&SESSION_UPSERT, values)
}

/// Forgets a session that Discord will not resume.
pub(crate) fn session_delete(tx: &mut Tx<'_>, key: ShardKey) -> Result<(), DbError> {
    tx.queue(
        &SESSION_DELETE,
        vec![key.application.into(), key.shard.into()],
    )
}

/// Waits until nobody else asks whether a session may be started, and keeps the others waiting to the commit.
pub(crate) fn identify_lock(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.row(&IDENTIFY_LOCK, &[]).map(drop)
}

/// How many sessions were started in the 24 hours before `now`; older ones are forgotten. What stands ahead of `now` was
/// noted before the clock was set back, and is moved back such that its last is of now: else none could be started until
/// the clock is there again.
pub(crate) fn identify_history(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    bucket: u32,
    now: Timestamp,
) -> Result<IdentifyHistory, DbError> {
    let day_ago = now.before(Span::days(1));
    tx.execute(&IDENTIFY_DELETE_OLD, &[application.into(), day_ago.into()])?;
    let moment = |rows: &[Row], column| match rows.first() {
        Some(row) => row.timestamp(column),
        None => Ok(Timestamp::from_micros(0)),
    };
    let mut all = tx.rows(&IDENTIFY_COUNT, &[application.into()])?;
    let last = moment(&all, 2)?;
    if last > now {
        let ahead = last.since(now).as_micros();
        let values = [application.into(), now.into(), ahead.into()];
        tx.execute(&IDENTIFY_SET_BACK, &values)?;
        all = tx.rows(&IDENTIFY_COUNT, &[application.into()])?;
    }
    let of_bucket = tx.rows(&IDENTIFY_LAST, &[application.into(), bucket.into()])?;
    let count = all.first().map_or(Ok(0), |row| row.int(0))?;
    Ok(IdentifyHistory {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        first: moment(&all, 1)?,
        last: moment(&all, 2)?,
        last_in_bucket: moment(&of_bucket, 0)?,
    })
}

/// Notes that a session is being started.
pub(crate) fn identify_insert(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    bucket: u32,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.queue(
        &IDENTIFY_INSERT,
        vec![application.into(), bucket.into(), now.into()],
    )
}

/// The digest of the commands that are registered.
pub(crate) fn registration_fetch(
    tx: &mut Tx<'_>,
    application: ApplicationId,
) -> Result<Option<String>, DbError> {
    let row = tx.row(&REGISTRATION_FETCH, &[application.into()])?;
    row.map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// Notes what was registered.
pub(crate) fn registration_upsert(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    digest: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.queue(
        &REGISTRATION_UPSERT,
        vec![application.into(), digest.into(), now.into()],
    )
}
