//! Why settings were not shown or changed, in words for the person who asked.

use kernel::{Fault, FaultKind, Told};

use super::card::escaped;
use crate::{config::ConfigError, document::DocumentError, policy::Refusal};

/// Why a command of the platform was not done. Always told privately.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The command or button belongs to somebody else, or to an older version.
    #[error("this command, button or choice is none of the platform's")]
    NotOurs,
    /// The asker may not manage the server.
    #[error("the asker may not manage the server")]
    NotPermitted,
    /// A context does not take its section.
    #[error("the settings are wrong at {pointer}: {reason}")]
    Wrong {
        /// Where, as a JSON pointer into the document.
        pointer: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The policy guard refuses it.
    #[error("the policy guard refuses {}: {}", refusal.pointer, refusal.rule.name())]
    Policy {
        /// The first refusal.
        refusal: Refusal,
    },
    /// The document grew out of its bounds.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// It was not written.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl From<::store::DbError> for CommandError {
    fn from(error: ::store::DbError) -> Self {
        Self::Config(error.into())
    }
}

impl Fault for CommandError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotOurs => FaultKind::NotFound,
            Self::NotPermitted => FaultKind::Forbidden,
            Self::Wrong { .. } | Self::Policy { .. } | Self::Document(_) => FaultKind::Invalid,
            Self::Config(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NotOurs => Told::new("platform-not-ours"),
            Self::NotPermitted => Told::new("platform-not-permitted"),
            Self::Wrong { pointer, reason } => Told::new("platform-wrong")
                .with("pointer", escaped(pointer))
                .with("reason", escaped(reason)),
            Self::Policy { refusal } => Told::new("platform-policy")
                .with("reason", escaped(&refusal.reason))
                .with("pointer", escaped(&refusal.pointer))
                .with("stands", refusal.rule.stands()),
            Self::Document(_) => Told::new("platform-bad-document"),
            Self::Config(error) => error.told(),
        }
    }
}
