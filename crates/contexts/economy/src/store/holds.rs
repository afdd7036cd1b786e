//! Open reservations in the database. Each row follows from the journal and goes when the reservation is resolved.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Amount, GuildId, Timestamp};

use super::accounts::AccountKey;

/// A reservation that is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) guild: GuildId,
    pub(crate) pending: i64,
    pub(crate) account: AccountKey,
    pub(crate) amount: Amount,
    pub(crate) expires_at: Timestamp,
}

const HOLD_INSERT: Statement = Statement::new(
    "economy.hold_insert",
    "INSERT INTO economy_holds (guild, pending, account, amount, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
);
const HOLD_FETCH: Statement = Statement::new(
    "economy.hold_fetch",
    "SELECT guild, pending, account, amount, expires_at FROM economy_holds WHERE guild = ?1 AND pending = ?2",
);
const HOLD_DELETE: Statement = Statement::new(
    "economy.hold_delete",
    "DELETE FROM economy_holds WHERE guild = ?1 AND pending = ?2",
);
const HOLD_LIST_DUE: Statement = Statement::new(
    "economy.hold_list_due",
    "SELECT guild, pending, account, amount, expires_at FROM economy_holds
     WHERE expires_at <= ?1 ORDER BY expires_at, guild, pending LIMIT ?2",
);
const HOLDS_DELETE: Statement = Statement::new(
    "economy.holds_delete",
    "DELETE FROM economy_holds WHERE account = ?1",
);
const HOLDS_REBUILD: Statement = Statement::new(
    "economy.holds_rebuild",
    "INSERT INTO economy_holds (guild, pending, account, amount, expires_at)
     SELECT t.guild, t.seq, t.debit, t.amount, t.expires_at FROM economy_transfers t
     WHERE t.debit = ?1 AND t.phase = 1 AND NOT EXISTS (
       SELECT 1 FROM economy_transfers s WHERE s.guild = t.guild AND s.resolves = t.seq)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &HOLD_INSERT,
    &HOLD_FETCH,
    &HOLD_DELETE,
    &HOLD_LIST_DUE,
    &HOLDS_DELETE,
    &HOLDS_REBUILD,
];

fn hold(row: &Row) -> Result<Hold, DbError> {
    Ok(Hold {
        guild: row.id(0)?,
        pending: row.int(1)?,
        account: AccountKey(row.int(2)?),
        amount: row.amount(3)?,
        expires_at: row.timestamp(4)?,
    })
}

pub(crate) fn hold_insert(tx: &mut Tx<'_>, hold: &Hold) -> Result<(), DbError> {
    let values = vec![
        hold.guild.into(),
        hold.pending.into(),
        hold.account.0.into(),
        hold.amount.into(),
        hold.expires_at.into(),
    ];
    tx.queue(&HOLD_INSERT, values)
}

pub(crate) fn hold_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    pending: i64,
) -> Result<Option<Hold>, DbError> {
    let row = tx.row(&HOLD_FETCH, &[guild.into(), pending.into()])?;
    row.as_ref().map(hold).transpose()
}

pub(crate) fn hold_delete(tx: &mut Tx<'_>, guild: GuildId, pending: i64) -> Result<(), DbError> {
    tx.queue(&HOLD_DELETE, vec![guild.into(), pending.into()])
}

/// Reservations whose time is over, the oldest first.
pub(crate) fn hold_list_due(
    tx: &mut Tx<'_>,
    at: Timestamp,
    limit: u32,
) -> Result<Vec<Hold>, DbError> {
    let rows = tx.rows(&HOLD_LIST_DUE, &[at.into(), limit.into()])?;
    rows.iter().map(hold).collect()
}

/// Derives the open reservations of a locked account from the journal again.
pub(crate) fn holds_rebuild(tx: &mut Tx<'_>, account: AccountKey) -> Result<(), DbError> {
    tx.queue(&HOLDS_DELETE, vec![account.0.into()])?;
    tx.queue(&HOLDS_REBUILD, vec![account.0.into()])
}
