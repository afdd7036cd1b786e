//! How much of the application's time each guild takes: counted in memory, over about an hour, for the operator's eyes.
//!
//! An event counts with the time that it waited in its lane and the time that the lane spent on it. What goes on beside
//! a lane (a model that writes, Discord being asked) holds nobody up, and is not in it. A guild is never a metric's
//! label: this is where one sees which of them is slow.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kernel::{GuildId, Span, Timestamp};

/// Guilds that are counted at most, at about two hundred bytes each. While as many are busy, a further one is not
/// counted until another has been quiet for an hour.
const GUILDS_MAX: usize = 10_000;
/// An hour is counted in so many parts, of which the oldest is forgotten first.
const PARTS: usize = 4;
/// How long a part is.
const PART: Span = Span::minutes(15);

/// What a guild's events took within about an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// How many there were.
    pub events: u64,
    /// How long lanes worked on them, all together.
    pub worked: Duration,
    /// How long they waited in their lanes, all together.
    pub waited: Duration,
    /// How long the one waited that waited longest.
    pub waited_max: Duration,
}

/// What all guilds take.
#[derive(Debug, Default)]
pub struct Paces {
    guilds: Mutex<HashMap<GuildId, [Part; PARTS]>>,
}

/// What a guild took in one part of the time.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// Which one, counted from 1970.
    number: i64,
    pace: Pace,
}

impl Pace {
    /// How long an event waited on average.
    #[must_use]
    pub fn waited_each(&self) -> Duration {
        each(self.waited, self.events)
    }

    /// How long an event took on average.
    #[must_use]
    pub fn worked_each(&self) -> Duration {
        each(self.worked, self.events)
    }

    fn and(self, other: &Self) -> Self {
        Self {
            events: self.events.saturating_add(other.events),
            worked: self.worked.saturating_add(other.worked),
            waited: self.waited.saturating_add(other.waited),
            waited_max: self.waited_max.max(other.waited_max),
        }
    }
}

fn each(all: Duration, events: u64) -> Duration {
    let events = u32::try_from(events).unwrap_or(u32::MAX);
    all.checked_div(events).unwrap_or(Duration::ZERO)
}

impl Paces {
    /// Counts an event that waited for so long and was then worked on for so long.
    pub(crate) fn note(&self, guild: GuildId, now: Timestamp, waited: Duration, worked: Duration) {
        let number = number(now);
        let mut guilds = self.lock();
        if guilds.len() >= GUILDS_MAX && !guilds.contains_key(&guild) {
            guilds.retain(|_, parts| parts.iter().any(|part| is_fresh(part, number)));
            if guilds.len() >= GUILDS_MAX {
                return;
            }
        }
        let parts = guilds.entry(guild).or_default();
        let Some(part) = parts.get_mut(place(number)) else {
            return;
        };
        if part.number != number {
            *part = Part {
                number,
                pace: Pace::default(),
            };
        }
        part.pace = part.pace.and(&Pace {
            events: 1,
            worked,
            waited,
            waited_max: waited,
        });
    }

    /// What a guild took; nothing where it was quiet.
    #[must_use]
    pub fn of(&self, guild: GuildId, now: Timestamp) -> Option<Pace> {
        let parts = self.lock().get(&guild).copied()?;
        summed(&parts, number(now))
    }

    /// The guilds that took most of the lanes' time, the most first.
    #[must_use]
    pub fn busiest(&self, now: Timestamp, limit: usize) -> Vec<(GuildId, Pace)> {
        let number = number(now);
        let guilds = self.lock();
        let summed = guilds
            .iter()
            .filter_map(|(guild, parts)| Some((*guild, summed(parts, number)?)));
        let mut all: Vec<_> = summed.collect();
        drop(guilds);
        all.sort_by_key(|(guild, pace)| (std::cmp::Reverse(pace.worked), *guild));
        all.truncate(limit);
        all
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<GuildId, [Part; PARTS]>> {
        self.guilds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn number(at: Timestamp) -> i64 {
    at.micros().div_euclid(PART.as_micros().max(1))
}

fn place(number: i64) -> usize {
    let parts = i64::try_from(PARTS).unwrap_or(1).max(1);
    usize::try_from(number.rem_euclid(parts)).unwrap_or(0)
}

fn is_fresh(part: &Part, number: i64) -> bool {
    let parts = i64::try_from(PARTS).unwrap_or(1);
    part.pace.events > 0 && part.number > number - parts
}

fn summed(parts: &[Part; PARTS], number: i64) -> Option<Pace> {
    let fresh = parts.iter().filter(|part| is_fresh(part, number));
    let sum = fresh.fold(Pace::default(), |sum, part| sum.and(&part.pace));
    (sum.events > 0).then_some(sum)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::{GuildId, Span, Timestamp};

    use super::{GUILDS_MAX, Paces};

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn guild(number: usize) -> GuildId {
        GuildId::new(u64::try_from(number).unwrap()).unwrap()
    }

    fn start() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_hour_is_summed_and_what_is_older_forgotten() {
        let (paces, now) = (Paces::default(), start());
        paces.note(guild(1), now, MS(40), MS(10));
        paces.note(guild(1), now + Span::minutes(20), MS(0), MS(30));
        let later = now + Span::minutes(40);
        let pace = paces.of(guild(1), later).unwrap();
        assert_eq!((pace.events, pace.worked), (2, MS(40)));
        assert_eq!((pace.waited_max, pace.waited_each()), (MS(40), MS(20)));
        assert_eq!(pace.worked_each(), MS(20));
        let pace = paces.of(guild(1), now + Span::minutes(61)).unwrap();
        assert_eq!((pace.events, pace.worked), (1, MS(30)));
        assert_eq!(paces.of(guild(1), now + Span::hours(3)), None);
        assert_eq!(paces.of(guild(2), now), None);
    }

    #[test]
    fn the_busiest_come_first() {
        let (paces, now) = (Paces::default(), start());
        for (number, took) in [(1, 5), (2, 50), (3, 20)] {
            paces.note(guild(number), now, MS(0), MS(took));
        }
        let found = paces.busiest(now, 2);
        let found: Vec<_> = found.iter().map(|(guild, _)| *guild).collect();
        assert_eq!(found, [guild(2), guild(3)]);
        assert_eq!(paces.busiest(now + Span::hours(2), 2), []);
    }

    #[test]
    fn so_many_guilds_are_counted_and_quiet_ones_make_room() {
        let (paces, now) = (Paces::default(), start());
        for number in 1..=GUILDS_MAX + 1 {
            paces.note(guild(number), now, MS(0), MS(1));
        }
        assert_eq!(paces.of(guild(GUILDS_MAX + 1), now), None);
        let later = now + Span::hours(2);
        paces.note(guild(GUILDS_MAX + 1), later, MS(0), MS(1));
        assert!(paces.of(guild(GUILDS_MAX + 1), later).is_some());
        assert_eq!(paces.lock().len(), 1);
    }
}
