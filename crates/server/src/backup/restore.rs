//! Putting a backup in the place of a database: all of it or nothing, and never over another one.
//!
//! Embedded, the database is built in a folder of the data directory and moved into its place when it is whole; while
//! that folder is there, nothing starts on the directory. On PostgreSQL everything is one transaction.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use kernel::Timestamp;
use store::dump::Table;
use store_postgres::Aside;

use super::{
    fault::Fault,
    file::sync_folder,
    manifest::Manifest,
    rebuild::{Plan, digest},
};
use crate::data_dir;

/// The folder that says that a restore is under way, or broke off.
const SITE: &str = "restoring";

/// What belongs to the embedded database beside its file.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// What to do where there is a database already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// It is left, and nothing is done.
    Refuse,
    /// It is moved aside.
    MoveAside,
}

/// Whether a restore into this data directory was begun and did not end.
#[must_use]
pub fn is_unfinished(data_dir: &Path) -> bool {
    data_dir.join(SITE).exists()
}

/// Whether a data directory has an embedded database that holds anything.
#[must_use]
pub fn is_occupied(data_dir: &Path) -> bool {
    let is_there = |file: PathBuf| fs::metadata(file).is_ok_and(|file| file.len() > 0);
    parts(data_dir).into_iter().any(is_there)
}

