//! `command`: from the moment when the simulator sends a command to the moment when its answer arrives.
//!
//! Members ask at a fixed rate, whether or not earlier answers have come. The bot runs as a process of its own and
//! commits to its disk before it answers; the echo bot beside it does nothing but answer.

mod rush;

use std::path::Path;

use anyhow::{Result, ensure};
use sim::Snowflake;

use crate::{
    Name, Options,
    case::{Case, Goal},
    process::Server,
    scene::{Ask, Scene},
};
use rush::{Rush, Waited};

const RATES: [u32; 3] = [100, 500, 1_000];
/// Members with coins, enough that none asks too often.
const PAYERS: u32 = 2_000;
/// Members who claim once, in each second at the highest rate.
const CLAIMERS_PER_SECOND: u32 = 200;

/// All rates, for the bot and for the echo.
pub(crate) async fn run(options: &Options, mut progress: impl FnMut(&str)) -> Vec<Case> {
    let measured = match measure(options, &mut progress).await {
        Ok(measured) => measured,
        Err(error) => {
            return vec![Case::missing(
                Name::Command,
                "all rates",
                format!("{error:#}"),
            )];
        }
    };
    measured.iter().flat_map(said).collect()
}

/// One rate, for the bot and for the echo.
struct Measured {
    rate: u32,
    ours: Result<Waited>,
    echo: Result<Waited>,
}

/// A rate that this machine does not carry says so, and the others stand.
fn said(measured: &Measured) -> Vec<Case> {
    let rate = measured.rate;
    match (&measured.ours, &measured.echo) {
        (Ok(ours), Ok(echo)) => told(rate, ours, echo),
        (Err(error), _) | (_, Err(error)) => {
            let case = format!("{rate} commands/s");
            vec![Case::missing(Name::Command, case, format!("{error:#}"))]
        }
    }
}

async fn measure(options: &Options, mut progress: impl FnMut(&str)) -> Result<Vec<Measured>> {
    let folder = tempfile::tempdir()?;
    let seconds = u32::try_from(options.pace.measured().as_secs())?.max(1) + 1;
    let claimers = RATES
        .iter()
        .map(|rate| rate * seconds * CLAIMERS_PER_SECOND / 1_000 + 1)
        .sum::<u32>();
    let scene = Scene::open(options.seed, PAYERS + claimers).await?;
    let (payers, mut fresh) = {
        let (payers, fresh) = scene.members.split_at(usize::try_from(PAYERS)?);
        (payers.to_vec(), fresh.to_vec())
    };
    progress("command: the bot");
    let ours = ours(options, folder.path(), &scene, &payers, &mut fresh).await?;
    progress("command: the echo bot");
    let (echo, bot) = scene.echo(&options.program, folder.path()).await?;
    let mut measured = Vec::new();
    for (rate, ours) in std::iter::zip(RATES, ours) {
        let mut rush = Rush::new(&scene, bot.id, &payers, options);
        let echo = rush.run(rate, &mut payers.clone()).await;
        measured.push(Measured { rate, ours, echo });
    }
    drop(echo);
    Ok(measured)
}

async fn ours(
    options: &Options,
    data_dir: &Path,
    scene: &Scene,
    payers: &[Snowflake],
    fresh: &mut Vec<Snowflake>,
) -> Result<Vec<Result<Waited>>> {
    let mut server = Server::start(&scene.settings(&options.program, data_dir, &scene.bot)).await?;
    server.ready().await?;
    fund(scene, payers).await?;
    let mut all = Vec::new();
    for rate in RATES {
        let mut rush = Rush::new(scene, scene.bot.id, payers, options);
        all.push(rush.run(rate, fresh).await);
    }
    server.stop().await?;
    Ok(all)
}

/// Everybody who will pay claims first, a few at a time.
async fn fund(scene: &Scene, payers: &[Snowflake]) -> Result<()> {
    for some in payers.chunks(50) {
        let asked = some
            .iter()
            .map(|payer| scene.send(*payer, Ask::Daily))
            .collect::<Result<Vec<_>>>()?;
        for interaction in asked {
            let outcome = scene.answer(interaction).await?;
            ensure!(
                crate::scene::is_done(&outcome),
                "a daily was not paid: {outcome:?}"
            );
        }
    }
    Ok(())
}

fn told(rate: u32, ours: &Waited, echo: &Waited) -> Vec<Case> {
    let millis = |waited: &Waited, share| waited.quantile(share).as_secs_f64() * 1_000.0;
    let case = |share: f64, word: &str| {
        let name = format!("{rate} commands/s, {word}");
        Case::millis(Name::Command, name, ours.quantile(share)).beside(millis(echo, share))
    };
    let mut p99 = case(0.99, "p99").with_goal(Goal::RatioAtMost(3.0));
    if ours.unanswered + echo.unanswered > 0 {
        p99 = p99.because(format!(
            "{} commands were not answered in time, and {} by the echo",
            ours.unanswered, echo.unanswered
        ));
    }
    let mut cases = vec![case(0.5, "p50"), p99];
    if rate == 500 {
        let absolute = Case::millis(
            Name::Command,
            "500 commands/s, p99, by itself",
            ours.quantile(0.99),
        );
        cases.push(absolute.with_goal(Goal::Under(15.0)));
    }
    for (command, time) in ours.p99_by_command() {
        cases.push(Case::millis(
            Name::Command,
            format!("{rate} commands/s, p99 of /{command}"),
            time,
        ));
    }
    cases
}
