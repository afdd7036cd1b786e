//! The one thread that writes: works in batches, each in its savepoint, one commit for all, answers after it.
//!
//! After a failure of the disk it opens the file anew with the next batch, so it recovers as soon as the disk has.

use std::{collections::VecDeque, path::PathBuf, sync::Arc, time::Duration};

use kernel::Stopwatch;
use store::{Attempt, DbError, Session, Task, Work, WorkQueue};

use crate::{
    failure::is_storage_fault,
    meters::Meters,
    open::Options,
    scrub::scrub,
    session::{Connection, Role},
};

/// The savepoint that each work runs in.
const WORK_DEPTH: u32 = 1;
/// How often a work is tried again where the engine asks for it.
const TRIES_MAX: u32 = 4;
/// How often beginning is tried, 50 ms each: only another program on the file could be in the way.
const BEGINNINGS_MAX: u32 = 40;
/// Moves the log into the file and cuts it; its first answer is whether somebody was in the way.
pub(crate) const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
/// A use case that takes longer holds up all others.
const SLOW: Duration = Duration::from_millis(5);
/// How many commits lie between two looks at the length of the log.
const COMMITS_PER_LOOK: u64 = 128;

pub(crate) struct Writer {
    pub(crate) path: PathBuf,
    pub(crate) options: Options,
    pub(crate) queue: Arc<WorkQueue>,
    pub(crate) connection: Option<Connection>,
    pub(crate) commits: u64,
    pub(crate) meters: Meters,
}

/// A work that ran, and what is to be said to its asker if the commit succeeds.
struct Ran {
    task: Task,
    outcome: Result<(), DbError>,
}

impl Writer {
    /// Works until the queue is closed and empty; gives back the connection for the last checkpoint.
    pub(crate) fn run(mut self) -> Option<Connection> {
        let queue = Arc::clone(&self.queue);
        let _attendance = queue.attend();
        let mut waiting = VecDeque::new();
        while self.queue.fill(&mut waiting, self.options.batch_max) {
            self.batch(&mut waiting);
        }
        self.connection
    }

    fn batch(&mut self, waiting: &mut VecDeque<Task>) {
        let mut ran = Vec::with_capacity(waiting.len());
        match self.transact(waiting, &mut ran) {
            Ok(()) => {
                self.answer(ran);
                self.bound_log();
            }
            // A constraint that is checked at the commit is one work's doing: alone, each answers for itself.
            Err(error) if !is_storage_fault(&error) && ran.len() > 1 => {
                self.abandon(&error);
                let tasks: Vec<Task> = ran.into_iter().map(|ran| ran.task).collect();
                for task in tasks {
                    self.batch(&mut VecDeque::from([task]));
                }
            }
            Err(error) => {
                self.abandon(&error);
                let left = waiting.drain(..);
                for task in ran.into_iter().map(|ran| ran.task).chain(left) {
                    task.work.settle(Err(error.clone()));
                }
            }
        }
    }

    /// Answers every work of a batch; those that ask for scrubbing last, and once it is done.
    fn answer(&mut self, ran: Vec<Ran>) {
        let (asking, others): (Vec<Ran>, Vec<Ran>) = ran
            .into_iter()
            .partition(|ran| ran.outcome.is_ok() && !ran.task.work.scrubs().is_empty());
        for Ran { task, outcome } in others {
            task.work.settle(outcome);
        }
        if asking.is_empty() {
            return;
        }
        for Ran { task, .. } in asking {
            let scrubbed = connected(&mut self.connection)
                .and_then(|connection| scrub(connection, task.work.scrubs()));
            if let Err(error) = &scrubbed {
                self.abandon(error);
            }
            task.work.settle(scrubbed);
        }
    }

    /// One transaction over as many works as its time allows.
    fn transact(
        &mut self,
        waiting: &mut VecDeque<Task>,
        ran: &mut Vec<Ran>,
    ) -> Result<(), DbError> {
        self.begin()?;
        let batch = Stopwatch::start();
        let time_max = self.options.batch_time_max.to_std();
        while let Some(task) = waiting.pop_front() {
            ran.push(Ran {
                task,
                outcome: Ok(()),
            });
            let last = ran.last_mut().expect("one was pushed just now");
            last.outcome = self.work(last.task.work.as_mut())?;
            if batch.elapsed() >= time_max {
                break;
            }
        }
        self.commit(ran.len())
    }

