//! The rows of a rollback copied by the bare engine, in one transaction, into tables without indexes.

use std::{future::Future, path::Path, time::Duration};

use anyhow::{Context, Result};
use futures_util::FutureExt;
use kernel::Stopwatch;
use tokio::task::JoinSet;
use tokio_postgres::NoTls;

/// What was restored and what was written: documents, revisions, heads, and the entries with their texts.
const COPY: [&str; 6] = [
    "CREATE TABLE bench_documents AS SELECT d.guild, d.document, d.digest, d.content FROM platform_documents AS d
     JOIN platform_heads AS h ON h.guild = d.guild AND h.document = d.document",
    "CREATE TABLE bench_revisions AS SELECT r.* FROM platform_revisions AS r WHERE r.restores IS NOT NULL",
    "CREATE TABLE bench_heads AS SELECT * FROM platform_heads",
    "CREATE TABLE bench_records AS SELECT * FROM audit_records",
    "CREATE TABLE bench_texts AS SELECT * FROM audit_texts",
    "CREATE TABLE bench_unsealed AS SELECT * FROM audit_unsealed",
];

/// In the file of a database that is closed.
pub(super) fn on_libsql(file: &Path) -> Result<Duration> {
    let database = done(libsql::Builder::new_local(file).build())?;
    let connection = database.connect()?;
    for setting in ["PRAGMA journal_mode=wal", "PRAGMA synchronous=2"] {
        done(connection.execute_batch(setting))?;
    }
    let watch = Stopwatch::start();
    done(connection.execute_batch(&whole()))?;
    Ok(watch.elapsed())
}

/// In a database that nobody else uses.
pub(super) async fn on_postgres(url: &str) -> Result<Duration> {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .context("connecting to PostgreSQL")?;
    let mut tasks = JoinSet::new();
    // Its failure shows as a failure of the client.
    tasks.spawn(async move { drop(connection.await) });
    let watch = Stopwatch::start();
    client.batch_execute(&whole()).await?;
    Ok(watch.elapsed())
}

fn whole() -> String {
    format!("BEGIN; {}; COMMIT", COPY.join("; "))
}

/// The engine's futures block the thread and are done when they are polled once.
fn done<T>(future: impl Future<Output = libsql::Result<T>>) -> Result<T> {
    Ok(future
        .now_or_never()
        .context("the engine answered later")??)
}
