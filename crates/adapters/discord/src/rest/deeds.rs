//! The calls that change messages, members and channels. What stands in a guild's audit log says why.

use std::time::Duration;

use kernel::{ChannelId, GuildId, MessageId, Timestamp, UserId};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use twilight_http::{request::channel::reaction::RequestReactionType, routing::Route};
use twilight_model::id::Id as TwilightId;

use super::{
    Order, Rest, RestError,
    calls::{message_id, read, replacing},
};
use crate::{edits::Wanted, render::Payload};

/// What a channel changes for whom, as far as setting it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bits {
    pub(crate) allow: u64,
    pub(crate) deny: u64,
}

#[derive(Debug, Deserialize)]
struct DirectWire {
    id: ChannelId,
}

/// A list of deletions may wait for many limits.
const DELETE_WITHIN: Duration = Duration::from_secs(60);

impl Rest {
    /// Puts other content into a message of the bot, unless a newer edit comes first.
    pub(crate) async fn message_edit(
        &self,
        channel: ChannelId,
        message: MessageId,
        payload: &Payload,
        wanted: Wanted,
    ) -> Result<Option<MessageId>, RestError> {
        let route = Route::UpdateMessage {
            channel_id: channel.get(),
            message_id: message.get(),
        };
        let order = Order::new("edit message", &route, &channel);
        let order = order.message(&route, payload, replacing)?.wanted(wanted);
        Ok(message_id(&self.send(order).await?))
    }

    /// Deletes one message.
    pub(crate) async fn message_delete(
        &self,
        channel: ChannelId,
        message: MessageId,
        reason: &str,
    ) -> Result<(), RestError> {
        let route = Route::DeleteMessage {
            channel_id: channel.get(),
            message_id: message.get(),
        };
        let order = Order::new("delete message", &route, &channel);
        self.done(order.because(reason).within(DELETE_WITHIN)).await
    }

    /// Deletes 2 to 100 messages, none older than two weeks.
    pub(crate) async fn messages_delete(
        &self,
        channel: ChannelId,
        messages: &[MessageId],
        reason: &str,
    ) -> Result<(), RestError> {
        let route = Route::DeleteMessages {
            channel_id: channel.get(),
        };
        let order = Order::new("delete messages", &route, &channel);
        let order = order.json(&route, &json!({ "messages": messages }));
        self.done(order.because(reason).within(DELETE_WITHIN)).await
    }

    /// Times a member out until then, or ends it.
    pub(crate) async fn member_timeout(
        &self,
        guild: GuildId,
        user: UserId,
        until: Option<Timestamp>,
        reason: &str,
    ) -> Result<(), RestError> {
        let route = Route::UpdateMember {
            guild_id: guild.get(),
            user_id: user.get(),
        };
        let until = until.map(|until| until.to_string());
        let body = json!({ "communication_disabled_until": until });
        let order = Order::new("edit member", &route, &guild).json(&route, &body);
        self.done(order.because(reason)).await
    }

    /// Sends a member out.
    pub(crate) async fn member_kick(
        &self,
        guild: GuildId,
        user: UserId,
        reason: &str,
    ) -> Result<(), RestError> {
        let route = Route::RemoveMember {
            guild_id: guild.get(),
            user_id: user.get(),
        };
        let order = Order::new("kick member", &route, &guild);
        self.done(order.because(reason)).await
    }

    /// Keeps a user out, and deletes what they wrote in the last seconds.
    pub(crate) async fn ban(
        &self,
        guild: GuildId,
        user: UserId,
        delete_message_seconds: u32,
        reason: &str,
    ) -> Result<(), RestError> {
        let route = Route::CreateBan {
            guild_id: guild.get(),
            user_id: user.get(),
        };
        let body = json!({ "delete_message_seconds": delete_message_seconds });
        let order = Order::new("ban member", &route, &guild).json(&route, &body);
        self.done(order.because(reason)).await
    }

    /// Lets a user in again.
    pub(crate) async fn unban(
        &self,
        guild: GuildId,
        user: UserId,
        reason: &str,
    ) -> Result<(), RestError> {
        let route = Route::DeleteBan {
            guild_id: guild.get(),
            user_id: user.get(),
        };
        let order = Order::new("unban member", &route, &guild);
        self.done(order.because(reason)).await
    }

    /// Sets how long members wait between messages.
    pub(crate) async fn channel_slow(
        &self,
        channel: ChannelId,
        seconds: u32,
        reason: &str,
    ) -> Result<(), RestError> {
        let route = Route::UpdateChannel {
            channel_id: channel.get(),
        };
        let body = json!({ "rate_limit_per_user": seconds });
        let order = Order::new("edit channel", &route, &channel).json(&route, &body);
        self.done(order.because(reason)).await
    }

    /// Sets what a channel changes for a role.
    pub(crate) async fn channel_overwrite(
        &self,
        channel: ChannelId,
        role: u64,
        bits: Bits,
        reason: &str,
    ) -> Result<(), RestError> {
        let route = Route::UpdatePermissionOverwrite {
            channel_id: channel.get(),
            target_id: role,
        };
        let (allow, deny) = (bits.allow.to_string(), bits.deny.to_string());
        let body = json!({"type": 0, "allow": allow, "deny": deny});
        let order = Order::new("edit channel permissions", &route, &channel).json(&route, &body);
        self.done(order.because(reason)).await
    }

    /// Reacts to a message as the bot.
    pub(crate) async fn react(
        &self,
        channel: ChannelId,
        message: MessageId,
        emoji: &str,
    ) -> Result<(), RestError> {
        let emoji = emoji_of(emoji);
        let route = Route::CreateReaction {
            channel_id: channel.get(),
            emoji: &emoji,
            message_id: message.get(),
        };
        self.done(Order::new("create reaction", &route, &channel))
            .await
    }

    /// The channel of direct messages with a user.
    pub(crate) async fn direct_channel(&self, user: UserId) -> Result<ChannelId, RestError> {
        let route = Route::CreatePrivateChannel;
        let name = "open direct messages";
        let order = Order::new(name, &route, &"").json(&route, &json!({ "recipient_id": user }));
        let wire: DirectWire = read(name, &self.send(order).await?)?;
        Ok(wire.id)
    }

    /// Changes how the bot looks in a guild.
    pub(crate) async fn profile(
        &self,
        guild: GuildId,
        body: Map<String, Value>,
        reason: &str,
    ) -> Result<(), RestError> {
        let route = Route::UpdateCurrentMember {
            guild_id: guild.get(),
        };
        let order = Order::new("edit own member", &route, &guild);
        let order = order.json(&route, &Value::Object(body));
        self.done(order.because(reason)).await
    }

    /// Shows that the bot is writing.
    pub(crate) async fn typing(&self, channel: ChannelId) -> Result<(), RestError> {
        let route = Route::CreateTypingTrigger {
            channel_id: channel.get(),
        };
        let order = Order::new("typing", &route, &channel);
        // Later than this nobody needs to see it any more.
        self.done(order.within(Duration::from_secs(5))).await
    }

    async fn done(&self, order: Order) -> Result<(), RestError> {
        self.send(order).await.map(drop)
    }
}

/// A guild's own emoji is `name:id`; anything else is taken for a character.
fn emoji_of(text: &str) -> RequestReactionType<'_> {
    let own = text.rsplit_once(':');
    let own = own.and_then(|(name, id)| Some((name, TwilightId::new_checked(id.parse().ok()?)?)));
    match own {
        Some((name, id)) => RequestReactionType::Custom {
            id,
            name: Some(name),
        },
        None => RequestReactionType::Unicode { name: text },
    }
}
