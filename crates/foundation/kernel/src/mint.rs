//! Ids that sort by time, and chance that can be replayed from a seed.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use crate::{Clock, Timestamp};

/// Where ids of our own come from: positive, never repeated, later ones larger.
pub trait IdSource: Send + Sync + fmt::Debug {
    /// A new id.
    fn next(&self) -> i64;
}

/// Ids made of the milliseconds since 2026, a node and a counter.
///
/// One node makes 4,096 ids a millisecond before it runs ahead of the clock; where the clock steps back, the ids go
/// on from the last one.
#[derive(Debug)]
pub struct Snowflakes {
    clock: Arc<dyn Clock>,
    node: i64,
    last: AtomicI64,
}

const EPOCH_MILLIS: i64 = 1_767_225_600_000;
const COUNTER_BITS: u32 = 12;
const NODE_BITS: u32 = 10;

impl Snowflakes {
    /// A source for one process; two at work at once need different nodes (0 to 1,023).
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, node: u16) -> Self {
        Self {
            clock,
            node: i64::from(node % (1 << NODE_BITS)),
            last: AtomicI64::new(0),
        }
    }

    /// The smallest id of a moment: what was made before it has a smaller one, what comes later a larger one.
    #[must_use]
    pub fn first_at(at: Timestamp) -> i64 {
        let millis = (at.millis() - EPOCH_MILLIS).clamp(0, i64::MAX >> (COUNTER_BITS + NODE_BITS));
        millis << (COUNTER_BITS + NODE_BITS)
    }

    /// The moment at which ids of this size were made.
    #[must_use]
    pub fn made_at(id: i64) -> Timestamp {
        Timestamp::from_micros(((id >> (COUNTER_BITS + NODE_BITS)) + EPOCH_MILLIS) * 1_000)
    }
}

impl IdSource for Snowflakes {
    fn next(&self) -> i64 {
        let millis = (self.clock.now().millis() - EPOCH_MILLIS).max(0);
        let earliest = millis << COUNTER_BITS;
        let advance = |last: i64| Some((last + 1).max(earliest));
        // The counter runs on into the next millisecond when it is full, so nothing repeats.
        let last = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, advance)
            .unwrap_or_else(|last| last);
        let ticket = (last + 1).max(earliest).max(1);
        let (time, counter) = (ticket >> COUNTER_BITS, ticket & ((1 << COUNTER_BITS) - 1));
        (time << (COUNTER_BITS + NODE_BITS)) | (self.node << COUNTER_BITS) | counter
    }
}

/// Where chance comes from.
pub trait Chance: Send + Sync + fmt::Debug {
    /// Sixty-four fair bits.
    fn bits(&self) -> u64;

    /// A fair number below `bound`; zero where the bound is zero.
    fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // Numbers past the last whole multiple of the bound would favour small results.
        let fair_end = u64::MAX - u64::MAX % bound;
        loop {
            let bits = self.bits();
            if bits < fair_end {
                return bits % bound;
            }
        }
    }
}

/// Chance from a seed (`SplitMix64`): for tests, demos and jitter, never for keys or games.
#[derive(Debug)]
pub struct SeededChance {
    state: Mutex<u64>,
}

impl SeededChance {
    /// The sequence of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(seed),
        }
    }
}

impl Chance for SeededChance {
    fn bits(&self) -> u64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc};

    use super::{Chance, IdSource, SeededChance, Snowflakes};
    use crate::{Clock, Timestamp};

    #[derive(Debug)]
    struct Stopped(i64);

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0)
        }
    }

    #[test]
    fn k2_ids_grow_and_never_repeat_while_the_clock_stands_still() {
        let source = Snowflakes::new(Arc::new(Stopped(1_800_000_000_000_000)), 7);
        let ids: Vec<i64> = (0..10_000).map(|_| source.next()).collect();
        assert!(ids.is_sorted());
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        let moment = Timestamp::from_micros(1_800_000_000_000_000);
        assert_eq!(Snowflakes::made_at(ids[0]), moment);
        assert!(Snowflakes::first_at(moment) <= ids[0]);
        assert_eq!(
            Snowflakes::made_at(Snowflakes::first_at(moment) - 1).millis(),
            moment.millis() - 1
        );
        assert_eq!(Snowflakes::first_at(Timestamp::from_micros(i64::MIN)), 0);
    }

    #[test]
    fn the_same_seed_gives_the_same_chance() {
        let (one, two) = (SeededChance::new(5), SeededChance::new(5));
        let (first, second): (Vec<_>, Vec<_>) =
            (0..50).map(|_| (one.below(6), two.below(6))).unzip();
        assert_eq!(first, second);
        assert!(first.iter().all(|roll| *roll < 6));
        assert_eq!(one.below(0), 0);
    }
}
