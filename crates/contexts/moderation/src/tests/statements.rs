//! Every statement is prepared on every engine, the schema goes both ways, and what is told has words.

use ::store::{DbError, Statement, Tx, Value};
use kernel::Words;
use testkit::db::{schema, wait};

use super::{
    cases::measure,
    world::{each, migrations},
};
use crate::{Measure, STATEMENTS, WORDS};

fn explained(statement: &Statement, tx: &Tx<'_>) -> Statement {
    let text = format!("EXPLAIN {}", statement.text(tx.engine()));
    Statement::new(statement.name(), Box::leak(text.into_boxed_str()))
}

/// The highest number of a parameter in a text.
fn parameters(text: &str) -> usize {
    let numbers = text.split('?').skip(1).filter_map(|rest| {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit());
        rest[..digits.unwrap_or(rest.len())].parse().ok()
    });
    numbers.max().unwrap_or(0)
}

#[test]
fn every_statement_is_prepared_by_the_engine() {
    each(|world| {
        for statement in STATEMENTS.iter().copied().flatten().copied() {
            let prepared: Result<(), DbError> =
                wait(world.db.database().write("prepare", move |tx| {
                    let explain = explained(statement, tx);
                    let values = vec![Value::Null; parameters(explain.text(tx.engine()))];
                    tx.rows(&explain, &values).map(drop)
                }));
            assert_eq!(prepared, Ok(()), "{}", statement.name());
        }
    });
}

#[test]
fn statements_have_names_of_their_own() {
    let all = STATEMENTS.iter().copied().flatten();
    let mut names: Vec<_> = all.map(|statement| statement.name()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(names.iter().all(|name| name.starts_with("moderation.")));
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

/// All keys that the code tells.
fn keys_in_code() -> Vec<&'static str> {
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
    let strings = sources.iter().flat_map(|source| source.split('"'));
    let mut keys: Vec<_> = strings
        .filter(|text| text.starts_with("moderation-"))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[test]
fn every_message_that_is_told_has_words() {
    let words = Words::join(WORDS).unwrap();
    let keys = keys_in_code();
    assert!(keys.len() > 80, "only {} keys were found", keys.len());
    for key in &keys {
        assert!(words.knows(key), "`{key}` has no words");
    }
    let (_, text) = WORDS[0];
    let defined = text.lines().filter_map(|line| line.split_once(" = "));
    for (key, _) in defined.filter(|(key, _)| key.starts_with("moderation-")) {
        assert!(keys.contains(&key), "`{key}` is told nowhere");
    }
}
