//! A transaction on one connection: what needs no answer is sent at once and heard later.
//!
//! Every answer is heard before the commit is trusted, in the order the statements were sent; the first error counts.
//! A savepoint that is done with stays open until the one around it ends, or the next one begins: releasing it changes
//! nothing that can be seen, and is one exchange more with the server.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    mem,
    pin::{Pin, pin},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use store::{DbError, Engine, Row, Session, Statement, Value};
use tokio::runtime::Runtime;
use tokio_postgres::Error;

use crate::{
    binding::{self, rejected},
    failure::{Failure, failure, lost},
    link::{Link, Prepared},
    text::numbered,
};

/// More statements than the whole program has; the cache starts anew past it.
const STATEMENTS_MAX: usize = 2_048;
/// A queue of unheard answers longer than this is heard before more is sent.
const UNHEARD_MAX: usize = 256;
/// A migration may take its time.
const SCRIPT_TIME_MAX: Duration = Duration::from_secs(3_600);

const BEGIN: &str = "store.begin";
const SAVEPOINT: &str = "store.savepoint";

/// A statement that was sent and whose answer is not heard yet.
struct Unheard {
    statement: &'static str,
    answer: Pin<Box<dyn Future<Output = Result<(), Error>>>>,
    heard: Option<Result<(), Error>>,
}

impl Unheard {
    /// Whether it is a statement of a use case: beginnings and savepoints fail with their connection alone.
    fn may_fail(&self) -> bool {
        ![BEGIN, SAVEPOINT].contains(&self.statement)
    }

    /// Whether the answer is there.
    fn listen(&mut self, context: &mut Context<'_>) -> bool {
        if self.heard.is_none()
            && let Poll::Ready(answer) = self.answer.as_mut().poll(context)
        {
            self.heard = Some(answer);
        }
        self.heard.is_some()
    }
}

pub(crate) struct PgSession<'link> {
    runtime: &'link Runtime,
    link: &'link mut Link,
    limit: Duration,
    unheard: Vec<Unheard>,
    /// Whether an error that is not heard yet may have been rolled back to a savepoint: the server would commit then.
    unsure: bool,
    /// The depth of a savepoint that is done with and not released yet: what ends the one around it ends it too.
    lingering: Option<u32>,
    /// What is to be done about the connection after the first failure.
    failed: Option<Failed>,
}

/// The state that a failure leaves the connection in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failed {
    Answered,
    Stale,
    Lost,
}

impl<'link> PgSession<'link> {
    /// Begins a transaction with this text; it is sent with the first statement.
    pub(crate) fn begin(
        runtime: &'link Runtime,
        link: &'link mut Link,
        limit: Duration,
        begin: &'static str,
    ) -> Self {
        let mut session = Self::within(runtime, link, limit);
        session.send_text(BEGIN, begin.to_owned());
        session
    }

    /// Goes on in a transaction that is open already, and that somebody else ends.
    pub(crate) fn within(runtime: &'link Runtime, link: &'link mut Link, limit: Duration) -> Self {
        Self {
            runtime,
            link,
            limit,
            unheard: Vec::new(),
            unsure: false,
            lingering: None,
            failed: None,
        }
    }

    /// Hears everything that is still open.
    pub(crate) fn settle(&mut self) -> Result<(), DbError> {
        self.hear("store.settle", async { Ok(()) })
    }

    pub(crate) const fn failed(&self) -> Option<Failed> {
        self.failed
    }

    /// Ends the transaction and hears everything that is still open.
    pub(crate) fn end(&mut self, name: &'static str, text: &'static str) -> Result<(), DbError> {
        if self.unsure {
            self.hear(name, async { Ok(()) })?;
        }
        let client = Arc::clone(&self.link.client);
        self.hear(name, async move { client.batch_execute(text).await })
    }

    fn note(&mut self, failure: Failure) -> DbError {
        let state = match &failure {
            Failure::Lost(_) => Failed::Lost,
            Failure::Stale(_) => Failed::Stale,
            Failure::Answer(_) => Failed::Answered,
        };
        // A lost connection stays lost, whatever came before it.
        if state == Failed::Lost || self.failed.is_none() {
            self.failed = Some(state);
        }
        failure.into_error()
    }

    /// Sends a text without waiting for its answer.
    fn send_text(&mut self, statement: &'static str, text: String) {
        let client = Arc::clone(&self.link.client);
        self.send(statement, async move { client.batch_execute(&text).await });
    }

    /// Puts a request on its way: looking at the future once hands its bytes to the connection.
    fn send(
        &mut self,
        statement: &'static str,
        answer: impl Future<Output = Result<(), Error>> + 'static,
    ) {
        let mut unheard = Unheard {
            statement,
            answer: Box::pin(answer),
            heard: None,
        };
        unheard.listen(&mut Context::from_waker(Waker::noop()));
        self.unheard.push(unheard);
    }

    /// Waits for an answer, and for all that were asked for before it.
    fn hear<T>(
        &mut self,
        statement: &'static str,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, DbError> {
        self.hear_within(self.limit, statement, answer)
    }

