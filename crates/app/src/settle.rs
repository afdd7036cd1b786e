//! Writes down what became of effects, many in one transaction.

use kernel::{MessageId, Span, Timestamp};
use store::{
    DbError, Tx,
    owed::{self, OwedEnd},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{Core, Delivery, flows};

const BATCH_MAX: usize = 512;
/// Settlements gather this long, so that they cost the writer a row and not a commit each.
const GATHER: Span = Span::millis(20);
const RETRY_PAUSE: Span = Span::millis(500);

/// What became of an effect.
#[derive(Debug, Clone)]
pub(crate) struct Settlement {
    pub(crate) owed: i64,
    pub(crate) settled: Settled,
    /// Whether an audit entry may name it; answers are named by none.
    pub(crate) audited: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Settled {
    /// It was delivered, and this message came of it.
    Confirmed(Option<MessageId>),
    /// It never will be.
    Ended { end: OwedEnd, reason: String },
    /// It is tried again after this moment.
    Waiting {
        until: Timestamp,
        reason: String,
        /// Whether what a relay counted was no try.
        uncounted: bool,
    },
}

/// Settles until the last sender is gone.
pub(crate) async fn run(
    core: Core,
    delivery: Delivery,
    mut receiver: mpsc::Receiver<Settlement>,
    stop: CancellationToken,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while receiver.recv_many(&mut batch, BATCH_MAX).await > 0 {
        if batch.len() < BATCH_MAX && !stop.is_cancelled() {
            tokio::time::sleep(GATHER.to_std()).await;
            while batch.len() < BATCH_MAX
                && let Ok(settlement) = receiver.try_recv()
            {
                batch.push(settlement);
            }
        }
        settle(&core, &batch, &stop).await;
        delivery.landed(batch.drain(..).map(|settlement| settlement.owed));
    }
}

async fn settle(core: &Core, batch: &[Settlement], stop: &CancellationToken) {
    loop {
        let rows = batch.to_vec();
        let written = core
            .database
            .write("settle", {
                let now = core.clock.now();
                move |tx| settle_all(tx, &rows, now)
            })
            .await;
        let Err(error) = written else { return };
        if stop.is_cancelled() {
            tracing::warn!(%error, "deliveries were not written down; the next process asks Discord about them");
            return;
        }
        tracing::warn!(%error, "deliveries were not written down yet");
        tokio::time::sleep(RETRY_PAUSE.to_std()).await;
    }
}

fn settle_all(tx: &mut Tx<'_>, batch: &[Settlement], now: Timestamp) -> Result<(), DbError> {
    for settlement in batch {
        let owed = settlement.owed;
        match &settlement.settled {
            Settled::Confirmed(_) => owed::owed_confirm(tx, owed)?,
            Settled::Ended { end, reason } => owed::owed_end(tx, owed, *end, reason, now)?,
            Settled::Waiting {
                until,
                reason,
                uncounted,
            } => {
                owed::owed_put_off(tx, owed, *until, reason)?;
                if *uncounted {
                    owed::owed_uncount(tx, owed)?;
                }
            }
        }
        if settlement.audited
            && let Some(settled) = settlement.settled.for_audit()
            && let Some((guild, entry)) = audit::effect_settled(tx, owed, &settled, now)?
            && let audit::Settled::Done(Some(message)) = settled
        {
            flows::converse::posted(tx, guild, entry, message)?;
        }
    }
    Ok(())
}

impl Settled {
    /// What an audit entry says of it; nothing as long as it is not settled.
    fn for_audit(&self) -> Option<audit::Settled> {
        match self {
            Self::Confirmed(message) => Some(audit::Settled::Done(*message)),
            Self::Ended { reason, .. } => Some(audit::Settled::Failed {
                error: reason.clone(),
            }),
            Self::Waiting { .. } => None,
        }
    }
}
