//! The chains: what waits to be linked, the links, where each chain ends, and the signed heads.

use ::store::{DbError, Row, Statement, Tx, Value};
use kernel::{GuildId, Timestamp};

// One sealer at a time in the whole cluster: what it reads next is all that the one before it committed.
const SEALER_LOCK: Statement = Statement::worded(
    "audit.sealer_lock",
    "SELECT 1",
    "SELECT 1 FROM (SELECT pg_advisory_xact_lock(7103115)) AS held",
);
const UNSEALED_INSERT: Statement = Statement::new(
    "audit.unsealed_insert",
    "INSERT INTO audit_unsealed (guild, record) VALUES (?1, ?2)",
);
const UNSEALED_LIST: Statement = Statement::new(
    "audit.unsealed_list",
    "SELECT q.place, q.guild, q.record, r.digest FROM (SELECT place, guild, record FROM audit_unsealed
     ORDER BY place LIMIT ?1) q LEFT JOIN audit_records r ON r.id = q.record ORDER BY q.place",
);
const UNSEALED_DELETE: Statement = Statement::new(
    "audit.unsealed_delete",
    "DELETE FROM audit_unsealed WHERE place = ?1",
);
const LINK_INSERT: Statement = Statement::new(
    "audit.link_insert",
    "INSERT INTO audit_links (guild, seq, record, prev_hash, hash, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
);
const HEAD_FETCH: Statement = Statement::new(
    "audit.head_fetch",
    "SELECT guild, seq, hash FROM audit_heads WHERE guild = ?1",
);
const LINK_LAST: Statement = Statement::new(
    "audit.link_last",
    "SELECT guild, seq, hash FROM audit_links WHERE guild = ?1 ORDER BY seq DESC LIMIT 1",
);
const HEAD_SET: Statement = Statement::new(
    "audit.head_set",
    "INSERT INTO audit_heads (guild, seq, hash, signed) VALUES (?1, ?2, ?3, 0)
     ON CONFLICT (guild) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
);
const HEAD_UNSIGNED: Statement = Statement::new(
    "audit.head_unsigned",
    "SELECT guild, seq, hash FROM audit_heads WHERE signed < seq ORDER BY guild LIMIT ?1",
);
const HEAD_SIGNED: Statement = Statement::new(
    "audit.head_signed",
    "UPDATE audit_heads SET signed = ?2 WHERE guild = ?1",
);
const SIGNATURE_INSERT: Statement = Statement::new(
    "audit.signature_insert",
    "INSERT INTO audit_signatures (guild, seq, hash, at, signer, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (guild, seq) DO NOTHING",
);
const SIGNATURE_LIST: Statement = Statement::new(
    "audit.signature_list",
    "SELECT guild, seq, hash, at, signer, signature, place FROM audit_signatures WHERE place > ?1
     ORDER BY place LIMIT ?2",
);
const UNSEALED_COUNT: Statement = Statement::new(
    "audit.unsealed_count",
    "SELECT COUNT(*) FROM (SELECT place FROM audit_unsealed ORDER BY place LIMIT ?1) AS waiting",
);
const SIGNATURE_LAST: Statement = Statement::new(
    "audit.signature_last",
    "SELECT at FROM audit_signatures ORDER BY place DESC LIMIT 1",
);
const GUILD_LIST: Statement = Statement::new(
    "audit.guild_list",
    "SELECT guild FROM audit_heads WHERE guild > ?1 ORDER BY guild LIMIT ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &SEALER_LOCK,
    &UNSEALED_INSERT,
    &UNSEALED_LIST,
    &UNSEALED_DELETE,
    &LINK_INSERT,
    &HEAD_FETCH,
    &LINK_LAST,
    &HEAD_SET,
    &HEAD_UNSIGNED,
    &HEAD_SIGNED,
    &SIGNATURE_INSERT,
    &SIGNATURE_LIST,
    &GUILD_LIST,
    &UNSEALED_COUNT,
    &SIGNATURE_LAST,
];

/// A record that waits for its link; it has no digest where it is gone.
#[derive(Debug)]
pub(crate) struct Unsealed {
    pub(crate) place: i64,
    pub(crate) guild: GuildId,
    pub(crate) record: i64,
    pub(crate) digest: Option<Vec<u8>>,
}

/// Where a chain ends.
#[derive(Debug, Clone)]
pub(crate) struct StoredHead {
    pub(crate) guild: GuildId,
    pub(crate) seq: i64,
    pub(crate) hash: Vec<u8>,
}

/// A signed head as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredSignature {
    pub(crate) guild: i64,
    pub(crate) seq: i64,
    pub(crate) hash: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) signer: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) place: i64,
}

pub(crate) fn sealer_lock(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.row(&SEALER_LOCK, &[]).map(drop)
}

