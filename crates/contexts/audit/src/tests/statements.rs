//! Every statement is prepared on every engine, and the schema goes up, down and up again.

use ::store::{DbError, Statement, Value};
use testkit::{
    db::{schema, wait},
    statements::{are_prepared, have_names_of_their_own, have_words, parameters},
};

use super::world::{each, migrations};
use crate::{STATEMENTS, WORDS};

#[test]
fn every_statement_is_prepared_by_the_engine() {
    each(|world| are_prepared(world.db.database(), STATEMENTS));
}

#[test]
fn statements_have_names_of_their_own() {
    have_names_of_their_own("audit", STATEMENTS);
}

/// Whatever is asked, the engine walks an index and sorts nothing but what it found.
#[test]
fn no_question_reads_the_whole_table() {
    let world = super::world::World::of(testkit::db::fresh_libsql(&migrations()));
    let picks = STATEMENTS.iter().copied().flatten().copied();
    for statement in picks.filter(|one| one.name().starts_with("audit.pick_")) {
        let plan = wait(world.db.database().write("plan", move |tx| {
            let text = format!("EXPLAIN QUERY PLAN {}", statement.text(tx.engine()));
            let explain = Statement::new(statement.name(), Box::leak(text.into_boxed_str()));
            let values = vec![Value::Null; parameters(explain.text(tx.engine()))];
            let rows = tx.rows(&explain, &values)?;
            rows.iter()
                .map(|row| row.text(3).map(str::to_owned))
                .collect()
        }));
        let plan: Result<Vec<String>, DbError> = plan;
        let plan = plan.unwrap().join("; ");
        let is_scan = |step: &str| {
            let mut words = step.split(' ');
            words.next() == Some("SCAN")
                && matches!(words.next(), Some("r" | "c" | "o" | "m" | "l"))
        };
        assert!(
            !plan.split("; ").any(is_scan),
            "{}: {plan}",
            statement.name()
        );
    }
}

#[test]
fn the_schema_goes_up_loaded_down_and_up_again() {
    each(|world| {
        world.deletes(1, 77, "x");
        world.asks(1, 78, "x");
        world.seals();
        let before = schema(world.db.database());
        let (down, up) = (migrations(), migrations());
        let now = world.now();
        let database = world.db.database();
        wait(database.write("down", move |tx| down.down(tx, 1))).unwrap();
        let without = schema(database);
        assert!(!without.contains("audit_"), "{without}");
        wait(database.write("up", move |tx| up.up(tx, now))).unwrap();
        assert_eq!(schema(database), before);
        world.deletes(1, 77, "x");
        assert_eq!(world.seals(), 1);
    });
}

#[test]
fn every_message_that_is_told_has_words() {
    let sources = [
        include_str!("../commands/receipt.rs"),
        include_str!("../commands/refusal.rs"),
        include_str!("../record.rs"),
    ];
    have_words("audit", WORDS, &sources, 41);
}
