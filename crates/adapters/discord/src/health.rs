//! What each bot is doing, for `/readyz`, the doctor and the dashboard: a state, and the reason in words.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use kernel::{ApplicationId, Clock, Timestamp};
use tokio::sync::watch;

use crate::{
    lookout::{Begun, BotReport, BotTrouble, ShardReport},
    meters,
};

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

impl Trouble {
    /// What the operator does about it; what the reason says already is not said again.
    const fn remedy(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "It is tried again by itself. If it lasts, check this machine's network, and whether Discord itself has \
                 an outage."
            }
            Self::Intents => {
                "The switches are in Discord's developer portal, in the application, under Bot, Privileged Gateway \
                 Intents. An application that is in a hundred servers or more needs Discord's approval first."
            }
            Self::Commands => {
                "Registering them is tried again by itself. If it lasts, the log says what Discord answers."
            }
            Self::Identifies => "The log says why each session ended; most often the network does.",
            Self::Sessions => {
                "The database keeps the sessions, so that a restart misses nothing: see whether it answers."
            }
        }
    }
}

/// What the operator does about a bot or a shard that has stopped.
const STOPPED: &str = "Do what the reason says, then restart Guildhall. Where the reason says so, it looks again by itself.";
/// What the operator does about a shard that is down.
const DOWN: &str =
    "It connects again by itself, within a minute at most, and takes up where it ended.";

/// A shard, and how it has fared.
#[derive(Debug)]
struct Shard {
    state: ShardState,
    since: Timestamp,
    heartbeat: Option<Duration>,
    begun: Option<Begun>,
    identified: u64,
    resumed: u64,
}

#[derive(Debug)]
struct Bot {
    application: Option<ApplicationId>,
    name: String,
    commands_registered: bool,
    was_ready: bool,
    shards: Vec<Shard>,
    /// Since when its state is what it is.
    since: Timestamp,
    /// How many new sessions Discord allowed when it was asked, and how many were begun since.
    allowed: Option<(u32, u32)>,
    troubles: BTreeMap<Trouble, String>,
    failed: Option<String>,
}

/// Where a bot's parts report. Everyone who watches sees the whole.
#[derive(Debug)]
pub(crate) struct Board {
    bots: Mutex<Vec<Bot>>,
    undecodable: Vec<AtomicU64>,
    shown: watch::Sender<Health>,
    clock: Arc<dyn Clock>,
}

impl Board {
    /// A board for so many bots.
    pub(crate) fn new(bots: usize, clock: Arc<dyn Clock>) -> Self {
        let now = clock.now();
        let board = Self {
            bots: Mutex::new((0..bots).map(|_| Bot::starting(now)).collect()),
            undecodable: (0..bots).map(|_| AtomicU64::new(0)).collect(),
            shown: watch::channel(Health::default()).0,
            clock,
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
        let now = self.clock.now();
        let starting = || (0..count).map(|_| Shard::starting(now)).collect();
        self.change(bot, |bot| bot.shards = starting());
    }

    /// How many new sessions Discord says that it may begin.
    pub(crate) fn sessions_allowed(&self, bot: usize, count: Option<u32>) {
        self.change(bot, |bot| bot.allowed = count.map(|count| (count, 0)));
    }

    /// A session of a shard is live, and how it came to be.
    pub(crate) fn session_begun(&self, bot: usize, shard: u32, begun: Begun) {
        let now = self.clock.now();
        self.change(bot, |bot| bot.begun(shard, begun, now));
    }

    /// The gateway answered a heartbeat of a shard. Nobody waits for that, so nobody is woken.
    pub(crate) fn heartbeat(&self, bot: usize, shard: u32, latency: Duration) {
        let mut bots = self.bots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shard) = bots.get_mut(bot).and_then(|bot| bot.shard(shard)) {
            shard.heartbeat = Some(latency);
        }
    }

