//! Chance as a running server takes it: a cipher's stream, begun from the operating system, so that nobody can guess
//! what comes next from what came before. Salts, the nonces and keys of what is sealed, and jitter come from here.

use std::sync::{Mutex, PoisonError};

use kernel::Chance;
use platform::{Entropy, EntropyError};
use rand::{RngCore, SeedableRng, rngs::StdRng};

/// Chance that cannot be guessed.
pub(crate) struct SystemChance(Mutex<StdRng>);

impl SystemChance {
    /// A stream of its own.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub(crate) fn begin() -> Result<Self, anyhow::Error> {
        Ok(Self(Mutex::new(StdRng::try_from_os_rng()?)))
    }
}

impl std::fmt::Debug for SystemChance {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SystemChance")
    }
}

impl Chance for SystemChance {
    fn bits(&self) -> u64 {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stream.next_u64()
    }
}

impl Entropy for SystemChance {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stream.fill_bytes(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::Chance;

    use super::SystemChance;

    #[test]
    fn two_streams_have_nothing_in_common() {
        let (one, two) = (
            SystemChance::begin().unwrap(),
            SystemChance::begin().unwrap(),
        );
        let first: Vec<u64> = (0..100).map(|_| one.bits()).collect();
        assert!(first.iter().all(|bits| *bits != two.bits()));
    }
}
