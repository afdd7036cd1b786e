//! Takes effects that nobody is sending, such as those a dead process left behind, and sends them; and measures how
//! long the oldest has waited.

use chat::Effect;
use kernel::{Span, Timestamp};
use store::{
    DbError,
    owed::{self, Owed, OwedEnd},
};
use tokio_util::sync::CancellationToken;

use crate::{Core, Delivery, delivery, settle::Settled};

const PAUSE: Span = Span::millis(500);
const BATCH_MAX: u32 = 200;
/// So many looks apart it is measured what waits.
const MEASURE_EVERY: u32 = 10;

const WAITING: &str = "guildhall_owed_effects";
const OLDEST: &str = "guildhall_owed_oldest_seconds";
const DEAD: &str = "guildhall_deliveries_dead_total";
const TRIES: &str = "guildhall_deliveries_total";

/// Says what is measured, and begins at nothing, so that the first time shows.
pub(crate) fn describe() {
    metrics::describe_gauge!(WAITING, "Effects that wait to be sent or confirmed");
    metrics::describe_gauge!(
        OLDEST,
        metrics::Unit::Seconds,
        "How long the oldest of them has waited"
    );
    metrics::describe_counter!(
        TRIES,
        "Tries to carry out what was decided, such as an answer or a ban, by what came of them"
    );
    metrics::describe_counter!(DEAD, "Effects that were given up");
    metrics::counter!(DEAD).absolute(0);
}

/// Counts a try to deliver an effect.
pub(crate) fn tried(effect: &Effect, settled: &Settled) {
    let outcome = match settled {
        Settled::Confirmed(_) => "done",
        Settled::Ended { .. } => "given up",
        Settled::Waiting { .. } => "later",
    };
    metrics::counter!(TRIES, "kind" => effect.kind(), "outcome" => outcome).increment(1);
}

/// Relays until it is told to stop.
pub(crate) async fn run(core: Core, delivery: Delivery, stop: CancellationToken) {
    let mut looks = 0_u32;
    while !stop.is_cancelled() {
        if looks.is_multiple_of(MEASURE_EVERY)
            && let Err(error) = measure(&core).await
        {
            tracing::debug!(%error, "what waits to be sent could not be counted");
        }
        looks = looks.wrapping_add(1);
        if delivery.is_open()
            && let Err(error) = relay_due(&core, &delivery).await
        {
            tracing::warn!(%error, "the relay could not look for owed effects");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE.to_std()) => {}
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a count, or an age to the second"
)]
async fn measure(core: &Core) -> Result<(), DbError> {
    let waiting = core.database.read("owed-waiting", owed::owed_waiting);
    let (count, oldest): (i64, _) = waiting.await?;
    let age = oldest.map_or(Span::ZERO, |oldest| core.clock.now().since(oldest));
    metrics::gauge!(WAITING).set(count as f64);
    metrics::gauge!(OLDEST).set((age.as_micros() / 1_000_000) as f64);
    Ok(())
}

pub(crate) async fn relay_due(core: &Core, delivery: &Delivery) -> Result<(), DbError> {
    let now = core.clock.now();
    let due: Vec<Owed> = core
        .database
        .write("relay", move |tx| owed::owed_claim(tx, now, BATCH_MAX))
        .await?;
    let mut waiting = Vec::new();
    for owed in due {
        match core.keys.effects().read(owed.id, &owed.effect) {
            Ok(_) if delivery.is_under_way(owed.id) => waiting.push(owed.id),
            Ok(effect) if is_over(&owed, &effect, now) => {
                let end = delivery::hopeless(&effect);
                bury(core, owed.id, end, &given_up(&owed)).await?;
            }
            Ok(effect) => {
                if !delivery.send_again(owed.id, effect, owed.attempts) {
                    waiting.push(owed.id);
                }
            }
            Err(error) => bury(core, owed.id, OwedEnd::Dead, &error.to_string()).await?,
        }
    }
    uncount(core, waiting).await
}

/// Whether an effect was tried for long enough. However late it is, it is tried once: it may have waited for its turn, or
/// for this process.
fn is_over(owed: &Owed, effect: &Effect, now: Timestamp) -> bool {
    owed.attempts > 1 && now >= delivery::tried_until(effect, owed.at)
}

fn given_up(owed: &Owed) -> String {
    let last = owed.error.as_deref().unwrap_or("it never came back");
    format!("it was tried for too long; the last time: {last}")
}

/// What is on its way already, or waits for a place, is not tried again by being looked at.
async fn uncount(core: &Core, waiting: Vec<i64>) -> Result<(), DbError> {
    if waiting.is_empty() {
        return Ok(());
    }
    let work = move |tx: &mut store::Tx<'_>| {
        waiting
            .iter()
            .try_for_each(|id| owed::owed_uncount(tx, *id))
    };
    core.database.write("relay", work).await
}

async fn bury(core: &Core, id: i64, end: OwedEnd, reason: &str) -> Result<(), DbError> {
    tracing::error!(id, reason, "an owed effect is given up");
    metrics::counter!(DEAD).increment(1);
    let (reason, now) = (reason.to_owned(), core.clock.now());
    let work = move |tx: &mut store::Tx<'_>| {
        owed::owed_end(tx, id, end, &reason, now)?;
        let failed = audit::Settled::Failed {
            error: reason.clone(),
        };
        audit::effect_settled(tx, id, &failed, now).map(drop)
    };
    core.database.write("bury", work).await
}
