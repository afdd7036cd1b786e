//! The guilds that the bot is in, as Discord says since the start.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use chat::GuildAvailable;
use kernel::GuildId;

/// What is known of a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownGuild {
    /// Its name.
    pub name: String,
    /// How many members it has.
    pub members: u64,
}

/// The guilds that can be served now.
#[derive(Debug, Default)]
pub struct Guilds {
    known: RwLock<HashMap<GuildId, KnownGuild>>,
}

impl Guilds {
    pub(crate) fn arrived(&self, guild: GuildAvailable) {
        let known = KnownGuild {
            name: guild.name,
            members: guild.members,
        };
        let mut guilds = self.known.write().unwrap_or_else(PoisonError::into_inner);
        guilds.insert(guild.guild, known);
    }

    pub(crate) fn gone(&self, guild: GuildId) {
        let mut guilds = self.known.write().unwrap_or_else(PoisonError::into_inner);
        guilds.remove(&guild);
    }

    /// Whether the bot is in this guild.
    #[must_use]
    pub fn has(&self, guild: GuildId) -> bool {
        let guilds = self.known.read().unwrap_or_else(PoisonError::into_inner);
        guilds.contains_key(&guild)
    }

    /// How many members a guild has, where it is known.
    pub(crate) fn members(&self, guild: GuildId) -> Option<u64> {
        let guilds = self.known.read().unwrap_or_else(PoisonError::into_inner);
        guilds.get(&guild).map(|known| known.members)
    }

    /// All of them, in no order.
    #[must_use]
    pub fn list(&self) -> Vec<(GuildId, KnownGuild)> {
        let guilds = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let pairs = guilds.iter();
        pairs
            .map(|(guild, known)| (*guild, known.clone()))
            .collect()
    }

    /// Those with this in their names, however it is written, in no order.
    pub(crate) fn named(&self, text: &str) -> Vec<GuildId> {
        let text = text.to_lowercase();
        let guilds = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let found = guilds
            .iter()
            .filter(|(_, known)| known.name.to_lowercase().contains(&text));
        found.map(|(guild, _)| *guild).collect()
    }

    /// What is known of one.
    #[must_use]
    pub fn known(&self, guild: GuildId) -> Option<KnownGuild> {
        let guilds = self.known.read().unwrap_or_else(PoisonError::into_inner);
        guilds.get(&guild).cloned()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        let guilds = self.known.read().unwrap_or_else(PoisonError::into_inner);
        guilds.len()
    }
}
