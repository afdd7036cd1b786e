//! A shard: one connection after another, each from where the last one ended, until it is told to stop or must.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use kernel::Chance;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use twilight_model::gateway::Intents;

use super::{
    Dialler, Identifies, Pump, Slot,
    backoff::{Backoff, between_half_and},
    connection::{Ended, Outcome, run},
};
use crate::{
    health::{Board, ShardState, Trouble},
    meters,
    rest::Rest,
    store::ShardKey,
};

/// So many connections in a row that ended before they were ready stop the shard.
const CLOSES_BEFORE_READY_MAX: u32 = 8;
/// A shard that stopped for that looks again this seldom, for Discord may have been ill.
const LOOK_AGAIN: Duration = Duration::from_secs(15 * 60);
/// So many connections in a row that ended by the same garbage give the session up.
const STUCK_MAX: u32 = 3;
/// Discord asks for this long before a session is started after one was refused.
const AFTER_REFUSED_SESSION: Duration = Duration::from_secs(5);

/// What a bot wants to be told, less what Discord does not allow it.
#[derive(Debug)]
pub(crate) struct Intended {
    intents: AtomicU64,
    rest: Arc<Rest>,
    board: Arc<Board>,
    bot: usize,
}

const WANTED: Intents = Intents::GUILDS
    .union(Intents::GUILD_MEMBERS)
    .union(Intents::GUILD_MESSAGES)
    .union(Intents::GUILD_MESSAGE_REACTIONS)
    .union(Intents::DIRECT_MESSAGES)
    .union(Intents::DIRECT_MESSAGE_REACTIONS)
    .union(Intents::MESSAGE_CONTENT);
/// The flags that allow an intent: for a verified application, and for a small one.
pub(crate) const MEMBERS_FLAGS: u64 = 1 << 14 | 1 << 15;
pub(crate) const CONTENT_FLAGS: u64 = 1 << 18 | 1 << 19;

/// The intents that an application with these flags may have, and the names of those that it may not.
fn allowed(flags: u64) -> (Intents, Vec<&'static str>) {
    let (mut intents, mut lacking) = (WANTED, Vec::new());
    for (intent, bits, name) in [
        (
            Intents::GUILD_MEMBERS,
            MEMBERS_FLAGS,
            "Server Members Intent",
        ),
        (
            Intents::MESSAGE_CONTENT,
            CONTENT_FLAGS,
            "Message Content Intent",
        ),
    ] {
        if flags & bits == 0 {
            intents.remove(intent);
            lacking.push(name);
        }
    }
    (intents, lacking)
}

/// What does not work without an intent.
pub(crate) fn features_of(intent: &str) -> &'static str {
    match intent {
        "Message Content Intent" => {
            "moderation rules read only messages that mention the bot, and personas answer only when they are mentioned, replied to or asked with /chat"
        }
        _ => "joins, leaves and changes of members are not seen as they happen",
    }
}

impl Intended {
    /// All that an application with these flags may have.
    pub(crate) fn new(flags: u64, rest: Arc<Rest>, board: Arc<Board>, bot: usize) -> Self {
        let intended = Self {
            intents: AtomicU64::new(0),
            rest,
            board,
            bot,
        };
        intended.settle(flags);
        intended
    }

    /// What is asked for now.
    pub(super) fn intents(&self) -> Intents {
        Intents::from_bits_truncate(self.intents.load(Ordering::Relaxed))
    }

    fn settle(&self, flags: u64) {
        let (intents, lacking) = allowed(flags);
        self.intents.store(intents.bits(), Ordering::Relaxed);
        let reason = (!lacking.is_empty()).then(|| {
            let names = lacking.join(" and ");
            let off: Vec<&str> = lacking.iter().map(|name| features_of(name)).collect();
            let off = off.join("; ");
            format!("the application lacks the {names}, so {off}: turn it on in Discord's developer portal under Bot, then restart")
        });
        self.board.trouble(self.bot, Trouble::Intents, reason);
    }

    /// Discord refused them: asks anew what is allowed. Where Discord contradicts itself, none of the privileged is.
    async fn reduce(&self) {
        let before = self.intents();
        let flags = self
            .rest
            .application()
            .await
            .map_or(0, |application| application.flags);
        self.settle(flags);
        if self.intents() == before {
            self.settle(0);
        }
    }

    fn has_privileged(&self) -> bool {
        self.intents()
            .intersects(Intents::GUILD_MEMBERS | Intents::MESSAGE_CONTENT)
    }
}

