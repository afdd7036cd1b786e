//! Why a command ended without doing what it was asked, and the exit code that says so.

use crate::config::{ConfigError, Problem};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what it was asked, and found nothing amiss.
    Done,
    /// It failed, or found something amiss.
    Failed,
    /// It was asked or configured wrongly.
    Usage,
}

impl Exit {
    /// The code for the shell.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
        }
    }

    /// The way of ending that this code stands for; an unknown one is a failure.
    #[must_use]
    pub const fn of_code(code: u8) -> Self {
        match code {
            0 => Self::Done,
            2 => Self::Usage,
            _ => Self::Failed,
        }
    }
}

/// Why a command was not carried out. Its text is for the operator, and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration does not hold.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It was asked wrongly.
    #[error("{0}")]
    Usage(String),
    /// It went wrong, and this is known to be why.
    #[error("{what}. {fix}")]
    Broken {
        /// What happened, to what.
        what: String,
        /// What to do.
        fix: String,
    },
    /// A file that should be a backup is none, or not a whole one.
    #[error("{0}")]
    Unfit(String),
    /// It went wrong in a part that explains itself.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl Failure {
    /// Something went wrong, and this is what to do.
    pub fn broken(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Broken {
            what: what.into(),
            fix: fix.into(),
        }
    }

    /// A setting turned out wrong when it was used.
    pub fn setting(variable: &str, reason: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Config(ConfigError::from(Problem {
            name: variable.to_owned(),
            origin: None,
            reason: reason.into(),
            fix: fix.into(),
        }))
    }

    /// The exit code.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Config(_) | Self::Usage(_) => Exit::Usage,
            Self::Broken { .. } | Self::Unfit(_) | Self::Other(_) => Exit::Failed,
        }
    }
}
