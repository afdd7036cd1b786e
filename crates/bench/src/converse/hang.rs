//! Commands at a fixed rate over many guilds, half of them for the model: first while it answers, then while it hangs.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use serde_json::Map;
use sim::{Answer, Snowflake};
use tokio::{sync::mpsc, time::Instant};

use super::{Server, provider::Provider, stand::Stand};
use crate::load::histogram;

/// Members of each guild.
const MEMBERS: u32 = 4;
/// How long an acknowledgement is waited for: a little longer than Discord waits.
const PATIENCE: Duration = Duration::from_secs(6);

/// What to run.
#[derive(Debug, Clone)]
pub struct Hang {
    /// The program.
    pub program: PathBuf,
    /// In how many guilds.
    pub guilds: u32,
    /// How many interactions.
    pub count: u32,
    /// How many of them each second.
    pub per_second: u32,
    /// The guilds' names follow from it.
    pub seed: u64,
}

/// How long acknowledgements took, in nanoseconds.
#[derive(Debug)]
pub struct Waits {
    /// All of them.
    pub all: Histogram<u64>,
    /// Those of commands that need no model.
    pub plain: Histogram<u64>,
    /// How many never came.
    pub unanswered: u64,
}

/// Keeps the rate with a model that answers, for a tenth of the count, and then with one that hangs.
///
/// # Errors
/// When the server does not come up, or the simulator fails.
pub async fn hang(asked: &Hang, mut progress: impl FnMut(&str)) -> Result<(Waits, Waits)> {
    let provider = Provider::start().await;
    let stand = Stand::open(asked.seed, asked.guilds, MEMBERS).await?;
    let folder = tempfile::tempdir()?;
    let server = Server {
        program: asked.program.clone(),
        data_dir: folder.path().to_owned(),
        provider: provider.base_url(),
    };
    let running = stand.serve(&server).await?;
    provider.hurry();
    progress("the model answers");
    // Everything is met for the first time, and does not count.
    drop(load(&stand, asked.count / 20, asked.per_second).await?);
    let calm = load(&stand, asked.count / 10, asked.per_second).await?;
    provider.hang();
    progress("the model hangs");
    let hanging = load(&stand, asked.count, asked.per_second).await?;
    // What still waits for the model is of no use to anybody.
    running.kill()?;
    Ok((calm, hanging))
}

async fn load(stand: &Stand, count: u32, per_second: u32) -> Result<Waits> {
    let mut answers = stand.control.listen_answers();
    let each = Duration::from_secs(1) / per_second;
    let mut asked: HashMap<Snowflake, bool> = HashMap::new();
    let begun = Instant::now();
    for number in 0..count {
        tokio::time::sleep_until(begun + each * number).await;
        let seat = stand.seats[usize::try_from(number)? % stand.seats.len()];
        let is_plain = number % 2 == 0;
        let command = if is_plain {
            stand.command(seat, "balance", Map::new())
        } else {
            stand.chat(seat, "What is the time?")
        };
        let interaction = stand.control.invoke(&command)?;
        asked.insert(interaction, is_plain);
    }
    collect(&mut answers, &asked).await
}

async fn collect(
    answers: &mut mpsc::Receiver<Answer>,
    asked: &HashMap<Snowflake, bool>,
) -> Result<Waits> {
    let mut waits = Waits {
        all: histogram()?,
        plain: histogram()?,
        unanswered: 0,
    };
    let mut heard = 0;
    while heard < asked.len() {
        let next = tokio::time::timeout(PATIENCE, answers.recv()).await;
        let answer = next
            .context("no answers come any more")?
            .context("the simulator is gone")?;
        let Some(is_plain) = asked.get(&answer.interaction) else {
            continue;
        };
        heard += 1;
        let micros = answer
            .latency_us()
            .and_then(|micros| u64::try_from(micros).ok());
        let Some(micros) = micros else {
            waits.unanswered += 1;
            continue;
        };
        waits.all.saturating_record(micros * 1_000);
        if *is_plain {
            waits.plain.saturating_record(micros * 1_000);
        }
    }
    Ok(waits)
}
