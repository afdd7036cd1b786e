//! Stores the sessions of a bot's shards: a new one at once, how far it is each second, and once more at the end.

use std::{collections::HashMap, sync::Arc, time::Duration};

use kernel::Clock;
use store::{Database, DbError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Slot;
use crate::{
    health::{Board, Trouble},
    store::{ShardKey, StoredSession, session_delete, session_upsert},
};

const EVERY: Duration = Duration::from_secs(1);
/// How long the events that were taken on may take to finish before the last storing.
const DRAIN_WITHIN: Duration = Duration::from_millis(1_500);

/// Keeps the sessions of one bot.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) board: Arc<Board>,
    pub(crate) bot: usize,
    pub(crate) slots: Vec<(ShardKey, Arc<Slot>)>,
    /// Told when a slot has another session.
    pub(crate) renewed: Arc<Notify>,
}

type Stored = HashMap<ShardKey, Option<StoredSession>>;

impl Keeper {
    /// Stores until told to stop; then waits a moment for what is unfinished, and stores for the last time.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut stored = Stored::new();
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.renewed.notified() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
            self.store_changed(&mut stored).await;
        }
        let drained = tokio::time::timeout(DRAIN_WITHIN, self.drained()).await;
        if drained.is_err() {
            tracing::info!("some events are unfinished at the end; the next start replays them");
        }
        self.store_changed(&mut stored).await;
    }

    async fn drained(&self) {
        while !self.slots.iter().all(|(_, slot)| slot.is_settled()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn store_changed(&self, stored: &mut Stored) {
        let now_stored = |(key, slot): &(ShardKey, Arc<Slot>)| (*key, slot.to_store());
        let current = self.slots.iter().map(now_stored);
        let changed: Vec<_> = current
            .filter(|(key, session)| stored.get(key) != Some(session))
            .collect();
        if changed.is_empty() {
            return;
        }
        match self.write(changed.clone()).await {
            Ok(()) => {
                self.tell_stored(&changed);
                stored.extend(changed);
                self.board.trouble(self.bot, Trouble::Sessions, None);
            }
            Err(error) => {
                tracing::warn!(%error, "the gateway sessions could not be stored");
                let reason = format!(
                    "the gateway session can't be stored, so a crash would replay more than it must: {error}"
                );
                self.board
                    .trouble(self.bot, Trouble::Sessions, Some(reason));
            }
        }
    }

    fn tell_stored(&self, changed: &[(ShardKey, Option<StoredSession>)]) {
        for (key, slot) in &self.slots {
            let stored = changed.iter().find(|(stored, _)| stored == key);
            if let Some((_, session)) = stored {
                slot.is_stored(session.as_ref());
            }
        }
    }

    async fn write(&self, changed: Vec<(ShardKey, Option<StoredSession>)>) -> Result<(), DbError> {
        let now = self.clock.now();
        let write = move |tx: &mut store::Tx<'_>| {
            for (key, session) in &changed {
                match session {
                    Some(session) => session_upsert(tx, *key, session, now)?,
                    None => session_delete(tx, *key)?,
                }
            }
            Ok(())
        };
        self.database.write("discord.sessions_store", write).await
    }
}
