//! Names of many members at once: out of the memory, and for the rest one request over the gateway for a hundred.
//!
//! R1  An answer counts only for the request that it names, from the bot and guild that were asked, and for the
//!     members that were asked for; each is remembered, and that a user is no member as well.
//! R2  A shard is asked a quarter as often as its gateway allows, so that heartbeats and resumes always go out. Beyond
//!     that, and without a connection, nothing is asked and nobody waits.
//! R3  A request lives on when nobody waits for it any more: its answer is remembered when it comes.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use kernel::{Chance, GuildId, Stopwatch, UserId};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use crate::{
    decode::{MembersChunk, REQUESTED_MAX},
    known::Known,
};

/// Discord closes a connection on which more than 120 messages a minute come in, heartbeats among them.
const REQUESTS_MAX: usize = 30;
const REQUESTS_WITHIN: Duration = Duration::from_secs(60);
/// An answer that has not come by then never will: the same members may be asked for again.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// The requests of one process, over the shards of all its bots.
#[derive(Debug)]
pub(crate) struct RollCall {
    known: Arc<Known>,
    since: Stopwatch,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The shards of each bot.
    bots: HashMap<usize, Vec<Line>>,
    requests: BTreeMap<u64, Request>,
    next_nonce: u64,
}

/// The way to a shard.
#[derive(Debug, Default)]
struct Line {
    /// Leads to the connection, while there is one.
    bodies: Option<mpsc::Sender<Value>>,
    /// When each request of the last minute was made.
    spent: VecDeque<Duration>,
}

/// A request without its whole answer yet. When it is dropped, whoever waits for it goes on.
#[derive(Debug)]
struct Request {
    bot: usize,
    shard: usize,
    guild: GuildId,
    users: BTreeSet<UserId>,
    made: Duration,
    over: watch::Sender<()>,
}

/// A request that somebody waits for.
#[derive(Debug)]
struct Awaited {
    made: Duration,
    over: watch::Receiver<()>,
}

/// A shard's end of the way to it: what its connection is to send. Nothing is asked any more once it is dropped.
#[derive(Debug)]
pub(crate) struct OpenLine {
    roll_call: Arc<RollCall>,
    bot: usize,
    shard: usize,
    bodies: mpsc::Receiver<Value>,
}

impl RollCall {
    pub(crate) fn new(known: Arc<Known>, chance: &dyn Chance) -> Self {
        let state = State {
            bots: HashMap::new(),
            requests: BTreeMap::new(),
            // A session outlives the process, and so may answers: the next one is to find their marks foreign.
            next_nonce: chance.bits(),
        };
        Self {
            known,
            since: Stopwatch::start(),
            state: Mutex::new(state),
        }
    }

    /// A connection of a bot's shard is ready.
    pub(crate) fn open(self: &Arc<Self>, bot: usize, shard: u32, shards: u32) -> OpenLine {
        let (shard, shards) = (as_index(shard), as_index(shards));
        let (sender, bodies) = mpsc::channel(REQUESTS_MAX);
        let mut state = self.state();
        let lines = state.bots.entry(bot).or_default();
        lines.resize_with(shards, Line::default);
        if let Some(line) = lines.get_mut(shard) {
            line.bodies = Some(sender);
        }
        drop(state);
        OpenLine {
            roll_call: Arc::clone(self),
            bot,
            shard,
            bodies,
        }
    }

    /// What members are called, as far as it is remembered, or a bot hears it within this time.
    pub(crate) async fn names(
        &self,
        bot: usize,
        guild: GuildId,
        users: &BTreeSet<UserId>,
        within: Duration,
    ) -> BTreeMap<UserId, String> {
        let (names, unheard) = self.known.names(guild, users);
        let now = self.since.elapsed();
        let awaited = self.request(bot, guild, unheard, now);
        if awaited.is_empty() {
            return names;
        }
        join_all(awaited.into_iter().map(|one| one.over(now, within))).await;
        self.known.names(guild, users).0
    }

    /// Sees to it that these members are asked for, as far as they can be.
    fn request(
        &self,
        bot: usize,
        guild: GuildId,
        mut users: BTreeSet<UserId>,
        now: Duration,
    ) -> Vec<Awaited> {
        if users.is_empty() {
            return Vec::new();
        }
        let mut state = self.state();
        state
            .requests
            .retain(|_, request| request.made + ANSWERED_WITHIN > now);
        let mut awaited = state.shared(guild, &mut users);
        let users: Vec<UserId> = users.into_iter().collect();
        let chunks = users.chunks(REQUESTED_MAX);
        awaited.extend(chunks.map_while(|users| state.make(bot, guild, users, now)));
        awaited
    }

