//! The database as the rest of Guildhall holds it: the driver, its threads, and an orderly end.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use store::{Access, Database, Driver, Engine, Work, WorkQueue};

use crate::{
    meters::{self, Meters},
    open::{DirectoryLock, OpenError, Options, create_file, lock_directory},
    reader::Reader,
    session::{ConnectError, Connection, Role},
    writer::{EMPTY_LOG, Writer},
};

/// The embedded database.
#[derive(Debug)]
pub struct LibsqlStore {
    path: PathBuf,
    writes: Arc<WorkQueue>,
    reads: Arc<WorkQueue>,
    running: Mutex<Option<Running>>,
}

/// What there is while the database is open.
#[derive(Debug)]
struct Running {
    writer: JoinHandle<Option<Connection>>,
    readers: Vec<JoinHandle<()>>,
    _lock: DirectoryLock,
}

impl LibsqlStore {
    /// Opens the database in this file, and makes the file and its directory where they are missing. The directory is
    /// locked until the database is closed.
    ///
    /// # Errors
    /// When another process holds the directory, it cannot be written, or the file is no database.
    pub fn open(path: &Path, options: Options) -> Result<Arc<Self>, OpenError> {
        meters::describe();
        let directory = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let lock = lock_directory(directory)?;
        create_file(path)?;
        // The writer comes first: it mends what a crash left.
        let writing = connect(path, Role::Writer)?;
        let reading = (0..options.readers.max(1))
            .map(|_| connect(path, Role::Reader))
            .collect::<Result<Vec<_>, _>>()?;
        let writes = Arc::new(WorkQueue::new(options.writes_waiting_max));
        let reads = Arc::new(WorkQueue::new(options.reads_waiting_max));
        let readers = reading
            .into_iter()
            .map(|connection| start_reader(path, &reads, connection))
            .collect::<Result<Vec<_>, _>>()?;
        let writer = start_writer(path, &writes, options, writing)?;
        Ok(Arc::new(Self {
            path: path.to_owned(),
            writes,
            reads,
            running: Mutex::new(Some(Running {
                writer,
                readers,
                _lock: lock,
            })),
        }))
    }

    /// The handle that contexts use.
    #[must_use]
    pub fn database(self: &Arc<Self>) -> Database {
        Database::new(Arc::clone(self) as Arc<dyn Driver>)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Holds the database open; nothing where it is closed.
    pub(crate) fn hold(&self) -> Option<Held<'_>> {
        let guard = self.running();
        guard.is_some().then_some(Held { _guard: guard })
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// While this lives the database is not closed.
#[derive(Debug)]
pub(crate) struct Held<'store> {
    _guard: MutexGuard<'store, Option<Running>>,
}

impl Driver for LibsqlStore {
    fn engine(&self) -> Engine {
        Engine::Libsql
    }

    fn write(&self, work: Box<dyn Work>) {
        self.writes.push(Access::Write, work);
    }

    fn read(&self, work: Box<dyn Work>) {
        self.reads.push(Access::Read, work);
    }

    fn close(&self) {
        self.writes.close();
        self.reads.close();
        let mut running = self.running();
        let Some(Running {
            writer,
            readers,
            _lock,
        }) = running.take()
        else {
            return;
        };
        // The readers go first: the last connection to close checkpoints, and that must be the writer.
        for reader in readers {
            finish(reader);
        }
        if let Some(Some(connection)) = finish(writer) {
            last_checkpoint(connection);
        }
    }
}

impl Drop for LibsqlStore {
    fn drop(&mut self) {
        self.close();
    }
}

/// Waits for a thread, unless it is the one that waits: a work may hold the last handle to the database.
fn finish<T>(thread: JoinHandle<T>) -> Option<T> {
    if thread.thread().id() == thread::current().id() {
        return None;
    }
    thread.join().ok()
}

fn last_checkpoint(mut connection: Connection) {
    if let Err(error) = connection.ask(EMPTY_LOG) {
        tracing::warn!(%error, "the database's log could not be emptied at the end; the next start reads it");
    }
}

fn connect(path: &Path, role: Role) -> Result<Connection, OpenError> {
    Connection::open(path, role).map_err(|error| match error {
        ConnectError::Engine(error) => OpenError::Unusable {
            path: path.to_owned(),
            reason: error.to_string(),
        },
        ConnectError::Setting {
            setting,
            wanted,
            found,
        } => OpenError::Unsafe {
            path: path.to_owned(),
            setting,
            wanted,
            found,
        },
    })
}

fn start_reader(
    path: &Path,
    queue: &Arc<WorkQueue>,
    connection: Connection,
) -> Result<JoinHandle<()>, OpenError> {
    let reader = Reader {
        path: path.to_owned(),
        queue: Arc::clone(queue),
        connection: Some(connection),
        meters: Meters::new("read"),
    };
    let thread = thread::Builder::new().name("database-read".to_owned());
    thread
        .spawn(move || reader.run())
        .map_err(OpenError::Thread)
}

fn start_writer(
    path: &Path,
    queue: &Arc<WorkQueue>,
    options: Options,
    connection: Connection,
) -> Result<JoinHandle<Option<Connection>>, OpenError> {
    let writer = Writer {
        path: path.to_owned(),
        options,
        queue: Arc::clone(queue),
        connection: Some(connection),
        commits: 0,
        meters: Meters::new("write"),
    };
    let thread = thread::Builder::new().name("database-write".to_owned());
    thread
        .spawn(move || writer.run())
        .map_err(OpenError::Thread)
}
