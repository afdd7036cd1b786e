//! How many talks with personas go on at once, and in which order their answers appear. In memory alone, and bounded.
//!
//! An answer is written side by side with others, but appears after those of its channel that were asked for before.
//! Whoever asks again waits a moment for what their last words taught, so that it can be used.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::{ChannelId, GuildId, Span, UserId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Talks at once, of all guilds.
const TALKS_MAX: usize = 4_096;
/// Talks at once of one guild, so that a loud one leaves room for the others.
const GUILD_TALKS_MAX: usize = 128;
/// Judgements by models at once, of all guilds.
const JUDGEMENTS_MAX: usize = 512;
/// The longest wait for the answer before in the same channel.
const TURN_WITHIN: Span = Span::seconds(45);
/// The longest wait for what the last talk taught.
const LESSON_WITHIN: Span = Span::seconds(4);
/// Ends are forgotten once there are so many.
const ENDS_MAX: usize = 1_024;

/// The talks under way.
#[derive(Debug)]
pub(crate) struct Talks {
    places: Arc<Semaphore>,
    judgements: Arc<Semaphore>,
    guilds: Arc<Mutex<HashMap<GuildId, usize>>>,
    channels: Line<ChannelId>,
    lessons: Line<(GuildId, UserId)>,
}

/// Leave to talk, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    guild: GuildId,
    guilds: Arc<Mutex<HashMap<GuildId, usize>>>,
    _place: OwnedSemaphorePermit,
}

impl Talks {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(TALKS_MAX)),
            judgements: Arc::new(Semaphore::new(JUDGEMENTS_MAX)),
            guilds: Arc::default(),
            channels: Line::default(),
            lessons: Line::default(),
        }
    }

    /// Leave to talk in a guild; nothing where too many do.
    pub(crate) fn seat(&self, guild: GuildId) -> Option<Seat> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let mut guilds = locked(&self.guilds);
        let count = guilds.entry(guild).or_default();
        if *count >= GUILD_TALKS_MAX {
            return None;
        }
        *count += 1;
        Some(Seat {
            guild,
            guilds: Arc::clone(&self.guilds),
            _place: place,
        })
    }

    /// Leave to have a message judged; nothing where too many are.
    pub(crate) fn judgement(&self) -> Option<OwnedSemaphorePermit> {
        self.judgements.clone().try_acquire_owned().ok()
    }

    /// A place among the answers of a channel, after all that were asked for before.
    pub(crate) fn queue(&self, channel: ChannelId) -> Ticket {
        self.channels.join(channel)
    }

    /// From now until the ticket is dropped, what a member said is being learnt.
    pub(crate) fn lesson(&self, guild: GuildId, user: UserId) -> Ticket {
        self.lessons.join((guild, user))
    }

    /// Waits, not for long, until what a member said before is learnt.
    pub(crate) async fn lessons_over(&self, guild: GuildId, user: UserId) {
        if let Some(end) = self.lessons.last(&(guild, user)) {
            let _ = tokio::time::timeout(LESSON_WITHIN.to_std(), end.cancelled()).await;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut guilds = locked(&self.guilds);
        if let Some(count) = guilds.get_mut(&self.guild) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                guilds.remove(&self.guild);
            }
        }
    }
}

/// Those who wait for each other, by what they wait about.
#[derive(Debug)]
struct Line<K> {
    ends: Mutex<HashMap<K, CancellationToken>>,
}

impl<K> Default for Line<K> {
    fn default() -> Self {
        Self {
            ends: Mutex::default(),
        }
    }
}

/// A place in a line; who comes after waits until it is dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    before: Option<CancellationToken>,
    _end: DropGuard,
}

impl<K: Hash + Eq> Line<K> {
    fn join(&self, key: K) -> Ticket {
        let end = CancellationToken::new();
        let mut ends = locked(&self.ends);
        if ends.len() >= ENDS_MAX {
            ends.retain(|_, end| !end.is_cancelled());
        }
        Ticket {
            before: ends.insert(key, end.clone()),
            _end: end.drop_guard(),
        }
    }

    fn last(&self, key: &K) -> Option<CancellationToken> {
        locked(&self.ends).get(key).cloned()
    }
}

impl Ticket {
    /// Waits until whoever was before is done.
    pub(crate) async fn turn(&mut self) {
        if let Some(before) = self.before.take() {
            let _ = tokio::time::timeout(TURN_WITHIN.to_std(), before.cancelled()).await;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use kernel::Id;

    use super::{GUILD_TALKS_MAX, Talks};

    #[tokio::test]
    async fn an_answer_waits_for_those_asked_for_before_it() {
        let talks = Talks::new();
        let channel = Id::new(5).unwrap();
        let (mut first, mut second) = (talks.queue(channel), talks.queue(channel));
        let mut elsewhere = talks.queue(Id::new(6).unwrap());
        assert!(first.turn().now_or_never().is_some());
        assert!(elsewhere.turn().now_or_never().is_some());
        let mut waiting = Box::pin(second.turn());
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(first);
        assert!(waiting.now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_asks_again_waits_for_what_was_just_said() {
        let talks = Talks::new();
        let (guild, user) = (Id::new(1).unwrap(), Id::new(2).unwrap());
        let lesson = talks.lesson(guild, user);
        assert!(talks.lessons_over(guild, user).now_or_never().is_none());
        let other = Id::new(3).unwrap();
        assert!(talks.lessons_over(guild, other).now_or_never().is_some());
        drop(lesson);
        assert!(talks.lessons_over(guild, user).now_or_never().is_some());
    }

    #[test]
    fn a_loud_guild_leaves_room_for_the_others() {
        let talks = Talks::new();
        let (loud, calm) = (Id::new(1).unwrap(), Id::new(2).unwrap());
        let seats: Vec<_> = (0..GUILD_TALKS_MAX).map(|_| talks.seat(loud)).collect();
        assert!(seats.iter().all(Option::is_some));
        assert!(talks.seat(loud).is_none() && talks.seat(calm).is_some());
        drop(seats);
        assert!(talks.seat(loud).is_some());
    }
}
