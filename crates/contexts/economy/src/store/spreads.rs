//! How evenly coins are spread, in the database; and the purses that it is found out from.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use super::accounts::AccountKey;
use crate::spread::{Spread, SpreadSeen};

const PURSE_LIST: Statement = Statement::new(
    "economy.purse_list",
    "SELECT a.id, a.balance FROM economy_accounts a
     WHERE a.guild = ?1 AND a.listed AND a.balance > 0 AND a.balance <= ?2 AND (a.balance < ?2 OR a.id > ?3)
     ORDER BY a.balance DESC, a.id LIMIT ?4",
);
// A guild whose journal was never summed up has no mark yet, and no spread.
const SPREAD_DUE: Statement = Statement::new(
    "economy.spread_due",
    "SELECT m.guild, m.through FROM economy_flow_marks m LEFT JOIN economy_spreads s ON s.guild = m.guild
     WHERE m.guild > ?1 AND (s.at IS NULL OR (s.through < m.through AND s.at <= ?2) OR s.at <= ?3)
     ORDER BY m.guild LIMIT ?4",
);
const SPREAD_FETCH: Statement = Statement::new(
    "economy.spread_fetch",
    "SELECT holders, coins, gini, shares, at FROM economy_spreads WHERE guild = ?1",
);
const SPREAD_PUT: Statement = Statement::new(
    "economy.spread_put",
    "INSERT INTO economy_spreads (guild, through, at, holders, coins, gini, shares) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT (guild) DO UPDATE SET through = excluded.through, at = excluded.at, holders = excluded.holders,
     coins = excluded.coins, gini = excluded.gini, shares = excluded.shares
     WHERE economy_spreads.at <= excluded.at",
);
const SPREAD_DELETE: Statement = Statement::new(
    "economy.spread_delete",
    "DELETE FROM economy_spreads WHERE guild = ?1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &PURSE_LIST,
    &SPREAD_DUE,
    &SPREAD_FETCH,
    &SPREAD_PUT,
    &SPREAD_DELETE,
];

/// A purse and what is in it: where going through them goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurseMark {
    pub(crate) value: i64,
    purse: AccountKey,
}

/// Purses with something in them, the fullest first, after one of them.
pub(crate) fn purse_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    after: Option<PurseMark>,
    limit: u32,
) -> Result<Vec<PurseMark>, DbError> {
    let (value, purse) = after.map_or((i64::MAX, 0), |mark| (mark.value, mark.purse.0));
    let values = [guild.into(), value.into(), purse.into(), limit.into()];
    let mark = |row: &Row| {
        Ok(PurseMark {
            purse: AccountKey(row.int(0)?),
            value: row.int(1)?,
        })
    };
    tx.rows(&PURSE_LIST, &values)?.iter().map(mark).collect()
}

/// Guilds after one whose spread is to be looked at, each with how far its journal is summed up: those without one, those
/// in which coins moved since one that was made up to the first time, and those whose was made up to the second.
pub(crate) fn due_list(
    tx: &mut Tx<'_>,
    after: Option<GuildId>,
    (paused, kept): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Vec<(GuildId, i64)>, DbError> {
    let after = after.map_or(0, GuildId::to_column);
    let values = [after.into(), paused.into(), kept.into(), limit.into()];
    let rows = tx.rows(&SPREAD_DUE, &values)?;
    rows.iter()
        .map(|row| Ok((row.id(0)?, row.int(1)?)))
        .collect()
}

/// A guild's spread.
pub(crate) fn spread_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<SpreadSeen>, DbError> {
    let row = tx.row(&SPREAD_FETCH, &[guild.into()])?;
    row.as_ref().map(spread_of).transpose()
}

fn spread_of(row: &Row) -> Result<SpreadSeen, DbError> {
    let shares = serde_json::from_str(row.text(3)?).map_err(|error| DbError::Shape {
        statement: SPREAD_FETCH.name().to_owned(),
        column: 3,
        expected: "a list of shares",
        found: format!("JSON that is none: {error}"),
    })?;
    let gini = row.int(2)?;
    Ok(SpreadSeen {
        spread: Spread {
            holders: row.int(0)?.unsigned_abs(),
            coins: row.coins(1)?,
            gini: u32::try_from(gini).unwrap_or(0),
            shares,
        },
        at: row.timestamp(4)?,
    })
}

/// Keeps a guild's spread, unless a later one is kept.
pub(crate) fn spread_put(
    tx: &mut Tx<'_>,
    guild: GuildId,
    through: i64,
    spread: &Spread,
    at: Timestamp,
) -> Result<(), DbError> {
    let shares = serde_json::to_string(&spread.shares).map_err(|error| DbError::Rejected {
        statement: SPREAD_PUT.name().to_owned(),
        reason: error.to_string(),
    })?;
    let values = [
        guild.into(),
        through.into(),
        at.into(),
        i64::try_from(spread.holders).unwrap_or(i64::MAX).into(),
        spread.coins.into(),
        i64::from(spread.gini).into(),
        shares.into(),
    ];
    tx.execute(&SPREAD_PUT, &values).map(drop)
}

/// Forgets a guild's spread, so that it is looked at again.
pub(crate) fn forget(tx: &mut Tx<'_>, guild: GuildId) -> Result<(), DbError> {
    tx.queue(&SPREAD_DELETE, vec![guild.into()])
}