    /// All that is known of each bot.
    pub(crate) fn reports(&self) -> Vec<BotReport> {
        let bots = self.bots.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = self
            .undecodable
            .iter()
            .map(|count| count.load(Ordering::Relaxed));
        let both = bots.iter().zip(counts);
        both.map(|(bot, count)| bot.report(count)).collect()
    }

    /// What a shard is doing now.
    pub(crate) fn shard(&self, bot: usize, shard: u32, state: &ShardState) {
        let now = self.clock.now();
        self.change(bot, |bot| bot.shard_is(shard, state, now));
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
            let before = bot.state();
            change(bot);
            if std::mem::discriminant(&before) != std::mem::discriminant(&bot.state()) {
                bot.since = self.clock.now();
            }
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
        shards.filter(|shard| wanted(&shard.state)).count()
    };
    meters::sessions("starting", count(|state| *state == ShardState::Starting));
    meters::sessions("live", count(|state| *state == ShardState::Live));
    meters::sessions("down", count(|state| matches!(state, ShardState::Down(_))));
    meters::sessions(
        "failed",
        count(|state| matches!(state, ShardState::Failed(_))),
    );
}

impl Shard {
    const fn starting(now: Timestamp) -> Self {
        Self {
            state: ShardState::Starting,
            since: now,
            heartbeat: None,
            begun: None,
            identified: 0,
            resumed: 0,
        }
    }

    fn report(&self, number: usize) -> ShardReport {
        let state = match self.state.clone() {
            ShardState::Starting => BotState::Starting,
            ShardState::Live => BotState::Live,
            ShardState::Down(reason) => BotState::Degraded { reason },
            ShardState::Failed(reason) => BotState::Failed { reason },
        };
        ShardReport {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            state,
            since: self.since,
            heartbeat: self.heartbeat,
            begun: self.begun,
            identified: self.identified,
            resumed: self.resumed,
        }
    }
}

impl Bot {
    const fn starting(now: Timestamp) -> Self {
        Self {
            application: None,
            name: String::new(),
            commands_registered: false,
            was_ready: false,
            shards: Vec::new(),
            since: now,
            allowed: None,
            troubles: BTreeMap::new(),
            failed: None,
        }
    }

    fn shard(&mut self, number: u32) -> Option<&mut Shard> {
        let place = usize::try_from(number).ok()?;
        self.shards.get_mut(place)
    }

    fn shard_is(&mut self, number: u32, state: &ShardState, now: Timestamp) {
        if let Some(shard) = self.shard(number) {
            if std::mem::discriminant(&shard.state) != std::mem::discriminant(state) {
                shard.since = now;
            }
            shard.state = state.clone();
        }
        let live = |shard: &Shard| shard.state == ShardState::Live;
        self.was_ready |= !self.shards.is_empty() && self.shards.iter().all(live);
    }

    fn begun(&mut self, number: u32, begun: Begun, now: Timestamp) {
        if let (Begun::Anew, Some((_, since))) = (begun, &mut self.allowed) {
            *since += 1;
        }
        if let Some(shard) = self.shard(number) {
            shard.begun = Some(begun);
            match begun {
                Begun::Anew => shard.identified += 1,
                Begun::Resumed => shard.resumed += 1,
            }
        }
        self.shard_is(number, &ShardState::Live, now);
    }

    fn report(&self, events_undecodable: u64) -> BotReport {
        let shards = self.shards.iter().enumerate();
        BotReport {
            health: self.health(events_undecodable),
            since: self.since,
            troubles: self.reasons(),
            sessions_left: self
                .allowed
                .map(|(allowed, begun)| allowed.saturating_sub(begun)),
            shards: shards.map(|(number, shard)| shard.report(number)).collect(),
        }
    }

