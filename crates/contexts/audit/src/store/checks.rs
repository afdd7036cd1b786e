//! What the checks read: links with their records, records without a link, and what is signed. All in bounded pieces.

use ::store::{DbError, Row, Statement, Tx, Value};

use super::chain::{StoredSignature, signature};
use crate::row::Record;

const CHECK_GUILD: Statement = Statement::new(
    "audit.check_guild",
    "SELECT MIN(n.guild) FROM (
       SELECT MIN(guild) AS guild FROM audit_heads WHERE guild > ?1
       UNION ALL SELECT MIN(guild) FROM audit_links WHERE guild > ?1
       UNION ALL SELECT MIN(guild) FROM audit_signatures WHERE guild > ?1
       UNION ALL SELECT MIN(guild) FROM audit_records WHERE guild > ?1) AS n",
);
const CHECK_LINKS: Statement = Statement::new(
    "audit.check_links",
    "SELECT l.seq, l.record, l.prev_hash, l.hash, l.at,
     r.id, r.guild, r.part, r.entry, r.cause, r.action, r.ordinal, r.at, r.actor, r.actor_name,
     r.actor_person, r.kind, r.outcome, r.trigger_kind, r.trigger_person, r.trigger_channel, r.trigger_message,
     r.subject, r.rules, r.rule, r.confidence, r.model, r.prompt_version, r.config_revision, r.currency, r.micros,
     r.effects, r.case_number, r.texts, r.digest
     FROM (SELECT seq, record, prev_hash, hash, at FROM audit_links WHERE guild = ?1 AND seq > ?2
           ORDER BY seq LIMIT ?3) l
     LEFT JOIN audit_records r ON r.id = l.record ORDER BY l.seq",
);
const CHECK_SIGNATURES: Statement = Statement::new(
    "audit.check_signatures",
    "SELECT guild, seq, hash, at, signer, signature, place FROM audit_signatures
     WHERE guild = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4",
);
const CHECK_HEAD: Statement = Statement::new(
    "audit.check_head",
    "SELECT seq, hash, signed FROM audit_heads WHERE guild = ?1",
);
const CHECK_LOOSE: Statement = Statement::new(
    "audit.check_loose",
    "SELECT r.id, r.guild, r.part, r.entry, r.cause, r.action, r.ordinal, r.at, r.actor, r.actor_name,
     r.actor_person, r.kind, r.outcome, r.trigger_kind, r.trigger_person, r.trigger_channel, r.trigger_message,
     r.subject, r.rules, r.rule, r.confidence, r.model, r.prompt_version, r.config_revision, r.currency, r.micros,
     r.effects, r.case_number, r.texts, r.digest, l.seq, q.place
     FROM (SELECT * FROM audit_records WHERE guild = ?1 AND id > ?2 ORDER BY id LIMIT ?3) r
     LEFT JOIN audit_links l ON l.record = r.id AND l.guild = r.guild
     LEFT JOIN audit_unsealed q ON q.record = r.id ORDER BY r.id",
);
const CHECK_WAITING: Statement = Statement::new(
    "audit.check_waiting",
    "SELECT q.guild, q.record FROM (SELECT place, guild, record FROM audit_unsealed ORDER BY place LIMIT ?1) q
     LEFT JOIN audit_records r ON r.id = q.record WHERE r.id IS NULL ORDER BY q.place",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &CHECK_GUILD,
    &CHECK_LINKS,
    &CHECK_SIGNATURES,
    &CHECK_HEAD,
    &CHECK_LOOSE,
    &CHECK_WAITING,
];

/// A link with its record, which is nothing where it is gone or can't be read.
#[derive(Debug)]
pub(crate) struct StoredLink {
    pub(crate) seq: i64,
    pub(crate) record: i64,
    pub(crate) prev_hash: Vec<u8>,
    pub(crate) hash: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) found: Option<(Record, Vec<u8>)>,
}

/// The first guild after this one of which anything is kept.
pub(crate) fn guild_after(tx: &mut Tx<'_>, after: i64) -> Result<Option<i64>, DbError> {
    let row = tx.row(&CHECK_GUILD, &[after.into()])?;
    row.map_or(Ok(None), |row| row.maybe(0, Row::int))
}

fn found(row: &Row, from: usize) -> Option<(Record, Vec<u8>)> {
    let record = Record::of_row(row, from).ok()?;
    let digest = row.blob(from + crate::row::COLUMNS - 1).ok()?;
    Some((record, digest.to_vec()))
}

/// The links of a guild after a place.
pub(crate) fn links_after(
    tx: &mut Tx<'_>,
    guild: i64,
    after: i64,
    limit: u32,
) -> Result<Vec<StoredLink>, DbError> {
    let link = |row: &Row| {
        Ok(StoredLink {
            seq: row.int(0)?,
            record: row.int(1)?,
            prev_hash: row.blob(2)?.to_vec(),
            hash: row.blob(3)?.to_vec(),
            at: row.int(4)?,
            found: found(row, 5),
        })
    };
    let rows = tx.rows(&CHECK_LINKS, &[guild.into(), after.into(), limit.into()])?;
    rows.iter().map(link).collect()
}

/// The signed heads of a guild between two places.
pub(crate) fn signatures_between(
    tx: &mut Tx<'_>,
    guild: i64,
    after: i64,
    through: i64,
    limit: u32,
) -> Result<Vec<StoredSignature>, DbError> {
    let values = [
        Value::from(guild),
        after.into(),
        through.into(),
        limit.into(),
    ];
    let rows = tx.rows(&CHECK_SIGNATURES, &values)?;
    rows.iter().map(signature).collect()
}

/// Where a guild's chain is said to end: its place, its hash, and how far it is signed.
pub(crate) fn head_seen(
    tx: &mut Tx<'_>,
    guild: i64,
) -> Result<Option<(i64, Vec<u8>, i64)>, DbError> {
    let row = tx.row(&CHECK_HEAD, &[guild.into()])?;
    row.map(|row| Ok((row.int(0)?, row.blob(1)?.to_vec(), row.int(2)?)))
        .transpose()
}

/// A record as the check of loose ones sees it.
#[derive(Debug)]
pub(crate) struct Loose {
    pub(crate) id: i64,
    pub(crate) found: Option<(Record, Vec<u8>)>,
    pub(crate) is_linked: bool,
    pub(crate) is_waiting: bool,
}

/// The records of a guild after this id, and whether a chain holds them or they wait for it.
pub(crate) fn records_after(
    tx: &mut Tx<'_>,
    guild: i64,
    after: i64,
    limit: u32,
) -> Result<Vec<Loose>, DbError> {
    let loose = |row: &Row| {
        Ok(Loose {
            id: row.int(0)?,
            found: found(row, 0),
            is_linked: !row.is_null(crate::row::COLUMNS),
            is_waiting: !row.is_null(crate::row::COLUMNS + 1),
        })
    };
    let rows = tx.rows(&CHECK_LOOSE, &[guild.into(), after.into(), limit.into()])?;
    rows.iter().map(loose).collect()
}

/// What waits for a chain and is not there: guilds and records.
pub(crate) fn waiting_for_nothing(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<(i64, i64)>, DbError> {
    let rows = tx.rows(&CHECK_WAITING, &[limit.into()])?;
    rows.iter()
        .map(|row| Ok((row.int(0)?, row.int(1)?)))
        .collect()
}
