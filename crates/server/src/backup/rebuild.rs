//! Building an embedded database out of a backup, in a file of its own: how one is looked at, and how one is restored.
//!
//! Every digest is compared twice: of what lies in the file, and of what the built database gives back.

use std::{io, path::Path};

use kernel::Timestamp;
use sha2::{Digest, Sha256};
use store::{
    MigrationError, Migrations, Value,
    dump::{DumpError, Table},
};
use store_libsql::LooseFile;

use super::{
    fault::{Fault, Unfit},
    file::{self, Reading},
    manifest::{Manifest, Part, digits},
    row,
};

/// How many rows lie between two looks at how far it has come.
pub(super) const ROWS_PER_WORD: u64 = 50_000;

/// What is built, and how.
pub(super) struct Plan<'plan> {
    /// The backup.
    pub(super) file: &'plan Path,
    /// The schema of this build.
    pub(super) migrations: &'plan Migrations,
    /// The time.
    pub(super) now: Timestamp,
    /// Hears how far it has come.
    pub(super) tell: &'plan dyn Fn(String),
}

impl Plan<'_> {
    /// Builds the database in this file, brings its schema up, and gives what the backup says of itself.
    pub(super) fn build(&self, database: &Path) -> Result<Manifest, Fault> {
        let mut loose = self.empty(database)?;
        let manifest = self.pour(&mut loose)?;
        for part in &manifest.tables {
            (self.tell)(format!("comparing {}", part.name));
            let table = self.table(&mut loose, part)?;
            let digest =
                digest(|take| loose.rows(&table, take)).map_err(Fault::moving(database))?;
            self.compare(part, &digest)?;
        }
        loose.change(|tx| self.migrations.up(tx, self.now))?;
        loose.close()?;
        Ok(manifest)
    }

    /// What the backup says of itself, where this build knows its schema.
    pub(super) fn open(&self) -> Result<Reading, Fault> {
        let reading = Reading::open(self.file).map_err(Fault::unfit(self.file))?;
        self.migrations
            .check(&reading.manifest.applied())
            .map_err(|error| self.unfit(Unfit::Schema(error)))?;
        Ok(reading)
    }

    /// An empty database whose schema is that of the backup.
    pub(super) fn empty(&self, database: &Path) -> Result<LooseFile, Fault> {
        let applied = self.open()?.manifest.applied();
        let mut loose = LooseFile::make(database)?;
        loose.change::<_, MigrationError>(|tx| self.migrations.up_like(tx, &applied))?;
        Ok(loose)
    }

    fn pour(&self, loose: &mut LooseFile) -> Result<Manifest, Fault> {
        let mut reading = self.open()?;
        let tables = loose.tables()?;
        let parts = reading.manifest.tables.clone();
        if let Some(missing) = tables
            .iter()
            .find(|table| parts.iter().all(|part| part.name != table.name))
        {
            return Err(self.unlike(&missing.name, "it is missing"));
        }
        for part in &parts {
            let table = self.table(loose, part)?;
            self.pour_table(&mut reading, part, |give| loose.fill(&table, give))?;
        }
        for numbering in reading.manifest.numberings() {
            loose.number_on(&numbering)?;
        }
        reading.finish().map_err(Fault::unfit(self.file))
    }

    /// Hands the rows of the next table to `fill`, and checks that they are as they were written.
    pub(super) fn pour_table(
        &self,
        reading: &mut Reading,
        part: &Part,
        fill: impl FnOnce(&mut store::dump::GiveRow<'_>) -> Result<u64, DumpError>,
    ) -> Result<(), Fault> {
        let mut rows = reading.rows(part);
        let filled = fill(&mut || {
            if rows.count().is_multiple_of(ROWS_PER_WORD) {
                let (name, count) = (&part.name, rows.count());
                (self.tell)(format!("taking in {name}: {count} of {} rows", part.rows));
            }
            rows.next()
        });
        let row = rows.count();
        let unfit = match filled {
            Ok(_) => return rows.finish(part).map_err(Fault::unfit(self.file)),
            Err(DumpError::Other(error)) => file::place(error, part),
            // A row that was changed is often one that does not fit; then the change is what is wrong.
            Err(DumpError::Store(reason)) if reason.is_refusal() => match rows.finish(part) {
                Err(unfit) => unfit,
                Ok(()) => Unfit::Row {
                    table: part.name.clone(),
                    row,
                    reason,
                },
            },
            Err(DumpError::Store(error)) => return Err(error.into()),
        };
        Err(self.unfit(unfit))
    }

    /// A table of the schema, with the columns of the backup, which must be the same.
    pub(super) fn table(&self, loose: &mut LooseFile, part: &Part) -> Result<Table, Fault> {
        let tables = loose.tables()?;
        let table = tables.into_iter().find(|table| table.name == part.name);
        let table = table.ok_or_else(|| self.unlike(&part.name, "there is no such table"))?;
        if table.columns != part.columns {
            let columns = format!("it has the columns {}", part.columns.join(", "));
            return Err(self.unlike(&part.name, &columns));
        }
        Ok(table)
    }

    /// Whether what a database gives back is what the backup holds.
    pub(super) fn compare(&self, part: &Part, digest: &str) -> Result<(), Fault> {
        if digest == part.sha256 {
            return Ok(());
        }
        Err(self.unlike(
            &part.name,
            "the database gives back other rows than it was given",
        ))
    }

    fn unlike(&self, table: &str, what: &str) -> Fault {
        self.unfit(Unfit::Unlike {
            table: table.to_owned(),
            what: what.to_owned(),
        })
    }

    fn unfit(&self, unfit: Unfit) -> Fault {
        Fault::unfit(self.file)(unfit)
    }
}

/// The digest of the rows that `rows` hands out, as a backup has it.
pub(super) fn digest(
    rows: impl FnOnce(&mut dyn FnMut(&[Value]) -> io::Result<()>) -> Result<u64, DumpError>,
) -> Result<String, DumpError> {
    let mut digest = Sha256::new();
    let mut bytes = Vec::new();
    rows(&mut |values| {
        bytes.clear();
        row::write(&mut bytes, values)?;
        digest.update(&bytes);
        Ok(())
    })?;
    bytes.clear();
    row::end(&mut bytes)?;
    digest.update(&bytes);
    Ok(digits(&digest.finalize()))
}
