//! The database of this configuration, opened: embedded in the data directory, or PostgreSQL.

use std::{path::Path, sync::Arc};

use secrecy::ExposeSecret;
use store::{Database, DbError, Engine};
use store_libsql::{LibsqlStore, OpenError, Options};
use store_postgres::{Aside, ConnectError, PostgresStore};

use crate::{
    backup::{self, Fault, Frozen},
    config::{Config, DatabaseChoice},
    data_dir::{self, Hold},
    failure::Failure,
};

/// An open database, with what its engine can do beyond transactions.
#[derive(Debug)]
pub struct Storage {
    database: Database,
    embedded: Option<Arc<LibsqlStore>>,
    server: Option<Arc<PostgresStore>>,
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenFailure {
    /// A server or another command holds the data directory.
    #[error("{0}")]
    Held(String),
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<OpenFailure> for Failure {
    fn from(failure: OpenFailure) -> Self {
        match failure {
            OpenFailure::Held(message) => Self::Other(anyhow::anyhow!(message)),
            OpenFailure::Failed(failure) => failure,
        }
    }
}

impl Storage {
    /// Opens the database. The embedded one is made where there is none, and holds its directory; PostgreSQL is
    /// connected to when it is first used.
    ///
    /// # Errors
    /// When another process holds the directory, or the database cannot be opened.
    pub fn open(config: &Config) -> Result<Self, OpenFailure> {
        match &config.database {
            DatabaseChoice::Embedded => Self::open_embedded(&config.data_dir),
            DatabaseChoice::Postgres(url) => Ok(Self::connect(url.expose_secret())?),
        }
    }

    fn open_embedded(directory: &Path) -> Result<Self, OpenFailure> {
        refuse_unfinished(directory)?;
        let path = data_dir::database_path(directory);
        let embedded =
            LibsqlStore::open(&path, Options::default()).map_err(|error| match error {
                OpenError::Locked { .. } => OpenFailure::Held(error.to_string()),
                other => OpenFailure::Failed(Failure::Other(other.into())),
            })?;
        Ok(Self {
            database: embedded.database(),
            embedded: Some(embedded),
            server: None,
        })
    }

    fn connect(url: &str) -> Result<Self, Failure> {
        let options = store_postgres::Options::default();
        let store = PostgresStore::connect(url, &options).map_err(|error| match error {
            ConnectError::Address | ConnectError::Mode => Failure::setting(
                "GUILDHALL_DATABASE_URL",
                error.to_string(),
                "Write the address anew.",
            ),
            ConnectError::Roots(_) | ConnectError::Thread(_) => Failure::Other(error.into()),
        })?;
        Ok(Self {
            database: store.database(),
            embedded: None,
            server: Some(store),
        })
    }

    /// The handle for use cases.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Whether it keeps its data directory to itself.
    #[must_use]
    pub const fn holds_directory(&self) -> bool {
        self.embedded.is_some()
    }

    /// Takes the hold on the data directory where the engine does not take it for itself, so that no server and no other
    /// command that wants it works on it meanwhile.
    ///
    /// # Errors
    /// When another process has it, or the directory cannot be written.
    pub(crate) fn hold(&self, directory: &Path) -> Result<Option<Hold>, OpenFailure> {
        if self.holds_directory() {
            return Ok(None);
        }
        data_dir::prepare(directory)?;
        match data_dir::hold_if_free(directory)? {
            Some(hold) => Ok(Some(hold)),
            None => Err(OpenFailure::Held(data_dir::held(directory))),
        }
    }

    /// Fails while servers of ours work on the database from wherever they run. It is asked before this process
    /// connects, for it would count itself.
    ///
    /// # Errors
    /// When there are such, or the database is away.
    pub(crate) async fn require_idle(&self) -> Result<(), Failure> {
        let Some(server) = self.server.clone() else {
            // The hold on its directory says so already.
            return Ok(());
        };
        let looking = tokio::task::spawn_blocking(move || {
            let mut aside = Aside::frozen(&server).map_err(Fault::from)?;
            backup::refuse_served(&mut aside)
        });
        looking
            .await
            .map_err(anyhow::Error::from)?
            .map_err(Failure::from)
    }

    /// Whether a database on the other side of a network answers; one in this process does.
    ///
    /// # Errors
    /// When it does not, and why.
    pub async fn answers(&self) -> Result<(), DbError> {
        match &self.server {
            Some(server) => server.ready().await,
            None => Ok(()),
        }
    }

    /// Which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.database.engine()
    }

    /// Its state as it is now, for reading all of it; of the embedded one a copy in this file. It blocks its thread.
    ///
    /// # Errors
    /// When the copy cannot be written, or the server is away.
    pub(crate) fn freeze(&self, copy: &Path) -> Result<Frozen, Fault> {
        match (&self.embedded, &self.server) {
            (Some(embedded), _) => Frozen::copy(embedded, copy),
            (None, Some(server)) => Frozen::server(server),
            (None, None) => Err(Fault::Refused("there is no database".to_owned())),
        }
    }

    /// How many bytes it takes. It blocks its thread.
    ///
    /// # Errors
    /// When the files cannot be read, or the server is away.
    pub(crate) fn size(&self) -> Result<u64, Fault> {
        match (&self.embedded, &self.server) {
            (Some(embedded), _) => embedded.size().map_err(|reason| Fault::Unwritable {
                path: embedded.path().to_owned(),
                reason,
            }),
            (None, Some(server)) => Ok(Aside::frozen(server)?.size()?),
            (None, None) => Ok(0),
        }
    }

    /// What the engine finds wrong with its files; nothing where it checks them itself.
    ///
    /// # Errors
    /// When they cannot be checked.
    pub async fn integrity(&self) -> Result<Vec<String>, Failure> {
        let Some(embedded) = self.embedded.clone() else {
            return Ok(Vec::new());
        };
        let checking = tokio::task::spawn_blocking(move || embedded.integrity());
        let found = checking.await.map_err(anyhow::Error::from)?;
        Ok(found.map_err(anyhow::Error::from)?)
    }

    /// Finishes what was taken on and closes.
    pub async fn close(&self) {
        let database = self.database.clone();
        // Closing waits for threads; where the runtime ends first, the process does so too.
        drop(tokio::task::spawn_blocking(move || database.close()).await);
    }
}

/// Refuses a directory into which a restore broke off: what is there may be the old database, the new one or none.
fn refuse_unfinished(directory: &Path) -> Result<(), OpenFailure> {
    if !backup::is_unfinished(directory) {
        return Ok(());
    }
    // While somebody holds the directory, the restore is under way.
    let _held = data_dir::hold(directory).map_err(|held| OpenFailure::Held(held.to_string()))?;
    Err(Failure::broken(
        format!("a restore into `{}` was begun and did not end", directory.display()),
        "Run `guildhall backup restore` again, with --force where it asks for that; to give it up, remove `restoring` there",
    )
    .into())
}

/// The engine's name, as answers print it.
#[must_use]
pub(crate) const fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Libsql => "libsql",
        Engine::Postgres => "postgres",
    }
}