    fn hear_within<T>(
        &mut self,
        limit: Duration,
        statement: &'static str,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, DbError> {
        let mut before = mem::take(&mut self.unheard);
        self.unsure = false;
        let all = async {
            let mut answer = pin!(answer);
            let mut own = None;
            poll_fn(|context| {
                let mut heard = true;
                for unheard in &mut before {
                    heard &= unheard.listen(context);
                }
                if own.is_none() {
                    match answer.as_mut().poll(context) {
                        Poll::Ready(answer) => own = Some(answer),
                        Poll::Pending => heard = false,
                    }
                }
                if heard {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
            own
        };
        let own = self.link.drive(self.runtime, limit, all).flatten();
        for unheard in before {
            if let Some(Err(error)) = unheard.heard {
                return Err(self.note(failure(unheard.statement, &error)));
            }
        }
        match own {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(self.note(failure(statement, &error))),
            None => Err(self.note(lost(
                statement,
                "the server did not answer in time".to_owned(),
            ))),
        }
    }

    fn prepared(&mut self, statement: &Statement) -> Result<Arc<Prepared>, DbError> {
        let text = statement.text(Engine::Postgres);
        let place = (text.as_ptr().addr(), text.len());
        if let Some(prepared) = self.link.prepared.get(&place) {
            return Ok(Arc::clone(prepared));
        }
        let client = Arc::clone(&self.link.client);
        let text = numbered(text);
        let known = self.hear(statement.name(), async move { client.prepare(&text).await })?;
        let prepared = Arc::new(Prepared {
            types: known.params().to_vec(),
            has_columns: !known.columns().is_empty(),
            statement: known,
        });
        if self.link.prepared.len() >= STATEMENTS_MAX {
            self.link.prepared.clear();
        }
        self.link.prepared.insert(place, Arc::clone(&prepared));
        Ok(prepared)
    }

    /// Sends a statement that changes rows, without waiting; `changed` is told how many when that is heard.
    fn send_change(
        &mut self,
        statement: &Statement,
        values: Vec<Value>,
        changed: impl FnOnce(u64) + 'static,
    ) -> Result<(), DbError> {
        let name = statement.name();
        if self.unheard.len() >= UNHEARD_MAX {
            self.hear(name, async { Ok(()) })?;
        }
        let prepared = self.without_rows(statement)?;
        let values = binding::checked(name, &prepared.types, values)?;
        let client = Arc::clone(&self.link.client);
        self.send(name, async move {
            let count = client.execute_raw(&prepared.statement, values).await;
            count.map(changed)
        });
        Ok(())
    }

    fn without_rows(&mut self, statement: &Statement) -> Result<Arc<Prepared>, DbError> {
        let prepared = self.prepared(statement)?;
        if prepared.has_columns {
            let reason = "it returns rows: read them with `rows`";
            return Err(rejected(statement.name(), reason));
        }
        Ok(prepared)
    }
}

impl Session for PgSession<'_> {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn query(&mut self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, DbError> {
        let name = statement.name();
        let prepared = self.prepared(statement)?;
        let values = binding::checked(name, &prepared.types, values.to_vec())?;
        let client = Arc::clone(&self.link.client);
        let rows = self.hear(name, async move {
            let values = values.iter().map(|value| value as _).collect::<Vec<_>>();
            client.query(&prepared.statement, &values).await
        })?;
        rows.iter().map(|row| binding::row(name, row)).collect()
    }

    fn execute(&mut self, statement: &Statement, values: &[Value]) -> Result<u64, DbError> {
        let name = statement.name();
        let prepared = self.without_rows(statement)?;
        let values = binding::checked(name, &prepared.types, values.to_vec())?;
        let client = Arc::clone(&self.link.client);
        self.hear(name, async move {
            client.execute_raw(&prepared.statement, values).await
        })
    }

    fn execute_each(
        &mut self,
        statement: &Statement,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<u64>, DbError> {
        let changed: Rc<[Cell<u64>]> = rows.iter().map(|_| Cell::new(0)).collect();
        for (place, values) in rows.into_iter().enumerate() {
            let changed = Rc::clone(&changed);
            self.send_change(statement, values, move |count| changed[place].set(count))?;
        }
        self.hear(statement.name(), async { Ok(()) })?;
        Ok(changed.iter().map(Cell::get).collect())
    }

    fn queue(&mut self, statement: &Statement, values: Vec<Value>) -> Result<(), DbError> {
        self.send_change(statement, values, drop)
    }

    fn script(&mut self, text: &str) -> Result<(), DbError> {
        // A prepared statement's shape may change with the schema.
        self.link.prepared.clear();
        let client = Arc::clone(&self.link.client);
        let text = format!("SET LOCAL statement_timeout = 0; {text}");
        self.hear_within(SCRIPT_TIME_MAX, "a script", async move {
            client.batch_execute(&text).await
        })
    }

    fn savepoint(&mut self, depth: u32) -> Result<(), DbError> {
        if let Some(lingering) = self.lingering.take() {
            self.send_text(SAVEPOINT, format!("RELEASE s{lingering}"));
        }
        self.send_text(SAVEPOINT, format!("SAVEPOINT s{depth}"));
        Ok(())
    }

    fn release(&mut self, depth: u32) -> Result<(), DbError> {
        self.lingering = Some(depth);
        Ok(())
    }

    fn rollback_to(&mut self, depth: u32) -> Result<(), DbError> {
        self.lingering = None;
        self.unsure |= self.unheard.iter().any(Unheard::may_fail);
        let text = format!("ROLLBACK TO s{depth}; RELEASE s{depth}");
        self.send_text(SAVEPOINT, text);
        Ok(())
    }
}
