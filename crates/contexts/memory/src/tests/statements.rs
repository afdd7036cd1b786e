//! Every statement is prepared on every engine, and the schema goes up, down and up again.

use testkit::{
    db::{schema, wait},
    statements::{are_prepared, have_names_of_their_own, have_words},
};

use super::world::{CELLAR, TOWN, each, migrations};
use crate::{STATEMENTS, WORDS};

#[test]
fn every_statement_is_prepared_by_the_engine() {
    each(|world| are_prepared(world.db.database(), STATEMENTS));
}

#[test]
fn statements_have_names_of_their_own() {
    have_names_of_their_own("memory", STATEMENTS);
}

#[test]
fn the_schema_goes_up_loaded_down_and_up_again() {
    each(|world| {
        world.knows(1, TOWN, "My cat is called Miso");
        world.knows(1, CELLAR, "My dog is called Rex");
        world.say(&world.turn(50, 1, TOWN, "hello"));
        let before = schema(world.db.database());
        let (down, up, now) = (migrations(), migrations(), world.now());
        let database = world.db.database();
        wait(database.write("down", move |tx| down.down(tx, 1))).unwrap();
        let without = schema(database);
        assert!(!without.contains("memory_"), "{without}");
        wait(database.write("up", move |tx| up.up(tx, now))).unwrap();
        assert_eq!(schema(database), before);
        assert_eq!(world.recall(1, TOWN, "my cat"), Vec::<String>::new());
        world.knows(1, TOWN, "My cat is called Miso");
        assert_eq!(world.recall(1, TOWN, "my cat").len(), 1);
    });
}

#[test]
fn every_message_that_is_told_has_words() {
    let sources = [
        include_str!("../commands.rs"),
        include_str!("../commands/privacy.rs"),
        include_str!("../commands/refusal.rs"),
        include_str!("../commands/show.rs"),
    ];
    have_words("memory", WORDS, &sources, 41);
}
