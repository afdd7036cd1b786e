//! The members that are read of Discord's JSON, and no others.

use std::{borrow::Cow, collections::BTreeMap};

use kernel::{
    ApplicationId, ChannelId, GuildId, InteractionId, MessageId, RoleId, Timestamp, UserId,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::message::MessageWire;

/// What every gateway frame is.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<'f> {
    pub(crate) op: u8,
    #[serde(default)]
    pub(crate) s: Option<u64>,
    #[serde(borrow, default)]
    pub(crate) t: Option<Cow<'f, str>>,
    #[serde(borrow, default)]
    pub(crate) d: Option<&'f RawValue>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReadyWire {
    #[serde(default)]
    pub(super) user: Option<UserWire>,
    pub(super) session_id: String,
    pub(super) resume_gateway_url: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct GuildWire {
    pub(super) id: GuildId,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) member_count: u64,
    #[serde(default)]
    pub(super) unavailable: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct UserWire {
    pub(super) id: UserId,
    #[serde(default)]
    pub(super) username: String,
    #[serde(default)]
    pub(super) global_name: Option<String>,
    #[serde(default)]
    pub(super) bot: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct MemberWire {
    #[serde(default)]
    pub(super) user: Option<UserWire>,
    #[serde(default)]
    pub(super) nick: Option<String>,
    #[serde(default)]
    pub(super) roles: Vec<RoleId>,
    #[serde(default)]
    pub(super) permissions: Option<String>,
    #[serde(default)]
    pub(super) joined_at: Option<String>,
    #[serde(default)]
    pub(super) communication_disabled_until: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct MemberEventWire {
    pub(super) guild_id: GuildId,
    pub(super) user: UserWire,
    #[serde(default)]
    pub(super) roles: Vec<RoleId>,
    #[serde(default)]
    pub(super) joined_at: Option<String>,
    #[serde(default)]
    pub(super) communication_disabled_until: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DeletedWire {
    #[serde(default)]
    pub(super) id: Option<MessageId>,
    #[serde(default)]
    pub(super) ids: Vec<MessageId>,
    pub(super) channel_id: ChannelId,
    #[serde(default)]
    pub(super) guild_id: Option<GuildId>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReactionWire {
    pub(super) user_id: UserId,
    pub(super) channel_id: ChannelId,
    pub(super) message_id: MessageId,
    #[serde(default)]
    pub(super) guild_id: Option<GuildId>,
    #[serde(default)]
    pub(super) member: Option<MemberWire>,
    #[serde(default)]
    pub(super) message_author_id: Option<UserId>,
    pub(super) emoji: EmojiWire,
}

#[derive(Debug, Deserialize)]
pub(super) struct EmojiWire {
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct InteractionWire {
    pub(super) id: InteractionId,
    pub(super) application_id: ApplicationId,
    #[serde(rename = "type")]
    pub(super) kind: u64,
    pub(super) token: String,
    #[serde(default)]
    pub(super) guild_id: Option<GuildId>,
    #[serde(default)]
    pub(super) channel_id: Option<ChannelId>,
    #[serde(default)]
    pub(super) member: Option<MemberWire>,
    #[serde(default)]
    pub(super) user: Option<UserWire>,
    #[serde(default)]
    pub(super) locale: Option<String>,
    #[serde(default)]
    pub(super) message: Option<MessageIdWire>,
    #[serde(default)]
    pub(super) data: Option<UsedWire>,
}

#[derive(Debug, Deserialize)]
pub(super) struct MessageIdWire {
    pub(super) id: MessageId,
}

/// What an interaction used; which members are there depends on its kind.
#[derive(Debug, Default, Deserialize)]
pub(super) struct UsedWire {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default, rename = "type")]
    pub(super) kind: u64,
    #[serde(default)]
    pub(super) options: Vec<OptionWire>,
    #[serde(default)]
    pub(super) resolved: ResolvedWire,
    #[serde(default)]
    pub(super) target_id: Option<String>,
    #[serde(default)]
    pub(super) custom_id: String,
    #[serde(default)]
    pub(super) component_type: u64,
    #[serde(default)]
    pub(super) values: Vec<String>,
    #[serde(default)]
    pub(super) components: Vec<ComponentWire>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OptionWire {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: u64,
    #[serde(default)]
    pub(super) value: serde_json::Value,
    #[serde(default)]
    pub(super) options: Vec<OptionWire>,
    #[serde(default)]
    pub(super) focused: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ResolvedWire {
    #[serde(default)]
    pub(super) users: BTreeMap<UserId, UserWire>,
    #[serde(default)]
    pub(super) members: BTreeMap<UserId, MemberWire>,
    #[serde(default)]
    pub(super) messages: BTreeMap<MessageId, MessageWire>,
}

/// A field of a form that was sent, or what holds one.
#[derive(Debug, Deserialize)]
pub(super) struct ComponentWire {
    #[serde(default)]
    pub(super) custom_id: String,
    #[serde(default)]
    pub(super) value: Option<String>,
    #[serde(default)]
    pub(super) values: Vec<String>,
    #[serde(default)]
    pub(super) components: Vec<ComponentWire>,
    #[serde(default)]
    pub(super) component: Option<Box<ComponentWire>>,
}

impl UserWire {
    /// The name that others see, where there is no nickname.
    pub(super) fn shown(&self) -> String {
        self.global_name
            .clone()
            .unwrap_or_else(|| self.username.clone())
    }
}

/// The name that others see in the guild.
pub(super) fn shown_name(user: &UserWire, member: Option<&MemberWire>) -> String {
    let nick = member.and_then(|member| member.nick.clone());
    nick.unwrap_or_else(|| user.shown())
}

/// A time that is nice to have: one that can't be read is as good as none.
pub(super) fn moment(text: Option<&String>) -> Option<Timestamp> {
    text?.parse().ok()
}
