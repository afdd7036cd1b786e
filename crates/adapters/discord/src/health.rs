//! What each bot is doing, for `/readyz`, the doctor and the dashboard: a state, and the reason in words.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use kernel::ApplicationId;
use tokio::sync::watch;

use crate::meters;

/// What all bots are doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// Each bot, in the order in which they were configured.
    pub bots: Vec<BotHealth>,
}

/// What one bot is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotHealth {
    /// Its application, once Discord said which.
    pub application: Option<ApplicationId>,
    /// The application's name, once Discord said it.
    pub name: String,
    /// Its state.
    pub state: BotState,
    /// Whether its commands are registered.
    pub commands_registered: bool,
    /// Whether every shard was ready at least once since the start.
    pub was_ready: bool,
    /// How many events could not be read since the start.
    pub events_undecodable: u64,
}

/// A bot's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BotState {
    /// It is on its way.
    Starting,
    /// It takes events on and answers.
    Live,
    /// It works with limits, or is trying to come back.
    Degraded {
        /// What is the matter, and what to do.
        reason: String,
    },
    /// It has stopped, and needs somebody to act.
    Failed {
        /// What is the matter, and what to do.
        reason: String,
    },
}

/// What one shard is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ShardState {
    Starting,
    Live,
    Down(String),
    Failed(String),
}

/// Something that is the matter with a bot besides its shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    Unreachable,
    Intents,
    Commands,
    Identifies,
    Sessions,
}

#[derive(Debug, Default)]
struct Bot {
    application: Option<ApplicationId>,
    name: String,
    commands_registered: bool,
    was_ready: bool,
    shards: Vec<ShardState>,
    troubles: BTreeMap<Trouble, String>,
    failed: Option<String>,
}

/// Where a bot's parts report. Everyone who watches sees the whole.
#[derive(Debug)]
pub(crate) struct Board {
    bots: Mutex<Vec<Bot>>,
    undecodable: Vec<AtomicU64>,
    shown: watch::Sender<Health>,
}

impl Board {
    /// A board for so many bots.
    pub(crate) fn new(bots: usize) -> Self {
        let board = Self {
            bots: Mutex::new((0..bots).map(|_| Bot::default()).collect()),
            undecodable: (0..bots).map(|_| AtomicU64::new(0)).collect(),
            shown: watch::channel(Health::default()).0,
        };
        board.change(0, |_| ());
        board
    }

    /// What everyone may watch.
    pub(crate) fn watch(&self) -> watch::Receiver<Health> {
        self.shown.subscribe()
    }

    /// Which application a bot is.
    pub(crate) fn introduce(&self, bot: usize, application: ApplicationId, name: &str) {
        self.change(bot, |bot| {
            bot.application = Some(application);
            bot.name = name.to_owned();
        });
    }

    /// How many shards it has.
    pub(crate) fn shards(&self, bot: usize, count: u32) {
        let starting = || (0..count).map(|_| ShardState::Starting).collect();
        self.change(bot, |bot| bot.shards = starting());
    }

    /// What a shard is doing now.
    pub(crate) fn shard(&self, bot: usize, shard: u32, state: &ShardState) {
        self.change(bot, |bot| {
            if let Some(place) = usize::try_from(shard)
                .ok()
                .and_then(|at| bot.shards.get_mut(at))
            {
                *place = state.clone();
            }
            let live = |state: &ShardState| *state == ShardState::Live;
            bot.was_ready |= !bot.shards.is_empty() && bot.shards.iter().all(live);
        });
    }

    /// Something is the matter, or no longer.
    pub(crate) fn trouble(&self, bot: usize, trouble: Trouble, reason: Option<String>) {
        self.change(bot, |bot| match reason {
            Some(reason) => drop(bot.troubles.insert(trouble, reason)),
            None => drop(bot.troubles.remove(&trouble)),
        });
    }

    /// Its commands are registered.
    pub(crate) fn commands_registered(&self, bot: usize) {
        self.change(bot, |bot| bot.commands_registered = true);
    }

    /// It has stopped.
    pub(crate) fn failed(&self, bot: usize, reason: String) {
        self.change(bot, |bot| bot.failed = Some(reason));
    }

