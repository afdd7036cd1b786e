//! What can go wrong in a database, told apart by what is to be done about it.

use kernel::{Fault, FaultKind, Told};

/// A failure of the store. None of them is caught inside a use case: it ends the transaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// The database is away, closed, full or unwritable.
    #[error("the database is unavailable while {doing}: {reason}")]
    Unavailable {
        /// What was tried.
        doing: String,
        /// What the engine said.
        reason: String,
    },
    /// The engine asks for the transaction to be run again (busy, deadlock, serialisation).
    #[error("`{statement}` must be run again: {reason}")]
    Retry {
        /// The statement's name.
        statement: String,
        /// What the engine said.
        reason: String,
    },
    /// A constraint was violated: a rule of the code was not checked before.
    #[error("`{statement}` violates a {constraint} constraint: {reason}")]
    Violated {
        /// The statement's name.
        statement: String,
        /// Which sort of constraint.
        constraint: Constraint,
        /// What the engine said.
        reason: String,
    },
    /// The engine refused the statement: a defect in its text or values.
    #[error("`{statement}` was refused by the database: {reason}")]
    Rejected {
        /// The statement's name.
        statement: String,
        /// What the engine said.
        reason: String,
    },
    /// A row does not look as the code expects.
    #[error("`{statement}` gave {found} in column {column} where {expected} was expected")]
    Shape {
        /// The statement's name.
        statement: String,
        /// The column's place, from zero.
        column: usize,
        /// What was expected.
        expected: &'static str,
        /// What was there.
        found: String,
    },
    /// The use case panicked; its transaction is rolled back.
    #[error("`{label}` panicked: {message}")]
    Panicked {
        /// The work's label.
        label: &'static str,
        /// What the panic said.
        message: String,
    },
    /// More work is waiting than the queue holds.
    #[error("too much work is waiting for the database; `{label}` was not taken on")]
    Overloaded {
        /// The work's label.
        label: &'static str,
    },
}

impl DbError {
    /// Whether the engine refused what it was given, and not for want of anything.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Violated { .. } | Self::Rejected { .. })
    }
}

/// The sorts of constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// Another row has this key.
    Unique,
    /// The row it names does not exist.
    ForeignKey,
    /// The value is out of bounds.
    Check,
    /// A value is missing.
    NotNull,
}

impl std::fmt::Display for Constraint {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Unique => "unique",
            Self::ForeignKey => "foreign key",
            Self::Check => "check",
            Self::NotNull => "not null",
        })
    }
}

impl Fault for DbError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Unavailable { .. } | Self::Retry { .. } | Self::Overloaded { .. } => {
                FaultKind::Unavailable
            }
            Self::Violated { .. }
            | Self::Rejected { .. }
            | Self::Shape { .. }
            | Self::Panicked { .. } => FaultKind::Internal,
        }
    }

    fn told(&self) -> Told {
        match self.kind() {
            FaultKind::Unavailable => Told::new("store-unavailable"),
            _ => Told::new("fault-internal"),
        }
    }
}
