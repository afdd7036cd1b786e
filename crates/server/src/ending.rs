//! How a server comes to its end: by a signal, or because a part cannot go on.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// The end, which anyone can ask for and everyone can wait for. The first reason stands.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    token: CancellationToken,
    failure: Arc<Mutex<Option<Failure>>>,
}

impl Ending {
    /// Ends the server because it cannot go on; its exit code is the failure's.
    pub fn fail(&self, failure: Failure) {
        let mut slot = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if self.token.is_cancelled() {
            tracing::warn!(%failure, "something failed while the server was ending");
            return;
        }
        *slot = Some(failure);
        self.token.cancel();
    }

    /// Ends the server in good order; gives whether nobody had asked before.
    pub fn ask(&self) -> bool {
        let first = !self.token.is_cancelled();
        self.token.cancel();
        first
    }

    /// Waits for the end.
    pub async fn asked(&self) {
        self.token.cancelled().await;
    }

    /// The token that is cancelled at the end.
    #[must_use]
    pub const fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Takes out why it ended, where it was a failure.
    #[must_use]
    pub fn take_failure(&self) -> Option<Failure> {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// The signals that the process listens to.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To end.
    End,
    /// To read the settings anew.
    Reload,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// The next signal.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::End,
            _ = self.interrupt.recv() => Asked::End,
            _ = self.hang_up.recv() => Asked::Reload,
        }
    }
}
