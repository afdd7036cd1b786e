//! `rollback`: the configuration of 10,000 guilds is taken back to a moment in one transaction, beside a raw copy.
//!
//! It is the operator's command with all that belongs to it: what each guild goes back to is looked up and passes
//! today's checks, each gets a new revision, and each gets its entries in the audit. The raw copy takes the documents
//! that were restored and the rows that were written into tables without indexes, in one synced transaction.

mod bare;
mod stand;

use std::time::Duration;

use anyhow::Result;
use store::Engine;

use crate::{
    Name, Options,
    case::{Case, Goal},
    servers::Servers,
};
use stand::Stand;

/// Both engines.
pub(crate) async fn run(
    options: &Options,
    servers: &Servers,
    mut progress: impl FnMut(&str),
) -> Vec<Case> {
    let guilds = options.pace.of(10_000, 200);
    let mut cases = Vec::new();
    progress(&format!("rollback: libSQL, {guilds} guilds"));
    cases.push(told(
        Engine::Libsql,
        guilds,
        on_libsql(options, guilds).await,
    ));
    progress(&format!("rollback: PostgreSQL, {guilds} guilds"));
    let measured = on_postgres(options, servers, guilds).await;
    cases.push(told(Engine::Postgres, guilds, measured));
    cases
}

/// How long the rollback took, the raw copy of its rows, and how many there are.
#[derive(Debug)]
struct Pair {
    whole: Duration,
    bare: Duration,
    entries: u64,
}

async fn on_libsql(options: &Options, guilds: u32) -> Result<Pair> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("guildhall.db");
    let stand = Stand::on_libsql(&file, options.seed, guilds).await?;
    let whole = stand.roll_back().await?;
    let entries = stand.close().await?;
    let bare = crate::servers::blocking(move || bare::on_libsql(&file)).await?;
    Ok(Pair {
        whole,
        bare,
        entries,
    })
}

async fn on_postgres(options: &Options, servers: &Servers, guilds: u32) -> Result<Pair> {
    let database = servers.fresh_database(options).await?;
    let stand = Stand::on_postgres(&database, options.seed, guilds).await?;
    let whole = stand.roll_back().await?;
    let entries = stand.close().await?;
    let bare = bare::on_postgres(&database).await?;
    Ok(Pair {
        whole,
        bare,
        entries,
    })
}

fn told(engine: Engine, guilds: u32, measured: Result<Pair>) -> Case {
    let engine = match engine {
        Engine::Libsql => "libSQL",
        Engine::Postgres => "PostgreSQL",
    };
    let name = format!("{engine}, {guilds} guilds to a moment");
    match measured {
        Ok(pair) => Case::new(Name::Rollback, name, pair.whole.as_secs_f64(), "s")
            .beside(pair.bare.as_secs_f64())
            .with_goal(Goal::Under(5.0))
            .because(format!("{} entries in the audit among it", pair.entries)),
        Err(error) => Case::missing(Name::Rollback, name, format!("{error:#}")),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::on_libsql;
    use crate::{Options, Pace};

    #[tokio::test(flavor = "multi_thread")]
    async fn all_guilds_go_back_each_with_its_entries() {
        let options = Options {
            names: Vec::new(),
            postgres: None,
            redis: None,
            seed: 3,
            pace: Pace::Quick,
            program: PathBuf::new(),
            cycles: None,
        };
        let pair = on_libsql(&options, 70).await.unwrap();
        // The change itself, and that a token wrote it.
        assert_eq!(pair.entries, 140);
    }
}
