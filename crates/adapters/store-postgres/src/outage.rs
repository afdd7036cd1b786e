//! What all threads know of an outage together, so that works wait for the server at its start and not each anew.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kernel::Stopwatch;
use store::DbError;

/// How long no thread tries again after one has tried in vain, once patience is over.
const PROBE_PAUSE: Duration = Duration::from_millis(250);

/// Whether the server is away, since when, and when it was last tried.
#[derive(Debug, Default)]
pub(crate) struct Outage(Mutex<Option<Away>>);

#[derive(Debug, Clone)]
struct Away {
    since: Stopwatch,
    tried: Stopwatch,
    reason: String,
}

impl Outage {
    fn state(&self) -> MutexGuard<'_, Option<Away>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why a work is not to wait for a connection any more: the outage has lasted, and it was tried just now.
    pub(crate) fn refusal(&self, patience: Duration) -> Option<DbError> {
        let state = self.state();
        let away = state.as_ref()?;
        let hopeless = away.since.elapsed() >= patience && away.tried.elapsed() < PROBE_PAUSE;
        hopeless.then(|| unreachable(&away.reason))
    }

    /// A try has failed. Gives what to tell a work once patience is over.
    pub(crate) fn tried_in_vain(&self, patience: Duration, reason: &str) -> Option<DbError> {
        let mut state = self.state();
        let now = Stopwatch::start();
        let since = state.as_ref().map_or(now, |away| away.since);
        if state.is_none() {
            tracing::warn!(reason, "PostgreSQL is unreachable");
        }
        *state = Some(Away {
            since,
            tried: now,
            reason: reason.to_owned(),
        });
        (since.elapsed() >= patience).then(|| unreachable(reason))
    }

    /// A connection was made.
    pub(crate) fn over(&self) {
        if let Some(away) = self.state().take() {
            let lasted_ms = away.since.elapsed().as_millis();
            tracing::info!(lasted_ms, "PostgreSQL is reachable again");
        }
    }
}

fn unreachable(reason: &str) -> DbError {
    DbError::Unavailable {
        doing: "connecting to PostgreSQL".to_owned(),
        reason: reason.to_owned(),
    }
}
