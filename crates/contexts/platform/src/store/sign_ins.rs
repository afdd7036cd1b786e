//! Sign-ins on their way.

use ::store::{DbError, Statement, Tx};
use kernel::Timestamp;

use crate::ticket::TicketDigest;

const INSERT: Statement = Statement::new(
    "platform.sign_in_insert",
    "INSERT INTO platform_sign_ins (ticket, return_to, ends_at) VALUES (?1, ?2, ?3)",
);
const TAKE: Statement = Statement::new(
    "platform.sign_in_take",
    "DELETE FROM platform_sign_ins WHERE ticket = ?1 RETURNING return_to, ends_at",
);
const COUNT: Statement = Statement::new(
    "platform.sign_in_count",
    "SELECT COUNT(*) FROM platform_sign_ins",
);
const ENDED_DROP: Statement = Statement::new(
    "platform.sign_ins_drop",
    "DELETE FROM platform_sign_ins WHERE ends_at <= ?1",
);
const OLDEST_DROP: Statement = Statement::new(
    "platform.sign_ins_drop_oldest",
    "DELETE FROM platform_sign_ins WHERE ticket IN \
     (SELECT ticket FROM platform_sign_ins ORDER BY ends_at LIMIT ?1)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[&INSERT, &TAKE, &COUNT, &ENDED_DROP, &OLDEST_DROP];

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    ticket: TicketDigest,
    return_to: &str,
    ends_at: Timestamp,
) -> Result<(), DbError> {
    let values = vec![ticket.to_column().into(), return_to.into(), ends_at.into()];
    tx.queue(&INSERT, values)
}

/// Takes one away; gives where it wanted to go and when it ends.
pub(crate) fn take(
    tx: &mut Tx<'_>,
    ticket: TicketDigest,
) -> Result<Option<(String, Timestamp)>, DbError> {
    let row = tx.row(&TAKE, &[ticket.to_column().into()])?;
    row.map(|row| Ok((row.text(0)?.to_owned(), row.timestamp(1)?)))
        .transpose()
}

pub(crate) fn count(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let row = tx.row(&COUNT, &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Drops those that took too long; there are never more than may be on their way.
pub(crate) fn ended_drop(tx: &mut Tx<'_>, at: Timestamp) -> Result<(), DbError> {
    tx.queue(&ENDED_DROP, vec![at.into()])
}

/// Drops so many of those that were begun first.
pub(crate) fn oldest_drop(tx: &mut Tx<'_>, count: i64) -> Result<(), DbError> {
    tx.queue(&OLDEST_DROP, vec![count.into()])
}
