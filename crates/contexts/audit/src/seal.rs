//! The sealer: links what was recorded into the chain of its guild, in the order of commits.
//!
//! Recording touches no row that another decision needs: it adds a record, and a line to a queue. The sealer comes by
//! at least every second, takes lines from the queue, links their records and drops the lines, in one transaction.
//!
//! Ids are not in the order of commits: a transaction may mint an id early and commit late. So the sealer keeps no
//! mark of how far it came, past which a late record would never be seen. It asks the queue:
//!
//! - A record and its line are of one transaction. A committed record has a line until a sealer drops it, and that is
//!   the transaction that links it: nothing is skipped, and nothing is linked twice.
//! - Lines are dropped one by one, by their own place. A line with a smaller place that commits later is still there.
//! - Where one decision committed before another began, its line has the smaller place: the counter behind it had
//!   passed. Whenever the later line can be seen so can the earlier one, and the smaller places are taken first. So the
//!   chain never turns two such decisions round, a decision stands before its conclusion, and clocks do not matter.
//! - Decisions that ran at the same time have no order of their own but the one in which a sealer first saw them: what
//!   one round links was committed before what only the next round could see.
//! - One sealer at a time: it holds a lock to its commit, and reads the queue and the ends of the chains only with the
//!   lock in hand, so it sees all that the one before it did. The embedded engine has one writer in any case.
//!
//! A record that is gone before it was linked leaves a link all the same: the gap stays to be seen.

use std::collections::BTreeMap;

use ::store::{DbError, Tx};
use kernel::{GuildId, Timestamp};

use crate::{
    canon::{Hash, digest},
    store::chain::{
        StoredHead, Unsealed, head_fetch, head_set, link_insert, link_last, sealer_lock,
        signature_last, unsealed_count, unsealed_delete, unsealed_list,
    },
};

/// The most records that one round links.
pub const SEAL_LIMIT_MAX: u32 = 1_000;

/// What a round of the sealer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// How many records it linked.
    pub linked: usize,
    /// In how many guilds.
    pub guilds: usize,
    /// Whether there may be more: then come again at once.
    pub more: bool,
}

/// How the sealer keeps up, over all guilds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sealing {
    /// How many records wait for their link, counted up to [`SEALING_COUNT_MAX`].
    pub waiting: u64,
    /// When an end of a chain was signed last.
    pub signed_at: Option<Timestamp>,
}

/// As many waiting records are counted.
pub const SEALING_COUNT_MAX: u32 = 10_000;

/// How the sealer keeps up.
///
/// # Errors
/// When the database fails.
pub fn sealing(tx: &mut Tx<'_>) -> Result<Sealing, DbError> {
    Ok(Sealing {
        waiting: unsealed_count(tx, SEALING_COUNT_MAX)?,
        signed_at: signature_last(tx)?,
    })
}

/// Links up to `limit` records that wait.
///
/// # Errors
/// When the database fails.
pub fn seal(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Sealed, DbError> {
    sealer_lock(tx)?;
    let limit = limit.clamp(1, SEAL_LIMIT_MAX);
    let waiting = unsealed_list(tx, limit)?;
    let mut heads: BTreeMap<GuildId, StoredHead> = BTreeMap::new();
    for unsealed in &waiting {
        let head = match heads.remove(&unsealed.guild) {
            Some(head) => head,
            None => end_of(tx, unsealed.guild)?,
        };
        let next = link(tx, &head, unsealed, now)?;
        heads.insert(unsealed.guild, next);
    }
    for head in heads.values() {
        head_set(tx, head)?;
    }
    Ok(Sealed {
        linked: waiting.len(),
        guilds: heads.len(),
        more: u32::try_from(waiting.len()) == Ok(limit),
    })
}

fn end_of(tx: &mut Tx<'_>, guild: GuildId) -> Result<StoredHead, DbError> {
    if let Some(head) = head_fetch(tx, guild)? {
        return Ok(head);
    }
    let begun = link_last(tx, guild)?;
    Ok(begun.unwrap_or_else(|| StoredHead {
        guild,
        seq: 0,
        hash: beginning(guild.to_column()).bytes().to_vec(),
    }))
}

fn link(
    tx: &mut Tx<'_>,
    head: &StoredHead,
    unsealed: &Unsealed,
    now: Timestamp,
) -> Result<StoredHead, DbError> {
    let digest = unsealed.digest.as_deref().unwrap_or_default();
    let seq = head.seq.saturating_add(1);
    let hash = link_hash(
        head.guild.to_column(),
        seq,
        &head.hash,
        unsealed.record,
        digest,
        now.micros(),
    );
    let next = StoredHead {
        guild: head.guild,
        seq,
        hash: hash.bytes().to_vec(),
    };
    link_insert(tx, &next, unsealed.record, &head.hash, now)?;
    unsealed_delete(tx, unsealed.place)?;
    Ok(next)
}

/// What stands before a guild's first link: its own for each guild, so that no chain continues another's.
pub(crate) fn beginning(guild: i64) -> Hash {
    digest("guildhall audit chain 1", &[guild.into()])
}

/// The hash of a link: everything in it, and through the one before everything that came earlier.
pub(crate) fn link_hash(
    guild: i64,
    seq: i64,
    prev: &[u8],
    record: i64,
    record_digest: &[u8],
    at: i64,
) -> Hash {
    digest(
        "guildhall audit link 1",
        &[
            guild.into(),
            seq.into(),
            prev.into(),
            record.into(),
            record_digest.into(),
            at.into(),
        ],
    )
}
