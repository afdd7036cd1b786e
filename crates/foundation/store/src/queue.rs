//! The bounded queue between those who ask and the threads of an adapter.
//!
//! Nobody who pushes ever waits: what the queue cannot take is settled at once, as overloaded or as unavailable.
//! Not here: what a thread does with the work it takes.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use kernel::Stopwatch;

use crate::{DbError, Work};

/// What a work may do to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Look.
    Read,
    /// Look and change.
    Write,
}

/// A work that was taken on.
pub struct Task {
    /// What it may do.
    pub access: Access,
    /// How long it has been waiting.
    pub since: Stopwatch,
    /// The work.
    pub work: Box<dyn Work>,
}

impl fmt::Debug for Task {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Task")
            .field("access", &self.access)
            .field("label", &self.work.label())
            .finish_non_exhaustive()
    }
}

/// A queue of works with a bound.
pub struct WorkQueue {
    state: Mutex<State>,
    arrived: Condvar,
    bound: usize,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<Task>,
    waiting: usize,
    closed: bool,
}

impl fmt::Debug for WorkQueue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        out.debug_struct("WorkQueue")
            .field("waiting", &state.tasks.len())
            .field("bound", &self.bound)
            .field("closed", &state.closed)
            .finish_non_exhaustive()
    }
}

impl WorkQueue {
    /// A queue that holds this many works.
    #[must_use]
    pub fn new(bound: usize) -> Self {
        Self {
            state: Mutex::default(),
            arrived: Condvar::new(),
            bound,
        }
    }

    /// Nothing panics while it holds the lock, so a poisoned one still guards a whole state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a work on, or settles it at once.
    pub fn push(&self, access: Access, work: Box<dyn Work>) {
        let mut state = self.state();
        if state.closed || state.tasks.len() >= self.bound {
            let refusal = refusal(work.label(), state.closed);
            drop(state);
            work.settle(Err(refusal));
            return;
        }
        state.tasks.push_back(Task {
            access,
            since: Stopwatch::start(),
            work,
        });
        // Waking costs a call into the kernel even where nobody sleeps.
        let asleep = state.waiting > 0;
        drop(state);
        if asleep {
            self.arrived.notify_one();
        }
    }

    /// Waits for a work; nothing once the queue is closed and empty.
    pub fn take(&self) -> Option<Task> {
        self.wait_for_work().tasks.pop_front()
    }

    /// Fills `batch` up to `max` works, and waits for one where it would stay empty. `false` once the queue is closed
    /// and nothing is left.
    pub fn fill(&self, batch: &mut VecDeque<Task>, max: usize) -> bool {
        let mut state = if batch.is_empty() {
            self.wait_for_work()
        } else {
            self.state()
        };
        let count = max.saturating_sub(batch.len()).min(state.tasks.len());
        batch.extend(state.tasks.drain(..count));
        !batch.is_empty()
    }

    fn wait_for_work(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        while state.tasks.is_empty() && !state.closed {
            state.waiting += 1;
            state = self
                .arrived
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        state
    }

    /// Takes nothing on any more; what was taken is still given out.
    pub fn close(&self) {
        self.state().closed = true;
        self.arrived.notify_all();
    }
}

fn refusal(label: &'static str, closed: bool) -> DbError {
    if !closed {
        return DbError::Overloaded { label };
    }
    DbError::Unavailable {
        doing: format!("taking on `{label}`"),
        reason: "the database was closed".to_owned(),
    }
}
