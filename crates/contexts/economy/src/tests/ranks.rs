//! Places, trends and the pulse of a guild, against what the ledger says of itself.

use kernel::{Coins, Span};

use super::world::{GUILD, World, each, guild, user};
use crate::{Place, Pulse, Zone, place, pulse, roll_up, supply};

fn standing(world: &World, member: u64) -> Place {
    let now = world.now();
    world.see(move |tx| place(tx, guild(GUILD), user(member), &Zone::utc(), now))
}

fn heard(world: &World) -> Pulse {
    let now = world.now();
    world.see(move |tx| pulse(tx, guild(GUILD), &Zone::utc(), now))
}

fn claims(world: &World, member: u64) {
    let (op, settings) = (world.op(member), world.settings.clone());
    world
        .run(move |tx, ids| crate::claim(tx, &op, ids, &settings, user(member)))
        .unwrap();
}

#[test]
fn places_are_those_of_the_leaderboard_and_the_erased_have_none() {
    each(|world| {
        for (member, count) in [(1, 50), (2, 70), (3, 70), (4, 10)] {
            world.rich(&[member], count);
        }
        world.enrol(&[5]);
        let places = [1, 2, 3, 4, 5, 6].map(|member| standing(&world, member).place);
        assert_eq!(places, [Some(3), Some(1), Some(2), Some(4), None, None]);
        assert_eq!(standing(&world, 1).of, 4);
        assert_eq!(standing(&world, 2).share_mille(), Some(350));
        assert!(standing(&world, 6).trend.is_empty());
        world.erase(2);
        let after = standing(&world, 1);
        assert_eq!((after.place, after.of), (Some(2), 3));
        let elsewhere = world.see({
            let now = world.now();
            move |tx| place(tx, guild(GUILD + 1), user(1), &Zone::utc(), now)
        });
        assert_eq!((elsewhere.place, elsewhere.of), (None, 0));
        assert_eq!(elsewhere.share_mille(), None);
    });
}

#[test]
fn what_circulates_is_the_same_before_and_after_it_was_summed_up() {
    each(|world| {
        world.rich(&[1, 2], 100);
        world.moves("purse:1", "sink:fees", 30).unwrap();
        world.moves("purse:1", "bank:1", 20).unwrap();
        for _ in 0..2 {
            let told = world.see(|tx| supply(tx, guild(GUILD)));
            assert_eq!(standing(&world, 1).circulating, told.circulating);
            assert_eq!(told.circulating, Coins::new(170));
            world.later(Span::hours(1));
            let now = world.now();
            let rolled = world.look(move |tx| roll_up(tx, now, None));
            assert!(rolled.rows > 0, "{rolled:?}");
            world.moves("faucet:grant", "purse:2", 5).unwrap();
            world.moves("purse:2", "sink:fees", 5).unwrap();
        }
    });
}

#[test]
fn a_trend_follows_a_purse_back_day_by_day() {
    each(|world| {
        world.rich(&[1, 2], 100);
        world.later(Span::days(2));
        world.moves("purse:1", "purse:2", 30).unwrap();
        world.later(Span::days(1));
        world.moves("faucet:grant", "purse:1", 5).unwrap();
        let trend = standing(&world, 1).trend;
        assert_eq!(trend.len(), 30);
        assert_eq!(trend[25..], [0, 100, 100, 70, 75]);
    });
}

#[test]
fn a_pulse_counts_claims_payments_and_coins_by_day_and_hour() {
    each(|world| {
        world.enrol(&[1, 2]);
        claims(&world, 1);
        claims(&world, 2);
        world.later(Span::days(1));
        claims(&world, 1);
        world.moves("purse:1", "sink:fees", 40).unwrap();
        let told = heard(&world);
        assert_eq!((told.holders, told.circulating.get()), (2, 270));
        assert_eq!(told.days.len(), 30);
        let last: Vec<_> = told.days[27..]
            .iter()
            .map(|day| (day.claims, day.payments, day.circulating))
            .collect();
        assert_eq!(last, [(0, 0, 0), (2, 0, 200), (1, 0, 270)]);
        // The world begins on a Friday at ten.
        assert_eq!(told.week.iter().sum::<i64>(), 4);
        assert_eq!((told.week[4 * 24 + 10], told.week[5 * 24 + 10]), (2, 2));
        assert_eq!(told.busiest(), Some(4 * 24 + 10));
        world.later(Span::days(40));
        let quiet = heard(&world);
        assert_eq!((quiet.busiest(), quiet.days[0].circulating), (None, 270));
    });
}
