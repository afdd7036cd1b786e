//! The calls that look something up: guilds, channels, members, messages, and the bot's own account.

use kernel::{ChannelId, GuildId, MessageId, UserId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use twilight_http::routing::Route;

use super::{Order, Rest, RestError, calls::read};
use crate::{
    decode::{ChannelWire, GuildWire, MemberWire, MessageWire},
    reunion::OwnGuild,
};

/// The most guilds that Discord lists at once.
pub(crate) const OWN_GUILDS_PAGE: u16 = 200;

#[derive(Debug, Deserialize)]
struct AccountWire {
    id: UserId,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ThreadsWire {
    #[serde(default)]
    pub(crate) threads: Vec<ChannelWire>,
}

impl Rest {
    /// The bot's own account; asked once.
    pub(crate) async fn account(&self) -> Result<UserId, RestError> {
        if let Some(user) = self.known_account() {
            return Ok(user);
        }
        let name = "get own user";
        let wire: AccountWire = self.look(name, &Route::GetCurrentUser, &"").await?;
        self.is_account(wire.id);
        Ok(wire.id)
    }

    /// A member.
    pub(crate) async fn member(
        &self,
        guild: GuildId,
        user: UserId,
    ) -> Result<MemberWire, RestError> {
        let route = Route::GetMember {
            guild_id: guild.get(),
            user_id: user.get(),
        };
        self.look("get member", &route, &guild).await
    }

    /// Members with a name that begins like this.
    pub(crate) async fn members_named(
        &self,
        guild: GuildId,
        beginning: &str,
        limit: u16,
    ) -> Result<Vec<MemberWire>, RestError> {
        let route = Route::SearchGuildMembers {
            guild_id: guild.get(),
            limit: Some(limit.clamp(1, 1_000)),
            query: beginning,
        };
        self.look("search members", &route, &guild).await
    }

    /// A guild with its roles.
    pub(crate) async fn guild(&self, guild: GuildId) -> Result<GuildWire, RestError> {
        let route = Route::GetGuild {
            guild_id: guild.get(),
            with_counts: false,
        };
        self.look("get guild", &route, &guild).await
    }

    /// One page of the guilds that the bot is in, in the order of their ids.
    pub(crate) async fn own_guilds_after(
        &self,
        after: Option<u64>,
    ) -> Result<Vec<OwnGuild>, RestError> {
        let route = Route::GetGuilds {
            after,
            before: None,
            limit: Some(OWN_GUILDS_PAGE),
            shard: None,
        };
        self.look("get own guilds", &route, &"").await
    }

    /// A guild with the count of its members.
    pub(crate) async fn own_guild(&self, guild: GuildId) -> Result<OwnGuild, RestError> {
        let route = Route::GetGuild {
            guild_id: guild.get(),
            with_counts: true,
        };
        self.look("get guild", &route, &guild).await
    }

    /// A guild's channels.
    pub(crate) async fn channels(&self, guild: GuildId) -> Result<Vec<ChannelWire>, RestError> {
        let route = Route::GetChannels {
            guild_id: guild.get(),
        };
        self.look("get channels", &route, &guild).await
    }

    /// A guild's active threads.
    pub(crate) async fn threads(&self, guild: GuildId) -> Result<ThreadsWire, RestError> {
        let route = Route::GetActiveThreads {
            guild_id: guild.get(),
        };
        self.look("get active threads", &route, &guild).await
    }

    /// A channel.
    pub(crate) async fn channel(&self, channel: ChannelId) -> Result<ChannelWire, RestError> {
        let route = Route::GetChannel {
            channel_id: channel.get(),
        };
        self.look("get channel", &route, &channel).await
    }

    /// A message.
    pub(crate) async fn message(
        &self,
        channel: ChannelId,
        message: MessageId,
    ) -> Result<MessageWire, RestError> {
        let route = Route::GetMessage {
            channel_id: channel.get(),
            message_id: message.get(),
        };
        self.look("get message", &route, &channel).await
    }

    /// The messages before one, or the last ones, at most a hundred, the newest first.
    pub(crate) async fn messages(
        &self,
        channel: ChannelId,
        before: Option<MessageId>,
        limit: u16,
    ) -> Result<Vec<MessageWire>, RestError> {
        let route = Route::GetMessages {
            after: None,
            around: None,
            before: before.map(MessageId::get),
            channel_id: channel.get(),
            limit: Some(limit.clamp(1, 100)),
        };
        self.look("get messages", &route, &channel).await
    }

    async fn look<T: DeserializeOwned>(
        &self,
        name: &'static str,
        route: &Route<'_>,
        top: &(impl ToString + Sync),
    ) -> Result<T, RestError> {
        read(name, &self.send(Order::new(name, route, top)).await?)
    }
}
