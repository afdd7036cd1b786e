//! The master key is exchanged: data keys are wrapped anew, and what is owed is sealed anew, while everything goes on.
//!
//! Each part is a transaction of its own, and what it did needs not be done again: a run that breaks off goes on where
//! it stopped. Not here: where the key is kept, and in which order its files change (the server).

use kernel::{Fault, FaultKind, Told};
use platform::SecretError;
use store::{DbError, Tx, owed};

use crate::{Core, EffectSealError};

/// How many data keys, or effects, one transaction sees to.
const CHUNK: u32 = 200;

/// What an exchange came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Renewed {
    /// How many data keys were wrapped anew.
    pub data_keys: u64,
    /// How many effects that are owed were sealed anew.
    pub effects: u64,
    /// How many data keys are wrapped by keys that are not at hand; they were so before, and stay as they are.
    pub unknown: u64,
}

/// Why an exchange did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// A data key does not open, or the database failed.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// An effect could not be sealed.
    #[error(transparent)]
    Effect(#[from] EffectSealError),
}

impl From<DbError> for RenewError {
    fn from(error: DbError) -> Self {
        Self::Secret(error.into())
    }
}

impl Fault for RenewError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Secret(error) => error.kind(),
            Self::Effect(_) => FaultKind::Internal,
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Secret(error) => error.told(),
            Self::Effect(_) => Told::new("fault-internal"),
        }
    }
}

/// Wraps some data keys anew that former keys of the ring wrap; says whether there are more.
///
/// # Errors
/// When one does not open, or the database fails.
pub async fn renew_some(core: &Core, renewed: &mut Renewed) -> Result<bool, RenewError> {
    let inside = core.clone();
    let at = core.clock.now();
    let work = move |tx: &mut Tx<'_>| {
        let (ring, entropy) = (inside.keys.ring(), inside.entropy.as_ref());
        platform::keys_rotate(tx, at, entropy, &ring, CHUNK)
    };
    let rotated = core.database.write("keys-rotate", work).await?;
    renewed.data_keys += rotated.wrapped;
    renewed.unknown = rotated.unknown;
    Ok(rotated.left > 0)
}

/// Seals every effect anew that is owed and that a former key of the ring sealed.
///
/// # Errors
/// When one cannot be sealed, or the database fails.
pub async fn renew_effects(core: &Core, renewed: &mut Renewed) -> Result<(), RenewError> {
    let mut after = 0;
    loop {
        let inside = core.clone();
        let work = move |tx: &mut Tx<'_>| effects_renewed(tx, &inside, after);
        let (last, count) = core.database.write("effects-renew", work).await?;
        renewed.effects += count;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// The last effect that was looked at, and how many were sealed anew.
fn effects_renewed(
    tx: &mut Tx<'_>,
    core: &Core,
    after: i64,
) -> Result<(Option<i64>, u64), RenewError> {
    let seal = core.keys.effects();
    let (mut last, mut count) = (None, 0);
    for (id, effect) in owed::owed_list(tx, after, CHUNK)? {
        last = Some(id);
        if let Some(fresh) = seal.renewed(id, &effect)? {
            owed::owed_rewrite(tx, id, &effect, &fresh)?;
            count += 1;
        }
    }
    Ok((last, count))
}
