//! Deriving what is stored from the journal again: balances, held coins, open reservations, sums of faucets.
//!
//! What differs is put right and reported. Where the journal contradicts itself nothing of that account is touched,
//! and the guild's economy is frozen until a person has looked.

use ::store::{DbError, Tx};
use kernel::{GuildId, Timestamp};

use crate::{
    freeze::freeze_guild,
    store::{
        accounts::{self, AccountKey},
        checks::{self, Comparison},
        flows, holds, rollups, spreads,
    },
    sums,
    verify::{self, CHECK_CHUNK_MAX, Mismatch},
};

/// The reason that stands with a guild whose journal contradicts itself.
pub const CONTRADICTION_REASON: &str = "the journal contradicts itself";

/// What a rebuild did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// How many accounts were looked at.
    pub accounts: u64,
    /// What differed, and is right now.
    pub repaired: Vec<Mismatch>,
    /// Where the journal contradicts itself; the guild is frozen where there is any.
    pub contradictions: Vec<Mismatch>,
    /// The account after which to go on; nothing at the end.
    pub next: Option<i64>,
}

/// Rebuilds a chunk of a guild's accounts, from `after` on.
///
/// # Errors
/// When the database fails.
pub fn rebuild_chunk(
    tx: &mut Tx<'_>,
    guild: GuildId,
    now: Timestamp,
    after: Option<i64>,
    limit: u32,
) -> Result<Rebuilt, DbError> {
    let limit = limit.clamp(1, CHECK_CHUNK_MAX);
    let after = AccountKey(after.unwrap_or(0));
    let chunk = checks::compare_list(tx, guild, after, limit)?;
    let mut rebuilt = Rebuilt {
        accounts: u64::try_from(chunk.len()).unwrap_or(u64::MAX),
        next: chunk.last().map(|last| last.account.0),
        ..Rebuilt::default()
    };
    for seen in &chunk {
        if !verify::compared(seen).is_empty() {
            put_right(tx, guild, seen.account, &mut rebuilt)?;
        }
    }
    if !rebuilt.contradictions.is_empty() {
        freeze_guild(tx, guild, true, CONTRADICTION_REASON, now)?;
    }
    Ok(rebuilt)
}

/// Rebuilds a whole guild, its journal checked first.
///
/// # Errors
/// When the database fails.
pub fn rebuild(tx: &mut Tx<'_>, guild: GuildId, now: Timestamp) -> Result<Rebuilt, DbError> {
    let mut whole = Rebuilt {
        contradictions: journal_contradictions(tx, guild)?,
        ..Rebuilt::default()
    };
    if !whole.contradictions.is_empty() {
        freeze_guild(tx, guild, true, CONTRADICTION_REASON, now)?;
        return Ok(whole);
    }
    // What flowed and how it is spread is shown and decides nothing: it is summed up again in the background.
    flows::forget(tx, guild)?;
    spreads::forget(tx, guild)?;
    for wrong in sums::differing(tx, guild)? {
        rollups::sum_put(tx, guild, wrong.account, wrong.journal)?;
        whole.repaired.push(wrong.mismatch());
    }
    let mut after = None;
    loop {
        let part = rebuild_chunk(tx, guild, now, after, CHECK_CHUNK_MAX)?;
        whole.accounts = whole.accounts.saturating_add(part.accounts);
        whole.repaired.extend(part.repaired);
        whole.contradictions.extend(part.contradictions);
        after = part.next;
        if after.is_none() {
            return Ok(whole);
        }
    }
}

/// Whether a guild's journal contradicts itself; reads it to its end.
fn journal_contradictions(tx: &mut Tx<'_>, guild: GuildId) -> Result<Vec<Mismatch>, DbError> {
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let rows = checks::witness_list(tx, (guild.to_column(), after), CHECK_CHUNK_MAX)?;
        let own = rows.iter().take_while(|row| row.guild == guild);
        let Some(last) = own.clone().last() else {
            return Ok(found);
        };
        after = last.seq;
        found.extend(own.filter_map(verify::witnessed));
    }
}

fn put_right(
    tx: &mut Tx<'_>,
    guild: GuildId,
    account: AccountKey,
    rebuilt: &mut Rebuilt,
) -> Result<(), DbError> {
    // Whoever moves coins holds this lock until the commit, so what is read now is what there is.
    accounts::accounts_lock(tx, (account, account))?;
    let Some(found) = checks::compare_one(tx, guild, account)? else {
        return Ok(());
    };
    if verify::impossible(&found).is_some() {
        rebuilt.contradictions.extend(
            verify::compared(&found)
                .into_iter()
                .filter(Mismatch::is_contradiction),
        );
        return Ok(());
    }
    let wrong = verify::compared(&found);
    if wrong.is_empty() {
        return Ok(());
    }
    rebuilt.repaired.extend(wrong);
    store_again(tx, &found)
}

fn store_again(tx: &mut Tx<'_>, found: &Comparison) -> Result<(), DbError> {
    if !found.kind.stores_balance() {
        return Ok(());
    }
    checks::balance_put(tx, found.account, found.journal_balance, found.journal_held)?;
    holds::holds_rebuild(tx, found.account)
}
