//! Balances in the process's memory, for readers that can't wait for a database.
//!
//! Filled from reads and from the receipts of committed transfers, never written back: emptying it at any moment
//! loses nothing. It never goes back in time: an older version loses against a newer one, and a [`Ticket`] taken
//! before something was forgotten offers nothing any more. Take the ticket before the transaction begins.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use kernel::{Coins, GuildId, UserId};

use crate::{account::AccountName, transfer::Standing};

/// What is known of a purse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HotBalance {
    /// What is in it, held coins among them.
    pub balance: Coins,
    /// What is held back.
    pub held: Coins,
    /// Its version.
    pub version: i64,
}

/// The right to offer what a transaction that begins now will see.
#[derive(Debug, Clone, Copy)]
pub struct Ticket {
    forgotten: [u32; SHARDS],
}

const SHARDS: usize = 16;

type Key = (GuildId, UserId);

#[derive(Debug, Default)]
struct Shard {
    entries: HashMap<Key, HotBalance>,
    /// How often something in here was forgotten.
    forgotten: u32,
}

/// Balances in memory, bounded.
#[derive(Debug)]
pub struct Hot {
    shards: [RwLock<Shard>; SHARDS],
    shard_entries_max: usize,
}

impl Hot {
    /// A cache of about this many balances.
    #[must_use]
    pub fn new(entries_max: usize) -> Self {
        Self {
            shards: std::array::from_fn(|_| RwLock::default()),
            shard_entries_max: entries_max.div_ceil(SHARDS).max(1),
        }
    }

    /// Users' numbers begin with the time of their making, so they are mixed before the shard is taken from them.
    fn place(key: &Key) -> usize {
        let mixed = key.1.get().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        usize::try_from(mixed >> 60).unwrap_or(0)
    }

    fn shard(&self, key: &Key) -> Option<(&RwLock<Shard>, usize)> {
        let place = Self::place(key);
        self.shards.get(place).map(|shard| (shard, place))
    }

    /// What is known of a member's purse.
    #[must_use]
    pub fn get(&self, guild: GuildId, user: UserId) -> Option<HotBalance> {
        let key = (guild, user);
        let (shard, _) = self.shard(&key)?;
        let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
        shard.entries.get(&key).copied()
    }

    /// A ticket for a transaction that begins now.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        let forgotten = self.shards.each_ref().map(|shard| {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            shard.forgotten
        });
        Ticket { forgotten }
    }

    /// Offers what a transaction saw or made, once it is committed; whether it was taken.
    pub fn offer(
        &self,
        ticket: &Ticket,
        guild: GuildId,
        user: UserId,
        offered: HotBalance,
    ) -> bool {
        let key = (guild, user);
        let Some((shard, place)) = self.shard(&key) else {
            return false;
        };
        let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
        if ticket.forgotten.get(place) != Some(&shard.forgotten) {
            return false;
        }
        match shard.entries.get_mut(&key) {
            Some(known) if known.version >= offered.version => false,
            Some(known) => {
                *known = offered;
                true
            }
            None => {
                shard.make_room(self.shard_entries_max);
                shard.entries.insert(key, offered);
                true
            }
        }
    }

    /// Offers the purses among the standings of a committed transfer.
    pub fn offer_standings(&self, ticket: &Ticket, guild: GuildId, standings: &[Standing]) {
        for standing in standings {
            let AccountName::Purse(user) = standing.name else {
                continue;
            };
            let offered = HotBalance {
                balance: standing.balance,
                held: standing.held,
                version: standing.version,
            };
            self.offer(ticket, guild, user, offered);
        }
    }

    /// Forgets one member's balance.
    pub fn forget(&self, guild: GuildId, user: UserId) {
        let key = (guild, user);
        if let Some((shard, _)) = self.shard(&key) {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.entries.remove(&key);
            shard.forgotten = shard.forgotten.wrapping_add(1);
        }
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.entries.clear();
            shard.forgotten = shard.forgotten.wrapping_add(1);
        }
    }

    /// How many balances are known.
    #[must_use]
    pub fn len(&self) -> usize {
        let count = |shard: &RwLock<Shard>| {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            shard.entries.len()
        };
        self.shards.iter().map(count).sum()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Shard {
    /// Forgets an eighth of a full shard, whichever it meets first.
    fn make_room(&mut self, entries_max: usize) {
        if self.entries.len() < entries_max {
            return;
        }
        let mut count = self.entries.len().div_ceil(8);
        self.entries.retain(|_, _| {
            let keep = count == 0;
            count = count.saturating_sub(1);
            keep
        });
        self.forgotten = self.forgotten.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests;
