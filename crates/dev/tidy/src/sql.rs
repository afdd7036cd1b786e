//! SQL stands in a context's `store` and nowhere else, and speaks of the context's own tables.
//!
//! So a table has one owner: who wants its rows asks a use case, and a changed column is one file.
//! Tests may look into tables (they tamper with them on purpose), also only their own.
//! Not here: whether a statement is valid; each is prepared on both engines by a test.

use crate::rust;
use crate::tree::{File, Problem};

/// Where SQL belongs besides a context's store: the port, the two engines, what measures them, and
/// the harness.
const AT_HOME: [&str; 5] = [
    "crates/foundation/store/",
    "crates/adapters/store-libsql/",
    "crates/adapters/store-postgres/",
    "crates/bench/",
    "crates/dev/",
];

/// How a statement begins, and a word it then has.
const BEGINNINGS: [(&str, &str); 9] = [
    ("SELECT", ""),
    ("INSERT", "INTO"),
    ("UPDATE", "SET"),
    ("DELETE", "FROM"),
    ("WITH", "AS"),
    ("CREATE", "TABLE"),
    ("ALTER", "TABLE"),
    ("DROP", "TABLE"),
    ("PRAGMA", ""),
];

/// Words that stand between such a word and the table it names.
const BETWEEN: [&str; 6] = ["IF", "NOT", "EXISTS", "ONLY", "TABLE", "LATERAL"];

/// Statements outside the files that may hold them.
#[must_use]
pub fn places(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files
        .iter()
        .filter(|file| !AT_HOME.iter().any(|home| file.path.starts_with(home)))
    {
        if file.path.ends_with(".sql")
            && !file.path.contains("/migrations/")
            && !file.path.contains("/queries/")
        {
            problems.push(Problem::new(
                &file.path,
                1,
                "SQL files belong in `migrations/` or `queries/`",
            ));
        }
        if !file.is_rust() || file.is_test() || is_store(&file.path) {
            continue;
        }
        for literal in rust::literals(&rust::without_tests(&file.text)) {
            if is_statement(&literal.text) {
                problems.push(Problem::new(
                    &file.path,
                    literal.line,
                    "SQL outside `store.rs`",
                ));
            }
        }
    }
    problems
}

/// Statements of a context that name a table of another.
#[must_use]
pub fn tables(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files {
        let Some(context) = context(file) else {
            continue;
        };
        let own = format!("{}_", context.replace('-', "_"));
        for (line, statement) in statements(file) {
            for table in named(&statement) {
                if !table.starts_with(&own) {
                    let what = format!(
                        "`{table}` is not a table of `{context}`; ask its owner's use case"
                    );
                    problems.push(Problem::new(&file.path, line, what));
                }
            }
        }
    }
    problems
}

/// How many statements the contexts have: a repository with none would hold the rules in vain.
#[must_use]
pub fn count(files: &[File]) -> usize {
    files
        .iter()
        .filter(|file| context(file).is_some())
        .map(|file| statements(file).len())
        .sum()
}

fn is_store(path: &str) -> bool {
    path.ends_with("/store.rs") || path.contains("/store/")
}

fn context(file: &File) -> Option<&str> {
    file.path
        .strip_prefix("crates/contexts/")?
        .split('/')
        .next()
}

fn statements(file: &File) -> Vec<(usize, String)> {
    if file.path.ends_with(".sql") {
        return vec![(1, without_comments(&file.text))];
    }
    if !file.is_rust() {
        return Vec::new();
    }
    let literals = rust::literals(&file.text).into_iter();
    literals
        .filter(|literal| is_statement(&literal.text))
        .map(|literal| (literal.line, literal.text))
        .collect()
}

/// Capital letters tell a statement from a sentence.
fn is_statement(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let Some(first) = words.next() else {
        return false;
    };
    let second = words.clone().next().is_some();
    BEGINNINGS.iter().any(|(begin, then)| {
        first == *begin && second && (then.is_empty() || words.clone().any(|word| word == *then))
    })
}

/// The tables that a statement reads or writes, without those it defines for itself (`WITH x AS`).
fn named(statement: &str) -> Vec<String> {
    let spaced = ["(", ")", ",", ";"]
        .iter()
        .fold(statement.to_owned(), |text, mark| {
            text.replace(mark, &format!(" {mark} "))
        });
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        let names_table = match *word {
            "FROM" => before != "DISTINCT",
            "UPDATE" => before != "FOR" && before != "DO" && before != "ON",
            "JOIN" | "INTO" | "TABLE" | "REFERENCES" => true,
            "ON" => is_index(&words[..at]),
            _ => false,
        };
        let Some(name) = names_table
            .then(|| words[at + 1..].iter().find(|word| !BETWEEN.contains(word)))
            .flatten()
        else {
            continue;
        };
        if is_table(name) && !defined(&words, name) && !found.contains(&(*name).to_owned()) {
            found.push((*name).to_owned());
        }
    }
    found
}

