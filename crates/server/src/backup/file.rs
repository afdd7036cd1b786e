//! The file of a backup: a manifest, then the rows of all tables as one compressed stream.
//!
//! A file gets its name when it is whole, on the disk, and was read back; what breaks off before leaves nothing. Each
//! table has a digest, so that what is wrong with a file is found with its place.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use sha2::{Digest, Sha256};
use store::{Value, dump::DumpError};

use super::{
    fault::{Fault, Unfit},
    manifest::{Manifest, Part, digits},
    row,
};
use crate::data_dir;

/// How hard it is pressed: the level that costs about as much time as the digests do.
const LEVEL: i32 = 3;

/// Whether a file that is there already may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// It may.
    Allowed,
    /// It stays, and nothing is written.
    Refused,
}

/// Bytes that are counted and digested on their way.
struct Tally<T> {
    inner: T,
    digest: Sha256,
    bytes: u64,
}

impl<T> Tally<T> {
    fn of(inner: T) -> Self {
        Self {
            inner,
            digest: Sha256::new(),
            bytes: 0,
        }
    }

    fn note(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    }

    fn sha256(&self) -> String {
        digits(&self.digest.clone().finalize())
    }
}

impl<T: Write> Write for Tally<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.note(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Tally<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.note(&buffer[..read]);
        Ok(read)
    }
}

type Press = zstd::stream::write::Encoder<'static, Tally<BufWriter<File>>>;

/// A backup that is being written, under another name than its own.
pub(super) struct Draft {
    target: PathBuf,
    path: PathBuf,
    front_bytes: usize,
    manifest: Manifest,
    press: Option<Press>,
}

impl Draft {
    /// Begins a file for this eyes alone, beside where it is to be. The manifest names tables without counts.
    pub(super) fn begin(target: &Path, manifest: Manifest) -> Result<Self, Fault> {
        let path = unfinished(target)?;
        sweep(&path).map_err(Fault::unwritable(&path))?;
        let front_bytes = manifest.front_bytes().map_err(Fault::unwritable(&path))?;
        let opened = data_dir::private().create_new(true).open(&path);
        let file = opened.map_err(Fault::unwritable(&path))?;
        let mut draft = Self {
            target: target.to_owned(),
            path,
            front_bytes,
            manifest,
            press: None,
        };
        draft.press = Some(draft.press(file).map_err(Fault::unwritable(&draft.path))?);
        Ok(draft)
    }

    fn press(&self, mut file: File) -> io::Result<Press> {
        file.write_all(&vec![b' '; self.front_bytes])?;
        let out = Tally::of(BufWriter::with_capacity(128 * 1024, file));
        zstd::stream::write::Encoder::new(out, LEVEL)
    }

    /// Writes the next table: `rows` hands its rows out.
    pub(super) fn table(
        &mut self,
        place: usize,
        rows: impl FnOnce(&mut dyn FnMut(&[Value]) -> io::Result<()>) -> Result<u64, DumpError>,
    ) -> Result<u64, Fault> {
        let press = self.press.as_mut();
        let press = press.ok_or_else(|| Fault::Refused("the file is finished".to_owned()))?;
        let mut out = Tally::of(press);
        let written = rows(&mut |values| row::write(&mut out, values));
        let count = written.map_err(Fault::moving(&self.path))?;
        row::end(&mut out).map_err(Fault::unwritable(&self.path))?;
        let sha256 = out.sha256();
        if let Some(part) = self.manifest.tables.get_mut(place) {
            part.rows = count;
            part.sha256 = sha256;
        }
        Ok(count)
    }

    /// Writes the manifest, has everything on the disk, reads it back, and gives the file its name.
    pub(super) fn finish(mut self, replace: Replace) -> Result<Manifest, Fault> {
        self.complete().map_err(Fault::unwritable(&self.path))?;
        let read = read_through(&self.path).map_err(Fault::unfit(&self.path))?;
        if read != self.manifest {
            return Err(Fault::unfit(&self.path)(Unfit::Edited(
                "its manifest".to_owned(),
            )));
        }
        rename(&self.path, &self.target, replace).map_err(|reason| named(&self.target, reason))?;
        Ok(self.manifest.clone())
    }

