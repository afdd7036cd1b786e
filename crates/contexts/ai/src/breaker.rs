//! A circuit breaker as a pure machine: a provider that fails in a row is left alone, then tried with one request.
//!
//! Closed, requests pass and failures in a row are counted. Open, none passes until a rest is over; each rest after a
//! failed trial is twice the one before. Then one trial passes: its success closes, its failure opens again. Answers to
//! requests of an earlier era change nothing, and a trial that never comes back is replaced. Time comes in as an
//! argument; what counts as a failure is the caller's to say.

use kernel::{Span, Timestamp};

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// So many failures in a row open it.
    pub failures_max: u32,
    /// The first rest.
    pub rest_min: Span,
    /// The longest rest, also where a provider asks for more.
    pub rest_max: Span,
    /// After this long a trial is taken for lost.
    pub trial_max: Span,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures_max: 5,
            rest_min: Span::seconds(2),
            rest_max: Span::seconds(60),
            trial_max: Span::seconds(60),
        }
    }
}

/// A provider's circuit.
#[derive(Debug, Clone)]
pub struct Breaker {
    policy: BreakerPolicy,
    state: State,
    era: u64,
    /// Rests in a row that ended in a failed trial.
    rests: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Timestamp },
    Trying { since: Timestamp },
}

/// Which state a circuit is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Circuit {
    /// Requests pass.
    Closed,
    /// One request is on trial.
    HalfOpen,
    /// No request passes.
    Open,
}

/// Leave to ask, to be given back with the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Leave {
    era: u64,
}

impl Circuit {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::HalfOpen => "half_open",
            Self::Open => "open",
        }
    }
}

impl Breaker {
    /// A closed one.
    #[must_use]
    pub const fn new(policy: BreakerPolicy) -> Self {
        Self {
            policy,
            state: State::Closed { failures: 0 },
            era: 0,
            rests: 0,
        }
    }

    /// Its state now.
    #[must_use]
    pub fn circuit(&self, now: Timestamp) -> Circuit {
        match self.state {
            State::Closed { .. } => Circuit::Closed,
            State::Open { until } if now < until => Circuit::Open,
            State::Open { .. } | State::Trying { .. } => Circuit::HalfOpen,
        }
    }

    /// Asks for leave to send a request.
    ///
    /// # Errors
    /// With the time to wait, where the provider is left alone.
    pub fn admit(&mut self, now: Timestamp) -> Result<Leave, Span> {
        match self.state {
            State::Closed { .. } => {}
            State::Open { until } if now < until => return Err(until.since(now)),
            State::Trying { since } if now.since(since) < self.policy.trial_max => {
                return Err(self.policy.rest_min);
            }
            State::Open { .. } | State::Trying { .. } => {
                self.era += 1;
                self.state = State::Trying { since: now };
            }
        }
        Ok(Leave { era: self.era })
    }

    /// A request was answered well.
    pub fn succeeded(&mut self, leave: Leave) {
        if leave.era == self.era && !matches!(self.state, State::Open { .. }) {
            self.state = State::Closed { failures: 0 };
            self.rests = 0;
        }
    }

    /// A request failed. `pause` is what the provider asked for, which opens at once.
    pub fn failed(&mut self, leave: Leave, now: Timestamp, pause: Option<Span>) {
        if leave.era != self.era {
            return;
        }
        match self.state {
            State::Closed { failures } => {
                let failures = failures + 1;
                if failures >= self.policy.failures_max || pause.is_some() {
                    self.open(now, pause);
                } else {
                    self.state = State::Closed { failures };
                }
            }
            State::Trying { .. } => {
                self.rests = self.rests.saturating_add(1);
                self.open(now, pause);
            }
            State::Open { .. } => {}
        }
    }

    /// A request that says nothing about the provider, such as one that was given up: a trial may begin again.
    pub fn withdrawn(&mut self, leave: Leave, now: Timestamp) {
        if leave.era == self.era && matches!(self.state, State::Trying { .. }) {
            self.state = State::Open { until: now };
        }
    }

    fn open(&mut self, now: Timestamp, pause: Option<Span>) {
        self.era += 1;
        let until = now
            + self
                .rest()
                .max(pause.unwrap_or(Span::ZERO))
                .min(self.policy.rest_max);
        self.state = State::Open { until };
    }

    /// Twice as long with each trial that failed.
    fn rest(&self) -> Span {
        let longest = self.policy.rest_max;
        let mut rest = self.policy.rest_min;
        for _ in 0..self.rests.min(32) {
            let start = Timestamp::from_micros(0);
            rest = (start + rest + rest).since(start).min(longest);
        }
        rest.min(longest)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Span, Timestamp};
    use proptest::{collection::vec, prelude::proptest};

