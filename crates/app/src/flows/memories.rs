//! A fact is forgotten from outside Discord, and it is recorded who had it forgotten: never what it said.

use kernel::{Fault, FaultKind, Op, Told};
use memory::{FactId, Subject};
use store::{DbError, Tx};

use super::noting::{accessed, record};
use crate::{
    Core,
    once::{Coming, KeyReused, once},
};

/// Why a fact was not forgotten.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForgetError {
    /// The guild has none with this id.
    #[error("there is no memory {id}")]
    NoSuchMemory {
        /// The id.
        id: FactId,
    },
    /// The key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for ForgetError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchMemory { .. } => FaultKind::NotFound,
            Self::KeyReused(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoSuchMemory { id } => Told::new("app-no-such-memory").with("id", id.get()),
            Self::KeyReused(error) => error.told(),
            Self::Store(error) => error.told(),
        }
    }
}

/// Forgets a fact of the guild, with those that it had taken the place of.
///
/// # Errors
/// When there is none, the key was used before, or the database fails.
pub async fn forget(core: &Core, op: Op, id: FactId) -> Result<(), ForgetError> {
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| forgotten(tx, &inside, &op, id);
    core.database.write("memory-forget", work).await
}

fn forgotten(tx: &mut Tx<'_>, core: &Core, op: &Op, id: FactId) -> Result<(), ForgetError> {
    match once(tx, op, &[id.to_string()])? {
        Coming::First => {}
        Coming::Again => return Ok(()),
        Coming::Reused => return Err(KeyReused.into()),
    }
    let fact = memory::forget(tx, op, None, id)?;
    let fact = fact.ok_or(ForgetError::NoSuchMemory { id })?;
    let mut entry = accessed(op, "memory_delete", "the memories");
    entry.subject = (fact.subject == Subject::Member).then_some(fact.user);
    record(tx, core, op, &entry)?;
    Ok(())
}
