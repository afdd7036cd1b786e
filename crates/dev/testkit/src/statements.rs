//! What every context's statements and messages are held to.

use kernel::Words;
use store::{Database, DbError, Statement, Tx, Value};

use crate::db::wait;

/// Statements as a context lists them.
pub type Listed = [&'static [&'static Statement]];

/// Has the engine prepare every statement, so that each fits the schema.
///
/// # Panics
/// Where one is refused, with its name.
pub fn are_prepared(database: &Database, listed: &'static Listed) {
    for statement in listed.iter().copied().flatten().copied() {
        let explained: Result<(), DbError> = wait(database.write("prepare", move |tx| {
            let explain = explaining(statement, tx);
            let values = vec![Value::Null; parameters(explain.text(tx.engine()))];
            tx.rows(&explain, &values).map(drop)
        }));
        assert_eq!(explained, Ok(()), "{}", statement.name());
    }
}

fn explaining(statement: &Statement, tx: &Tx<'_>) -> Statement {
    let text = format!("EXPLAIN {}", statement.text(tx.engine()));
    Statement::new(statement.name(), Box::leak(text.into_boxed_str()))
}

/// The highest number of a parameter in a text.
#[must_use]
pub fn parameters(text: &str) -> usize {
    let numbers = text.split('?').skip(1).filter_map(|rest| {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit());
        rest[..digits.unwrap_or(rest.len())].parse().ok()
    });
    numbers.max().unwrap_or(0)
}

/// Holds that every statement has a name of its own, which begins with its context.
///
/// # Panics
/// Where one has not.
pub fn have_names_of_their_own(context: &str, listed: &'static Listed) {
    let statements = listed.iter().copied().flatten();
    let mut names: Vec<_> = statements.map(|statement| statement.name()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "two statements share a name");
    let start = format!("{context}.");
    for name in names {
        assert!(name.starts_with(&start), "`{name}` is not of `{context}`");
    }
}

/// Holds that every message that a context's sources tell has words, and gives the keys: every text in them that begins
/// with the context's name. At least `count` are found.
///
/// # Panics
/// Where one has none, or fewer are found.
pub fn have_words(
    context: &str,
    words: &[(&'static str, &'static str)],
    sources: &[&'static str],
    count: usize,
) -> Vec<&'static str> {
    let words = Words::join(words).expect("the words fit together");
    let start = format!("{context}-");
    let texts = sources
        .iter()
        // A quotation mark as a letter begins no text.
        .flat_map(|source| source.split("'\"'"))
        .flat_map(|source| source.split('"').skip(1).step_by(2));
    let mut keys: Vec<_> = texts.filter(|text| text.starts_with(&start)).collect();
    keys.sort_unstable();
    keys.dedup();
    assert!(keys.len() >= count, "only {} keys were found", keys.len());
    for key in &keys {
        assert!(words.knows(key), "`{key}` has no words");
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::parameters;

    #[test]
    fn parameters_are_counted_by_the_highest_number() {
        assert_eq!(parameters("SELECT 1"), 0);
        assert_eq!(parameters("SELECT ?2, ?10 WHERE a = ?1"), 10);
    }
}
