//! Every statement is prepared on every engine, and the schema goes up, down and up again.

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
    have_names_of_their_own("bots", STATEMENTS);
}

#[test]
fn the_schema_goes_up_loaded_down_and_up_again() {
    each(|world| {
        world.answered(1, 100, &[200]);
        let (op, persona) = (world.op(1), world.settings.clone());
        let draft = world.run(move |tx, _| crate::draft(tx, &op, &persona, "first"));
        draft.unwrap();
        let before = schema(world.db.database());
        let (down, up, now) = (migrations(), migrations(), world.now());
        let database = world.db.database();
        wait(database.write("down", move |tx| down.down(tx, 1))).unwrap();
        let without = schema(database);
        assert!(!without.contains("bots_"), "{without}");
        wait(database.write("up", move |tx| up.up(tx, now))).unwrap();
        assert_eq!(schema(database), before);
        world.answered(1, 100, &[200]);
    });
}

#[test]
fn every_message_that_is_told_has_words() {
    let sources = [
        include_str!("../commands.rs"),
        include_str!("../commands/card.rs"),
        include_str!("../commands/refusal.rs"),
        include_str!("../fallback.rs"),
        include_str!("../version.rs"),
    ];
    have_words("bots", WORDS, &sources, 26);
}
