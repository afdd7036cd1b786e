//! Who was shown around the dashboard.

use ::store::{DbError, Statement, Tx};
use kernel::{Timestamp, UserId};

const INSERT: Statement = Statement::new(
    "platform.tour_insert",
    "INSERT INTO platform_tours (user_id, at) VALUES (?1, ?2) ON CONFLICT (user_id) DO NOTHING",
);
const FETCH: Statement = Statement::new(
    "platform.tour_fetch",
    "SELECT at FROM platform_tours WHERE user_id = ?1",
);
const DELETE: Statement = Statement::new(
    "platform.tour_delete",
    "DELETE FROM platform_tours WHERE user_id = ?1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[&INSERT, &FETCH, &DELETE];

pub(crate) fn insert(tx: &mut Tx<'_>, user: UserId, at: Timestamp) -> Result<(), DbError> {
    tx.execute(&INSERT, &[user.to_column().into(), at.into()])
        .map(drop)
}

/// When a person was shown around; nothing where they never were.
pub(crate) fn fetch(tx: &mut Tx<'_>, user: UserId) -> Result<Option<Timestamp>, DbError> {
    let row = tx.row(&FETCH, &[user.to_column().into()])?;
    row.map(|row| row.timestamp(0)).transpose()
}

pub(crate) fn delete(tx: &mut Tx<'_>, user: UserId) -> Result<(), DbError> {
    tx.execute(&DELETE, &[user.to_column().into()]).map(drop)
}
