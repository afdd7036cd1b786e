//! How a shared provider has fared since the start, for the operator's eyes: bounded, and nothing of what was said.

use std::{collections::VecDeque, time::Duration};

use ai::{Circuit, Condition, Usage};
use kernel::Timestamp;

/// So many failures are remembered.
const FAILURES_MAX: usize = 10;
/// Over so many answers the time to their first piece is averaged.
const FIRST_PIECES_MAX: usize = 50;

/// What was noted.
#[derive(Debug, Default)]
pub(crate) struct Record {
    circuit: Option<(Circuit, Timestamp)>,
    answered: u64,
    failed: u64,
    failures: VecDeque<(Timestamp, &'static str)>,
    first_pieces: VecDeque<Duration>,
    usage: Usage,
    micros: i64,
}

impl Record {
    /// Notes in which state the circuit is.
    pub(crate) fn circuit(&mut self, state: Circuit, now: Timestamp) {
        if self.circuit.is_none_or(|(before, _)| before != state) {
            self.circuit = Some((state, now));
        }
    }

    /// Notes an answer.
    pub(crate) fn answered(&mut self) {
        self.answered += 1;
    }

    /// Notes a failure of this sort.
    pub(crate) fn failed(&mut self, sort: &'static str, now: Timestamp) {
        self.failed += 1;
        self.failures.push_front((now, sort));
        self.failures.truncate(FAILURES_MAX);
    }

    /// Notes how long the first piece of an answer took.
    pub(crate) fn first_piece(&mut self, took: Duration) {
        self.first_pieces.push_front(took);
        self.first_pieces.truncate(FIRST_PIECES_MAX);
    }

    /// Notes what a request cost.
    pub(crate) fn cost(&mut self, usage: Usage, micros: i64) {
        self.usage.input = self.usage.input.saturating_add(usage.input);
        self.usage.output = self.usage.output.saturating_add(usage.output);
        self.micros = self.micros.saturating_add(micros);
    }

    /// All of it.
    pub(crate) fn told(&self, provider: &str, model: &str, now: Timestamp) -> Condition {
        let (circuit, since) = self.circuit.unwrap_or((Circuit::Closed, now));
        let count = u32::try_from(self.first_pieces.len()).unwrap_or(u32::MAX);
        let all: Duration = self.first_pieces.iter().sum();
        Condition {
            provider: provider.to_owned(),
            model: model.to_owned(),
            circuit,
            since,
            answered: self.answered,
            failed: self.failed,
            failures: self.failures.iter().copied().collect(),
            first_piece: all.checked_div(count),
            usage: self.usage,
            micros: self.micros,
        }
    }
}
