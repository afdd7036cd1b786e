//! The ports through which events come in: from a gateway, or signed over HTTP.

use std::fmt;

use crate::{BoxFuture, Incoming};

/// Takes events on. Called in the order of each guild's events, and never waits.
pub trait Inbox: Send + Sync + fmt::Debug {
    /// Takes an event on; `finished` is dropped once nothing of it would be lost by a crash.
    ///
    /// # Errors
    /// When as many events wait as may wait. The event was not taken on.
    fn accept(&self, incoming: Incoming, finished: Finished) -> Result<(), Overflow>;
}

/// Too many events wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("as many events wait as may wait")]
pub struct Overflow;

/// A mark that an event's effects are durable; dropping it says so.
pub struct Finished(Option<Box<dyn FnOnce() + Send>>);

impl Finished {
    /// A mark that calls `notice` when it is dropped.
    pub fn new(notice: impl FnOnce() + Send + 'static) -> Self {
        Self(Some(Box::new(notice)))
    }

    /// Gives the mark up without saying anything: the event is not finished, and should come again.
    pub fn give_up(mut self) {
        self.0 = None;
    }

    /// A mark that nobody waits for.
    #[must_use]
    pub const fn unwatched() -> Self {
        Self(None)
    }
}

impl Drop for Finished {
    fn drop(&mut self) {
        if let Some(notice) = self.0.take() {
            notice();
        }
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Finished")
    }
}

/// The door for interactions that Discord sends by signed HTTP requests.
pub trait InteractionDoor: Send + Sync + fmt::Debug {
    /// Checks the signature over the raw body, then answers a ping or takes the interaction on.
    fn knock<'a>(&'a self, request: SignedRequest<'a>) -> BoxFuture<'a, DoorAnswer>;
}

/// A request as it came in, unread.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// The header `X-Signature-Ed25519`.
    pub signature: &'a str,
    /// The header `X-Signature-Timestamp`.
    pub timestamp: &'a str,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// What to answer at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorAnswer {
    /// Answer `{"type":1}`.
    Pong,
    /// Answer 202: the interaction is answered by a call of its own.
    TakenOn,
    /// Answer 401: the signature does not fit.
    BadSignature,
    /// Answer 400: the body is no interaction.
    Unreadable,
    /// Answer 503: too much is waiting.
    Busy,
}
