//! What a call to Discord can end in, other than as asked.

use std::time::Duration;

use chat::DeliveryError;
use http_out::CallError;
use kernel::Span;

use crate::render::RenderError;

/// Why a call did not do what was asked. It never holds a token or a whole address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RestError {
    /// Discord refused.
    #[error("Discord refused `{route}` with {status}, code {code}: {message}")]
    Refused {
        /// What was called.
        route: &'static str,
        /// The HTTP status.
        status: u16,
        /// Discord's own code, or zero.
        code: u64,
        /// Discord's words.
        message: String,
    },
    /// The limits leave no room before the deadline.
    #[error("`{route}` must wait {after:?} for Discord's rate limits")]
    Limited {
        /// What was to be called.
        route: &'static str,
        /// How long.
        after: Duration,
    },
    /// Too many requests were invalid; nothing is sent until the budget has room again.
    #[error(
        "`{route}` was not sent: too many requests were refused, and Discord would block this address; open again in {after:?}"
    )]
    BudgetSpent {
        /// What was to be called.
        route: &'static str,
        /// How long.
        after: Duration,
    },
    /// A newer one took its place before it was sent.
    #[error("`{route}` was not sent: a newer one took its place")]
    Overtaken {
        /// What was to be called.
        route: &'static str,
    },
    /// Discord refused the bot's token again and again; nothing is sent with it any more.
    #[error(
        "`{route}` was not sent: Discord refuses the bot's token; put a valid one in place and restart"
    )]
    TokenRefused {
        /// What was to be called.
        route: &'static str,
    },
    /// The answer is not what Discord's API answers, such as a page of some proxy.
    #[error("the answer to `{route}` (status {status}) can't be read: {what}")]
    Unreadable {
        /// What was called.
        route: &'static str,
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        what: &'static str,
    },
    /// There was no answer.
    #[error("no answer to `{route}`: {source}")]
    Silent {
        /// What was called.
        route: &'static str,
        /// What happened instead.
        source: CallError,
    },
    /// The request could not be built.
    #[error("`{route}` can't be built: {reason}")]
    Unbuildable {
        /// What was to be called.
        route: &'static str,
        /// Why.
        reason: String,
    },
}

/// The codes of Discord that decide what happens next.
pub(crate) mod code {
    pub(crate) const UNKNOWN_CHANNEL: u64 = 10_003;
    pub(crate) const UNKNOWN_MESSAGE: u64 = 10_008;
    pub(crate) const UNKNOWN_WEBHOOK: u64 = 10_015;
    pub(crate) const UNKNOWN_BAN: u64 = 10_026;
    pub(crate) const UNKNOWN_INTERACTION: u64 = 10_062;
    pub(crate) const ALREADY_ACKNOWLEDGED: u64 = 40_060;
    pub(crate) const MISSING_ACCESS: u64 = 50_001;
    pub(crate) const CANNOT_MESSAGE_USER: u64 = 50_007;
    pub(crate) const INVALID_WEBHOOK_TOKEN: u64 = 50_027;
    pub(crate) const MESSAGE_TOO_OLD: u64 = 50_034;
    pub(crate) const UNKNOWN_USER: u64 = 10_013;
    pub(crate) const UNKNOWN_MEMBER: u64 = 10_007;
}

impl RestError {
    /// Discord's own code, where it refused with one.
    pub(crate) const fn code(&self) -> u64 {
        match self {
            Self::Refused { code, .. } => *code,
            _ => 0,
        }
    }

    /// The HTTP status of a refusal.
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Refused { status, .. } => *status,
            _ => 0,
        }
    }

    /// Whether Discord may have done what was asked all the same.
    pub(crate) const fn is_unsure(&self) -> bool {
        match self {
            Self::Silent { source, .. } => !source.is_unsent(),
            Self::Unreadable { status, .. } => *status < 300,
            _ => false,
        }
    }
}

impl From<RestError> for DeliveryError {
    fn from(error: RestError) -> Self {
        let after = match &error {
            RestError::Limited { after, .. } | RestError::BudgetSpent { after, .. } => Some(*after),
            _ => None,
        };
        let is_for_good = match &error {
            RestError::Refused { status, .. } => *status < 500 && *status != 429 && *status != 408,
            RestError::TokenRefused { .. } | RestError::Unbuildable { .. } => true,
            _ => false,
        };
        let reason = error.to_string();
        if is_for_good {
            return Self::Never { reason };
        }
        let millis = |after: Duration| u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
        Self::Later {
            reason,
            after: after.map(|after| Span::millis(millis(after))),
        }
    }
}

impl From<RenderError> for DeliveryError {
    fn from(error: RenderError) -> Self {
        Self::Never {
            reason: error.to_string(),
        }
    }
}
