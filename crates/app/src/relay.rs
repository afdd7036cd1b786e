//! Takes effects that nobody is sending, such as those a dead process left behind, and sends them.

use chat::Effect;
use kernel::Span;
use store::{
    DbError,
    owed::{self, Owed, OwedEnd},
};
use tokio_util::sync::CancellationToken;

use crate::{Core, Delivery, delivery::ATTEMPTS_MAX};

const PAUSE: Span = Span::millis(500);
const BATCH_MAX: u32 = 200;

/// Relays until it is told to stop.
pub(crate) async fn run(core: Core, delivery: Delivery, stop: CancellationToken) {
    while !stop.is_cancelled() {
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

async fn relay_due(core: &Core, delivery: &Delivery) -> Result<(), DbError> {
    let now = core.clock.now();
    let due: Vec<Owed> = core
        .database
        .write("relay", move |tx| owed::owed_claim(tx, now, BATCH_MAX))
        .await?;
    // What waits for Discord's limits in this process is not tried again by being looked at.
    let (flying, due): (Vec<Owed>, Vec<Owed>) = due
        .into_iter()
        .partition(|owed| delivery.is_sending(owed.id));
    if !flying.is_empty() {
        core.database
            .write("relay", move |tx| {
                flying
                    .iter()
                    .try_for_each(|owed| owed::owed_uncount(tx, owed.id))
            })
            .await?;
    }
    for owed in due {
        match serde_json::from_str::<Effect>(&owed.effect) {
            Ok(effect) if owed.attempts <= ATTEMPTS_MAX => delivery.send(owed.id, effect),
            Ok(_) => bury(core, owed.id, "it was tried too often").await?,
            Err(error) => bury(core, owed.id, &error.to_string()).await?,
        }
    }
    Ok(())
}

async fn bury(core: &Core, id: i64, reason: &str) -> Result<(), DbError> {
    tracing::error!(id, reason, "an owed effect is given up");
    metrics::counter!("guildhall_deliveries_dead_total").increment(1);
    let reason = reason.to_owned();
    let work = move |tx: &mut store::Tx<'_>| owed::owed_end(tx, id, OwedEnd::Dead, &reason);
    core.database.write("bury", work).await
}
