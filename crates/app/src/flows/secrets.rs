//! A guild's secrets are kept and deleted from outside Discord; it is recorded who did it, never what a secret says.

use kernel::{Fault, FaultKind, Op, Told};
use platform::{Owner, SecretError, SecretName, SecretPut};
use secrecy::SecretString;
use store::{DbError, Tx};

use super::noting::record_access;
use crate::{
    Core,
    once::{Coming, KeyReused, once},
};

/// A secret to be kept in place of the one before of its name.
#[derive(Debug)]
pub struct KeepSecret {
    /// What it is called.
    pub name: SecretName,
    /// What nobody is to see.
    pub value: SecretString,
}

/// Why a secret was not kept or deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// The guild has none of this name.
    #[error("there is no secret `{name}`")]
    NoSuchSecret {
        /// The name.
        name: SecretName,
    },
    /// The platform refuses it.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
}

impl From<DbError> for KeepError {
    fn from(error: DbError) -> Self {
        Self::Secret(error.into())
    }
}

impl Fault for KeepError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchSecret { .. } => FaultKind::NotFound,
            Self::Secret(error) => error.kind(),
            Self::KeyReused(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoSuchSecret { name } => {
                Told::new("app-no-such-secret").with("name", name.as_str())
            }
            Self::Secret(error) => error.told(),
            Self::KeyReused(error) => error.told(),
        }
    }
}

/// Keeps a secret of the guild, sealed.
///
/// # Errors
/// When the secret makes no sense, the key was used before, or the database fails.
pub async fn keep(core: &Core, op: Op, command: KeepSecret) -> Result<(), KeepError> {
    let inside = core.clone();
    let put = SecretPut {
        owner: Owner::Guild(op.guild),
        name: command.name,
        value: command.value,
    };
    // Whoever reads the marks learns nothing of the secret: the digest takes the master key.
    let asked = ["put".to_owned(), core.keyring().fingerprint(&put.value)];
    let work = move |tx: &mut Tx<'_>| {
        match once(tx, &op, &asked)? {
            Coming::First => {}
            Coming::Again => return Ok(()),
            Coming::Reused => return Err(KeyReused.into()),
        }
        let (ids, entropy) = (inside.ids.as_ref(), inside.entropy.as_ref());
        platform::secret_put(tx, &op, ids, entropy, &inside.keyring(), &put)?;
        record_access(tx, &inside, &op, "secret_put", &told(&put.name))?;
        Ok::<_, KeepError>(())
    };
    core.database.write("secret-put", work).await
}

/// Deletes a secret of the guild.
///
/// # Errors
/// When there is none, the key was used before, or the database fails.
pub async fn delete(core: &Core, op: Op, name: SecretName) -> Result<(), KeepError> {
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| {
        match once(tx, &op, &["delete"])? {
            Coming::First => {}
            Coming::Again => return Ok(()),
            Coming::Reused => return Err(KeyReused.into()),
        }
        if !platform::secret_delete(tx, Owner::Guild(op.guild), &name)? {
            return Err(KeepError::NoSuchSecret { name: name.clone() });
        }
        record_access(tx, &inside, &op, "secret_delete", &told(&name))?;
        Ok(())
    };
    core.database.write("secret-delete", work).await
}

fn told(name: &SecretName) -> String {
    format!("the secret `{name}`")
}