    use super::{Breaker, BreakerPolicy, Circuit, Leave};

    const START: Timestamp = Timestamp::from_micros(1_000_000_000);

    fn opened() -> (Breaker, Timestamp) {
        let mut breaker = Breaker::new(BreakerPolicy::default());
        for _ in 0..5 {
            let leave = breaker.admit(START).unwrap();
            breaker.failed(leave, START, None);
        }
        (breaker, START)
    }

    #[test]
    fn q5_failures_in_a_row_open_and_a_good_trial_closes() {
        let (mut breaker, now) = opened();
        assert_eq!(breaker.circuit(now), Circuit::Open);
        assert_eq!(breaker.admit(now), Err(Span::seconds(2)));
        let later = now + Span::seconds(2);
        assert_eq!(breaker.circuit(later), Circuit::HalfOpen);
        let trial = breaker.admit(later).unwrap();
        assert!(breaker.admit(later).is_err(), "one trial at a time");
        breaker.succeeded(trial);
        assert_eq!(breaker.circuit(later), Circuit::Closed);
        assert!(breaker.admit(later).is_ok());
    }

    #[test]
    fn a_success_between_failures_keeps_it_closed() {
        let mut breaker = Breaker::new(BreakerPolicy::default());
        for turn in 0..100 {
            let leave = breaker.admit(START).unwrap();
            if turn % 5 == 4 {
                breaker.succeeded(leave);
            } else {
                breaker.failed(leave, START, None);
            }
        }
        assert_eq!(breaker.circuit(START), Circuit::Closed);
    }

    #[test]
    fn each_failed_trial_doubles_the_rest_up_to_the_longest() {
        let (mut breaker, mut now) = opened();
        let mut rests = Vec::new();
        for _ in 0..7 {
            let rest = breaker.admit(now).unwrap_err();
            rests.push(rest.as_micros() / 1_000_000);
            now = now + rest;
            let trial = breaker.admit(now).unwrap();
            breaker.failed(trial, now, None);
        }
        assert_eq!(rests, [2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_pause_that_is_asked_for_is_kept_within_bounds() {
        let mut breaker = Breaker::new(BreakerPolicy::default());
        let leave = breaker.admit(START).unwrap();
        breaker.failed(leave, START, Some(Span::seconds(20)));
        assert_eq!(breaker.admit(START), Err(Span::seconds(20)));
        let mut greedy = Breaker::new(BreakerPolicy::default());
        let leave = greedy.admit(START).unwrap();
        greedy.failed(leave, START, Some(Span::days(300)));
        assert_eq!(greedy.admit(START), Err(Span::seconds(60)));
    }

    #[test]
    fn a_trial_that_is_lost_or_withdrawn_is_replaced() {
        let (mut breaker, now) = opened();
        let trying = now + Span::seconds(2);
        let lost = breaker.admit(trying).unwrap();
        let later = trying + Span::seconds(60);
        let second = breaker.admit(later).unwrap();
        breaker.failed(lost, later, None);
        assert_eq!(
            breaker.circuit(later),
            Circuit::HalfOpen,
            "the lost one is too late"
        );
        breaker.withdrawn(second, later);
        assert!(breaker.admit(later).is_ok());
    }

    proptest! {
        #[test]
        fn q5_whatever_happens_it_neither_floods_nor_stays_shut(
            steps in vec((0_u32..4, 0_u32..5_000), 1..200),
        ) {
            let mut breaker = Breaker::new(BreakerPolicy::default());
            let mut now = START;
            let mut out: Vec<Leave> = Vec::new();
            for (what, millis) in steps {
                now = now + Span::millis(millis);
                let before = breaker.circuit(now);
                match (what, out.pop()) {
                    (1, Some(leave)) => breaker.succeeded(leave),
                    (2, Some(leave)) => breaker.failed(leave, now, None),
                    (3, Some(leave)) => breaker.withdrawn(leave, now),
                    (_, leave) => {
                        out.extend(leave);
                        match breaker.admit(now) {
                            Ok(leave) => {
                                assert_ne!(before, Circuit::Open);
                                out.push(leave);
                            }
                            Err(wait) => {
                                assert_ne!(before, Circuit::Closed);
                                assert!(wait <= Span::seconds(60));
                            }
                        }
                    }
                }
            }
            // After the longest rest and the longest trial, somebody may ask again.
            let much_later = now + Span::seconds(121);
            let leave = breaker.admit(much_later).unwrap();
            breaker.succeeded(leave);
            assert_eq!(breaker.circuit(much_later), Circuit::Closed);
        }
    }
}
