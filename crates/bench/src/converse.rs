//! `converse`: what Guildhall adds to a model's own time, and what a model that hangs does to everybody else.
//!
//! Two hundred members talk with a model that streams; beside them as many ask the same model directly. Then members of
//! 300 guilds use commands at a fixed rate, half of them `/chat`, while the model answers nobody for up to two minutes.

mod direct;
mod hang;
mod provider;
mod stand;
mod talks;

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
use hdrhistogram::Histogram;

use crate::{
    Name, Options,
    case::{Case, Goal},
};
pub use hang::{Hang, Waits, hang};
use provider::Provider;
use stand::Stand;

/// Guilds in which the members talk: no more are answered at once in one guild than stand in it.
const GUILDS: u32 = 10;
/// Members who talk at the same time.
const TALKING: u32 = 200;
/// The model that is asked for by name: one with a price, so that budgets are kept too.
const MODEL: &str = "gpt-4o-mini";

/// Both loads.
pub(crate) async fn run(options: &Options, mut progress: impl FnMut(&str)) -> Vec<Case> {
    progress("converse: 200 talks");
    let mut cases = match first_text(options).await {
        Ok((ours, direct)) => told(&ours, &direct),
        Err(error) => vec![missing("first text, 200 talks", &error)],
    };
    let asked = Hang {
        program: options.program.clone(),
        guilds: options.pace.of(300, 20),
        count: options.pace.of(10_000, 400),
        per_second: options.pace.of(200, 100),
        seed: options.seed,
    };
    cases.extend(
        match hang(&asked, |line: &str| progress(&format!("converse: {line}"))).await {
            Ok((calm, hanging)) => hanging_told(&asked, &calm, &hanging),
            Err(error) => vec![missing("a model that hangs", &error)],
        },
    );
    cases
}

fn missing(case: &str, error: &anyhow::Error) -> Case {
    Case::missing(Name::Converse, case, format!("{error:#}"))
}

async fn first_text(options: &Options) -> Result<(Histogram<u64>, Histogram<u64>)> {
    let provider = Provider::start().await;
    let direct = direct::measure(&provider, TALKING, options.pace).await?;
    let stand = Stand::open(options.seed, GUILDS, TALKING / GUILDS).await?;
    let folder = tempfile::tempdir()?;
    let program = Server::of(options, folder.path().to_owned(), &provider);
    let ours = talks::measure(&stand, &provider, &program, options.pace).await?;
    Ok((ours, direct))
}

/// How the program is started beside a provider.
#[derive(Debug, Clone)]
struct Server {
    program: PathBuf,
    data_dir: PathBuf,
    provider: String,
}

impl Server {
    fn of(options: &Options, data_dir: PathBuf, provider: &Provider) -> Self {
        Self {
            program: options.program.clone(),
            data_dir,
            provider: provider.base_url(),
        }
    }
}

fn millis(times: &Histogram<u64>, share: f64) -> f64 {
    Duration::from_nanos(times.value_at_quantile(share)).as_secs_f64() * 1_000.0
}

fn told(ours: &Histogram<u64>, direct: &Histogram<u64>) -> Vec<Case> {
    let case = |share: f64, word: &str| {
        let case = format!("asking to the first text, 200 talks, {word}");
        Case::new(Name::Converse, case, millis(ours, share), "ms").beside(millis(direct, share))
    };
    let added = (millis(ours, 0.95) - millis(direct, 0.95)).max(0.0);
    let added = Case::new(Name::Converse, "added to the first text, p95", added, "ms");
    vec![
        case(0.5, "p50"),
        case(0.95, "p95").because(format!(
            "{} answers; the baseline asks the provider directly",
            ours.len()
        )),
        added.with_goal(Goal::Under(30.0)),
    ]
}

fn hanging_told(asked: &Hang, calm: &Waits, hanging: &Waits) -> Vec<Case> {
    let name = |what: &str| format!("model hangs, {}/s, {what}", asked.per_second);
    let p99 = |waits: &Waits| millis(&waits.plain, 0.99);
    let slowest = Duration::from_nanos(hanging.all.max()).as_secs_f64() * 1_000.0;
    vec![
        Case::new(
            Name::Converse,
            name("the slowest acknowledgement"),
            slowest,
            "ms",
        )
        .with_goal(Goal::Under(2_500.0))
        .because(format!(
            "{} interactions in {} guilds, of which {} asked the model",
            hanging.all.len(),
            asked.guilds,
            hanging.all.len() - hanging.plain.len()
        )),
        Case::new(
            Name::Converse,
            name("never acknowledged"),
            hanging.unanswered as f64,
            "commands",
        )
        .with_goal(Goal::Exactly(0.0)),
        Case::new(
            Name::Converse,
            name("p99 of commands without a model"),
            p99(hanging),
            "ms",
        )
        .beside(p99(calm))
        .with_goal(Goal::RatioAtMost(1.5))
        .because("the baseline is the same load with a model that answers at once"),
    ]
}
