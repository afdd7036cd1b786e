//! Members who talk: in batches that end with words that are removed, so that nobody is far ahead of the bot.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use kernel::Stopwatch;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use sim::Snowflake;
use tokio::task::JoinSet;

use super::{
    POLL,
    hall::{Hall, MEMBERS, Words},
};

/// Messages of one batch: so few that two members who share a lane of the server do not fill it, also when a restart has
/// them delivered again.
const BATCH: u32 = 20;
/// How long a removal is waited for, across the restarts that lie in between.
const REMOVED_MAX: Duration = Duration::from_secs(60);

/// What was said, and whether it was seen to be removed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message {
    pub(super) words: Words,
    pub(super) removed: bool,
}

/// All that was said.
pub(super) type Said = BTreeMap<Snowflake, Message>;

/// The members at work.
#[derive(Debug)]
pub(super) struct Posters {
    tasks: JoinSet<Result<Said>>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    said: AtomicU64,
    ended: AtomicUsize,
    left: Mutex<u32>,
}

impl Posters {
    /// All members begin to talk, until so many messages are said.
    pub(super) fn start(hall: &Arc<Hall>, count: u32, seed: u64) -> Self {
        let shared = Arc::new(Shared {
            left: Mutex::new(count),
            ..Shared::default()
        });
        let mut tasks = JoinSet::new();
        for (number, seat) in (0_u64..).zip(hall.seats.iter().copied()) {
            let (hall, shared) = (Arc::clone(hall), Arc::clone(&shared));
            let chance = SmallRng::seed_from_u64(seed ^ (number << 32));
            tasks.spawn(async move {
                let said = talk(&hall, &shared, seat, chance).await;
                shared.ended.fetch_add(1, Ordering::Relaxed);
                said
            });
        }
        Self { tasks, shared }
    }

    /// Whether everything is said and seen.
    pub(super) fn are_done(&self) -> bool {
        self.shared.ended.load(Ordering::Relaxed) >= usize::try_from(MEMBERS).unwrap_or(usize::MAX)
    }

    /// How many messages were said so far.
    pub(super) fn said(&self) -> u64 {
        self.shared.said.load(Ordering::Relaxed)
    }

    /// All that they said.
    pub(super) async fn end(mut self) -> Result<Said> {
        let mut all = Said::new();
        while let Some(ended) = self.tasks.join_next().await {
            all.extend(ended.context("a member panicked")??);
        }
        Ok(all)
    }
}

impl Shared {
    /// Takes the next batch; nothing once all is said.
    fn next(&self) -> Option<u32> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = BATCH.min(*left);
        *left -= batch;
        (batch > 0).then_some(batch)
    }
}

async fn talk(
    hall: &Hall,
    shared: &Shared,
    seat: (Snowflake, Snowflake),
    mut chance: SmallRng,
) -> Result<Said> {
    let mut said = Said::new();
    while let Some(batch) = shared.next() {
        for _ in 1..batch {
            let words = drawn(&mut chance);
            let message = hall.say(seat, words)?;
            said.insert(
                message,
                Message {
                    words,
                    removed: false,
                },
            );
            // Others have their turn, and the bot too.
            tokio::task::yield_now().await;
        }
        let words = Words::Removed;
        let last = hall.say(seat, words)?;
        let removed = removed(hall, seat, last).await?;
        said.insert(last, Message { words, removed });
        shared.said.fetch_add(u64::from(batch), Ordering::Relaxed);
    }
    Ok(said)
}

fn drawn(chance: &mut SmallRng) -> Words {
    match chance.random_range(0..100) {
        0..20 => Words::Noted,
        20..40 => Words::Shadowed,
        40..46 => Words::Both,
        _ => Words::Plain,
    }
}

async fn removed(hall: &Hall, seat: (Snowflake, Snowflake), last: Snowflake) -> Result<bool> {
    let watch = Stopwatch::start();
    while hall.stands(seat, last)? {
        if watch.elapsed() > REMOVED_MAX {
            return Ok(false);
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(true)
}
