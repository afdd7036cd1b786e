//! The server's and the network's errors, told apart by what is to be done about them.

use store::{Constraint, DbError};
use tokio_postgres::{Error, error::SqlState};

/// What a failure means for the work that met it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection is gone: another one may do.
    Lost(DbError),
    /// The prepared statements are stale: the same connection may do without them.
    Stale(DbError),
    /// The server's answer, for the work to have.
    Answer(DbError),
}

impl Failure {
    pub(crate) fn into_error(self) -> DbError {
        match self {
            Self::Lost(error) | Self::Stale(error) | Self::Answer(error) => error,
        }
    }
}

/// What an error means for the statement of this name.
pub(crate) fn failure(statement: &str, error: &Error) -> Failure {
    let Some(db) = error.as_db_error() else {
        return lost(statement, told(error));
    };
    let reason = db.message().to_owned();
    let code = db.code();
    if let Some(constraint) = constraint(code) {
        return Failure::Answer(DbError::Violated {
            statement: statement.to_owned(),
            constraint,
            reason,
        });
    }
    let retry = || DbError::Retry {
        statement: statement.to_owned(),
        reason: reason.clone(),
    };
    if *code == SqlState::FEATURE_NOT_SUPPORTED && reason.contains("cached plan") {
        return Failure::Stale(retry());
    }
    if is_conflict(code) {
        return Failure::Answer(retry());
    }
    match code.code().get(..2) {
        // The connection, an operator, a crash of the server.
        Some("08" | "57" | "58" | "XX") if *code != SqlState::QUERY_CANCELED => {
            lost(statement, format!("{reason} ({})", code.code()))
        }
        // Disk, memory, connections; a statement past its time.
        Some("53" | "57") => Failure::Answer(DbError::Unavailable {
            doing: format!("running `{statement}`"),
            reason: format!("{reason} ({})", code.code()),
        }),
        _ => Failure::Answer(DbError::Rejected {
            statement: statement.to_owned(),
            reason,
        }),
    }
}

/// The connection is gone.
pub(crate) fn lost(statement: &str, reason: String) -> Failure {
    Failure::Lost(DbError::Unavailable {
        doing: format!("running `{statement}`"),
        reason,
    })
}

/// An error with its causes, which name hosts and users and never a password.
pub(crate) fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn is_conflict(code: &SqlState) -> bool {
    [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
    ]
    .contains(code)
}

fn constraint(code: &SqlState) -> Option<Constraint> {
    [
        (SqlState::UNIQUE_VIOLATION, Constraint::Unique),
        (SqlState::FOREIGN_KEY_VIOLATION, Constraint::ForeignKey),
        (SqlState::CHECK_VIOLATION, Constraint::Check),
        (SqlState::NOT_NULL_VIOLATION, Constraint::NotNull),
    ]
    .into_iter()
    .find_map(|(state, constraint)| (state == *code).then_some(constraint))
}
