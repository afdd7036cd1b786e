//! Every statement is prepared on every engine, and the schema goes up, down and up again.

use kernel::{Locale, Told, Words};
use testkit::{
    db::{schema, wait},
    statements::{are_prepared, have_names_of_their_own, have_words},
};

use super::world::{each, migrations};
use crate::{STATEMENTS, WORDS};

#[test]
fn every_statement_is_prepared_by_the_engine() {
    each(|world| are_prepared(world.db.database(), STATEMENTS));
}

#[test]
fn statements_have_names_of_their_own() {
    have_names_of_their_own("economy", STATEMENTS);
}

#[test]
fn the_schema_goes_up_loaded_down_and_up_again() {
    each(|world| {
        world.rich(&[1, 2], 100);
        world.moves("purse:1", "purse:2", 30).unwrap();
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
        assert!(!without.contains("economy_"), "{without}");
        wait(world.db.database().write("up", move |tx| up.up(tx, now))).unwrap();
        assert_eq!(schema(world.db.database()), before);
        world.is_sound();
    });
}

#[test]
fn every_message_that_is_told_has_words() {
    let sources = [
        include_str!("../commands/balance.rs"),
        include_str!("../commands/card.rs"),
        include_str!("../commands/daily.rs"),
        include_str!("../commands/leaderboard.rs"),
        include_str!("../commands/pay.rs"),
        include_str!("../commands/pictured.rs"),
        include_str!("../commands/rank.rs"),
        include_str!("../commands/refusal.rs"),
        include_str!("../commands/stats.rs"),
        include_str!("../commands/timezone.rs"),
        include_str!("../daily.rs"),
        include_str!("../freeze.rs"),
        include_str!("../pending.rs"),
        include_str!("../reverse.rs"),
        include_str!("../transfer.rs"),
    ];
    have_words("economy", WORDS, &sources, 61);
}

#[test]
fn days_are_counted_in_words() {
    let words = Words::join(WORDS).unwrap();
    let say = |days: i64| {
        words.say(
            &Locale::english(),
            &Told::new("economy-days").with("days", days),
        )
    };
    assert_eq!((say(1), say(2)), ("1 day".to_owned(), "2 days".to_owned()));
}
