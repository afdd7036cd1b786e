//! `startup`: from the start of the process to `/startupz`, with a thousand guilds in the database.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use economy::{Settings as EconomySettings, TransferError};
use futures_util::FutureExt;
use kernel::{GuildId, Snowflakes, Stopwatch, SystemClock, UserId};
use store::Tx;
use store_libsql::{LibsqlStore, Options as LibsqlOptions};
use testkit::ops::member_op;

use crate::{
    Name, Options,
    case::{Case, Goal},
    process::{Server, Settings},
    scene::Scene,
    servers::blocking,
};

const GUILDS: u64 = 1_000;
const MEMBERS: u64 = 20;
const FIRST_GUILD: u64 = 300_000_000_000_000_000;

/// Several starts; the middle one counts.
pub(crate) async fn run(options: &Options, mut progress: impl FnMut(&str)) -> Vec<Case> {
    progress("startup: 1,000 guilds");
    let case = "start to /startupz, 1,000 guilds";
    let measured = measure(options).await;
    vec![match measured {
        Ok((ours, bare)) => {
            let case = Case::millis(Name::Startup, case, ours).beside(bare.as_secs_f64() * 1_000.0);
            case.with_goal(Goal::Under(300.0)).because("the baseline opens the file and reads the same rows, in a process that runs already")
        }
        Err(error) => Case::missing(Name::Startup, case, format!("{error:#}")),
    }]
}

async fn measure(options: &Options) -> Result<(Duration, Duration)> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::open(options.seed, 1).await?;
    let settings = scene.settings(&options.program, folder.path(), &scene.bot);
    // The first start makes the database.
    Server::start(&settings).await?.stop().await?;
    let file = folder.path().join("guildhall.db");
    fill(&file).await?;
    let mut starts = Vec::new();
    let mut reads = Vec::new();
    for _ in 0..options.pace.of(11, 3) {
        starts.push(start(&settings).await?);
        let file = file.clone();
        reads.push(blocking(move || read(&file)).await?);
    }
    Ok((middle(starts)?, middle(reads)?))
}

async fn start(settings: &Settings) -> Result<Duration> {
    let server = Server::start(settings).await?;
    let took = server.age();
    server.stop().await?;
    Ok(took)
}

fn middle(mut times: Vec<Duration>) -> Result<Duration> {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .copied()
        .context("nothing was measured")
}

/// A thousand guilds, each with members who have coins.
async fn fill(file: &Path) -> Result<()> {
    let database = LibsqlStore::open(file, LibsqlOptions::default())?.database();
    for first in (0..GUILDS).step_by(50) {
        let enrol = move |tx: &mut Tx<'_>| {
            let clock = std::sync::Arc::new(SystemClock);
            let now = kernel::Clock::now(clock.as_ref());
            let node = u16::try_from(first / 50).unwrap_or(0);
            let ids = Snowflakes::new(clock, node);
            let settings = EconomySettings {
                start_balance: 100,
                ..EconomySettings::default()
            };
            for guild in first..first + 50 {
                let guild = GuildId::new(FIRST_GUILD + guild).expect("a number that fits 63 bits");
                for user in 1..=MEMBERS {
                    let user = UserId::new(user).expect("a number above zero");
                    economy::enrol(
                        tx,
                        &member_op(guild, user, user.get(), now),
                        &ids,
                        &settings,
                        &economy::Pseudonyms::keyed("a key of benches"),
                        user,
                    )?;
                }
            }
            Ok(())
        };
        database
            .write::<_, TransferError, _>("bench.enrol", enrol)
            .await?;
    }
    blocking(move || {
        database.close();
        Ok(())
    })
    .await
}

/// The same rows with nothing around the engine.
fn read(file: &Path) -> Result<Duration> {
    const ROWS: &str = "SELECT a.id, a.guild, a.balance, p.user_id FROM economy_people p
        JOIN economy_accounts a ON a.id = p.person";
    let watch = Stopwatch::start();
    let database = done(libsql::Builder::new_local(file).build())?;
    let connection = database.connect()?;
    let mut rows = done(connection.query(ROWS, ()))?;
    let mut count = 0;
    while let Some(row) = done(rows.next())? {
        row.get::<i64>(2)?;
        count += 1;
    }
    let took = watch.elapsed();
    ensure!(count == GUILDS * MEMBERS, "{count} rows were stored");
    Ok(took)
}

/// The engine's futures block the thread and are done when they are polled once.
fn done<T>(future: impl Future<Output = libsql::Result<T>>) -> Result<T> {
    Ok(future
        .now_or_never()
        .context("the engine answered later")??)
}

#[cfg(test)]
mod tests {
    use store::{MigrationError, Migrations, Tx};
    use store_libsql::{LibsqlStore, Options};

    use super::{fill, read};

    #[tokio::test]
    async fn what_is_filled_in_is_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("guildhall.db");
        let migrations = Migrations::part(&[store::MIGRATIONS, economy::MIGRATIONS]);
        let database = LibsqlStore::open(&file, Options::default())
            .unwrap()
            .database();
        let at = kernel::Timestamp::from_micros(1);
        let up = move |tx: &mut Tx<'_>| migrations.up(tx, at);
        database
            .write::<_, MigrationError, _>("migrate", up)
            .await
            .unwrap();
        database.close();
        drop(database);
        fill(&file).await.unwrap();
        read(&file).unwrap();
    }
}
