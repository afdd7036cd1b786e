//! What stands in the database of a stopped server, beside what was asked for and what was seen.

use anyhow::Result;
use kernel::GuildId;
use sim::Snowflake;
use store::Database;
use store_libsql::{LibsqlStore, Options as LibsqlOptions};
use store_postgres::{Options as PostgresOptions, PostgresStore};

use super::Verdict;
use crate::{
    books::{self, AllAsked},
    process::Settings,
    servers::blocking,
};

/// The file of the embedded database in its data directory.
const DATABASE_FILE: &str = "guildhall.db";

/// Compares, and counts what differs.
pub(super) async fn look(
    settings: &Settings,
    asked: &AllAsked,
    guild: Snowflake,
) -> Result<Verdict> {
    let database = open(settings).await?;
    let books = books::compare(&database, asked, &[GuildId::new(guild.0)?]).await;
    blocking(move || {
        database.close();
        Ok(())
    })
    .await?;
    let books = books?;
    let acknowledged = || {
        asked
            .iter()
            .filter(|(_, asked)| asked.acknowledged)
            .map(|(id, _)| *id)
    };
    Ok(Verdict {
        cycles: 0,
        repeated: 0,
        acknowledged: acknowledged().count() as u64,
        lost: books.lacking(acknowledged()),
        doubled: books.doubled(),
        partial: books.partial,
        mismatches: books.mismatches,
        owed: books.owed,
        owed_said: books.owed_said,
        undeliverable: books.undeliverable,
        kept: None,
    })
}

async fn open(settings: &Settings) -> Result<Database> {
    if let Some(url) = &settings.database {
        return Ok(PostgresStore::connect(url, &PostgresOptions::default())?.database());
    }
    let file = settings.data_dir.join(DATABASE_FILE);
    blocking(move || Ok(LibsqlStore::open(&file, LibsqlOptions::default())?.database())).await
}
