//! What the page keeps for itself: the steps that are done, and the pace of virtual members.
//! What always holds: the file is replaced as a whole, so a crash leaves the old one or the new one; a disk that
//! refuses costs the keeping, never the page.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::crowd::Pace;

/// Why the notes could not be used.
#[derive(Debug, thiserror::Error)]
pub enum NotesError {
    #[error("the chat page's notes {path} can't be read: {source}; make the file readable, or move it away", path = path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("the chat page's notes {path} are damaged: {reason}; move the file away to begin anew", path = path.display())]
    Damaged { path: PathBuf, reason: String },
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Kept {
    #[serde(default)]
    pace: Pace,
    #[serde(default)]
    steps_done: BTreeSet<String>,
}

/// The notes, and where they lie.
#[derive(Debug)]
pub(super) struct Notes {
    path: Option<PathBuf>,
    kept: Kept,
}

impl Notes {
    pub(super) fn open(folder: Option<PathBuf>) -> Result<Self, NotesError> {
        let path = folder.map(|folder| folder.join("page.json"));
        let kept = path.as_deref().map(read).transpose()?.unwrap_or_default();
        Ok(Self { path, kept })
    }

    pub(super) fn pace(&self) -> Pace {
        self.kept.pace
    }

    pub(super) fn set_pace(&mut self, pace: Pace) {
        if self.kept.pace != pace {
            self.kept.pace = pace;
            self.keep();
        }
    }

    pub(super) fn steps_done(&self) -> &BTreeSet<String> {
        &self.kept.steps_done
    }

    /// Ticks a step; whether it was open until now.
    pub(super) fn step_done(&mut self, id: &str) -> bool {
        let new = self.kept.steps_done.insert(id.to_owned());
        if new {
            self.keep();
        }
        new
    }

    fn keep(&self) {
        let Some(path) = &self.path else { return };
        if let Err(error) = write(path, &self.kept) {
            tracing::warn!(path = %path.display(), %error, "the chat page's notes could not be kept");
        }
    }
}

fn read(path: &Path) -> Result<Kept, NotesError> {
    match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| NotesError::Damaged {
            path: path.to_owned(),
            reason: error.to_string(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kept::default()),
        Err(source) => Err(NotesError::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let new = path.with_extension("json.new");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create(&new)?;
    file.write_all(serde_json::to_string_pretty(kept)?.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::{Notes, NotesError};
    use crate::crowd::Pace;

    #[test]
    fn notes_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let mut notes = Notes::open(Some(folder.path().to_owned())).unwrap();
        assert!(notes.step_done("daily"));
        assert!(!notes.step_done("daily"));
        notes.set_pace(Pace::Lively);
        let again = Notes::open(Some(folder.path().to_owned())).unwrap();
        assert!(again.steps_done().contains("daily"));
        assert_eq!(again.pace(), Pace::Lively);
    }

    #[test]
    fn damaged_notes_say_where_they_lie() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("page.json"), "{").unwrap();
        let error = Notes::open(Some(folder.path().to_owned())).unwrap_err();
        assert!(matches!(error, NotesError::Damaged { .. }));
        assert!(error.to_string().contains("page.json"));
    }
}
