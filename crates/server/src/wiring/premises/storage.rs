//! Where everything is kept, looked at when somebody asks.

use std::{path::Path, sync::Arc};

use app::installation::{Backup, BackupContent, Backups, Engine, Schema, Storage};
use kernel::Timestamp;

use crate::{
    backup::{Manifest, Unfit, shelf},
    data_dir,
    running::{BACKUP_AGE_MAX, Footing, due_next},
    schema,
};

/// The database and the backups of this server.
pub(super) async fn look(footing: &Arc<Footing>) -> Storage {
    let schema = schema(footing).await;
    let looking = {
        let footing = Arc::clone(footing);
        // Files are read, and a database behind a network is asked without the runtime.
        tokio::task::spawn_blocking(move || (bytes(&footing), backups(&footing)))
    };
    let (bytes, backups) = looking.await.unwrap_or_else(|error| {
        let reason = format!("looking broke off: {error}");
        (Err(reason.clone()), shelved(footing, Err(reason)))
    });
    let data_dir = &footing.config.data_dir;
    let is_embedded = footing.storage.holds_directory();
    Storage {
        engine: match is_embedded {
            true => Engine::Embedded,
            false => Engine::Postgres,
        },
        place: is_embedded.then(|| shown(&data_dir::database_path(data_dir))),
        bytes,
        schema,
        backups,
        record: footing.proven.latest(),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn bytes(footing: &Footing) -> Result<u64, String> {
    footing.storage.size().map_err(|fault| fault.to_string())
}

async fn schema(footing: &Footing) -> Result<Schema, String> {
    let (clock, data_dir) = (Arc::clone(&footing.clock), &footing.config.data_dir);
    let schema = schema::Schema::of(data_dir, clock).map_err(|error| error.to_string())?;
    let standing = schema.standing(&footing.storage).await;
    let standing = standing.map_err(|error| error.to_string())?;
    let migrations = schema.migrations();
    Ok(Schema {
        applied: standing
            .applied
            .last()
            .map(|last| (last.number, last.name.clone())),
        known: migrations.line().last().map_or(0, |last| last.number),
        lacking: standing.pending.len(),
    })
}

fn backups(footing: &Footing) -> Backups {
    let looked = shelf::looked_through(&footing.config.data_dir);
    shelved(footing, looked.map_err(|error| error.to_string()).map(all))
}

fn all(looked: Vec<(shelf::Kept, Result<Manifest, Unfit>)>) -> Vec<Backup> {
    let one = |(kept, manifest): (shelf::Kept, Result<Manifest, Unfit>)| Backup {
        name: kept
            .file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        at: kept.at,
        is_daily: kept.is_daily,
        bytes: kept.bytes,
        whole: manifest
            .map(|manifest| content(&manifest))
            .map_err(|unfit| unfit.to_string()),
    };
    looked.into_iter().map(one).collect()
}

fn content(manifest: &Manifest) -> BackupContent {
    BackupContent {
        version: manifest.made_by.clone(),
        rows: manifest.rows(),
        schema: manifest.height(),
    }
}

fn shelved(footing: &Footing, kept: Result<Vec<Backup>, String>) -> Backups {
    let config = footing.config.backup;
    let newest = kept.as_ref().ok().and_then(|kept| newest_daily(kept));
    let now = footing.clock.now();
    Backups {
        folder: shown(&shelf::folder(&footing.config.data_dir)),
        next_at: config.at.map(|at| due_next(now, at, newest)),
        age_max: BACKUP_AGE_MAX,
        keep_days: config.keep_days,
        kept,
    }
}

fn newest_daily(kept: &[Backup]) -> Option<Timestamp> {
    let mut daily = kept.iter().filter(|backup| backup.is_daily);
    daily.next().map(|backup| backup.at)
}
