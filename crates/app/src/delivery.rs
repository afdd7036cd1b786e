//! Sends what is owed: at once from memory by the process that committed it, later by the relay.
//!
//! What does not get through is tried again with growing pauses: for a day, or for as long as the token lives that it
//! needs. To wait for limits is no try.

use std::{
    collections::HashSet,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use chat::{Courier, Delivered, DeliveryError, Effect};
use futures_util::FutureExt;
use kernel::{Span, Timestamp};
use store::owed::OwedEnd;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Core,
    outcome::Owing,
    relay,
    settle::{self, Settled, Settlement},
};

/// How many effects may be on their way at once; what is more waits in the database.
const FLIGHTS_MAX: usize = 1_024;
/// For so long after it was owed an effect is tried: Discord may be away.
const TRIED_FOR: Span = Span::days(1);
/// For so long an interaction can be answered.
const TOKEN_LIFE: Span = Span::minutes(15);
/// The first pause, at the most.
const PAUSE_FIRST_MS: u32 = 4_000;
const PAUSE_MAX_MS: u32 = 5 * 60 * 1_000;
/// Somebody looks at an answer that is awaited, and its token does not live long.
const PAUSE_OF_ANSWER_MAX_MS: u32 = 30_000;
/// What waited for limits does not come at once either.
const PAUSE_AFTER_LIMITS_MS: u32 = 2_000;

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

    /// Sends what was owed by a transaction that is committed now, unless it must wait for its turn or a place: then the
    /// relay sends it.
    pub(crate) fn send(&self, owing: Owing) {
        if !owing.has_to_wait {
            self.send_again(owing.id, owing.effect, 0);
        }
    }

    /// Sends an owed effect that relays took so often, if there is a place and nobody is sending it; else it waits for
    /// the relay. Whether it is on its way now.
    pub(crate) fn send_again(&self, owed: i64, effect: Effect, attempts: i64) -> bool {
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
            let delivered = deliver(courier.as_ref(), &effect).await;
            let settled = outcome(&core, &effect, attempts, delivered);
            relay::tried(&effect, &settled);
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

    /// Whether an effect is on its way, or its outcome not in the database yet.
    pub(crate) fn is_under_way(&self, owed: i64) -> bool {
        self.flights(|flights| flights.contains(&owed))
    }

    /// Whether nothing is on its way.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.flights(|flights| flights.is_empty())
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

/// Until when an effect is tried that was owed at a moment.
pub(crate) fn tried_until(effect: &Effect, owed_at: Timestamp) -> Timestamp {
    match effect {
        Effect::Answer(answer) => answer.made_at() + TOKEN_LIFE,
        _ => owed_at + TRIED_FOR,
    }
}

fn outcome(
    core: &Core,
    effect: &Effect,
    attempts: i64,
    result: Result<Delivered, DeliveryError>,
) -> Settled {
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
            let until = core.clock.now() + after.unwrap_or(Span::ZERO);
            let pause = match after {
                Some(_) => half_to_whole(core, PAUSE_AFTER_LIMITS_MS),
                None => half_to_whole(core, pause_ms(effect, attempts)),
            };
            Settled::Waiting {
                until: until + pause,
                reason,
                uncounted: after.is_some() && attempts > 0,
            }
        }
    }
}

/// The pause, at the most, after a failure of an effect that relays took so often: it doubles each time.
fn pause_ms(effect: &Effect, attempts: i64) -> u32 {
    let most = if effect.carries_token() {
        PAUSE_OF_ANSWER_MAX_MS
    } else {
        PAUSE_MAX_MS
    };
    let doublings = u32::try_from(attempts.clamp(0, 10)).unwrap_or(0);
    (PAUSE_FIRST_MS << doublings).min(most)
}

/// Half of a pause and chance for the rest, so that what failed together does not come again together.
fn half_to_whole(core: &Core, pause_ms: u32) -> Span {
    let half = pause_ms / 2;
    let more = u32::try_from(core.chance.below(u64::from(half))).unwrap_or(0);
    Span::millis(half + more)
}
