//! One connection to the file: its settings, its prepared statements, and a transaction on it.
//!
//! A statement is reset after each use, however it ends: one that is not keeps its transaction open and ignores new
//! values. A savepoint within another stays open until that one ends, or the next one begins: its release changes
//! nothing that can be seen, and would be a statement more for each use case.

use std::{
    collections::{HashMap, hash_map::Entry},
    future::Future,
    hash::{BuildHasherDefault, Hasher},
    path::Path,
};

use futures_util::FutureExt;
use libsql::params::Params;
use store::{DbError, Engine, Row, Session, Statement, Value, dump::DumpError};

use crate::{ddl, failure::failure};

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one that writes and checkpoints.
    Writer,
    /// One that only reads.
    Reader,
    /// One that copies the file: it may write, elsewhere, and never checkpoints.
    Copier,
}

/// Savepoints nest no deeper: a work has the first, and a flow within a use case within a router needs three more.
const DEPTH_MAX: usize = 8;
/// The savepoint of a work, which is always released.
const OUTERMOST: u32 = 1;
/// More statements than the whole program has; the cache starts anew past it.
const STATEMENTS_MAX: usize = 2_048;
/// A value past this size belongs in a file.
const VALUE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// `SQLITE_OPEN_NOMUTEX`: the engine takes no lock of its own around each call. A connection is one thread's at a time,
/// since everything that reaches it needs it by exclusive reference.
const UNSHARED: libsql::OpenFlags = libsql::OpenFlags::from_bits_retain(0x0000_8000);

const BEGIN_WRITE: Statement = Statement::new("store.begin", "BEGIN IMMEDIATE");
const BEGIN_READ: Statement = Statement::new("store.begin", "BEGIN DEFERRED");
const COMMIT: Statement = Statement::new("store.commit", "COMMIT");
const ROLLBACK: Statement = Statement::new("store.rollback", "ROLLBACK");

const SAVEPOINTS: [&str; DEPTH_MAX] = [
    "SAVEPOINT s1",
    "SAVEPOINT s2",
    "SAVEPOINT s3",
    "SAVEPOINT s4",
    "SAVEPOINT s5",
    "SAVEPOINT s6",
    "SAVEPOINT s7",
    "SAVEPOINT s8",
];
const RELEASES: [&str; DEPTH_MAX] = [
    "RELEASE s1",
    "RELEASE s2",
    "RELEASE s3",
    "RELEASE s4",
    "RELEASE s5",
    "RELEASE s6",
    "RELEASE s7",
    "RELEASE s8",
];
const ROLLBACKS: [&str; DEPTH_MAX] = [
    "ROLLBACK TO s1",
    "ROLLBACK TO s2",
    "ROLLBACK TO s3",
    "ROLLBACK TO s4",
    "ROLLBACK TO s5",
    "ROLLBACK TO s6",
    "ROLLBACK TO s7",
    "ROLLBACK TO s8",
];

/// A statement's text names it: the texts are constants, so where it lies tells it from every other.
type Place = (usize, usize);

/// Spreads places: they are ours, so nobody can make them meet, and each is asked for with every statement.
#[derive(Default)]
struct PlaceHasher(u64);

impl Hasher for PlaceHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, number: usize) {
        // A large odd factor carries the low bits, in which texts differ, into the high ones.
        self.0 = (self.0.rotate_left(5) ^ number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

struct Prepared {
    statement: libsql::Statement,
    parameters: usize,
    columns: usize,
}

/// A connection. The prepared statements go before the connection they belong to.
pub(crate) struct Connection {
    prepared: HashMap<Place, Prepared, BuildHasherDefault<PlaceHasher>>,
    /// The depth of a savepoint that is done with and not released yet: what ends the one around it ends it too.
    lingering: Option<u32>,
    raw: libsql::Connection,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Connection")
            .field("prepared", &self.prepared.len())
            .finish_non_exhaustive()
    }
}

/// The engine's futures block the thread and are done when they are polled once.
pub(crate) fn done<T>(future: impl Future<Output = libsql::Result<T>>) -> libsql::Result<T> {
    future.now_or_never().unwrap_or_else(|| {
        Err(libsql::Error::Misuse(
            "the engine answered later".to_owned(),
        ))
    })
}

/// Why a connection is not as it must be.
#[derive(Debug)]
pub(crate) enum ConnectError {
    Engine(DbError),
    Setting {
        setting: &'static str,
        wanted: &'static str,
        found: String,
    },
}

impl From<ConnectError> for DbError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Engine(error) => error,
            ConnectError::Setting {
                setting,
                wanted,
                found,
            } => Self::Unavailable {
                doing: "opening the database".to_owned(),
                reason: format!("{setting} is `{found}` and must be `{wanted}`"),
            },
        }
    }
}

