//! The guilds of a bot whose session goes on after a restart: Discord names them when a session begins, and not again
//! when it is resumed, so they are asked for.

use chat::GuildAvailable;
use kernel::{ApplicationId, GuildId};
use serde::Deserialize;

use crate::{bot::Bot, health::Trouble, rest::Rest};

/// A guild as the list of one's own has it, or as it is by itself.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct OwnGuild {
    pub(crate) id: GuildId,
    #[serde(default)]
    pub(crate) name: String,
    /// What the bot may do there, as far as roles go: Discord's bits as a text.
    #[serde(default)]
    pub(crate) permissions: String,
    #[serde(default)]
    approximate_member_count: u64,
}

impl OwnGuild {
    fn available(self, application: ApplicationId) -> GuildAvailable {
        GuildAvailable {
            application,
            guild: self.id,
            name: self.name,
            members: self.approximate_member_count,
        }
    }
}

impl Bot {
    /// Tells of every guild that the bot is in, before what happened meanwhile is replayed. How many members they have
    /// follows one by one, so that large fleets leave Discord's limits to those who wait for answers.
    pub(crate) async fn meet_again(&self, application: ApplicationId) {
        let guilds = self.insist(Trouble::Unreachable, || async {
            Ok(self.rest.own_guilds().await?)
        });
        let Some(guilds) = guilds.await else {
            return;
        };
        let ids: Vec<GuildId> = guilds.iter().map(|guild| guild.id).collect();
        for guild in guilds {
            self.pump.met(self.at, guild.available(application));
        }
        let (bot, stop) = (self.clone(), self.stops.intake.clone());
        self.intake.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = bot.count_members(application, ids) => {}
            }
        });
    }

    async fn count_members(&self, application: ApplicationId, ids: Vec<GuildId>) {
        for id in ids {
            match self.rest.own_guild(id).await {
                Ok(guild) => self.pump.met(self.at, guild.available(application)),
                // It may be gone by now; the gateway says so.
                Err(error) => {
                    tracing::debug!(guild = %id, %error, "a guild's members could not be counted")
                }
            }
        }
    }
}

impl Rest {
    /// Every guild that the bot is in.
    pub(crate) async fn own_guilds(&self) -> Result<Vec<OwnGuild>, crate::rest::RestError> {
        let mut all: Vec<OwnGuild> = Vec::new();
        loop {
            let after = all.last().map(|guild| guild.id.get());
            let page = self.own_guilds_after(after).await?;
            let is_last = page.len() < usize::from(crate::rest::OWN_GUILDS_PAGE);
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }
}
