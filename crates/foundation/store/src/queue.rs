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
    attending: usize,
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

    /// Says that a thread takes works from here, as long as what it gives lives.
    #[must_use]
    pub fn attend(&self) -> Attendance<'_> {
        self.state().attending += 1;
        Attendance(self)
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

/// A thread that takes works. When the last one goes, also by a panic, nobody is left waiting for an answer.
#[derive(Debug)]
pub struct Attendance<'queue>(&'queue WorkQueue);

impl Drop for Attendance<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.attending -= 1;
        if state.attending > 0 {
            return;
        }
        state.closed = true;
        let left = std::mem::take(&mut state.tasks);
        drop(state);
        for Task { work, .. } in left {
            let gone = refusal(work.label(), true);
            work.settle(Err(gone));
        }
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

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };

    use super::{Access, WorkQueue};
    use crate::{DbError, Tx, Work};

    struct Counted(Arc<AtomicUsize>);

    impl Work for Counted {
        fn label(&self) -> &'static str {
            "counted"
        }

        fn run(&mut self, _: &mut Tx<'_>) -> bool {
            true
        }

        fn settle(self: Box<Self>, outcome: Result<(), DbError>) {
            assert!(outcome.is_err());
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn what_a_queue_cannot_take_is_settled_at_once() {
        let settled = Arc::new(AtomicUsize::new(0));
        let queue = WorkQueue::new(2);
        for _ in 0..5 {
            queue.push(Access::Write, Box::new(Counted(Arc::clone(&settled))));
        }
        assert_eq!(settled.load(Ordering::SeqCst), 3);
        let mut batch = VecDeque::new();
        assert!(queue.fill(&mut batch, 10));
        assert_eq!(batch.len(), 2);
        queue.close();
        assert!(queue.take().is_none());
        queue.push(Access::Read, Box::new(Counted(Arc::clone(&settled))));
        assert_eq!(settled.load(Ordering::SeqCst), 4);
    }

    #[test]
    fn when_the_last_thread_goes_whoever_waits_is_told() {
        let settled = Arc::new(AtomicUsize::new(0));
        let queue = WorkQueue::new(9);
        let (first, last) = (queue.attend(), queue.attend());
        queue.push(Access::Write, Box::new(Counted(Arc::clone(&settled))));
        drop(first);
        assert_eq!(settled.load(Ordering::SeqCst), 0);
        drop(last);
        assert_eq!(settled.load(Ordering::SeqCst), 1);
        queue.push(Access::Write, Box::new(Counted(Arc::clone(&settled))));
        assert_eq!(settled.load(Ordering::SeqCst), 2);
    }
}
