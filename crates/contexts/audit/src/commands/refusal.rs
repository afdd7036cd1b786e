//! Why a question is not answered, in words for the person who asked.

use ::store::DbError;
use kernel::{Fault, FaultKind, Told};

/// Why `/why` is not answered. Always told privately.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The command or button belongs to somebody else, or to an older version.
    #[error("this command or button is none of the audit's")]
    NotOurs,
    /// A message and a case were given.
    #[error("a message and a case were asked for at once")]
    OneOfBoth,
    /// The text names no message.
    #[error("the text names no message")]
    NoMessage,
    /// The link leads to another server.
    #[error("the link leads to another server")]
    OtherServer,
    /// Nothing that the asker may see was decided about the message.
    #[error("nothing that the asker may see was decided about this message")]
    NothingAboutMessage,
    /// There is no such case, or the asker may not see it.
    #[error("there is no case {0} that the asker may see")]
    NoSuchCase(i64),
    /// There is no such entry, or the asker may not see it.
    #[error("there is no such entry that the asker may see")]
    NoSuchEntry,
    /// Nothing was ever decided about the asker.
    #[error("nothing was decided about the asker")]
    NothingYet,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for CommandError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::OneOfBoth | Self::NoMessage | Self::OtherServer => FaultKind::Invalid,
            Self::NotOurs
            | Self::NothingAboutMessage
            | Self::NoSuchCase(_)
            | Self::NoSuchEntry
            | Self::NothingYet => FaultKind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NotOurs => Told::new("audit-not-ours"),
            Self::OneOfBoth => Told::new("audit-one-of-both"),
            Self::NoMessage => Told::new("audit-no-message"),
            Self::OtherServer => Told::new("audit-other-server"),
            Self::NothingAboutMessage => Told::new("audit-nothing-about-message"),
            Self::NoSuchCase(case) => Told::new("audit-no-such-case").with("case", *case),
            Self::NoSuchEntry => Told::new("audit-no-such-entry"),
            Self::NothingYet => Told::new("audit-nothing-yet"),
            Self::Store(error) => error.told(),
        }
    }
}
