//! A source of entropy that has run dry.

use crate::seal::{Entropy, EntropyError};

/// It gives nothing.
#[derive(Debug)]
pub(crate) struct Dry;

impl Entropy for Dry {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError("the source is dry".to_owned()))
    }
}
