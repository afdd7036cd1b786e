//! What recurs: each slot of each kind becomes a job once, whichever process gets there first.

use std::collections::HashMap;

use kernel::{Span, Timestamp};
use store::{
    DbError, Tx,
    jobs::{NewJob, job_insert},
};
use tokio_util::sync::CancellationToken;

use crate::{Core, jobs::JobKind};

const PAUSE: Span = Span::seconds(1);

/// What recurs, and how often.
const RECURRING: &[(JobKind, Span)] = &[
    (JobKind::ExpirePending, Span::seconds(15)),
    (JobKind::RollUpLedger, Span::minutes(1)),
    (JobKind::VerifyLedger, Span::minutes(1)),
    (JobKind::Prune, Span::minutes(10)),
    (JobKind::EndSanctions, Span::seconds(5)),
    (JobKind::CloseTalks, Span::seconds(30)),
    (JobKind::ForgetWords, Span::minutes(10)),
];

/// Schedules until it is told to stop.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let mut slots = HashMap::new();
    while !stop.is_cancelled() {
        if let Err(error) = enqueue_due(&core, &mut slots).await {
            tracing::warn!(%error, "recurring work could not be scheduled; it is tried again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE.to_std()) => {}
        }
    }
}

async fn enqueue_due(core: &Core, slots: &mut HashMap<JobKind, i64>) -> Result<(), DbError> {
    let now = core.clock.now();
    for (kind, every) in RECURRING {
        let slot = now.micros().div_euclid(every.as_micros().max(1));
        if slots.get(kind) == Some(&slot) {
            continue;
        }
        let id = core.ids.next();
        core.database
            .write("schedule", move |tx| enqueue(tx, id, *kind, slot, now))
            .await?;
        slots.insert(*kind, slot);
    }
    Ok(())
}

pub(crate) fn enqueue(
    tx: &mut Tx<'_>,
    id: i64,
    kind: JobKind,
    slot: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let job = NewJob {
        id,
        kind: kind.name(),
        key: &format!("{}:{slot}", kind.name()),
        payload: "{}",
        due_at: now,
    };
    job_insert(tx, &job, now)
}
