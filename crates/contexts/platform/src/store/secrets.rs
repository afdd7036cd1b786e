//! Sealed secrets and wrapped data keys.

use ::store::{DbError, Row, Statement, Tx};
use kernel::Timestamp;

use crate::{
    seal::Sealed,
    secret::{Owner, SecretName},
};

/// A wrapped data key.
#[derive(Debug, Clone)]
pub(crate) struct KeyRow {
    pub(crate) id: i64,
    pub(crate) master: String,
    pub(crate) sealed: Sealed,
}

/// A sealed secret.
#[derive(Debug, Clone)]
pub(crate) struct SecretRow {
    pub(crate) id: i64,
    pub(crate) key_id: i64,
    pub(crate) sealed: Sealed,
    pub(crate) at: Timestamp,
    pub(crate) cause: String,
}

const KEY_FETCH: Statement = Statement::new(
    "platform.key_fetch",
    "SELECT owner, id, master, nonce, wrapped FROM platform_keys WHERE owner = ?1",
);
const KEY_INSERT: Statement = Statement::new(
    "platform.key_insert",
    "INSERT INTO platform_keys (owner, id, master, nonce, wrapped, made_at, wrapped_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT (owner) DO NOTHING",
);
const KEY_LIST: Statement = Statement::new(
    "platform.key_list",
    "SELECT owner, id, master, nonce, wrapped FROM platform_keys WHERE master = ?1 ORDER BY owner LIMIT ?2",
);
const KEY_WALK: Statement = Statement::new(
    "platform.key_walk",
    "SELECT owner, id, master, nonce, wrapped FROM platform_keys WHERE owner > ?1 ORDER BY owner LIMIT ?2",
);
const KEY_REWRAP: Statement = Statement::new(
    "platform.key_rewrap",
    "UPDATE platform_keys SET master = ?2, nonce = ?3, wrapped = ?4, wrapped_at = ?5
     WHERE owner = ?1 AND id = ?6 AND master = ?7",
);
const MASTER_LIST: Statement = Statement::new(
    "platform.master_list",
    "SELECT master, COUNT(*) FROM platform_keys GROUP BY master ORDER BY master LIMIT 1000",
);
const SECRET_FETCH: Statement = Statement::new(
    "platform.secret_fetch",
    "SELECT id, key_id, nonce, sealed, at, cause FROM platform_secrets WHERE owner = ?1 AND name = ?2",
);
const SECRET_WRITE: Statement = Statement::new(
    "platform.secret_write",
    "INSERT INTO platform_secrets (owner, name, id, key_id, nonce, sealed, at, cause)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     ON CONFLICT (owner, name) DO UPDATE SET id = excluded.id, key_id = excluded.key_id,
     nonce = excluded.nonce, sealed = excluded.sealed, at = excluded.at, cause = excluded.cause",
);
const SECRET_DROP: Statement = Statement::new(
    "platform.secret_drop",
    "DELETE FROM platform_secrets WHERE owner = ?1 AND name = ?2",
);
const SECRET_LIST: Statement = Statement::new(
    "platform.secret_list",
    "SELECT name, at FROM platform_secrets WHERE owner = ?1 ORDER BY name LIMIT ?2",
);
const SECRET_COUNT: Statement = Statement::new(
    "platform.secret_count",
    "SELECT COUNT(*) FROM platform_secrets WHERE owner = ?1",
);
const SECRETS_DROP: Statement = Statement::new(
    "platform.secrets_drop",
    "DELETE FROM platform_secrets WHERE owner = ?1",
);
const KEY_DROP: Statement = Statement::new(
    "platform.key_drop",
    "DELETE FROM platform_keys WHERE owner = ?1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &KEY_FETCH,
    &KEY_INSERT,
    &KEY_LIST,
    &KEY_WALK,
    &KEY_REWRAP,
    &MASTER_LIST,
    &SECRET_FETCH,
    &SECRET_WRITE,
    &SECRET_DROP,
    &SECRET_LIST,
    &SECRET_COUNT,
    &SECRETS_DROP,
    &KEY_DROP,
];

fn sealed(row: &Row, nonce: usize) -> Result<Sealed, DbError> {
    Ok(Sealed {
        nonce: row.blob(nonce)?.to_vec(),
        bytes: row.blob(nonce + 1)?.to_vec(),
    })
}

fn key(row: &Row) -> Result<(Owner, KeyRow), DbError> {
    let owner = match row.int(0)? {
        0 => Owner::Operator,
        _ => Owner::Guild(row.id::<kernel::kinds::Guild>(0)?),
    };
    let key = KeyRow {
        id: row.int(1)?,
        master: row.text(2)?.to_owned(),
        sealed: sealed(row, 3)?,
    };
    Ok((owner, key))
}

