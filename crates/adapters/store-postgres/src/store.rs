//! The database as the rest of Guildhall holds it: the driver, its threads, and an orderly end.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use kernel::{SeededChance, Span};
use store::{Access, Database, DbError, Driver, Engine, Statement, Work, WorkQueue};

use crate::{
    meters::{self, Meters},
    outage::Outage,
    target::Target,
    worker::Worker,
};

/// How the server is used. The defaults suit a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many threads there are, each with a connection.
    pub connections: usize,
    /// How many works may wait.
    pub waiting_max: usize,
    /// How long works wait for a server that has gone away; after that they fail at once until it is back.
    pub patience: Span,
    /// How long connecting may take.
    pub connect_time_max: Span,
    /// How long a statement may take.
    pub statement_time_max: Span,
    /// How long a statement waits for a row that another transaction holds.
    pub lock_time_max: Span,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 16,
            waiting_max: 16_384,
            patience: Span::seconds(2),
            connect_time_max: Span::seconds(3),
            statement_time_max: Span::seconds(30),
            lock_time_max: Span::seconds(5),
        }
    }
}

/// Why a server cannot be used at all. That it is away is no such reason.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address makes no sense.
    #[error(
        "the database's address must read postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password as %XX"
    )]
    Address,
    /// The address asks for an encryption that does not protect.
    #[error(
        "the database's address may say sslmode=disable, sslmode=require or sslmode=verify-full, nothing else"
    )]
    Mode,
    /// There is nothing to check the server's certificate against.
    #[error("the certificates to check the database's server against cannot be used: {0}")]
    Roots(String),
    /// The operating system gives no thread.
    #[error("no thread could be started for the database: {0}")]
    Thread(#[source] std::io::Error),
}

/// A PostgreSQL server.
pub struct PostgresStore {
    target: Arc<Target>,
    queue: Arc<WorkQueue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PostgresStore")
            .field("target", &self.target)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

const READY: Statement = Statement::new("store.ready", "SELECT 1");

impl PostgresStore {
    /// Starts the threads. They connect with their first work, so a server that is away now only fails that.
    ///
    /// # Errors
    /// When the address makes no sense, its certificates cannot be read, or there are no threads.
    pub fn connect(url: &str, options: &Options) -> Result<Arc<Self>, ConnectError> {
        meters::describe();
        let store = Arc::new(Self {
            target: Arc::new(Target::parse(url, options)?),
            queue: Arc::new(WorkQueue::new(options.waiting_max)),
            threads: Mutex::default(),
        });
        let outage = Arc::new(Outage::default());
        for seed in (1_u64..).take(options.connections.max(1)) {
            let thread = store.start(options, &outage, seed)?;
            store.threads().push(thread);
        }
        Ok(store)
    }

    fn start(
        &self,
        options: &Options,
        outage: &Arc<Outage>,
        seed: u64,
    ) -> Result<JoinHandle<()>, ConnectError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ConnectError::Thread)?;
        let worker = Worker {
            runtime,
            target: Arc::clone(&self.target),
            options: options.clone(),
            queue: Arc::clone(&self.queue),
            outage: Arc::clone(outage),
            chance: SeededChance::new(seed),
            meters: Meters::new(),
            link: None,
        };
        thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || worker.run())
            .map_err(ConnectError::Thread)
    }

    /// Where the server is.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// The handle that contexts use.
    #[must_use]
    pub fn database(self: &Arc<Self>) -> Database {
        Database::new(Arc::clone(self) as Arc<dyn Driver>)
    }

    /// Whether the server answers.
    ///
    /// # Errors
    /// When it does not, and why.
    pub async fn ready(self: &Arc<Self>) -> Result<(), DbError> {
        self.database()
            .read("store.ready", |tx| tx.rows(&READY, &[]).map(drop))
            .await
    }

    fn threads(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Driver for PostgresStore {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn write(&self, work: Box<dyn Work>) {
        self.queue.push(Access::Write, work);
    }

    fn read(&self, work: Box<dyn Work>) {
        self.queue.push(Access::Read, work);
    }

    fn close(&self) {
        self.queue.close();
        for thread in self.threads().drain(..) {
            // A work may hold the last handle to the database, and a thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.close();
    }
}
