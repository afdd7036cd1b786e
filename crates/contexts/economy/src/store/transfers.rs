//! The journal in the database: adding rows, finding them by id, reading them in order. Nothing changes or deletes one.

use ::store::{DbError, Row, Statement, Tx, Value};
use kernel::{Amount, GuildId, Timestamp, UserId};

use super::accounts::{AccountKey, kind_column};
use crate::{
    account::{AccountKind, AccountName, Label, Party},
    journal::{Phase, Record, TransferKind},
};

/// A journal row as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) phase: Phase,
    pub(crate) debit: AccountKey,
    pub(crate) credit: AccountKey,
    pub(crate) amount: Amount,
    pub(crate) kind: TransferKind,
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
    pub(crate) reverses: Option<i64>,
    pub(crate) resolves: Option<i64>,
    pub(crate) linked: Option<i64>,
    pub(crate) expires_at: Option<Timestamp>,
}

const TRANSFER_INSERT: Statement = Statement::new(
    "economy.transfer_insert",
    "INSERT INTO economy_transfers
     (guild, seq, id, phase, debit, credit, amount, kind, reason, at, reverses, resolves, linked, expires_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING",
);
const TRANSFER_OF_ID: Statement = Statement::new(
    "economy.transfer_of_id",
    "SELECT seq, id, phase, debit, credit, amount, kind, reason, at, reverses, resolves, linked, expires_at
     FROM economy_transfers WHERE guild = ?1 AND id = ?2",
);
const TRANSFER_OF_SEQ: Statement = Statement::new(
    "economy.transfer_of_seq",
    "SELECT seq, id, phase, debit, credit, amount, kind, reason, at, reverses, resolves, linked, expires_at
     FROM economy_transfers WHERE guild = ?1 AND seq = ?2",
);
const REVERSAL_FETCH: Statement = Statement::new(
    "economy.reversal_fetch",
    "SELECT id FROM economy_transfers WHERE guild = ?1 AND reverses = ?2",
);
const RESOLUTION_FETCH: Statement = Statement::new(
    "economy.resolution_fetch",
    "SELECT phase FROM economy_transfers WHERE guild = ?1 AND resolves = ?2",
);
const LINKED_COUNT: Statement = Statement::new(
    "economy.linked_count",
    "SELECT CAST(COUNT(*) AS BIGINT) FROM economy_transfers WHERE guild = ?1 AND linked = ?2",
);
const RECORD_LIST: Statement = Statement::new(
    "economy.record_list",
    "SELECT t.seq, t.id, t.phase, t.amount, t.kind, t.reason, t.at, o.id,
     d.kind, d.name, dp.user_id, c.kind, c.name, cp.user_id
     FROM (SELECT * FROM economy_transfers WHERE guild = ?1 AND seq < ?2 AND phase IN (0, 2)
           ORDER BY seq DESC LIMIT ?3) t
     JOIN economy_accounts d ON d.id = t.debit LEFT JOIN economy_people dp ON dp.person = d.owner
     JOIN economy_accounts c ON c.id = t.credit LEFT JOIN economy_people cp ON cp.person = c.owner
     LEFT JOIN economy_transfers o ON o.guild = t.guild AND o.seq = t.reverses
     ORDER BY t.seq DESC",
);
const RECORD_OF_SEQ: Statement = Statement::new(
    "economy.record_of_seq",
    "SELECT t.seq, t.id, t.phase, t.amount, t.kind, t.reason, t.at, o.id,
     d.kind, d.name, dp.user_id, c.kind, c.name, cp.user_id
     FROM economy_transfers t
     JOIN economy_accounts d ON d.id = t.debit LEFT JOIN economy_people dp ON dp.person = d.owner
     JOIN economy_accounts c ON c.id = t.credit LEFT JOIN economy_people cp ON cp.person = c.owner
     LEFT JOIN economy_transfers o ON o.guild = t.guild AND o.seq = t.reverses
     WHERE t.guild = ?1 AND t.seq = ?2",
);
const RECORD_LIST_OF_PERSON: Statement = Statement::new(
    "economy.record_list_of_person",
    "SELECT t.seq, t.id, t.phase, t.amount, t.kind, t.reason, t.at, o.id,
     d.kind, d.name, dp.user_id, c.kind, c.name, cp.user_id
     FROM (
       SELECT DISTINCT u.guild, u.seq FROM (
         SELECT * FROM (SELECT guild, seq FROM economy_transfers
           WHERE debit = ?2 AND seq < ?5 AND phase IN (0, 2) ORDER BY seq DESC LIMIT ?6) AS purse_out
         UNION ALL
         SELECT * FROM (SELECT guild, seq FROM economy_transfers
           WHERE credit = ?2 AND seq < ?5 AND phase IN (0, 2) ORDER BY seq DESC LIMIT ?6) AS purse_in
         UNION ALL
         SELECT * FROM (SELECT guild, seq FROM economy_transfers
           WHERE debit = ?3 AND seq < ?5 AND phase IN (0, 2) ORDER BY seq DESC LIMIT ?6) AS bank_out
         UNION ALL
         SELECT * FROM (SELECT guild, seq FROM economy_transfers
           WHERE credit = ?3 AND seq < ?5 AND phase IN (0, 2) ORDER BY seq DESC LIMIT ?6) AS bank_in
         UNION ALL
         SELECT * FROM (SELECT guild, seq FROM economy_transfers
           WHERE debit = ?4 AND seq < ?5 AND phase IN (0, 2) ORDER BY seq DESC LIMIT ?6) AS debt_out
         UNION ALL
         SELECT * FROM (SELECT guild, seq FROM economy_transfers
           WHERE credit = ?4 AND seq < ?5 AND phase IN (0, 2) ORDER BY seq DESC LIMIT ?6) AS debt_in
       ) u ORDER BY u.seq DESC LIMIT ?6
     ) page
     JOIN economy_transfers t ON t.guild = page.guild AND t.seq = page.seq
     JOIN economy_accounts d ON d.id = t.debit LEFT JOIN economy_people dp ON dp.person = d.owner
     JOIN economy_accounts c ON c.id = t.credit LEFT JOIN economy_people cp ON cp.person = c.owner
     LEFT JOIN economy_transfers o ON o.guild = t.guild AND o.seq = t.reverses
     WHERE t.guild = ?1 ORDER BY t.seq DESC",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &TRANSFER_INSERT,
    &TRANSFER_OF_ID,
    &TRANSFER_OF_SEQ,
    &REVERSAL_FETCH,
    &RESOLUTION_FETCH,
    &LINKED_COUNT,
    &RECORD_LIST,
    &RECORD_OF_SEQ,
    &RECORD_LIST_OF_PERSON,
];

/// Adds a row; false where its id, what it reverses or what it resolves is taken.
pub(crate) fn transfer_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entry: &Entry,
) -> Result<bool, DbError> {
    let values = [
        guild.into(),
        entry.seq.into(),
        entry.id.as_str().into(),
        entry.phase.code().into(),
        entry.debit.0.into(),
        entry.credit.0.into(),
        entry.amount.into(),
        entry.kind.name().into(),
        entry.reason.as_str().into(),
        entry.at.into(),
        entry.reverses.into(),
        entry.resolves.into(),
        entry.linked.into(),
        entry.expires_at.into(),
    ];
    Ok(tx.execute(&TRANSFER_INSERT, &values)? == 1)
}

