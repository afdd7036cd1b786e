//! The PostgreSQL and Redis of a run: those that were named, or private ones, started when first asked for.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use testkit::servers::{Durability, PrivatePostgres, PrivateRedis};
use tokio::{sync::OnceCell, task::JoinSet};
use tokio_postgres::NoTls;

use crate::Options;

/// The servers of one run; they end with it.
#[derive(Debug, Default)]
pub(crate) struct Servers {
    postgres: OnceCell<(String, Option<PrivatePostgres>)>,
    redis: OnceCell<(String, Option<PrivateRedis>)>,
    databases: AtomicU32,
}

impl Servers {
    /// The address of a PostgreSQL that syncs its commits, as in production.
    pub(crate) async fn postgres(&self, options: &Options) -> Result<&str> {
        let started = self.postgres.get_or_try_init(|| async {
            if let Some(url) = &options.postgres {
                return Ok((url.clone(), None));
            }
            let server = blocking(|| PrivatePostgres::start(Durability::Synced)).await?;
            Ok::<_, anyhow::Error>((server.url().to_owned(), Some(server)))
        });
        started.await.map(|(url, _)| url.as_str())
    }

    /// The address of a new, empty database on that PostgreSQL.
    pub(crate) async fn fresh_database(&self, options: &Options) -> Result<String> {
        let url = self.postgres(options).await?;
        let (client, connection) = tokio_postgres::connect(url, NoTls)
            .await
            .context("connecting to PostgreSQL")?;
        let mut tasks = JoinSet::new();
        // Its failure shows as a failure of the client.
        tasks.spawn(async move { drop(connection.await) });
        let name = format!("bench_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        client
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await?;
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await?;
        let (server, _) = url
            .rsplit_once('/')
            .context("a PostgreSQL is named postgres://…/DATABASE")?;
        Ok(format!("{server}/{name}"))
    }

    /// The address of a Redis.
    pub(crate) async fn redis(&self, options: &Options) -> Result<&str> {
        let started = self.redis.get_or_try_init(|| async {
            if let Some(url) = &options.redis {
                return Ok((url.clone(), None));
            }
            let server = blocking(PrivateRedis::start).await?;
            Ok::<_, anyhow::Error>((server.url().to_owned(), Some(server)))
        });
        started.await.map(|(url, _)| url.as_str())
    }
}

/// Runs what waits for a process on a thread that may wait.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .context("waiting for a thread")?
}
