//! A shard's session: what resuming it takes, in memory and as it is stored.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use super::watermark::Watermark;
use crate::store::StoredSession;

/// A session that can be taken up again.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) resume_url: String,
    pub(crate) watermark: Arc<Watermark>,
}

impl Session {
    /// A session as it was stored.
    fn stored(stored: StoredSession) -> Self {
        Self {
            id: stored.id,
            resume_url: stored.resume_url,
            watermark: Watermark::at(stored.sequence),
        }
    }
}

/// Where a shard's session stands, for the shard and for whoever stores it.
#[derive(Debug)]
pub(crate) struct Slot {
    session: Mutex<Option<Session>>,
    /// Told when there is another session, for that is not to wait for the next storing.
    renewed: Arc<Notify>,
    /// Which session a start would find.
    stored: watch::Sender<Option<String>>,
}

impl Slot {
    /// What a start found; `renewed` is told of every session after it.
    pub(crate) fn found(stored: Option<StoredSession>, renewed: Arc<Notify>) -> Self {
        let id = stored.as_ref().map(|session| session.id.clone());
        Self {
            session: Mutex::new(stored.map(Session::stored)),
            renewed,
            stored: watch::Sender::new(id),
        }
    }

    /// The session, where there is one.
    pub(crate) fn get(&self) -> Option<Session> {
        self.locked(|slot| slot.clone())
    }

    /// Another session, or none.
    pub(crate) fn set(&self, session: Option<Session>) {
        self.locked(|slot| *slot = session);
        self.renewed.notify_one();
    }

    /// The session as it is to be stored now.
    pub(crate) fn to_store(&self) -> Option<StoredSession> {
        self.get().map(|session| StoredSession {
            sequence: session.watermark.low(),
            id: session.id,
            resume_url: session.resume_url,
        })
    }

    /// A start would find this one from now on.
    pub(crate) fn is_stored(&self, session: Option<&StoredSession>) {
        let id = session.map(|session| session.id.clone());
        self.stored.send_if_modified(|stored| {
            let is_another = *stored != id;
            *stored = id;
            is_another
        });
    }

    /// Waits until a start would find the session that there is now.
    pub(crate) async fn stored(&self) {
        let id = self.get().map(|session| session.id);
        // The sender lives as long as this does, so the waiting ends only when it is so.
        let _ = self
            .stored
            .subscribe()
            .wait_for(|stored| *stored == id)
            .await;
    }

    /// Whether every event of the session is finished.
    pub(crate) fn is_settled(&self) -> bool {
        self.get()
            .is_none_or(|session| session.watermark.is_settled())
    }

    fn locked<T>(&self, act: impl FnOnce(&mut Option<Session>) -> T) -> T {
        act(&mut self.session.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
