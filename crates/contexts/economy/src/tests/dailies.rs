//! Claims: one a day, in the member's zone, however many ask at once.

use kernel::{Fault, Op, Span};
use testkit::db::together;

use super::world::{GUILD, World, each, guild, user};
use crate::{Claim, DailyError, Novelty, RankBy, leaderboard};

fn claim(world: &World, op: &Op, member: u64) -> Result<Claim, DailyError> {
    let (op, settings) = (op.clone(), world.settings.clone());
    world.run(move |tx, ids| crate::claim(tx, &op, ids, &settings, user(member)))
}

fn zone(world: &World, member: u64, name: &'static str) -> &'static str {
    let op = world.op(member);
    let set = world.run(move |tx, _| crate::set_timezone(tx, &op, user(member), name));
    set.map_or_else(|error| error.told().key(), |_| "ok")
}

fn told<T, E: Fault>(result: &Result<T, E>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.told().key(),
    }
}

/// Regression: after a move to the west a streak that the next claim continued was shown as none.
#[test]
fn what_is_shown_of_a_streak_is_what_the_next_claim_continues_after_a_move() {
    each(|world| {
        world.enrol(&[1]);
        let streak = |world: &World| {
            let now = world.now();
            world
                .see(move |tx| crate::account(tx, guild(GUILD), user(1), now))
                .streak
        };
        assert_eq!(zone(&world, 1, "Europe/Berlin"), "ok");
        world.clock.set("2026-11-20T21:00:00Z");
        claim(&world, &world.op(1), 1).unwrap();
        assert_eq!(zone(&world, 1, "America/Los_Angeles"), "ok");
        // The day after next has begun in Berlin, and not yet in Los Angeles.
        world.clock.set("2026-11-22T02:00:00Z");
        assert_eq!(streak(&world), 1);
        assert_eq!(claim(&world, &world.op(1), 1).unwrap().streak, 2);
        assert_eq!(streak(&world), 2);
    });
}

/// Regression: having oneself erased and coming back was worth a daily and a start balance, as often as one liked.
#[test]
fn being_erased_gives_nobody_a_second_daily_or_start_balance_and_shakes_off_no_freeze() {
    each(|mut world| {
        world.settings.start_balance = 50;
        world.enrol(&[1, 2]);
        let purse = |world: &World, member| {
            let now = world.now();
            world.see(move |tx| crate::account(tx, guild(GUILD), user(member), now))
        };
        claim(&world, &world.op(1), 1).unwrap();
        assert_eq!(purse(&world, 1).balance.get(), 150);
        for _ in 0..2 {
            assert!(world.erase(1));
            world.enrol(&[1]);
            let again = claim(&world, &world.op(1), 1);
            assert_eq!(told(&again), "economy-already-claimed");
            assert_eq!(purse(&world, 1).balance.get(), 0);
        }
        let (op, who) = (world.admin(), crate::Frost::Member(user(2)));
        let frozen = world.run(move |tx, _| crate::freeze(tx, &op, who, "a test"));
        assert!(frozen.unwrap());
        assert!(world.erase(2));
        world.enrol(&[2]);
        assert!(purse(&world, 2).frozen);

        world.later(Span::hours(24));
        assert_eq!(claim(&world, &world.op(1), 1).unwrap().streak, 1);
        assert!(world.erase(1));
        world.later(crate::ERASED_KEPT);
        let now = world.now();
        assert_eq!(world.look(move |tx| crate::forget_erased(tx, now)), 2);
        world.enrol(&[1]);
        assert_eq!(
            purse(&world, 1).balance.get(),
            50,
            "a newcomer to anybody's knowledge"
        );
        world.is_sound();
    });
}

#[test]
fn e7_a_day_is_claimed_once_and_streaks_pay_more() {
    each(|world| {
        world.enrol(&[1]);
        world.clock.set("2026-11-20T23:00:00Z");
        let mut paid = Vec::new();
        for _ in 0..10 {
            let claimed = claim(&world, &world.op(1), 1).unwrap();
            paid.push((claimed.streak, claimed.receipt.record.amount.get()));
            let again = claim(&world, &world.op(1), 1);
            assert_eq!(told(&again), "economy-already-claimed");
            world.later(Span::hours(24));
        }
        let expected = [100, 110, 120, 130, 140, 150, 160, 170, 170, 170];
        assert_eq!(paid, (1..).zip(expected).collect::<Vec<(i64, i64)>>());
        world.later(Span::hours(24));
        assert_eq!(claim(&world, &world.op(1), 1).unwrap().streak, 1);
        world.is_sound();
    });
}

#[test]
fn e3_a_retry_of_a_claim_gives_the_same_answer_also_on_the_next_day() {
    each(|world| {
        world.enrol(&[1]);
        let op = world.op(1);
        let first = claim(&world, &op, 1).unwrap();
        let again = claim(&world, &op, 1).unwrap();
        assert_eq!(again.receipt.novelty, Novelty::Replayed);
        assert_eq!(
            (again.streak, &again.receipt.record),
            (1, &first.receipt.record)
        );
        world.later(Span::hours(24));
        let mut late = op;
        late.at = world.now();
        let late = claim(&world, &late, 1).unwrap();
        assert_eq!(
            (late.streak, &late.receipt.record),
            (1, &first.receipt.record)
        );
        assert_eq!(world.has("purse:1"), (100, 0));
        assert_eq!(claim(&world, &world.op(1), 1).unwrap().streak, 2);
        world.is_sound();
    });
}

