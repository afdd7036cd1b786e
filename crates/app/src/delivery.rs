//! Sends what is owed: at once from memory by the process that committed it, later by the relay.

use std::{
    collections::HashSet,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use chat::{Courier, Delivered, DeliveryError, Effect};
use futures_util::FutureExt;
use kernel::Span;
use store::owed::OwedEnd;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Core,
    settle::{self, Settled, Settlement},
};

/// How many effects may be on their way at once; what is more waits in the database.
const FLIGHTS_MAX: usize = 1_024;
/// How often the relay tries before an effect is a dead letter.
pub(crate) const ATTEMPTS_MAX: i64 = 12;

/// The way out.
#[derive(Debug, Clone)]
pub struct Delivery {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    core: Core,
    courier: OnceLock<Arc<dyn Courier>>,
    flights: Mutex<HashSet<i64>>,
    places: Arc<Semaphore>,
    settlements: Mutex<Option<mpsc::Sender<Settlement>>>,
    tasks: TaskTracker,
}

impl Delivery {
    pub(crate) fn start(core: &Core, tasks: &TaskTracker, stop: &CancellationToken) -> Self {
        let (settlements, receiver) = mpsc::channel(FLIGHTS_MAX);
        let delivery = Self {
            shared: Arc::new(Shared {
                core: core.clone(),
                courier: OnceLock::new(),
                flights: Mutex::default(),
                places: Arc::new(Semaphore::new(FLIGHTS_MAX)),
                settlements: Mutex::new(Some(settlements)),
                tasks: tasks.clone(),
            }),
        };
        tasks.spawn(settle::run(
            core.clone(),
            delivery.clone(),
            receiver,
            stop.clone(),
        ));
        delivery
    }

    pub(crate) fn through(&self, courier: Arc<dyn Courier>) {
        if self.shared.courier.set(courier).is_err() {
            tracing::warn!("a second courier was named; the first one stays");
        }
    }

    /// Takes no settlement on any more once those on their way are in.
    pub(crate) fn close(&self) {
        let mut settlements = self
            .shared
            .settlements
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        settlements.take();
    }

    /// The way out for what is owed by nobody, where there is one yet.
    pub(crate) fn courier(&self) -> Option<Arc<dyn Courier>> {
        self.shared.courier.get().cloned()
    }

    /// Whether effects can leave yet.
    pub(crate) fn is_open(&self) -> bool {
        self.shared.courier.get().is_some()
    }

    /// Sends an owed effect, if there is a place and nobody is sending it; else it waits for the relay. Whether it
    /// is on its way now.
    pub(crate) fn send(&self, owed: i64, effect: Effect) -> bool {
        let (Some(courier), Some(settle)) =
            (self.shared.courier.get().cloned(), self.settlements())
        else {
            return false;
        };
        let Ok(place) = self.shared.places.clone().try_acquire_owned() else {
            metrics::counter!("guildhall_deliveries_deferred_total").increment(1);
            return false;
        };
        if !self.flights(|flights| flights.insert(owed)) {
            return false;
        }
        let core = self.shared.core.clone();
        self.shared.tasks.spawn(async move {
            let settled = outcome(&core, &effect, deliver(courier.as_ref(), &effect).await);
            let audited = !matches!(&effect, Effect::Answer(answer) if !answer.explained);
            drop(place);
            // Where nobody settles any more, the row stays owed, and the next process finds it.
            let _ = settle
                .send(Settlement {
                    owed,
                    settled,
                    audited,
                })
                .await;
        });
        true
    }

    /// Sends an answer that no decision stands behind, such as a refusal at the door. It is tried once.
    pub(crate) fn send_unowed(&self, effect: Effect) {
        let Some(courier) = self.shared.courier.get().cloned() else {
            return;
        };
        let Ok(place) = self.shared.places.clone().try_acquire_owned() else {
            metrics::counter!("guildhall_refusals_dropped_total").increment(1);
            return;
        };
        self.shared.tasks.spawn(async move {
            if let Err(error) = deliver(courier.as_ref(), &effect).await {
                tracing::debug!(%error, "a refusal was not delivered");
            }
            drop(place);
        });
    }

    /// Forgets effects whose outcome is in the database now.
    pub(crate) fn landed(&self, owed: impl Iterator<Item = i64>) {
        self.flights(|flights| {
            for id in owed {
                flights.remove(&id);
            }
        });
    }

    fn settlements(&self) -> Option<mpsc::Sender<Settlement>> {
        let settlements = self
            .shared
            .settlements
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        settlements.clone()
    }

    fn flights<T>(&self, change: impl FnOnce(&mut HashSet<i64>) -> T) -> T {
        let mut flights = self
            .shared
            .flights
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        change(&mut flights)
    }
}

async fn deliver(courier: &dyn Courier, effect: &Effect) -> Result<Delivered, DeliveryError> {
    let caught = AssertUnwindSafe(courier.deliver(effect))
        .catch_unwind()
        .await;
    caught.unwrap_or_else(|_| {
        Err(DeliveryError::Later {
            reason: "the courier panicked".to_owned(),
            after: None,
        })
    })
}

/// What becomes of an effect for which there is no hope left. An answer to an interaction can be given for a quarter of
/// an hour; whatever else it is may be done once what stands in the way is gone.
pub(crate) const fn hopeless(effect: &Effect) -> OwedEnd {
    if effect.carries_token() {
        OwedEnd::Dead
    } else {
        OwedEnd::Failed
    }
}

fn outcome(core: &Core, effect: &Effect, result: Result<Delivered, DeliveryError>) -> Settled {
    match result {
        Ok(Delivered::Done { message } | Delivered::Followed { message }) => {
            Settled::Confirmed(message)
        }
        Ok(Delivered::Undeliverable) => Settled::Ended {
            end: OwedEnd::Undeliverable,
            reason: "the interaction was void, and the answer private".to_owned(),
        },
        Err(DeliveryError::Never { reason }) => {
            tracing::warn!(reason, "an effect can't be delivered");
            Settled::Ended {
                end: hopeless(effect),
                reason,
            }
        }
        Err(DeliveryError::Later { reason, after }) => {
            tracing::info!(reason, "an effect is tried again later");
            let jitter = u32::try_from(core.chance.below(1_000)).unwrap_or(0);
            let pause = after.unwrap_or(Span::seconds(2)).max(Span::seconds(1));
            Settled::Waiting {
                until: core.clock.now() + pause + Span::millis(jitter),
                reason,
            }
        }
    }
}
