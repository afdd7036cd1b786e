//! A sign-in on its way: begun in a browser, finished in the same one, once and soon.
//!
//! Kept is the digest of the browser's ticket and where it wanted to go; `state` and verifier follow from the ticket,
//! so nothing in the database lets anybody finish it.

use ::store::{DbError, Tx};
use kernel::{Fault, FaultKind, Span, Timestamp, Told};

use crate::{store::sign_ins, ticket::TicketDigest};

/// How long a person may take at Discord.
pub const SIGN_IN_LIFE: Span = Span::minutes(10);
/// Sign-ins on their way at once, over all browsers.
pub const SIGN_INS_MAX: u32 = 10_000;
/// The longest address to return to, in bytes.
pub const RETURN_LENGTH_MAX: usize = 500;

/// Why no sign-in was begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Too many are on their way.
    #[error("{SIGN_INS_MAX} sign-ins are on their way; they end by themselves within {minutes} minutes", minutes = SIGN_IN_LIFE.as_micros() / 60_000_000)]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for SignInError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::TooMany => FaultKind::Exhausted,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::TooMany => Told::new("platform-sign-ins-full"),
            Self::Store(error) => error.told(),
        }
    }
}

/// Begins a sign-in in the browser with this ticket.
///
/// # Errors
/// When too many are on their way, or the database fails.
pub fn sign_in_begin(
    tx: &mut Tx<'_>,
    at: Timestamp,
    ticket: TicketDigest,
    return_to: &str,
) -> Result<(), SignInError> {
    sign_ins::ended_drop(tx, at)?;
    if sign_ins::count(tx)? >= i64::from(SIGN_INS_MAX) {
        return Err(SignInError::TooMany);
    }
    // What is too long to be kept is not worth a failure: the person arrives at the front door.
    let fits = (1..=RETURN_LENGTH_MAX).contains(&return_to.len());
    let ends_at = at + SIGN_IN_LIFE;
    sign_ins::insert(tx, ticket, if fits { return_to } else { "/" }, ends_at)?;
    Ok(())
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
