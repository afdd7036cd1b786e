//! The journal in the database: adding rows, finding them by id, reading them in order. Nothing changes or deletes one.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{Amount, Coins, GuildId, Timestamp};

use super::{
    accounts::{AccountKey, kind_column},
    boards::ChainHead,
};
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
    /// The places before of either account's coins; zero where none moved.
    pub(crate) debit_prev: i64,
    pub(crate) credit_prev: i64,
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
     (guild, seq, id, phase, debit, credit, debit_prev, credit_prev, amount, kind, reason, at,
      reverses, resolves, linked, expires_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) ON CONFLICT DO NOTHING",
);
// The same for what simply moves coins, which is nearly every row: a third fewer values to carry over.
const TRANSFER_INSERT_PLAIN: Statement = Statement::new(
    "economy.transfer_insert_plain",
    "INSERT INTO economy_transfers
     (guild, seq, id, phase, debit, credit, debit_prev, credit_prev, amount, kind, reason, at)
     VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
);
const TRANSFER_OF_ID: Statement = Statement::new(
    "economy.transfer_of_id",
    "SELECT seq, id, phase, debit, credit, debit_prev, credit_prev, amount, kind, reason, at,
     reverses, resolves, linked, expires_at
     FROM economy_transfers WHERE guild = ?1 AND id = ?2",
);
const TRANSFER_OF_SEQ: Statement = Statement::new(
    "economy.transfer_of_seq",
    "SELECT seq, id, phase, debit, credit, debit_prev, credit_prev, amount, kind, reason, at,
     reverses, resolves, linked, expires_at
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
// Of the rows of a window, those of one kind; the empty kind is any.
const RECORD_SEARCH: Statement = Statement::new(
    "economy.record_search",
    "SELECT t.seq, t.id, t.phase, t.amount, t.kind, t.reason, t.at, o.id,
     d.kind, d.name, dp.user_id, c.kind, c.name, cp.user_id
     FROM (SELECT * FROM (SELECT * FROM economy_transfers WHERE guild = ?1 AND seq < ?2 AND seq >= ?3
             AND phase IN (0, 2) ORDER BY seq DESC LIMIT ?4) part
           WHERE ?5 = '' OR part.kind = ?5 ORDER BY part.seq DESC LIMIT ?6) t
     JOIN economy_accounts d ON d.id = t.debit LEFT JOIN economy_people dp ON dp.person = d.owner
     JOIN economy_accounts c ON c.id = t.credit LEFT JOIN economy_people cp ON cp.person = c.owner
     LEFT JOIN economy_transfers o ON o.guild = t.guild AND o.seq = t.reverses
     ORDER BY t.seq DESC",
);
const WINDOW_END: Statement = Statement::new(
    "economy.window_end",
    "SELECT seq FROM economy_transfers WHERE guild = ?1 AND seq < ?2 AND seq >= ?3 AND phase IN (0, 2)
     ORDER BY seq DESC LIMIT 1 OFFSET ?4",
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
// An account's chain, from a place on it backwards; a place that is not on it leads nowhere. Each step carries its row
// along: a join with the journal afterwards has been planned as a walk through all of it.
const RECORD_CHAIN: Statement = Statement::new(
    "economy.record_chain",
    "WITH RECURSIVE chain (step, seq, id, phase, amount, kind, reason, at, reverses, debit, credit, prev) AS (
       SELECT CAST(1 AS BIGINT), t.seq, t.id, t.phase, t.amount, t.kind, t.reason, t.at, t.reverses, t.debit, t.credit,
       CASE WHEN t.debit = ?2 THEN t.debit_prev ELSE t.credit_prev END
       FROM economy_transfers t WHERE t.guild = ?1 AND t.seq = ?3 AND (t.debit = ?2 OR t.credit = ?2)
       UNION ALL
       SELECT chain.step + 1, t.seq, t.id, t.phase, t.amount, t.kind, t.reason, t.at, t.reverses, t.debit, t.credit,
       CASE WHEN t.debit = ?2 THEN t.debit_prev ELSE t.credit_prev END
       FROM chain JOIN economy_transfers t ON t.guild = ?1 AND t.seq = chain.prev
       WHERE chain.step < ?4 AND (t.debit = ?2 OR t.credit = ?2))
     SELECT chain.seq, chain.id, chain.phase, chain.amount, chain.kind, chain.reason, chain.at, o.id,
     d.kind, d.name, dp.user_id, c.kind, c.name, cp.user_id, chain.prev
     FROM chain
     JOIN economy_accounts d ON d.id = chain.debit LEFT JOIN economy_people dp ON dp.person = d.owner
     JOIN economy_accounts c ON c.id = chain.credit LEFT JOIN economy_people cp ON cp.person = c.owner
     LEFT JOIN economy_transfers o ON o.guild = ?1 AND o.seq = chain.reverses
     ORDER BY chain.step",
);
// What an account's chain comes to from its newest end back to a place, without that place; and how long it is.
const CHAIN_SUM: Statement = Statement::new(
    "economy.chain_sum",
    "WITH RECURSIVE chain (step, change, prev) AS (
       SELECT CAST(1 AS BIGINT), CASE WHEN t.credit = ?2 THEN t.amount ELSE -t.amount END,
       CASE WHEN t.debit = ?2 THEN t.debit_prev ELSE t.credit_prev END
       FROM economy_transfers t
       WHERE t.guild = ?1 AND t.seq = ?3 AND t.seq <> ?4 AND (t.debit = ?2 OR t.credit = ?2)
       UNION ALL
       SELECT chain.step + 1, CASE WHEN t.credit = ?2 THEN t.amount ELSE -t.amount END,
       CASE WHEN t.debit = ?2 THEN t.debit_prev ELSE t.credit_prev END
       FROM chain JOIN economy_transfers t ON t.guild = ?1 AND t.seq = chain.prev
       WHERE chain.prev <> ?4 AND chain.step <= ?5 AND (t.debit = ?2 OR t.credit = ?2))
     SELECT CAST(COALESCE(SUM(chain.change), 0) AS BIGINT), CAST(COUNT(*) AS BIGINT) FROM chain",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &TRANSFER_INSERT,
    &TRANSFER_INSERT_PLAIN,
    &TRANSFER_OF_ID,
    &TRANSFER_OF_SEQ,
    &REVERSAL_FETCH,
    &RESOLUTION_FETCH,
    &LINKED_COUNT,
    &RECORD_LIST,
    &RECORD_SEARCH,
    &WINDOW_END,
    &RECORD_OF_SEQ,
    &RECORD_CHAIN,
    &CHAIN_SUM,
];

