//! How an engine goes about a statement that was run, and whether its work grows with what a guild holds.
//!
//! PostgreSQL tells how many rows each step of a plan looked at, so that is held against a bound: with scans
//! made unattractive, a step beyond it means that no index serves the statement, however small the tables are.
//! The embedded engine tells no such numbers; its plan must scan no table, enter every table by an equality, and sort
//! nothing but what was cut out of an index before.

use store::{DbError, Engine, Statement, Tx, recorder::Ran};

use crate::db::wait;

/// What grows in a statement, in words; nothing where its work stays within `rows_max` rows a step.
///
/// # Panics
/// When the engine can't explain it.
#[must_use]
pub fn growing(database: &store::Database, ran: &Ran, rows_max: u64) -> Vec<String> {
    let asked = ran.clone();
    let lines: Result<Vec<String>, DbError> =
        wait(database.write("explain", move |tx| lines(tx, &asked)));
    let lines = lines.expect("a statement that was run can be explained");
    let found = match database.engine() {
        Engine::Postgres => steps(&lines, rows_max),
        Engine::Libsql => walks(&lines, ran.text),
    };
    let told = |what: String| {
        format!(
            "{} in `{}`: {what}\n{}",
            ran.name,
            ran.work,
            lines.join("\n")
        )
    };
    found.into_iter().map(told).collect()
}

/// The plan, a line for each step.
fn lines(tx: &mut Tx<'_>, ran: &Ran) -> Result<Vec<String>, DbError> {
    let explain = |how: &str| {
        Statement::new(
            ran.name,
            Box::leak(format!("{how} {}", ran.text).into_boxed_str()),
        )
    };
    if tx.engine() == Engine::Libsql {
        let rows = tx.rows(&explain("EXPLAIN QUERY PLAN"), &ran.values)?;
        let line =
            |row: &store::Row| Ok(format!("{} {} {}", row.int(0)?, row.int(1)?, row.text(3)?));
        return rows.iter().map(line).collect();
    }
    tx.script("SET LOCAL enable_seqscan = off")?;
    let rows = tx.rows(
        &explain("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)"),
        &ran.values,
    )?;
    rows.iter()
        .map(|row| row.text(0).map(str::to_owned))
        .collect()
}

/// Steps of a plan of PostgreSQL that look at more rows than they may.
fn steps(lines: &[String], rows_max: u64) -> Vec<String> {
    let (mut found, mut step, mut loops) = (Vec::new(), String::new(), 0);
    for line in lines {
        if let Some((name, actual)) = line.split_once("(actual rows=") {
            step = name.trim().trim_start_matches("-> ").trim().to_owned();
            loops = number(actual.split_once("loops=").map_or("", |(_, loops)| loops));
            let rows = number(actual) * loops;
            if rows > rows_max {
                found.push(format!("`{step}` looks at {rows} rows"));
            }
        } else if let Some((_, removed)) = line.split_once("Rows Removed by Filter: ") {
            let rows = number(removed) * loops;
            if rows > rows_max {
                found.push(format!("`{step}` passes over {rows} rows"));
            }
        }
    }
    found
}

/// The whole number at the beginning of a text.
fn number(text: &str) -> u64 {
    let digits = text.find(|letter: char| !letter.is_ascii_digit());
    text[..digits.unwrap_or(text.len())].parse().unwrap_or(0)
}

/// What the embedded engine's plan would have walked through.
fn walks(lines: &[String], text: &str) -> Vec<String> {
    let steps: Vec<Step<'_>> = lines.iter().filter_map(|line| Step::read(line)).collect();
    let mut found = Vec::new();
    for step in &steps {
        if let Some(name) = step.detail.strip_prefix("SCAN ").and_then(first_word)
            && is_table(name, text)
        {
            found.push(format!("`{name}` is scanned"));
        }
        if let Some(name) = step.detail.strip_prefix("SEARCH ").and_then(first_word)
            && is_table(name, text)
            && !step.detail.contains("=?")
        {
            found.push(format!("`{name}` is entered by no equality"));
        }
        if step.detail.contains("AUTOMATIC") {
            found.push(format!(
                "an index is made for it each time: {}",
                step.detail
            ));
        }
        if step.detail.starts_with("USE TEMP B-TREE FOR ORDER BY")
            && sorts_a_table(&steps, step, text)
        {
            found.push("what it finds is sorted as a whole".to_owned());
        }
    }
    found
}

/// A line of the embedded engine's plan.
struct Step<'l> {
    parent: u64,
    detail: &'l str,
}

