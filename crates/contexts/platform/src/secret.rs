//! Secrets of guilds and of the operator: tokens and provider keys, sealed in the database, write-only for people.
//!
//! Each owner has a data key of their own, wrapped by the master key. What a text belongs to (owner, name, the row's
//! id, the key's id) is sealed in with it. Destroying an owner's data key makes every copy of their secrets unreadable,
//! in backups too, for whoever has not kept the key.

use std::fmt;

use ::store::{DbError, Tx};
use kernel::{Fault, FaultKind, GuildId, IdSource, Op, Timestamp, Told};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::{Novelty, caused},
    seal::{Entropy, EntropyError, KEY_BYTES, Key, Keyring, belonging, secret_text},
    store::secrets::{self, KeyRow, SecretRow},
};

/// The most bytes of a secret.
pub const SECRET_BYTES_MAX: usize = 4_096;
/// The most secrets of one owner.
pub const SECRETS_MAX: u32 = 100;
const NAME_LENGTH_MAX: usize = 64;

/// Whose a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// The operator's.
    Operator,
    /// A guild's.
    Guild(GuildId),
}

impl Owner {
    pub(crate) const fn to_column(self) -> i64 {
        match self {
            Self::Operator => 0,
            Self::Guild(guild) => guild.to_column(),
        }
    }
}

/// The name of a secret within its owner: lower-case letters, digits, `_`, `.` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(String);

impl SecretName {
    /// The key of the guild's own model provider.
    #[must_use]
    pub fn ai_key() -> Self {
        Self("ai_key".to_owned())
    }

    /// The name of this text.
    ///
    /// # Errors
    /// When it is empty, too long, or holds other characters.
    pub fn new(name: &str) -> Result<Self, SecretError> {
        let fits = |letter: char| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_.-".contains(letter)
        };
        if name.is_empty() || name.len() > NAME_LENGTH_MAX || !name.chars().all(fits) {
            return Err(SecretError::BadName);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A secret to be kept.
#[derive(Debug)]
pub struct SecretPut {
    /// Whose it is.
    pub owner: Owner,
    /// What it is called.
    pub name: SecretName,
    /// What nobody is to see.
    pub value: SecretString,
}

/// That there is a secret, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretLine {
    /// What it is called.
    pub name: SecretName,
    /// Since when.
    pub at: Timestamp,
}

/// Why a secret was not kept or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The name is none.
    #[error("a secret's name has 1 to 64 lower-case letters, digits, `_`, `.` or `-`")]
    BadName,
    /// The secret is empty, too long, or of several lines.
    #[error("a secret has 1 to {SECRET_BYTES_MAX} bytes on one line")]
    BadValue,
    /// The owner has too many.
    #[error("an owner keeps at most {SECRETS_MAX} secrets")]
    TooMany,
    /// The data key was wrapped by a master key that is not in the ring.
    #[error(
        "the data key was wrapped by the master key {master}, which is not at hand: put it back"
    )]
    UnknownMaster {
        /// The id of the missing key.
        master: String,
    },
    /// The row does not open: it was moved, changed, or belongs to another key.
    #[error("the secret `{name}` does not open: its row was moved or changed")]
    DoesNotOpen {
        /// Which.
        name: String,
    },
    /// There was no entropy.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for SecretError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::BadName | Self::BadValue => FaultKind::Invalid,
            Self::TooMany => FaultKind::Exhausted,
            Self::UnknownMaster { .. } | Self::DoesNotOpen { .. } => FaultKind::Internal,
            Self::Entropy(_) => FaultKind::Unavailable,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::BadName => Told::new("platform-secret-bad-name"),
            Self::BadValue => Told::new("platform-secret-bad-value"),
            Self::TooMany => Told::new("platform-secret-too-many"),
            Self::UnknownMaster { .. } | Self::DoesNotOpen { .. } | Self::Entropy(_) => {
                Told::new("platform-secret-unavailable")
            }
            Self::Store(error) => error.told(),
        }
    }
}

/// Keeps a secret in place of the one before of its name; makes the owner's data key where there is none.
///
/// # Errors
/// When the secret makes no sense, the data key does not open, or the database fails.
pub fn secret_put(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    entropy: &dyn Entropy,
    ring: &Keyring,
    cmd: &SecretPut,
) -> Result<Novelty, SecretError> {
    let value = cmd.value.expose_secret();
    let fits = (1..=SECRET_BYTES_MAX).contains(&value.len()) && !value.contains(char::is_control);
    if !fits {
        return Err(SecretError::BadValue);
    }
    let (key_id, key) = key_obtain(tx, op, ids, entropy, ring, cmd.owner)?;
    let before = secrets::secret_fetch(tx, cmd.owner, &cmd.name)?;
    match before {
        Some(before) if before.cause == caused(op) => return Ok(Novelty::Before),
        Some(_) => {}
        None => {
            if secrets::secret_count(tx, cmd.owner)? >= i64::from(SECRETS_MAX) {
                return Err(SecretError::TooMany);
            }
        }
    }
    let id = ids.next();
    let belongs = secret_belongs(cmd.owner, &cmd.name, id, key_id);
    let row = SecretRow {
        id,
        key_id,
        sealed: key.seal(entropy, &belongs, value.as_bytes())?,
        at: op.at,
        cause: caused(op),
    };
    secrets::secret_write(tx, cmd.owner, &cmd.name, &row)?;
    Ok(Novelty::New)
}

