//! Every statement is prepared on every engine, the schema goes both ways, and what is told has words.

use testkit::{
    db::{schema, wait},
    statements::{are_prepared, have_names_of_their_own, have_words},
};

use super::{
    cases::measure,
    world::{each, migrations},
};
use crate::{Measure, STATEMENTS, WORDS};

#[test]
fn every_statement_is_prepared_by_the_engine() {
    each(|world| are_prepared(world.db.database(), STATEMENTS));
}

#[test]
fn statements_have_names_of_their_own() {
    have_names_of_their_own("moderation", STATEMENTS);
}

#[test]
fn the_schema_goes_up_loaded_down_and_up_again() {
    each(|world| {
        measure(&world, 9, 1, Measure::Warn { points: 1 });
        let before = schema(world.db.database());
        let (down, up) = (migrations(), migrations());
        let now = world.now();
        wait(
            world
                .db
                .database()
                .write("down", move |tx| down.down(tx, 1)),
        )
        .unwrap();
        let without = schema(world.db.database());
        assert!(!without.contains("moderation_"), "{without}");
        wait(world.db.database().write("up", move |tx| up.up(tx, now))).unwrap();
        assert_eq!(schema(world.db.database()), before);
        assert_eq!(measure(&world, 9, 1, Measure::Kick).case.number, 1);
    });
}

#[test]
fn every_message_that_is_told_has_words() {
    let sources = [
        include_str!("../cases.rs"),
        include_str!("../enforce.rs"),
        include_str!("../ranks.rs"),
        include_str!("../commands/automod.rs"),
        include_str!("../commands/card.rs"),
        include_str!("../commands/cases.rs"),
        include_str!("../commands/measures.rs"),
        include_str!("../commands/menus.rs"),
        include_str!("../commands/refusal.rs"),
    ];
    let keys = have_words("moderation", WORDS, &sources, 81);
    let (_, text) = WORDS[0];
    let defined = text.lines().filter_map(|line| line.split_once(" = "));
    for (key, _) in defined.filter(|(key, _)| key.starts_with("moderation-")) {
        assert!(keys.contains(&key), "`{key}` is told nowhere");
    }
}
