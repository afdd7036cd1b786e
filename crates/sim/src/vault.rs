//! The simulator's state on disk: a journal of records, written each second and made compact at each start.
//! What always holds: a start number is durable before anything is served, so that ids and tokens of one run differ
//! from all others' whatever end that run met; a line that was torn by a crash is passed over; a folder has one user.
//! Not here: sessions, files of messages and rate-limit windows, which a restart empties.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::Hub;
use crate::world::World;
use crate::world::marks::Key;

/// Records rendered before others may use the world: a command that comes meanwhile waits for less than a millisecond.
const AT_ONCE: usize = 50;
/// The journal is made compact when it has grown by this much, and to a multiple of what it was.
const GROWTH_BYTES_MIN: u64 = 64 << 20;
const GROWTH_FACTOR: u64 = 4;

/// Why the state could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the state folder {path} can't be used: {source}; name one that can be written to", path = path.display())]
    Unusable { path: PathBuf, source: io::Error },
    #[error("the state folder {path} is in use by another simulator; stop it, or name another folder", path = path.display())]
    Locked { path: PathBuf },
    #[error("{path}, line {line}, is no record of this version: {reason}; move the file away to begin anew", path = path.display())]
    Unreadable {
        path: PathBuf,
        line: usize,
        reason: String,
    },
}

/// An open state folder.
#[derive(Debug)]
pub(crate) struct Vault {
    folder: PathBuf,
    journal: BufWriter<File>,
    written_bytes: u64,
    compact_bytes: u64,
    /// Kept open for its lock.
    _lock: File,
}

/// What stands in a folder before it is opened for writing.
#[derive(Debug)]
pub(crate) struct Found {
    folder: PathBuf,
    lock: File,
    /// No earlier run on this folder had this number.
    pub(crate) run: u64,
}

#[derive(Deserialize)]
struct Line {
    key: Key,
    value: Option<Value>,
}

impl Found {
    /// Locks a folder, made where it is missing, and takes the next start number.
    ///
    /// # Errors
    /// When the folder can't be used, or another simulator uses it.
    pub(crate) fn open(folder: &Path) -> Result<Self, VaultError> {
        let unusable = |source| VaultError::Unusable {
            path: folder.to_owned(),
            source,
        };
        fs::create_dir_all(folder).map_err(unusable)?;
        let lock = File::create(folder.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(VaultError::Locked {
                    path: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let path = folder.join("run");
        let run = match fs::read_to_string(&path) {
            Ok(text) => {
                text.trim()
                    .parse::<u64>()
                    .map_err(|reason| VaultError::Unreadable {
                        path: path.clone(),
                        line: 1,
                        reason: reason.to_string(),
                    })?
                    + 1
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => 1,
            Err(error) => return Err(unusable(error)),
        };
        replace(&path, |file| writeln!(file, "{run}")).map_err(unusable)?;
        Ok(Self {
            folder: folder.to_owned(),
            lock,
            run,
        })
    }

    /// Reads the journal into an empty world, and writes it anew without what is outdated.
    ///
    /// # Errors
    /// When a whole line can't be read, or the folder can't be written to.
    pub(crate) fn load(self, world: &mut World) -> Result<Vault, VaultError> {
        let path = self.folder.join("world.jsonl");
        read_journal(&path, world)?;
        world.restored(self.run);
        let unusable = |source| VaultError::Unusable {
            path: self.folder.clone(),
            source,
        };
        let compact_bytes = replace(&path, |file| {
            write_lines(file, &in_order(world.keys()), world)
        })
        .map_err(unusable)?;
        let journal = OpenOptions::new()
            .append(true)
            .open(&path)
            .map_err(unusable)?;
        let journal = BufWriter::new(journal);
        Ok(Vault {
            folder: self.folder,
            journal,
            written_bytes: compact_bytes,
            compact_bytes,
            _lock: self.lock,
        })
    }
}

impl Vault {
    /// Writes what changed since the last time; the journal is made compact when it has grown too far.
    ///
    /// # Errors
    /// When the disk refuses; what was to be written is then lost until it changes again.
    pub(crate) fn flush(&mut self, hub: &Hub) -> io::Result<()> {
        let changed = hub.peek().marks.take();
        if changed.is_empty() {
            return Ok(());
        }
        let changed = in_order(changed.into_iter().collect());
        for keys in changed.chunks(AT_ONCE) {
            let mut lines = Vec::new();
            write_lines(&mut lines, keys, &hub.peek())?;
            self.journal.write_all(&lines)?;
            self.written_bytes += lines.len() as u64;
        }
        self.journal.flush()?;
        if self.written_bytes > self.compact_bytes.saturating_mul(GROWTH_FACTOR) + GROWTH_BYTES_MIN
        {
            self.compact(hub)?;
        }
        Ok(())
    }

    /// Writes all records to a new journal. What changes meanwhile is marked, and follows with the next flush.
    fn compact(&mut self, hub: &Hub) -> io::Result<()> {
        let path = self.folder.join("world.jsonl");
        let keys = hub.peek().keys();
        // Sorted while others use the world.
        let keys = in_order(keys);
        self.compact_bytes = replace(&path, |file| {
            for keys in keys.chunks(AT_ONCE) {
                let mut lines = Vec::new();
                write_lines(&mut lines, keys, &hub.peek())?;
                file.write_all(&lines)?;
            }
            Ok(())
        })?;
        self.journal = BufWriter::new(OpenOptions::new().append(true).open(&path)?);
        self.written_bytes = self.compact_bytes;
        Ok(())
    }
}

/// Those first that others need.
fn in_order(mut keys: Vec<Key>) -> Vec<Key> {
    keys.sort_unstable();
    keys
}

fn write_lines(out: &mut impl Write, keys: &[Key], world: &World) -> io::Result<()> {
    for key in keys {
        let value = world.record(*key).unwrap_or_else(|| "null".to_owned());
        writeln!(
            out,
            "{{\"key\":{},\"value\":{value}}}",
            serde_json::to_string(key)?
        )?;
    }
    Ok(())
}

/// Writes a file beside its place, syncs it, and moves it there. Returns its size.
fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<u64> {
    let draft = path.with_extension("new");
    let mut file = BufWriter::new(File::create(&draft)?);
    write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    let size = file.metadata()?.len();
    fs::rename(&draft, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(size)
}

fn read_journal(path: &Path, world: &mut World) -> Result<(), VaultError> {
    let unusable = |source| VaultError::Unusable {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unusable(error)),
    };
    let (mut reader, mut number, mut bytes) = (BufReader::new(file), 0, Vec::new());
    loop {
        bytes.clear();
        number += 1;
        let read = reader.read_until(b'\n', &mut bytes).map_err(unusable)?;
        if read == 0 || bytes.last() != Some(&b'\n') {
            // The end, or a line that a crash cut off.
            return Ok(());
        }
        let line: Result<Line, _> = serde_json::from_slice(&bytes);
        let restored = line.and_then(|line| world.restore(line.key, line.value));
        restored.map_err(|error| VaultError::Unreadable {
            path: path.to_owned(),
            line: number,
            reason: error.to_string(),
        })?;
    }
}

#[cfg(test)]
mod tests;
