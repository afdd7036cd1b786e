//! Discord's rate limits as a table that is asked before each request and told after each answer.
//!
//! Nothing here waits or reads a clock: `now` is the time since the table was made. A request goes out only when no
//! refusal's waiting time covers it, its bucket has room, and, where it counts globally, fewer than 45 went out in
//! the last second.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

/// Requests a second, below Discord's 50.
const GLOBAL_MAX: usize = 45;
const SECOND: Duration = Duration::from_secs(1);
/// Waiting a little longer than asked costs less than being early by the network's jitter.
const MARGIN: Duration = Duration::from_millis(25);
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3_600);
/// How many routes are remembered before old ones are forgotten.
const ROUTES_MAX: usize = 4_096;

/// What a limit is kept for: a route, and the channel, guild or webhook that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The route's name.
    pub(crate) route: &'static str,
    /// The top-level id, or what stands for it.
    pub(crate) top: String,
}

/// Whether a request counts towards the requests per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// It does.
    Globally,
    /// It answers an interaction, which Discord leaves out.
    ByRouteOnly,
}

/// How long to hold a request back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// For this long, then ask again.
    For(Duration),
    /// Until an answer that is under way has come in.
    ForAnswer,
}

/// What an answer said about limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notice {
    /// The bucket's name.
    pub(crate) bucket: Option<String>,
    /// What is left in it.
    pub(crate) remaining: Option<u32>,
    /// How many it takes.
    pub(crate) limit: Option<u32>,
    /// When it is full again.
    pub(crate) reset_after: Option<Duration>,
    /// Set where the request was refused with 429.
    pub(crate) refusal: Option<Refusal>,
}

/// A 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// For how long nothing may be sent.
    pub(crate) retry_after: Duration,
    /// For what.
    pub(crate) scope: Scope,
}

/// What a 429 is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// This bot's every request.
    Global,
    /// This route.
    Route,
    /// This route, and others used it up; it is no fault of ours.
    Shared,
}

#[derive(Debug, Default)]
struct Route {
    bucket: Option<String>,
    blocked_until: Duration,
    probes: u32,
    seen: Duration,
}

#[derive(Debug)]
struct Bucket {
    limit: u32,
    remaining: u32,
    reset_at: Duration,
    under_way: u32,
}

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    routes: HashMap<Key, Route>,
    buckets: HashMap<(String, String), Bucket>,
    blocked_until: Duration,
    sent: VecDeque<Duration>,
}

impl Limits {
    /// Lets a request go, or says how long to hold it back.
    pub(crate) fn take(&mut self, key: &Key, counted: Counted, now: Duration) -> Result<(), Wait> {
        self.forget_old(now);
        let global = counted == Counted::Globally;
        if global && self.blocked_until > now {
            return Err(Wait::For(self.blocked_until - now));
        }
        let route = self.routes.entry(key.clone()).or_default();
        route.seen = now;
        if route.blocked_until > now {
            return Err(Wait::For(route.blocked_until - now));
        }
        let name = route.bucket.clone();
        let bucket = name.and_then(|name| self.buckets.get_mut(&(name, key.top.clone())));
        match &bucket {
            Some(bucket) => room_in(bucket, now)?,
            None if route.probes > 0 => return Err(Wait::ForAnswer),
            None => {}
        }
        if global {
            take_global(&mut self.sent, now)?;
        }
        match bucket {
            Some(bucket) => take_bucket(bucket, now),
            None => route.probes += 1,
        }
        Ok(())
    }

    /// Takes in the answer to a request that was let go; without one, only that it is over.
    pub(crate) fn settle(&mut self, key: &Key, notice: &Notice, now: Duration) {
        let route = self.routes.entry(key.clone()).or_default();
        let known = route.bucket.clone();
        let under_way = known.and_then(|name| self.buckets.get_mut(&(name, key.top.clone())));
        match under_way {
            Some(bucket) if bucket.under_way > 0 => bucket.under_way -= 1,
            _ => route.probes = route.probes.saturating_sub(1),
        }
        if let (Some(name), Some(remaining)) = (&notice.bucket, notice.remaining) {
            route.bucket = Some(name.clone());
            let place = (name.clone(), key.top.clone());
            let bucket = self.buckets.entry(place).or_insert_with(Bucket::fresh);
            bucket.learn(remaining, notice, now);
        }
        if let Some(refusal) = notice.refusal {
            let until = now + refusal.retry_after.min(RETRY_AFTER_MAX) + MARGIN;
            match refusal.scope {
                Scope::Global => self.blocked_until = self.blocked_until.max(until),
                Scope::Route | Scope::Shared => {
                    route.blocked_until = route.blocked_until.max(until);
                }
            }
        }
    }

    fn forget_old(&mut self, now: Duration) {
        if self.routes.len() <= ROUTES_MAX {
            return;
        }
        let idle = Duration::from_secs(60);
        self.routes.retain(|_, route| {
            route.probes > 0 || route.blocked_until > now || route.seen + idle > now
        });
        let in_use = |bucket: &Bucket| bucket.under_way > 0 || bucket.reset_at > now;
        self.buckets.retain(|_, bucket| in_use(bucket));
        if self.routes.len() > ROUTES_MAX {
            // All are young: without their names the next request of each asks for its bucket anew.
            self.routes.retain(|_, route| {
                route.probes > 0 || route.blocked_until > now || route.bucket.is_none()
            });
        }
    }
}

fn room_in(bucket: &Bucket, now: Duration) -> Result<(), Wait> {
    let is_over = now >= bucket.reset_at;
    let room = if is_over {
        bucket.limit
    } else {
        bucket.remaining
    };
    if room > bucket.under_way {
        return Ok(());
    }
    if is_over {
        return Err(Wait::ForAnswer);
    }
    if bucket.under_way > 0 && bucket.remaining > 0 {
        return Err(Wait::ForAnswer);
    }
    Err(Wait::For(bucket.reset_at - now))
}

fn take_bucket(bucket: &mut Bucket, now: Duration) {
    if now >= bucket.reset_at {
        bucket.remaining = bucket.limit;
    }
    bucket.under_way += 1;
}

fn take_global(sent: &mut VecDeque<Duration>, now: Duration) -> Result<(), Wait> {
    while sent.front().is_some_and(|at| *at + SECOND <= now) {
        sent.pop_front();
    }
    if sent.len() >= GLOBAL_MAX
        && let Some(oldest) = sent.front()
    {
        return Err(Wait::For(*oldest + SECOND - now));
    }
    sent.push_back(now);
    Ok(())
}

impl Bucket {
    const fn fresh() -> Self {
        Self {
            limit: 1,
            remaining: 0,
            reset_at: Duration::ZERO,
            under_way: 0,
        }
    }

    /// Answers overtake each other: within one window the smallest number left is the truest.
    fn learn(&mut self, remaining: u32, notice: &Notice, now: Duration) {
        self.limit = notice.limit.unwrap_or(self.limit).max(1);
        let reset_at = now + notice.reset_after.unwrap_or(SECOND).min(RETRY_AFTER_MAX) + MARGIN;
        let same_window = now < self.reset_at;
        self.remaining = if same_window {
            self.remaining.min(remaining)
        } else {
            remaining
        };
        self.reset_at = if same_window {
            self.reset_at.max(reset_at)
        } else {
            reset_at
        };
    }
}

#[cfg(test)]
mod tests;
