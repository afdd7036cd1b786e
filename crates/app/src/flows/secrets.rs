//! A guild's secrets are kept and deleted from outside Discord; it is recorded who did it, never what a secret says.

use kernel::{Fault, FaultKind, Op, Told};
use platform::{Owner, SecretError, SecretName, SecretPut};
use secrecy::{ExposeSecret, SecretString};
use store::{DbError, Tx};

use super::{noting::record_access, own_key};
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

/// Keeps a secret of the guild, sealed; the key of its model provider for the provider that is set now, and no other.
///
/// # Errors
/// When the secret makes no sense, the key was used before, or the database fails.
pub async fn keep(core: &Core, op: Op, command: KeepSecret) -> Result<(), KeepError> {
    let inside = core.clone();
    // Whoever reads the marks learns nothing of the secret: the digest takes the master key.
    let asked = ["put".to_owned(), core.keyring().fingerprint(&command.value)];
    let put = SecretPut {
        owner: Owner::Guild(op.guild),
        value: kept(core, &op, &command).await?,
        name: command.name,
    };
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

/// What is kept of it.
async fn kept(core: &Core, op: &Op, command: &KeepSecret) -> Result<SecretString, KeepError> {
    let written = command.value.expose_secret();
    // An empty one is refused as such, and must not pass for one that has something in front of it.
    if command.name != SecretName::ai_key() || written.is_empty() {
        return Ok(command.value.clone());
    }
    let config = core.config(op.guild).await?;
    Ok(own_key::tied(&config.settings.ai, &command.value))
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
