//! The key that seals tokens and keys: from the configuration, or from its file in the data directory, where the
//! first start makes it.
//!
//! It is 32 bytes from the operating system; losing it loses what it sealed. It never stands in a log. While it is
//! exchanged, the one to come stands in a file beside it, and both are in use (`rotation`).

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
const NEXT: &str = "master.key.next";
/// Public keys of former signers, one on a line: what they signed still is to be verified.
const SIGNERS: &str = "audit.signers";

/// The key in use, and the one before it while they are exchanged.
#[derive(Debug)]
pub struct MasterKey {
    bytes: SecretBox<[u8; 32]>,
    former: Option<SecretBox<[u8; 32]>>,
}

impl MasterKey {
    /// The key of this configuration and data directory; made where there is none.
    ///
    /// # Errors
    /// When the file holds no key, or cannot be read or written.
    pub fn obtain(config: &Config, directory: &Path) -> Result<Self, Failure> {
        match &config.master_key {
            Some(key) => Ok(Self::of(key.expose_secret())),
            None => Self::of_files(directory),
        }
    }

    const fn whole(bytes: SecretBox<[u8; 32]>) -> Self {
        Self {
            bytes,
            former: None,
        }
    }

    fn of(bytes: &[u8; 32]) -> Self {
        Self::whole(SecretBox::new(Box::new(*bytes)))
    }

    /// The key in this directory's files; made where there is none.
    ///
    /// # Errors
    /// When a file holds no key, or cannot be read or written.
    pub fn of_files(directory: &Path) -> Result<Self, Failure> {
        let (path, next) = (path(directory), directory.join(NEXT));
        match (Self::read_some(&path)?, Self::read_some(&next)?) {
            (Some(key), None) => Ok(key),
            (Some(former), Some(next)) => Ok(next.after(former)),
            (None, None) => Self::make(&path),
            (None, Some(_)) => Err(Failure::setting(
                VARIABLE,
                format!(
                    "`{}` is there, and `{}` is not",
                    next.display(),
                    path.display()
                ),
                "The key was being exchanged: put the one before back from your backup, and start again.",
            )),
        }
    }

    fn read_some(path: &Path) -> Result<Option<Self>, Failure> {
        match fs::read_to_string(path) {
            Ok(text) => Self::read(path, &Zeroizing::new(text)).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(data_dir::unwritable(path, &error)),
        }
    }

    fn after(mut self, former: Self) -> Self {
        self.former = Some(former.bytes);
        self
    }

    /// Makes the next key and writes it beside this one, which is the former one from now on.
    ///
    /// # Errors
    /// When there is no randomness, or it cannot be written.
    pub(crate) fn next(self, directory: &Path) -> Result<Self, Failure> {
        Ok(Self::make(&directory.join(NEXT))?.after(self))
    }

    /// Whether it is being exchanged.
    #[must_use]
    pub const fn is_exchanged(&self) -> bool {
        self.former.is_some()
    }

    /// Puts the next key in the place of the one before, in one step.
    pub(crate) fn settle(directory: &Path) -> io::Result<()> {
        fs::rename(directory.join(NEXT), path(directory))?;
        // The name itself is durable once the directory is.
        fs::File::open(directory)?.sync_all()
    }

    /// Notes who signed with the key before, so that it is still believed.
    pub(crate) fn keep_signer(&self, directory: &Path) -> Result<(), Failure> {
        let Some(former) = &self.former else {
            return Ok(());
        };
        let signer = Self::of(former.expose_secret()).signer().public();
        keep_signers(directory, &[signer])
    }

    /// Whoever signed the audit in this directory: with this key, the one before, and those before that.
    ///
    /// # Errors
    /// When the list of them cannot be read.
    pub fn signers(&self, directory: &Path) -> Result<Vec<audit::PublicKey>, Failure> {
        let mut signers = vec![self.signer().public()];
        let former = self.former.iter();
        signers.extend(former.map(|key| Self::of(key.expose_secret()).signer().public()));
        signers.extend(former_signers(directory)?);
        Ok(signers)
    }

    /// The key of this configuration and data directory, where there is one; none is made.
    ///
    /// # Errors
    /// When the file holds no key, or cannot be read.
    pub fn present(config: &Config, directory: &Path) -> Result<Option<Self>, Failure> {
        let is_there = config.master_key.is_some() || path(directory).exists();
        is_there
            .then(|| Self::obtain(config, directory))
            .transpose()
    }

    fn read(path: &Path, text: &str) -> Result<Self, Failure> {
        let bytes = config::master_key(text.trim_end()).map_err(|reason| {
            Failure::setting(
                VARIABLE,
                format!("the key in `{}`: {reason}", path.display()),
                "Put the key back from your backup. What was sealed with it cannot be opened with another.",
            )
        })?;
        Ok(Self::whole(bytes))
    }

    fn make(path: &Path) -> Result<Self, Failure> {
        let mut bytes = Zeroizing::new([0; 32]);
        OsRng.try_fill_bytes(bytes.as_mut()).map_err(|error| {
            anyhow::anyhow!("the operating system gave no randomness for the master key: {error}")
        })?;
        let text = Zeroizing::new(format!("{}\n", STANDARD.encode(bytes.as_ref())));
        data_dir::write_private(path, &text).map_err(|error| data_dir::unwritable(path, &error))?;
        tracing::info!(file = %path.display(), "made the master key; keep a copy of it where backups are not");
        Ok(Self::of(&bytes))
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
    pub fn ring(&self) -> platform::Keyring {
        let ring = platform::Keyring::new(platform::MasterKey::new(self.expose()));
        match &self.former {
            Some(former) => ring.with_former(platform::MasterKey::new(former.expose_secret())),
            None => ring,
        }
    }

    /// The same, to be shared.
    #[must_use]
    pub fn keyring(&self) -> Arc<platform::Keyring> {
        Arc::new(self.ring())
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

/// Notes these signers, so that they are believed in this directory.
///
/// # Errors
/// When the list of them cannot be read or written.
pub(crate) fn keep_signers(directory: &Path, also: &[audit::PublicKey]) -> Result<(), Failure> {
    let mut signers = former_signers(directory)?;
    let before = signers.len();
    for signer in also {
        if !signers.contains(signer) {
            signers.push(*signer);
        }
    }
    if signers.len() == before {
        return Ok(());
    }
    let lines: String = signers.iter().map(|signer| format!("{signer}\n")).collect();
    let path = directory.join(SIGNERS);
    data_dir::write_private(&path, &lines).map_err(|error| data_dir::unwritable(&path, &error))
}

/// Whoever signed before the key in use and is believed in this directory.
///
/// # Errors
/// When the list of them cannot be read.
pub(crate) fn former_signers(directory: &Path) -> Result<Vec<audit::PublicKey>, Failure> {
    let path = directory.join(SIGNERS);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(data_dir::unwritable(&path, &error)),
    };
    let signer = |line: &str| {
        audit::PublicKey::of_digits(line).ok_or_else(|| {
            Failure::broken(
                format!("`{}` holds a line that is no public key", path.display()),
                "Put the file back from your backup",
            )
        })
    };
    text.lines().map(signer).collect()
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
