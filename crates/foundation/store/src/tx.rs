//! A transaction as a use case sees it: synchronous, owned by the caller, spoilt by the first error of the engine.

use crate::{DbError, Engine, Row, Statement, Value};

/// What an adapter offers inside one open transaction. Contexts use [`Tx`] instead.
pub trait Session {
    /// Which engine it is.
    fn engine(&self) -> Engine;

    /// Runs a statement and gives its rows.
    ///
    /// # Errors
    /// Whatever the engine refuses.
    fn query(&mut self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, DbError>;

    /// Runs a statement and gives the number of rows it changed.
    ///
    /// # Errors
    /// Whatever the engine refuses.
    fn execute(&mut self, statement: &Statement, values: &[Value]) -> Result<u64, DbError>;

    /// Runs a statement once for each row of values, in order, and gives the number of rows that each changed.
    ///
    /// # Errors
    /// Whatever the engine refuses first.
    fn execute_each(
        &mut self,
        statement: &Statement,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<u64>, DbError>;

    /// Takes a statement whose result nobody reads; it is sent with the next one, or with the commit.
    ///
    /// # Errors
    /// Whatever the engine refuses, here or at a later statement.
    fn queue(&mut self, statement: &Statement, values: Vec<Value>) -> Result<(), DbError>;

    /// Runs a text of many statements, for migrations.
    ///
    /// # Errors
    /// Whatever the engine refuses.
    fn script(&mut self, text: &str) -> Result<(), DbError>;

    /// Opens a savepoint at this depth.
    ///
    /// # Errors
    /// When the engine is away.
    fn savepoint(&mut self, depth: u32) -> Result<(), DbError>;

    /// Keeps what was done since the savepoint at this depth.
    ///
    /// # Errors
    /// When the engine is away, or a queued statement fails.
    fn release(&mut self, depth: u32) -> Result<(), DbError>;

    /// Undoes what was done since the savepoint at this depth, and forgets it.
    ///
    /// # Errors
    /// When the engine is away.
    fn rollback_to(&mut self, depth: u32) -> Result<(), DbError>;
}

/// An open transaction.
pub struct Tx<'session> {
    session: &'session mut dyn Session,
    depth: u32,
    failure: Option<DbError>,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Tx")
            .field("engine", &self.session.engine())
            .field("depth", &self.depth)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

impl<'session> Tx<'session> {
    /// A transaction over a session in which `depth` savepoints are open already.
    pub fn new(session: &'session mut dyn Session, depth: u32) -> Self {
        Self {
            session,
            depth,
            failure: None,
        }
    }

    /// The first error of the engine in this transaction, after which nothing of it may be kept.
    #[must_use]
    pub const fn failure(&self) -> Option<&DbError> {
        self.failure.as_ref()
    }

    /// Which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.session.engine()
    }

    /// Lends the session to what stands before it, with the depth; what fails there has failed here.
    #[cfg(feature = "contract")]
    pub(crate) fn lend<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Session, u32) -> (T, Option<DbError>),
    ) -> T {
        let (given, failure) = work(self.session, self.depth);
        self.failure = self.failure.take().or(failure);
        given
    }

    fn guarded<T>(
        &mut self,
        run: impl FnOnce(&mut dyn Session) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let result = run(self.session);
        if let Err(error) = &result {
            self.failure = Some(error.clone());
        }
        result
    }

    /// All rows of a statement, which bounds their number itself.
    ///
    /// # Errors
    /// Whatever the engine refuses.
    pub fn rows(&mut self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, DbError> {
        self.guarded(|session| session.query(statement, values))
    }

    /// The first row of a statement, where there is one.
    ///
    /// # Errors
    /// Whatever the engine refuses.
    pub fn row(&mut self, statement: &Statement, values: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.rows(statement, values)?.into_iter().next())
    }

    /// Runs a statement; gives the number of rows it changed.
    ///
    /// # Errors
    /// Whatever the engine refuses.
    pub fn execute(&mut self, statement: &Statement, values: &[Value]) -> Result<u64, DbError> {
        self.guarded(|session| session.execute(statement, values))
    }

    /// Runs a statement once for each row of values, in order; gives the number of rows that each changed. A server is
    /// asked for many at once, so this costs far less than waiting for one after the other.
    ///
    /// # Errors
    /// Whatever the engine refuses first.
    pub fn execute_each(
        &mut self,
        statement: &Statement,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<u64>, DbError> {
        self.guarded(|session| session.execute_each(statement, rows))
    }

    /// Takes a statement whose result nobody reads; it is sent with the next one, or with the commit.
    ///
    /// # Errors
    /// Whatever the engine refuses; an error may show only at a later statement, or at the commit.
    pub fn queue(&mut self, statement: &Statement, values: Vec<Value>) -> Result<(), DbError> {
        self.guarded(|session| session.queue(statement, values))
    }

    /// Runs a text of many statements, for migrations.
    ///
    /// # Errors
    /// Whatever the engine refuses.
    pub fn script(&mut self, text: &str) -> Result<(), DbError> {
        self.guarded(|session| session.script(text))
    }

    /// Runs `work` in a savepoint of its own: what it refuses is undone, and the transaction goes on.
    ///
    /// # Errors
    /// Only when the engine fails; a refusal is the inner result.
    pub fn nested<T, E>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<Result<T, E>, DbError> {
        let depth = self.depth + 1;
        self.guarded(|session| session.savepoint(depth))?;
        self.depth = depth;
        let result = work(self);
        self.depth = depth - 1;
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        match &result {
            Ok(_) => self.guarded(|session| session.release(depth))?,
            Err(_) => self.guarded(|session| session.rollback_to(depth))?,
        }
        Ok(result)
    }
}
