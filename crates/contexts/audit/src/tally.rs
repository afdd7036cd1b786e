//! Counting decisions over a time, for charts: by quarter of an hour, kind, and what became of them; and hits by rule.
//!
//! A quarter, because every time zone's midnight falls on one. The background sums a guild's chain up by slot; what it
//! has not come to yet, which is of the last minute, is counted record by record. The chain only grows, and each record
//! stands in it once, so nothing is counted twice or passed over.

use std::collections::BTreeMap;

use ::store::{DbError, Tx};
use kernel::{GuildId, Span, Timestamp};

use crate::{
    entry::{Kind, Outcome},
    heads,
    store::tallies::{self, Counting},
};

/// The longest time that is counted at once.
pub const TALLY_SPAN_MAX: Span = Span::days(31);
/// The length of a slot.
pub const TALLY_SLOT: Span = Span::minutes(15);
/// The most links of a chain that one call sums up.
pub const SUM_UP_CHUNK_MAX: u32 = 500;
/// Hits of rules are summed up by the hour.
const HOUR: Span = Span::hours(1);

/// How many decisions of a kind came to the same in one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// When the slot begins.
    pub from: Timestamp,
    /// What sort of decision.
    pub kind: Kind,
    /// What became of them.
    pub outcome: Outcome,
    /// How many.
    pub count: u64,
}

