//! Why a command was not done, in words for the person who asked.

use ::store::DbError;
use kernel::{Fault, FaultKind, Told};

use crate::learn::TooThin;

/// Why a command of memory was not done. Always told privately.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Memory is off in this guild.
    #[error("memory is off in this guild")]
    Off,
    /// The command or button belongs to somebody else, or to an older version.
    #[error("this command or button is none of memory's")]
    NotOurs,
    /// An option is missing or of another type.
    #[error("the option `{0}` is missing or makes no sense")]
    Missing(&'static str),
    /// There is no such fact of the asker.
    #[error("the asker has no such fact")]
    NoSuchFact,
    /// This very command was done before.
    #[error("this command was done before")]
    Twice,
    /// What was to be added is not kept.
    #[error("what was to be added is not kept: {}", .0.name())]
    NotKept(TooThin),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for CommandError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Off | Self::NotKept(TooThin::OptedOut | TooThin::Off) => FaultKind::Forbidden,
            Self::NotOurs | Self::NoSuchFact => FaultKind::NotFound,
            Self::Twice => FaultKind::Conflict,
            Self::Missing(_) | Self::NotKept(_) => FaultKind::Invalid,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Off | Self::NotKept(TooThin::Off) => Told::new("memory-guild-off"),
            Self::NotOurs => Told::new("memory-not-ours"),
            Self::Missing(option) => Told::new("memory-option-missing").with("option", *option),
            Self::NoSuchFact => Told::new("memory-no-such-fact"),
            Self::Twice => Told::new("memory-twice"),
            Self::NotKept(why) => Told::new(match why {
                TooThin::OptedOut => "memory-opted-out",
                TooThin::AboutSomebodyElse => "memory-somebody-else",
                TooThin::Secret => "memory-secret",
                TooThin::Off => "memory-guild-off",
                TooThin::Empty | TooThin::Unsure => "memory-empty",
            }),
            Self::Store(error) => error.told(),
        }
    }
}
