//! The port to a model: what it is asked, and what comes back, piece by piece.
//!
//! An answer is a sequence of pieces that ends with [`Piece::End`] or with an error, never with silence. Whoever
//! implements the port resolves [`Model::ask`] only when the first piece is there, so that another model can still
//! be asked where none came. Not here: how a request reads on a wire (`llm`), and what an answer may cost
//! ([`crate::reserve`]).

use std::fmt;

use chat::BoxFuture;
use kernel::{Fault, FaultKind, Span, Told};

use crate::request::Request;

/// The most bytes of text that one answer may have; what goes on longer is cut off.
pub const ANSWER_BYTES_MAX: usize = 64 * 1_024;

/// A model, or a chain of them.
pub trait Model: Send + Sync + fmt::Debug {
    /// Asks. The answer begins with its first piece; from then on it can only end or break.
    fn ask<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, ModelError>>;

    /// Asks a structured question and waits for the whole text, which the caller then checks against the schema.
    fn decide<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Decided, Broken>> {
        Box::pin(async move {
            let answer = self.ask(request).await.map_err(Broken::before)?;
            answer.collect().await
        })
    }
}

/// The pieces of one answer, in order.
pub trait Pieces: Send {
    /// The next piece; nothing after the end.
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Piece, ModelError>>>;
}

/// An answer that has begun.
pub struct Answer {
    /// Who gives it.
    pub by: By,
    /// What comes.
    pub pieces: Box<dyn Pieces>,
}

/// Which model of which provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct By {
    /// The provider's name, of a bounded set: it is a label.
    pub provider: String,
    /// The model's name as it was asked for.
    pub model: String,
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text to append.
    Text(String),
    /// What the provider says it counted; the last one stands.
    Usage(Usage),
    /// The end, with its reason. Nothing follows.
    End(End),
}

/// Tokens as somebody counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens that were read.
    pub input: u64,
    /// Tokens that were written, thoughts included.
    pub output: u64,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// The model was done.
    Done,
    /// The bound on tokens was reached.
    Length,
    /// The provider stopped it for its contents.
    Filtered,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Who gave it.
    pub by: By,
    /// Its text.
    pub text: String,
    /// What the provider says it counted.
    pub usage: Option<Usage>,
    /// Why it ended.
    pub end: End,
}

/// An answer that did not come to its end, with what there was of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Broken {
    /// Who gave it, where it had begun.
    pub by: Option<By>,
    /// What had come.
    pub text: String,
    /// What the provider had said it counted.
    pub usage: Option<Usage>,
    /// Why it broke.
    #[source]
    pub error: ModelError,
}

/// Why there is no answer, or no more of it. The reasons are for the operator and hold no key and no text of a
/// member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The provider is away or broken.
    #[error("the model is unavailable: {reason}")]
    Unavailable {
        /// What was seen.
        reason: String,
        /// Whether the provider has surely seen nothing of the request.
        sent: Sent,
    },
    /// The provider has failed too often lately and is left alone for a while.
    #[error("the model is left alone for {} ms more, after failures in a row", after.as_micros() / 1_000)]
    Resting {
        /// For how much longer.
        after: Span,
    },
    /// The provider asks for a pause.
    #[error("the provider's rate limit is reached")]
    RateLimited {
        /// How long, where it said so.
        after: Option<Span>,
    },
    /// The provider will not answer this: the key, the model's name, or the contents.
    #[error("the provider refused: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
    /// The answer broke off after it had begun.
    #[error("the answer broke off: {reason}")]
    Cut {
        /// What was seen.
        reason: String,
    },
    /// What came is not in the provider's own format.
    #[error("the provider answered nonsense: {reason}")]
    Nonsense {
        /// What was seen.
        reason: String,
    },
    /// The request or the answer is longer than its bound.
    #[error("longer than {bound} bytes")]
    TooLong {
        /// The bound.
        bound: usize,
    },
    /// The deadline passed.
    #[error("no {awaited} within {} ms", after.as_micros() / 1_000)]
    Timeout {
        /// What was waited for.
        awaited: Awaited,
        /// For how long.
        after: Span,
    },
}

