//! Signers of a record that a backup names and this data directory does not know. The digests of a file are no seal:
//! whoever edits one can name themselves, so what a file says of signers is never believed for its own sake.

use std::path::Path;

use audit::PublicKey;
use serde_json::{Value, json};

use crate::{
    backup::Manifest,
    failure::Failure,
    master_key::{self, MasterKey},
};

/// The signers that are not known here.
#[derive(Debug)]
pub(super) struct Strangers {
    unknown: Vec<PublicKey>,
    /// Whether there is a key here that the backup could be one of.
    is_compared: bool,
}

impl Strangers {
    /// Compares the signers that a backup names with those of this directory.
    ///
    /// # Errors
    /// When the list of those of this directory cannot be read.
    pub(super) fn of(
        directory: &Path,
        key: Option<&MasterKey>,
        manifest: &Manifest,
    ) -> Result<Self, Failure> {
        let known = match key {
            Some(key) => key.signers(directory)?,
            None => master_key::former_signers(directory)?,
        };
        let mut unknown = manifest.signers();
        unknown.retain(|signer| !known.contains(signer));
        Ok(Self {
            unknown,
            is_compared: key.is_some(),
        })
    }

    /// Believes them in this directory from now on.
    ///
    /// # Errors
    /// When the list of signers cannot be read or written.
    pub(super) fn believe(self, directory: &Path) -> Result<Self, Failure> {
        master_key::keep_signers(directory, &self.unknown)?;
        Ok(Self {
            unknown: Vec::new(),
            ..self
        })
    }

    /// What is amiss, where anything is. Without a key here nobody could be known, and that is said of the key.
    pub(super) fn finding(&self) -> Option<String> {
        (self.is_compared && !self.unknown.is_empty()).then(|| {
            format!(
                "it names signers of its record that are not known here: {}. Where the master key was exchanged before the \
                 backup, that is as it should be: put the `audit.signers` of the server that it was taken from beside \
                 `master.key`, or look whether it holds these and restore with --trust-signers. Else somebody edited the \
                 file. What they signed is not believed here until then",
                self.listed().join(", ")
            )
        })
    }

    /// The same for programs.
    pub(super) fn to_json(&self) -> Value {
        json!(self.listed())
    }

    fn listed(&self) -> Vec<String> {
        self.unknown.iter().map(ToString::to_string).collect()
    }
}
