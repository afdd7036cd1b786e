//! A thread that reads: one work at a time, over one state, on a connection that cannot write.

use std::{path::PathBuf, sync::Arc};

use kernel::Stopwatch;
use store::{Attempt, DbError, Task, Work, WorkQueue};

use crate::{
    failure::is_storage_fault,
    meters::Meters,
    session::{Connection, Role},
};

/// How often a work is tried again where the engine asks for it.
const TRIES_MAX: u32 = 4;

pub(crate) struct Reader {
    pub(crate) path: PathBuf,
    pub(crate) queue: Arc<WorkQueue>,
    pub(crate) connection: Option<Connection>,
    pub(crate) meters: Meters,
}

impl Reader {
    /// Works until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        let queue = Arc::clone(&self.queue);
        let _attendance = queue.attend();
        while let Some(Task { mut work, .. }) = self.queue.take() {
            let watch = Stopwatch::start();
            let outcome = self.work(work.as_mut());
            self.meters.worked(work.label(), watch.elapsed());
            work.settle(outcome);
        }
    }

    fn work(&mut self, work: &mut dyn Work) -> Result<(), DbError> {
        let mut tries = 1;
        loop {
            let outcome = self.attempt(work);
            match &outcome {
                Err(DbError::Retry { .. }) if tries < TRIES_MAX => tries += 1,
                Err(error) if is_storage_fault(error) => {
                    self.meters.faults.increment(1);
                    self.connection = None;
                    return outcome;
                }
                _ => return outcome,
            }
        }
    }

    fn attempt(&mut self, work: &mut dyn Work) -> Result<(), DbError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            missing => missing.insert(Connection::open(&self.path, Role::Reader)?),
        };
        connection.begin_read()?;
        let attempt = store::attempt(work, connection, 0);
        if connection.in_transaction() {
            connection.roll_back()?;
        }
        match attempt {
            Attempt::Keep | Attempt::Undo => Ok(()),
            Attempt::Failed(error) => Err(error),
        }
    }
}
