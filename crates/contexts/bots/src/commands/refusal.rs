//! Why a command was not done, in words for the person who asked.

use ::store::DbError;
use kernel::{Fault, FaultKind, Told};

/// Why a command of personas was not done. Always told privately.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The persona is off in this guild.
    #[error("the persona is off in this guild")]
    Off,
    /// The command or button belongs to somebody else, or to an older version.
    #[error("this command or button is none of the personas'")]
    NotOurs,
    /// An option is missing or of another type.
    #[error("the option `{0}` is missing or makes no sense")]
    Missing(&'static str),
    /// The message is too long.
    #[error("the message is too long")]
    TooLong,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for CommandError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Off => FaultKind::Forbidden,
            Self::NotOurs => FaultKind::NotFound,
            Self::Missing(_) | Self::TooLong => FaultKind::Invalid,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Off => Told::new("bots-off"),
            Self::NotOurs => Told::new("bots-not-ours"),
            Self::Missing(option) => Told::new("bots-option-missing").with("option", *option),
            Self::TooLong => Told::new("bots-message-too-long"),
            Self::Store(error) => error.told(),
        }
    }
}
