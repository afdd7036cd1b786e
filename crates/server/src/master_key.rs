//! The key that seals tokens and keys: from the configuration, or from its file in the data directory, where the
//! first start makes it.
//!
//! It is 32 bytes from the operating system; losing it loses what it sealed. It never stands in a log.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rand::{TryRngCore, rngs::OsRng};
use secrecy::{ExposeSecret, SecretBox, SecretString, zeroize::Zeroizing};
use sha2::{Digest, Sha256};

use crate::{
    config::{self, Config},
    data_dir,
    failure::Failure,
};

const VARIABLE: &str = "GUILDHALL_MASTER_KEY";
const FILE: &str = "master.key";

/// The key.
#[derive(Debug)]
pub struct MasterKey {
    bytes: SecretBox<[u8; 32]>,
}

impl MasterKey {
    /// The key of this configuration and data directory; made where there is none.
    ///
    /// # Errors
    /// When the file holds no key, or cannot be read or written.
    pub fn obtain(config: &Config, directory: &Path) -> Result<Self, Failure> {
        if let Some(key) = &config.master_key {
            let bytes = SecretBox::new(Box::new(*key.expose_secret()));
            return Ok(Self { bytes });
        }
        let path = path(directory);
        match fs::read_to_string(&path) {
            Ok(text) => Self::read(&path, &Zeroizing::new(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(&path),
            Err(error) => Err(data_dir::unwritable(&path, &error)),
        }
    }

    fn read(path: &Path, text: &str) -> Result<Self, Failure> {
        let bytes = config::master_key(text.trim_end()).map_err(|reason| {
            Failure::setting(
                VARIABLE,
                format!("the key in `{}`: {reason}", path.display()),
                "Put the key back from your backup. What was sealed with it cannot be opened with another.",
            )
        })?;
        Ok(Self { bytes })
    }

    fn make(path: &Path) -> Result<Self, Failure> {
        let mut bytes = Zeroizing::new([0; 32]);
        OsRng.try_fill_bytes(bytes.as_mut()).map_err(|error| {
            anyhow::anyhow!("the operating system gave no randomness for the master key: {error}")
        })?;
        let text = Zeroizing::new(format!("{}\n", STANDARD.encode(bytes.as_ref())));
        data_dir::write_private(path, &text).map_err(|error| data_dir::unwritable(path, &error))?;
        tracing::info!(file = %path.display(), "made the master key; keep a copy of it where backups are not");
        Ok(Self {
            bytes: SecretBox::new(Box::new(*bytes)),
        })
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.bytes.expose_secret()
    }

    /// The key that signs the ends of audit chains, derived from this one.
    #[must_use]
    pub fn signer(&self) -> audit::Signer {
        let seed = Zeroizing::new(self.derived(b"guildhall audit signer 1"));
        audit::Signer::of_seed(&seed)
    }

    /// The ring that secrets and tokens are sealed with.
    #[must_use]
    pub fn keyring(&self) -> Arc<platform::Keyring> {
        Arc::new(platform::Keyring::new(platform::MasterKey::new(
            self.expose(),
        )))
    }

    /// A key of its own for one purpose. The master key is uniformly random and of one length, so a digest of both
    /// tells nothing of it.
    fn derived(&self, purpose: &[u8]) -> [u8; 32] {
        let digest = Sha256::new().chain_update(self.expose());
        digest.chain_update(purpose).finalize().into()
    }

    /// The key as text, so that the log can black it out.
    #[must_use]
    pub fn text(&self) -> SecretString {
        STANDARD.encode(self.expose()).into()
    }
}

/// The key's file.
#[must_use]
pub fn path(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

/// The mode of the key's file, where there is one and it holds a key.
///
/// # Errors
/// When it holds none, or cannot be read.
pub fn look(directory: &Path) -> Result<Option<u32>, Failure> {
    let path = path(directory);
    match fs::metadata(&path) {
        Ok(metadata) => {
            let text =
                fs::read_to_string(&path).map_err(|error| data_dir::unwritable(&path, &error))?;
            MasterKey::read(&path, &Zeroizing::new(text))?;
            Ok(Some(metadata.permissions().mode()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(data_dir::unwritable(&path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::MasterKey;
    use crate::config::{Config, Sources};

    fn config(key: Option<&str>) -> Config {
        let mut sources = Sources::default();
        let given = key.map(|key| ("GUILDHALL_MASTER_KEY".to_owned(), key.to_owned()));
        sources.environment.extend(given);
        Config::parse(&sources, &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap()
    }

    #[test]
    fn the_first_start_makes_a_key_and_the_next_finds_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = MasterKey::obtain(&config(None), directory.path()).unwrap();
        let second = MasterKey::obtain(&config(None), directory.path()).unwrap();
        assert_eq!(first.expose(), second.expose());
        assert_ne!(first.expose(), &[0; 32]);
        let mode = fs::metadata(directory.path().join("master.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!format!("{first:?}").contains(&format!("{:?}", first.expose())));
    }

    #[test]
    fn a_key_that_was_given_needs_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let given = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let key = MasterKey::obtain(&config(Some(given)), directory.path()).unwrap();
        assert_eq!(key.expose()[31], 31);
        assert!(!directory.path().join("master.key").exists());
    }

    #[test]
    fn a_file_without_a_key_is_refused_by_the_variables_name() {
        let directory = tempfile::tempdir().unwrap();
        for text in ["AAAA\n", "not base64", ""] {
            fs::write(directory.path().join("master.key"), text).unwrap();
            let failure = MasterKey::obtain(&config(None), directory.path()).unwrap_err();
            assert_eq!(failure.exit().code(), 2);
            assert!(
                failure.to_string().contains("GUILDHALL_MASTER_KEY"),
                "{failure}"
            );
        }
    }
}
