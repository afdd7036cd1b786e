//! Every statement is prepared on every engine, and the schema goes up, down and up again.

use ::store::{DbError, Statement, Tx, Value};
use kernel::Words;
use testkit::db::{schema, wait};

use super::world::{each, migrations};
use crate::{STATEMENTS, WORDS};

fn leaked(statement: &Statement, tx: &Tx<'_>) -> Statement {
    let text = format!("EXPLAIN {}", statement.text(tx.engine()));
    Statement::new(statement.name(), Box::leak(text.into_boxed_str()))
}

fn parameters(text: &str) -> usize {
    (1..=20)
        .rev()
        .find(|number| {
            text.match_indices(&format!("?{number}"))
                .any(|(place, found)| {
                    let next = text[place + found.len()..].chars().next();
                    !next.is_some_and(|next| next.is_ascii_digit())
                })
        })
        .unwrap_or(0)
}

#[test]
fn every_statement_is_prepared_by_the_engine() {
    each(|world| {
        for statement in STATEMENTS.iter().copied().flatten().copied() {
            let explained = wait(world.db.database().write("prepare", move |tx| {
                let explain = leaked(statement, tx);
                let values = vec![Value::Null; parameters(explain.text(tx.engine()))];
                tx.rows(&explain, &values).map(drop)
            }));
            let explained: Result<(), DbError> = explained;
            assert_eq!(explained, Ok(()), "{}", statement.name());
        }
    });
}

#[test]
fn statements_have_names_of_their_own() {
    let names = STATEMENTS.iter().copied().flatten();
    let mut names: Vec<_> = names.map(|statement| statement.name()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
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

/// All keys that the code tells: every `bots-…` in a string of the sources.
fn keys_in_code() -> Vec<&'static str> {
    let sources = [
        include_str!("../commands.rs"),
        include_str!("../commands/card.rs"),
        include_str!("../commands/refusal.rs"),
        include_str!("../fallback.rs"),
        include_str!("../version.rs"),
    ];
    let mut keys: Vec<_> = sources
        .iter()
        .flat_map(|source| source.split('"').skip(1).step_by(2))
        .filter(|text| text.starts_with("bots-"))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[test]
fn every_message_that_is_told_has_words() {
    let words = Words::join(WORDS).unwrap();
    let keys = keys_in_code();
    assert!(keys.len() > 25, "only {} keys were found", keys.len());
    for key in keys {
        assert!(words.knows(key), "`{key}` has no words");
    }
}
