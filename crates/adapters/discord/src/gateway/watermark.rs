//! How far a session's events are finished: everything up to the low watermark, whatever finished after it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use chat::Finished;

/// The events of one session.
#[derive(Debug)]
pub(crate) struct Watermark(Mutex<Sequences>);

#[derive(Debug)]
struct Sequences {
    last: u64,
    unfinished: BTreeSet<u64>,
}

impl Watermark {
    /// A session of which everything up to `sequence` is finished.
    pub(crate) fn at(sequence: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Sequences {
            last: sequence,
            unfinished: BTreeSet::new(),
        })))
    }

    /// An event came in; it is finished when the mark is dropped.
    pub(crate) fn begin(self: &Arc<Self>, sequence: u64) -> Finished {
        self.locked(|sequences| {
            sequences.last = sequences.last.max(sequence);
            sequences.unfinished.insert(sequence);
        });
        let watermark = Arc::clone(self);
        Finished::new(move || {
            watermark.locked(|sequences| sequences.unfinished.remove(&sequence));
        })
    }

    /// An event came in of which nothing is owed.
    pub(crate) fn pass(&self, sequence: u64) {
        self.locked(|sequences| sequences.last = sequences.last.max(sequence));
    }

    /// The last event that came in: where the same process resumes.
    pub(crate) fn last(&self) -> u64 {
        self.locked(|sequences| sequences.last)
    }

    /// The last event up to which all are finished: where another process resumes.
    pub(crate) fn low(&self) -> u64 {
        self.locked(|sequences| {
            let first = sequences.unfinished.first();
            first.map_or(sequences.last, |first| (first - 1).min(sequences.last))
        })
    }

    /// Whether nothing is unfinished.
    pub(crate) fn is_settled(&self) -> bool {
        self.locked(|sequences| sequences.unfinished.is_empty())
    }

    fn locked<T>(&self, act: impl FnOnce(&mut Sequences) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::Watermark;

    #[test]
    fn g3_the_mark_stays_before_the_first_unfinished_event() {
        let watermark = Watermark::at(5);
        let (six, seven) = (watermark.begin(6), watermark.begin(7));
        watermark.pass(8);
        assert_eq!((watermark.low(), watermark.last()), (5, 8));
        drop(seven);
        assert_eq!(watermark.low(), 5);
        drop(six);
        assert_eq!(watermark.low(), 8);
        assert!(watermark.is_settled());
    }

    proptest! {
        #[test]
        fn no_unfinished_event_is_ever_passed(steps in proptest::collection::vec((any::<bool>(), any::<u8>()), 1..200)) {
            let watermark = Watermark::at(0);
            let (mut next, mut held) = (1, std::collections::BTreeMap::new());
            for (begins, pick) in steps {
                if begins || held.is_empty() {
                    held.insert(next, watermark.begin(next));
                    next += 1;
                } else {
                    let at = usize::from(pick) % held.len();
                    let sequence = *held.keys().nth(at).unwrap();
                    held.remove(&sequence);
                }
                let first = held.keys().next().copied();
                prop_assert_eq!(watermark.low(), first.map_or(next - 1, |first| first - 1));
                prop_assert!(watermark.low() <= watermark.last());
            }
        }
    }
}
