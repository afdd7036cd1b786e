//! Has the bytes of deleted rows leave the server's files.
//!
//! VACUUM alone frees their place and leaves the bytes there until another row takes it. So a table is written anew,
//! which keeps others out for as long as that takes; one too large for that is only vacuumed, and says so. The server
//! takes along whatever an older transaction might still read, so those are waited for first. Not in our hands: the server's own log and its archive, replicas and backups, which forget as the operator has set them to.

use std::time::Duration;

use kernel::Stopwatch;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::failure::told;

/// A table of this size is written anew within a second or two.
const REWRITE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How long a table may take.
const TABLE_TIME_MS: u32 = 120_000;
/// How long older transactions are waited for, such as a backup that is under way.
const OLDER_TIME_MAX: Duration = Duration::from_secs(60);
const OLDER_POLL: Duration = Duration::from_millis(20);
/// How long all of it may take.
pub(crate) const TIME_MAX: Duration = Duration::from_secs(900);

/// Scrubs these tables, one after the other.
///
/// # Errors
/// When the server refuses, or the connection is lost.
pub(crate) async fn scrub(client: &Client, tables: &[&'static str]) -> Result<(), String> {
    let told = |error: tokio_postgres::Error| told(&error);
    let bound = format!("SET statement_timeout = {TABLE_TIME_MS}");
    client.batch_execute(&bound).await.map_err(told)?;
    nobody_reads_what_was_deleted(client).await?;
    for table in tables {
        let bytes = size(client, table).await.map_err(told)?;
        let work = if bytes <= REWRITE_BYTES_MAX {
            format!("VACUUM (FULL) {table}")
        } else {
            tracing::warn!(
                table,
                bytes,
                "too large to be written anew: what was deleted stays in the free space of its pages until rows take it"
            );
            format!("VACUUM {table}")
        };
        client.batch_execute(&work).await.map_err(told)?;
    }
    Ok(())
}

/// Waits until every transaction is over that may see what is deleted by now: those of this database that read, and
/// those of any database that write, for new readers are as old as the oldest of these.
async fn nobody_reads_what_was_deleted(client: &Client) -> Result<(), String> {
    let told = |error: tokio_postgres::Error| told(&error);
    let now = number(client, "SELECT pg_current_xact_id()::text").await;
    let now: u64 = now.map_err(told)?.unwrap_or_default();
    let older = format!(
        "SELECT COUNT(*) + (pg_snapshot_xmin(pg_current_snapshot()) <= '{now}'::xid8)::int FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND age(backend_xmin) > age('{now}'::xid8::xid)"
    );
    let watch = Stopwatch::start();
    while number(client, &older).await.map_err(told)? != Some(0) {
        if watch.elapsed() > OLDER_TIME_MAX {
            return Err(
                "older transactions may still read what was deleted; it is tried again once they are over"
                    .to_owned(),
            );
        }
        tokio::time::sleep(OLDER_POLL).await;
    }
    Ok(())
}

async fn size(client: &Client, table: &str) -> Result<u64, tokio_postgres::Error> {
    let asked = format!("SELECT pg_total_relation_size('{table}')");
    Ok(number(client, &asked).await?.unwrap_or(u64::MAX))
}

/// The one number that a question is answered with.
async fn number(client: &Client, asked: &str) -> Result<Option<u64>, tokio_postgres::Error> {
    let answers = client.simple_query(asked).await?;
    Ok(answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
        _ => None,
    }))
}