/// Whether a request may have reached the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sent {
    /// It may have, and may cost.
    Maybe,
    /// It surely has not.
    No,
}

/// What a deadline was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Awaited {
    /// The first piece of an answer.
    First,
    /// The whole answer.
    Whole,
}

impl fmt::Display for Awaited {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::First => "first word",
            Self::Whole => "end of the answer",
        })
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Answer")
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// Waits for the whole of it, within [`ANSWER_BYTES_MAX`].
    ///
    /// # Errors
    /// When it breaks; what had come by then is in the error.
    pub async fn collect(mut self) -> Result<Decided, Broken> {
        let (mut text, mut usage) = (String::new(), None);
        let error = loop {
            match self.pieces.next().await {
                Some(Ok(Piece::Text(more))) if text.len() + more.len() > ANSWER_BYTES_MAX => {
                    break ModelError::TooLong {
                        bound: ANSWER_BYTES_MAX,
                    };
                }
                Some(Ok(Piece::Text(more))) => text.push_str(&more),
                Some(Ok(Piece::Usage(counted))) => usage = Some(counted),
                Some(Ok(Piece::End(end))) => {
                    let by = self.by;
                    return Ok(Decided {
                        by,
                        text,
                        usage,
                        end,
                    });
                }
                Some(Err(error)) => break error,
                None => {
                    let reason = "it ended without an end".to_owned();
                    break ModelError::Cut { reason };
                }
            }
        };
        Err(Broken {
            by: Some(self.by),
            text,
            usage,
            error,
        })
    }
}

impl Broken {
    /// An answer that never began.
    #[must_use]
    pub const fn before(error: ModelError) -> Self {
        Self {
            by: None,
            text: String::new(),
            usage: None,
            error,
        }
    }
}

impl ModelError {
    /// Its name in metrics and audit entries.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "unavailable",
            Self::Resting { .. } => "resting",
            Self::RateLimited { .. } => "rate_limited",
            Self::Refused { .. } => "refused",
            Self::Cut { .. } => "cut",
            Self::Nonsense { .. } => "nonsense",
            Self::TooLong { .. } => "too_long",
            Self::Timeout { .. } => "timeout",
        }
    }

    /// Whether the provider may have read the request, and may charge for it.
    #[must_use]
    pub const fn may_cost(&self) -> bool {
        match self {
            Self::Unavailable { sent, .. } => matches!(sent, Sent::Maybe),
            Self::Resting { .. } | Self::RateLimited { .. } | Self::Refused { .. } => false,
            Self::Cut { .. }
            | Self::Nonsense { .. }
            | Self::TooLong { .. }
            | Self::Timeout { .. } => true,
        }
    }

    /// Whether it speaks of the provider's health rather than of this request.
    #[must_use]
    pub const fn is_of_provider(&self) -> bool {
        match self {
            Self::Unavailable { .. }
            | Self::RateLimited { .. }
            | Self::Cut { .. }
            | Self::Nonsense { .. }
            | Self::Timeout { .. } => true,
            Self::Resting { .. } | Self::Refused { .. } | Self::TooLong { .. } => false,
        }
    }
}

impl Fault for ModelError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Unavailable { .. }
            | Self::Resting { .. }
            | Self::Cut { .. }
            | Self::Nonsense { .. }
            | Self::Timeout { .. } => FaultKind::Unavailable,
            Self::RateLimited { .. } => FaultKind::Exhausted,
            Self::Refused { .. } => FaultKind::Forbidden,
            Self::TooLong { .. } => FaultKind::Invalid,
        }
    }

    fn told(&self) -> Told {
        Told::new(match self {
            Self::Unavailable { .. } => "ai-unavailable",
            Self::Resting { .. } => "ai-resting",
            Self::RateLimited { .. } => "ai-rate-limited",
            Self::Refused { .. } => "ai-refused",
            Self::Cut { .. } => "ai-cut",
            Self::Nonsense { .. } => "ai-nonsense",
            Self::TooLong { .. } => "ai-too-long",
            Self::Timeout { .. } => "ai-timeout",
        })
    }
}
