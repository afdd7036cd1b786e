//! One member's place, how their purse came to what is in it, and what moved in a guild, in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Coins, GuildId, Snowflakes, Timestamp};

use super::{accounts::AccountKey, boards::ChainHead};
use crate::flows::FLOW_SLOT;

// Two ranges of the leaderboard's index: who has more, and who came to as much before.
const PLACE_COUNT: Statement = Statement::new(
    "economy.place_count",
    "SELECT COUNT(*) + (SELECT COUNT(*) FROM economy_accounts e
       WHERE e.guild = ?1 AND e.listed AND e.balance > 0 AND e.balance = ?2 AND e.id < ?3)
     FROM economy_accounts a WHERE a.guild = ?1 AND a.listed AND a.balance > 0 AND a.balance > ?2",
);
const HOLDER_COUNT: Statement = Statement::new(
    "economy.holder_count",
    "SELECT COUNT(*) FROM economy_accounts a WHERE a.guild = ?1 AND a.listed AND a.balance > 0",
);
// What is summed up of faucets and sinks, and what has flowed since: no member's account is looked at.
const CIRCULATING_FETCH: Statement = Statement::new(
    "economy.circulating_fetch",
    "SELECT COALESCE(CAST(SUM(CASE WHEN d.balance IS NULL THEN t.amount ELSE 0 END
         - CASE WHEN c.balance IS NULL THEN t.amount ELSE 0 END) AS BIGINT), 0)
     - COALESCE((SELECT CAST(SUM(s.balance) AS BIGINT)
       FROM economy_accounts a JOIN economy_sums s ON s.account = a.id
       WHERE a.guild = ?1 AND a.kind IN (6, 7)), 0)
     FROM economy_transfers t JOIN economy_accounts d ON d.id = t.debit JOIN economy_accounts c ON c.id = t.credit
     WHERE t.guild = ?1 AND t.phase IN (0, 2)
     AND t.seq > COALESCE((SELECT w.through FROM economy_watermarks w WHERE w.guild = ?1), 0)",
);
// An account's chain backwards to a moment.
const CHANGE_CHAIN: Statement = Statement::new(
    "economy.change_chain",
    "WITH RECURSIVE chain (step, at, change, prev) AS (
       SELECT CAST(1 AS BIGINT), t.at, CASE WHEN t.debit = ?2 THEN -t.amount ELSE t.amount END,
       CASE WHEN t.debit = ?2 THEN t.debit_prev ELSE t.credit_prev END
       FROM economy_transfers t WHERE t.guild = ?1 AND t.seq = ?3 AND (t.debit = ?2 OR t.credit = ?2)
       UNION ALL
       SELECT chain.step + 1, t.at, CASE WHEN t.debit = ?2 THEN -t.amount ELSE t.amount END,
       CASE WHEN t.debit = ?2 THEN t.debit_prev ELSE t.credit_prev END
       FROM chain JOIN economy_transfers t ON t.guild = ?1 AND t.seq = chain.prev
       WHERE chain.step < ?4 AND chain.at >= ?5 AND (t.debit = ?2 OR t.credit = ?2))
     SELECT chain.at, chain.change FROM chain WHERE chain.at >= ?5 ORDER BY chain.step",
);
// The newest rows are cut out of the journal first, so that a busy guild costs no more than that many.
const PULSE_LIST: Statement = Statement::new(
    "economy.pulse_list",
    "SELECT t.at / ?4 AS slot, COUNT(*), CAST(SUM(CASE WHEN t.kind = 'daily' THEN 1 ELSE 0 END) AS BIGINT),
     CAST(SUM(CASE WHEN t.kind = 'pay' THEN 1 ELSE 0 END) AS BIGINT),
     CAST(SUM(CASE WHEN d.balance IS NULL THEN t.amount ELSE 0 END
       - CASE WHEN c.balance IS NULL THEN t.amount ELSE 0 END) AS BIGINT)
     FROM (SELECT r.at, r.kind, r.amount, r.debit, r.credit FROM economy_transfers r
       WHERE r.guild = ?1 AND r.seq >= ?2 AND r.seq < ?3 AND r.phase IN (0, 2) ORDER BY r.seq DESC LIMIT ?5) t
     JOIN economy_accounts d ON d.id = t.debit JOIN economy_accounts c ON c.id = t.credit
     GROUP BY slot ORDER BY slot",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &PLACE_COUNT,
    &HOLDER_COUNT,
    &CIRCULATING_FETCH,
    &CHANGE_CHAIN,
    &PULSE_LIST,
];

fn number(row: Option<Row>) -> Result<i64, DbError> {
    row.map_or(Ok(0), |row| row.int(0))
}

/// How many members stand before a purse with this much in it.
pub(crate) fn place_count(
    tx: &mut Tx<'_>,
    guild: GuildId,
    purse: AccountKey,
    balance: Coins,
) -> Result<i64, DbError> {
    let values = [guild.into(), balance.into(), purse.0.into()];
    number(tx.row(&PLACE_COUNT, &values)?)
}

/// How many members have coins.
pub(crate) fn holder_count(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    number(tx.row(&HOLDER_COUNT, &[guild.into()])?)
}

/// What faucets gave and sinks have not taken.
pub(crate) fn circulating_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<Coins, DbError> {
    number(tx.row(&CIRCULATING_FETCH, &[guild.into()])?).map(Coins::new)
}

/// What moved coins of an account since a moment, newest first, at most `limit`: when, and by how much.
pub(crate) fn change_chain(
    tx: &mut Tx<'_>,
    guild: GuildId,
    head: ChainHead,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<(Timestamp, i64)>, DbError> {
    if head.last == 0 {
        return Ok(Vec::new());
    }
    let values = [
        guild.into(),
        head.account.0.into(),
        head.last.into(),
        limit.into(),
        since.into(),
    ];
    let change = |row: &Row| Ok((row.timestamp(0)?, row.int(1)?));
    tx.rows(&CHANGE_CHAIN, &values)?
        .iter()
        .map(change)
        .collect()
}

/// What moved in one slot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SlotRow {
    pub(crate) slot: Timestamp,
    pub(crate) transfers: i64,
    pub(crate) claims: i64,
    pub(crate) payments: i64,
    /// What faucets gave more than sinks took.
    pub(crate) issued: i64,
}

/// What moved since a moment by slot, oldest first; of more than `limit` transfers only the newest count.
pub(crate) fn pulse_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    (since, until): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Vec<SlotRow>, DbError> {
    let values = [
        guild.into(),
        Snowflakes::first_at(since).into(),
        Snowflakes::first_at(until).into(),
        FLOW_SLOT.as_micros().into(),
        limit.into(),
    ];
    let slot = |row: &Row| {
        Ok(SlotRow {
            slot: Timestamp::from_micros(row.int(0)?.saturating_mul(FLOW_SLOT.as_micros())),
            transfers: row.int(1)?,
            claims: row.int(2)?,
            payments: row.int(3)?,
            issued: row.int(4)?,
        })
    };
    tx.rows(&PULSE_LIST, &values)?.iter().map(slot).collect()
}