pub(crate) fn key_fetch(tx: &mut Tx<'_>, owner: Owner) -> Result<Option<KeyRow>, DbError> {
    let row = tx.row(&KEY_FETCH, &[owner.to_column().into()])?;
    row.map(|row| key(&row).map(|(_, key)| key)).transpose()
}

/// Keeps a data key; false where the owner has one.
pub(crate) fn key_insert(
    tx: &mut Tx<'_>,
    owner: Owner,
    row: &KeyRow,
    at: Timestamp,
) -> Result<bool, DbError> {
    let values = [
        owner.to_column().into(),
        row.id.into(),
        row.master.as_str().into(),
        row.sealed.nonce.clone().into(),
        row.sealed.bytes.clone().into(),
        at.into(),
    ];
    Ok(tx.execute(&KEY_INSERT, &values)? == 1)
}

/// Data keys that a master key wraps.
pub(crate) fn key_list(
    tx: &mut Tx<'_>,
    master: &str,
    limit: u32,
) -> Result<Vec<(Owner, KeyRow)>, DbError> {
    let rows = tx.rows(&KEY_LIST, &[master.into(), limit.into()])?;
    rows.iter().map(key).collect()
}

/// Data keys of all owners behind this one, in their order.
pub(crate) fn key_walk(
    tx: &mut Tx<'_>,
    after: Option<Owner>,
    limit: u32,
) -> Result<Vec<(Owner, KeyRow)>, DbError> {
    let after = after.map_or(-1, Owner::to_column);
    let rows = tx.rows(&KEY_WALK, &[after.into(), limit.into()])?;
    rows.iter().map(key).collect()
}

pub(crate) fn key_rewrap(
    tx: &mut Tx<'_>,
    owner: Owner,
    row: &KeyRow,
    former: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    let values = vec![
        owner.to_column().into(),
        row.master.as_str().into(),
        row.sealed.nonce.clone().into(),
        row.sealed.bytes.clone().into(),
        at.into(),
        row.id.into(),
        former.into(),
    ];
    tx.queue(&KEY_REWRAP, values)
}

/// The ids of the master keys in use, each with how many data keys it wraps.
pub(crate) fn master_list(tx: &mut Tx<'_>) -> Result<Vec<(String, u64)>, DbError> {
    let rows = tx.rows(&MASTER_LIST, &[])?;
    let counted = |row: &Row| {
        let count = u64::try_from(row.int(1)?).unwrap_or_default();
        Ok((row.text(0)?.to_owned(), count))
    };
    rows.iter().map(counted).collect()
}

pub(crate) fn secret_fetch(
    tx: &mut Tx<'_>,
    owner: Owner,
    name: &SecretName,
) -> Result<Option<SecretRow>, DbError> {
    let row = tx.row(
        &SECRET_FETCH,
        &[owner.to_column().into(), name.as_str().into()],
    )?;
    let row = row.map(|row| {
        Ok(SecretRow {
            id: row.int(0)?,
            key_id: row.int(1)?,
            sealed: sealed(&row, 2)?,
            at: row.timestamp(4)?,
            cause: row.text(5)?.to_owned(),
        })
    });
    row.transpose()
}

pub(crate) fn secret_write(
    tx: &mut Tx<'_>,
    owner: Owner,
    name: &SecretName,
    row: &SecretRow,
) -> Result<(), DbError> {
    let values = vec![
        owner.to_column().into(),
        name.as_str().into(),
        row.id.into(),
        row.key_id.into(),
        row.sealed.nonce.clone().into(),
        row.sealed.bytes.clone().into(),
        row.at.into(),
        row.cause.as_str().into(),
    ];
    tx.queue(&SECRET_WRITE, values)
}

pub(crate) fn secret_drop(
    tx: &mut Tx<'_>,
    owner: Owner,
    name: &SecretName,
) -> Result<bool, DbError> {
    let values = [owner.to_column().into(), name.as_str().into()];
    Ok(tx.execute(&SECRET_DROP, &values)? == 1)
}

pub(crate) fn secret_list(
    tx: &mut Tx<'_>,
    owner: Owner,
    limit: u32,
) -> Result<Vec<(String, Timestamp)>, DbError> {
    let rows = tx.rows(&SECRET_LIST, &[owner.to_column().into(), limit.into()])?;
    rows.iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.timestamp(1)?)))
        .collect()
}

pub(crate) fn secret_count(tx: &mut Tx<'_>, owner: Owner) -> Result<i64, DbError> {
    let row = tx.row(&SECRET_COUNT, &[owner.to_column().into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Deletes secrets and data key; gives how many secrets there were.
pub(crate) fn owner_forget(tx: &mut Tx<'_>, owner: Owner) -> Result<u64, DbError> {
    let dropped = tx.execute(&SECRETS_DROP, &[owner.to_column().into()])?;
    tx.queue(&KEY_DROP, vec![owner.to_column().into()])?;
    Ok(dropped)
}
