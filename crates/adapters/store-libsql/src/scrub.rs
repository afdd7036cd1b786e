//! Has the bytes of deleted rows leave the file and the log.
//!
//! The engine overwrites what it deletes, and pages that become free. But where it splits or joins pages, it leaves
//! copies of rows in the gaps of pages that stay in use, and does not find them again when the row goes (seen: one in a
//! hundred). They lie in pages of the same table or index. So a table is written anew, which frees all its pages, and
//! with that overwrites them. The log, which holds earlier states of pages, is emptied behind it.

use store::DbError;

use crate::{session::Connection, writer::EMPTY_LOG};

/// A table of so many rows is written anew within seconds, in which nothing else is written.
const ROWS_MAX: u64 = 500_000;
/// How often emptying the log is tried where a reader is in the way, 50 ms each.
const EMPTYINGS_MAX: u32 = 10;

/// Scrubs these tables.
///
/// # Errors
/// When the engine fails, or somebody reads an older state all the while.
pub(crate) fn scrub(connection: &mut Connection, tables: &[&'static str]) -> Result<(), DbError> {
    for table in tables {
        connection.begin_write()?;
        let written = write_anew(connection, table).and_then(|()| connection.commit());
        if let Err(error) = written {
            connection.roll_back()?;
            return Err(error);
        }
    }
    empty_log(connection)
}

fn write_anew(connection: &mut Connection, table: &str) -> Result<(), DbError> {
    let made = connection.ask(&format!(
        "SELECT sql FROM sqlite_schema WHERE name = '{table}'"
    ))?;
    if !made.starts_with("CREATE VIRTUAL") {
        return copy_back(connection, table);
    }
    // A full-text index: its words are in a table beside it, from which the rest is made.
    copy_back(connection, &format!("{table}_content"))?;
    let rebuild = format!("INSERT INTO {table} ({table}) VALUES ('rebuild')");
    connection.ask(&rebuild).map(drop)
}

fn copy_back(connection: &mut Connection, table: &str) -> Result<(), DbError> {
    let count = connection.ask(&format!("SELECT COUNT(*) FROM {table}"))?;
    let rows = count.parse().unwrap_or(u64::MAX);
    if rows > ROWS_MAX {
        tracing::warn!(
            table,
            rows,
            "too large to be written anew: copies of deleted rows may stay in gaps of its pages"
        );
        return Ok(());
    }
    for step in [
        format!("CREATE TEMP TABLE scrubbed AS SELECT * FROM {table}"),
        format!("DELETE FROM {table}"),
        format!("INSERT INTO {table} SELECT * FROM temp.scrubbed"),
        "DROP TABLE temp.scrubbed".to_owned(),
    ] {
        connection.ask(&step)?;
    }
    Ok(())
}

fn empty_log(connection: &mut Connection) -> Result<(), DbError> {
    for _ in 0..EMPTYINGS_MAX {
        if connection.ask(EMPTY_LOG)? == "0" {
            return Ok(());
        }
    }
    Err(DbError::Retry {
        statement: "store.scrub".to_owned(),
        reason: "somebody reads an older state".to_owned(),
    })
}
