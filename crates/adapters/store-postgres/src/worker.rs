//! One thread with one connection: takes a work, runs it in a transaction of its own, answers after the commit.

use std::{sync::Arc, time::Duration};

use kernel::{Chance, SeededChance, Stopwatch};
use store::{Access, Attempt, DbError, Task, Work, WorkQueue};
use tokio::runtime::Runtime;

use crate::{
    link::Link,
    meters::Meters,
    outage::Outage,
    scrub,
    session::{Failed, PgSession},
    store::Options,
    target::Target,
};

/// How often a work is run again because others were in its way.
const CONFLICTS_MAX: u32 = 10;
/// How often a work is run again because its connection was lost. The outcome of its commit may be unknown then;
/// a use case that had been kept finds so by its key.
const LOSSES_MAX: u32 = 4;
/// A use case that takes longer holds its locks too long.
const SLOW: Duration = Duration::from_millis(50);

const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

pub(crate) struct Worker {
    pub(crate) runtime: Runtime,
    pub(crate) target: Arc<Target>,
    pub(crate) options: Options,
    pub(crate) queue: Arc<WorkQueue>,
    pub(crate) outage: Arc<Outage>,
    pub(crate) chance: SeededChance,
    pub(crate) meters: Meters,
    pub(crate) link: Option<Link>,
}

impl Worker {
    /// Works until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        let queue = Arc::clone(&self.queue);
        let _attendance = queue.attend();
        while let Some(Task {
            access, mut work, ..
        }) = self.queue.take()
        {
            let watch = Stopwatch::start();
            let mut outcome = self.work(access, work.as_mut());
            if outcome.is_ok() && !work.scrubs().is_empty() {
                outcome = self.scrub(work.scrubs());
            }
            let took = watch.elapsed();
            self.meters.worked(work.label(), access, took);
            if access == Access::Write && took > SLOW && work.scrubs().is_empty() {
                let took_ms = took.as_millis();
                tracing::warn!(work = work.label(), took_ms, "a use case took long");
            }
            work.settle(outcome);
        }
        if let Some(link) = self.link {
            link.close(&self.runtime);
        }
    }

    fn work(&mut self, access: Access, work: &mut dyn Work) -> Result<(), DbError> {
        let (mut losses, mut conflicts) = (0, 0);
        loop {
            self.connect()?;
            let (error, state) = match self.attempt(access, work) {
                Ok(()) => return Ok(()),
                Err(failed) => failed,
            };
            match (state, &error) {
                (Failed::Lost, _) => {
                    self.link = None;
                    self.meters.faults.increment(1);
                    losses += 1;
                    if losses >= LOSSES_MAX {
                        return Err(error);
                    }
                }
                (_, DbError::Retry { .. }) if conflicts < CONFLICTS_MAX => {
                    conflicts += 1;
                    self.meters.retries.increment(1);
                    self.pause(conflicts);
                }
                _ => return Err(error),
            }
        }
    }

    /// One run in one transaction. A failure says what it left of the connection.
    fn attempt(&mut self, access: Access, work: &mut dyn Work) -> Result<(), (DbError, Failed)> {
        let Some(link) = self.link.as_mut() else {
            let error = DbError::Unavailable {
                doing: format!("running `{}`", work.label()),
                reason: "there is no connection".to_owned(),
            };
            return Err((error, Failed::Lost));
        };
        let begin = match access {
            Access::Read => BEGIN_READ,
            Access::Write => BEGIN_WRITE,
        };
        let limit = self.options.statement_time_max.to_std() + Duration::from_secs(2);
        let mut session = PgSession::begin(&self.runtime, link, limit, begin);
        let ended = match store::attempt(work, &mut session, 0) {
            Attempt::Keep => {
                let watch = Stopwatch::start();
                let committed = session.end("store.commit", "COMMIT");
                self.meters.commit_seconds.record(watch.elapsed());
                committed
            }
            Attempt::Undo => session.end("store.rollback", "ROLLBACK"),
            Attempt::Failed(error) => Err(error),
        };
        let Err(error) = ended else { return Ok(()) };
        let state = session.failed().unwrap_or(Failed::Answered);
        if state == Failed::Lost {
            return Err((error, state));
        }
        // What was sent before the failure may still be unheard, and fail in its turn: the transaction ends either way.
        let rolled_back = session.end("store.rollback", "ROLLBACK");
        let state = session.failed().unwrap_or(Failed::Answered);
        let is_over = rolled_back.is_ok() || state != Failed::Lost;
        if state == Failed::Stale {
            link.prepared.clear();
        }
        Err((error, if is_over { state } else { Failed::Lost }))
    }

    /// Scrubs on a connection of its own bounds, which is used for nothing else afterwards.
    fn scrub(&mut self, tables: &[&'static str]) -> Result<(), DbError> {
        self.connect()?;
        let Some(mut link) = self.link.take() else {
            return Ok(());
        };
        let client = Arc::clone(&link.client);
        let scrubbing = async move { scrub::scrub(&client, tables).await };
        let scrubbed = link.drive(&self.runtime, scrub::TIME_MAX, scrubbing);
        link.close(&self.runtime);
        scrubbed
            .unwrap_or_else(|| Err("the server did not answer in time".to_owned()))
            .map_err(|reason| DbError::Unavailable {
                doing: "scrubbing what was deleted".to_owned(),
                reason,
            })
    }

    /// Sees to a connection, and waits for the server a while where it is away.
    fn connect(&mut self) -> Result<(), DbError> {
        if self.link.as_ref().is_some_and(|link| !link.is_closed()) {
            return Ok(());
        }
        self.link = None;
        let patience = self.options.patience.to_std();
        for tries in 1_u32.. {
            if let Some(refusal) = self.outage.refusal(patience) {
                return Err(refusal);
            }
            match Link::open(&self.runtime, &self.target, &self.options) {
                Ok(link) => {
                    self.outage.over();
                    self.link = Some(link);
                    break;
                }
                Err(reason) => {
                    if let Some(refusal) = self.outage.tried_in_vain(patience, &reason) {
                        return Err(refusal);
                    }
                    self.pause(tries);
                }
            }
        }
        Ok(())
    }

    /// Waits a little longer each time, and not as long as the others do.
    fn pause(&self, tries: u32) {
        let base_ms = 4_u64 << tries.min(6);
        let pause = Duration::from_millis(base_ms / 2 + self.chance.below(base_ms));
        // The timer is made inside the runtime, which is where it looks for its clock.
        self.runtime
            .block_on(async move { tokio::time::sleep(pause).await });
    }
}
