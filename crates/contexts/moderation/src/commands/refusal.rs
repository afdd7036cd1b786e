//! Why a command was not done, in words for the person who asked.

use ::store::DbError;
use kernel::{Fault, FaultKind, Told};

use crate::{cases::CaseError, ranks::Refusal};

/// Why a command of moderation was not done. Always told privately.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The command or button is somebody else's.
    #[error("this command or button is none of moderation's")]
    NotOurs,
    /// The button belongs to an older version.
    #[error("this button makes no sense any more")]
    Stale,
    /// An option is missing or of another type.
    #[error("the option `{0}` is missing or makes no sense")]
    Missing(&'static str),
    /// A number is out of bounds.
    #[error("`{name}` is not between {min} and {max}")]
    OutOfBounds {
        /// The option.
        name: &'static str,
        /// The smallest allowed.
        min: i64,
        /// The largest allowed.
        max: i64,
    },
    /// A length of time makes no sense, or is too long.
    #[error("the duration is no length of time up to {most_days} days")]
    BadDuration {
        /// The longest allowed.
        most_days: u32,
    },
    /// A reason is too long.
    #[error("the reason is too long")]
    ReasonTooLong,
    /// The text names no user.
    #[error("the text names no user")]
    NoUser,
    /// The command makes sense in a channel alone.
    #[error("the command came from no channel")]
    NoChannel,
    /// Where people stand is not known at the moment.
    #[error("the roles of those concerned are not known")]
    RanksUnknown,
    /// There is no log channel to report to.
    #[error("there is no log channel")]
    NoLogChannel,
    /// This member reported too much lately.
    #[error("the asker reported too many messages lately")]
    TooManyReports,
    /// Asker or bot may not.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The case was not touched.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for CommandError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotOurs | Self::Stale => FaultKind::NotFound,
            Self::Missing(_)
            | Self::OutOfBounds { .. }
            | Self::BadDuration { .. }
            | Self::ReasonTooLong
            | Self::NoUser
            | Self::NoChannel => FaultKind::Invalid,
            Self::RanksUnknown => FaultKind::Unavailable,
            Self::NoLogChannel => FaultKind::Conflict,
            Self::TooManyReports => FaultKind::Exhausted,
            Self::Refused(refusal) => refusal.kind(),
            Self::Case(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NotOurs | Self::Stale => Told::new("moderation-stale"),
            Self::Missing(option) => Told::new("moderation-option-missing").with("option", *option),
            Self::OutOfBounds { name, min, max } => Told::new("moderation-out-of-bounds")
                .with("option", *name)
                .with("min", *min)
                .with("max", *max),
            Self::BadDuration { most_days } => {
                Told::new("moderation-bad-duration").with("days", *most_days)
            }
            Self::ReasonTooLong => Told::new("moderation-reason-too-long"),
            Self::NoUser => Told::new("moderation-no-user"),
            Self::NoChannel => Told::new("moderation-no-channel"),
            Self::RanksUnknown => Told::new("moderation-ranks-unknown"),
            Self::NoLogChannel => Told::new("moderation-no-log-channel"),
            Self::TooManyReports => Told::new("moderation-too-many-reports"),
            Self::Refused(refusal) => refusal.told(),
            Self::Case(error) => error.told(),
            Self::Store(error) => error.told(),
        }
    }
}
