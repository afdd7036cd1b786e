//! Comparing what is stored with what the journal says, and putting right what differs.
//!
//! Each comparison is one statement, so that it sees one state of the database on either engine.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Amount, Coins, GuildId};

use super::accounts::{AccountKey, kind_column};
use crate::{account::AccountKind, journal::Phase};

/// An account as it is stored, beside what the journal says of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison {
    pub(crate) account: AccountKey,
    pub(crate) guild: GuildId,
    pub(crate) kind: AccountKind,
    /// For faucets and sinks, which store none: what the journal says.
    pub(crate) balance: Coins,
    pub(crate) held: Coins,
    pub(crate) held_open: Coins,
    pub(crate) journal_balance: Coins,
    pub(crate) journal_held: Coins,
}

/// A journal row with what it must agree with.
#[derive(Debug, Clone)]
pub(crate) struct Witness {
    pub(crate) guild: GuildId,
    pub(crate) seq: i64,
    pub(crate) debit: AccountKey,
    pub(crate) credit: AccountKey,
    pub(crate) amount: Amount,
    pub(crate) debit_guild: Option<i64>,
    pub(crate) credit_guild: Option<i64>,
    pub(crate) reverses: Option<Named>,
    pub(crate) resolves: Option<Named>,
}

/// A row that another one names; without content where there is none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    pub(crate) found: Option<(Phase, AccountKey, AccountKey, Amount)>,
}

// What the journal says: the sums up to the guild's watermark, and the rows after it.
const COMPARE_LIST: Statement = Statement::new(
    "economy.compare_list",
    "SELECT a.id, a.kind, COALESCE(a.balance, COALESCE(s.balance, 0) + COALESCE(y.coins, 0)), a.held,
     COALESCE((SELECT CAST(SUM(h.amount) AS BIGINT) FROM economy_holds h WHERE h.account = a.id), 0),
     COALESCE(s.balance, 0) + COALESCE(y.coins, 0), COALESCE(s.held, 0) + COALESCE(y.held, 0)
     FROM economy_accounts a LEFT JOIN economy_sums s ON s.account = a.id
     LEFT JOIN (
       SELECT x.account, CAST(SUM(x.coins) AS BIGINT) AS coins, CAST(SUM(x.held) AS BIGINT) AS held FROM (
         SELECT t.debit AS account, CASE WHEN t.phase IN (0, 2) THEN -t.amount ELSE 0 END AS coins,
         CASE WHEN t.phase = 1 THEN t.amount WHEN t.phase = 0 THEN 0 ELSE -COALESCE(o.amount, 0) END AS held
         FROM economy_transfers t LEFT JOIN economy_transfers o ON o.guild = t.guild AND o.seq = t.resolves
         WHERE t.guild = ?1
         AND t.seq > COALESCE((SELECT w.through FROM economy_watermarks w WHERE w.guild = ?1), 0)
         UNION ALL
         SELECT t.credit, t.amount, 0 FROM economy_transfers t WHERE t.guild = ?1 AND t.phase IN (0, 2)
         AND t.seq > COALESCE((SELECT w.through FROM economy_watermarks w WHERE w.guild = ?1), 0)
       ) x GROUP BY x.account) y ON y.account = a.id
     WHERE a.guild = ?1 AND a.id > ?2 ORDER BY a.id LIMIT ?3",
);
const COMPARE_ONE: Statement = Statement::new(
    "economy.compare_one",
    "SELECT a.id, a.kind, COALESCE(a.balance, COALESCE(s.balance, 0) + COALESCE(y.coins, 0)), a.held,
     COALESCE((SELECT CAST(SUM(h.amount) AS BIGINT) FROM economy_holds h WHERE h.account = a.id), 0),
     COALESCE(s.balance, 0) + COALESCE(y.coins, 0), COALESCE(s.held, 0) + COALESCE(y.held, 0)
     FROM economy_accounts a LEFT JOIN economy_sums s ON s.account = a.id
     LEFT JOIN (
       SELECT x.account, CAST(SUM(x.coins) AS BIGINT) AS coins, CAST(SUM(x.held) AS BIGINT) AS held FROM (
         SELECT t.debit AS account, CASE WHEN t.phase IN (0, 2) THEN -t.amount ELSE 0 END AS coins,
         CASE WHEN t.phase = 1 THEN t.amount WHEN t.phase = 0 THEN 0 ELSE -COALESCE(o.amount, 0) END AS held
         FROM economy_transfers t LEFT JOIN economy_transfers o ON o.guild = t.guild AND o.seq = t.resolves
         WHERE t.guild = ?1
         AND t.seq > COALESCE((SELECT w.through FROM economy_watermarks w WHERE w.guild = ?1), 0)
         UNION ALL
         SELECT t.credit, t.amount, 0 FROM economy_transfers t WHERE t.guild = ?1 AND t.phase IN (0, 2)
         AND t.seq > COALESCE((SELECT w.through FROM economy_watermarks w WHERE w.guild = ?1), 0)
       ) x GROUP BY x.account) y ON y.account = a.id
     WHERE a.id = ?2",
);
const WITNESS_LIST: Statement = Statement::new(
    "economy.witness_list",
    "SELECT t.guild, t.seq, t.debit, t.credit, t.amount, d.guild, c.guild,
     t.reverses, o.phase, o.debit, o.credit, o.amount, t.resolves, s.phase, s.debit, s.credit, s.amount
     FROM (SELECT * FROM economy_transfers WHERE (guild, seq) > (?1, ?2) ORDER BY guild, seq LIMIT ?3) t
     LEFT JOIN economy_accounts d ON d.id = t.debit
     LEFT JOIN economy_accounts c ON c.id = t.credit
     LEFT JOIN economy_transfers o ON o.guild = t.guild AND o.seq = t.reverses
     LEFT JOIN economy_transfers s ON s.guild = t.guild AND s.seq = t.resolves
     ORDER BY t.guild, t.seq",
);
const GUILD_NEXT: Statement = Statement::new(
    "economy.guild_next",
    "SELECT guild FROM economy_accounts WHERE guild > ?1 ORDER BY guild LIMIT 1",
);
const GUILD_SUM: Statement = Statement::new(
    "economy.guild_sum",
    "SELECT CAST(COALESCE(SUM(part.coins), 0) AS BIGINT) FROM (
       SELECT COALESCE(a.balance, s.balance, 0) AS coins
       FROM economy_accounts a LEFT JOIN economy_sums s ON s.account = a.id WHERE a.guild = ?1
       UNION ALL
       SELECT CASE WHEN a.id = t.credit THEN t.amount ELSE -t.amount END
       FROM economy_transfers t JOIN economy_accounts a ON a.id IN (t.debit, t.credit) AND a.balance IS NULL
       WHERE t.guild = ?1 AND t.phase IN (0, 2)
       AND t.seq > COALESCE((SELECT w.through FROM economy_watermarks w WHERE w.guild = ?1), 0)
     ) part",
);
const BALANCE_PUT: Statement = Statement::new(
    "economy.balance_put",
    "UPDATE economy_accounts SET balance = ?2, held = ?3, version = version + 1 WHERE id = ?1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &COMPARE_LIST,
    &COMPARE_ONE,
    &WITNESS_LIST,
    &GUILD_NEXT,
    &GUILD_SUM,
    &BALANCE_PUT,
];

