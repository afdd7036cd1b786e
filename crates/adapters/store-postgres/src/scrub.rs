//! Has the bytes of deleted rows leave the server's files.
//!
//! VACUUM alone frees their place and leaves the bytes there until another row takes it. So a table is written anew,
//! which keeps others out for as long as that takes; one too large for that is only vacuumed, and says so. Not in our
//! hands: the server's own log and its archive, replicas and backups, which forget as the operator has set them to.

use std::time::Duration;

use tokio_postgres::{Client, SimpleQueryMessage};

use crate::failure::told;

/// A table of this size is written anew within a second or two.
const REWRITE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How long a table may take.
const TABLE_TIME_MS: u32 = 120_000;
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

async fn size(client: &Client, table: &str) -> Result<u64, tokio_postgres::Error> {
    let asked = format!("SELECT pg_total_relation_size('{table}')");
    let answers = client.simple_query(&asked).await?;
    let bytes = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
        _ => None,
    });
    Ok(bytes.unwrap_or(u64::MAX))
}
