//! People and accounts in the database: finding, opening, locking and changing them.
//!
//! Whoever changes a balance has locked its row before, in the order of the accounts' numbers. A freshly found
//! account is a hint; a locked one is the truth until the transaction ends.

use ::store::{DbError, Row, Statement, Tx, Value};
use kernel::{Coins, GuildId, Timestamp, UserId};

use crate::account::{AccountKind, AccountName};

/// An account's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AccountKey(pub(crate) i64);

/// An account as a rule sees it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) key: AccountKey,
    pub(crate) kind: AccountKind,
    /// For faucets and sinks: what the journal was last summed up to.
    pub(crate) balance: Coins,
    pub(crate) held: Coins,
    pub(crate) version: i64,
    pub(crate) frozen: bool,
    /// The place of the last transfer that moved its coins; zero before the first.
    pub(crate) last: i64,
    pub(crate) guild_frozen: bool,
}

// One engine has one writer and no locks to take, and asks twice for one row in half the time that it needs to look
// through a list of two; the other locks both rows in the order of their numbers.
const PURSES_LOCK: Statement = Statement::worded(
    "economy.purses_lock",
    "SELECT a.id, a.kind, a.balance, a.held, a.version, a.frozen, a.last, g.frozen, p.user_id
     FROM economy_people p JOIN economy_accounts a ON a.id = p.person
     LEFT JOIN economy_guilds g ON g.guild = p.guild
     WHERE p.guild = ?1 AND p.user_id = ?2
     UNION ALL
     SELECT a.id, a.kind, a.balance, a.held, a.version, a.frozen, a.last, g.frozen, p.user_id
     FROM economy_people p JOIN economy_accounts a ON a.id = p.person
     LEFT JOIN economy_guilds g ON g.guild = p.guild
     WHERE p.guild = ?1 AND p.user_id = ?3 AND ?3 <> ?2",
    "SELECT a.id, a.kind, a.balance, a.held, a.version, a.frozen, a.last, g.frozen, p.user_id
     FROM economy_people p JOIN economy_accounts a ON a.id = p.person
     LEFT JOIN economy_guilds g ON g.guild = p.guild
     WHERE p.guild = ?1 AND p.user_id IN (?2, ?3) ORDER BY a.id FOR UPDATE OF a",
);
const ACCOUNTS_LOCK: Statement = Statement::worded(
    "economy.accounts_lock",
    "SELECT a.id, a.kind, a.balance, a.held, a.version, a.frozen, a.last, g.frozen
     FROM economy_accounts a LEFT JOIN economy_guilds g ON g.guild = a.guild
     WHERE a.id = ?1
     UNION ALL
     SELECT a.id, a.kind, a.balance, a.held, a.version, a.frozen, a.last, g.frozen
     FROM economy_accounts a LEFT JOIN economy_guilds g ON g.guild = a.guild
     WHERE a.id = ?2 AND ?2 <> ?1",
    "SELECT a.id, a.kind, a.balance, a.held, a.version, a.frozen, a.last, g.frozen
     FROM economy_accounts a LEFT JOIN economy_guilds g ON g.guild = a.guild
     WHERE a.id IN (?1, ?2) ORDER BY a.id FOR UPDATE OF a",
);
const ACCOUNT_OF_PERSON: Statement = Statement::new(
    "economy.account_of_person",
    "SELECT a.id, a.kind, a.balance, a.held, a.version, a.frozen, a.last, g.frozen
     FROM economy_people p
     JOIN economy_accounts a ON a.guild = p.guild AND a.kind = ?3 AND a.owner = p.person AND a.name = ''
     LEFT JOIN economy_guilds g ON g.guild = p.guild
     WHERE p.guild = ?1 AND p.user_id = ?2",
);
const ACCOUNT_OF_NAME: Statement = Statement::new(
    "economy.account_of_name",
    "SELECT a.id, a.kind, COALESCE(a.balance, s.balance, 0), a.held, a.version, a.frozen, a.last, g.frozen
     FROM economy_accounts a
     LEFT JOIN economy_guilds g ON g.guild = a.guild
     LEFT JOIN economy_sums s ON s.account = a.id
     WHERE a.guild = ?1 AND a.kind = ?2 AND a.owner = 0 AND a.name = ?3",
);
const ACCOUNT_OPEN: Statement = Statement::new(
    "economy.account_open",
    "INSERT INTO economy_accounts (id, guild, kind, owner, name, balance, held, version, frozen, listed, last)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0,
       COALESCE((SELECT p.frozen FROM economy_accounts p WHERE p.id = ?4), FALSE), ?7, 0)
     ON CONFLICT DO NOTHING",
);
const PERSON_FETCH: Statement = Statement::new(
    "economy.person_fetch",
    "SELECT person FROM economy_people WHERE guild = ?1 AND user_id = ?2",
);
const PERSON_INSERT: Statement = Statement::new(
    "economy.person_insert",
    "INSERT INTO economy_people (guild, user_id, person) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
);
const PERSON_DELETE: Statement = Statement::new(
    "economy.person_delete",
    "DELETE FROM economy_people WHERE guild = ?1 AND user_id = ?2",
);
const PERSON_UNLIST: Statement = Statement::new(
    "economy.person_unlist",
    "UPDATE economy_accounts SET listed = FALSE, version = version + 1 WHERE id = ?1",
);
const COINS_ADD: Statement = Statement::new(
    "economy.coins_add",
    "UPDATE economy_accounts SET balance = balance + ?2, held = held + ?3, last = ?4, version = version + 1
     WHERE id = ?1",
);
const HELD_ADD: Statement = Statement::new(
    "economy.held_add",
    "UPDATE economy_accounts SET held = held + ?2, version = version + 1 WHERE id = ?1",
);
const PERSON_FREEZE: Statement = Statement::new(
    "economy.person_freeze",
    "UPDATE economy_accounts SET frozen = ?3, version = version + 1
     WHERE guild = ?1 AND kind IN (1, 2, 5) AND owner = ?2 AND frozen <> ?3",
);
const GUILD_FREEZE: Statement = Statement::new(
    "economy.guild_freeze",
    "INSERT INTO economy_guilds (guild, frozen, reason, at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (guild) DO UPDATE SET frozen = excluded.frozen, reason = excluded.reason, at = excluded.at
     WHERE economy_guilds.frozen <> excluded.frozen",
);
const GUILD_FETCH: Statement = Statement::new(
    "economy.guild_fetch",
    "SELECT frozen, reason, at FROM economy_guilds WHERE guild = ?1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &PURSES_LOCK,
    &ACCOUNTS_LOCK,
    &ACCOUNT_OF_PERSON,
    &ACCOUNT_OF_NAME,
    &ACCOUNT_OPEN,
    &PERSON_FETCH,
    &PERSON_INSERT,
    &PERSON_DELETE,
    &PERSON_UNLIST,
    &COINS_ADD,
    &HELD_ADD,
    &PERSON_FREEZE,
    &GUILD_FREEZE,
    &GUILD_FETCH,
];

