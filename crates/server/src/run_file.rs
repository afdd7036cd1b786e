//! `run.json`: which process serves a data directory, and at which addresses. Gone after a clean stop.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use kernel::Timestamp;
use serde_json::{Map, Value};

use crate::data_dir;

/// The file, while the process runs.
#[derive(Debug)]
pub struct RunFile {
    path: PathBuf,
    document: Mutex<Map<String, Value>>,
}

impl RunFile {
    /// Writes the file with the process in it, and no addresses yet.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(directory: &Path, now: Timestamp) -> io::Result<Self> {
        let mut document = Map::new();
        document.insert("pid".to_owned(), std::process::id().into());
        document.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
        document.insert("started_at".to_owned(), now.to_string().into());
        let file = Self {
            path: directory.join("run.json"),
            document: Mutex::new(document),
        };
        file.write()?;
        Ok(file)
    }

    /// Adds what is in use, such as `http_addr`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note(&self, name: &str, value: impl std::fmt::Display) -> io::Result<()> {
        let mut document = self.document.lock().unwrap_or_else(PoisonError::into_inner);
        document.insert(name.to_owned(), value.to_string().into());
        drop(document);
        self.write()
    }

    fn write(&self) -> io::Result<()> {
        let document = self.document.lock().unwrap_or_else(PoisonError::into_inner);
        let text = format!("{:#}\n", Value::Object(document.clone()));
        data_dir::write_private(&self.path, &text)
    }

    /// Removes the file.
    pub fn end(&self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, file = %self.path.display(), "could not be removed");
        }
    }
}

/// What the file of this directory says, where there is one.
#[must_use]
pub(crate) fn read(directory: &Path) -> Option<Map<String, Value>> {
    let text = fs::read_to_string(directory.join("run.json")).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::{RunFile, read};

    #[test]
    fn addresses_stand_in_the_file_until_the_end() {
        let directory = tempfile::tempdir().unwrap();
        assert!(read(directory.path()).is_none());
        let file = RunFile::begin(directory.path(), Timestamp::from_micros(0)).unwrap();
        file.note("http_addr", "127.0.0.1:8080").unwrap();
        let document = read(directory.path()).unwrap();
        assert_eq!(document["http_addr"], "127.0.0.1:8080");
        assert_eq!(document["pid"], std::process::id());
        file.end();
        assert!(read(directory.path()).is_none());
    }
}