/// Whether `CREATE INDEX name` stands right before.
fn is_index(before: &[&str]) -> bool {
    before.len() >= 2 && before[before.len().saturating_sub(5)..].contains(&"INDEX")
}

fn is_table(word: &str) -> bool {
    word.chars().next().is_some_and(|c| c.is_lowercase())
        && word
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

fn defined(words: &[&str], name: &str) -> bool {
    // `x AS (` defines; `t AS x` only renames, and has no bracket behind it.
    let plain = words
        .windows(3)
        .any(|three| three[0] == name && three[1] == "AS" && three[2] == "(");
    let called = words
        .windows(2)
        .any(|two| two[0] == name && two[1] == "(" && name.starts_with("json_"));
    // `x (a, b) AS (` defines as well.
    let with_columns = words
        .windows(3)
        .enumerate()
        .any(|(at, three)| three == [")", "AS", "("] && opened_by(&words[..=at]) == Some(name));
    plain || called || with_columns
}

/// The word before the bracket that the last word of `words` closes.
fn opened_by<'a>(words: &[&'a str]) -> Option<&'a str> {
    let mut depth = 0_i32;
    for (at, word) in words.iter().enumerate().rev() {
        match *word {
            ")" => depth += 1,
            "(" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at.checked_sub(1).map(|before| words[before]);
        }
    }
    None
}

fn without_comments(sql: &str) -> String {
    let lines: Vec<&str> = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or(""))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{named, places, tables};
    use crate::tree::File;

    const QUERY: &str = "const Q: &str = \"SELECT n FROM economy_accounts WHERE id = ?1\";\n";

    #[test]
    fn sql_is_at_home_in_a_store() {
        assert_eq!(
            places(&[File::new("crates/contexts/economy/src/store.rs", QUERY)]),
            []
        );
        assert_eq!(
            places(&[File::new(
                "crates/contexts/economy/src/store/accounts.rs",
                QUERY
            )]),
            []
        );
        assert_eq!(
            places(&[File::new("crates/foundation/store/src/owed.rs", QUERY)]),
            []
        );
        assert_eq!(
            places(&[File::new("crates/app/src/flows/pay.rs", QUERY)]).len(),
            1
        );
        assert_eq!(
            places(&[File::new("crates/app/schema.sql", "DROP TABLE x;")]).len(),
            1
        );
    }

    #[test]
    fn a_sentence_is_no_statement() {
        let text = "const A: &str = \"SELECT\"; const B: &str = \"Select one FROM the list\"; const C: &str = \"UPDATE now\";\n";
        assert_eq!(places(&[File::new("crates/app/src/a.rs", text)]), []);
    }

    #[test]
    fn a_context_names_its_own_tables_alone() {
        assert_eq!(
            tables(&[File::new("crates/contexts/economy/src/store.rs", QUERY)]),
            []
        );
        let found = tables(&[File::new("crates/contexts/games/src/store.rs", QUERY)]);
        assert!(found[0].what.starts_with("`economy_accounts`"), "{found:?}");
        let migration = "-- FROM nowhere\nCREATE INDEX x_at ON economy_x (at);\nCREATE TABLE store_x (a BIGINT REFERENCES economy_x (id));\n";
        let found = tables(&[File::new(
            "crates/contexts/economy/migrations/0001_x.up.sql",
            migration,
        )]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn tables_are_told_from_the_words_around_them() {
        let upsert = "INSERT INTO a_x (n) VALUES (?1) ON CONFLICT (n) DO UPDATE SET n = excluded.n RETURNING n";
        assert_eq!(named(upsert), ["a_x"]);
        let with = "WITH due AS (SELECT id FROM a_jobs FOR UPDATE SKIP LOCKED), top (n) AS (SELECT 1) \
                    UPDATE a_jobs SET n = 1 FROM due JOIN top ON due.id = top.n WHERE x IS DISTINCT FROM y";
        assert_eq!(named(with), ["a_jobs"]);
        assert_eq!(
            named("CREATE UNIQUE INDEX IF NOT EXISTS a_i ON b_t (n)"),
            ["b_t"]
        );
        assert_eq!(
            named("DROP TABLE IF EXISTS c_t; SELECT x FROM (SELECT 1) AS s, json_each(?1)"),
            ["c_t"]
        );
    }
}