/// Adds a row; false where its id, what it reverses or what it resolves is taken.
pub(crate) fn transfer_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entry: &Entry,
) -> Result<bool, DbError> {
    let refers = [entry.reverses, entry.resolves, entry.linked];
    if entry.phase == Phase::Transfer && refers == [None; 3] {
        return plain_insert(tx, guild, entry);
    }
    let values = [
        guild.into(),
        entry.seq.into(),
        entry.id.as_str().into(),
        entry.phase.code().into(),
        entry.debit.0.into(),
        entry.credit.0.into(),
        entry.debit_prev.into(),
        entry.credit_prev.into(),
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

fn plain_insert(tx: &mut Tx<'_>, guild: GuildId, entry: &Entry) -> Result<bool, DbError> {
    let values = [
        guild.into(),
        entry.seq.into(),
        entry.id.as_str().into(),
        entry.debit.0.into(),
        entry.credit.0.into(),
        entry.debit_prev.into(),
        entry.credit_prev.into(),
        entry.amount.into(),
        entry.kind.name().into(),
        entry.reason.as_str().into(),
        entry.at.into(),
    ];
    Ok(tx.execute(&TRANSFER_INSERT_PLAIN, &values)? == 1)
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
        debit_prev: row.int(5)?,
        credit_prev: row.int(6)?,
        amount: row.amount(7)?,
        kind: kind(row, 8)?,
        reason: row.text(9)?.to_owned(),
        at: row.timestamp(10)?,
        reverses: row.maybe(11, Row::int)?,
        resolves: row.maybe(12, Row::int)?,
        linked: row.maybe(13, Row::int)?,
        expires_at: row.maybe(14, Row::timestamp)?,
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

/// A part of a guild's journal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    /// The place that it ends before.
    pub(crate) before: i64,
    /// The place that it does not reach beyond.
    pub(crate) since: i64,
    /// How many rows it holds at most.
    pub(crate) rows: u32,
}

/// What moved coins in a window and is of a kind, newest first; the empty kind is any.
pub(crate) fn record_search(
    tx: &mut Tx<'_>,
    guild: GuildId,
    window: Window,
    kind: &str,
    limit: u32,
) -> Result<Vec<Record>, DbError> {
    let values = [
        guild.into(),
        window.before.into(),
        window.since.into(),
        window.rows.into(),
        kind.into(),
        limit.into(),
    ];
    let rows = tx.rows(&RECORD_SEARCH, &values)?;
    rows.iter().map(record).collect()
}

/// The last place of a window that is full, where there is more behind it.
pub(crate) fn window_end(
    tx: &mut Tx<'_>,
    guild: GuildId,
    window: Window,
) -> Result<Option<i64>, DbError> {
    let values = [
        guild.into(),
        window.before.into(),
        window.since.into(),
        window.rows.into(),
    ];
    // The row behind the window, so that the next one begins with it.
    let row = tx.row(&WINDOW_END, &values)?;
    row.map(|row| Ok(row.int(0)?.saturating_add(1))).transpose()
}

/// What an account's chain comes to above a place; nothing where that is more than `steps` rows away.
pub(crate) fn chain_sum(
    tx: &mut Tx<'_>,
    guild: GuildId,
    head: ChainHead,
    place: i64,
    steps: u32,
) -> Result<Option<Coins>, DbError> {
    if head.last == 0 {
        return Ok(Some(Coins::ZERO));
    }
    let values = [
        guild.into(),
        head.account.0.into(),
        head.last.into(),
        place.into(),
        steps.into(),
    ];
    let Some(row) = tx.row(&CHAIN_SUM, &values)? else {
        return Ok(Some(Coins::ZERO));
    };
    let within = row.int(1)? <= i64::from(steps);
    within.then(|| row.coins(0)).transpose()
}

/// A record on an account's chain, and the place before it.
#[derive(Debug, Clone)]
pub(crate) struct ChainLink {
    pub(crate) record: Record,
    pub(crate) prev: i64,
}

/// What moved coins of an account, from a place on its chain backwards.
pub(crate) fn record_chain(
    tx: &mut Tx<'_>,
    guild: GuildId,
    account: AccountKey,
    from: i64,
    limit: u32,
) -> Result<Vec<ChainLink>, DbError> {
    if from == 0 {
        return Ok(Vec::new());
    }
    let values = [guild.into(), account.0.into(), from.into(), limit.into()];
    let link = |row: &Row| {
        Ok(ChainLink {
            record: record(row)?,
            prev: row.int(14)?,
        })
    };
    tx.rows(&RECORD_CHAIN, &values)?.iter().map(link).collect()
}
