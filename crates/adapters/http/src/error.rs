//! What can go wrong with a call, told apart by what may be done next.

use std::time::Duration;

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
#[error(
    "the HTTP client could not be made: {reason}; are the system's certificates (ca-certificates) installed?"
)]
pub struct BuildError {
    pub(crate) reason: String,
}

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The address is none.
    #[error("`{host}` can't be called: {reason}")]
    Unusable {
        /// The host, as far as it could be read.
        host: String,
        /// What is wrong.
        reason: String,
    },
    /// No connection came about: the peer has seen nothing of the request.
    #[error("no connection to {host}: {reason}")]
    NotSent {
        /// The host.
        host: String,
        /// What stood in the way.
        reason: String,
    },
    /// The connection broke: whether the peer acted is not known.
    #[error("the connection to {host} broke: {reason}")]
    Broken {
        /// The host.
        host: String,
        /// What happened.
        reason: String,
    },
    /// The deadline passed: whether the peer acted is not known.
    #[error("{host} did not answer within {after:?}")]
    TimedOut {
        /// The host.
        host: String,
        /// The deadline.
        after: Duration,
    },
    /// The answer is longer than its bound.
    #[error("the answer of {host} is longer than {bound} bytes")]
    TooLong {
        /// The host.
        host: String,
        /// The bound.
        bound: usize,
    },
}

impl CallError {
    /// Whether the peer has seen nothing of the request, so that a repeat can't double anything.
    #[must_use]
    pub const fn is_unsent(&self) -> bool {
        matches!(self, Self::NotSent { .. } | Self::Unusable { .. })
    }
}

/// The innermost reason, which is the one that helps; addresses stay out of it.
pub(crate) fn reason_of(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
