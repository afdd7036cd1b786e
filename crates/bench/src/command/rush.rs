//! Members who ask at a fixed rate: of five commands one is a claim by somebody new, two pay, two look.

use std::{collections::HashMap, time::Duration};

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use sim::{Answer, Snowflake};
use tokio::{sync::mpsc, time::Instant};

use crate::{
    Options,
    load::histogram,
    scene::{Ask, PATIENCE, Scene, invoke},
};

/// How long the rate is kept before it counts.
const WARM_UP: Duration = Duration::from_millis(800);
/// A sender that falls behind by more than this share does not keep the rate that it states.
const BEHIND_MAX: f64 = 0.05;

/// One load on one bot.
#[derive(Debug)]
pub(crate) struct Rush<'s> {
    scene: &'s Scene,
    bot: Snowflake,
    payers: &'s [Snowflake],
    chance: SmallRng,
    measured: Duration,
}

/// How long answers took.
#[derive(Debug)]
pub(crate) struct Waited {
    all: Histogram<u64>,
    each: [Histogram<u64>; 3],
    pub(crate) unanswered: u64,
}

const COMMANDS: [&str; 3] = ["daily", "pay", "balance"];

impl Waited {
    fn new() -> Result<Self> {
        Ok(Self {
            all: histogram()?,
            each: [histogram()?, histogram()?, histogram()?],
            unanswered: 0,
        })
    }

    fn add(&mut self, command: usize, answer: &Answer) {
        let Some(micros) = answer
            .latency_us()
            .and_then(|micros| u64::try_from(micros).ok())
        else {
            self.unanswered += 1;
            return;
        };
        self.all.saturating_record(micros * 1_000);
        self.each[command].saturating_record(micros * 1_000);
    }

    /// The time that this share of answers took at most.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.all.value_at_quantile(share))
    }

    /// The time that nearly all answers to each command took at most.
    pub(crate) fn p99_by_command(&self) -> Vec<(&'static str, Duration)> {
        let p99 = |times: &Histogram<u64>| Duration::from_nanos(times.value_at_quantile(0.99));
        std::iter::zip(COMMANDS, self.each.iter().map(p99)).collect()
    }
}

impl<'s> Rush<'s> {
    /// From these members, to this bot.
    pub(crate) fn new(
        scene: &'s Scene,
        bot: Snowflake,
        payers: &'s [Snowflake],
        options: &Options,
    ) -> Self {
        Self {
            scene,
            bot,
            payers,
            chance: SmallRng::seed_from_u64(options.seed),
            measured: options.pace.measured(),
        }
    }

    /// Keeps the rate for a while; claims come from `fresh`, each member once.
    pub(crate) async fn run(&mut self, rate: u32, fresh: &mut Vec<Snowflake>) -> Result<Waited> {
        let mut answers = self.scene.control.listen_answers();
        let each = Duration::from_secs(1) / rate;
        let count = (WARM_UP + self.measured).as_nanos() / each.as_nanos();
        let warm = WARM_UP.as_nanos() / each.as_nanos();
        let mut asked: HashMap<Snowflake, Option<usize>> = HashMap::new();
        let begun = Instant::now();
        for number in 0..u32::try_from(count)? {
            tokio::time::sleep_until(begun + each * number).await;
            let (command, user, ask) = self.draw(number, fresh)?;
            let interaction =
                self.scene
                    .control
                    .invoke(&invoke(self.scene.channel, user, self.bot, ask))?;
            asked.insert(interaction, (u128::from(number) >= warm).then_some(command));
        }
        let planned = each * u32::try_from(count)?;
        let behind = begun.elapsed().as_secs_f64() / planned.as_secs_f64() - 1.0;
        // What is on its way is over before the next rate.
        let waited = collect(&mut answers, &asked).await?;
        ensure!(
            behind < BEHIND_MAX,
            "the sender could not keep up {rate} commands/s; it was {:.0} % behind",
            behind * 100.0
        );
        Ok(waited)
    }

    fn draw(&mut self, number: u32, fresh: &mut Vec<Snowflake>) -> Result<(usize, Snowflake, Ask)> {
        let one = self.chance.random_range(0..self.payers.len());
        let payer = self.payers[one];
        Ok(match number % 5 {
            0 => (
                0,
                fresh.pop().context("nobody is left who can claim")?,
                Ask::Daily,
            ),
            1 | 3 => {
                let other =
                    (one + self.chance.random_range(1..self.payers.len())) % self.payers.len();
                let ask = Ask::Pay {
                    payee: self.payers[other],
                    amount: 1,
                };
                (1, payer, ask)
            }
            _ => (2, payer, Ask::Balance),
        })
    }
}

/// Waits until each command was answered, or given up.
async fn collect(
    answers: &mut mpsc::Receiver<Answer>,
    asked: &HashMap<Snowflake, Option<usize>>,
) -> Result<Waited> {
    let mut waited = Waited::new()?;
    let mut heard = 0;
    while heard < asked.len() {
        let next = tokio::time::timeout(PATIENCE, answers.recv()).await;
        let answer = next
            .context("no answers come any more")?
            .context("the simulator is gone")?;
        let Some(counted) = asked.get(&answer.interaction) else {
            continue;
        };
        heard += 1;
        if let Some(command) = counted {
            waited.add(*command, &answer);
        }
    }
    Ok(waited)
}
