//! The chain as a whole: what the report says, in any size of step, and in a guild without anything.

use super::world::{World, each, trust, verification};
use crate::{Trust, VERIFY_CHUNK_MAX};

fn grown(world: &World) {
    for number in 1..=25 {
        world.deletes(number % 4 + 1, number, "x");
    }
    world.asks(1, 26, "x");
    world.seals();
}

#[test]
fn every_size_of_step_comes_to_the_same_end() {
    each(|world| {
        grown(&world);
        world.deletes(1, 27, "not sealed yet");
        for chunk in [1, 2, 7, 26, 27, VERIFY_CHUNK_MAX] {
            let all = world.see(move |tx| verification(tx, &trust(), chunk));
            assert_eq!(
                (all.guilds, all.entries, all.found),
                (1, 26, 0),
                "in steps of {chunk}"
            );
        }
    });
}

#[test]
fn the_report_is_spelt_as_the_contract_says() {
    each(|world| {
        assert_eq!(
            world.verification(&trust()).to_json().to_string(),
            r#"{"breaks":[],"entries":0,"guilds":0,"ok":true}"#
        );
        grown(&world);
        // Without the key no signature counts.
        let report = world.verification(&Trust::default()).to_json();
        assert_eq!(report["ok"], false);
        assert_eq!(
            report["breaks"].to_string(),
            r#"[{"guild":"900","record":null,"seq":26,"what":"signature"}]"#
        );
    });
}

#[test]
fn y5_a_guild_that_is_gone_is_missed_by_whoever_holds_its_head() {
    each(|world| {
        let mut trust = trust();
        grown(&world);
        trust.witnesses = world.see(|tx| crate::signed_heads(tx, 0, 10));
        assert_eq!(world.verification(&trust).found, 0);
        let empty = World::of(testkit::db::fresh_libsql(&super::world::migrations()));
        let missed = empty.verification(&trust);
        assert_eq!((missed.guilds, missed.found), (1, 1));
        assert_eq!(missed.breaks[0].wrong, crate::Wrong::Truncated);
    });
}