pub(crate) fn kind_column(row: &Row, column: usize) -> Result<AccountKind, DbError> {
    let code = row.int(column)?;
    AccountKind::of_code(code).ok_or_else(|| DbError::Shape {
        statement: "economy.accounts".to_owned(),
        column,
        expected: "a kind of account",
        found: code.to_string(),
    })
}

fn account(row: &Row) -> Result<Account, DbError> {
    Ok(Account {
        key: AccountKey(row.int(0)?),
        kind: kind_column(row, 1)?,
        balance: row.maybe(2, Row::coins)?.unwrap_or_default(),
        held: row.coins(3)?,
        version: row.int(4)?,
        frozen: row.bool(5)?,
        last: row.int(6)?,
        guild_frozen: row.maybe(7, Row::bool)?.unwrap_or(false),
    })
}

/// Locks the purses of two members, or of one where both are the same.
pub(crate) fn purses_lock(
    tx: &mut Tx<'_>,
    guild: GuildId,
    users: (UserId, UserId),
) -> Result<Vec<(UserId, Account)>, DbError> {
    let values = [guild.into(), users.0.into(), users.1.into()];
    let rows = tx.rows(&PURSES_LOCK, &values)?;
    let read = |row: &Row| Ok((row.id(8)?, account(row)?));
    rows.iter().map(read).collect()
}

