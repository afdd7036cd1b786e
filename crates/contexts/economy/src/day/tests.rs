//! Days over all zones, daylight saving and journeys.

use kernel::{Span, Timestamp};
use proptest::{prop_assert, prop_assert_eq, proptest, sample::Index};

use super::{Claimable, LastClaim, Zone, claimable, reward};
use crate::{pending::after, settings::Daily};

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn zones() -> Vec<String> {
    Zone::matching("", 10_000)
}

fn last(zone: &Zone, claimed_at: Timestamp, streak: i64) -> LastClaim {
    LastClaim {
        day: zone.day(claimed_at),
        at: claimed_at,
        zone: zone.name().to_owned(),
        streak,
    }
}

#[test]
fn a_day_is_the_calendars_however_long() {
    let berlin = Zone::named("europe/berlin").unwrap();
    assert_eq!(berlin.name(), "Europe/Berlin");
    let epoch = Zone::utc();
    assert_eq!(epoch.day(at("1970-01-01T23:59:59Z")), 0);
    assert_eq!(epoch.day(at("1969-12-31T23:59:59Z")), -1);
    // The 25th of October 2026 has 25 hours in Berlin, the 29th of March 23.
    let hours = |from: i64| {
        berlin
            .begins(from + 1)
            .since(berlin.begins(from))
            .as_micros()
            / Span::hours(1).as_micros()
    };
    assert_eq!(hours(berlin.day(at("2026-10-25T12:00:00Z"))), 25);
    assert_eq!(hours(berlin.day(at("2026-03-29T12:00:00Z"))), 23);
    assert_eq!(hours(berlin.day(at("2026-06-01T12:00:00Z"))), 24);
    // Samoa left out the 30th of December 2011.
    let apia = Zone::named("Pacific/Apia").unwrap();
    let day = apia.day(at("2011-12-30T09:00:00Z"));
    assert_eq!(apia.day(at("2011-12-30T10:30:00Z")), day + 2);
}

#[test]
fn a_day_without_a_midnight_begins_when_it_begins() {
    // On the 6th of September 2026 the clocks in Santiago go from 24:00 to 01:00.
    let santiago = Zone::named("America/Santiago").unwrap();
    let day = santiago.day(at("2026-09-06T12:00:00Z"));
    assert_eq!(santiago.begins(day), at("2026-09-06T04:00:00Z"));
}

#[test]
fn days_beyond_the_calendar_never_begin() {
    let zone = Zone::utc();
    for day in [i64::MIN, -800_000, 3_000_000, i64::MAX] {
        assert_eq!(zone.begins(day), Timestamp::from_micros(i64::MAX));
    }
    assert_eq!(zone.day(Timestamp::from_micros(i64::MAX)), 0);
}

#[test]
fn rewards_grow_with_the_streak_up_to_their_bound() {
    let daily = Daily::default();
    let paid: Vec<_> = [0, 1, 2, 7, 8, 9, i64::MAX]
        .map(|streak| reward(&daily, streak))
        .into();
    assert_eq!(paid, [100, 100, 110, 160, 170, 170, 170]);
}

#[test]
fn zones_are_offered_by_their_beginning_first() {
    assert_eq!(Zone::matching("europe/ber", 25), ["Europe/Berlin"]);
    assert_eq!(Zone::matching("new york", 1), ["America/New_York"]);
    assert!(Zone::matching("e", 25).len() == 25);
    assert!(Zone::matching("zzzz", 25).is_empty());
    assert!(zones().len() > 400);
}

#[test]
fn every_zone_that_is_offered_can_be_chosen() {
    for name in zones() {
        assert!(Zone::named(&name).is_ok(), "{name}");
        assert!(name.len() <= 64, "{name}");
    }
}

/// Two years around the tests' present, in seconds.
const SECONDS: std::ops::Range<i64> = 1_740_000_000..1_810_000_000;

fn second(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn possible(claim: Claimable) -> bool {
    matches!(claim, Claimable::Now { .. })
}

proptest! {
    #[test]
    fn e7_in_one_zone_a_claim_is_possible_exactly_on_a_later_day(
        zone: Index, claimed in SECONDS, wait in 0_i64..400_000,
    ) {
        let names = zones();
        let zone = Zone::named(&names[zone.index(names.len())]).unwrap();
        let (claimed, now) = (second(claimed), second(claimed + wait));
        let before = last(&zone, claimed, 4);
        let later = zone.day(now) - before.day;
        match claimable(&zone, Some(&before), now) {
            Claimable::NotBefore(next) => {
                prop_assert_eq!(later, 0);
                prop_assert!(next > now);
                // The promise is kept to the microsecond.
                let then = claimable(&zone, Some(&before), next);
                prop_assert!(possible(then));
                let early = Timestamp::from_micros(next.micros() - 1);
                prop_assert!(!possible(claimable(&zone, Some(&before), early)));
            }
            Claimable::Now { day, streak } => {
                prop_assert!(later >= 1);
                prop_assert_eq!(day, before.day + later);
                prop_assert_eq!(streak, if later == 1 { 5 } else { 1 });
            }
        }
    }

    #[test]
    fn e7_whatever_zones_are_chosen_twenty_hours_pass_or_the_zone_is_the_same(
        one: Index, other: Index, claimed in SECONDS, wait in 0_i64..200_000,
    ) {
        let names = zones();
        let first = Zone::named(&names[one.index(names.len())]).unwrap();
        let second_zone = Zone::named(&names[other.index(names.len())]).unwrap();
        let (claimed, now) = (second(claimed), second(claimed + wait));
        let before = last(&first, claimed, 4);
        let rested = now >= after(claimed, Span::hours(20));
        let same = first.name() == second_zone.name();
        match claimable(&second_zone, Some(&before), now) {
            Claimable::Now { day, streak } => {
                prop_assert!(rested || same);
                prop_assert!(day > before.day, "no day is claimed twice");
                prop_assert!(same || streak == 5 || now >= after(claimed, Span::hours(36)));
            }
            Claimable::NotBefore(next) => {
                prop_assert!(next > now);
                prop_assert!(possible(claimable(&second_zone, Some(&before), next)));
            }
        }
    }
}
