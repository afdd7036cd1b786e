//! Links audit entries into their guilds' chains and signs the ends, at least every second.

use kernel::Span;
use store::{DbError, Tx};
use tokio_util::sync::CancellationToken;

use crate::Core;

/// How long to wait where nothing is left to be linked.
const PAUSE: Span = Span::millis(700);
/// How many records one transaction links.
const CHUNK: u32 = 500;
/// How many heads one transaction signs.
const HEADS: u32 = 200;
const HEADS_MAX: usize = HEADS as usize;

/// Seals until it is told to stop, and once more then, so that what was decided last is linked too.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    loop {
        let stopping = stop.is_cancelled();
        if let Err(error) = seal_all(&core).await {
            tracing::warn!(%error, "audit entries could not be linked; it is tried again");
        }
        if stopping {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE.to_std()) => {}
        }
    }
}

async fn seal_all(core: &Core) -> Result<(), DbError> {
    loop {
        let now = core.clock.now();
        let seal = move |tx: &mut Tx<'_>| audit::seal(tx, now, CHUNK);
        let sealed = core.database.write("seal", seal).await?;
        if !sealed.more {
            break;
        }
    }
    let Some(signer) = core.keys.signer() else {
        return Ok(());
    };
    loop {
        let (now, signer) = (core.clock.now(), signer.clone());
        let sign = move |tx: &mut Tx<'_>| audit::sign_heads(tx, &signer, now, HEADS);
        if core.database.write("sign-heads", sign).await? < HEADS_MAX {
            return Ok(());
        }
    }
}
