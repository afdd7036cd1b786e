//! What was written lately in each guild, for rules that count. Kept in memory, bounded, and dropped at will.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::GuildId;
use moderation::FloodState;
use moka::sync::Cache;

/// Guilds in which it is counted at once.
const GUILDS_MAX: u64 = 10_000;
/// Members of one guild who are counted at once.
const MEMBERS_MAX: usize = 5_000;

/// The counts of all guilds.
#[derive(Debug)]
pub(crate) struct Floods {
    of: Cache<GuildId, Arc<Mutex<FloodState>>>,
}

impl Floods {
    pub(crate) fn new() -> Self {
        Self {
            of: Cache::new(GUILDS_MAX),
        }
    }

    /// Works with the counts of one guild.
    pub(crate) fn with<T>(&self, guild: GuildId, work: impl FnOnce(&mut FloodState) -> T) -> T {
        let begin = || Arc::new(Mutex::new(FloodState::new(MEMBERS_MAX)));
        let counts = self.of.get_with(guild, begin);
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut counts)
    }
}
