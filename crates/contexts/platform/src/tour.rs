//! That somebody was shown around the dashboard, or would rather not be: kept for the person, so that it holds in every
//! browser and after every sign-in. A [`Session`](crate::Session) says whether it was.

use ::store::{DbError, Tx};
use kernel::{Timestamp, UserId};

use crate::store::tours;

/// Notes that a person was shown around; the first time is kept.
///
/// # Errors
/// When the database fails.
pub fn tour_taken(tx: &mut Tx<'_>, at: Timestamp, user: UserId) -> Result<(), DbError> {
    tours::insert(tx, user, at)
}
