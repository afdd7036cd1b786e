//! Counts: the same whether records are summed up, linked, waiting for a link, or some of each.

use std::collections::BTreeMap;

use kernel::Span;

use super::world::{GUILD, OTHER_GUILD, World, each, guild};
use crate::{Conclusion, Kind, Outcome, RuleTally, rule_tally, tally};

type Counts = BTreeMap<(&'static str, &'static str), u64>;

/// Decisions of the last hour by kind and what became of them, and hits by rule.
fn counted(world: &World, number: u64) -> (Counts, Vec<RuleTally>) {
    let (since, until) = (
        world.now().before(Span::hours(1)),
        world.now() + Span::millis(1),
    );
    let mut counts = Counts::new();
    for one in world.see(move |tx| tally(tx, guild(number), since, until)) {
        *counts
            .entry((one.kind.name(), one.outcome.name()))
            .or_default() += one.count;
    }
    (
        counts,
        world.see(move |tx| rule_tally(tx, guild(number), since, until)),
    )
}

fn sum_up(world: &World) -> usize {
    let (mut cursor, mut links) = (None, 0);
    loop {
        let from = cursor;
        let summed = world.write(move |tx| crate::sum_up(tx, from));
        links += summed.links;
        match summed.next {
            Some(next) => cursor = next,
            None => return links,
        }
    }
}

#[test]
fn counts_are_the_same_before_and_after_they_are_summed_up() {
    each(|world| {
        for number in 1..=3 {
            world.deletes(1, number, "Free NITRO here");
        }
        let talk = world.asks(1, 78, "what is my cat called?");
        let before = counted(&world, GUILD);
        assert_eq!(
            before.0[&(Kind::Moderation.name(), Outcome::Executed.name())],
            3
        );
        assert_eq!(before.0[&(Kind::Ai.name(), Outcome::Pending.name())], 1);
        assert_eq!(before.1.iter().map(|one| one.count).sum::<u64>(), 3);
        assert_eq!(sum_up(&world), 0, "nothing is linked yet");
        assert_eq!(world.seals(), 4);
        assert_eq!(counted(&world, GUILD), before);
        assert_eq!(sum_up(&world), 4);
        assert_eq!(sum_up(&world), 0);
        assert_eq!(counted(&world, GUILD), before);
        // What was pending when it was summed up counts as what it comes to, linked or not.
        world
            .conclude(&world.op(1), talk, &Conclusion::new(Outcome::Executed))
            .unwrap();
        let after = counted(&world, GUILD);
        assert_eq!(
            after.0.get(&(Kind::Ai.name(), Outcome::Pending.name())),
            None
        );
        assert_eq!(after.0[&(Kind::Ai.name(), Outcome::Executed.name())], 1);
        world.seals();
        sum_up(&world);
        assert_eq!(counted(&world, GUILD), after);
        assert_eq!(counted(&world, OTHER_GUILD), (Counts::new(), Vec::new()));
        world.is_sound();
    });
}
