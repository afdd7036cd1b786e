//! The engine's error codes, told apart by what is to be done about them.

use store::{Constraint, DbError};

/// The primary codes of the engine that speak of the disk or the machine rather than of a statement.
const NO_MEMORY: i32 = 7;
const READ_ONLY: i32 = 8;
const INTERRUPTED: i32 = 9;
const IO: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANNOT_OPEN: i32 = 14;
const PROTOCOL: i32 = 15;
const NOT_A_DATABASE: i32 = 26;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;

/// A read-only connection that was asked to write says this and means the statement, not the disk.
const QUERY_ONLY_WORDS: &str = "attempt to write a readonly database";

/// What an error of the engine means for the statement of this name.
pub(crate) fn failure(statement: &str, error: &libsql::Error) -> DbError {
    let (code, reason) = match error {
        libsql::Error::SqliteFailure(code, reason) => (*code, reason.clone()),
        libsql::Error::ConnectionFailed(reason) => (CANNOT_OPEN, reason.clone()),
        other => (0, other.to_string()),
    };
    let statement = statement.to_owned();
    if let Some(constraint) = constraint(code) {
        return DbError::Violated {
            statement,
            constraint,
            reason,
        };
    }
    match code & 0xff {
        BUSY | LOCKED => DbError::Retry { statement, reason },
        READ_ONLY if code == READ_ONLY && reason == QUERY_ONLY_WORDS => {
            DbError::Rejected { statement, reason }
        }
        NO_MEMORY | READ_ONLY | INTERRUPTED | IO | CORRUPT | FULL | CANNOT_OPEN | PROTOCOL
        | NOT_A_DATABASE => DbError::Unavailable {
            doing: format!("running `{statement}`"),
            reason: format!("{reason} (code {code})"),
        },
        _ => DbError::Rejected { statement, reason },
    }
}

const fn constraint(code: i32) -> Option<Constraint> {
    match code {
        // A unique index, a primary key, a row id.
        2067 | 1555 | 2579 => Some(Constraint::Unique),
        787 => Some(Constraint::ForeignKey),
        275 => Some(Constraint::Check),
        1299 => Some(Constraint::NotNull),
        _ => None,
    }
}

/// Whether it is the disk or the machine that failed, and so every work of a batch.
pub(crate) const fn is_storage_fault(error: &DbError) -> bool {
    matches!(error, DbError::Unavailable { .. })
}

#[cfg(test)]
mod tests {
    use store::DbError;

    use super::failure;

    fn kind(code: i32, words: &str) -> &'static str {
        let error = libsql::Error::SqliteFailure(code, words.to_owned());
        match failure("s", &error) {
            DbError::Unavailable { .. } => "unavailable",
            DbError::Retry { .. } => "retry",
            DbError::Violated { .. } => "violated",
            DbError::Rejected { .. } => "rejected",
            _ => "other",
        }
    }

    #[test]
    fn codes_are_told_apart_by_what_is_to_be_done() {
        for (code, expected) in [
            (1, "rejected"),
            (5, "retry"),
            (517, "retry"),
            (10, "unavailable"),
            (1034, "unavailable"),
            (13, "unavailable"),
            (275, "violated"),
            (787, "violated"),
            (1299, "violated"),
            (1555, "violated"),
            (2067, "violated"),
            (3091, "rejected"),
            (776, "unavailable"),
        ] {
            assert_eq!(kind(code, ""), expected, "code {code}");
        }
        let words = "attempt to write a readonly database";
        assert_eq!(kind(8, words), "rejected");
    }
}
