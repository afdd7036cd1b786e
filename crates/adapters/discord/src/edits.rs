//! Edits of one message take turns, and one that a newer overtook before it was sent is not sent at all.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use kernel::MessageId;

/// The edits that wait or are under way.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    lines: Mutex<HashMap<MessageId, Arc<Line>>>,
}

#[derive(Debug, Default)]
struct Line {
    newest: AtomicU64,
    turn: tokio::sync::Mutex<()>,
}

/// A place among the edits of a message; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Ticket<'e> {
    edits: &'e Edits,
    message: MessageId,
    wanted: Wanted,
}

/// Whether an edit is still the newest.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    line: Arc<Line>,
    number: u64,
}

impl Edits {
    /// The newest edit of a message.
    pub(crate) fn begin(&self, message: MessageId) -> Ticket<'_> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = Arc::clone(lines.entry(message).or_default());
        let number = line.newest.fetch_add(1, Ordering::Relaxed) + 1;
        Ticket {
            edits: self,
            message,
            wanted: Wanted { line, number },
        }
    }

    #[cfg(test)]
    fn count(&self) -> usize {
        self.lines.lock().unwrap().len()
    }
}

impl Ticket<'_> {
    /// Waits for its turn; the turn ends when what is given is dropped.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.wanted.line.turn.lock().await
    }

    /// Whether it is still wanted, to be asked at any time.
    pub(crate) fn wanted(&self) -> Wanted {
        self.wanted.clone()
    }
}

impl Wanted {
    /// Whether no newer edit has come.
    pub(crate) fn is_newest(&self) -> bool {
        self.line.newest.load(Ordering::Relaxed) == self.number
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let lines = &self.edits.lines;
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        // The map holds one, this ticket another: nobody else waits.
        if lines
            .get(&self.message)
            .is_some_and(|line| Arc::strong_count(line) <= 2)
        {
            lines.remove(&self.message);
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::Edits;

    #[tokio::test]
    async fn d7_a_newer_edit_takes_the_place_of_one_that_waits() {
        let edits = Edits::default();
        let message = Id::new(5).unwrap();
        let first = edits.begin(message);
        let turn = first.turn().await;
        let second = edits.begin(message);
        let third = edits.begin(message);
        let newest = |ticket: &super::Ticket<'_>| ticket.wanted().is_newest();
        assert_eq!((newest(&second), newest(&third)), (false, true));
        drop(turn);
        drop(third.turn().await);
        drop((first, second));
        assert_eq!(edits.count(), 1);
        drop(third);
        assert_eq!(edits.count(), 0);
    }
}