    /// Takes in what a bot was answered.
    pub(crate) fn answered(&self, bot: usize, chunk: MembersChunk) {
        let mut state = self.state();
        let asked = state.requests.get_mut(&chunk.nonce);
        let Some(request) = asked.filter(|it| it.bot == bot && it.guild == chunk.guild) else {
            return;
        };
        let members = chunk.members.into_iter();
        let heard = members
            .map(|member| (member.user, Some(member)))
            .chain(chunk.strangers.into_iter().map(|user| (user, None)));
        for (user, member) in heard {
            if request.users.remove(&user) {
                self.known.heard(chunk.guild, user, member);
            }
        }
        if chunk.is_last || request.users.is_empty() {
            state.requests.remove(&chunk.nonce);
        }
    }

    fn close(&self, bot: usize, shard: usize) {
        let mut state = self.state();
        if let Some(line) = state.line(bot, shard) {
            line.bodies = None;
        }
        state
            .requests
            .retain(|_, request| (request.bot, request.shard) != (bot, shard));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn line(&mut self, bot: usize, shard: usize) -> Option<&mut Line> {
        self.bots.get_mut(&bot)?.get_mut(shard)
    }

    /// The requests that ask for some of these members already; those need not be asked for again.
    fn shared(&self, guild: GuildId, users: &mut BTreeSet<UserId>) -> Vec<Awaited> {
        let requests = self.requests.values();
        let of_guild = requests.filter(|request| request.guild == guild);
        let shared = of_guild.filter_map(|request| {
            let before = users.len();
            users.retain(|user| !request.users.contains(user));
            (users.len() < before).then(|| request.awaited())
        });
        shared.collect()
    }

    /// Makes a request, where the guild's shard is connected and was not asked too often.
    fn make(
        &mut self,
        bot: usize,
        guild: GuildId,
        users: &[UserId],
        now: Duration,
    ) -> Option<Awaited> {
        let nonce = self.next_nonce;
        let shard = shard_of(guild, self.bots.get(&bot)?.len())?;
        self.line(bot, shard)?.send(
            json!({"guild_id": guild, "user_ids": users, "limit": 0, "nonce": nonce.to_string()}),
            now,
        )?;
        self.next_nonce = nonce.wrapping_add(1);
        let request = Request {
            bot,
            shard,
            guild,
            users: users.iter().copied().collect(),
            made: now,
            over: watch::Sender::new(()),
        };
        let awaited = request.awaited();
        self.requests.insert(nonce, request);
        Some(awaited)
    }
}

impl Line {
    fn send(&mut self, body: Value, now: Duration) -> Option<()> {
        let bodies = self.bodies.as_ref()?;
        self.spent.retain(|made| *made + REQUESTS_WITHIN > now);
        if self.spent.len() >= REQUESTS_MAX {
            return None;
        }
        bodies.try_send(body).ok()?;
        self.spent.push_back(now);
        Some(())
    }
}

impl Request {
    fn awaited(&self) -> Awaited {
        Awaited {
            made: self.made,
            over: self.over.subscribe(),
        }
    }
}

impl Awaited {
    /// Waits for the answer. What was asked for long ago is not waited for: it would keep every page waiting anew.
    async fn over(mut self, now: Duration, within: Duration) {
        let left = within.saturating_sub(now.saturating_sub(self.made));
        // Nothing is ever sent: that the sender is gone says that the request is over.
        let _ = tokio::time::timeout(left, self.over.changed()).await;
    }
}

impl OpenLine {
    /// The next request to send. Giving this up in between loses none.
    pub(crate) async fn next(&mut self) -> Value {
        match self.bodies.recv().await {
            Some(body) => body,
            None => std::future::pending().await,
        }
    }
}

impl Drop for OpenLine {
    fn drop(&mut self) {
        self.roll_call.close(self.bot, self.shard);
    }
}

/// The shard that is told of a guild.
fn shard_of(guild: GuildId, shards: usize) -> Option<usize> {
    let shards = u64::try_from(shards).ok()?;
    let shard = (guild.get() >> 22).checked_rem(shards)?;
    usize::try_from(shard).ok()
}

fn as_index(shard: u32) -> usize {
    usize::try_from(shard).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