fn shape(column: usize, expected: &'static str, found: &str) -> DbError {
    DbError::Shape {
        statement: "economy.transfers".to_owned(),
        column,
        expected,
        found: found.to_owned(),
    }
}

fn phase(row: &Row, column: usize) -> Result<Phase, DbError> {
    let code = row.int(column)?;
    Phase::of_code(code).ok_or_else(|| shape(column, "a phase", &code.to_string()))
}

fn kind(row: &Row, column: usize) -> Result<TransferKind, DbError> {
    let name = row.text(column)?;
    TransferKind::of_name(name).ok_or_else(|| shape(column, "a kind of transfer", name))
}

fn entry(row: &Row) -> Result<Entry, DbError> {
    Ok(Entry {
        seq: row.int(0)?,
        id: row.text(1)?.to_owned(),
        phase: phase(row, 2)?,
        debit: AccountKey(row.int(3)?),
        credit: AccountKey(row.int(4)?),
        amount: row.amount(5)?,
        kind: kind(row, 6)?,
        reason: row.text(7)?.to_owned(),
        at: row.timestamp(8)?,
        reverses: row.maybe(9, Row::int)?,
        resolves: row.maybe(10, Row::int)?,
        linked: row.maybe(11, Row::int)?,
        expires_at: row.maybe(12, Row::timestamp)?,
    })
}

/// The row with this id.
pub(crate) fn transfer_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    id: &str,
) -> Result<Option<Entry>, DbError> {
    let row = tx.row(&TRANSFER_OF_ID, &[guild.into(), id.into()])?;
    row.as_ref().map(entry).transpose()
}

/// The row at this place.
pub(crate) fn transfer_fetch_at(
    tx: &mut Tx<'_>,
    guild: GuildId,
    seq: i64,
) -> Result<Option<Entry>, DbError> {
    let row = tx.row(&TRANSFER_OF_SEQ, &[guild.into(), seq.into()])?;
    row.as_ref().map(entry).transpose()
}

