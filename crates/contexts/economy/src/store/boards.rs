//! What is looked at rather than changed: one member's holdings, the leaderboard, the supply.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Coins, GuildId, Timestamp, UserId};

use super::accounts::{AccountKey, kind_column};
use crate::account::AccountKind;

/// Everything one member has.
#[derive(Debug, Clone)]
pub(crate) struct Holding {
    pub(crate) balance: Coins,
    pub(crate) held: Coins,
    pub(crate) bank: Coins,
    pub(crate) debt: Coins,
    pub(crate) frozen: bool,
    pub(crate) version: i64,
    pub(crate) streak: i64,
    pub(crate) last_at: Option<Timestamp>,
    pub(crate) lapses_at: Timestamp,
    pub(crate) heads: [ChainHead; 3],
}

/// An account, and where its chain begins; both zero where it was never opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChainHead {
    pub(crate) account: AccountKey,
    pub(crate) last: i64,
}

const HOLDING_FETCH: Statement = Statement::new(
    "economy.holding_fetch",
    "SELECT a.balance, a.held, COALESCE(b.balance, 0), COALESCE(e.balance, 0), a.frozen, a.version,
     COALESCE(d.streak, 0), d.last_at, COALESCE(d.lapses_at, 0),
     a.id, a.last, COALESCE(b.id, 0), COALESCE(b.last, 0), COALESCE(e.id, 0), COALESCE(e.last, 0)
     FROM economy_people p JOIN economy_accounts a ON a.id = p.person
     LEFT JOIN economy_accounts b ON b.guild = p.guild AND b.kind = 2 AND b.owner = p.person AND b.name = ''
     LEFT JOIN economy_accounts e ON e.guild = p.guild AND e.kind = 5 AND e.owner = p.person AND e.name = ''
     LEFT JOIN economy_dailies d ON d.person = p.person
     WHERE p.guild = ?1 AND p.user_id = ?2",
);
// The page is cut out of the index alone; only its own rows are then joined with their people.
const RANK_BY_BALANCE: Statement = Statement::new(
    "economy.rank_by_balance",
    "SELECT p.user_id, page.value FROM (
       SELECT a.id AS person, a.balance AS value FROM economy_accounts a
       WHERE a.guild = ?1 AND a.listed AND a.balance > 0 ORDER BY a.balance DESC, a.id LIMIT ?2 OFFSET ?3) page
     JOIN economy_people p ON p.person = page.person ORDER BY page.value DESC, page.person",
);
const HOLDER_LIST: Statement = Statement::new(
    "economy.holder_list",
    "SELECT page.person, page.value, p.user_id FROM (
       SELECT a.id AS person, a.balance AS value FROM economy_accounts a
       WHERE a.guild = ?1 AND a.listed AND a.balance > 0 AND a.balance <= ?2 AND (a.balance < ?2 OR a.id > ?3)
       ORDER BY a.balance DESC, a.id LIMIT ?4) page
     LEFT JOIN economy_people p ON p.person = page.person ORDER BY page.value DESC, page.person",
);
const RANK_BY_STREAK: Statement = Statement::new(
    "economy.rank_by_streak",
    "SELECT p.user_id, page.value FROM (
       SELECT d.person, d.streak AS value FROM economy_dailies d
       WHERE d.guild = ?1 AND d.streak > 0 AND d.lapses_at > ?4
       ORDER BY d.streak DESC, d.person LIMIT ?2 OFFSET ?3) page
     JOIN economy_people p ON p.person = page.person ORDER BY page.value DESC, page.person",
);
// One statement, so that what is stored and what flowed are seen at one moment.
const SUPPLY_LIST: Statement = Statement::new(
    "economy.supply_list",
    "SELECT a.kind, '' AS name, CAST(SUM(a.balance) AS BIGINT) AS coins FROM economy_accounts a
     WHERE a.guild = ?1 AND a.balance IS NOT NULL GROUP BY a.kind
     UNION ALL
     SELECT a.kind, a.name, COALESCE(s.balance, 0)
     + COALESCE((SELECT CAST(SUM(CASE WHEN t.credit = a.id THEN t.amount ELSE -t.amount END) AS BIGINT)
         FROM economy_transfers t WHERE t.guild = ?1
         AND t.seq > COALESCE((SELECT w.through FROM economy_watermarks w WHERE w.guild = ?1), 0)
         AND t.phase IN (0, 2) AND (t.debit = a.id OR t.credit = a.id)), 0)
     FROM economy_accounts a LEFT JOIN economy_sums s ON s.account = a.id
     WHERE a.guild = ?1 AND a.balance IS NULL
     ORDER BY 1, 2 LIMIT ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &HOLDING_FETCH,
    &RANK_BY_BALANCE,
    &HOLDER_LIST,
    &RANK_BY_STREAK,
    &SUPPLY_LIST,
];