/// A slot, a kind and an outcome; the names are the order.
type Place = (i64, &'static str, &'static str);
type Counted = (Kind, Outcome, i64);
/// An hour, a rule and an outcome.
type HitPlace = (i64, String, &'static str);
/// With the moment of the last hit.
type HitCount = (Outcome, i64, Timestamp);

/// Counts by slot, kind and outcome.
#[derive(Default)]
struct Counts(BTreeMap<Place, Counted>);

/// Counts by hour, rule and outcome.
#[derive(Default)]
struct Hits(BTreeMap<HitPlace, HitCount>);

impl Counts {
    fn add(&mut self, slot: i64, kind: Kind, outcome: Outcome, count: i64) {
        let place = (slot, kind.name(), outcome.name());
        let (_, _, sum) = self.0.entry(place).or_insert((kind, outcome, 0));
        *sum = sum.saturating_add(count);
    }

    fn count(&mut self, one: &Counting) {
        let slot = slot(one.at, TALLY_SLOT);
        if let Some(was) = one.was {
            self.add(slot, one.kind, was, -1);
        }
        self.add(slot, one.kind, one.outcome, 1);
    }
}

impl Hits {
    fn add(&mut self, hour: i64, rule: &str, outcome: Outcome, (count, at): (i64, Timestamp)) {
        let place = (hour, rule.to_owned(), outcome.name());
        let (_, sum, last) = self.0.entry(place).or_insert((outcome, 0, at));
        *sum = sum.saturating_add(count);
        *last = at.max(*last);
    }

    fn count(&mut self, hour: i64, one: &Counting) {
        let Some(rule) = one.rule.as_ref().filter(|_| one.kind == Kind::Moderation) else {
            return;
        };
        if let Some(was) = one.was {
            self.add(hour, rule, was, (-1, one.at));
        }
        self.add(hour, rule, one.outcome, (1, one.at));
    }
}

const fn slot(at: Timestamp, length: Span) -> i64 {
    at.micros().div_euclid(length.as_micros())
}

/// The decisions of a guild from a moment on and before another, at most [`TALLY_SPAN_MAX`] of them, oldest first. A
/// slot that began before the first moment counts as a whole.
///
/// # Errors
/// When the database fails.
pub fn tally(
    tx: &mut Tx<'_>,
    guild: GuildId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<Tally>, DbError> {
    let since = since.max(until.before(TALLY_SPAN_MAX));
    let within = (
        slot(since, TALLY_SLOT),
        slot(until, TALLY_SLOT).saturating_add(1),
    );
    let mut counts = Counts::default();
    for (slot, kind, outcome, count) in tallies::tally_list(tx, guild, within)? {
        counts.add(slot, kind, outcome, count);
    }
    let waiting = tallies::waiting_list(tx, guild)?;
    let waiting = waiting.iter();
    for one in waiting.filter(|one| one.at >= since && one.at < until) {
        counts.count(one);
    }
    let counts = counts.0.into_iter();
    let tally = |((slot, _, _), (kind, outcome, count)): (Place, Counted)| Tally {
        from: Timestamp::from_micros(slot.saturating_mul(TALLY_SLOT.as_micros())),
        kind,
        outcome,
        count: u64::try_from(count).unwrap_or(0),
    };
    Ok(counts.map(tally).filter(|tally| tally.count > 0).collect())
}

/// How often a rule hit, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTally {
    /// The rule's id.
    pub rule: String,
    /// Executed where it acted, suppressed in the shadow.
    pub outcome: Outcome,
    /// How many times.
    pub count: u64,
    /// When it last did.
    pub last_at: Timestamp,
}

/// How often each rule of a guild hit since a moment, at most [`TALLY_SPAN_MAX`] before `now`; an hour that began
/// before that counts as a whole. A message that several rules removed counts for the first of them.
///
/// # Errors
/// When the database fails.
pub fn rule_tally(
    tx: &mut Tx<'_>,
    guild: GuildId,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<RuleTally>, DbError> {
    let since = since.max(now.before(TALLY_SPAN_MAX));
    let mut hits = Hits::default();
    for (rule, outcome, count, last_at) in tallies::hit_list(tx, guild, slot(since, HOUR))? {
        hits.add(0, &rule, outcome, (count, last_at));
    }
    let waiting = tallies::waiting_list(tx, guild)?;
    for one in waiting.iter().filter(|one| one.at >= since) {
        hits.count(0, one);
    }
    let hits = hits.0.into_iter();
    let tally = |((_, rule, _), (outcome, count, last_at)): (HitPlace, HitCount)| RuleTally {
        rule,
        outcome,
        count: u64::try_from(count).unwrap_or(0),
        last_at,
    };
    Ok(hits.map(tally).filter(|tally| tally.count > 0).collect())
}

/// How far a call came in summing chains up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SummedUp {
    /// How many links it summed up.
    pub links: usize,
    /// The guild after which to go on: the one before this one where it has more; nothing after the last guild.
    pub next: Option<Option<GuildId>>,
}

/// Sums up a part of the chain of the next guild after `cursor`.
///
/// # Errors
/// When the database fails.
pub fn sum_up(tx: &mut Tx<'_>, cursor: Option<GuildId>) -> Result<SummedUp, DbError> {
    let Some(guild) = heads::guilds(tx, cursor, 1)?.into_iter().next() else {
        return Ok(SummedUp {
            links: 0,
            next: None,
        });
    };
    let links = one_guild(tx, guild)?;
    let more = u32::try_from(links) == Ok(SUM_UP_CHUNK_MAX);
    Ok(SummedUp {
        links,
        next: Some(if more { cursor } else { Some(guild) }),
    })
}

fn one_guild(tx: &mut Tx<'_>, guild: GuildId) -> Result<usize, DbError> {
    let was = tallies::mark_fetch(tx, guild)?;
    let (places, linked) = tallies::linked_list(tx, guild, was, SUM_UP_CHUNK_MAX)?;
    let Some(last) = places.last() else {
        return Ok(0);
    };
    if !tallies::mark_put(tx, guild, (was, *last))? {
        return Ok(0);
    }
    let (mut counts, mut hits) = (Counts::default(), Hits::default());
    for one in &linked {
        counts.count(one);
        hits.count(slot(one.at, HOUR), one);
    }
    for ((slot, ..), (kind, outcome, count)) in counts.0 {
        tallies::tally_add(tx, guild, (slot, kind, outcome), count)?;
    }
    for ((hour, rule, _), (outcome, count, last_at)) in hits.0 {
        tallies::hit_add(tx, guild, (hour, &rule, outcome), (count, last_at))?;
    }
    Ok(places.len())
}
