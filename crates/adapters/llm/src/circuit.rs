//! A provider's circuit, shared by all who ask it, and the leave that one request holds.
//!
//! Whoever gives a request up, by dropping it, gives its leave back: a trial that nobody waits for blocks nobody.

use std::sync::{Arc, Mutex, PoisonError};

use ai::{Breaker, BreakerPolicy, Condition, Leave, ModelError};
use kernel::Clock;

use crate::{meters, record::Record};

/// A breaker with its clock.
#[derive(Debug)]
pub(crate) struct Circuit {
    breaker: Mutex<Breaker>,
    record: Mutex<Record>,
    clock: Arc<dyn Clock>,
    /// The provider's label, where its state is shown: owners' providers are too many.
    shown: Option<String>,
}

impl Circuit {
    pub(crate) fn new(policy: BreakerPolicy, clock: Arc<dyn Clock>, shown: Option<String>) -> Self {
        let circuit = Self {
            breaker: Mutex::new(Breaker::new(policy)),
            record: Mutex::default(),
            clock,
            shown,
        };
        circuit.with(|_, _| ());
        circuit
    }

    /// Asks for leave.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Held, ModelError> {
        let leave = self.with(|breaker, now| breaker.admit(now));
        leave
            .map(|leave| Held {
                circuit: self.clone(),
                leave: Some(leave),
            })
            .map_err(|after| ModelError::Resting { after })
    }

    pub(crate) fn state(&self) -> ai::Circuit {
        self.with(|breaker, now| breaker.circuit(now))
    }

    /// Notes something of the provider, together with the present.
    pub(crate) fn note(&self, note: impl FnOnce(&mut Record, kernel::Timestamp)) {
        let now = self.clock.now();
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        note(&mut record, now);
    }

    /// How the provider has fared with this model.
    pub(crate) fn condition(&self, provider: &str, model: &str) -> Condition {
        // Time alone may have changed the state.
        self.state();
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.told(provider, model, self.clock.now())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Breaker, kernel::Timestamp) -> T) -> T {
        let now = self.clock.now();
        let mut breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        let before = breaker.circuit(now);
        let result = act(&mut breaker, now);
        let after = breaker.circuit(now);
        drop(breaker);
        self.note(|record, now| record.circuit(after, now));
        if let Some(provider) = &self.shown {
            meters::circuit(provider, after);
            if before != after {
                tracing::warn!(
                    provider,
                    from = before.name(),
                    to = after.name(),
                    "a provider's circuit changed"
                );
            }
        }
        result
    }
}

/// Leave to ask once.
#[derive(Debug)]
pub(crate) struct Held {
    circuit: Arc<Circuit>,
    leave: Option<Leave>,
}

impl Held {
    /// Whose leave it is.
    pub(crate) fn circuit(&self) -> &Arc<Circuit> {
        &self.circuit
    }

    /// The provider answered, whatever it said.
    pub(crate) fn well(&mut self) {
        self.circuit.note(|record, _| record.answered());
        self.give_back();
    }

    fn give_back(&mut self) {
        if let Some(leave) = self.leave.take() {
            self.circuit.with(|breaker, _| breaker.succeeded(leave));
        }
    }

    /// It failed like this.
    pub(crate) fn failed(&mut self, error: &ModelError) {
        self.circuit
            .note(|record, now| record.failed(error.name(), now));
        if !error.is_of_provider() {
            self.give_back();
        } else if let Some(leave) = self.leave.take() {
            let pause = match error {
                ModelError::RateLimited { after } => *after,
                _ => None,
            };
            self.circuit
                .with(|breaker, now| breaker.failed(leave, now, pause));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            self.circuit
                .with(|breaker, now| breaker.withdrawn(leave, now));
        }
    }
}
