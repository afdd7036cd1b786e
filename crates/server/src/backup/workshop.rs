//! A folder for what is only needed while a backup is made or looked at: for this user's eyes, and gone afterwards.
//!
//! A killed process cannot clear up; the next one does so for it.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use super::fault::Fault;

const PREFIX: &str = ".work-";

/// Tells the folders of one process apart.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// The folder, while this lives.
#[derive(Debug)]
pub(super) struct Workshop {
    path: PathBuf,
}

impl Workshop {
    /// Makes a folder in this one, which is made as well.
    pub(super) fn within(folder: &Path) -> Result<Self, Fault> {
        let place = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{PREFIX}{}-{place}", std::process::id()));
        let made = sweep(folder).and_then(|()| make(&path));
        made.map_err(Fault::unwritable(&path))?;
        Ok(Self { path })
    }

    /// A file or folder in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(folder = %self.path.display(), %error, "a folder of work stays; remove it by hand");
        }
    }
}

fn make(path: &Path) -> io::Result<()> {
    // One of this name is from a process that had our id before us.
    remove(path)?;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes what killed processes left.
fn sweep(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let process = name
            .and_then(|name| name.strip_prefix(PREFIX))
            .and_then(|rest| rest.split('-').next());
        if process.is_some_and(|id| !Path::new("/proc").join(id).exists()) {
            remove(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::Workshop;

    #[test]
    fn a_folder_is_private_gone_in_the_end_and_cleared_after_a_killed_process() {
        let outer = tempfile::tempdir().unwrap();
        let killed = outer.path().join(".work-4294967295-0");
        fs::create_dir(&killed).unwrap();
        fs::write(killed.join("copy"), "words").unwrap();
        let one = Workshop::within(outer.path()).unwrap();
        let other = Workshop::within(outer.path()).unwrap();
        assert!(!killed.exists());
        fs::write(one.path("file"), "words").unwrap();
        let mode = fs::metadata(&one.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop((one, other));
        assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 0);
    }
}