impl Connection {
    /// Opens the file in this role, and checks that each setting took.
    pub(crate) fn open(path: &Path, role: Role) -> Result<Self, ConnectError> {
        let broken = |error: libsql::Error| ConnectError::Engine(failure("store.open", &error));
        let flags = libsql::OpenFlags::SQLITE_OPEN_READ_WRITE | UNSHARED;
        let database =
            done(libsql::Builder::new_local(path).flags(flags).build()).map_err(broken)?;
        let raw = database.connect().map_err(broken)?;
        let mut connection = Self {
            prepared: HashMap::default(),
            lingering: None,
            raw,
        };
        connection.settle_in(role)?;
        Ok(connection)
    }

    fn settle_in(&mut self, role: Role) -> Result<(), ConnectError> {
        self.set("foreign_keys", "1")?;
        self.set("temp_store", "2")?;
        match role {
            Role::Writer => {
                // How long emptying the log may wait for a reader; nobody else is ever in the writer's way.
                self.set("busy_timeout", "50")?;
                self.set("journal_mode", "wal")?;
                // 2 is FULL: the log is synced at each commit.
                self.set("synchronous", "2")?;
                self.set("wal_autocheckpoint", "1000")?;
                // What is deleted is overwritten with zeros, in its page and in pages that are free.
                self.set("secure_delete", "1")?;
                self.set("cache_size", "-8000")
            }
            Role::Reader => {
                self.set("busy_timeout", "2000")?;
                self.set("wal_autocheckpoint", "0")?;
                self.set("query_only", "1")
            }
            // VACUUM INTO fails on a connection that is query_only.
            Role::Copier => {
                self.set("busy_timeout", "2000")?;
                self.set("wal_autocheckpoint", "0")?;
                self.set("synchronous", "2")
            }
        }
    }

    fn set(&mut self, setting: &'static str, wanted: &'static str) -> Result<(), ConnectError> {
        let assigned = self.ask(&format!("PRAGMA {setting}={wanted}"));
        assigned.map_err(ConnectError::Engine)?;
        let found = self
            .ask(&format!("PRAGMA {setting}"))
            .map_err(ConnectError::Engine)?;
        if found.eq_ignore_ascii_case(wanted) {
            return Ok(());
        }
        Err(ConnectError::Setting {
            setting,
            wanted,
            found,
        })
    }

    /// The first value that a text answers with, as text.
    pub(crate) fn ask(&mut self, text: &str) -> Result<String, DbError> {
        let rows = self.list(text)?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// The first column of each row that a text answers with, as text.
    pub(crate) fn list(&mut self, text: &str) -> Result<Vec<String>, DbError> {
        let broken = |error: libsql::Error| failure("store.ask", &error);
        let statement = done(self.raw.prepare(text)).map_err(broken)?;
        let rows = read_rows("store.ask", &statement, Params::None)?;
        let first = |row: Row| match row.values().first() {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Int(number)) => number.to_string(),
            other => format!("{other:?}"),
        };
        Ok(rows.into_iter().map(first).collect())
    }

    /// Hands out each row that a text answers with, one at a time.
    pub(crate) fn stream(
        &mut self,
        name: &'static str,
        text: &str,
        take: &mut dyn FnMut(Vec<Value>) -> std::io::Result<()>,
    ) -> Result<(), DumpError> {
        let broken = |error: libsql::Error| failure(name, &error);
        let statement = done(self.raw.prepare(text)).map_err(broken)?;
        let open = Open(&statement);
        let mut rows = done(open.0.query(Params::None)).map_err(broken)?;
        while let Some(row) = done(rows.next()).map_err(broken)? {
            take(row_values(&row).map_err(broken)?)?;
        }
        Ok(())
    }

