//! `ledger`: durable transfers a second through the whole use case, beside the bare engine.
//!
//! One transfer is what the router makes of a payment, admission aside: the event is marked as handled, the use case
//! decides in a savepoint of its own, the answer is owed by a row, and whoever asked hears of it after the commit.

mod callers;
mod stand;

use anyhow::Result;
use store::Engine;

use crate::{
    Name, Options,
    bare::{libsql::BareLibsql, postgres::BarePostgres},
    case::{Case, Goal},
    load::Load,
    servers::Servers,
};
use callers::{bare_libsql, bare_postgres, use_case};
use stand::Stand;

const CALLERS: [u32; 2] = [64, 512];
/// As many as the PostgreSQL adapter has.
const CONNECTIONS: u32 = 16;

/// Both engines, 64 and 512 callers.
pub(crate) async fn run(
    options: &Options,
    servers: &Servers,
    mut progress: impl FnMut(&str),
) -> Vec<Case> {
    let mut cases = Vec::new();
    for callers in CALLERS {
        progress(&format!("ledger: libSQL, {callers} callers"));
        let measured = on_libsql(options, callers).await;
        cases.extend(told(Engine::Libsql, callers, measured));
    }
    for callers in CALLERS {
        progress(&format!("ledger: PostgreSQL, {callers} callers"));
        let measured = on_postgres(options, servers, callers).await;
        cases.extend(told(Engine::Postgres, callers, measured));
    }
    cases
}

/// The use case and the bare engine.
struct Pair {
    whole: Load,
    bare: Load,
}

async fn on_libsql(options: &Options, callers: u32) -> Result<Pair> {
    let folder = tempfile::tempdir()?;
    let bare = BareLibsql::start(folder.path())?;
    let bare_load = bare_libsql(&bare, options, callers).await;
    // Its own failure says more than that of those who waited for it.
    crate::servers::blocking(move || bare.close()).await?;
    let stand = Stand::on_libsql(folder.path(), options.seed).await?;
    let whole = use_case(&stand, options, callers).await;
    stand.close().await?;
    Ok(Pair {
        whole: whole?,
        bare: bare_load?,
    })
}

async fn on_postgres(options: &Options, servers: &Servers, callers: u32) -> Result<Pair> {
    let database = servers.fresh_database(options).await?;
    let bare = BarePostgres::start(&database, CONNECTIONS).await?;
    let bare_load = bare_postgres(&bare, options, callers).await?;
    drop(bare);
    let database = servers.fresh_database(options).await?;
    let stand = Stand::on_postgres(&database, CONNECTIONS, options.seed).await?;
    let whole = use_case(&stand, options, callers).await;
    stand.close().await?;
    Ok(Pair {
        whole: whole?,
        bare: bare_load,
    })
}

fn told(engine: Engine, callers: u32, measured: Result<Pair>) -> Vec<Case> {
    let engine_name = match engine {
        Engine::Libsql => "libSQL",
        Engine::Postgres => "PostgreSQL",
    };
    let case = format!("{engine_name}, {callers} callers");
    let Pair { whole, bare } = match measured {
        Ok(pair) => pair,
        Err(error) => return vec![Case::missing(Name::Ledger, case, format!("{error:#}"))],
    };
    let goal = match (engine, callers) {
        (Engine::Libsql, 64) => Goal::RatioAtLeast(0.45),
        (Engine::Postgres, _) => Goal::RatioAtLeast(0.35),
        (Engine::Libsql, _) => Goal::Stated,
    };
    let p99_goal = match (engine, callers) {
        (Engine::Libsql, 64) => Goal::Under(15.0),
        _ => Goal::Stated,
    };
    let millis = |share: f64, load: &Load| load.quantile(share).as_secs_f64() * 1_000.0;
    let time = |share, word: &str| {
        Case::millis(
            Name::Ledger,
            format!("{case}, {word}"),
            whole.quantile(share),
        )
        .beside(millis(share, &bare))
    };
    vec![
        Case::new(Name::Ledger, case.clone(), whole.rate(), "transfers/s")
            .beside(bare.rate())
            .with_goal(goal),
        time(0.5, "p50"),
        time(0.99, "p99").with_goal(p99_goal),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::on_libsql;
    use crate::{Options, Pace};

    #[tokio::test(flavor = "multi_thread")]
    async fn coins_move_under_load_and_the_books_stay_balanced() {
        let options = Options {
            names: Vec::new(),
            postgres: None,
            redis: None,
            seed: 3,
            pace: Pace::Quick,
            program: PathBuf::new(),
            cycles: None,
        };
        let pair = on_libsql(&options, 16).await.unwrap();
        assert!(pair.whole.rate() > 0.0 && pair.bare.rate() > 0.0);
    }
}
