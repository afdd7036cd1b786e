//! What each bot and each of its shards is doing, in full, for the operator's eyes.

use std::{sync::Arc, time::Duration};

use kernel::Timestamp;

use crate::health::{Board, BotHealth, BotState};

/// What one bot is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotReport {
    /// Its state, and the reason in words.
    pub health: BotHealth,
    /// Since when it is in that state.
    pub since: Timestamp,
    /// How many new sessions Discord allows it today, where it said so at the start.
    pub sessions_left: Option<u32>,
    /// What is the matter, the gravest first.
    pub troubles: Vec<BotTrouble>,
    /// Its shards, in order; none before they are planned.
    pub shards: Vec<ShardReport>,
}

/// Something that is the matter with a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotTrouble {
    /// What.
    pub reason: String,
    /// What the operator does about it.
    pub remedy: &'static str,
}

/// What one shard is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardReport {
    /// Which one, from zero.
    pub number: u32,
    /// Its state, and the reason in words.
    pub state: BotState,
    /// Since when it is in that state.
    pub since: Timestamp,
    /// How long the gateway took to answer the last heartbeat.
    pub heartbeat: Option<Duration>,
    /// How its last session came to be.
    pub begun: Option<Begun>,
    /// How many sessions it began anew since the start.
    pub identified: u64,
    /// How many it took up again.
    pub resumed: u64,
}

/// How a session came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Anew.
    Anew,
    /// It was taken up where the one before ended.
    Resumed,
}

/// Where one looks at the bots.
#[derive(Debug, Clone)]
pub struct Lookout(pub(crate) Arc<Board>);

impl Lookout {
    /// What each bot is doing, in the order in which they were configured.
    #[must_use]
    pub fn reports(&self) -> Vec<BotReport> {
        self.0.reports()
    }
}

impl Begun {
    /// The name, for metrics and the log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Anew => "identified",
            Self::Resumed => "resumed",
        }
    }
}
