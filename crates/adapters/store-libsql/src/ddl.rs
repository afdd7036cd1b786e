//! Makes every table STRICT, with the type names that this engine knows then, and words what is slow for it.
//!
//! Without STRICT a BIGINT column takes any text, and a sum past 64 bits silently becomes a floating-point number; with
//! it both are errors, as they are on PostgreSQL. Texts, quoted names and comments pass unchanged.
//!
//! A table whose key is one whole number is kept by that number itself, where the engine finds a row without comparing
//! records; it needs no clustering beside that. A list of three or more in a CHECK becomes comparisons: for a list the
//! engine builds a table of its own each time a row is written.

/// The text of a script with BIGINT, BOOLEAN and DOUBLE PRECISION in this engine's words, and its tables STRICT.
pub(crate) fn strict(script: &str) -> String {
    let mut rewriting = Rewriting {
        out: String::with_capacity(script.len() + 64),
        ..Rewriting::default()
    };
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let length = token_length(rest, first);
        let (token, after) = rest.split_at(length);
        rest = rewriting.token(token, after);
    }
    rewriting.out
}

/// How far the token at the start of `text` goes.
fn token_length(text: &str, first: char) -> usize {
    let until = |end: &str, from: usize| {
        text.get(from..)
            .and_then(|rest| rest.find(end))
            .map_or(text.len(), |place| from + place + end.len())
    };
    match first {
        '\'' => until("'", 1),
        '"' => until("\"", 1),
        '-' if text.starts_with("--") => until("\n", 2),
        '/' if text.starts_with("/*") => until("*/", 2),
        _ if is_word(first) => text.find(|c| !is_word(c)).unwrap_or(text.len()),
        _ => first.len_utf8(),
    }
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

#[derive(Default)]
struct Rewriting {
    out: String,
    /// Where in the statement we are.
    place: Place,
    depth: usize,
    /// Whether the key of the table is one whole number.
    numbered: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Start,
    AfterCreate,
    TableName,
    Columns,
    AfterColumns,
    Elsewhere,
}

impl Rewriting {
    /// Writes a token; gives what is left to read.
    fn token<'text>(&mut self, token: &'text str, after: &'text str) -> &'text str {
        match token {
            "(" => self.opened(),
            ")" => self.closed(),
            ";" if self.depth == 0 => self.place = Place::Start,
            _ if token.starts_with(is_word) => {
                if let Some(left) = self.reworded(token, after) {
                    return left;
                }
                self.word(&token.to_ascii_uppercase());
                let (worded, left) = worded(token, after);
                self.out.push_str(worded);
                return left;
            }
            _ => {}
        }
        self.out.push_str(token);
        if token == ")" && self.place == Place::AfterColumns && self.depth == 0 {
            self.out.push_str(" STRICT");
        }
        after
    }

    fn opened(&mut self) {
        if self.place == Place::TableName && self.depth == 0 {
            self.place = Place::Columns;
            self.numbered = false;
        }
        self.depth += 1;
    }

    /// Writes what this engine needs in other words; gives what is left to read where it did.
    fn reworded<'text>(&mut self, token: &str, after: &'text str) -> Option<&'text str> {
        match self.place {
            Place::Columns if self.depth == 1 && token.eq_ignore_ascii_case("BIGINT") => {
                let rest = words(after, &["NOT", "NULL"]).unwrap_or(after);
                words(rest, &["PRIMARY", "KEY"])?;
                self.numbered = true;
                self.out.push_str("INTEGER");
                Some(after)
            }
            Place::Columns if token.eq_ignore_ascii_case("IN") => self.compared(after),
            Place::AfterColumns if self.numbered => {
                let left = token
                    .eq_ignore_ascii_case("WITHOUT")
                    .then(|| words(after, &["ROWID"]))??;
                self.out.truncate(self.out.trim_end().len());
                Some(left)
            }
            _ => None,
        }
    }

    /// Writes `(x = 1 OR x = 2 OR x = 3)` instead of the `x` before and the list after an IN.
    fn compared<'text>(&mut self, after: &'text str) -> Option<&'text str> {
        let (list, left) = literals(after)?;
        let before = self.out.trim_end();
        let start = before.trim_end_matches(is_word).len();
        let name = before[start..].to_owned();
        let plain = !name.is_empty() && !name.eq_ignore_ascii_case("NOT");
        if list.len() < 3 || !plain || before[..start].ends_with('.') {
            return None;
        }
        let compared: Vec<String> = list.iter().map(|one| format!("{name} = {one}")).collect();
        self.out.truncate(start);
        self.out.push('(');
        self.out.push_str(&compared.join(" OR "));
        self.out.push(')');
        Some(left)
    }

    const fn closed(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if matches!(self.place, Place::Columns) && self.depth == 0 {
            self.place = Place::AfterColumns;
        }
    }

    fn word(&mut self, word: &str) {
        self.place = match (self.place, word) {
            (Place::Start, "CREATE") => Place::AfterCreate,
            (Place::AfterCreate, "TEMP" | "TEMPORARY") => Place::AfterCreate,
            (Place::AfterCreate, "TABLE") => Place::TableName,
            // `CREATE TABLE … AS SELECT` takes its types from the rows.
            (Place::TableName, "AS") => Place::Elsewhere,
            (Place::TableName, _) => Place::TableName,
            (Place::AfterColumns, _) => {
                // Another option follows, such as WITHOUT ROWID.
                self.out.truncate(self.out.trim_end().len());
                self.out.push_str(", ");
                Place::Elsewhere
            }
            (Place::Columns, _) => Place::Columns,
            _ => Place::Elsewhere,
        };
    }
}

