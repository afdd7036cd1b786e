//! Start, let them pay, kill, again: the moments follow from the seed.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use kernel::Stopwatch;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use testkit::servers::PrivatePostgres;
use tokio::task::JoinSet;

use super::{
    Verdict, audit,
    payers::{Payers, Tally},
};
use crate::{
    process::{Server, Settings},
    scene::{Ask, Scene, is_done},
    servers::blocking,
};

const PAYERS: u32 = 64;
/// A cycle with fewer acknowledged payments does not count.
const ACKNOWLEDGED_MIN: u64 = 100;
/// A server that lets nobody pay for so long does not work.
const PAYING_MAX: Duration = Duration::from_secs(30);
/// One in so many is killed while it still comes up, which is rarely late enough to count.
const EARLY_ONE_IN: u32 = 5;
const EARLY_MS_MAX: u64 = 400;
const LATE_MS_MAX: u64 = 400;
/// How long what is owed may take to leave once nobody asks for more: a dead process's claims are held for seconds.
const SETTLING_MAX: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(5);

/// What to run.
#[derive(Debug, Clone)]
pub struct Cycles {
    /// The program.
    pub program: PathBuf,
    /// How many cycles have to count.
    pub count: u32,
    /// The moments of the kills follow from it, and who pays whom.
    pub seed: u64,
}

/// What stays over all cycles.
struct Stage {
    scene: Arc<Scene>,
    settings: Settings,
    postgres: Option<Arc<PrivatePostgres>>,
    chance: SmallRng,
    folder: tempfile::TempDir,
}

pub(super) async fn run(
    cycles: Cycles,
    postgres: Option<PrivatePostgres>,
    mut progress: impl FnMut(&str),
) -> Result<Verdict> {
    let mut stage = Stage::build(&cycles, postgres).await?;
    let mut server = stage.first_server().await?;
    let payers = Payers::start(&stage.scene, cycles.seed);
    let (mut counted, mut repeated) = (0, 0);
    while counted < cycles.count {
        let acknowledged = stage.until_killed(server, &payers.tally).await?;
        if acknowledged < ACKNOWLEDGED_MIN {
            repeated += 1;
        } else {
            counted += 1;
            progress(&format!(
                "cycle {counted} of {}: {acknowledged} acknowledged",
                cycles.count
            ));
        }
        stage.restart_postgres(counted + repeated).await?;
        server = Server::start(&stage.settings).await?;
    }
    let tally = payers.stop().await?;
    progress("settling what is owed");
    let mut verdict = stage.settle(server, &tally).await?;
    verdict.cycles = counted;
    verdict.repeated = repeated;
    Ok(verdict)
}

impl Stage {
    async fn build(cycles: &Cycles, postgres: Option<PrivatePostgres>) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("guildhall-crash-")
            .tempdir()?;
        let mut scene = Scene::open(cycles.seed, PAYERS).await?;
        scene.spread()?;
        let database = match &postgres {
            Some(postgres) => Some(postgres.fresh_database().await?),
            None => None,
        };
        Ok(Self {
            settings: Settings {
                database,
                ..scene.settings(&cycles.program, folder.path(), &scene.bot)
            },
            scene: Arc::new(scene),
            postgres: postgres.map(Arc::new),
            chance: SmallRng::seed_from_u64(cycles.seed),
            folder,
        })
    }

    /// Everybody claims the coins that will go round.
    async fn first_server(&self) -> Result<Server> {
        let mut server = Server::start(&self.settings).await?;
        server.ready().await?;
        let mut claims = JoinSet::new();
        for member in self.scene.members.clone() {
            let scene = Arc::clone(&self.scene);
            claims.spawn(async move {
                let asked = scene.send(member, Ask::Daily)?;
                scene.answer(asked).await
            });
        }
        while let Some(claimed) = claims.join_next().await {
            let outcome = claimed.context("a claim panicked")??;
            ensure!(is_done(&outcome), "a daily was not paid: {outcome:?}");
        }
        Ok(server)
    }

    /// Kills it at some moment; gives how many payments were acknowledged until then.
    async fn until_killed(&mut self, server: Server, tally: &Tally) -> Result<u64> {
        let before = tally.acknowledged();
        let acknowledged = || tally.acknowledged() - before;
        if self.chance.random_ratio(1, EARLY_ONE_IN) {
            tokio::time::sleep(Duration::from_millis(
                self.chance.random_range(0..EARLY_MS_MAX),
            ))
            .await;
        } else {
            let watch = Stopwatch::start();
            while acknowledged() < ACKNOWLEDGED_MIN {
                ensure!(
                    watch.elapsed() < PAYING_MAX,
                    "only {} payments were acknowledged in {PAYING_MAX:?}",
                    acknowledged()
                );
                tokio::time::sleep(POLL).await;
            }
            tokio::time::sleep(Duration::from_millis(
                self.chance.random_range(0..LATE_MS_MAX),
            ))
            .await;
        }
        server.kill()?;
        Ok(acknowledged())
    }

    /// In every second cycle the database dies too.
    async fn restart_postgres(&self, cycle: u32) -> Result<()> {
        let Some(postgres) = self.postgres.clone().filter(|_| cycle.is_multiple_of(2)) else {
            return Ok(());
        };
        let again = move || {
            postgres.kill_postmaster()?;
            postgres.restart()
        };
        blocking(again)
            .await
            .context("killing PostgreSQL and starting it again")
    }

    /// Lets the last server send what is owed, stops it, and looks into the books.
    async fn settle(self, server: Server, tally: &Tally) -> Result<Verdict> {
        let watch = Stopwatch::start();
        let mut server = server;
        let found = loop {
            server.ready().await?;
            // Longer than a dead process's claims are held.
            tokio::time::sleep(Duration::from_secs(3)).await;
            server.stop().await?;
            let found = audit::look(&self.settings, &tally.all(), self.scene.guild).await?;
            if found.owed == 0 || watch.elapsed() > SETTLING_MAX {
                break found;
            }
            server = Server::start(&self.settings).await?;
        };
        let verified = self
            .settings
            .command(&["ledger", "verify", "--json"])
            .output()?;
        let mut found = found;
        if !verified.status.success() {
            let said = String::from_utf8_lossy(&verified.stdout).into_owned()
                + &String::from_utf8_lossy(&verified.stderr);
            found.mismatches.push(format!(
                "`guildhall ledger verify` ended with {}: {said}",
                verified.status
            ));
        }
        if !found.is_clean() {
            // What the servers said, and what stands in the database, is worth a look.
            found.kept = Some(self.folder.keep());
        }
        Ok(found)
    }
}
