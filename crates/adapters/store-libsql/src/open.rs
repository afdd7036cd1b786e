//! Opening a database file: its directory, its lock, its settings, and why that may fail.
//!
//! The lock is advisory and dies with the process, so a kill leaves nothing to clean up.

use std::{
    fmt, fs,
    fs::File,
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use kernel::Span;
use rustix::fs::{FlockOperation, flock};

/// The name of the lock beside the database.
const LOCK_NAME: &str = "guildhall.lock";

/// How the database is run. The defaults suit a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many connections read.
    pub readers: usize,
    /// How many writes may wait.
    pub writes_waiting_max: usize,
    /// How many reads may wait.
    pub reads_waiting_max: usize,
    /// How many writes share a commit at most.
    pub batch_max: usize,
    /// How long a batch takes on further works before it commits.
    pub batch_time_max: Span,
    /// Past this length of the log the writer waits for readers in order to empty it.
    pub log_bytes_max: u64,
    /// For tests: which commits fail, as if the disk had.
    pub commit_fault: Option<CommitFault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 2,
            writes_waiting_max: 16_384,
            reads_waiting_max: 4_096,
            batch_max: 512,
            batch_time_max: Span::millis(10),
            log_bytes_max: 64 * 1024 * 1024,
            commit_fault: None,
        }
    }
}

/// Says of each commit, counted from 1, whether it is to fail.
#[derive(Clone)]
pub struct CommitFault(Arc<dyn Fn(u64) -> bool + Send + Sync>);

impl CommitFault {
    /// Commits fail where `fails` says so.
    pub fn new(fails: impl Fn(u64) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(fails))
    }

    pub(crate) fn strikes(&self, commit: u64) -> bool {
        (self.0)(commit)
    }
}

impl fmt::Debug for CommitFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CommitFault")
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process works on it.
    #[error(
        "another Guildhall{} is running on `{}`: stop it, or give this one a data directory of its own",
        process.as_ref().map(|id| format!(" (process {id})")).unwrap_or_default(),
        directory.display()
    )]
    Locked {
        /// The data directory.
        directory: PathBuf,
        /// The process that holds it, where it could be read.
        process: Option<String>,
    },
    /// The directory or a file in it cannot be made or written.
    #[error(
        "`{}` cannot be created or written: {reason}; choose a data directory that this user may write, with free space",
        path.display()
    )]
    Unwritable {
        /// What was to be written.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        reason: io::Error,
    },
    /// The file cannot be used as a database.
    #[error(
        "the database `{}` cannot be opened: {reason}; restore a backup, or move the file away to begin anew",
        path.display()
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
    /// The engine did not take a setting on which safety rests.
    #[error(
        "the database `{}` refuses the setting {setting}={wanted} and keeps `{found}`; its file system is not fit for a database",
        path.display()
    )]
    Unsafe {
        /// The file.
        path: PathBuf,
        /// The setting.
        setting: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// The operating system gives no thread.
    #[error("no thread could be started for the database: {0}")]
    Thread(#[source] io::Error),
}

/// The exclusive lock on a data directory, held as long as this lives.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    _file: File,
}

/// Makes the directory where it is missing, and locks it.
pub(crate) fn lock_directory(directory: &Path) -> Result<DirectoryLock, OpenError> {
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |reason| OpenError::Unwritable { path, reason }
    };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(unwritable(directory))?;
    let path = directory.join(LOCK_NAME);
    let mut file = private_file().open(&path).map_err(unwritable(&path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => {
            return Err(OpenError::Locked {
                directory: directory.to_owned(),
                process: holder(&mut file),
            });
        }
        Err(reason) => return Err(unwritable(&path)(reason.into())),
    }
    sign(&mut file).map_err(unwritable(&path))?;
    Ok(DirectoryLock { _file: file })
}

/// Makes the database file where it is missing, for this user's eyes alone; the log inherits its mode.
pub(crate) fn create_file(path: &Path) -> Result<(), OpenError> {
    private_file()
        .open(path)
        .map(drop)
        .map_err(|reason| OpenError::Unwritable {
            path: path.to_owned(),
            reason,
        })
}

fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600);
    options
}

fn holder(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    let id = text.trim();
    let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| id.to_owned())
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}
