//! The `.env` beside which the server is started: what stands in it, what is to, and writing it.
//!
//! Lines that are not ours stay as they are; the file is for its owner alone, and whole or as before.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::{config, data_dir, failure::Failure};

/// What becomes of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Change {
    /// It was not there.
    Added,
    /// It had another value.
    Replaced,
    /// It is as it was.
    Kept,
    /// It comes from a file of its own, where it stays.
    InItsFile,
}

impl Change {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Kept => "as it was",
            Self::InItsFile => "stays in the file that its _FILE names",
        }
    }
}

/// A setting as it is to be.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) value: SecretString,
    pub(super) change: Change,
}

/// The file.
#[derive(Debug)]
pub(super) struct EnvFile {
    path: PathBuf,
    text: String,
}

impl EnvFile {
    /// The one of the folder that the command is run in.
    pub(super) fn here() -> Result<Self, Failure> {
        let path = Path::new(".env");
        let whole = fs::canonicalize(path);
        let (path, text) = match whole {
            // Where it is a link, what it leads to is written.
            Ok(path) => {
                let text = fs::read_to_string(&path);
                (path.clone(), text.map_err(|error| unusable(&path, &error))?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = fs::canonicalize(".").map_err(|error| unusable(path, &error))?;
                (folder.join(path), String::new())
            }
            Err(error) => return Err(unusable(path, &error)),
        };
        Ok(Self { path, text })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What a variable is set to in it.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let mut lines = config::dotenv_lines(&self.text).into_iter();
        let line = lines.find(|line| line.name == name)?;
        line.value.ok()
    }

    /// A setting beside what stands there now.
    pub(super) fn setting(
        &self,
        environment: &BTreeMap<String, String>,
        name: &'static str,
        value: SecretString,
    ) -> Setting {
        let of_file = format!("{name}_FILE");
        let change = if self.value(&of_file).is_some() || environment.contains_key(&of_file) {
            Change::InItsFile
        } else {
            match self.value(name) {
                None => Change::Added,
                Some(now) if now == value.expose_secret() => Change::Kept,
                Some(_) => Change::Replaced,
            }
        };
        Setting {
            name,
            value,
            change,
        }
    }

    /// Its text with these settings.
    pub(super) fn with(&self, settings: &[Setting]) -> String {
        let changed = settings
            .iter()
            .filter(|setting| matches!(setting.change, Change::Added | Change::Replaced));
        changed.fold(self.text.clone(), |text, setting| {
            config::dotenv_with(&text, setting.name, setting.value.expose_secret())
        })
    }

    /// Writes it, for its owner alone.
    pub(super) fn write(&self, text: &str) -> Result<(), Failure> {
        data_dir::write_private(&self.path, text).map_err(|error| unusable(&self.path, &error))
    }
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::broken(
        format!("`{}` cannot be read or written: {error}", path.display()),
        "Run it in a folder that this user may write, or have the lines printed by --print",
    )
}
