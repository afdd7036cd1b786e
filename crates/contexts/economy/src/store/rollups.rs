//! Sums over faucets and sinks in the database, each up to a place in the journal.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Coins, GuildId};

use super::accounts::AccountKey;

/// A faucet or sink, and how far it is summed up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow {
    pub(crate) account: AccountKey,
    pub(crate) guild: GuildId,
    pub(crate) balance: Coins,
    pub(crate) through: i64,
}

const FLOW_LIST: Statement = Statement::new(
    "economy.flow_list",
    "SELECT a.id, a.guild, COALESCE(r.balance, 0), COALESCE(r.through, 0)
     FROM economy_accounts a LEFT JOIN economy_rollups r ON r.account = a.id
     WHERE a.balance IS NULL AND a.id > ?1 ORDER BY a.id LIMIT ?2",
);
const FLOW_CHANGES: Statement = Statement::new(
    "economy.flow_changes",
    "SELECT c.seq, c.change FROM (
       SELECT * FROM (SELECT seq, amount AS change FROM economy_transfers
         WHERE credit = ?1 AND seq > ?2 AND phase IN (0, 2) ORDER BY seq LIMIT ?3) AS taken
       UNION ALL
       SELECT * FROM (SELECT seq, -amount AS change FROM economy_transfers
         WHERE debit = ?1 AND seq > ?2 AND phase IN (0, 2) ORDER BY seq LIMIT ?3) AS given
     ) c ORDER BY c.seq LIMIT ?3",
);
const ROLLUP_PUT: Statement = Statement::new(
    "economy.rollup_put",
    "INSERT INTO economy_rollups (account, guild, balance, through) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (account) DO UPDATE SET balance = excluded.balance, through = excluded.through
     WHERE economy_rollups.through = ?5",
);
const ROLLUP_DELETE: Statement = Statement::new(
    "economy.rollup_delete",
    "DELETE FROM economy_rollups WHERE account = ?1",
);

pub(crate) const STATEMENTS: &[&Statement] =
    &[&FLOW_LIST, &FLOW_CHANGES, &ROLLUP_PUT, &ROLLUP_DELETE];

/// Faucets and sinks of all guilds after an account's number.
pub(crate) fn flow_list(
    tx: &mut Tx<'_>,
    after: AccountKey,
    limit: u32,
) -> Result<Vec<Flow>, DbError> {
    let rows = tx.rows(&FLOW_LIST, &[after.0.into(), limit.into()])?;
    let flow = |row: &Row| {
        Ok(Flow {
            account: AccountKey(row.int(0)?),
            guild: row.id(1)?,
            balance: row.coins(2)?,
            through: row.int(3)?,
        })
    };
    rows.iter().map(flow).collect()
}

/// What changed after the place up to which a flow is summed, oldest first: places and signed amounts.
pub(crate) fn flow_changes(
    tx: &mut Tx<'_>,
    flow: &Flow,
    limit: u32,
) -> Result<Vec<(i64, Coins)>, DbError> {
    let values = [flow.account.0.into(), flow.through.into(), limit.into()];
    let rows = tx.rows(&FLOW_CHANGES, &values)?;
    let change = |row: &Row| Ok((row.int(0)?, row.coins(1)?));
    rows.iter().map(change).collect()
}

/// Moves a sum forward from where it was; does nothing where somebody else has moved it.
pub(crate) fn rollup_put(tx: &mut Tx<'_>, was: &Flow, now: &Flow) -> Result<(), DbError> {
    let values = vec![
        now.account.0.into(),
        now.guild.into(),
        now.balance.into(),
        now.through.into(),
        was.through.into(),
    ];
    tx.queue(&ROLLUP_PUT, values)
}

/// Forgets a sum, so that it is made again from the beginning.
pub(crate) fn rollup_delete(tx: &mut Tx<'_>, account: AccountKey) -> Result<(), DbError> {
    tx.queue(&ROLLUP_DELETE, vec![account.0.into()])
}
