//! Every statement is prepared on every engine, the schema goes up, down and up again, every message has words.

use kernel::{Locale, Told, Words};
use testkit::{
    db::{schema, wait},
    statements::{are_prepared, have_names_of_their_own, have_words},
};

use super::world::{GUILD, daily, each, migrations};
use crate::{STATEMENTS, WORDS};

#[test]
fn every_statement_is_prepared_by_the_engine() {
    each(|world| are_prepared(world.db.database(), STATEMENTS));
}

#[test]
fn statements_have_names_of_their_own() {
    have_names_of_their_own("platform", STATEMENTS);
}

#[test]
fn the_schema_goes_up_loaded_down_and_up_again() {
    each(|world| {
        world.start(&[GUILD]);
        world.put(GUILD, &daily(5));
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
        assert!(!without.contains("platform_"), "{without}");
        wait(world.db.database().write("up", move |tx| up.up(tx, now))).unwrap();
        assert_eq!(schema(world.db.database()), before);
        world.start(&[GUILD]);
        assert_eq!(world.put(GUILD, &daily(6)).revision.get(), 2);
    });
}

#[test]
fn every_message_that_is_told_has_words() {
    let sources = [
        include_str!("../commands/card.rs"),
        include_str!("../commands/history.rs"),
        include_str!("../commands/overview.rs"),
        include_str!("../commands/refusal.rs"),
        include_str!("../commands/setup.rs"),
        include_str!("../config.rs"),
        include_str!("../secret.rs"),
        include_str!("../sign_in.rs"),
        include_str!("../token.rs"),
    ];
    have_words("platform", WORDS, &sources, 56);
}

#[test]
fn rules_and_days_are_counted_in_words() {
    let words = Words::join(WORDS).unwrap();
    let say =
        |key, name, count: i64| words.say(&Locale::english(), &Told::new(key).with(name, count));
    let rules: Vec<_> = (0..3)
        .map(|count| say("platform-rules", "count", count))
        .collect();
    assert_eq!(rules, ["no rules", "1 rule", "2 rules"]);
    let days: Vec<_> = (0..3)
        .map(|days| say("platform-kept-days", "days", days))
        .collect();
    assert_eq!(days, ["not kept", "kept 1 day", "kept 2 days"]);
}
