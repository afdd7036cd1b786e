//! The schema of a database: what of it is applied, going up, and going back.
//!
//! Before anything is changed in a database that holds something, a backup of it is taken, unless that is declined.

use std::{path::PathBuf, sync::Arc};

use audit::PublicKey;
use kernel::Clock;
use serde::Serialize;
use store::{Applied, DbError, Migration, MigrationError, Migrations, Step};

use crate::{
    backup::{self, Fault, Order, Replace, shelf},
    failure::Failure,
    storage::Storage,
};

/// The product's schema.
#[derive(Debug, Clone)]
pub struct Schema {
    migrations: Arc<Migrations>,
    clock: Arc<dyn Clock>,
    backups: PathBuf,
}

/// What is done before the schema is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// A backup, whose audit is checked by these keys, the one in use first.
    Backup(Vec<PublicKey>),
    /// Nothing.
    Nothing,
}

/// Which of the schema's steps a database has, and which it lacks.
#[derive(Debug)]
pub struct Standing {
    /// Those it has.
    pub applied: Vec<Applied>,
    /// Those it lacks.
    pub pending: Vec<Migration>,
}

/// What a change of the schema did, or would do.
#[derive(Debug, Serialize)]
pub struct Change {
    /// The steps, in order.
    pub steps: Vec<ChangeStep>,
    /// The backup that was taken before.
    pub backup: Option<PathBuf>,
    /// Whether nothing was done.
    pub dry_run: bool,
}

/// One step of a change.
#[derive(Debug, Serialize)]
pub struct ChangeStep {
    /// `up` or `down`.
    pub direction: &'static str,
    /// The migration's number.
    pub number: u32,
    /// The migration's name.
    pub name: String,
}

/// Whether a change is made or only told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// It is made.
    Do,
    /// It is told.
    Tell,
}

impl Schema {
    /// The schema of this build; backups are written into the data directory.
    ///
    /// # Errors
    /// When the line of migrations has a gap: a defect of this build.
    pub fn of(data_dir: &std::path::Path, clock: Arc<dyn Clock>) -> Result<Self, MigrationError> {
        Ok(Self {
            migrations: Arc::new(migrations()?),
            clock,
            backups: shelf::folder(data_dir),
        })
    }

    /// The whole line of migrations.
    #[must_use]
    pub fn migrations(&self) -> Arc<Migrations> {
        Arc::clone(&self.migrations)
    }

    /// What of the schema stands in a database.
    ///
    /// # Errors
    /// When the database is newer, a migration was edited, or the engine fails.
    pub async fn standing(&self, storage: &Storage) -> Result<Standing, MigrationError> {
        let migrations = Arc::clone(&self.migrations);
        let applied = storage
            .database()
            .write("schema.standing", move |tx| migrations.status(tx))
            .await?;
        let lacks =
            |migration: &&Migration| applied.iter().all(|entry| entry.number != migration.number);
        let pending = self
            .migrations
            .line()
            .iter()
            .filter(lacks)
            .copied()
            .collect();
        Ok(Standing { applied, pending })
    }

    /// Applies what a database lacks.
    ///
    /// # Errors
    /// As [`Schema::standing`], or when a migration or the backup fails; then nothing is changed.
    pub async fn up(
        &self,
        storage: &Arc<Storage>,
        intent: Intent,
        before: Before,
    ) -> Result<Change, SchemaError> {
        let standing = self.standing(storage).await?;
        let planned: Vec<Step> = standing.pending.iter().copied().map(Step::Up).collect();
        let Some(first) = standing.pending.first() else {
            return Ok(Change::new(&[], None, intent));
        };
        if intent == Intent::Tell {
            return Ok(Change::new(&planned, None, intent));
        }
        let last = standing
            .pending
            .last()
            .map_or(first.number, |last| last.number);
        let backup = match standing.applied.is_empty() {
            true => None,
            false => {
                let reason = shelf::Reason::BeforeUp(last);
                self.back_up(storage, reason, before).await?
            }
        };
        let (migrations, now) = (Arc::clone(&self.migrations), self.clock.now());
        let steps = storage
            .database()
            .write("schema.up", move |tx| migrations.up(tx, now))
            .await?;
        Ok(Change::new(&steps, backup, intent))
    }

