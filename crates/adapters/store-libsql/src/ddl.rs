//! Makes every table STRICT, with the type names that this engine knows then.
//!
//! Without it a BIGINT column takes any text, and a sum past 64 bits silently becomes a floating-point number; with
//! it both are errors, as they are on PostgreSQL. Texts, quoted names and comments pass unchanged.

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
        }
        self.depth += 1;
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
            "CREATE TABLE a (id INT PRIMARY KEY, on_ INT, x REAL CHECK (x > (1))) STRICT;",
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
