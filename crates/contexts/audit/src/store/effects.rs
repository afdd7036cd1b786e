//! How effects went, and which messages they made. None of this is part of the chain.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, MessageId, Timestamp};

use super::twenty;

const EFFECT_INSERT: Statement = Statement::new(
    "audit.effect_insert",
    "INSERT INTO audit_effects (owed, guild, entry, state, at) VALUES (?1, ?2, ?3, 'pending', ?4)
     ON CONFLICT (owed) DO NOTHING",
);
const EFFECT_SETTLE: Statement = Statement::new(
    "audit.effect_settle",
    "UPDATE audit_effects SET state = ?2, error = ?3, at = ?4 WHERE owed = ?1 AND state = 'pending'
     RETURNING guild, entry",
);
const EFFECT_AGAIN: Statement = Statement::new(
    "audit.effect_again",
    "UPDATE audit_effects SET state = 'pending', error = NULL, at = ?2 WHERE owed = ?1 AND state = 'failed'",
);
const EFFECT_LIST: Statement = Statement::new(
    "audit.effect_list",
    "SELECT entry, owed, state, error FROM audit_effects WHERE entry IN
     (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
);
const MESSAGE_INSERT: Statement = Statement::new(
    "audit.message_insert",
    "INSERT INTO audit_messages (guild, message, entry) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &EFFECT_INSERT,
    &EFFECT_SETTLE,
    &EFFECT_AGAIN,
    &EFFECT_LIST,
    &MESSAGE_INSERT,
];

/// How an effect went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredEffect {
    pub(crate) entry: i64,
    pub(crate) owed: i64,
    pub(crate) state: String,
    pub(crate) error: Option<String>,
}

pub(crate) fn effect_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entry: i64,
    owed: i64,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.queue(
        &EFFECT_INSERT,
        vec![owed.into(), guild.into(), entry.into(), at.into()],
    )
}

/// Settles a pending effect; gives the guild and entry it belongs to.
pub(crate) fn effect_settle(
    tx: &mut Tx<'_>,
    owed: i64,
    state: &str,
    error: Option<&str>,
    at: Timestamp,
) -> Result<Option<(GuildId, i64)>, DbError> {
    let values = [owed.into(), state.into(), error.into(), at.into()];
    let row = tx.row(&EFFECT_SETTLE, &values)?;
    row.map(|row| Ok((row.id(0)?, row.int(1)?))).transpose()
}

/// Has a failed effect wait again.
pub(crate) fn effect_wait(tx: &mut Tx<'_>, owed: i64, at: Timestamp) -> Result<(), DbError> {
    tx.queue(&EFFECT_AGAIN, vec![owed.into(), at.into()])
}

/// The effects of these entries, at most twenty entries at once.
pub(crate) fn effect_list(tx: &mut Tx<'_>, entries: &[i64]) -> Result<Vec<StoredEffect>, DbError> {
    let effect = |row: &Row| {
        Ok(StoredEffect {
            entry: row.int(0)?,
            owed: row.int(1)?,
            state: row.text(2)?.to_owned(),
            error: row.maybe(3, Row::text)?.map(str::to_owned),
        })
    };
    let rows = tx.rows(&EFFECT_LIST, &twenty(entries))?;
    rows.iter().map(effect).collect()
}

pub(crate) fn message_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    message: MessageId,
    entry: i64,
) -> Result<(), DbError> {
    tx.queue(
        &MESSAGE_INSERT,
        vec![guild.into(), message.into(), entry.into()],
    )
}