#[test]
fn e7_a_change_of_zone_brings_no_second_claim_within_twenty_hours() {
    each(|world| {
        world.enrol(&[1]);
        assert_eq!(zone(&world, 1, "Pacific/Honolulu"), "ok");
        world.clock.set("2026-11-20T09:00:00Z"); // the 19th, 23:00 in Honolulu
        assert_eq!(claim(&world, &world.op(1), 1).unwrap().streak, 1);
        assert_eq!(zone(&world, 1, "Pacific/Kiritimati"), "ok"); // the 20th, 23:00
        assert_eq!(
            told(&claim(&world, &world.op(1), 1)),
            "economy-already-claimed"
        );
        world.clock.set("2026-11-21T04:59:59Z");
        assert_eq!(
            told(&claim(&world, &world.op(1), 1)),
            "economy-already-claimed"
        );
        world.clock.set("2026-11-21T05:00:00Z");
        let claimed = claim(&world, &world.op(1), 1).unwrap();
        assert_eq!(claimed.streak, 2, "a journey costs no streak");
        assert_eq!(zone(&world, 1, "mars/base"), "economy-no-such-zone");
    });
}

#[test]
fn the_guilds_zone_counts_where_a_member_chose_none() {
    each(|mut world| {
        world.settings.daily.zone = Some("Asia/Tokyo".to_owned());
        world.enrol(&[1]);
        world.clock.set("2026-11-20T14:30:00Z"); // 23:30 in Tokyo
        claim(&world, &world.op(1), 1).unwrap();
        world.later(Span::minutes(31));
        assert_eq!(claim(&world, &world.op(1), 1).unwrap().streak, 2);
        let op = world.op(1);
        let settings = world.settings.clone();
        let zone = world.look(move |tx| crate::timezone(tx, &op, &settings, user(1)));
        assert_eq!(zone.name(), "Asia/Tokyo");
    });
}

#[test]
fn a_daily_that_is_off_or_frozen_pays_nothing() {
    each(|mut world| {
        world.enrol(&[1]);
        world.settings.daily.amount = 0;
        world.settings.daily.streak_bonus = 0;
        assert_eq!(told(&claim(&world, &world.op(1), 1)), "economy-daily-off");
        world.settings.daily.amount = 5;
        let op = world.admin();
        world
            .run(move |tx, _| crate::freeze(tx, &op, crate::Frost::Guild, ""))
            .unwrap();
        assert_eq!(told(&claim(&world, &world.op(1), 1)), "economy-frozen");
        let op = world.admin();
        world
            .run(move |tx, _| crate::unfreeze(tx, &op, crate::Frost::Guild, ""))
            .unwrap();
        assert_eq!(claim(&world, &world.op(1), 1).unwrap().streak, 1);
        assert_eq!(
            told(&claim(&world, &world.op(2), 2)),
            "economy-unknown-account"
        );
    });
}

#[test]
fn e7_of_a_thousand_claims_at_once_exactly_one_is_paid() {
    each(|world| {
        world.enrol(&[1]);
        let claims: Vec<_> = (0..1_000)
            .map(|_| {
                let (op, ids, settings) = (world.op(1), world.ids.clone(), world.settings.clone());
                world.db.database().write("claim", move |tx| {
                    crate::claim(tx, &op, ids.as_ref(), &settings, user(1))
                })
            })
            .collect();
        let results = together(claims);
        let count = |wanted: &str| results.iter().filter(|one| told(one) == wanted).count();
        assert_eq!((count("ok"), count("economy-already-claimed")), (1, 999));
        assert_eq!(world.has("purse:1"), (100, 0));
        world.is_sound();
    });
}

#[test]
fn streaks_are_ranked_while_they_go_on() {
    each(|world| {
        world.enrol(&[1, 2]);
        claim(&world, &world.op(1), 1).unwrap();
        world.later(Span::hours(24));
        claim(&world, &world.op(1), 1).unwrap();
        claim(&world, &world.op(2), 2).unwrap();
        let board = |world: &World| {
            let now = world.now();
            let found =
                world.look(move |tx| leaderboard(tx, guild(GUILD), RankBy::Streak, (0, 10), now));
            found
                .lines
                .iter()
                .map(|line| (line.user.get(), line.value))
                .collect::<Vec<_>>()
        };
        assert_eq!(board(&world), [(1, 2), (2, 1)]);
        world.later(Span::hours(24));
        claim(&world, &world.op(2), 2).unwrap();
        assert_eq!(board(&world), [(1, 2), (2, 2)]);
        world.later(Span::hours(24));
        assert_eq!(board(&world), [(2, 2)]);
        let now = world.now();
        let view = world.look(move |tx| crate::account(tx, guild(GUILD), user(1), now));
        assert_eq!((view.streak, view.balance.get()), (0, 210));
        assert!(view.daily_at.is_some());
    });
}
