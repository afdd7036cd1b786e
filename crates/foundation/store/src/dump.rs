//! Tables as rows that leave one database and come into another, whichever engine either is.
//!
//! What leaves is the same from both engines: rows in the order of their keys, texts compared by their bytes, truth
//! values as 0 and 1, words of a full-text index sorted and once each. So equal contents have equal digests.
//!
//! Not here: how rows are written down, and when that is done.

use std::io;

use crate::{DbError, Value};

/// A table, as its rows leave it and come into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<String>,
    /// The columns that its rows are ordered by: those of its key, and all where it has none.
    pub key: Vec<String>,
    /// The place of the column that a full-text index keeps its words in.
    pub words: Option<usize>,
}

/// How far a table has given out its own numbers, so that none is given twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    /// The table.
    pub table: String,
    /// The last number given.
    pub last: i64,
}

/// Why rows did not get where they were to go.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
    /// Whoever takes or gives the rows failed.
    #[error(transparent)]
    Other(#[from] io::Error),
}

/// Takes the rows of a table, one after the other.
pub type TakeRow<'take> = dyn FnMut(&[Value]) -> Result<(), io::Error> + 'take;

/// Gives the rows of a table, one after the other, until there is none left.
pub type GiveRow<'give> = dyn FnMut() -> Result<Option<Vec<Value>>, io::Error> + 'give;

impl Table {
    /// The values as they leave a database of either engine.
    pub fn even(&self, row: &mut [Value]) {
        for value in row.iter_mut() {
            if let Value::Bool(truth) = value {
                *value = Value::Int(i64::from(*truth));
            }
        }
        if let Some(Value::Text(words)) = self.words.and_then(|place| row.get_mut(place)) {
            let mut each: Vec<&str> = words.split_whitespace().collect();
            each.sort_unstable();
            each.dedup();
            *words = each.join(" ");
        }
    }

    /// Its columns, quoted, with commas between.
    #[must_use]
    pub fn list(&self) -> String {
        let quoted: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        quoted.join(", ")
    }
}

/// A name as both engines quote it.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::Value;

    #[test]
    fn rows_of_both_engines_become_the_same() {
        let table = Table {
            name: "memory_search".to_owned(),
            columns: vec!["rowid".to_owned(), "wo\"rds".to_owned(), "live".to_owned()],
            key: vec!["rowid".to_owned()],
            words: Some(1),
        };
        let words = |text: &str| Value::Text(text.to_owned());
        let mut embedded = [Value::Int(1), words("tea likes  ada tea"), Value::Int(1)];
        let mut server = [Value::Int(1), words("ada likes tea"), Value::Bool(true)];
        table.even(&mut embedded);
        table.even(&mut server);
        assert_eq!(embedded, server);
        assert_eq!(table.list(), r#""rowid", "wo""rds", "live""#);
    }
}