pub(crate) fn holding_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<Option<Holding>, DbError> {
    let row = tx.row(&HOLDING_FETCH, &[guild.into(), user.into()])?;
    row.map(|row| {
        Ok(Holding {
            balance: row.coins(0)?,
            held: row.coins(1)?,
            bank: row.coins(2)?,
            debt: row.coins(3)?,
            frozen: row.bool(4)?,
            version: row.int(5)?,
            streak: row.int(6)?,
            last_at: row.maybe(7, Row::timestamp)?,
            lapses_at: row.timestamp(8)?,
            heads: [head(&row, 9)?, head(&row, 11)?, head(&row, 13)?],
        })
    })
    .transpose()
}

fn head(row: &Row, column: usize) -> Result<ChainHead, DbError> {
    Ok(ChainHead {
        account: AccountKey(row.int(column)?),
        last: row.int(column.saturating_add(1))?,
    })
}

fn ranked(row: &Row) -> Result<(UserId, i64), DbError> {
    Ok((row.id(0)?, row.int(1)?))
}

/// Members by what is in their purses, the richest first.
pub(crate) fn rank_by_balance(
    tx: &mut Tx<'_>,
    guild: GuildId,
    offset: u32,
    limit: u32,
) -> Result<Vec<(UserId, i64)>, DbError> {
    let rows = tx.rows(
        &RANK_BY_BALANCE,
        &[guild.into(), limit.into(), offset.into()],
    )?;
    rows.iter().map(ranked).collect()
}

/// A purse with something in it; nobody's where its person was erased at this very moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder {
    pub(crate) purse: AccountKey,
    pub(crate) value: i64,
    pub(crate) user: Option<UserId>,
}

/// Purses by what is in them, the fullest first, after one of them.
pub(crate) fn holder_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    (value, purse): (i64, AccountKey),
    limit: u32,
) -> Result<Vec<Holder>, DbError> {
    let values = [guild.into(), value.into(), purse.0.into(), limit.into()];
    let holder = |row: &Row| {
        Ok(Holder {
            purse: AccountKey(row.int(0)?),
            value: row.int(1)?,
            user: row.maybe(2, Row::id)?,
        })
    };
    tx.rows(&HOLDER_LIST, &values)?.iter().map(holder).collect()
}

/// Members by the streak that goes on, the longest first.
pub(crate) fn rank_by_streak(
    tx: &mut Tx<'_>,
    guild: GuildId,
    offset: u32,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<(UserId, i64)>, DbError> {
    let values = [guild.into(), limit.into(), offset.into(), now.into()];
    let rows = tx.rows(&RANK_BY_STREAK, &values)?;
    rows.iter().map(ranked).collect()
}

/// What all accounts of each kind store together, each faucet gave, below zero, and each sink took.
pub(crate) fn supply_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    limit: u32,
) -> Result<Vec<(AccountKind, String, Coins)>, DbError> {
    let rows = tx.rows(&SUPPLY_LIST, &[guild.into(), limit.into()])?;
    let read = |row: &Row| {
        let name = row.text(1)?.to_owned();
        Ok((kind_column(row, 0)?, name, row.coins(2)?))
    };
    rows.iter().map(read).collect()
}