/// One shard of a bot.
#[derive(Debug)]
pub(crate) struct Shard {
    pub(crate) bot: usize,
    pub(crate) key: ShardKey,
    pub(crate) token: SecretString,
    pub(crate) gateway: String,
    pub(crate) dialler: Dialler,
    pub(crate) slot: Arc<Slot>,
    pub(crate) intended: Arc<Intended>,
    pub(crate) identifies: Arc<Identifies>,
    pub(crate) pump: Arc<Pump>,
    pub(crate) board: Arc<Board>,
    pub(crate) chance: Arc<dyn Chance>,
}

/// What follows the end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    /// Nothing: it was told to stop.
    Stop,
    /// Nothing, for this reason.
    Fail(String),
    /// Another, that takes the session up.
    Resume,
    /// Another, with a new session.
    Anew,
    /// Another, with a new session that asks for less.
    AskForLess,
}

fn next(ended: &Ended) -> Next {
    match ended {
        Ended::Stopped => Next::Stop,
        Ended::Closed {
            code: Some(code), ..
        } => after_close(*code),
        Ended::InvalidSession { resumable: false } => Next::Anew,
        _ => Next::Resume,
    }
}

fn after_close(code: u16) -> Next {
    let fail = |words: &str| Next::Fail(format!("{words} (close code {code})"));
    match code {
        4004 => fail("Discord refuses the bot's token: put a valid one in place and restart"),
        4010 => fail("Discord does not know this shard: restart, so that shards are planned anew"),
        4011 => fail(
            "the bot is in so many servers that Discord wants more shards: restart, so that shards are planned anew",
        ),
        4012 => fail("Discord no longer speaks this version of its gateway: update Guildhall"),
        4013 => fail("Discord does not know the intents that were asked for: update Guildhall"),
        4014 => Next::AskForLess,
        4003 | 4007 | 4009 => Next::Anew,
        _ => Next::Resume,
    }
}

/// How an end reads for a person.
fn words(ended: &Ended) -> String {
    match ended {
        Ended::Stopped => "it was stopped".to_owned(),
        Ended::NotConnected(why) | Ended::Lost(why) | Ended::Garbage(why) => why.clone(),
        Ended::Dead => "the gateway answered no heartbeat".to_owned(),
        Ended::Closed { code, reason } => {
            let code = code.map_or_else(|| "no code".to_owned(), |code| format!("code {code}"));
            format!("the gateway closed the connection ({code}, `{reason}`)")
        }
        Ended::Reconnect => "the gateway asked for another connection".to_owned(),
        Ended::InvalidSession { .. } => "the gateway refused the session".to_owned(),
        Ended::NeverReady => "the gateway never said that it was ready".to_owned(),
    }
}

const fn label(ended: &Ended) -> &'static str {
    match ended {
        Ended::Stopped => "stopped",
        Ended::NotConnected(_) => "not_connected",
        Ended::Lost(_) => "lost",
        Ended::Dead => "dead",
        Ended::Closed { .. } => "closed",
        Ended::Reconnect => "reconnect",
        Ended::InvalidSession { .. } => "invalid_session",
        Ended::Garbage(_) => "garbage",
        Ended::NeverReady => "never_ready",
    }
}

/// How a shard has fared of late.
#[derive(Debug, Default)]
struct Record {
    backoff: Backoff,
    closes_before_ready: u32,
    stuck: u32,
    avoid_resume_address: bool,
}

impl Record {
    fn note(&mut self, outcome: &Outcome) {
        if outcome.was_ready {
            self.closes_before_ready = 0;
            self.backoff.was_ready(outcome.lived);
        } else if !matches!(outcome.ended, Ended::NotConnected(_)) {
            self.closes_before_ready += 1;
        }
        let is_garbage = matches!(outcome.ended, Ended::Garbage(_));
        self.stuck = if is_garbage && !outcome.progressed {
            self.stuck + 1
        } else {
            0
        };
        // The address to resume at may be gone: then the next dial goes to the front door.
        let failed = matches!(outcome.ended, Ended::NotConnected(_));
        self.avoid_resume_address = failed && !self.avoid_resume_address;
    }
}

