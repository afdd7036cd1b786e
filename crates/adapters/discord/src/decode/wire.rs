//! The members that are read of Discord's JSON, and no others.

use std::{borrow::Cow, collections::BTreeMap};

use kernel::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId};
use serde::Deserialize;
use serde_json::value::RawValue;

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
pub(super) struct UserWire {
    pub(super) id: UserId,
    #[serde(default)]
    pub(super) username: String,
    #[serde(default)]
    pub(super) global_name: Option<String>,
    #[serde(default)]
    pub(super) bot: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct MemberWire {
    #[serde(default)]
    pub(super) user: Option<UserWire>,
    #[serde(default)]
    pub(super) nick: Option<String>,
    #[serde(default)]
    pub(super) roles: Vec<RoleId>,
    #[serde(default)]
    pub(super) permissions: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct MemberEventWire {
    pub(super) guild_id: GuildId,
    pub(super) user: UserWire,
}

#[derive(Debug, Deserialize)]
pub(super) struct MessageWire {
    pub(super) id: MessageId,
    pub(super) channel_id: ChannelId,
    #[serde(default)]
    pub(super) guild_id: Option<GuildId>,
    #[serde(default)]
    pub(super) author: Option<UserWire>,
    #[serde(default)]
    pub(super) webhook_id: Option<String>,
    #[serde(default)]
    pub(super) member: Option<MemberWire>,
    #[serde(default)]
    pub(super) content: String,
    #[serde(default)]
    pub(super) mentions: Vec<UserWire>,
    #[serde(default)]
    pub(super) message_reference: Option<ReferenceWire>,
    #[serde(default)]
    pub(super) edited_timestamp: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReferenceWire {
    #[serde(default)]
    pub(super) message_id: Option<MessageId>,
    /// 0 is a reply, 1 a forwarded message.
    #[serde(default, rename = "type")]
    pub(super) kind: u8,
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
