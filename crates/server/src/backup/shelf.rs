//! The backups that are kept in the data directory: their names, the newest good one, and which are old enough to go.
//!
//! A name ends in the moment whose state the file holds, so that names sort by time. Files of other names are nobody's
//! of ours, and are left alone.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use kernel::{Span, Timestamp};

use super::{fault::Unfit, file, manifest::Manifest};

/// What a backup is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Another day.
    Daily,
    /// The schema is about to go up to this migration.
    BeforeUp(u32),
    /// The schema is about to go down to this migration.
    BeforeDown(u32),
}

impl Reason {
    /// The file's name; to the millisecond, so that a second one in the same second has another.
    #[must_use]
    pub fn file_name(self, at: Timestamp) -> String {
        let moment = at.to_string();
        let seconds = moment.split(['.', 'Z']).next().unwrap_or_default();
        let stamp = format!(
            "{}.{:03}",
            seconds.replace(':', "-"),
            at.millis().rem_euclid(1_000)
        );
        match self {
            Self::Daily => format!("{DAILY}{stamp}Z{ENDING}"),
            Self::BeforeUp(to) => format!("{BEFORE}up-to-{to}-{stamp}Z{ENDING}"),
            Self::BeforeDown(to) => format!("{BEFORE}down-to-{to}-{stamp}Z{ENDING}"),
        }
    }
}

const DAILY: &str = "daily-";
const BEFORE: &str = "before-";
const ENDING: &str = ".backup";

/// The folder of a data directory.
#[must_use]
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("backups")
}

/// A kept backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The file.
    pub file: PathBuf,
    /// The moment whose state it holds.
    pub at: Timestamp,
    /// Whether it is one of every day's.
    pub is_daily: bool,
    /// How many bytes it has.
    pub bytes: u64,
}

/// The backups that are kept, newest first. Whether they are good is told by [`newest_good`].
///
/// # Errors
/// When the folder cannot be read. One that is not there has none.
pub fn list(data_dir: &Path) -> io::Result<Vec<Kept>> {
    let entries = match fs::read_dir(folder(data_dir)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some((is_daily, at)) = name.to_str().and_then(read_name) else {
            continue;
        };
        found.push(Kept {
            file: entry.path(),
            at,
            is_daily,
            bytes: entry.metadata()?.len(),
        });
    }
    found.sort_by_key(|kept| std::cmp::Reverse(kept.at));
    Ok(found)
}

/// What a name says: whether it is one of every day's, and of when.
fn read_name(name: &str) -> Option<(bool, Timestamp)> {
    let stem = name.strip_suffix(ENDING)?;
    let is_daily = stem.starts_with(DAILY);
    if !is_daily && !stem.starts_with(BEFORE) {
        return None;
    }
    let stamp = stem.get(stem.len().checked_sub("2026-11-29T03-30-00.000Z".len())?..)?;
    let (day, time) = stamp.split_once('T')?;
    let at = format!("{day}T{}", time.replace('-', ":")).parse().ok()?;
    Some((is_daily, at))
}

/// The backups that are kept, newest first, each with what it says of itself, or why it is of no use.
///
/// # Errors
/// When the folder cannot be read.
pub fn looked_through(data_dir: &Path) -> io::Result<Vec<(Kept, Result<Manifest, Unfit>)>> {
    let all = list(data_dir)?.into_iter();
    Ok(all
        .map(|kept| {
            let manifest = file::glance(&kept.file);
            (kept, manifest)
        })
        .collect())
}

/// The newest backup that is whole by its own account, and what it says of itself. One that is not is passed over.
///
/// # Errors
/// When the folder cannot be read.
pub fn newest_good(data_dir: &Path) -> io::Result<Option<(Kept, Manifest)>> {
    for kept in list(data_dir)? {
        match file::glance(&kept.file) {
            Ok(manifest) => return Ok(Some((kept, manifest))),
            Err(unfit) => {
                tracing::warn!(file = %kept.file.display(), %unfit, "a kept backup is of no use");
            }
        }
    }
    Ok(None)
}

/// Removes what is older than `keep`, for it holds what members have had erased since. Of every day's the newest
/// good one stays whatever its age: where no new one comes, the last is better than none. Says what went.
///
/// # Errors
/// When the folder cannot be read, or a file not removed.
pub fn prune(data_dir: &Path, now: Timestamp, keep: Span) -> io::Result<Vec<PathBuf>> {
    let (daily, before): (Vec<Kept>, Vec<Kept>) =
        list(data_dir)?.into_iter().partition(|kept| kept.is_daily);
    let is_good = |kept: &&Kept| file::glance(&kept.file).is_ok();
    let last = daily.iter().find(is_good).or(daily.first());
    let last = last.map(|kept| kept.file.clone());
    let mut gone = Vec::new();
    for old in daily.into_iter().chain(before) {
        if old.at < now.before(keep) && Some(&old.file) != last.as_ref() {
            fs::remove_file(&old.file)?;
            gone.push(old.file);
        }
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use kernel::{Span, Timestamp};

    use super::{Reason, folder, list, prune, read_name};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_tells_what_for_and_of_when() {
        let name = Reason::Daily.file_name(at("2026-11-29T03:30:00.123456Z"));
        assert_eq!(name, "daily-2026-11-29T03-30-00.123Z.backup");
        assert_eq!(
            read_name(&name),
            Some((true, at("2026-11-29T03:30:00.123Z")))
        );
        let name = Reason::BeforeUp(12).file_name(at("2026-11-29T03:30:00Z"));
        assert_eq!(name, "before-up-to-12-2026-11-29T03-30-00.000Z.backup");
        assert_eq!(read_name(&name), Some((false, at("2026-11-29T03:30:00Z"))));
        for other in [
            "daily-.backup",
            "mine-2026-11-29T03-30-00.000Z.backup",
            "daily-x",
        ] {
            assert_eq!(read_name(other), None, "{other}");
        }
    }

    #[test]
    fn old_ones_go_and_the_newest_of_every_days_stays_whatever_its_age() {
        let data_dir = tempfile::tempdir().unwrap();
        assert_eq!(list(data_dir.path()).unwrap(), []);
        let folder = folder(data_dir.path());
        fs::create_dir(&folder).unwrap();
        let names = [
            Reason::Daily.file_name(at("2026-11-01T03:30:00Z")),
            Reason::Daily.file_name(at("2026-11-20T03:30:00Z")),
            Reason::Daily.file_name(at("2026-11-21T03:30:00Z")),
            Reason::BeforeUp(3).file_name(at("2026-10-01T00:00:00Z")),
            "mine.backup".to_owned(),
        ];
        for name in &names {
            fs::write(folder.join(name), "").unwrap();
        }
        let gone = prune(data_dir.path(), at("2026-11-22T00:00:00Z"), Span::days(7)).unwrap();
        assert_eq!(gone, [folder.join(&names[0]), folder.join(&names[3])]);
        let gone = prune(data_dir.path(), at("2027-11-22T00:00:00Z"), Span::days(7)).unwrap();
        assert_eq!(gone, [folder.join(&names[1])]);
        assert!(folder.join(&names[4]).exists());
        let left: Vec<_> = list(data_dir.path()).unwrap();
        assert_eq!(left[0].file, folder.join(&names[2]));
    }
}