/// Locks two accounts, or one where both are the same.
pub(crate) fn accounts_lock(
    tx: &mut Tx<'_>,
    keys: (AccountKey, AccountKey),
) -> Result<Vec<Account>, DbError> {
    let rows = tx.rows(&ACCOUNTS_LOCK, &[keys.0.0.into(), keys.1.0.into()])?;
    rows.iter().map(account).collect()
}

/// The account of this name, unlocked.
pub(crate) fn account_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    name: &AccountName,
) -> Result<Option<Account>, DbError> {
    let kind = Value::from(name.kind().code());
    let row = match name.user() {
        Some(user) => tx.row(&ACCOUNT_OF_PERSON, &[guild.into(), user.into(), kind])?,
        None => tx.row(&ACCOUNT_OF_NAME, &[guild.into(), kind, name.label().into()])?,
    };
    row.as_ref().map(account).transpose()
}

/// Opens an account with nothing in it, unless it is there; a member's is frozen where the purse is.
pub(crate) fn account_open(
    tx: &mut Tx<'_>,
    key: AccountKey,
    guild: GuildId,
    name: &AccountName,
    owner: AccountKey,
) -> Result<(), DbError> {
    let kind = name.kind();
    let balance = kind.stores_balance().then_some(0_i64);
    let values = [
        key.0.into(),
        guild.into(),
        kind.code().into(),
        owner.0.into(),
        name.label().into(),
        balance.into(),
        (kind == AccountKind::Purse).into(),
    ];
    tx.execute(&ACCOUNT_OPEN, &values).map(drop)
}

/// The person behind a member, by the number of their purse.
pub(crate) fn person_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<Option<AccountKey>, DbError> {
    let row = tx.row(&PERSON_FETCH, &[guild.into(), user.into()])?;
    row.map(|row| row.int(0).map(AccountKey)).transpose()
}

/// Remembers who a person is; false where the member is somebody already.
pub(crate) fn person_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    person: AccountKey,
) -> Result<bool, DbError> {
    let values = [guild.into(), user.into(), person.0.into()];
    Ok(tx.execute(&PERSON_INSERT, &values)? == 1)
}

/// Forgets who a person is, and takes the purse off the leaderboard.
pub(crate) fn person_delete(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    person: AccountKey,
) -> Result<(), DbError> {
    tx.execute(&PERSON_UNLIST, &[person.0.into()])?;
    tx.execute(&PERSON_DELETE, &[guild.into(), user.into()])?;
    Ok(())
}

/// Changes what a locked account has and holds back, because of the transfer at this place.
pub(crate) fn coins_add(
    tx: &mut Tx<'_>,
    account: &Account,
    (balance, held): (i64, i64),
    seq: i64,
) -> Result<(), DbError> {
    if !account.kind.stores_balance() {
        return Ok(());
    }
    let values = vec![
        account.key.0.into(),
        balance.into(),
        held.into(),
        seq.into(),
    ];
    tx.queue(&COINS_ADD, values)
}

/// Changes what a locked account holds back.
pub(crate) fn held_add(tx: &mut Tx<'_>, key: AccountKey, held: i64) -> Result<(), DbError> {
    tx.queue(&HELD_ADD, vec![key.0.into(), held.into()])
}

/// Freezes or thaws all accounts of a person; whether anything changed.
pub(crate) fn person_freeze(
    tx: &mut Tx<'_>,
    guild: GuildId,
    person: AccountKey,
    frozen: bool,
) -> Result<bool, DbError> {
    let values = [guild.into(), person.0.into(), frozen.into()];
    Ok(tx.execute(&PERSON_FREEZE, &values)? > 0)
}

/// Freezes or thaws a guild; whether anything changed.
pub(crate) fn guild_freeze(
    tx: &mut Tx<'_>,
    guild: GuildId,
    frozen: bool,
    reason: &str,
    at: Timestamp,
) -> Result<bool, DbError> {
    let values = [guild.into(), frozen.into(), reason.into(), at.into()];
    Ok(tx.execute(&GUILD_FREEZE, &values)? > 0)
}

/// Whether a guild's economy is frozen, why, and since when.
pub(crate) fn guild_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
) -> Result<Option<(bool, String, Timestamp)>, DbError> {
    let row = tx.row(&GUILD_FETCH, &[guild.into()])?;
    row.map(|row| Ok((row.bool(0)?, row.text(1)?.to_owned(), row.timestamp(2)?)))
        .transpose()
}
