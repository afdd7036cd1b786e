//! What seals and signs: exchanged as a whole while everything goes on, so that no part stays with a former key.

use std::sync::{Arc, PoisonError, RwLock};

use audit::Signer;
use platform::{Entropy, Keyring};

use crate::EffectSeal;

/// What follows from the master key.
#[derive(Debug)]
pub(crate) struct Keys {
    entropy: Arc<dyn Entropy>,
    now: RwLock<InUse>,
}

#[derive(Debug)]
struct InUse {
    ring: Arc<Keyring>,
    effects: Arc<EffectSeal>,
    signer: Option<Arc<Signer>>,
}

impl Keys {
    /// Those of this ring; nothing is signed yet.
    pub(crate) fn of(ring: Arc<Keyring>, entropy: Arc<dyn Entropy>) -> Self {
        let now = InUse {
            effects: Arc::new(EffectSeal::new(&ring, entropy.clone())),
            ring,
            signer: None,
        };
        Self {
            entropy,
            now: RwLock::new(now),
        }
    }

    pub(crate) fn ring(&self) -> Arc<Keyring> {
        self.look(|now| now.ring.clone())
    }

    pub(crate) fn effects(&self) -> Arc<EffectSeal> {
        self.look(|now| now.effects.clone())
    }

    pub(crate) fn signer(&self) -> Option<Arc<Signer>> {
        self.look(|now| now.signer.clone())
    }

    pub(crate) fn sign_with(&self, signer: Signer) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        now.signer = Some(Arc::new(signer));
    }

    /// Takes these in the place of those in use. Who signs goes on doing so, with the new key.
    pub(crate) fn exchange(&self, ring: Keyring, signer: Signer) {
        let ring = Arc::new(ring);
        let effects = Arc::new(EffectSeal::new(&ring, self.entropy.clone()));
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        now.ring = ring;
        now.effects = effects;
        now.signer = now.signer.as_ref().map(|_| Arc::new(signer));
    }

    fn look<T>(&self, look: impl FnOnce(&InUse) -> T) -> T {
        look(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }
}