fn parts(data_dir: &Path) -> Vec<PathBuf> {
    let database = data_dir::database_path(data_dir);
    let part = |ending: &&str| {
        let mut name = database.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    BESIDE.iter().map(part).collect()
}

/// Where an embedded database is built. Whoever has it holds the data directory.
#[derive(Debug)]
pub(super) struct Site {
    data_dir: PathBuf,
    /// Whether the old database may be out of its place, so that a start must be kept off.
    is_moving: bool,
}

impl Site {
    /// Clears the site, and what an earlier restore left there.
    ///
    /// # Errors
    /// When the data directory cannot be written.
    pub(super) fn clear(data_dir: &Path) -> Result<Self, Fault> {
        let site = Self {
            data_dir: data_dir.to_owned(),
            is_moving: false,
        };
        let path = site.path();
        let made = remove(&path).and_then(|()| fs::DirBuilder::new().mode(0o700).create(&path));
        made.and_then(|()| sync_folder(&path))
            .map_err(Fault::unwritable(path))?;
        Ok(site)
    }

    fn path(&self) -> PathBuf {
        self.data_dir.join(SITE)
    }

    /// The database that is built.
    #[must_use]
    pub(super) fn database(&self) -> PathBuf {
        data_dir::database_path(&self.path())
    }

    /// Moves what was built into its place, and what is there aside; says where that is.
    ///
    /// # Errors
    /// When something cannot be moved. Then nothing starts on the directory until a restore has ended.
    pub(super) fn settle(
        mut self,
        present: Present,
        now: Timestamp,
    ) -> Result<Option<PathBuf>, Fault> {
        let aside = match present {
            Present::MoveAside if is_occupied(&self.data_dir) => Some(self.aside(now)),
            _ => None,
        };
        self.is_moving = true;
        self.move_in(aside.as_deref())
            .map_err(Fault::unwritable(&self.data_dir))?;
        self.is_moving = false;
        Ok(aside)
    }

    fn aside(&self, now: Timestamp) -> PathBuf {
        self.data_dir.join(format!("{ASIDE}{}", now.millis()))
    }

    fn move_in(&self, aside: Option<&Path>) -> io::Result<()> {
        let built = self.database();
        fs::File::open(&built)?.sync_all()?;
        if let Some(aside) = aside {
            fs::DirBuilder::new().mode(0o700).create(aside)?;
        }
        // No log of the old database may stay: the engine would play it into the new one.
        for part in parts(&self.data_dir) {
            match (aside, part.file_name()) {
                (Some(aside), Some(name)) if part.exists() => fs::rename(&part, aside.join(name))?,
                _ => remove_file(&part)?,
            }
        }
        sync_folder(&built)?;
        let place = data_dir::database_path(&self.data_dir);
        fs::rename(&built, &place)?;
        sync_folder(&place)
    }
}

/// Where an old database goes: a folder in the data directory, a schema in PostgreSQL.
const ASIDE: &str = "before-restore-";

impl Drop for Site {
    fn drop(&mut self) {
        if self.is_moving {
            return;
        }
        let path = self.path();
        if let Err(error) = remove(&path).and_then(|()| sync_folder(&path)) {
            tracing::warn!(folder = %path.display(), %error, "could not be removed; remove it by hand");
        }
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    unless_absent(fs::remove_dir_all(folder))
}

fn remove_file(file: &Path) -> io::Result<()> {
    unless_absent(fs::remove_file(file))
}

fn unless_absent(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Fails while servers of ours are connected, from wherever they run.
///
/// # Errors
/// When there are such, or the server is away.
pub(crate) fn refuse_served(server: &mut Aside) -> Result<(), Fault> {
    let connected = server.servers()?;
    if connected > 0 {
        return Err(Fault::Refused(format!(
            "a Guildhall works on this database ({connected} connections). Stop it, and try again"
        )));
    }
    Ok(())
}

/// Connects to a server and sees whether a backup may go there. The transaction stays open, and writes nothing yet.
///
/// # Errors
/// When servers of ours are connected, or there are tables and they are to be left.
pub(super) fn look_at_server(url: &str, present: Present) -> Result<Aside, Fault> {
    let mut server = Aside::writing(url)?;
    refuse_served(&mut server)?;
    let tables = server.present()?;
    if !tables.is_empty() && present == Present::Refuse {
        return Err(Fault::Refused(format!(
            "there are {} tables in this database already, among them `{}`. Restore into an empty one, or say --force: \
             then ours among them are moved into a schema of their own",
            tables.len(),
            tables.first().map_or("", String::as_str),
        )));
    }
    Ok(server)
}

/// Fills a server with a backup, in the one transaction that is open; says in which schema the old tables are now.
/// `scratch` is where a small empty database may be made.
pub(super) fn fill_server(
    plan: &Plan<'_>,
    server: &mut Aside,
    scratch: &Path,
) -> Result<(Manifest, Option<String>), Fault> {
    let mut model = plan.empty(scratch)?;
    let ours = model.tables()?;
    let aside = move_aside(plan, server, &ours)?;
    let mut reading = plan.open()?;
    let applied = reading.manifest.applied();
    server.with(|tx| plan.migrations.up_like(tx, &applied))?;
    let parts = reading.manifest.tables.clone();
    for part in &parts {
        let table = plan.table(&mut model, part)?;
        plan.pour_table(&mut reading, part, |give| server.fill(&table, give))?;
    }
    for numbering in reading.manifest.numberings() {
        server.number_on(&numbering)?;
    }
    let manifest = reading.finish().map_err(Fault::unfit(plan.file))?;
    for part in &parts {
        (plan.tell)(format!("comparing {}", part.name));
        let table = plan.table(&mut model, part)?;
        let given_back = digest(|take| server.rows(&table, take));
        plan.compare(part, &given_back.map_err(Fault::moving(plan.file))?)?;
    }
    server.with(|tx| plan.migrations.up(tx, plan.now))?;
    server.commit()?;
    Ok((manifest, aside))
}

/// Moves the tables that have names of ours, of this build or of the backup, into a schema of their own.
fn move_aside(
    plan: &Plan<'_>,
    server: &mut Aside,
    ours: &[Table],
) -> Result<Option<String>, Fault> {
    let is_ours = |name: &String| {
        name == "store_migrations"
            || ours.iter().any(|table| table.name == *name)
            || plan.migrations.names_table(name)
    };
    let there: Vec<String> = server.present()?.into_iter().filter(is_ours).collect();
    if there.is_empty() {
        return Ok(None);
    }
    let schema = format!("{ASIDE}{}", plan.now.millis()).replace('-', "_");
    server.move_to(&there, &schema)?;
    Ok(Some(schema))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use kernel::Timestamp;

    use super::{Present, Site, is_occupied, is_unfinished};

    #[test]
    fn what_was_built_takes_its_place_and_no_log_of_the_old_one_stays() {
        let outer = tempfile::tempdir().unwrap();
        let file = |name: &str| outer.path().join(name);
        assert!(!is_occupied(outer.path()));
        fs::write(file("guildhall.db"), "").unwrap();
        assert!(!is_occupied(outer.path()));
        fs::write(file("guildhall.db"), "old").unwrap();
        fs::write(file("guildhall.db-wal"), "old log").unwrap();
        assert!(is_occupied(outer.path()));

        let site = Site::clear(outer.path()).unwrap();
        assert!(is_unfinished(outer.path()));
        drop(site);
        assert!(!is_unfinished(outer.path()), "given up");

        let site = Site::clear(outer.path()).unwrap();
        fs::write(site.database(), "new").unwrap();
        let now = Timestamp::from_micros(1_795_000_000_000_000);
        let aside = site.settle(Present::MoveAside, now).unwrap().unwrap();
        assert_eq!(fs::read(file("guildhall.db")).unwrap(), b"new");
        assert!(!file("guildhall.db-wal").exists() && !is_unfinished(outer.path()));
        assert_eq!(fs::read(aside.join("guildhall.db")).unwrap(), b"old");
        assert_eq!(
            fs::read(aside.join("guildhall.db-wal")).unwrap(),
            b"old log"
        );
    }

    #[test]
    fn a_move_that_breaks_off_keeps_every_start_away_until_it_is_done_again() {
        let outer = tempfile::tempdir().unwrap();
        let site = Site::clear(outer.path()).unwrap();
        // Nothing was built, so there is nothing to move.
        let now = Timestamp::from_micros(1_795_000_000_000_000);
        assert!(site.settle(Present::Refuse, now).is_err());
        assert!(is_unfinished(outer.path()));
        let site = Site::clear(outer.path()).unwrap();
        fs::write(site.database(), "new").unwrap();
        site.settle(Present::Refuse, now).unwrap();
        assert!(!is_unfinished(outer.path()) && is_occupied(outer.path()));
    }
}
