//! A database that writes down which statements are run on it, in which work, and with which values.
//!
//! It stands between a database's handle and its adapter, so nothing that goes through the port gets past it. For tests
//! and benches: what is written down is kept in memory until somebody takes it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Access, Database, DbError, Driver, Engine, Row, Session, Statement, Tx, Value, Work};

/// A statement that was run.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// The work that it was a part of.
    pub work: &'static str,
    /// Whether the work wrote.
    pub access: Access,
    /// Its name.
    pub name: &'static str,
    /// Its text for the engine that ran it.
    pub text: &'static str,
    /// Its values; of a statement that was run for many rows at once, those of the first.
    pub values: Vec<Value>,
}

/// What was written down.
#[derive(Debug, Clone, Default)]
pub struct Recording(Arc<Mutex<Vec<Ran>>>);

impl Recording {
    /// Takes what was written down since the last time.
    #[must_use]
    pub fn take(&self) -> Vec<Ran> {
        std::mem::take(&mut *self.list())
    }

    fn list(&self) -> MutexGuard<'_, Vec<Ran>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same database, of which everything is written down that is run through this handle.
#[must_use]
pub fn recorded(database: &Database) -> (Database, Recording) {
    let recording = Recording::default();
    let driver = Recorder {
        inner: Arc::clone(database.driver()),
        recording: recording.clone(),
    };
    (Database::new(Arc::new(driver)), recording)
}

#[derive(Debug)]
struct Recorder {
    inner: Arc<dyn Driver>,
    recording: Recording,
}

impl Recorder {
    fn watched(&self, work: Box<dyn Work>, access: Access) -> Box<dyn Work> {
        Box::new(Watched {
            work,
            access,
            recording: self.recording.clone(),
        })
    }
}

impl Driver for Recorder {
    fn engine(&self) -> Engine {
        self.inner.engine()
    }

    fn write(&self, work: Box<dyn Work>) {
        self.inner.write(self.watched(work, Access::Write));
    }

    fn read(&self, work: Box<dyn Work>) {
        self.inner.read(self.watched(work, Access::Read));
    }

    fn close(&self) {
        self.inner.close();
    }
}

struct Watched {
    work: Box<dyn Work>,
    access: Access,
    recording: Recording,
}

impl Work for Watched {
    fn label(&self) -> &'static str {
        self.work.label()
    }

    fn scrubs(&self) -> &[&'static str] {
        self.work.scrubs()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let (label, access, recording) = (self.work.label(), self.access, &self.recording);
        let work = &mut self.work;
        tx.lend(|session, depth| {
            let mut spy = Spy {
                session,
                label,
                access,
                recording,
            };
            let mut tx = Tx::new(&mut spy, depth);
            let keep = work.run(&mut tx);
            (keep, tx.failure().cloned())
        })
    }

    fn settle(self: Box<Self>, outcome: Result<(), DbError>) {
        self.work.settle(outcome);
    }
}

/// A session that tells of every statement before it passes it on.
struct Spy<'s> {
    session: &'s mut dyn Session,
    label: &'static str,
    access: Access,
    recording: &'s Recording,
}

impl Spy<'_> {
    fn tell(&self, statement: &Statement, values: &[Value]) {
        self.recording.list().push(Ran {
            work: self.label,
            access: self.access,
            name: statement.name(),
            text: statement.text(self.session.engine()),
            values: values.to_vec(),
        });
    }
}

impl Session for Spy<'_> {
    fn engine(&self) -> Engine {
        self.session.engine()
    }

    fn query(&mut self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, DbError> {
        self.tell(statement, values);
        self.session.query(statement, values)
    }

    fn execute(&mut self, statement: &Statement, values: &[Value]) -> Result<u64, DbError> {
        self.tell(statement, values);
        self.session.execute(statement, values)
    }

    fn execute_each(
        &mut self,
        statement: &Statement,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<u64>, DbError> {
        if let Some(first) = rows.first() {
            self.tell(statement, first);
        }
        self.session.execute_each(statement, rows)
    }

    fn queue(&mut self, statement: &Statement, values: Vec<Value>) -> Result<(), DbError> {
        self.tell(statement, &values);
        self.session.queue(statement, values)
    }

    fn script(&mut self, text: &str) -> Result<(), DbError> {
        self.session.script(text)
    }

    fn savepoint(&mut self, depth: u32) -> Result<(), DbError> {
        self.session.savepoint(depth)
    }

    fn release(&mut self, depth: u32) -> Result<(), DbError> {
        self.session.release(depth)
    }

    fn rollback_to(&mut self, depth: u32) -> Result<(), DbError> {
        self.session.rollback_to(depth)
    }
}
