//! A sign-in on its way: begun in a browser, finished in the same one, once and soon.
//!
//! Kept is the digest of the browser's ticket and where it wanted to go; `state` and verifier follow from the ticket,
//! so nothing in the database lets anybody finish it. So many are kept at once; no number of them keeps anybody out.

use ::store::{DbError, Tx};
use kernel::{Span, Timestamp};

use crate::{store::sign_ins, ticket::TicketDigest};

/// How long a person may take at Discord.
pub const SIGN_IN_LIFE: Span = Span::minutes(10);
/// Sign-ins on their way at once, over all browsers.
pub const SIGN_INS_MAX: u32 = 10_000;
/// The longest address to return to, in bytes.
pub const RETURN_LENGTH_MAX: usize = 500;

/// Begins a sign-in in the browser with this ticket. Where as many as may be are on their way, the one that was begun first
/// makes room: whoever begins many drops their own, long before that of somebody who is at Discord for a moment.
///
/// # Errors
/// When the database fails.
pub fn sign_in_begin(
    tx: &mut Tx<'_>,
    at: Timestamp,
    ticket: TicketDigest,
    return_to: &str,
) -> Result<(), DbError> {
    sign_ins::ended_drop(tx, at)?;
    let over = sign_ins::count(tx)? + 1 - i64::from(SIGN_INS_MAX);
    if over > 0 {
        sign_ins::oldest_drop(tx, over)?;
    }
    // What is too long to be kept is not worth a failure: the person arrives at the front door.
    let fits = (1..=RETURN_LENGTH_MAX).contains(&return_to.len());
    let ends_at = at + SIGN_IN_LIFE;
    sign_ins::insert(tx, ticket, if fits { return_to } else { "/" }, ends_at)
}

/// Ends the sign-in of the browser with this ticket and gives where it wanted to go; nothing where there is none, it
/// was ended before, or it took too long.
///
/// # Errors
/// When the database fails.
pub fn sign_in_take(
    tx: &mut Tx<'_>,
    at: Timestamp,
    ticket: TicketDigest,
) -> Result<Option<String>, DbError> {
    let taken = sign_ins::take(tx, ticket)?;
    Ok(taken
        .filter(|(_, ends_at)| *ends_at > at)
        .map(|(return_to, _)| return_to))
}