impl Shard {
    /// Connects again and again until told to stop, or until there is no use.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut record = Record::default();
        loop {
            let address = self.address(&record);
            let outcome = run(&self, &address, &stop).await;
            meters::connection_ended(label(&outcome.ended));
            record.note(&outcome);
            let mut next = next(&outcome.ended);
            if next == Next::AskForLess && !self.intended.has_privileged() {
                next = Next::Fail(
                    "Discord refuses even the intents that every application has".to_owned(),
                );
            }
            match next {
                Next::Stop => return,
                Next::Fail(reason) => return self.fail(reason),
                Next::Resume if record.stuck >= STUCK_MAX => self.slot.set(None),
                Next::Resume => {}
                Next::Anew => self.slot.set(None),
                Next::AskForLess => {
                    self.slot.set(None);
                    self.intended.reduce().await;
                }
            }
            let pause = self.pause(&outcome, &mut record);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Where to dial. A session is never resumed over a weaker connection than the front door's.
    fn address(&self, record: &Record) -> String {
        let is_as_safe =
            |url: &String| url.starts_with("wss://") || self.gateway.starts_with("ws://");
        let resume = self.slot.get().map(|session| session.resume_url);
        let resume = resume.filter(|url| !record.avoid_resume_address && is_as_safe(url));
        resume.unwrap_or_else(|| self.gateway.clone())
    }

    fn fail(&self, reason: String) {
        tracing::error!(application = %self.key.application, shard = self.key.shard, reason, "a shard has stopped");
        self.board
            .shard(self.bot, self.key.shard, &ShardState::Failed(reason));
    }

    /// Says what is the matter, and how long to wait.
    fn pause(&self, outcome: &Outcome, record: &mut Record) -> Duration {
        let why = words(&outcome.ended);
        if record.closes_before_ready >= CLOSES_BEFORE_READY_MAX {
            let times = record.closes_before_ready;
            self.fail(format!("{times} connections in a row ended before they were ready; the last: {why}; looking again in 15 minutes, or at a restart"));
            return LOOK_AGAIN;
        }
        let (application, shard) = (self.key.application, self.key.shard);
        tracing::info!(%application, shard, why, "a gateway connection ended");
        self.board.shard(self.bot, shard, &ShardState::Down(why));
        let pause = record.backoff.pause(&*self.chance);
        if outcome.ended == (Ended::InvalidSession { resumable: false }) {
            return pause.max(between_half_and(AFTER_REFUSED_SESSION, &*self.chance));
        }
        pause
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use twilight_model::gateway::Intents;

    use super::{Ended, Next, Outcome, Record, allowed, next};

    fn closed(code: u16) -> Ended {
        Ended::Closed {
            code: Some(code),
            reason: String::new(),
        }
    }

    fn outcome(ended: Ended, was_ready: bool) -> Outcome {
        Outcome {
            ended,
            was_ready,
            progressed: was_ready,
            lived: Duration::from_secs(1),
        }
    }

    #[test]
    fn g2_a_session_is_given_up_only_where_discord_says_so() {
        for keeps in [
            closed(4000),
            closed(4008),
            closed(1001),
            closed(1006),
            Ended::Dead,
            Ended::Reconnect,
            Ended::InvalidSession { resumable: true },
            Ended::Lost(String::new()),
        ] {
            assert_eq!(next(&keeps), Next::Resume, "{keeps:?}");
        }
        for gives_up in [
            closed(4007),
            closed(4009),
            Ended::InvalidSession { resumable: false },
        ] {
            assert_eq!(next(&gives_up), Next::Anew, "{gives_up:?}");
        }
    }

    #[test]
    fn fatal_codes_stop_with_a_reason_that_says_what_to_do() {
        for code in [4004, 4010, 4011, 4012, 4013] {
            let Next::Fail(reason) = next(&closed(code)) else {
                panic!("{code} goes on")
            };
            assert!(
                reason.contains(&code.to_string()) && reason.contains(':'),
                "{reason}"
            );
        }
        assert_eq!(next(&closed(4014)), Next::AskForLess);
    }

    #[test]
    fn intents_that_the_application_lacks_are_not_asked_for() {
        let (intents, lacking) = allowed(1 << 15);
        assert!(
            intents.contains(Intents::GUILD_MEMBERS) && !intents.contains(Intents::MESSAGE_CONTENT)
        );
        assert_eq!(lacking, ["Message Content Intent"]);
        assert_eq!(allowed(1 << 14 | 1 << 18).1, Vec::<&str>::new());
    }

    #[test]
    fn g1_connections_that_never_become_ready_are_counted_and_unreachable_ones_are_not() {
        let mut record = Record::default();
        record.note(&outcome(closed(1000), false));
        record.note(&outcome(Ended::NotConnected(String::new()), false));
        record.note(&outcome(Ended::NeverReady, false));
        assert_eq!(record.closes_before_ready, 2);
        record.note(&outcome(Ended::Dead, true));
        assert_eq!(record.closes_before_ready, 0);
    }

    #[test]
    fn an_address_that_can_t_be_dialled_is_tried_every_other_time() {
        let mut record = Record::default();
        let tried: Vec<bool> = (0..3)
            .map(|_| {
                record.note(&outcome(Ended::NotConnected(String::new()), false));
                record.avoid_resume_address
            })
            .collect();
        assert_eq!(tried, [true, false, true]);
    }
}
