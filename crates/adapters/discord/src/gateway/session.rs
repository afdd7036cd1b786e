//! A shard's session: what resuming it takes, in memory and as it is stored.

use std::sync::{Arc, Mutex, PoisonError};

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
    pub(crate) fn stored(stored: StoredSession) -> Self {
        Self {
            id: stored.id,
            resume_url: stored.resume_url,
            watermark: Watermark::at(stored.sequence),
        }
    }
}

/// Where a shard's session stands, for the shard and for whoever stores it.
#[derive(Debug, Default)]
pub(crate) struct Slot(Mutex<Option<Session>>);

impl Slot {
    /// The session, where there is one.
    pub(crate) fn get(&self) -> Option<Session> {
        self.locked(|slot| slot.clone())
    }

    /// Another session, or none.
    pub(crate) fn set(&self, session: Option<Session>) {
        self.locked(|slot| *slot = session);
    }

    /// The session as it is to be stored now.
    pub(crate) fn to_store(&self) -> Option<StoredSession> {
        self.get().map(|session| StoredSession {
            sequence: session.watermark.low(),
            id: session.id,
            resume_url: session.resume_url,
        })
    }

    /// Whether every event of the session is finished.
    pub(crate) fn is_settled(&self) -> bool {
        self.get()
            .is_none_or(|session| session.watermark.is_settled())
    }

    fn locked<T>(&self, act: impl FnOnce(&mut Option<Session>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
