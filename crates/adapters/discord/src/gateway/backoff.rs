//! Pauses between dials: short after a drop, longer with each failure, never the same for two shards.

use std::time::Duration;

use kernel::Chance;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(60);
/// A connection that lived this long was well: the next failure is a first one.
const WELL_AFTER: Duration = Duration::from_secs(5);

/// After a drop of a connection that was ready, the pause grows no further than this many doublings …
const DOUBLINGS_AFTER_READY: u32 = 2;
/// … unless so many in a row were ready only for moments.
const MOMENTS_MAX: u32 = 30;

/// How often in a row it failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Backoff {
    failures: u32,
    moments: u32,
}

impl Backoff {
    /// A connection that became ready ended after this long.
    pub(super) fn was_ready(&mut self, lived: Duration) {
        if lived >= WELL_AFTER {
            *self = Self::default();
            return;
        }
        self.moments = self.moments.saturating_add(1);
        if self.moments < MOMENTS_MAX {
            // Interactions wait three seconds: whoever was ready is dialled again well within them.
            self.failures = self.failures.min(DOUBLINGS_AFTER_READY);
        }
    }

    /// The pause before the next dial: between a half and the whole of twice the last one.
    pub(super) fn pause(&mut self, chance: &dyn Chance) -> Duration {
        let doubled = FIRST.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        between_half_and(doubled.min(LONGEST), chance)
    }
}

/// A span between a half of this one and the whole.
pub(super) fn between_half_and(whole: Duration, chance: &dyn Chance) -> Duration {
    let half = whole / 2;
    let micros = u64::try_from(half.as_micros()).unwrap_or(u64::MAX);
    half + Duration::from_micros(chance.below(micros))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::SeededChance;

    use super::{Backoff, LONGEST};

    #[test]
    fn g1_pauses_grow_to_a_minute_and_shrink_after_a_connection_that_was_well() {
        let (mut backoff, chance) = (Backoff::default(), SeededChance::new(3));
        let pauses: Vec<Duration> = (0..12).map(|_| backoff.pause(&chance)).collect();
        assert!(pauses[0] >= Duration::from_millis(100) && pauses[0] <= Duration::from_millis(200));
        assert!(pauses[11] >= LONGEST / 2 && pauses[11] <= LONGEST);
        let all: Duration = pauses.iter().sum();
        assert!(all > Duration::from_secs(60), "{all:?}");
        backoff.was_ready(Duration::from_secs(10));
        assert!(backoff.pause(&chance) <= Duration::from_millis(200));
    }

    #[test]
    fn g1_a_drop_after_ready_pauses_shortly_unless_it_goes_on_for_ever() {
        let (mut backoff, chance) = (Backoff::default(), SeededChance::new(3));
        let mut pause = || {
            backoff.was_ready(Duration::from_millis(50));
            backoff.pause(&chance)
        };
        let first: Vec<Duration> = (0..20).map(|_| pause()).collect();
        assert!(
            first
                .iter()
                .all(|pause| *pause <= Duration::from_millis(800)),
            "{first:?}"
        );
        let last = (0..40).map(|_| pause()).last();
        assert!(last >= Some(LONGEST / 2), "{last:?}");
    }
}
