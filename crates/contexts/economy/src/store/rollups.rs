//! Sums of the journal by account in the database, up to a place in each guild's journal.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Coins, GuildId};

use super::accounts::AccountKey;

/// What one row of the journal changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) seq: i64,
    pub(crate) debit: AccountKey,
    pub(crate) credit: AccountKey,
    /// What moves.
    pub(crate) coins: i64,
    /// What is held back more, or less, on the debited side.
    pub(crate) held: i64,
}

/// Coins and held coins of an account, or changes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sum {
    pub(crate) balance: Coins,
    pub(crate) held: Coins,
}

const WATERMARK_FETCH: Statement = Statement::new(
    "economy.watermark_fetch",
    "SELECT through FROM economy_watermarks WHERE guild = ?1",
);
const WATERMARK_PUT: Statement = Statement::new(
    "economy.watermark_put",
    "INSERT INTO economy_watermarks (guild, through) VALUES (?1, ?3)
     ON CONFLICT (guild) DO UPDATE SET through = excluded.through WHERE economy_watermarks.through = ?2",
);
const CHANGE_LIST: Statement = Statement::new(
    "economy.change_list",
    "SELECT t.seq, t.debit, t.credit, CASE WHEN t.phase IN (0, 2) THEN t.amount ELSE 0 END,
     CASE WHEN t.phase = 1 THEN t.amount WHEN t.phase = 0 THEN 0 ELSE -COALESCE(o.amount, 0) END
     FROM economy_transfers t
     LEFT JOIN economy_transfers o ON o.guild = t.guild AND o.seq = t.resolves
     WHERE t.guild = ?1 AND t.seq > ?2 ORDER BY t.seq LIMIT ?3",
);
const SUM_ADD: Statement = Statement::new(
    "economy.sum_add",
    "INSERT INTO economy_sums (account, guild, balance, held) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (account) DO UPDATE SET balance = economy_sums.balance + excluded.balance,
     held = economy_sums.held + excluded.held",
);
const SUM_PUT: Statement = Statement::new(
    "economy.sum_put",
    "INSERT INTO economy_sums (account, guild, balance, held) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (account) DO UPDATE SET balance = excluded.balance, held = excluded.held",
);
const SUM_LIST: Statement = Statement::new(
    "economy.sum_list",
    "SELECT a.id, COALESCE(s.balance, 0), COALESCE(s.held, 0),
     COALESCE((SELECT w.through FROM economy_watermarks w WHERE w.guild = ?1), 0)
     FROM economy_accounts a LEFT JOIN economy_sums s ON s.account = a.id
     WHERE a.guild = ?1 AND a.id > ?2 ORDER BY a.id LIMIT ?3",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &WATERMARK_FETCH,
    &WATERMARK_PUT,
    &CHANGE_LIST,
    &SUM_ADD,
    &SUM_PUT,
    &SUM_LIST,
];

/// The place up to which a guild's journal is summed; zero at first.
pub(crate) fn watermark_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    let row = tx.row(&WATERMARK_FETCH, &[guild.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Moves the place forward; false where somebody else has moved it.
pub(crate) fn watermark_put(
    tx: &mut Tx<'_>,
    guild: GuildId,
    (was, now): (i64, i64),
) -> Result<bool, DbError> {
    Ok(tx.execute(&WATERMARK_PUT, &[guild.into(), was.into(), now.into()])? == 1)
}

/// What the rows after a place change, in their order.
pub(crate) fn change_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    after: i64,
    limit: u32,
) -> Result<Vec<Change>, DbError> {
    let rows = tx.rows(&CHANGE_LIST, &[guild.into(), after.into(), limit.into()])?;
    let change = |row: &Row| {
        Ok(Change {
            seq: row.int(0)?,
            debit: AccountKey(row.int(1)?),
            credit: AccountKey(row.int(2)?),
            coins: row.int(3)?,
            held: row.int(4)?,
        })
    };
    rows.iter().map(change).collect()
}

/// Adds to an account's sum.
pub(crate) fn sum_add(
    tx: &mut Tx<'_>,
    guild: GuildId,
    account: AccountKey,
    change: Sum,
) -> Result<(), DbError> {
    let (balance, held) = (change.balance.into(), change.held.into());
    tx.queue(
        &SUM_ADD,
        vec![account.0.into(), guild.into(), balance, held],
    )
}

/// Replaces an account's sum.
pub(crate) fn sum_put(
    tx: &mut Tx<'_>,
    guild: GuildId,
    account: AccountKey,
    sum: Sum,
) -> Result<(), DbError> {
    let (balance, held) = (sum.balance.into(), sum.held.into());
    tx.queue(
        &SUM_PUT,
        vec![account.0.into(), guild.into(), balance, held],
    )
}

/// The sums of a guild's accounts after a number, each with the place up to which it is summed.
pub(crate) fn sum_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    after: AccountKey,
    limit: u32,
) -> Result<Vec<(AccountKey, Sum, i64)>, DbError> {
    let rows = tx.rows(&SUM_LIST, &[guild.into(), after.0.into(), limit.into()])?;
    let read = |row: &Row| {
        let sum = Sum {
            balance: row.coins(1)?,
            held: row.coins(2)?,
        };
        Ok((AccountKey(row.int(0)?), sum, row.int(3)?))
    };
    rows.iter().map(read).collect()
}