/// The id of the transfer that took this one back.
pub(crate) fn reversal_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    seq: i64,
) -> Result<Option<String>, DbError> {
    let row = tx.row(&REVERSAL_FETCH, &[guild.into(), seq.into()])?;
    row.map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// How a reserved transfer ended.
pub(crate) fn resolution_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    pending: i64,
) -> Result<Option<Phase>, DbError> {
    let row = tx.row(&RESOLUTION_FETCH, &[guild.into(), pending.into()])?;
    row.map(|row| phase(&row, 0)).transpose()
}

/// How many transfers were linked with the one at this place, itself among them.
pub(crate) fn linked_count(tx: &mut Tx<'_>, guild: GuildId, first: i64) -> Result<i64, DbError> {
    let row = tx.row(&LINKED_COUNT, &[guild.into(), first.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn party(row: &Row, column: usize) -> Result<Party, DbError> {
    let next = |step: usize| column.saturating_add(step);
    let kind = kind_column(row, column)?;
    let label = || {
        let text = row.text(next(1))?;
        Label::new(text).map_err(|_| shape(next(1), "an account's label", text))
    };
    let user = row.maybe(next(2), Row::id::<kernel::kinds::User>)?;
    let name = match (kind, user) {
        (AccountKind::Treasury, _) => AccountName::Treasury,
        (AccountKind::Escrow, _) => AccountName::Escrow(label()?),
        (AccountKind::Faucet, _) => AccountName::Faucet(label()?),
        (AccountKind::Sink, _) => AccountName::Sink(label()?),
        (AccountKind::Purse, Some(user)) => AccountName::Purse(user),
        (AccountKind::Bank, Some(user)) => AccountName::Bank(user),
        (AccountKind::Debt, Some(user)) => AccountName::Debt(user),
        (AccountKind::Purse | AccountKind::Bank | AccountKind::Debt, None) => {
            return Ok(Party::Erased(kind));
        }
    };
    Ok(Party::Known(name))
}

fn record(row: &Row) -> Result<Record, DbError> {
    Ok(Record {
        seq: row.int(0)?,
        id: row.text(1)?.to_owned(),
        phase: phase(row, 2)?,
        amount: row.amount(3)?,
        kind: kind(row, 4)?,
        reason: row.text(5)?.to_owned(),
        at: row.timestamp(6)?,
        reverses: row.maybe(7, Row::text)?.map(str::to_owned),
        from: party(row, 8)?,
        to: party(row, 11)?,
    })
}

/// The transfer at this place, as it is told.
pub(crate) fn record_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    seq: i64,
) -> Result<Option<Record>, DbError> {
    let row = tx.row(&RECORD_OF_SEQ, &[guild.into(), seq.into()])?;
    row.as_ref().map(record).transpose()
}

/// What moved coins before this place, newest first.
pub(crate) fn record_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    before: i64,
    limit: u32,
) -> Result<Vec<Record>, DbError> {
    let rows = tx.rows(&RECORD_LIST, &[guild.into(), before.into(), limit.into()])?;
    rows.iter().map(record).collect()
}

/// The accounts of a person: purse, bank and debt; zero where one was never opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PersonKeys {
    pub(crate) purse: AccountKey,
    pub(crate) bank: AccountKey,
    pub(crate) debt: AccountKey,
}

/// What moved coins of this person before this place, newest first.
pub(crate) fn record_list_of_person(
    tx: &mut Tx<'_>,
    guild: GuildId,
    person: PersonKeys,
    before: i64,
    limit: u32,
) -> Result<Vec<Record>, DbError> {
    let values: [Value; 6] = [
        guild.into(),
        person.purse.0.into(),
        person.bank.0.into(),
        person.debt.0.into(),
        before.into(),
        limit.into(),
    ];
    let rows = tx.rows(&RECORD_LIST_OF_PERSON, &values)?;
    rows.iter().map(record).collect()
}

/// The three accounts of a member.
pub(crate) fn person_keys(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<Option<PersonKeys>, DbError> {
    let Some(purse) = super::accounts::person_fetch(tx, guild, user)? else {
        return Ok(None);
    };
    let mut key = |name: AccountName| {
        let found = super::accounts::account_fetch(tx, guild, &name)?;
        Ok::<_, DbError>(found.map_or(AccountKey(0), |account| account.key))
    };
    Ok(Some(PersonKeys {
        purse,
        bank: key(AccountName::Bank(user))?,
        debt: key(AccountName::Debt(user))?,
    }))
}
