//! The data directory: made for this user's eyes alone, held by one process, and what stands in it.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};

use crate::failure::Failure;

const VARIABLE: &str = "GUILDHALL_DATA_DIR";

/// Makes the directory where it is missing.
///
/// # Errors
/// When it cannot be made or written.
pub(crate) fn prepare(directory: &Path) -> Result<(), Failure> {
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory);
    let probe = directory.join(".write-probe");
    let written = made
        .and_then(|()| private().open(&probe))
        .and_then(|_| fs::remove_file(&probe));
    written.map_err(|error| unwritable(directory, &error))
}

/// Why the directory cannot be used.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::broken(
        format!("`{}` cannot be made or written: {error}", path.display()),
        format!("Let {VARIABLE} name a directory that this user may write"),
    )
}

/// Options for a file that only this user may read.
pub(crate) fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600);
    options
}

/// Writes a small file whole or not at all, for this user's eyes alone.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = private().truncate(true).open(&fresh)?;
    // One that was left behind may have been open to others.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    // The name itself is durable once the directory is.
    path.parent()
        .map_or(Ok(()), |parent| fs::File::open(parent)?.sync_all())
}

/// The embedded database's file.
pub(crate) fn database_path(directory: &Path) -> PathBuf {
    directory.join("guildhall.db")
}

/// The exclusive hold on a data directory; the embedded database takes the same one for itself.
#[derive(Debug)]
pub(crate) struct Hold {
    _file: fs::File,
}

/// Takes the hold.
///
/// # Errors
/// When another process has it, or the directory cannot be written.
pub(crate) fn hold(directory: &Path) -> Result<Hold, Failure> {
    hold_if_free(directory)?.ok_or_else(|| {
        Failure::broken(
            held(directory),
            format!("Stop it, or give this one a directory of its own by {VARIABLE}"),
        )
    })
}

/// Says that another process has the hold.
pub(crate) fn held(directory: &Path) -> String {
    format!("another Guildhall is running on `{}`", directory.display())
}

/// Takes the hold, unless another process has it.
///
/// # Errors
/// When the directory cannot be written.
pub(crate) fn hold_if_free(directory: &Path) -> Result<Option<Hold>, Failure> {
    let path = directory.join("guildhall.lock");
    let file = private()
        .open(&path)
        .map_err(|error| unwritable(&path, &error))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(Hold { _file: file })),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(unwritable(&path, &error.into())),
    }
}

/// Empties the directory, while nobody holds it.
///
/// # Errors
/// When another process holds it, or something in it cannot be removed.
pub(crate) fn empty(directory: &Path) -> Result<(), Failure> {
    if !directory.exists() {
        return Ok(());
    }
    let _hold = hold(directory)?;
    let failed = |error: io::Error| {
        Failure::broken(
            format!("`{}` cannot be emptied: {error}", directory.display()),
            "Remove it by hand",
        )
    };
    for entry in fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_folder = path.symlink_metadata().map_err(failed)?.is_dir();
        let removed = if is_folder {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::{empty, hold, prepare, write_private};

    #[test]
    fn a_directory_is_made_held_once_and_emptied() {
        let outer = tempfile::tempdir().unwrap();
        let directory = outer.path().join("a/b");
        prepare(&directory).unwrap();
        assert_eq!(
            fs::metadata(&directory).unwrap().permissions().mode() & 0o777,
            0o700
        );
        let held = hold(&directory).unwrap();
        assert!(
            hold(&directory)
                .unwrap_err()
                .to_string()
                .contains("another Guildhall")
        );
        assert!(empty(&directory).is_err());
        drop(held);

        fs::create_dir(directory.join("inner")).unwrap();
        write_private(&directory.join("secret"), "text").unwrap();
        assert_eq!(
            fs::metadata(directory.join("secret"))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o600
        );
        empty(&directory).unwrap();
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_the_way_is_told_with_the_variable() {
        let outer = tempfile::tempdir().unwrap();
        let file = outer.path().join("file");
        fs::write(&file, "").unwrap();
        let said = prepare(&file.join("data")).unwrap_err().to_string();
        assert!(
            said.contains("cannot be made or written") && said.contains("GUILDHALL_DATA_DIR"),
            "{said}"
        );
    }
}
