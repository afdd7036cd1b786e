//! Exchanging the master key, and trying whether one fits: every data key is wrapped anew, chunk by chunk, while secrets go on being used.
//!
//! What was wrapped anew no longer opens with the old key. A run that breaks off goes on where it stopped: what is
//! left is what the old key still wraps. The secrets themselves are not touched.

use ::store::{DbError, Tx};
use kernel::Timestamp;

use crate::{
    seal::{Entropy, Keyring},
    secret::{Owner, SecretError, unwrapped, wrapped},
    store::secrets,
};

/// The most data keys that are wrapped anew at once.
pub const ROTATE_CHUNK_MAX: u32 = 1_000;

/// What a chunk came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// How many data keys were wrapped anew.
    pub wrapped: u64,
    /// How many still wait for it; call again until there are none.
    pub left: u64,
    /// How many are wrapped by keys that are not in the ring, and stay as they are.
    pub unknown: u64,
}

/// Wraps up to `limit` data keys anew that a former key of the ring wraps.
///
/// # Errors
/// When a data key does not open, there is no entropy, or the database fails.
pub fn keys_rotate(
    tx: &mut Tx<'_>,
    at: Timestamp,
    entropy: &dyn Entropy,
    ring: &Keyring,
    limit: u32,
) -> Result<Rotated, SecretError> {
    let limit = limit.clamp(1, ROTATE_CHUNK_MAX);
    let mut done = 0;
    for former in ring.former() {
        // A former key that is the one in use again has nothing to be wrapped anew.
        if former.id() == ring.current().id() {
            continue;
        }
        let room = limit.saturating_sub(done);
        for (owner, row) in secrets::key_list(tx, former.id(), room)? {
            let key = unwrapped(ring, owner, &row)?;
            let row = wrapped(ring, entropy, owner, row.id, &key)?;
            secrets::key_rewrap(tx, owner, &row, former.id(), at)?;
            done += 1;
        }
    }
    count(tx, ring, done)
}

/// Which data keys a ring opens, as far as was looked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeysTried {
    /// How many open.
    pub open: u64,
    /// How many do not: another master key wraps them, or their row was changed.
    pub shut: u64,
    /// Behind which owner to go on, where there are more.
    pub next: Option<Owner>,
}

/// Tries whether data keys open, up to [`ROTATE_CHUNK_MAX`] of them, from behind this owner on. Nothing is changed.
///
/// # Errors
/// When the database fails.
pub fn keys_try(
    tx: &mut Tx<'_>,
    ring: &Keyring,
    after: Option<Owner>,
) -> Result<KeysTried, DbError> {
    let keys = secrets::key_walk(tx, after, ROTATE_CHUNK_MAX)?;
    let is_full = keys.len() == usize::try_from(ROTATE_CHUNK_MAX).unwrap_or(usize::MAX);
    let mut tried = KeysTried {
        next: keys.last().filter(|_| is_full).map(|(owner, _)| *owner),
        ..KeysTried::default()
    };
    for (owner, row) in keys {
        match unwrapped(ring, owner, &row) {
            Ok(_) => tried.open += 1,
            Err(_) => tried.shut += 1,
        }
    }
    Ok(tried)
}

fn count(tx: &mut Tx<'_>, ring: &Keyring, done: u32) -> Result<Rotated, SecretError> {
    let (mut left, mut unknown) = (0, 0);
    for (master, keys) in secrets::master_list(tx)? {
        if master == ring.current().id() {
            continue;
        }
        match ring.find(&master) {
            Some(_) => left += keys,
            None => unknown += keys,
        }
    }
    Ok(Rotated {
        wrapped: u64::from(done),
        left,
        unknown,
    })
}