    /// Takes back all steps after `target`; without one, the last.
    ///
    /// # Errors
    /// As [`Schema::standing`], when there is no such target, or when a migration or the backup fails.
    pub async fn down(
        &self,
        storage: &Arc<Storage>,
        target: Option<u32>,
        intent: Intent,
        before: Before,
    ) -> Result<Change, SchemaError> {
        let standing = self.standing(storage).await?;
        let last = standing.applied.last().map_or(0, |entry| entry.number);
        let target = target.unwrap_or(last.saturating_sub(1));
        if target > last {
            return Err(MigrationError::NoSuchTarget(target).into());
        }
        let line = self.migrations.line().iter().rev();
        let planned: Vec<Step> = line
            .filter(|migration| (target + 1..=last).contains(&migration.number))
            .copied()
            .map(Step::Down)
            .collect();
        if intent == Intent::Tell || planned.is_empty() {
            return Ok(Change::new(&planned, None, intent));
        }
        let reason = shelf::Reason::BeforeDown(target);
        let backup = self.back_up(storage, reason, before).await?;
        let migrations = Arc::clone(&self.migrations);
        let steps = storage
            .database()
            .write("schema.down", move |tx| migrations.down(tx, target))
            .await?;
        Ok(Change::new(&steps, backup, intent))
    }

    async fn back_up(
        &self,
        storage: &Arc<Storage>,
        reason: shelf::Reason,
        before: Before,
    ) -> Result<Option<PathBuf>, SchemaError> {
        let Before::Backup(signers) = before else {
            return Ok(None);
        };
        let order = Order {
            storage: Arc::clone(storage),
            migrations: Arc::clone(&self.migrations),
            clock: Arc::clone(&self.clock),
            signers,
            work: self.backups.clone(),
            target: self.backups.join(reason.file_name(self.clock.now())),
            replace: Replace::Refused,
        };
        let taking = tokio::task::spawn_blocking(move || backup::take(&order, &|_| ()));
        let taken = taking.await.map_err(anyhow::Error::from);
        Ok(Some(taken.map_err(Failure::from)??.file))
    }
}

/// The whole line of migrations of this build.
fn migrations() -> Result<Migrations, MigrationError> {
    app::catalogue(&[discord::MIGRATIONS])
}

/// Why the schema could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The migrations said so.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The backup before it could not be taken.
    #[error(
        "no backup could be taken before the schema is changed, so it was left as it is: {0}. Put that right, or run `guildhall migrate up --no-backup`"
    )]
    Backup(#[from] Fault),
    /// Something else went wrong.
    #[error(transparent)]
    Other(#[from] Failure),
}

impl SchemaError {
    /// Whether the database is only away, and may come back.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Migration(MigrationError::Store(error))
                | Self::Backup(Fault::Store(error) | Fault::Migration(MigrationError::Store(error)))
                if matches!(
                    error,
                    DbError::Unavailable { .. } | DbError::Retry { .. } | DbError::Overloaded { .. }
                )
        )
    }
}

impl From<SchemaError> for Failure {
    fn from(error: SchemaError) -> Self {
        match error {
            SchemaError::Migration(error) => Self::Other(error.into()),
            SchemaError::Backup(_) => Self::Other(error.into()),
            SchemaError::Other(failure) => failure,
        }
    }
}

impl Change {
    fn new(steps: &[Step], backup: Option<PathBuf>, intent: Intent) -> Self {
        let steps = steps.iter().map(|step| {
            let (direction, migration) = match step {
                Step::Up(migration) => ("up", migration),
                Step::Down(migration) => ("down", migration),
            };
            ChangeStep {
                direction,
                number: migration.number,
                name: migration.name.to_owned(),
            }
        });
        Self {
            steps: steps.collect(),
            backup,
            dry_run: intent == Intent::Tell,
        }
    }
}
