//! The database handle, and how a closure becomes work for an adapter.
//!
//! A write closure may run more than once (the engine asked for it, or a commit's outcome was unknown), so it takes
//! nothing away from its surroundings, and its effects are keyed by their cause. It runs on a thread of the adapter;
//! only its result is awaited.

use std::{
    any::Any,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use futures_channel::oneshot;

use crate::{DbError, Engine, Session, Tx};

/// Work for an adapter: a transaction's inside, and what happens once it is settled.
pub trait Work: Send {
    /// A short name for logs and metrics.
    fn label(&self) -> &'static str;
    /// The tables whose deleted rows must have left the disk before the answer is given, which most works do not ask.
    fn scrubs(&self) -> &[&'static str] {
        &[]
    }
    /// Runs the closure in an open savepoint; says whether it is to be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Gives the answer: called once, after the commit or after the failure.
    fn settle(self: Box<Self>, outcome: Result<(), DbError>);
}

/// What came of one run of a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Release its savepoint and commit.
    Keep,
    /// Roll back to its savepoint; the answer stands all the same.
    Undo,
    /// Roll back; the engine failed.
    Failed(DbError),
}

/// Runs a work once in a session in which `depth` savepoints are open.
pub fn attempt(work: &mut dyn Work, session: &mut dyn Session, depth: u32) -> Attempt {
    let mut tx = Tx::new(session, depth);
    let keep = work.run(&mut tx);
    match tx.failure() {
        Some(failure) => Attempt::Failed(failure.clone()),
        None if keep => Attempt::Keep,
        None => Attempt::Undo,
    }
}

/// An engine, as an adapter implements it. Taking work on never blocks: a full queue settles it as overloaded.
pub trait Driver: Send + Sync + fmt::Debug {
    /// Which engine it is.
    fn engine(&self) -> Engine;
    /// Takes on a write. Its answer is given after the commit, and after the scrubbing that it asks for.
    fn write(&self, work: Box<dyn Work>);
    /// Takes on a read, which sees one consistent state and changes nothing.
    fn read(&self, work: Box<dyn Work>);
    /// Stops taking work on, finishes what was taken, and closes. Later work is settled as unavailable.
    fn close(&self);
}

/// A database, cheap to clone.
#[derive(Debug, Clone)]
pub struct Database {
    driver: Arc<dyn Driver>,
}

impl Database {
    /// A database over an adapter.
    #[must_use]
    pub fn new(driver: Arc<dyn Driver>) -> Self {
        Self { driver }
    }

    /// Which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.driver.engine()
    }

    /// The adapter behind it, for whoever stands between the two.
    #[cfg(feature = "contract")]
    pub(crate) const fn driver(&self) -> &Arc<dyn Driver> {
        &self.driver
    }

    /// Finishes what was taken on and closes.
    pub fn close(&self) {
        self.driver.close();
    }

    /// Runs a use case in a transaction and answers after its commit; an `Err` leaves no trace.
    ///
    /// # Errors
    /// What the closure refuses, or the engine's failure.
    pub async fn write<T, E, F>(&self, label: &'static str, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (work, answer) = Closure::boxed(label, closure);
        self.driver.write(work);
        answer
            .await
            .unwrap_or_else(|_| Err(abandoned(label).into()))
    }

    /// Waits until no file of the database holds the bytes of what was deleted from these tables and committed before:
    /// neither the tables and their indexes nor, where it is ours, the log. Copies made before keep them.
    ///
    /// # Errors
    /// When somebody reads an older state all the while, or the engine fails: then it is to be asked again.
    pub async fn scrub(&self, tables: Vec<&'static str>) -> Result<(), DbError> {
        let (sender, answer) = oneshot::channel();
        self.driver.write(Box::new(Scrub {
            tables,
            answer: sender,
        }));
        answer.await.unwrap_or_else(|_| Err(abandoned(SCRUB)))
    }

    /// Runs a reading closure over one consistent state.
    ///
    /// # Errors
    /// What the closure refuses, or the engine's failure.
    pub async fn read<T, E, F>(&self, label: &'static str, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (work, answer) = Closure::boxed(label, closure);
        self.driver.read(work);
        answer
            .await
            .unwrap_or_else(|_| Err(abandoned(label).into()))
    }
}

fn abandoned(label: &'static str) -> DbError {
    DbError::Unavailable {
        doing: format!("running `{label}`"),
        reason: "the database was closed".to_owned(),
    }
}

const SCRUB: &str = "scrub";

/// Writes nothing: what is asked for happens after its commit.
struct Scrub {
    tables: Vec<&'static str>,
    answer: oneshot::Sender<Result<(), DbError>>,
}

impl Work for Scrub {
    fn label(&self) -> &'static str {
        SCRUB
    }

    fn scrubs(&self) -> &[&'static str] {
        &self.tables
    }

    fn run(&mut self, _: &mut Tx<'_>) -> bool {
        true
    }

    fn settle(self: Box<Self>, outcome: Result<(), DbError>) {
        let _ = self.answer.send(outcome);
    }
}

struct Closure<F, T, E> {
    label: &'static str,
    closure: F,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

type Answer<T, E> = oneshot::Receiver<Result<T, E>>;

impl<F, T, E> Closure<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    fn boxed(label: &'static str, closure: F) -> (Box<dyn Work>, Answer<T, E>) {
        let (answer, receiver) = oneshot::channel();
        let work = Self {
            label,
            closure,
            result: None,
            answer,
        };
        (Box::new(work), receiver)
    }
}

impl<F, T, E> Work for Closure<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn label(&self) -> &'static str {
        self.label
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        // The closure's surroundings are only its own captures, which a panic leaves to be dropped.
        let caught = catch_unwind(AssertUnwindSafe(|| (self.closure)(tx)));
        let result =
            caught.unwrap_or_else(|panic| Err(panicked(self.label, panic.as_ref()).into()));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn settle(self: Box<Self>, outcome: Result<(), DbError>) {
        let answer = match (outcome, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(abandoned(self.label).into()),
            (Err(error), _) => Err(error.into()),
        };
        // Nobody waits any more where the asker has gone; the outcome is in the database all the same.
        let _ = self.answer.send(answer);
    }
}

fn panicked(label: &'static str, panic: &(dyn Any + Send)) -> DbError {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    DbError::Panicked { label, message }
}