/// Opens a secret; nothing where there is none.
///
/// # Errors
/// When the master key is not at hand, the row was moved or changed, or the database fails.
pub fn secret_fetch(
    tx: &mut Tx<'_>,
    ring: &Keyring,
    owner: Owner,
    name: &SecretName,
) -> Result<Option<SecretString>, SecretError> {
    let Some(row) = secrets::secret_fetch(tx, owner, name)? else {
        return Ok(None);
    };
    let broken = || SecretError::DoesNotOpen {
        name: name.to_string(),
    };
    let key = secrets::key_fetch(tx, owner)?.filter(|key| key.id == row.key_id);
    let key = unwrapped(ring, owner, &key.ok_or_else(broken)?)?;
    let belongs = secret_belongs(owner, name, row.id, row.key_id);
    let opened = key.open(&belongs, &row.sealed).ok_or_else(broken)?;
    secret_text(&opened).map(Some).ok_or_else(broken)
}

/// Deletes a secret; says whether there was one.
///
/// # Errors
/// When the database fails.
pub fn secret_delete(
    tx: &mut Tx<'_>,
    owner: Owner,
    name: &SecretName,
) -> Result<bool, SecretError> {
    Ok(secrets::secret_drop(tx, owner, name)?)
}

/// Which secrets there are; never what they say.
///
/// # Errors
/// When the database fails.
pub fn secrets_list(tx: &mut Tx<'_>, owner: Owner) -> Result<Vec<SecretLine>, SecretError> {
    let lines = secrets::secret_list(tx, owner, SECRETS_MAX)?;
    let line = |(name, at)| SecretLine {
        name: SecretName(name),
        at,
    };
    Ok(lines.into_iter().map(line).collect())
}

/// Deletes all secrets of an owner and destroys their data key; gives how many there were.
///
/// # Errors
/// When the database fails.
pub fn secrets_forget(tx: &mut Tx<'_>, owner: Owner) -> Result<u64, SecretError> {
    Ok(secrets::owner_forget(tx, owner)?)
}

fn key_obtain(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    entropy: &dyn Entropy,
    ring: &Keyring,
    owner: Owner,
) -> Result<(i64, Key), SecretError> {
    if let Some(row) = secrets::key_fetch(tx, owner)? {
        return Ok((row.id, unwrapped(ring, owner, &row)?));
    }
    let (id, key) = (ids.next(), Key::make(entropy)?);
    let row = wrapped(ring, entropy, owner, id, &key)?;
    if secrets::key_insert(tx, owner, &row, op.at)? {
        return Ok((id, key));
    }
    // Another process made one meanwhile.
    let row = secrets::key_fetch(tx, owner)?.ok_or_else(|| SecretError::DoesNotOpen {
        name: "data key".to_owned(),
    })?;
    Ok((row.id, unwrapped(ring, owner, &row)?))
}

/// Wraps a data key with the master key in use.
pub(crate) fn wrapped(
    ring: &Keyring,
    entropy: &dyn Entropy,
    owner: Owner,
    id: i64,
    key: &Key,
) -> Result<KeyRow, SecretError> {
    let master = ring.current();
    let belongs = key_belongs(owner, id, master.id());
    Ok(KeyRow {
        id,
        master: master.id().to_owned(),
        sealed: master.key().seal(entropy, &belongs, key.expose())?,
    })
}

/// Unwraps a data key with whichever master key wrapped it.
pub(crate) fn unwrapped(ring: &Keyring, owner: Owner, row: &KeyRow) -> Result<Key, SecretError> {
    let master = ring.find(&row.master);
    let master = master.ok_or_else(|| SecretError::UnknownMaster {
        master: row.master.clone(),
    })?;
    let belongs = key_belongs(owner, row.id, &row.master);
    let opened = master.key().open(&belongs, &row.sealed);
    let bytes: Option<&[u8; KEY_BYTES]> = opened
        .as_deref()
        .and_then(|bytes| bytes.as_slice().try_into().ok());
    bytes.map(Key::of).ok_or_else(|| SecretError::DoesNotOpen {
        name: "data key".to_owned(),
    })
}

fn key_belongs(owner: Owner, id: i64, master: &str) -> Vec<u8> {
    let (owner, id) = (owner.to_column().to_be_bytes(), id.to_be_bytes());
    belonging("guildhall.key.1", &[&owner, &id, master.as_bytes()])
}

fn secret_belongs(owner: Owner, name: &SecretName, id: i64, key_id: i64) -> Vec<u8> {
    let owner = owner.to_column().to_be_bytes();
    let (id, key_id) = (id.to_be_bytes(), key_id.to_be_bytes());
    belonging(
        "guildhall.secret.1",
        &[&owner, name.0.as_bytes(), &id, &key_id],
    )
}

#[cfg(test)]
mod tests {
    use super::{SecretError, SecretName};

    #[test]
    fn names_of_secrets_are_plain() {
        assert_eq!(SecretName::new("ai_key"), Ok(SecretName::ai_key()));
        for name in ["", "AI", "a b", "a/b", "é", &"x".repeat(65)] {
            assert_eq!(SecretName::new(name), Err(SecretError::BadName), "{name}");
        }
    }
}
