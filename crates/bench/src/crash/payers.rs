//! Members who pay each other without a pause, and remember what they asked for and what they saw.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use sim::{Outcome, Snowflake};
use tokio::task::JoinSet;

use crate::{
    books::{AllAsked, Asked},
    scene::{Ask, Scene, is_done},
};

/// After a refusal, such as for being too quick, a person waits a moment too.
const PAUSE: Duration = Duration::from_millis(50);

/// All that was asked for, by interaction.
#[derive(Debug, Default)]
pub(super) struct Tally {
    asked: Mutex<AllAsked>,
    acknowledged: AtomicU64,
}

impl Tally {
    /// How many payments were seen done so far.
    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// All of them.
    pub(super) fn all(&self) -> AllAsked {
        self.locked().clone()
    }

    fn note(&self, interaction: Snowflake, asked: Asked) {
        self.locked().insert(interaction, asked);
    }

    fn saw_done(&self, interaction: Snowflake) {
        if let Some(asked) = self.locked().get_mut(&interaction) {
            asked.acknowledged = true;
        }
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, AllAsked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The payers at work.
#[derive(Debug)]
pub(super) struct Payers {
    tasks: JoinSet<Result<()>>,
    stop: Arc<AtomicBool>,
    pub(super) tally: Arc<Tally>,
}

impl Payers {
    /// All members begin to pay.
    pub(super) fn start(scene: &Arc<Scene>, seed: u64) -> Self {
        let (stop, tally) = (Arc::<AtomicBool>::default(), Arc::<Tally>::default());
        let mut tasks = JoinSet::new();
        for (number, payer) in (0_u64..).zip(scene.members.iter().copied()) {
            let payer = Payer {
                scene: Arc::clone(scene),
                tally: Arc::clone(&tally),
                stop: Arc::clone(&stop),
                chance: SmallRng::seed_from_u64(seed ^ (number << 32)),
                payer,
            };
            tasks.spawn(payer.run());
        }
        Self { tasks, stop, tally }
    }

    /// They finish what they wait for.
    pub(super) async fn stop(mut self) -> Result<Arc<Tally>> {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended.context("a payer panicked")??;
        }
        Ok(self.tally)
    }
}

struct Payer {
    scene: Arc<Scene>,
    tally: Arc<Tally>,
    stop: Arc<AtomicBool>,
    chance: SmallRng,
    payer: Snowflake,
}

impl Payer {
    async fn run(mut self) -> Result<()> {
        while !self.stop.load(Ordering::Relaxed) {
            if !self.pay().await? {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    async fn pay(&mut self) -> Result<bool> {
        let (payee, amount) = (self.payee(), self.chance.random_range(1..=3));
        let interaction = self.scene.send(self.payer, Ask::Pay { payee, amount })?;
        let asked = Asked {
            payer: self.payer,
            payee,
            amount,
            acknowledged: false,
        };
        self.tally.note(interaction, asked);
        // Nothing seen in time is no error here: the server was killed.
        let done = self
            .scene
            .answer(interaction)
            .await
            .is_ok_and(|outcome: Outcome| is_done(&outcome));
        if done {
            self.tally.saw_done(interaction);
        }
        Ok(done)
    }

    fn payee(&mut self) -> Snowflake {
        loop {
            let payee = self.scene.members[self.chance.random_range(0..self.scene.members.len())];
            if payee != self.payer {
                return payee;
            }
        }
    }
}
