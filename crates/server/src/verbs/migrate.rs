//! `guildhall migrate status|up|down`: where the schema stands, forward, and back.
//!
//! Up and down refuse while a server holds the data directory, or works on the same PostgreSQL from another one.

use std::sync::Arc;

use kernel::Clock;
use serde_json::json;

use crate::{
    config::Config,
    data_dir,
    desk::{Absent, Desk},
    failure::{Exit, Failure},
    printer::{Format, Printer},
    schema::{Before, Change, Intent},
    storage::{OpenFailure, engine_name},
};

/// Where to go.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// To the schema of this build.
    Up,
    /// Back, to this migration, or by one.
    Down(Option<u32>),
}

/// Whether a backup is taken before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backup {
    /// It is.
    First,
    /// The operator has declined one.
    Declined,
}

/// Prints where the schema stands.
///
/// # Errors
/// When the database is newer, a migration was edited, or it cannot be read.
pub async fn status(desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
    let standing = desk
        .schema
        .standing(&desk.storage)
        .await
        .map_err(anyhow::Error::from)?;
    let engine = engine_name(desk.storage.engine());
    let applied = standing.applied.iter();
    let pending = standing.pending.iter();
    match printer.format() {
        Format::Json => {
            let applied: Vec<_> = applied
                .map(|entry| json!({ "number": entry.number, "name": entry.name, "at": entry.at.to_string() }))
                .collect();
            let pending: Vec<_> = pending
                .map(|migration| json!({ "number": migration.number, "name": migration.name }))
                .collect();
            printer
                .json(&json!({ "engine": engine, "applied": applied, "pending": pending }))
                .await;
        }
        Format::Text => {
            let row = |number: u32, name: &str, state: String| {
                vec![number.to_string(), name.to_owned(), state]
            };
            let mut rows: Vec<_> = applied
                .map(|entry| {
                    row(
                        entry.number,
                        &entry.name,
                        format!("applied at {}", entry.at),
                    )
                })
                .collect();
            rows.extend(
                pending
                    .map(|migration| row(migration.number, migration.name, "pending".to_owned())),
            );
            printer.table(&["number", "name", "state"], &rows).await;
        }
    }
    Ok(Exit::Done)
}

/// Goes up or down.
///
/// # Errors
/// When a server runs, or the schema cannot be changed.
pub async fn go(
    config: &Config,
    clock: Arc<dyn Clock>,
    way: Way,
    intent: Intent,
    backup: Backup,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let absent = match (way, intent) {
        (Way::Up, Intent::Do) => Absent::Make,
        (Way::Up, Intent::Tell) | (Way::Down(_), _) => Absent::Refuse,
    };
    if absent == Absent::Make {
        data_dir::prepare(&config.data_dir)?;
    }
    let desk = Desk::open(config, clock, absent).map_err(while_served)?;
    let changed = change(&desk, way, intent, backup).await;
    desk.storage.close().await;
    tell(&changed?, printer).await;
    Ok(Exit::Done)
}

/// Changes the schema, while nothing else works with it.
async fn change(desk: &Desk, way: Way, intent: Intent, backup: Backup) -> Result<Change, Failure> {
    let _hold = desk.storage.hold(&desk.data_dir).map_err(while_served)?;
    desk.storage.require_idle().await?;
    let before = match backup {
        Backup::First => Before::Backup(desk.rotation.signers(desk.signer)?),
        Backup::Declined => Before::Nothing,
    };
    let (schema, storage) = (&desk.schema, &desk.storage);
    let changed = match way {
        Way::Up => schema.up(storage, intent, before).await,
        Way::Down(target) => schema.down(storage, target, intent, before).await,
    };
    Ok(changed?)
}

fn while_served(failure: OpenFailure) -> Failure {
    match failure {
        OpenFailure::Held(reason) => Failure::broken(
            reason,
            "The schema is changed only while no server runs: stop it first",
        ),
        OpenFailure::Failed(failure) => failure,
    }
}

async fn tell(change: &Change, printer: &Printer) {
    if printer.format() == Format::Json {
        return printer.json(change).await;
    }
    if change.steps.is_empty() {
        return printer.line("Nothing to do.").await;
    }
    if let Some(backup) = &change.backup {
        printer
            .line(&format!(
                "A backup of what was before is in {}",
                backup.display()
            ))
            .await;
    }
    for step in &change.steps {
        let would = if change.dry_run { "would go " } else { "" };
        printer
            .line(&format!(
                "{would}{} {} {}",
                step.direction, step.number, step.name
            ))
            .await;
    }
}