    /// An event could not be read. It shows with the next change, and at every look.
    pub(crate) fn undecodable(&self, bot: usize) {
        if let Some(count) = self.undecodable.get(bot) {
            let before = count.fetch_add(1, Ordering::Relaxed);
            // The first of many, and then each hundredth, is worth waking those who watch.
            if before % 100 == 0 {
                self.change(bot, |_| ());
            }
        }
    }

    fn change(&self, at: usize, change: impl FnOnce(&mut Bot)) {
        let mut bots = self.bots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bot) = bots.get_mut(at) {
            change(bot);
        }
        tell_sessions(&bots);
        let counts = self
            .undecodable
            .iter()
            .map(|count| count.load(Ordering::Relaxed));
        let health = Health {
            bots: bots
                .iter()
                .zip(counts)
                .map(|(bot, count)| bot.health(count))
                .collect(),
        };
        drop(bots);
        self.shown.send_if_modified(|shown| {
            let is_new = *shown != health;
            *shown = health;
            is_new
        });
    }
}

fn tell_sessions(bots: &[Bot]) {
    let count = |wanted: fn(&ShardState) -> bool| {
        let shards = bots.iter().flat_map(|bot| &bot.shards);
        shards.filter(|state| wanted(state)).count()
    };
    meters::sessions("starting", count(|state| *state == ShardState::Starting));
    meters::sessions("live", count(|state| *state == ShardState::Live));
    meters::sessions("down", count(|state| matches!(state, ShardState::Down(_))));
    meters::sessions(
        "failed",
        count(|state| matches!(state, ShardState::Failed(_))),
    );
}

impl Bot {
    fn health(&self, events_undecodable: u64) -> BotHealth {
        BotHealth {
            application: self.application,
            name: self.name.clone(),
            state: self.state(),
            commands_registered: self.commands_registered,
            was_ready: self.was_ready,
            events_undecodable,
        }
    }

    fn state(&self) -> BotState {
        if let Some(reason) = &self.failed {
            return BotState::Failed {
                reason: reason.clone(),
            };
        }
        let failed = self.shards.iter().find_map(|state| match state {
            ShardState::Failed(reason) => Some(reason),
            _ => None,
        });
        if let Some(reason) = failed {
            let reason = reason.clone();
            return if self.shards.contains(&ShardState::Live) {
                BotState::Degraded { reason }
            } else {
                BotState::Failed { reason }
            };
        }
        let down = self.shards.iter().filter_map(|state| match state {
            ShardState::Down(reason) => Some(reason.as_str()),
            _ => None,
        });
        let reasons: Vec<&str> = down
            .take(1)
            .chain(self.troubles.values().map(String::as_str))
            .collect();
        if !reasons.is_empty() {
            return BotState::Degraded {
                reason: reasons.join("; "),
            };
        }
        let live =
            !self.shards.is_empty() && self.shards.iter().all(|state| *state == ShardState::Live);
        if live {
            BotState::Live
        } else {
            BotState::Starting
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Board, BotState, ShardState, Trouble};

    fn state(board: &Board) -> BotState {
        board.watch().borrow().bots[0].state.clone()
    }

    #[test]
    fn a_bot_is_live_when_all_its_shards_are() {
        let board = Board::new(1);
        board.shards(0, 2);
        board.shard(0, 0, &ShardState::Live);
        assert_eq!(state(&board), BotState::Starting);
        board.shard(0, 1, &ShardState::Live);
        assert_eq!(state(&board), BotState::Live);
        assert!(board.watch().borrow().bots[0].was_ready);
    }

    #[test]
    fn a_shard_that_is_down_or_a_trouble_degrades_and_says_why() {
        let board = Board::new(1);
        board.shards(0, 1);
        board.shard(0, 0, &ShardState::Live);
        board.trouble(0, Trouble::Intents, Some("no content".to_owned()));
        assert!(matches!(state(&board), BotState::Degraded { reason } if reason == "no content"));
        board.trouble(0, Trouble::Intents, None);
        board.shard(0, 0, &ShardState::Down("away".to_owned()));
        assert!(matches!(state(&board), BotState::Degraded { reason } if reason == "away"));
        board.shard(0, 0, &ShardState::Failed("stopped".to_owned()));
        assert!(matches!(state(&board), BotState::Failed { reason } if reason == "stopped"));
    }
}
