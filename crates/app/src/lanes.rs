//! Bounded lanes: what one member does is handled in order, and different members' events side by side.
//!
//! An event waits in the lane that its key falls into. A lane runs one event at a time and waits for the database
//! only; many lanes' writes share one commit. While the database is away, what may wait is parked in its order, and
//! commands go past it to be refused.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
};

use chat::{Incoming, Overflow};
use futures_util::FutureExt;
use kernel::{ChannelId, GuildId, Stopwatch, UserId};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use crate::{
    parked::Parked,
    router::{Arrival, Router},
};

/// How many lanes there are. Enough that a commit is shared by many, few enough to cost nothing at rest.
const LANES: usize = 256;
/// How many events may wait in one lane.
const WAITING_MAX: usize = 256;

/// What must be handled in order.
#[derive(Debug, Clone, Copy, Hash, PartialEq, Eq)]
pub(crate) enum LaneKey {
    /// What a member does in a guild.
    Member(GuildId, UserId),
    /// What a user does in direct messages.
    Direct(UserId),
    /// What happens in a channel.
    Channel(ChannelId),
    /// What happens to a guild.
    Guild(GuildId),
}

impl LaneKey {
    pub(crate) fn of(incoming: &Incoming) -> Self {
        match incoming {
            Incoming::Invoked(invocation) => {
                Self::of_member(invocation.guild, invocation.asker.user)
            }
            Incoming::Wrote(message) | Incoming::Edited(message) => {
                Self::of_member(message.guild, message.author)
            }
            Incoming::GuildAvailable(guild) => Self::Guild(guild.guild),
            Incoming::GuildGone { guild, .. } => Self::Guild(*guild),
            Incoming::Member(change) => Self::Guild(change.guild),
            Incoming::Deleted(deleted) => Self::Channel(deleted.channel),
            Incoming::Reacted(reaction) => Self::of_member(reaction.guild, reaction.user),
        }
    }

    fn of_member(guild: Option<GuildId>, user: UserId) -> Self {
        guild.map_or(Self::Direct(user), |guild| Self::Member(guild, user))
    }
}

/// The lanes.
#[derive(Debug)]
pub(crate) struct Lanes {
    senders: Vec<mpsc::Sender<Arrival>>,
}

impl Lanes {
    /// Opens the lanes; they end when they are dropped and empty.
    pub(crate) fn open(router: &Router, tasks: &TaskTracker) -> Self {
        let senders = (0..LANES).map(|_| {
            let (sender, receiver) = mpsc::channel(WAITING_MAX);
            tasks.spawn(run_lane(router.clone(), receiver));
            sender
        });
        Self {
            senders: senders.collect(),
        }
    }

    /// Puts an event into its lane.
    pub(crate) fn put(&self, arrival: Arrival) -> Result<(), Overflow> {
        let mut hasher = DefaultHasher::new();
        LaneKey::of(&arrival.incoming).hash(&mut hasher);
        let lanes = u64::try_from(self.senders.len()).unwrap_or(1).max(1);
        let place = usize::try_from(hasher.finish() % lanes).unwrap_or(0);
        let lane = self.senders.get(place).ok_or(Overflow)?;
        lane.try_send(arrival).map_err(|_| Overflow)
    }
}

async fn run_lane(router: Router, mut receiver: mpsc::Receiver<Arrival>) {
    let mut parked = Parked::default();
    loop {
        let due = parked.due();
        let next = tokio::select! {
            next = receiver.recv() => next,
            () = moment(due), if due.is_some() => {
                retry(&router, &mut parked).await;
                continue;
            }
        };
        match next {
            Some(arrival) if !parked.is_empty() && can_wait(&arrival.incoming) => {
                parked.put(arrival, router.now());
            }
            Some(arrival) => {
                if let Some(put_off) = handle(&router, arrival).await {
                    parked.put(put_off, router.now());
                }
            }
            None => return parked.give_up(),
        }
    }
}

/// Whose event it is, for counting what each guild takes.
fn guild_of(incoming: &Incoming) -> Option<GuildId> {
    match incoming {
        Incoming::Invoked(invocation) => invocation.guild,
        Incoming::Wrote(message) | Incoming::Edited(message) => message.guild,
        Incoming::GuildAvailable(guild) => Some(guild.guild),
        Incoming::GuildGone { guild, .. } => Some(*guild),
        Incoming::Member(change) => Some(change.guild),
        Incoming::Deleted(deleted) => deleted.guild,
        Incoming::Reacted(reaction) => reaction.guild,
    }
}

async fn moment(due: Option<tokio::time::Instant>) {
    if let Some(due) = due {
        tokio::time::sleep_until(due).await;
    }
}

/// Messages and what happens to them may wait for the database; whoever used a command is waiting for words.
const fn can_wait(incoming: &Incoming) -> bool {
    !matches!(incoming, Incoming::Invoked(_))
}

/// Handles what is parked, oldest first, until the database turns out to be away still.
async fn retry(router: &Router, parked: &mut Parked) {
    while let Some((arrival, since)) = parked.take(router.now()) {
        if let Some(put_off) = handle(router, arrival).await {
            return parked.put_back(put_off, since);
        }
    }
}

/// Handles an event; gives it back where it must wait for the database.
async fn handle(router: &Router, arrival: Arrival) -> Option<Arrival> {
    let (guild, waited) = (guild_of(&arrival.incoming), arrival.waits.elapsed());
    let work = Stopwatch::start();
    let handled = std::panic::AssertUnwindSafe(router.handle(arrival)).catch_unwind();
    let handled = handled.await;
    if let Some(guild) = guild {
        router.paced(guild, waited, work.elapsed());
    }
    handled.unwrap_or_else(|_| {
        // What panics inside a use case is caught by the store; this is the last net, so that a lane never ends.
        metrics::counter!("guildhall_events_panicked_total").increment(1);
        tracing::error!("an event panicked outside its transaction; its lane goes on");
        None
    })
}