    /// What is the matter, with what to do about it. Many shards that are down are one trouble, told of the first.
    fn reasons(&self) -> Vec<BotTrouble> {
        let trouble = |reason: &String, remedy| BotTrouble {
            reason: reason.clone(),
            remedy,
        };
        let failed = self.failed.as_ref().map(|reason| trouble(reason, STOPPED));
        let stopped = self.shards.iter().find_map(|shard| match &shard.state {
            ShardState::Failed(reason) => Some(trouble(reason, STOPPED)),
            _ => None,
        });
        let down = self.shards.iter().find_map(|shard| match &shard.state {
            ShardState::Down(reason) => Some(trouble(reason, DOWN)),
            _ => None,
        });
        let others = self.troubles.iter();
        let others = others.map(|(kind, reason)| trouble(reason, kind.remedy()));
        let all = failed.into_iter().chain(stopped).chain(down);
        all.chain(others).collect()
    }

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
        let failed = self.shards.iter().find_map(|shard| match &shard.state {
            ShardState::Failed(reason) => Some(reason),
            _ => None,
        });
        let is_live = |shard: &Shard| shard.state == ShardState::Live;
        if let Some(reason) = failed {
            let reason = reason.clone();
            return if self.shards.iter().any(is_live) {
                BotState::Degraded { reason }
            } else {
                BotState::Failed { reason }
            };
        }
        let down = self.shards.iter().filter_map(|shard| match &shard.state {
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
        if !self.shards.is_empty() && self.shards.iter().all(is_live) {
            BotState::Live
        } else {
            BotState::Starting
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use kernel::Span;
    use testkit::time::ManualClock;

    use super::{Begun, Board, BotState, ShardState, Trouble};

    fn board() -> (Board, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        (Board::new(1, clock.clone()), clock)
    }

    fn state(board: &Board) -> BotState {
        board.watch().borrow().bots[0].state.clone()
    }

    #[test]
    fn a_bot_is_live_when_all_its_shards_are() {
        let (board, _) = board();
        board.shards(0, 2);
        board.shard(0, 0, &ShardState::Live);
        assert_eq!(state(&board), BotState::Starting);
        board.shard(0, 1, &ShardState::Live);
        assert_eq!(state(&board), BotState::Live);
        assert!(board.watch().borrow().bots[0].was_ready);
    }

    #[test]
    fn a_shard_that_is_down_or_a_trouble_degrades_and_says_why() {
        let (board, _) = board();
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

    #[test]
    fn a_report_tells_since_when_how_sessions_came_to_be_and_how_many_are_left() {
        let (board, clock) = board();
        board.shards(0, 2);
        board.sessions_allowed(0, Some(990));
        clock.advance(Span::seconds(5));
        board.session_begun(0, 0, Begun::Anew);
        board.session_begun(0, 1, Begun::Resumed);
        board.heartbeat(0, 1, Duration::from_millis(40));
        clock.advance(Span::seconds(60));
        board.shard(0, 0, &ShardState::Down("away".to_owned()));
        clock.advance(Span::seconds(60));
        // Another reason is not another state.
        board.shard(0, 0, &ShardState::Down("still away".to_owned()));
        board.trouble(0, Trouble::Intents, Some("no content".to_owned()));
        let report = board.reports().remove(0);
        let reasons: Vec<_> = report.troubles.iter().map(|one| &*one.reason).collect();
        assert_eq!(reasons, ["still away", "no content"]);
        assert!(
            report.troubles[1]
                .remedy
                .contains("Privileged Gateway Intents")
        );
        assert_eq!(report.since.to_string(), "2026-11-20T10:01:05Z");
        assert_eq!(report.sessions_left, Some(989));
        let [first, second] = &*report.shards else {
            panic!("{report:?}")
        };
        assert_eq!(first.since.to_string(), "2026-11-20T10:01:05Z");
        assert!(
            matches!(&first.state, BotState::Degraded { reason } if reason == "still away"),
            "{first:?}"
        );
        assert_eq!((first.identified, first.resumed), (1, 0));
        assert_eq!((second.identified, second.resumed), (0, 1));
        assert_eq!(second.since.to_string(), "2026-11-20T10:00:05Z");
        assert_eq!(second.heartbeat, Some(Duration::from_millis(40)));
        assert_eq!(second.begun, Some(Begun::Resumed));
    }
}
