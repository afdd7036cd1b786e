//! Rate limits as Discord keeps them: a window per bucket and top-level id, fifty requests a second for a bot as a whole, and the count of invalid requests.
//! What always holds: a refused request spends nothing but the invalid count, and the moment a window opens again is the moment it was promised.
//! Callbacks and follow-ups of interactions don't count towards the bot's fifty. Not here: the reading of headers and clocks.

use std::collections::{HashMap, VecDeque};

const SECOND_US: i64 = 1_000_000;
/// Windows kept, at least, before those that ended are swept out.
const WINDOWS_SWEEP_AT: usize = 4_096;
const INVALID_WINDOW_US: i64 = 600 * SECOND_US;

/// How strict the simulator is.
#[derive(Debug, Clone)]
pub struct RatePolicy {
    /// Off: headers are sent, and nobody is ever refused.
    pub enforced: bool,
    /// Requests of one bot in one second.
    pub global_per_s: u32,
    /// Invalid requests (401, 403, 429) of one address in ten minutes before it is shut out.
    pub invalid_max: u32,
}

impl Default for RatePolicy {
    fn default() -> Self {
        Self {
            enforced: true,
            global_per_s: 50,
            invalid_max: 10_000,
        }
    }
}

/// How many requests a bucket takes in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) requests: u32,
    pub(crate) window_ms: u32,
}

/// Whether a route counts towards the bot's requests per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Globally,
    ByRouteOnly,
}

/// What a request counts against.
#[derive(Debug, Clone)]
pub(crate) struct Ticket<'a> {
    /// The bot's token, or the address of a caller without one.
    pub(crate) caller: &'a str,
    /// The bucket's name: what is sent as `X-RateLimit-Bucket`.
    pub(crate) bucket: &'a str,
    /// The top-level id: channel, guild, or webhook with its token.
    pub(crate) major: &'a str,
    pub(crate) limit: Limit,
    pub(crate) counted: Counted,
}

/// The state of a bucket after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_us: i64,
    pub(crate) reset_after_us: i64,
}

/// Why a request has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// This bot in this bucket.
    User,
    /// This bot altogether.
    Global,
    /// Everybody in this channel: it doesn't count as invalid.
    Shared,
}

impl Scope {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Global => "global",
            Self::Shared => "shared",
        }
    }
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass(Standing),
    Wait {
        scope: Scope,
        retry_after_us: i64,
        standing: Standing,
    },
}

#[derive(Debug, Clone, Copy)]
struct Window {
    used: u32,
    ends_us: i64,
}

/// All windows of all callers.
#[derive(Debug)]
pub(crate) struct Buckets {
    policy: RatePolicy,
    windows: HashMap<(String, String, String), Window>,
    global: HashMap<String, Window>,
    invalid: HashMap<String, VecDeque<i64>>,
    /// So many windows are let grow before the next sweep: sweeping stays cheap for each request.
    sweep_at: usize,
}

impl Buckets {
    pub(crate) fn new(policy: RatePolicy) -> Self {
        Self {
            policy,
            windows: HashMap::new(),
            global: HashMap::new(),
            invalid: HashMap::new(),
            sweep_at: WINDOWS_SWEEP_AT,
        }
    }

    /// Counts a request, or says how long it has to wait.
    pub(crate) fn take(&mut self, ticket: &Ticket<'_>, now_us: i64) -> Verdict {
        self.sweep(now_us);
        let enforced = self.policy.enforced;
        let key = (
            ticket.caller.to_owned(),
            ticket.bucket.to_owned(),
            ticket.major.to_owned(),
        );
        let length_us = i64::from(ticket.limit.window_ms) * 1_000;
        let window = open(
            self.windows.entry(key).or_insert(Window {
                used: 0,
                ends_us: 0,
            }),
            now_us,
            length_us,
        );
        if enforced && ticket.counted == Counted::Globally {
            let global = open(
                self.global
                    .entry(ticket.caller.to_owned())
                    .or_insert(Window {
                        used: 0,
                        ends_us: 0,
                    }),
                now_us,
                SECOND_US,
            );
            if global.used >= self.policy.global_per_s {
                let standing = standing_of(*window, ticket.limit, now_us);
                return Verdict::Wait {
                    scope: Scope::Global,
                    retry_after_us: global.ends_us - now_us,
                    standing,
                };
            }
            global.used += 1;
        }
        if enforced && window.used >= ticket.limit.requests {
            let standing = standing_of(*window, ticket.limit, now_us);
            return Verdict::Wait {
                scope: Scope::User,
                retry_after_us: window.ends_us - now_us,
                standing,
            };
        }
        window.used = (window.used + 1).min(ticket.limit.requests);
        Verdict::Pass(standing_of(*window, ticket.limit, now_us))
    }

    /// Whether an address is shut out, and for how long.
    pub(crate) fn shut_out(&mut self, address: &str, now_us: i64) -> Option<i64> {
        let seen = self.invalid.get_mut(address)?;
        while seen
            .front()
            .is_some_and(|at| *at <= now_us - INVALID_WINDOW_US)
        {
            seen.pop_front();
        }
        if seen.is_empty() {
            self.invalid.remove(address);
            return None;
        }
        let full = seen.len() >= self.policy.invalid_max as usize;
        let first = seen.front().copied()?;
        full.then_some(first + INVALID_WINDOW_US - now_us)
    }