    fn complete(&mut self) -> io::Result<()> {
        let Some(press) = self.press.take() else {
            return Ok(());
        };
        let out = press.finish()?;
        self.manifest.packed_bytes = out.bytes;
        self.manifest.packed_sha256 = out.sha256();
        let mut file = out.inner.into_inner().map_err(io::Error::from)?;
        let front = self.manifest.front(self.front_bytes)?;
        file.seek(io::SeekFrom::Start(0))?;
        file.write_all(&front)?;
        file.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Under its own name it is gone from here already.
        let _ = fs::remove_file(&self.path);
    }
}

/// Tells the files of one process apart.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// What the name of a file ends in while it is written, behind the process and the place in it.
const UNFINISHED: &str = ".unfinished";

/// The name of a file while it is written.
fn unfinished(target: &Path) -> Result<PathBuf, Fault> {
    let name = target.file_name().and_then(|name| name.to_str());
    let name = name
        .ok_or_else(|| Fault::Refused(format!("`{}` is no name for a file", target.display())))?;
    let (process, place) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    Ok(target.with_file_name(format!(".{name}.{process}-{place}{UNFINISHED}")))
}

/// Removes what killed processes left where this file is to be.
fn sweep(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) else {
        return Ok(());
    };
    for entry in fs::read_dir(folder)? {
        let left = entry?.path();
        // One of our very name is from a process that had our id before us.
        if left == path || is_abandoned(&left) {
            fs::remove_file(&left)?;
        }
    }
    Ok(())
}

fn is_abandoned(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let stem = name.and_then(|name| name.strip_prefix('.')?.strip_suffix(UNFINISHED));
    let maker = stem.and_then(|stem| stem.rsplit_once('.')?.1.split_once('-'));
    maker.is_some_and(|(process, _)| {
        let is_number = !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit());
        is_number && !Path::new("/proc").join(process).exists()
    })
}

fn rename(from: &Path, to: &Path, replace: Replace) -> io::Result<()> {
    match replace {
        Replace::Allowed => fs::rename(from, to)?,
        Replace::Refused => match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // Not every file system can; the look before must do there.
            Err(rustix::io::Errno::INVAL) if !to.exists() => fs::rename(from, to)?,
            other => other?,
        },
    }
    sync_folder(to)
}

/// Has the name of a file on the disk.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(parent) if parent != Path::new("") => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

fn named(target: &Path, reason: io::Error) -> Fault {
    if reason.kind() == io::ErrorKind::AlreadyExists {
        return taken(target);
    }
    Fault::unwritable(target)(reason)
}

/// Why a name is not used.
pub(super) fn taken(target: &Path) -> Fault {
    Fault::Refused(format!(
        "`{}` is there already, and is left as it is. Choose another name, or say --force",
        target.display()
    ))
}

type Unpress = zstd::stream::read::Decoder<'static, BufReader<Tally<BufReader<File>>>>;

/// A backup that is being read.
pub(super) struct Reading {
    pub(super) manifest: Manifest,
    unpress: Unpress,
}

/// The rows of one table, as they lie in a file.
pub(super) struct Rows<'reading> {
    from: Tally<&'reading mut Unpress>,
    columns: usize,
    count: u64,
    is_over: bool,
}

impl Reading {
    /// Opens a file, reads what it says of itself, and compares its length with that.
    pub(super) fn open(path: &Path) -> Result<Self, Unfit> {
        let mut file = BufReader::with_capacity(128 * 1024, File::open(path)?);
        let manifest = Manifest::read(&mut file)?;
        let length = file.get_ref().metadata()?.len();
        let front = file.stream_position()?;
        let packed = length.saturating_sub(front);
        if packed < manifest.packed_bytes {
            let missing = manifest.packed_bytes - packed;
            return Err(Unfit::CutShort(format!("by {missing} bytes")));
        }
        if packed > manifest.packed_bytes {
            return Err(Unfit::Edited("what stands behind its end".to_owned()));
        }
        let unpress = zstd::stream::read::Decoder::new(Tally::of(file))?;
        Ok(Self { manifest, unpress })
    }