pub(crate) fn unsealed_insert(tx: &mut Tx<'_>, guild: GuildId, record: i64) -> Result<(), DbError> {
    tx.queue(&UNSEALED_INSERT, vec![guild.into(), record.into()])
}

pub(crate) fn unsealed_list(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Unsealed>, DbError> {
    let unsealed = |row: &Row| {
        Ok(Unsealed {
            place: row.int(0)?,
            guild: row.id(1)?,
            record: row.int(2)?,
            digest: row.maybe(3, Row::blob)?.map(<[u8]>::to_vec),
        })
    };
    let rows = tx.rows(&UNSEALED_LIST, &[limit.into()])?;
    rows.iter().map(unsealed).collect()
}

pub(crate) fn unsealed_delete(tx: &mut Tx<'_>, place: i64) -> Result<(), DbError> {
    tx.queue(&UNSEALED_DELETE, vec![place.into()])
}

pub(crate) fn link_insert(
    tx: &mut Tx<'_>,
    head: &StoredHead,
    record: i64,
    prev_hash: &[u8],
    at: Timestamp,
) -> Result<(), DbError> {
    let values = vec![
        head.guild.into(),
        head.seq.into(),
        record.into(),
        Value::Blob(prev_hash.to_vec()),
        Value::Blob(head.hash.clone()),
        at.into(),
    ];
    tx.queue(&LINK_INSERT, values)
}

fn head(row: &Row) -> Result<StoredHead, DbError> {
    Ok(StoredHead {
        guild: row.id(0)?,
        seq: row.int(1)?,
        hash: row.blob(2)?.to_vec(),
    })
}

pub(crate) fn head_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<StoredHead>, DbError> {
    let row = tx.row(&HEAD_FETCH, &[guild.into()])?;
    row.as_ref().map(head).transpose()
}

/// The last link of a guild, for a chain whose end is not noted.
pub(crate) fn link_last(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<StoredHead>, DbError> {
    let row = tx.row(&LINK_LAST, &[guild.into()])?;
    row.as_ref().map(head).transpose()
}

pub(crate) fn head_set(tx: &mut Tx<'_>, head: &StoredHead) -> Result<(), DbError> {
    let hash = Value::Blob(head.hash.clone());
    tx.queue(&HEAD_SET, vec![head.guild.into(), head.seq.into(), hash])
}

pub(crate) fn head_unsigned(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<StoredHead>, DbError> {
    let rows = tx.rows(&HEAD_UNSIGNED, &[limit.into()])?;
    rows.iter().map(head).collect()
}

/// Keeps a signature, and that the chain is signed so far.
pub(crate) fn signature_insert(
    tx: &mut Tx<'_>,
    head: &StoredHead,
    at: Timestamp,
    signer: &[u8],
    signature: &[u8],
) -> Result<(), DbError> {
    let values = vec![
        head.guild.into(),
        head.seq.into(),
        Value::Blob(head.hash.clone()),
        at.into(),
        Value::Blob(signer.to_vec()),
        Value::Blob(signature.to_vec()),
    ];
    tx.queue(&SIGNATURE_INSERT, values)?;
    tx.queue(&HEAD_SIGNED, vec![head.guild.into(), head.seq.into()])
}

/// A signed head out of seven columns.
pub(crate) fn signature(row: &Row) -> Result<StoredSignature, DbError> {
    Ok(StoredSignature {
        guild: row.int(0)?,
        seq: row.int(1)?,
        hash: row.blob(2)?.to_vec(),
        at: row.int(3)?,
        signer: row.blob(4)?.to_vec(),
        signature: row.blob(5)?.to_vec(),
        place: row.int(6)?,
    })
}

pub(crate) fn signature_list(
    tx: &mut Tx<'_>,
    after: i64,
    limit: u32,
) -> Result<Vec<StoredSignature>, DbError> {
    let rows = tx.rows(&SIGNATURE_LIST, &[after.into(), limit.into()])?;
    rows.iter().map(signature).collect()
}

/// The guilds that have a chain, after this one.
pub(crate) fn guild_list(tx: &mut Tx<'_>, after: i64, limit: u32) -> Result<Vec<GuildId>, DbError> {
    let rows = tx.rows(&GUILD_LIST, &[after.into(), limit.into()])?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// How many records wait for their link, counted up to a limit.
pub(crate) fn unsealed_count(tx: &mut Tx<'_>, limit: u32) -> Result<u64, DbError> {
    let row = tx.row(&UNSEALED_COUNT, &[Value::from(limit)])?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(count.unsigned_abs())
}

/// When an end of a chain was signed last.
pub(crate) fn signature_last(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, DbError> {
    let row = tx.row(&SIGNATURE_LAST, &[])?;
    row.map(|row| row.timestamp(0)).transpose()
}