    /// A statement of a text that is made while the program runs.
    pub(crate) fn single(&mut self, name: &'static str, text: &str) -> Result<Single, DbError> {
        let statement = done(self.raw.prepare(text)).map_err(|error| failure(name, &error))?;
        Ok(Single { name, statement })
    }

    /// Begins a transaction that writes. Never a deferred one: where that begins to write it can fail at once.
    pub(crate) fn begin_write(&mut self) -> Result<(), DbError> {
        self.lingering = None;
        self.execute(&BEGIN_WRITE, &[]).map(drop)
    }

    /// Begins a transaction that reads one state.
    pub(crate) fn begin_read(&mut self) -> Result<(), DbError> {
        self.lingering = None;
        self.execute(&BEGIN_READ, &[]).map(drop)
    }

    pub(crate) fn commit(&mut self) -> Result<(), DbError> {
        self.execute(&COMMIT, &[]).map(drop)
    }

    pub(crate) fn roll_back(&mut self) -> Result<(), DbError> {
        self.execute(&ROLLBACK, &[]).map(drop)
    }

    /// Whether a transaction is open. The engine ends one by itself after some failures of the disk.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.raw.is_autocommit()
    }

    fn prepared(&mut self, name: &str, text: &'static str) -> Result<&Prepared, DbError> {
        if self.prepared.len() >= STATEMENTS_MAX {
            self.prepared.clear();
        }
        match self.prepared.entry((text.as_ptr().addr(), text.len())) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let statement =
                    done(self.raw.prepare(text)).map_err(|error| failure(name, &error))?;
                Ok(entry.insert(Prepared {
                    parameters: statement.parameter_count(),
                    columns: statement.column_count(),
                    statement,
                }))
            }
        }
    }

    fn change(&mut self, statement: &Statement, values: Params) -> Result<u64, DbError> {
        let name = statement.name();
        let prepared = self.prepared(name, statement.text(Engine::Libsql))?;
        check_count(name, prepared.parameters, &values)?;
        if prepared.columns > 0 {
            // The engine would change the rows and fail all the same.
            return Err(rejected(name, "it returns rows: read them with `rows`"));
        }
        let open = Open(&prepared.statement);
        let changed = done(open.0.execute(values)).map_err(|error| failure(name, &error))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn control(&mut self, texts: &[&'static str; DEPTH_MAX], depth: u32) -> Result<(), DbError> {
        let place = usize::try_from(depth).unwrap_or(usize::MAX);
        let text = place.checked_sub(1).and_then(|place| texts.get(place));
        let text = text.ok_or_else(|| rejected("store.savepoint", "savepoints nest too deep"))?;
        let prepared = self.prepared("store.savepoint", text)?;
        let open = Open(&prepared.statement);
        done(open.0.execute(Params::None))
            .map(drop)
            .map_err(|error| failure("store.savepoint", &error))
    }
}

impl Session for Connection {
    fn engine(&self) -> Engine {
        Engine::Libsql
    }

    fn query(&mut self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, DbError> {
        let name = statement.name();
        let values = params(name, values.iter().cloned())?;
        let prepared = self.prepared(name, statement.text(Engine::Libsql))?;
        check_count(name, prepared.parameters, &values)?;
        read_rows(name, &prepared.statement, values)
    }

    fn execute(&mut self, statement: &Statement, values: &[Value]) -> Result<u64, DbError> {
        let values = params(statement.name(), values.iter().cloned())?;
        self.change(statement, values)
    }

    fn execute_each(
        &mut self,
        statement: &Statement,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<u64>, DbError> {
        let each = rows.into_iter().map(|values| {
            let values = params(statement.name(), values.into_iter())?;
            self.change(statement, values)
        });
        each.collect()
    }

    fn queue(&mut self, statement: &Statement, values: Vec<Value>) -> Result<(), DbError> {
        let values = params(statement.name(), values.into_iter())?;
        self.change(statement, values).map(drop)
    }

    fn script(&mut self, text: &str) -> Result<(), DbError> {
        // A prepared statement's shape may change with the schema.
        self.prepared.clear();
        let text = ddl::strict(text);
        done(self.raw.execute_batch(&text))
            .map(drop)
            .map_err(|error| failure("a script", &error))
    }

    fn savepoint(&mut self, depth: u32) -> Result<(), DbError> {
        if let Some(lingering) = self.lingering.take() {
            self.control(&RELEASES, lingering)?;
        }
        self.control(&SAVEPOINTS, depth)
    }

    fn release(&mut self, depth: u32) -> Result<(), DbError> {
        if depth > OUTERMOST {
            self.lingering = Some(depth);
            return Ok(());
        }
        self.lingering = None;
        self.control(&RELEASES, depth)
    }

    fn rollback_to(&mut self, depth: u32) -> Result<(), DbError> {
        self.lingering = None;
        self.control(&ROLLBACKS, depth)?;
        self.control(&RELEASES, depth)
    }
}

/// A statement that is kept by whoever made it.
pub(crate) struct Single {
    name: &'static str,
    statement: libsql::Statement,
}

impl Single {
    /// Runs it once with these values.
    pub(crate) fn run(&self, values: Vec<Value>) -> Result<(), DbError> {
        let values = params(self.name, values.into_iter())?;
        check_count(self.name, self.statement.parameter_count(), &values)?;
        let open = Open(&self.statement);
        done(open.0.execute(values))
            .map(drop)
            .map_err(|error| failure(self.name, &error))
    }
}

/// A statement in use: reset when it ends, however it ends.
struct Open<'statement>(&'statement libsql::Statement);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.reset();
    }
}

