//! Taking a backup: freeze a moment, write every table of the schema, read the file back, name it.
//!
//! Writes go on meanwhile: the embedded database is copied beside it and read from there, PostgreSQL is read in one
//! transaction that only looks.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use audit::PublicKey;
use kernel::{Clock, Stopwatch};
use rustix::fs::statvfs;
use store::{Applied, Migrations, dump::Table};
use store_libsql::LooseFile;

use super::{
    fault::Fault,
    file::{Draft, Replace, taken},
    manifest::{Given, Manifest, Part, Rung},
    rebuild::ROWS_PER_WORD,
    workshop::Workshop,
};
use crate::storage::{Storage, engine_name};

/// Room that is left to others.
const ROOM_LEFT: u64 = 32 * 1024 * 1024;

/// What is to be taken, and where to.
#[derive(Debug, Clone)]
pub struct Order {
    /// Of which database.
    pub storage: Arc<Storage>,
    /// The schema of this build.
    pub migrations: Arc<Migrations>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// By what its audit is checked, the key in use first.
    pub signers: Vec<PublicKey>,
    /// Where there is room for a copy while it is written.
    pub work: PathBuf,
    /// The file.
    pub target: PathBuf,
    /// Whether a file that is there may go.
    pub replace: Replace,
}

/// A backup that was taken.
#[derive(Debug)]
pub struct Taken {
    /// The file.
    pub file: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
    /// How many bytes it has.
    pub bytes: u64,
}

/// Takes a backup. It blocks its thread; `tell` hears how far it has come.
///
/// # Errors
/// When the database is empty or away, there is no room, or the file cannot be written. Then there is no file.
pub fn take(order: &Order, tell: &dyn Fn(String)) -> Result<Taken, Fault> {
    if order.replace == Replace::Refused && order.target.exists() {
        return Err(taken(&order.target));
    }
    let workshop = Workshop::within(&order.work)?;
    check_room(order)?;
    let watch = Stopwatch::start();
    let now = order.clock.now();
    let mut frozen = order.storage.freeze(&workshop.path("copy.db"))?;
    let applied = frozen.applied(&order.migrations)?;
    let tables = catalogue(&order.migrations, &applied, &workshop.path("catalogue.db"))?;
    let numberings = frozen.numberings(&tables)?;
    let manifest = Manifest {
        made_at: now.to_string(),
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        engine: engine_name(order.storage.engine()).to_owned(),
        signers: order.signers.iter().map(PublicKey::to_string).collect(),
        schema: applied.iter().map(Rung::from).collect(),
        tables: tables.iter().map(Part::from).collect(),
        numberings: numberings
            .into_iter()
            .map(|numbering| Given {
                table: numbering.table,
                last: numbering.last,
            })
            .collect(),
        packed_bytes: 0,
        packed_sha256: String::new(),
    };
    let mut draft = Draft::begin(&order.target, manifest)?;
    for (place, table) in tables.iter().enumerate() {
        let told = |rows: u64| {
            tell(format!(
                "table {} of {}, {}: {rows} rows so far",
                place + 1,
                tables.len(),
                table.name
            ));
        };
        draft.table(place, |take| {
            let mut count = 0;
            frozen.rows(table, &mut |row| {
                count += 1;
                if u64::is_multiple_of(count, ROWS_PER_WORD) {
                    told(count);
                }
                take(row)
            })
        })?;
    }
    drop(frozen);
    tell("reading the file back".to_owned());
    let manifest = draft.finish(order.replace)?;
    let file = order.target.clone();
    let bytes = fs::metadata(&file).map_err(Fault::unwritable(&file))?.len();
    let rows = manifest.rows();
    tracing::info!(file = %file.display(), bytes, rows, took = ?watch.elapsed(), "took a backup");
    Ok(Taken {
        file,
        manifest,
        bytes,
    })
}

/// The tables of a schema, as its migrations make them in an empty database.
pub(super) fn catalogue(
    migrations: &Migrations,
    applied: &[Applied],
    scratch: &Path,
) -> Result<Vec<Table>, Fault> {
    let mut empty = LooseFile::make(scratch)?;
    empty.change(|tx| migrations.up_like(tx, applied))?;
    Ok(empty.tables()?)
}

/// Refuses what would fill the disk, which the database needs more than a backup does.
fn check_room(order: &Order) -> Result<(), Fault> {
    let size = order.storage.size()?;
    // The copy goes first, and what is written is never longer than that.
    let copy = if order.storage.holds_directory() {
        size
    } else {
        0
    };
    let folder = match order.target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    for (place, wanted) in [(order.work.as_path(), copy), (folder, copy / 2 + size / 2)] {
        let free = statvfs(place).map_err(|error| Fault::Unwritable {
            path: place.to_owned(),
            reason: error.into(),
        })?;
        let free = free.f_bavail.saturating_mul(free.f_frsize);
        if free < wanted.saturating_add(ROOM_LEFT) {
            let megabytes = |bytes: u64| bytes / (1024 * 1024);
            return Err(Fault::Refused(format!(
                "there is too little room at `{}`: {} MB are free, and about {} MB are needed. Make room, or choose another place",
                place.display(),
                megabytes(free),
                megabytes(wanted.saturating_add(ROOM_LEFT)) + 1,
            )));
        }
    }
    Ok(())
}
