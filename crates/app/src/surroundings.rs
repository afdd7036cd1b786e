//! What a decision may know besides the event itself, looked up before its transaction begins.

use std::sync::Arc;

use chat::{GuildView, IncomingMessage, Invocation};
use kernel::GuildId;
use store::DbError;

use crate::{Core, GuildConfig, flows::sanction::PURGE_LOOKS_BACK};

/// The guild around an event.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// What is in force there.
    pub(crate) config: Arc<GuildConfig>,
    /// Its roles and channels, as far as they are known.
    pub(crate) guild: Option<Arc<GuildView>>,
    /// The channel's latest messages, for the one command that takes them away; newest first. Nothing where they were
    /// not asked for, or could not be read.
    pub(crate) recent: Option<Vec<IncomingMessage>>,
}

impl Surroundings {
    /// Looks around in a guild. What Discord has not told yet is missing; nobody is waited for but the database.
    ///
    /// # Errors
    /// When the configuration is not in memory, and the database fails.
    pub(crate) async fn of(core: &Core, guild: GuildId) -> Result<Self, DbError> {
        let known = core.directory().and_then(|known| known.known_guild(guild));
        Ok(Self {
            config: core.config(guild).await?,
            guild: known,
            recent: None,
        })
    }

    /// The same, with what Discord is asked for where a command needs it. Not to be awaited in a lane.
    pub(crate) async fn looking_back(mut self, core: &Core, invocation: &Invocation) -> Self {
        let (Some(directory), Some(channel)) = (core.directory(), invocation.channel) else {
            return self;
        };
        match directory.recent_messages(channel, PURGE_LOOKS_BACK).await {
            Ok(messages) => self.recent = Some(messages),
            Err(error) => {
                tracing::warn!(%error, "the latest messages of a channel could not be read")
            }
        }
        self
    }
}
