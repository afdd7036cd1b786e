//! What is looked at rather than changed: one member's holdings, the leaderboard, the supply.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Coins, GuildId, Timestamp, UserId};

use super::accounts::kind_column;
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
}

const HOLDING_FETCH: Statement = Statement::new(
    "economy.holding_fetch",
    "SELECT a.balance, a.held, COALESCE(b.balance, 0), COALESCE(e.balance, 0), a.frozen, a.version,
     COALESCE(d.streak, 0), d.last_at, COALESCE(d.lapses_at, 0)
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
const RANK_BY_STREAK: Statement = Statement::new(
    "economy.rank_by_streak",
    "SELECT p.user_id, page.value FROM (
       SELECT d.person, d.streak AS value FROM economy_dailies d
       WHERE d.guild = ?1 AND d.streak > 0 AND d.lapses_at > ?4
       ORDER BY d.streak DESC, d.person LIMIT ?2 OFFSET ?3) page
     JOIN economy_people p ON p.person = page.person ORDER BY page.value DESC, page.person",
);
const SUPPLY_STORED: Statement = Statement::new(
    "economy.supply_stored",
    "SELECT kind, CAST(SUM(balance) AS BIGINT) FROM economy_accounts
     WHERE guild = ?1 AND balance IS NOT NULL GROUP BY kind ORDER BY kind",
);
const SUPPLY_FLOWS: Statement = Statement::new(
    "economy.supply_flows",
    "SELECT a.kind, a.name, COALESCE(r.balance, 0)
     + COALESCE((SELECT CAST(SUM(t.amount) AS BIGINT) FROM economy_transfers t
         WHERE t.credit = a.id AND t.seq > COALESCE(r.through, 0) AND t.phase IN (0, 2)), 0)
     - COALESCE((SELECT CAST(SUM(t.amount) AS BIGINT) FROM economy_transfers t
         WHERE t.debit = a.id AND t.seq > COALESCE(r.through, 0) AND t.phase IN (0, 2)), 0)
     FROM economy_accounts a LEFT JOIN economy_rollups r ON r.account = a.id
     WHERE a.guild = ?1 AND a.kind IN (6, 7) ORDER BY a.kind, a.name LIMIT ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &HOLDING_FETCH,
    &RANK_BY_BALANCE,
    &RANK_BY_STREAK,
    &SUPPLY_STORED,
    &SUPPLY_FLOWS,
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
        })
    })
    .transpose()
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

/// What all accounts of each kind store together.
pub(crate) fn supply_stored(
    tx: &mut Tx<'_>,
    guild: GuildId,
) -> Result<Vec<(AccountKind, Coins)>, DbError> {
    let rows = tx.rows(&SUPPLY_STORED, &[guild.into()])?;
    let read = |row: &Row| Ok((kind_column(row, 0)?, row.coins(1)?));
    rows.iter().map(read).collect()
}

/// What each faucet gave, below zero, and each sink took.
pub(crate) fn supply_flows(
    tx: &mut Tx<'_>,
    guild: GuildId,
    limit: u32,
) -> Result<Vec<(AccountKind, String, Coins)>, DbError> {
    let rows = tx.rows(&SUPPLY_FLOWS, &[guild.into(), limit.into()])?;
    let read = |row: &Row| {
        let name = row.text(1)?.to_owned();
        Ok((kind_column(row, 0)?, name, row.coins(2)?))
    };
    rows.iter().map(read).collect()
}
