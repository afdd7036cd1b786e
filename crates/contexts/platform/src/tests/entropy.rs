//! Entropy from a seed, so that a failure can be repeated.

use kernel::{Chance, SeededChance};

use crate::seal::{Entropy, EntropyError};

/// Bytes from a seed; for tests alone.
#[derive(Debug)]
pub(crate) struct Seeded(SeededChance);

impl Seeded {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(SeededChance::new(seed))
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.0.bits().to_be_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
        Ok(())
    }
}

/// A source that has run dry.
#[derive(Debug)]
pub(crate) struct Dry;

impl Entropy for Dry {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError("the source is dry".to_owned()))
    }
}