    fn begin(&mut self) -> Result<(), DbError> {
        if self.connection.is_none() {
            self.connection = Some(Connection::open(&self.path, Role::Writer)?);
            tracing::info!("the database was opened anew after a failure");
        }
        let connection = connected(&mut self.connection)?;
        let mut tries = 1;
        loop {
            match connection.begin_write() {
                Err(DbError::Retry { .. }) if tries < BEGINNINGS_MAX => tries += 1,
                Err(DbError::Retry { reason, .. }) => {
                    return Err(DbError::Unavailable {
                        doing: "beginning a transaction".to_owned(),
                        reason: format!("another program holds the file: {reason}"),
                    });
                }
                other => return other,
            }
        }
    }

    /// Runs a work in its savepoint. The outer error is the whole batch's, the inner one its own.
    fn work(&mut self, work: &mut dyn Work) -> Result<Result<(), DbError>, DbError> {
        let connection = connected(&mut self.connection)?;
        let watch = Stopwatch::start();
        let outcome = in_savepoint(connection, work);
        let took = watch.elapsed();
        self.meters.worked(work.label(), took);
        if took > SLOW {
            let took_ms = took.as_millis();
            tracing::warn!(
                work = work.label(),
                took_ms,
                "a use case held up the writer"
            );
        }
        outcome
    }

    fn commit(&mut self, works: usize) -> Result<(), DbError> {
        self.commits += 1;
        let fault = self.options.commit_fault.as_ref();
        if fault.is_some_and(|fault| fault.strikes(self.commits)) {
            return Err(DbError::Unavailable {
                doing: "committing".to_owned(),
                reason: "a fault was asked for".to_owned(),
            });
        }
        let connection = connected(&mut self.connection)?;
        let watch = Stopwatch::start();
        let committed = connection.commit();
        self.meters.commit_seconds.record(watch.elapsed());
        let size = u32::try_from(works).unwrap_or(u32::MAX);
        self.meters.batch_size.record(f64::from(size));
        committed
    }

    /// Ends a transaction that is lost. After a failure of the disk the connection goes as well.
    fn abandon(&mut self, error: &DbError) {
        let rolled_back = match self.connection.as_mut() {
            Some(connection) if connection.in_transaction() => connection.roll_back(),
            _ => Ok(()),
        };
        if is_storage_fault(error) || rolled_back.is_err() {
            self.meters.faults.increment(1);
            tracing::error!(%error, "the database failed; the works of this batch were told, the file is opened anew");
            self.connection = None;
        }
    }

    /// The engine empties the log by itself, unless some reader is always in the way.
    fn bound_log(&mut self) {
        if !self.commits.is_multiple_of(COMMITS_PER_LOOK) {
            return;
        }
        let log = log_path(&self.path);
        let length = std::fs::metadata(log).map_or(0, |file| file.len());
        if length <= self.options.log_bytes_max {
            return;
        }
        if let Some(connection) = self.connection.as_mut()
            && let Err(error) = connection.ask(EMPTY_LOG)
        {
            tracing::warn!(%error, length, "the database's log could not be emptied");
        }
    }
}

/// Where the engine keeps the log of a database.
pub(crate) fn log_path(database: &std::path::Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

fn connected(connection: &mut Option<Connection>) -> Result<&mut Connection, DbError> {
    connection.as_mut().ok_or_else(|| DbError::Unavailable {
        doing: "writing".to_owned(),
        reason: "the database is not open".to_owned(),
    })
}

fn in_savepoint(
    connection: &mut Connection,
    work: &mut dyn Work,
) -> Result<Result<(), DbError>, DbError> {
    let mut tries = 1;
    loop {
        connection.savepoint(WORK_DEPTH)?;
        let attempt = store::attempt(work, connection, WORK_DEPTH);
        if !connection.in_transaction() {
            // The engine gave the transaction up, or a work ended it: the works before it are gone with it.
            return Err(lost(attempt));
        }
        match attempt {
            Attempt::Keep => return connection.release(WORK_DEPTH).map(Ok),
            Attempt::Undo => return connection.rollback_to(WORK_DEPTH).map(Ok),
            Attempt::Failed(error) if is_storage_fault(&error) => return Err(error),
            Attempt::Failed(error) => {
                connection.rollback_to(WORK_DEPTH)?;
                if !matches!(error, DbError::Retry { .. }) || tries >= TRIES_MAX {
                    return Ok(Err(error));
                }
                tries += 1;
            }
        }
    }
}

fn lost(attempt: Attempt) -> DbError {
    let reason = match attempt {
        Attempt::Failed(error) => error.to_string(),
        Attempt::Keep | Attempt::Undo => "a work ended the transaction".to_owned(),
    };
    DbError::Unavailable {
        doing: "running a batch".to_owned(),
        reason,
    }
}
