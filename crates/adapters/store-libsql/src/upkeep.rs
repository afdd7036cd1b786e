//! Copies and checks of the database while it works. Each call blocks its thread until it is done.

use std::{
    fs, io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use store::DbError;

use crate::{
    session::{Connection, Role},
    store::LibsqlStore,
    writer::log_path,
};

/// How many findings a check reports.
const FINDINGS_MAX: usize = 20;

/// Why a copy or a check was not done.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The database is closed.
    #[error("the database is closed")]
    Closed,
    /// The copy cannot be written.
    #[error("`{}` cannot be written: {reason}", path.display())]
    Unwritable {
        /// The copy.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        reason: io::Error,
    },
    /// The engine failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl LibsqlStore {
    /// Writes a copy of the whole database, as it is at one moment, to a new file. Reads and writes go on.
    ///
    /// # Errors
    /// When the file exists already or cannot be written, or the engine fails; no file is left then.
    pub fn backup(&self, target: &Path) -> Result<(), UpkeepError> {
        let _held = self.hold().ok_or(UpkeepError::Closed)?;
        let unwritable = |reason| UpkeepError::Unwritable {
            path: target.to_owned(),
            reason,
        };
        // The engine fills a file that is there already where it is empty; so it is never readable by others.
        let file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(target)
            .map_err(unwritable)?;
        let copied = self.copy_to(target);
        if copied.is_err() {
            fs::remove_file(target).map_err(unwritable)?;
        }
        copied?;
        file.sync_all().map_err(unwritable)
    }

    fn copy_to(&self, target: &Path) -> Result<(), UpkeepError> {
        let mut connection = self.connect(Role::Copier)?;
        let name = target.to_str().ok_or_else(|| UpkeepError::Unwritable {
            path: target.to_owned(),
            reason: io::Error::other("its name is not UTF-8"),
        })?;
        let name = name.replace('\'', "''");
        connection.ask(&format!("VACUUM INTO '{name}'"))?;
        Ok(())
    }

    /// What the engine finds wrong with the file: nothing where it is whole.
    ///
    /// # Errors
    /// When the database is closed or the engine fails.
    pub fn integrity(&self) -> Result<Vec<String>, UpkeepError> {
        let _held = self.hold().ok_or(UpkeepError::Closed)?;
        let mut connection = self.connect(Role::Reader)?;
        let mut findings = connection.list(&format!("PRAGMA integrity_check({FINDINGS_MAX})"))?;
        findings.retain(|finding| finding != "ok");
        let strays = connection.list("PRAGMA foreign_key_check")?;
        let strays = strays.into_iter().take(FINDINGS_MAX);
        findings
            .extend(strays.map(|table| format!("a row of `{table}` names a row that is missing")));
        Ok(findings)
    }

    /// How many bytes the database and its log take on the disk.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn size(&self) -> io::Result<u64> {
        let log = fs::metadata(log_path(self.path())).map_or(0, |file| file.len());
        Ok(fs::metadata(self.path())?.len() + log)
    }

    fn connect(&self, role: Role) -> Result<Connection, UpkeepError> {
        Connection::open(self.path(), role)
            .map_err(|error| UpkeepError::Store(DbError::from(error)))
    }
}
