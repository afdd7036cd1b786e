//! What members wrote in the last minutes, counted in memory and bounded.
//!
//! A message counts once, however often it arrives; where it arrives again it makes the flood that it made before, for
//! what followed may not have been kept. What counts is when messages were written, not when they came. Nothing of a
//! text is kept but a number made of it. After a restart the counting begins anew.

use std::{
    collections::{HashMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

use kernel::{ChannelId, GuildId, MessageId, Span, Timestamp, UserId};

use crate::judge::FloodMessage;

/// No more messages of a member are remembered.
const MESSAGES_MAX: usize = 50;
/// None older than this either.
const WINDOW: Span = Span::minutes(10);

/// What members wrote in the last minutes.
#[derive(Debug)]
pub struct FloodState {
    members: HashMap<(GuildId, UserId), Member>,
    members_max: usize,
}

#[derive(Debug, Default)]
struct Member {
    messages: VecDeque<Wrote>,
    /// The last flood of each rule.
    floods: Vec<Flood>,
}

#[derive(Debug)]
struct Flood {
    /// The rule, by its place.
    rule: u16,
    /// The message that made it one.
    by: MessageId,
    /// When it ended: what was written until then counts no more for the rule.
    at: Timestamp,
    messages: Vec<FloodMessage>,
}

#[derive(Debug, Clone, Copy)]
struct Wrote {
    id: MessageId,
    spot: Spot,
    at: Timestamp,
    text: u64,
}

/// Where a message stands, as far as that says which rules hold for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) channel: ChannelId,
    /// The channel whose thread that is.
    pub(crate) thread_of: Option<ChannelId>,
    /// Whether its author may manage messages there.
    pub(crate) is_moderator: bool,
}

/// Which messages count for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alike {
    Any,
    /// Those with the same text alone.
    Same,
}

/// What a rule counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    pub(crate) rule: u16,
    pub(crate) messages: usize,
    pub(crate) span: Span,
    pub(crate) alike: Alike,
}

impl Default for FloodState {
    fn default() -> Self {
        Self::new(20_000)
    }
}

impl FloodState {
    /// Remembers at most this many members at once; those who wrote last.
    #[must_use]
    pub fn new(members_max: usize) -> Self {
        Self {
            members: HashMap::new(),
            members_max: members_max.max(1),
        }
    }

    /// How many members are remembered.
    #[must_use]
    pub fn members(&self) -> usize {
        self.members.len()
    }

    /// Counts a message, unless it was counted before; gives what its author wrote lately.
    pub(crate) fn count(
        &mut self,
        who: (GuildId, UserId),
        id: MessageId,
        spot: Spot,
        at: Timestamp,
        text: &[u8],
    ) -> Recent<'_> {
        if self.members.len() >= self.members_max && !self.members.contains_key(&who) {
            self.forget(at);
        }
        let member = self.members.entry(who).or_default();
        if let Some(last) = member.messages.iter().find(|wrote| wrote.id == id) {
            return Recent {
                last: *last,
                counted: Counted::Before,
                member,
            };
        }
        let oldest = at.before(WINDOW);
        // What came out of order goes with what is beside it; what is too old counts nowhere.
        while member
            .messages
            .front()
            .is_some_and(|wrote| wrote.at < oldest)
        {
            member.messages.pop_front();
        }
        member.floods.retain(|flood| flood.at >= oldest);
        if member.messages.len() >= MESSAGES_MAX {
            member.messages.pop_front();
        }
        let last = Wrote {
            id,
            spot,
            at,
            text: digest(text),
        };
        member.messages.push_back(last);
        Recent {
            last,
            counted: Counted::Now,
            member,
        }
    }

    /// Makes room: those who wrote nothing lately go first, then the quarter that has been silent longest.
    fn forget(&mut self, now: Timestamp) {
        let oldest = now.before(WINDOW);
        let last = |member: &Member| member.messages.back().map_or(oldest, |wrote| wrote.at);
        self.members.retain(|_, member| last(member) > oldest);
        if self.members.len() < self.members_max {
            return;
        }
        let mut times: Vec<Timestamp> = self.members.values().map(last).collect();
        let quarter = times.len() / 4;
        let (_, bound, _) = times.select_nth_unstable(quarter);
        let bound = *bound;
        self.members.retain(|_, member| last(member) > bound);
    }
}

/// What a member wrote lately, up to the message that was just counted.
#[derive(Debug)]
pub(crate) struct Recent<'a> {
    member: &'a mut Member,
    last: Wrote,
    counted: Counted,
}

/// When a message was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    Now,
    Before,
}

