//! A write that came before: with the same content it changes nothing, with other content it is refused.
//!
//! Two marks of the decision's own transaction say so: one of the write's cause, and one of the cause with a digest of
//! what was asked. They are forgotten with all other marks, after two days. A context that keeps the cause of what it
//! wrote, as the ledger does, needs neither.

use kernel::{Cause, Fault, FaultKind, Op, Told};
use sha2::{Digest, Sha256};
use store::{
    DbError, Tx,
    handled::{Handled, handled_at, handled_mark},
};

/// How a write comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coming {
    /// For the first time.
    First,
    /// Again, as before.
    Again,
    /// Under the key of another one.
    Reused,
}

/// The key of a write was used for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key of this write was used for something else")]
pub struct KeyReused;

impl Fault for KeyReused {
    fn kind(&self) -> FaultKind {
        FaultKind::Conflict
    }

    fn told(&self) -> Told {
        Told::new("app-key-reused")
    }
}

/// Marks a write with what it asks for, and says whether it came before.
///
/// # Errors
/// When the database fails.
pub(crate) fn once(
    tx: &mut Tx<'_>,
    op: &Op,
    content: &[impl AsRef<str>],
) -> Result<Coming, DbError> {
    let first = handled_mark(tx, &op.cause, op.at)? == Handled::Now;
    let same = handled_mark(tx, &with_content(&op.cause, content), op.at)? == Handled::Before;
    Ok(match (first, same) {
        (true, _) => Coming::First,
        (false, true) => Coming::Again,
        (false, false) => Coming::Reused,
    })
}

/// Marks which number a write came to, for a context that does not keep the cause of what it wrote.
///
/// # Errors
/// When the database fails.
pub(crate) fn came_to(tx: &mut Tx<'_>, op: &Op, number: i64) -> Result<(), DbError> {
    handled_mark(tx, &with_number(&op.cause, number), op.at).map(drop)
}

/// Whether an earlier run of this write came to that number.
///
/// # Errors
/// When the database fails.
pub(crate) fn has_come_to(tx: &mut Tx<'_>, op: &Op, number: i64) -> Result<bool, DbError> {
    Ok(handled_at(tx, &with_number(&op.cause, number))?.is_some())
}

fn with_number(cause: &Cause, number: i64) -> Cause {
    Cause::new(cause.kind, format!("{}#{number}", cause.id))
}

fn with_content(cause: &Cause, content: &[impl AsRef<str>]) -> Cause {
    let mut digest = Sha256::new();
    for part in content.iter().map(AsRef::as_ref) {
        // Each with its length, so that no two lists run together.
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let digest: String = digest
        .finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Cause::new(cause.kind, format!("{}={digest}", cause.id))
}