fn read_rows(
    name: &'static str,
    statement: &libsql::Statement,
    values: Params,
) -> Result<Vec<Row>, DbError> {
    let open = Open(statement);
    let broken = |error: libsql::Error| failure(name, &error);
    let mut rows = done(open.0.query(values)).map_err(broken)?;
    let mut found = Vec::new();
    while let Some(row) = done(rows.next()).map_err(broken)? {
        found.push(Row::new(name, row_values(&row).map_err(broken)?));
    }
    Ok(found)
}

fn row_values(row: &libsql::Row) -> libsql::Result<Vec<Value>> {
    (0..row.column_count())
        .map(|column| row.get_value(column).map(value))
        .collect()
}

fn value(value: libsql::Value) -> Value {
    match value {
        libsql::Value::Null => Value::Null,
        libsql::Value::Integer(number) => Value::Int(number),
        libsql::Value::Real(number) => Value::Real(number),
        libsql::Value::Text(text) => Value::Text(text),
        libsql::Value::Blob(bytes) => Value::Blob(bytes),
    }
}

fn params(name: &str, values: impl ExactSizeIterator<Item = Value>) -> Result<Params, DbError> {
    if values.len() == 0 {
        return Ok(Params::None);
    }
    let mut bound = Vec::with_capacity(values.len());
    for value in values {
        bound.push(match value {
            Value::Null => libsql::Value::Null,
            Value::Int(number) => libsql::Value::Integer(number),
            Value::Bool(truth) => libsql::Value::Integer(i64::from(truth)),
            // The engine would store the one as NULL; neither belongs in a database.
            Value::Real(number) if !number.is_finite() => {
                return Err(rejected(name, "a number is infinite or none"));
            }
            Value::Real(number) => libsql::Value::Real(number),
            Value::Text(text) if text.len() > VALUE_BYTES_MAX => {
                return Err(rejected(name, "a text is longer than 64 MiB"));
            }
            Value::Text(text) => libsql::Value::Text(text),
            Value::Blob(bytes) if bytes.len() > VALUE_BYTES_MAX => {
                return Err(rejected(name, "a blob is longer than 64 MiB"));
            }
            Value::Blob(bytes) => libsql::Value::Blob(bytes),
        });
    }
    Ok(Params::Positional(bound))
}

/// The engine binds a missing parameter as NULL and ignores one too many.
fn check_count(name: &str, wanted: usize, values: &Params) -> Result<(), DbError> {
    let given = match values {
        Params::Positional(values) => values.len(),
        Params::None | Params::Named(_) => 0,
    };
    if given == wanted {
        return Ok(());
    }
    Err(rejected(
        name,
        &format!("it takes {wanted} values and was given {given}"),
    ))
}

fn rejected(statement: &str, reason: &str) -> DbError {
    DbError::Rejected {
        statement: statement.to_owned(),
        reason: reason.to_owned(),
    }
}
