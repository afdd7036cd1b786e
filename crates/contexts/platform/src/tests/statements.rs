//! Every statement is prepared on every engine, the schema goes up, down and up again, every message has words.

use ::store::{DbError, Statement, Tx, Value};
use kernel::{Locale, Told, Words};
use testkit::db::{schema, wait};

use super::world::{GUILD, daily, each, migrations};
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
    let mut names: Vec<_> = STATEMENTS
        .iter()
        .copied()
        .flatten()
        .map(|statement| statement.name())
        .collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
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

/// All keys that the code tells: every `platform-…` in a string of the sources.
fn keys_in_code() -> Vec<&'static str> {
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
    let mut keys: Vec<_> = sources
        .iter()
        .flat_map(|source| source.split('"').skip(1).step_by(2))
        .filter(|text| text.starts_with("platform-"))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[test]
fn every_message_that_is_told_has_words() {
    let words = Words::join(WORDS).unwrap();
    let keys = keys_in_code();
    assert!(keys.len() > 55, "only {} keys were found", keys.len());
    for key in keys {
        assert!(words.knows(key), "`{key}` has no words");
    }
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
