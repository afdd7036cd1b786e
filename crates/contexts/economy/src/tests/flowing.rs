//! Flows and totals: the same whether they are summed up, read from the journal, or half of each.

use std::collections::BTreeMap;

use kernel::Span;

use super::world::{GUILD, World, each, guild};
use crate::{FlowEnd, Purses, SpreadSeen, Supply, flows, supply, supply_summed};

/// What flowed in the last hour, by its ends.
fn flowed(world: &World) -> BTreeMap<(FlowEnd, FlowEnd), (i64, u64)> {
    let (since, until) = (
        world.now().before(Span::hours(1)),
        world.now() + Span::millis(1),
    );
    let mut sums = BTreeMap::new();
    for flow in world.look(move |tx| flows(tx, guild(GUILD), since, until)) {
        let (coins, count) = sums.entry((flow.from, flow.to)).or_insert((0, 0));
        *coins += flow.coins.get();
        *count += flow.transfers;
    }
    sums
}

fn supplies(world: &World) -> (Supply, Supply) {
    let stored = world.look(|tx| supply(tx, guild(GUILD)));
    let summed = world.look(|tx| supply_summed(tx, guild(GUILD)));
    // A sort that is at nothing need not have a line.
    let filled = |mut supply: Supply| {
        supply.accounts.retain(|line| line.balance.get() != 0);
        supply
    };
    (filled(stored), filled(summed))
}

fn roll_up(world: &World) {
    let mut cursor = None;
    loop {
        let now = world.now();
        cursor = world.look(move |tx| crate::roll_up(tx, now, cursor)).next;
        if cursor.is_none() {
            return;
        }
    }
}

fn busy(world: &World) {
    world.enrol(&[1, 2]);
    world.moves("faucet:daily", "purse:1", 100).unwrap();
    world.moves("purse:1", "purse:2", 30).unwrap();
    world.moves("purse:2", "sink:fees", 7).unwrap();
    world.moves("purse:1", "escrow:trade-1", 5).unwrap();
    world.moves("purse:1", "bank:1", 20).unwrap();
    world.moves("purse:2", "treasury", 3).unwrap();
}

#[test]
fn flows_and_totals_are_the_same_before_and_after_they_are_summed_up() {
    each(|world| {
        busy(&world);
        let before = flowed(&world);
        assert_eq!(before.len(), 5, "{before:?}");
        let (stored, summed) = supplies(&world);
        assert_eq!(stored, summed);
        world.later(Span::minutes(11));
        roll_up(&world);
        assert_eq!(flowed(&world), before);
        assert_eq!(supplies(&world), (stored.clone(), stored));
        // What follows counts at once, and is summed up once, however often that is tried.
        world.moves("faucet:daily", "purse:2", 11).unwrap();
        roll_up(&world);
        let after = flowed(&world);
        world.later(Span::minutes(11));
        for _ in 0..3 {
            roll_up(&world);
        }
        assert_eq!(flowed(&world), after);
        assert!(after != before);
        let (stored, summed) = supplies(&world);
        assert_eq!(stored, summed);
        world.is_sound();
    });
}

#[test]
fn a_rebuild_has_flows_summed_up_anew() {
    each(|world| {
        busy(&world);
        world.later(Span::minutes(11));
        roll_up(&world);
        let before = flowed(&world);
        let now = world.now();
        world.look(move |tx| crate::rebuild(tx, guild(GUILD), now));
        assert_eq!(flowed(&world), before);
        roll_up(&world);
        assert_eq!(flowed(&world), before);
        let (stored, summed) = supplies(&world);
        assert_eq!(stored, summed);
    });
}

#[test]
fn all_who_have_coins_are_gone_through_once_in_order() {
    each(|world| {
        for (member, count) in [(1, 50), (2, 70), (3, 70), (4, 10), (5, 70)] {
            world.rich(&[member], count);
        }
        world.enrol(&[6]);
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let from = cursor;
            let (lines, next) = world.look(move |tx| crate::holders(tx, guild(GUILD), from, 2));
            found.extend(
                lines
                    .iter()
                    .map(|line| (line.rank, line.user.get(), line.value)),
            );
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        let expected = [(1, 2, 70), (2, 3, 70), (3, 5, 70), (4, 1, 50), (5, 4, 10)];
        assert_eq!(found, expected);
    });
}

/// Does what the background does, and gives how many guilds were gone through.
fn spread_out(world: &World) -> usize {
    let (now, mut after, mut count) = (world.now(), None, 0);
    loop {
        let due = world.look(move |tx| crate::spreads_due(tx, now, after));
        let Some(last) = due.last() else {
            return count;
        };
        after = Some(last.guild);
        for due in due {
            let mut found = Purses::default();
            loop {
                let mark = found.mark();
                let next = world.look(move |tx| crate::purses(tx, due.guild, mark));
                if !found.extend(next) {
                    break;
                }
            }
            let spread = found.spread();
            world.look(move |tx| crate::spread_keep(tx, due, &spread, now));
            count += 1;
        }
    }
}

fn seen(world: &World) -> Option<SpreadSeen> {
    world.look(|tx| crate::spread(tx, guild(GUILD)))
}

#[test]
fn a_spread_is_made_where_coins_moved_and_keeps_its_moment() {
    each(|world| {
        for (member, count) in [(1, 10), (2, 30), (3, 60)] {
            world.rich(&[member], count);
        }
        world.enrol(&[4]);
        // Nothing was summed up yet, so nothing is looked at.
        assert_eq!((spread_out(&world), seen(&world)), (0, None));
        world.later(Span::minutes(11));
        roll_up(&world);
        assert_eq!(spread_out(&world), 1);
        let first = seen(&world).unwrap();
        assert_eq!(first.at, world.now());
        let spread = &first.spread;
        assert_eq!((spread.holders, spread.coins.get()), (3, 100));
        assert_eq!((spread.gini, spread.shares[10]), (3_333, 2_500));

        // Where nothing moved it stays; where something did it is made again, and not at once.
        world.moves("purse:3", "purse:1", 30).unwrap();
        world.later(Span::minutes(11));
        assert_eq!((spread_out(&world), seen(&world)), (0, Some(first.clone())));
        roll_up(&world);
        assert_eq!(spread_out(&world), 1);
        let second = seen(&world).unwrap();
        assert!(second.at > first.at && second.spread.gini < first.spread.gini);

        // Who is erased is in it for a day at most.
        world.erase(2);
        world.later(Span::hours(25));
        assert_eq!(spread_out(&world), 1);
        assert_eq!(seen(&world).unwrap().spread.holders, 2);
        let now = world.now();
        world.look(move |tx| crate::rebuild(tx, guild(GUILD), now));
        assert_eq!(seen(&world), None);
    });
}