fn comparison(row: &Row, guild: GuildId) -> Result<Comparison, DbError> {
    Ok(Comparison {
        account: AccountKey(row.int(0)?),
        guild,
        kind: kind_column(row, 1)?,
        balance: row.coins(2)?,
        held: row.coins(3)?,
        held_open: row.coins(4)?,
        journal_balance: row.coins(5)?,
        journal_held: row.coins(6)?,
    })
}

/// A chunk of a guild's accounts after a number.
pub(crate) fn compare_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    after: AccountKey,
    limit: u32,
) -> Result<Vec<Comparison>, DbError> {
    let rows = tx.rows(&COMPARE_LIST, &[guild.into(), after.0.into(), limit.into()])?;
    rows.iter().map(|row| comparison(row, guild)).collect()
}

/// One account; locked before, it stays as it is.
pub(crate) fn compare_one(
    tx: &mut Tx<'_>,
    guild: GuildId,
    account: AccountKey,
) -> Result<Option<Comparison>, DbError> {
    let row = tx.row(&COMPARE_ONE, &[guild.into(), account.0.into()])?;
    row.map(|row| comparison(&row, guild)).transpose()
}

fn phase(row: &Row, column: usize) -> Result<Phase, DbError> {
    let code = row.int(column)?;
    Phase::of_code(code).ok_or_else(|| DbError::Shape {
        statement: "economy.witness_list".to_owned(),
        column,
        expected: "a phase",
        found: code.to_string(),
    })
}

fn named(row: &Row, column: usize) -> Result<Option<Named>, DbError> {
    let next = |step: usize| column.saturating_add(step);
    if row.is_null(column) {
        return Ok(None);
    }
    let found = row.maybe(next(1), phase)?.map(|phase| {
        let debit = AccountKey(row.int(next(2))?);
        let credit = AccountKey(row.int(next(3))?);
        Ok::<_, DbError>((phase, debit, credit, row.amount(next(4))?))
    });
    let found = found.transpose()?;
    Ok(Some(Named { found }))
}

fn witness(row: &Row) -> Result<Witness, DbError> {
    Ok(Witness {
        guild: row.id(0)?,
        seq: row.int(1)?,
        debit: AccountKey(row.int(2)?),
        credit: AccountKey(row.int(3)?),
        amount: row.amount(4)?,
        debit_guild: row.maybe(5, Row::int)?,
        credit_guild: row.maybe(6, Row::int)?,
        reverses: named(row, 7)?,
        resolves: named(row, 12)?,
    })
}

/// A chunk of the journal after a guild and a place in it.
pub(crate) fn witness_list(
    tx: &mut Tx<'_>,
    (guild, seq): (i64, i64),
    limit: u32,
) -> Result<Vec<Witness>, DbError> {
    let rows = tx.rows(&WITNESS_LIST, &[guild.into(), seq.into(), limit.into()])?;
    rows.iter().map(witness).collect()
}

/// The next guild that has accounts.
pub(crate) fn guild_next(tx: &mut Tx<'_>, after: i64) -> Result<Option<GuildId>, DbError> {
    let row = tx.row(&GUILD_NEXT, &[after.into()])?;
    row.map(|row| row.id(0)).transpose()
}

/// All balances of a guild together.
pub(crate) fn guild_sum(tx: &mut Tx<'_>, guild: GuildId) -> Result<Coins, DbError> {
    let row = tx.row(&GUILD_SUM, &[guild.into()])?;
    row.map_or(Ok(Coins::ZERO), |row| row.coins(0))
}

/// Stores what the journal says of a locked account.
pub(crate) fn balance_put(
    tx: &mut Tx<'_>,
    account: AccountKey,
    balance: Coins,
    held: Coins,
) -> Result<(), DbError> {
    let values = vec![account.0.into(), balance.into(), held.into()];
    tx.queue(&BALANCE_PUT, values)
}