    /// The rows of the next table.
    pub(super) fn rows(&mut self, part: &Part) -> Rows<'_> {
        Rows {
            from: Tally::of(&mut self.unpress),
            columns: part.columns.len(),
            count: 0,
            is_over: false,
        }
    }

    /// Ends the reading: nothing may be left, and every byte must have been as it was written.
    pub(super) fn finish(mut self) -> Result<Manifest, Unfit> {
        let edited = || Unfit::Edited("what stands behind its rows".to_owned());
        let left = io::copy(&mut self.unpress, &mut io::sink())
            .map_err(|error| wrong(error, "what stands behind its rows"))?;
        let mut tally = self.unpress.finish();
        io::copy(&mut tally, &mut io::sink())?;
        let packed = tally.into_inner();
        let is_whole = packed.bytes == self.manifest.packed_bytes
            && packed.sha256() == self.manifest.packed_sha256;
        if left > 0 || !is_whole {
            return Err(edited());
        }
        Ok(self.manifest)
    }
}

impl Rows<'_> {
    /// The next row.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<Value>>> {
        if self.is_over {
            return Ok(None);
        }
        let row = row::read(&mut self.from, self.columns)?;
        self.is_over = row.is_none();
        self.count += u64::from(row.is_some());
        Ok(row)
    }

    /// How many rows there were so far.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Whether the rows are those that the manifest tells of; what is left of them is read as well.
    pub(super) fn finish(mut self, part: &Part) -> Result<(), Unfit> {
        while !self.is_over {
            self.next().map_err(|error| place(error, part))?;
        }
        if self.count != part.rows || self.from.sha256() != part.sha256 {
            return Err(Unfit::Edited(rows_of(part)));
        }
        Ok(())
    }
}

/// What an error in the rows of a table means.
pub(super) fn place(error: io::Error, part: &Part) -> Unfit {
    wrong(error, &rows_of(part))
}

fn rows_of(part: &Part) -> String {
    format!("what its table `{}` holds", part.name)
}

fn wrong(error: io::Error, what: &str) -> Unfit {
    match error.raw_os_error() {
        Some(_) => Unfit::Unreadable(error),
        None => Unfit::Edited(what.to_owned()),
    }
}

/// Reads a whole file and checks every digest in it; gives what it says of itself.
///
/// # Errors
/// What is wrong with the file, and where.
pub(super) fn read_through(path: &Path) -> Result<Manifest, Unfit> {
    let mut reading = Reading::open(path)?;
    for part in reading.manifest.tables.clone() {
        reading.rows(&part).finish(&part)?;
    }
    reading.finish()
}

/// What a file says of itself, without a look at its rows.
///
/// # Errors
/// When it is none of ours, or not whole.
pub(super) fn glance(path: &Path) -> Result<Manifest, Unfit> {
    Reading::open(path).map(|reading| reading.manifest)
}

/// What tests do with files that the product never would.
#[cfg(test)]
pub(super) mod tests_only {
    use std::{
        fs::File,
        io::{BufReader, Read, Write},
        path::{Path, PathBuf},
    };

    use store::Value;

    use super::{LEVEL, Manifest, Tally, row};

    /// All bytes of a backup's rows.
    pub(in crate::backup) fn unpacked(path: &Path) -> Vec<u8> {
        let mut file = BufReader::new(File::open(path).unwrap());
        Manifest::read(&mut file).unwrap();
        let mut bytes = Vec::new();
        let mut unpress = zstd::stream::read::Decoder::new(file).unwrap();
        unpress.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// A backup of these tables without rows but one, of nothing but NULL, in the table at this place; in itself it agrees.
    pub(in crate::backup) fn repacked(
        path: &Path,
        manifest: &mut Manifest,
        place: usize,
    ) -> PathBuf {
        let press = zstd::stream::write::Encoder::new(Tally::of(Vec::new()), LEVEL);
        let mut press = press.unwrap();
        for (at, part) in manifest.tables.iter_mut().enumerate() {
            let mut out = Tally::of(&mut press);
            part.rows = u64::from(at == place);
            if at == place {
                row::write(&mut out, &vec![Value::Null; part.columns.len()]).unwrap();
            }
            row::end(&mut out).unwrap();
            part.sha256 = out.sha256();
        }
        let packed = press.finish().unwrap();
        manifest.packed_bytes = packed.bytes;
        manifest.packed_sha256 = packed.sha256();
        let bytes = manifest.front_bytes().unwrap();
        let mut file = File::create(path).unwrap();
        file.write_all(&manifest.front(bytes).unwrap()).unwrap();
        file.write_all(&packed.inner).unwrap();
        path.to_owned()
    }
}
