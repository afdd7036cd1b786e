//! Summing a guild's journal up from its beginning, to compare with what was summed up in the background.
//!
//! It goes on to where the background stands when the sums are read, so that both speak of the same rows.

use std::collections::BTreeMap;

use ::store::{DbError, Tx};
use kernel::GuildId;

use crate::{
    rollup,
    store::{
        accounts::AccountKey,
        rollups::{self, Sum},
    },
    verify::{CHECK_CHUNK_MAX, Mismatch, Wrong},
};

/// A sum that is not what the journal says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Differing {
    pub(crate) guild: GuildId,
    pub(crate) account: AccountKey,
    stored: Sum,
    pub(crate) journal: Sum,
}

impl Differing {
    pub(crate) const fn mismatch(&self) -> Mismatch {
        Mismatch {
            guild: self.guild,
            what: Wrong::Rollup {
                account: self.account.0,
                stored: self.stored.balance,
                journal: self.journal.balance,
            },
        }
    }
}

/// The journal of a guild, summed up to a place.
#[derive(Debug, Default)]
struct Journal {
    sums: BTreeMap<AccountKey, Sum>,
    through: i64,
}

impl Journal {
    /// Goes on to a place.
    fn sum_to(&mut self, tx: &mut Tx<'_>, guild: GuildId, place: i64) -> Result<(), DbError> {
        while self.through < place {
            let chunk = rollups::change_list(tx, guild, self.through, CHECK_CHUNK_MAX)?;
            let before = |seq: i64| seq <= place;
            for change in chunk.iter().filter(|change| before(change.seq)) {
                rollup::add(&mut self.sums, change)?;
            }
            let last = chunk.last().map_or(place, |change| change.seq);
            self.through = last.min(place);
        }
        Ok(())
    }
}

/// The sums of a guild that are not what its journal says.
pub(crate) fn differing(tx: &mut Tx<'_>, guild: GuildId) -> Result<Vec<Differing>, DbError> {
    let mut journal = Journal::default();
    let mut found = Vec::new();
    let mut after = AccountKey(0);
    loop {
        let chunk = rollups::sum_list(tx, guild, after, CHECK_CHUNK_MAX)?;
        let Some((last, _, through)) = chunk.last() else {
            return Ok(found);
        };
        journal.sum_to(tx, guild, *through)?;
        for (account, stored, _) in &chunk {
            let wanted = journal.sums.get(account).copied().unwrap_or_default();
            if *stored != wanted {
                found.push(Differing {
                    guild,
                    account: *account,
                    stored: *stored,
                    journal: wanted,
                });
            }
        }
        after = *last;
    }
}
