//! What a command that asks the database works with, whether in its own process or beside a running server.

use std::{path::PathBuf, sync::Arc};

use app::Core;
use kernel::{Clock, IdSource, Snowflakes};
use rand::{TryRngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};
use store::Database;

use crate::{
    admin,
    chance::SystemChance,
    config::{Config, DatabaseChoice},
    data_dir,
    failure::{Exit, Failure},
    master_key::MasterKey,
    printer::Printer,
    rotation::Rotation,
    schema::Schema,
    storage::{OpenFailure, Storage},
    verbs,
};

/// The database and what goes with it.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The database.
    pub storage: Arc<Storage>,
    /// Its schema.
    pub schema: Schema,
    /// Where everything that is no database is kept.
    pub data_dir: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// The application's shared parts; those of the server, beside one.
    pub core: Core,
    /// The key that the ends of audit chains were checked with at the start.
    pub signer: audit::PublicKey,
    /// The master key in its files, and its exchange.
    pub rotation: Rotation,
}

/// A command that asks the database, as it also goes through the socket of a running server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `migrate status`.
    MigrateStatus,
    /// What `doctor` wants to know of the database.
    ExamineStorage,
    /// `ledger …`.
    Ledger(verbs::ledger::Ask),
    /// `config …`.
    Config(verbs::config::Ask),
    /// `audit …`.
    Audit(verbs::audit::Ask),
    /// `bot …`.
    Bot(verbs::bot::Ask),
    /// `token …`.
    Token(verbs::token::Ask),
    /// `keys …`.
    Keys(verbs::keys::Ask),
    /// `backup create`.
    Backup(verbs::backup::Create),
}

impl Call {
    /// Carries the command out and prints its answer.
    ///
    /// # Errors
    /// What the command refuses, or the database's failure.
    pub async fn perform(&self, desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
        match self {
            Self::MigrateStatus => verbs::migrate::status(desk, printer).await,
            Self::Ledger(ask) => Box::pin(ask.perform(desk, printer)).await,
            Self::Config(ask) => Box::pin(ask.perform(desk, printer)).await,
            Self::Audit(ask) => Box::pin(ask.perform(desk, printer)).await,
            Self::Bot(ask) => Box::pin(ask.perform(desk, printer)).await,
            Self::Token(ask) => Box::pin(ask.perform(desk, printer)).await,
            Self::Keys(ask) => Box::pin(ask.perform(desk, printer)).await,
            Self::Backup(create) => Box::pin(create.perform(desk, printer)).await,
            Self::ExamineStorage => verbs::doctor::print_storage(desk, printer).await,
        }
    }
}

/// Whether a command may make a database where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// It may.
    Make,
    /// Then it fails.
    Refuse,
}

impl Desk {
    /// Opens the database of this configuration.
    ///
    /// # Errors
    /// When a server holds it, there is none, or it cannot be opened.
    pub fn open(
        config: &Config,
        clock: Arc<dyn Clock>,
        absent: Absent,
    ) -> Result<Self, OpenFailure> {
        let embedded = matches!(config.database, DatabaseChoice::Embedded);
        let missing = embedded && !data_dir::database_path(&config.data_dir).exists();
        if missing && absent == Absent::Refuse {
            return Err(Failure::broken(
                format!("there is no database in `{}` yet", config.data_dir.display()),
                "Run `guildhall migrate up` or `guildhall run`, or let --data-dir name the right directory",
            )
            .into());
        }
        let storage = Arc::new(Storage::open(config)?);
        let schema = Schema::of(&config.data_dir, Arc::clone(&clock));
        let ids = ids(Arc::clone(&clock));
        let master_key = MasterKey::obtain(config, &config.data_dir)?;
        Ok(Self {
            schema: schema.map_err(|error| Failure::Other(error.into()))?,
            core: core(
                storage.database(),
                &master_key,
                &clock,
                &ids,
                config.retention_days.into(),
            )?,
            signer: master_key.signer().public(),
            rotation: Rotation::of(config, None),
            data_dir: config.data_dir.clone(),
            storage,
            ids,
            clock,
        })
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Database {
        self.storage.database()
    }

    /// Fails where the schema is not the one that this build works with.
    ///
    /// # Errors
    /// When migrations are missing, the database is newer, or it cannot be read.
    pub async fn require_schema(&self) -> Result<(), Failure> {
        let standing = self
            .schema
            .standing(&self.storage)
            .await
            .map_err(anyhow::Error::from)?;
        if standing.pending.is_empty() {
            return Ok(());
        }
        Err(Failure::broken(
            format!("the database lacks {} migrations", standing.pending.len()),
            "Run `guildhall migrate up`",
        ))
    }
}

/// A source of ids for this process. Several may work on one PostgreSQL, so each takes a node at random.
pub fn ids(clock: Arc<dyn Clock>) -> Arc<dyn IdSource> {
    let node = OsRng.try_next_u32().unwrap_or_else(|_| std::process::id()) % 1_024;
    Arc::new(Snowflakes::new(clock, u16::try_from(node).unwrap_or(0)))
}

/// The application's shared parts over this database, with the default settings.
///
/// # Errors
/// When the product's words do not fit together: a defect of this build.
pub fn core(
    database: &Database,
    master_key: &MasterKey,
    clock: &Arc<dyn Clock>,
    ids: &Arc<dyn IdSource>,
    retention_days_max: u32,
) -> Result<Core, Failure> {
    let chance = Arc::new(SystemChance::begin()?);
    let parts = app::Parts {
        retention_days_max,
        ..app::Parts::new(
            database.clone(),
            Arc::clone(clock),
            Arc::clone(ids),
            chance.clone(),
            chance,
            master_key.keyring(),
        )
    };
    Ok(Core::new(parts, app::words().map_err(anyhow::Error::from)?))
}

/// Carries a command out: in this process, or by the server that holds the data directory.
///
/// # Errors
/// What the command refuses, or why neither could be done.
pub async fn carry_out(
    config: &Config,
    clock: Arc<dyn Clock>,
    call: &Call,
    printer: &Printer,
) -> Result<Exit, Failure> {
    match Desk::open(config, clock, Absent::Refuse) {
        Ok(desk) => {
            let outcome = call.perform(&desk, printer).await;
            desk.storage.close().await;
            outcome
        }
        Err(OpenFailure::Held(reason)) => {
            admin::client::ask(&config.data_dir, call, printer, &reason).await
        }
        Err(OpenFailure::Failed(failure)) => Err(failure),
    }
}