/// What follows these words, where the text goes on with them.
fn words<'text>(text: &'text str, wanted: &[&str]) -> Option<&'text str> {
    let mut rest = text;
    for word in wanted {
        rest = rest.trim_start();
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(length);
        if !token.eq_ignore_ascii_case(word) {
            return None;
        }
        rest = after;
    }
    Some(rest)
}

/// The numbers and texts of a list in parentheses, and what follows it; nothing where it holds anything else.
fn literals(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut rest = text.trim_start().strip_prefix('(')?;
    let mut list = Vec::new();
    loop {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        if first != '\'' && !first.is_ascii_digit() {
            return None;
        }
        let mut length = token_length(rest, first);
        // A doubled quote goes on with the text.
        while first == '\'' && rest[length..].starts_with('\'') {
            length += token_length(&rest[length..], first);
        }
        let (literal, after) = rest.split_at(length);
        list.push(literal);
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None => return Some((list, rest.strip_prefix(')')?)),
        }
    }
}

/// A type's name in this engine's words, and what is left to read after it.
fn worded<'text>(token: &'text str, after: &'text str) -> (&'text str, &'text str) {
    if token.eq_ignore_ascii_case("BIGINT") || token.eq_ignore_ascii_case("BOOLEAN") {
        return ("INT", after);
    }
    if token.eq_ignore_ascii_case("DOUBLE") {
        let trimmed = after.trim_start();
        let second = trimmed.get(.."PRECISION".len()).unwrap_or_default();
        if second.eq_ignore_ascii_case("PRECISION") {
            return ("REAL", &trimmed["PRECISION".len()..]);
        }
    }
    (token, after)
}

#[cfg(test)]
mod tests {
    use super::strict;

    fn check(given: &str, expected: &str) {
        assert_eq!(strict(given), expected);
    }

    #[test]
    fn l4_tables_become_strict() {
        check(
            "CREATE TABLE a (id BIGINT PRIMARY KEY, on_ BOOLEAN, x DOUBLE  PRECISION CHECK (x > (1)));",
            "CREATE TABLE a (id INTEGER PRIMARY KEY, on_ INT, x REAL CHECK (x > (1))) STRICT;",
        );
        check(
            "create table if not exists a (id bigint) without rowid; CREATE INDEX i ON a (id);",
            "create table if not exists a (id INT) STRICT, without rowid; CREATE INDEX i ON a (id);",
        );
        check(
            "CREATE TABLE a (n TEXT) -- end",
            "CREATE TABLE a (n TEXT) STRICT -- end",
        );
        check(
            "ALTER TABLE a ADD COLUMN n BIGINT",
            "ALTER TABLE a ADD COLUMN n INT",
        );
    }

    #[test]
    fn a_key_of_one_whole_number_is_where_the_row_lies() {
        check(
            "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, b BIGINT NOT NULL) WITHOUT ROWID; CREATE TABLE b (c TEXT);",
            "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, b INT NOT NULL) STRICT; CREATE TABLE b (c TEXT) STRICT;",
        );
        check(
            "CREATE TABLE a (b BIGINT NOT NULL, c BIGINT, PRIMARY KEY (b, c)) WITHOUT ROWID;",
            "CREATE TABLE a (b INT NOT NULL, c INT, PRIMARY KEY (b, c)) STRICT, WITHOUT ROWID;",
        );
    }

    #[test]
    fn a_list_in_a_check_becomes_comparisons() {
        check(
            "CREATE TABLE a (b TEXT CHECK (b IN ('x', 'it''s', 'y')), CHECK ((c IN (2, 3,4)) = (d IS NULL)))",
            "CREATE TABLE a (b TEXT CHECK ((b = 'x' OR b = 'it''s' OR b = 'y')), CHECK (((c = 2 OR c = 3 OR c = 4)) = (d IS NULL))) STRICT",
        );
        for text in [
            "b IN (1, 2)",
            "b NOT IN (1, 2, 3)",
            "b IN (1, c, 3)",
            "(b) IN (1, 2, 3)",
        ] {
            let given = format!("CREATE TABLE a (b INT CHECK ({text}))");
            check(&given, &format!("{given} STRICT"));
        }
    }

    #[test]
    fn texts_names_and_comments_pass_unchanged() {
        for text in [
            "INSERT INTO a VALUES ('BIGINT; it''s (', \"BOOLEAN\")",
            "-- CREATE TABLE a (n BIGINT)\nSELECT 1",
            "/* BIGINT ( */ UPDATE bigints SET n = 1",
            "CREATE TABLE a AS SELECT (1), 'ä'",
            "CREATE UNIQUE INDEX i ON a (lower(n))",
        ] {
            check(text, text);
        }
    }
}