impl<'l> Step<'l> {
    fn read(line: &'l str) -> Option<Self> {
        let mut parts = line.splitn(3, ' ');
        parts.next()?;
        Some(Self {
            parent: parts.next()?.parse().ok()?,
            detail: parts.next()?,
        })
    }
}

/// Whether the rows that are sorted come straight from a table, and not from a part that was cut out before.
fn sorts_a_table(steps: &[Step<'_>], sort: &Step<'_>, text: &str) -> bool {
    let mut beside = steps.iter().filter(|step| step.parent == sort.parent);
    // Groups are sorted, and not what they were made of.
    if beside
        .clone()
        .any(|step| step.detail.ends_with("FOR GROUP BY"))
    {
        return false;
    }
    let outermost = beside.find_map(|step| {
        let name = step.detail.strip_prefix("SEARCH ");
        name.or_else(|| step.detail.strip_prefix("SCAN "))
    });
    outermost
        .and_then(first_word)
        .is_some_and(|name| is_table(name, text))
}

fn first_word(text: &str) -> Option<&str> {
    text.split(' ').next()
}

/// Whether a name in a plan stands for a table, and not for a part of the statement itself.
fn is_table(name: &str, text: &str) -> bool {
    let words: Vec<&str> = text
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let is_context =
        |word: &str| word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let after = |from: &[&str], word: &str| {
        from.windows(2).any(|pair| {
            let [before, now] = pair else { return false };
            matches!(*before, "FROM" | "JOIN" | "INTO" | "UPDATE") && *now == word
        })
    };
    if after(&words, name) {
        return is_context(name)
            && !text.contains(&format!("{name} ("))
            && !text.contains(&format!("{name} AS ("));
    }
    words.windows(3).any(|three| {
        let [before, table, alias] = three else {
            return false;
        };
        let alias = if *alias == "AS" { None } else { Some(*alias) };
        matches!(*before, "FROM" | "JOIN") && is_context(table) && alias == Some(name)
    }) || words.windows(4).any(|four| {
        let [before, table, between, alias] = four else {
            return false;
        };
        matches!(*before, "FROM" | "JOIN")
            && is_context(table)
            && *between == "AS"
            && *alias == name
    })
}

#[cfg(test)]
mod tests {
    use super::{is_table, steps, walks};

    #[test]
    fn names_of_tables_are_told_from_parts_of_the_statement() {
        let text = "WITH RECURSIVE chain (seq) AS (SELECT 1) SELECT t.seq FROM (SELECT * FROM economy_transfers LIMIT 5) t
            JOIN economy_accounts d ON d.id = t.debit LEFT JOIN platform_heads AS h ON h.id = d.id JOIN chain ON TRUE";
        for (name, table) in [
            ("economy_transfers", true),
            ("d", true),
            ("h", true),
            ("t", false),
            ("chain", false),
        ] {
            assert_eq!(is_table(name, text), table, "{name}");
        }
    }

    #[test]
    fn scans_open_ranges_and_sorts_of_a_whole_table_are_found() {
        let plan = |details: &[&str]| -> Vec<String> {
            details
                .iter()
                .map(|detail| format!("2 0 {detail}"))
                .collect()
        };
        let text = "SELECT 1 FROM economy_accounts a";
        let bad = [
            "SCAN a",
            "SCAN a USING COVERING INDEX economy_accounts_rank",
            "SEARCH a USING INDEX x (guild>?)",
        ];
        for detail in bad {
            assert_eq!(walks(&plan(&[detail]), text).len(), 1, "{detail}");
        }
        let sorted = [
            "SEARCH a USING INDEX x (guild=?)",
            "USE TEMP B-TREE FOR ORDER BY",
        ];
        assert_eq!(walks(&plan(&sorted), text).len(), 1);
        let cut = [
            "SCAN page",
            "SEARCH a USING INDEX x (id=?)",
            "USE TEMP B-TREE FOR ORDER BY",
        ];
        assert_eq!(walks(&plan(&cut), text), Vec::<String>::new());
    }

    #[test]
    fn steps_that_look_at_many_rows_are_found() {
        let plan = [
            "Limit (actual rows=50 loops=1)",
            "  ->  Index Scan using x on economy_transfers t (actual rows=50.00 loops=20)",
            "        Rows Removed by Filter: 100",
        ];
        let plan = plan.map(str::to_owned);
        assert_eq!(steps(&plan, 2_000), Vec::<String>::new());
        assert_eq!(
            steps(&plan, 1_500),
            ["`Index Scan using x on economy_transfers t` passes over 2000 rows"]
        );
        assert_eq!(steps(&plan, 999).len(), 2);
    }
}