impl Recent<'_> {
    /// The messages that make a flood with the last one, where they do; they count no more afterwards. Only those
    /// count that stand where the rule holds.
    pub(crate) fn hits(
        &mut self,
        count: Count,
        holds: impl Fn(&Spot) -> bool,
    ) -> Option<Vec<FloodMessage>> {
        let (member, last) = (&mut *self.member, self.last);
        let mut floods = member.floods.iter();
        let before = floods.find(|flood| flood.rule == count.rule);
        if self.counted == Counted::Before {
            let same = before.filter(|flood| flood.by == last.id);
            return same.map(|flood| flood.messages.clone());
        }
        if member.messages.len() < count.messages {
            return None;
        }
        let end = member.end(last.at, count.span);
        let from = end.before(count.span);
        let counts = |wrote: &&Wrote| {
            wrote.at > from
                && wrote.at <= end
                && before.is_none_or(|flood| wrote.at > flood.at)
                && (count.alike == Alike::Any || wrote.text == last.text)
                && holds(&wrote.spot)
        };
        let counted = || member.messages.iter().filter(counts);
        if counted().count() < count.messages {
            return None;
        }
        let messages: Vec<FloodMessage> = counted().map(Wrote::placed).collect();
        member.floods.retain(|flood| flood.rule != count.rule);
        member.floods.push(Flood {
            rule: count.rule,
            by: last.id,
            at: end,
            messages: messages.clone(),
        });
        Some(messages)
    }
}

impl Member {
    /// When the latest message was written that is less than a span after this moment: ids of several channels may
    /// come a little out of order.
    fn end(&self, at: Timestamp, span: Span) -> Timestamp {
        let times = self.messages.iter().map(|wrote| wrote.at);
        let near = times.filter(|time| *time < at + span);
        near.fold(at, Timestamp::max)
    }
}

impl Wrote {
    const fn placed(&self) -> FloodMessage {
        FloodMessage {
            channel: Some(self.spot.channel),
            message: self.id,
        }
    }
}

fn digest(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use kernel::{ChannelId, GuildId, MessageId, Span, Timestamp, UserId};

    use super::{Alike, Count, FloodState, Spot};

    const FIVE: Count = Count {
        rule: 0,
        messages: 5,
        span: Span::seconds(5),
        alike: Alike::Any,
    };

    fn who(user: u64) -> (GuildId, UserId) {
        (GuildId::new(1).unwrap(), UserId::new(user).unwrap())
    }

    /// How many messages make a flood with this one, where they do.
    fn wrote(state: &mut FloodState, user: u64, id: u64, millis: i64) -> Option<usize> {
        let at = Timestamp::from_micros(millis * 1_000);
        let spot = Spot {
            channel: ChannelId::new(1).unwrap(),
            thread_of: None,
            is_moderator: false,
        };
        let mut recent = state.count(who(user), MessageId::new(id).unwrap(), spot, at, b"x");
        recent.hits(FIVE, |_| true).map(|found| found.len())
    }

    #[test]
    fn m5_a_message_that_arrives_twice_counts_once() {
        let mut state = FloodState::default();
        for id in 1..=4 {
            assert_eq!(wrote(&mut state, 7, id, 0), None);
            assert_eq!(wrote(&mut state, 7, id, 0), None);
        }
        assert_eq!(wrote(&mut state, 7, 5, 1), Some(5));
        assert_eq!(wrote(&mut state, 7, 6, 2), None, "the count begins anew");
    }

    /// Regression: a message whose decision the database did not take was known when it came again, and made no flood.
    #[test]
    fn m5_a_message_that_arrives_again_makes_the_flood_that_it_made_before() {
        let mut state = FloodState::default();
        for id in 1..=4 {
            wrote(&mut state, 7, id, 0);
        }
        for _ in 0..3 {
            assert_eq!(wrote(&mut state, 7, 5, 1), Some(5));
            assert_eq!(wrote(&mut state, 7, 4, 0), None, "it made none");
        }
        for id in 6..=9 {
            assert_eq!(wrote(&mut state, 7, id, 2), None, "{id}");
            assert_eq!(wrote(&mut state, 7, 5, 1), Some(5));
        }
        assert_eq!(wrote(&mut state, 7, 10, 3), Some(5));
    }

    #[test]
    fn what_comes_out_of_order_counts_by_when_it_was_written() {
        let mut state = FloodState::default();
        for id in 2..=5 {
            wrote(&mut state, 7, id, 60_000);
        }
        assert_eq!(wrote(&mut state, 7, 1, 0), None, "a minute older");
        assert_eq!(wrote(&mut state, 7, 6, 59_990), Some(5), "hardly older");
    }

    #[test]
    fn messages_outside_the_time_count_no_more() {
        let mut state = FloodState::default();
        for id in 1..=20 {
            let at = i64::try_from(id).unwrap() * 1_300;
            assert_eq!(wrote(&mut state, 7, id, at), None, "{id}");
        }
    }

    #[test]
    fn memory_is_bounded_whoever_writes() {
        let mut state = FloodState::new(100);
        for user in 1..=10_000 {
            wrote(&mut state, user, user, i64::try_from(user).unwrap());
            assert!(state.members() <= 100);
        }
        for id in 1..=1_000 {
            wrote(&mut state, 1, 20_000 + id, 20_000);
        }
        assert!(state.members[&who(1)].messages.len() <= 50);
    }
}
