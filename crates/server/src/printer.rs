//! The one place that prints: answers go to standard output or to whoever asked through the socket, complaints to
//! standard error.
//!
//! A reader that stopped reading is no failure: what would have been printed is dropped. Not here: logs.

use std::io::{self, Write};

use serde::Serialize;
use tokio::sync::mpsc;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// As JSON.
    Json,
}

/// Prints one command's answer.
#[derive(Debug, Clone)]
pub struct Printer {
    format: Format,
    sink: Sink,
}

#[derive(Debug, Clone)]
enum Sink {
    Process,
    Socket(mpsc::Sender<String>),
}

impl Printer {
    /// Prints to standard output.
    #[must_use]
    pub const fn to_process(format: Format) -> Self {
        Self {
            format,
            sink: Sink::Process,
        }
    }

    /// Sends each line to whoever asked.
    #[must_use]
    pub const fn to_socket(format: Format, lines: mpsc::Sender<String>) -> Self {
        Self {
            format,
            sink: Sink::Socket(lines),
        }
    }

    /// How the answer is written.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Prints a line.
    pub async fn line(&self, text: &str) {
        match &self.sink {
            Sink::Process => write_line(io::stdout().lock(), text),
            Sink::Socket(lines) => drop(lines.send(text.to_owned()).await),
        }
    }

    /// Prints a value as JSON on lines of its own.
    pub async fn json(&self, value: &(impl Serialize + Sync)) {
        // Maps with other keys than texts cannot be written, and no answer holds one.
        if let Ok(text) = serde_json::to_string_pretty(value) {
            self.line(&text).await;
        }
    }

    /// Prints a table with its columns aligned; numbers stand at the right.
    pub async fn table(&self, head: &[&str], rows: &[Vec<String>]) {
        for line in table(head, rows) {
            self.line(&line).await;
        }
    }
}

/// Prints a complaint to standard error.
pub fn complain(text: &str) {
    write_line(io::stderr().lock(), text);
}

/// Asks for something: on standard error, and without ending the line, so that the answer stands beside it.
pub fn prompt(text: &str) {
    let mut out = io::stderr().lock();
    let written = write!(out, "{text}").and_then(|()| out.flush());
    drop(written);
}

fn write_line(mut out: impl Write, text: &str) {
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    // A closed pipe: nobody reads any more.
    drop(written);
}

fn table(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let head: Vec<String> = head.iter().map(|name| (*name).to_owned()).collect();
    let width = |column: usize| {
        let cells = std::iter::once(&head)
            .chain(rows)
            .filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let numeric: Vec<bool> = (0..head.len())
        .map(|column| {
            !rows.is_empty()
                && rows
                    .iter()
                    .all(|row| row.get(column).is_some_and(|cell| is_number(cell)))
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(widths.iter().zip(&numeric))
            .map(|(cell, (width, right))| {
                let gap = " ".repeat(width.saturating_sub(cell.chars().count()));
                if *right {
                    format!("{gap}{cell}")
                } else {
                    format!("{cell}{gap}")
                }
            });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    std::iter::once(&head).chain(rows).map(line).collect()
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_aligned_and_numbers_stand_at_the_right() {
        let rows = [
            vec!["a".to_owned(), "5".to_owned()],
            vec!["bcd".to_owned(), "-12".to_owned()],
        ];
        assert_eq!(
            table(&["name", "n"], &rows),
            ["name    n", "a       5", "bcd   -12"]
        );
        assert_eq!(table(&["name", "n"], &[]), ["name  n"]);
    }
}