    /// Counts an invalid request of an address.
    pub(crate) fn count_invalid(&mut self, address: &str, now_us: i64) {
        let seen = self.invalid.entry(address.to_owned()).or_default();
        if seen.len() < self.policy.invalid_max as usize {
            seen.push_back(now_us);
        }
    }

    /// The invalid requests of all addresses within the last ten minutes.
    pub(crate) fn invalid_count(&self, now_us: i64) -> usize {
        self.invalid
            .values()
            .flatten()
            .filter(|at| **at > now_us - INVALID_WINDOW_US)
            .count()
    }

    fn sweep(&mut self, now_us: i64) {
        if self.windows.len() < self.sweep_at {
            return;
        }
        self.windows.retain(|_, window| window.ends_us > now_us);
        self.global.retain(|_, window| window.ends_us > now_us);
        self.sweep_at = (self.windows.len() * 2).max(WINDOWS_SWEEP_AT);
    }
}

/// Starts a window anew where it has ended.
fn open(window: &mut Window, now_us: i64, length_us: i64) -> &mut Window {
    if window.ends_us <= now_us {
        *window = Window {
            used: 0,
            ends_us: now_us + length_us,
        };
    }
    window
}

fn standing_of(window: Window, limit: Limit, now_us: i64) -> Standing {
    Standing {
        limit: limit.requests,
        remaining: limit.requests.saturating_sub(window.used),
        reset_us: window.ends_us,
        reset_after_us: (window.ends_us - now_us).max(0),
    }
}

#[cfg(test)]
mod tests {
    use super::{Buckets, Counted, INVALID_WINDOW_US, Limit, RatePolicy, Scope, Ticket, Verdict};

    const T0: i64 = 1_795_168_800_000_000;

    fn ticket<'a>(major: &'a str, counted: Counted) -> Ticket<'a> {
        Ticket {
            caller: "bot",
            bucket: "messages",
            major,
            limit: Limit {
                requests: 5,
                window_ms: 5_000,
            },
            counted,
        }
    }

    #[test]
    fn the_sixth_message_waits_until_the_window_ends() {
        let mut buckets = Buckets::new(RatePolicy::default());
        for remaining in (0..5).rev() {
            let Verdict::Pass(standing) = buckets.take(&ticket("1", Counted::Globally), T0) else {
                panic!("passes")
            };
            assert_eq!((standing.limit, standing.remaining), (5, remaining));
        }
        let Verdict::Wait {
            scope,
            retry_after_us,
            ..
        } = buckets.take(&ticket("1", Counted::Globally), T0 + 1_000_000)
        else {
            panic!("waits")
        };
        assert_eq!((scope, retry_after_us), (Scope::User, 4_000_000));
        assert!(matches!(
            buckets.take(&ticket("1", Counted::Globally), T0 + 5_000_000),
            Verdict::Pass(_)
        ));
    }

    #[test]
    fn another_channel_has_its_own_window() {
        let mut buckets = Buckets::new(RatePolicy::default());
        for _ in 0..6 {
            buckets.take(&ticket("1", Counted::Globally), T0);
        }
        assert!(matches!(
            buckets.take(&ticket("2", Counted::Globally), T0),
            Verdict::Pass(_)
        ));
    }

    #[test]
    fn the_fifty_first_request_in_a_second_waits_globally_but_callbacks_do_not() {
        let mut buckets = Buckets::new(RatePolicy::default());
        for channel in 0..50 {
            assert!(matches!(
                buckets.take(&ticket(&channel.to_string(), Counted::Globally), T0),
                Verdict::Pass(_)
            ));
        }
        let late = buckets.take(&ticket("x", Counted::Globally), T0 + 400_000);
        assert!(
            matches!(
                late,
                Verdict::Wait {
                    scope: Scope::Global,
                    retry_after_us: 600_000,
                    ..
                }
            ),
            "{late:?}"
        );
        assert!(matches!(
            buckets.take(&ticket("y", Counted::ByRouteOnly), T0),
            Verdict::Pass(_)
        ));
    }

    #[test]
    fn without_enforcement_nobody_waits_and_the_headers_still_count() {
        let mut buckets = Buckets::new(RatePolicy {
            enforced: false,
            ..RatePolicy::default()
        });
        for _ in 0..200 {
            assert!(matches!(
                buckets.take(&ticket("1", Counted::Globally), T0),
                Verdict::Pass(_)
            ));
        }
        let Verdict::Pass(standing) = buckets.take(&ticket("1", Counted::Globally), T0) else {
            panic!("passes")
        };
        assert_eq!(standing.remaining, 0);
    }

    #[test]
    fn an_address_with_too_many_invalid_requests_is_shut_out_for_a_while() {
        let mut buckets = Buckets::new(RatePolicy {
            invalid_max: 3,
            ..RatePolicy::default()
        });
        for second in 0..3 {
            assert_eq!(buckets.shut_out("a", T0), None);
            buckets.count_invalid("a", T0 + second);
        }
        assert_eq!(buckets.invalid_count(T0 + 3), 3);
        assert_eq!(buckets.shut_out("a", T0 + 3), Some(INVALID_WINDOW_US - 3));
        assert_eq!(buckets.shut_out("b", T0 + 3), None);
        assert_eq!(buckets.shut_out("a", T0 + INVALID_WINDOW_US), None);
    }
}
