//! Discord's v10 JSON of guilds, roles and channels.
//! What always holds: every field that Discord's description requires is there, absent values as `null`.

use serde_json::{Value, json};

use super::snowflake::iso;
use super::state::{Channel, Guild, Overwrite, Role, Thread};
use super::{Snowflake, World, permissions};

/// Discord's channel types.
pub(crate) const TEXT: u8 = 0;
pub(crate) const DIRECT: u8 = 1;
pub(crate) const VOICE: u8 = 2;
pub(crate) const CATEGORY: u8 = 4;

impl World {
    /// A guild as REST answers it.
    pub(crate) fn render_guild(&self, guild: &Guild) -> Value {
        let mut body = json!({
            "id": guild.id,
            "name": guild.name,
            "icon": guild.icon,
            "description": null,
            "home_header": null,
            "splash": null,
            "discovery_splash": null,
            "features": [],
            "banner": null,
            "owner_id": guild.owner,
            "application_id": null,
            "region": "deprecated",
            "afk_channel_id": null,
            "afk_timeout": 300,
            "system_channel_id": guild.system_channel,
            "system_channel_flags": 0,
            "widget_enabled": false,
            "widget_channel_id": null,
            "verification_level": 0,
            "roles": self.render_roles(guild),
            "default_message_notifications": 0,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": null,
            "max_members": 500_000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": guild.preferred_locale,
            "rules_channel_id": null,
            "safety_alerts_channel_id": null,
            "public_updates_channel_id": null,
            "premium_progress_bar_enabled": false,
            "nsfw": false,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": null,
            "inventory_settings": null,
        });
        for (field, value) in &guild.extra {
            body[field] = value.clone();
        }
        body
    }

    /// A guild with its approximate counts.
    pub(crate) fn render_guild_with_counts(&self, guild: &Guild) -> Value {
        let mut body = self.render_guild(guild);
        body["approximate_member_count"] = guild.members.len().into();
        body["approximate_presence_count"] = guild.members.len().into();
        body
    }

    /// The `d` of `GUILD_CREATE` for a bot. Members come whole where the guild is small and presences were asked for;
    /// else only bots are listed, the bot itself among them.
    pub(crate) fn render_guild_create(
        &self,
        guild: &Guild,
        bot: Snowflake,
        large_threshold: usize,
        whole: bool,
    ) -> Value {
        let mut body = self.render_guild(guild);
        let large = guild.members.len() > large_threshold;
        let listed: Vec<_> = if whole && !large {
            guild
                .members
                .values()
                .map(|m| self.render_member(m))
                .collect()
        } else {
            guild
                .bots
                .iter()
                .filter_map(|id| guild.members.get(id))
                .map(|m| self.render_member(m))
                .collect()
        };
        let (threads, channels): (Vec<_>, Vec<_>) =
            self.channels_of(guild.id).partition(|c| c.thread.is_some());
        let joined_us = guild.members.get(&bot).map_or(0, |m| m.joined_us);
        body["joined_at"] = iso(joined_us).into();
        body["large"] = large.into();
        body["unavailable"] = false.into();
        body["member_count"] = guild.members.len().into();
        body["members"] = listed.into();
        body["channels"] = channels
            .into_iter()
            .map(|c| self.render_channel(c))
            .collect();
        body["threads"] = threads
            .into_iter()
            .map(|c| self.render_channel(c))
            .collect();
        for field in [
            "voice_states",
            "presences",
            "stage_instances",
            "guild_scheduled_events",
            "soundboard_sounds",
        ] {
            body[field] = json!([]);
        }
        body
    }

    /// A guild's roles by position.
    pub(crate) fn render_roles(&self, guild: &Guild) -> Vec<Value> {
        let mut roles: Vec<_> = guild.roles.values().collect();
        roles.sort_by_key(|role| (role.position, role.id));
        roles.into_iter().map(render_role).collect()
    }

    /// A channel, thread or direct conversation.
    pub(crate) fn render_channel(&self, channel: &Channel) -> Value {
        let mut body = json!({
            "id": channel.id,
            "type": channel.kind,
            "last_message_id": channel.last_message,
            "flags": channel.flags,
        });
        if let Some(pinned) = channel.last_pin_us {
            body["last_pin_timestamp"] = iso(pinned).into();
        }
        let Some(guild) = channel.guild else {
            let users: Vec<_> = channel
                .recipients
                .iter()
                .map(|id| self.render_user(*id))
                .collect();
            body["recipients"] = users.into();
            return body;
        };
        body["guild_id"] = json!(guild);
        body["name"] = channel.name.clone().into();
        body["parent_id"] = json!(channel.parent);
        body["rate_limit_per_user"] = channel.slowmode_s.into();
        match &channel.thread {
            Some(thread) => add_thread(&mut body, thread),
            None => add_place(&mut body, channel),
        }
        for (field, value) in &channel.extra {
            body[field] = value.clone();
        }
        body
    }

    /// A direct conversation as one of its two sees it: without itself among the recipients.
    pub(crate) fn render_direct(&self, channel: &Channel, viewer: Snowflake) -> Value {
        let mut body = self.render_channel(channel);
        let others = channel.recipients.iter().filter(|id| **id != viewer);
        body["recipients"] = others.map(|id| self.render_user(*id)).collect();
        body
    }

    /// A channel as interactions show it, with the user's permissions there.
    pub(crate) fn render_channel_partial(&self, channel: &Channel, user: Snowflake) -> Value {
        let mut body = self.render_channel(channel);
        body["permissions"] = self.permissions_in(channel.id, user).to_string().into();
        body
    }
}

fn add_place(body: &mut Value, channel: &Channel) {
    body["position"] = channel.position.into();
    body["permission_overwrites"] = channel.overwrites.iter().map(render_overwrite).collect();
    body["nsfw"] = channel.nsfw.into();
    if channel.kind != CATEGORY {
        body["topic"] = json!(channel.topic);
    }
    if channel.kind == VOICE {
        body["bitrate"] = 64_000.into();
        body["user_limit"] = 0.into();
        body["rtc_region"] = Value::Null;
    }
}

fn add_thread(body: &mut Value, thread: &Thread) {
    body["owner_id"] = json!(thread.owner);
    body["member_count"] = thread.members.len().into();
    body["message_count"] = thread.message_count.into();
    body["total_message_sent"] = thread.message_count.into();
    body["thread_metadata"] = json!({
        "archived": thread.archived,
        "auto_archive_duration": thread.auto_archive_minutes,
        "archive_timestamp": iso(thread.archived_us),
        "create_timestamp": iso(thread.created_us),
        "locked": thread.locked,
        "invitable": thread.invitable,
    });
}

fn render_overwrite(overwrite: &Overwrite) -> Value {
    json!({
        "id": overwrite.id,
        "type": overwrite.kind,
        "allow": overwrite.allow.to_string(),
        "deny": overwrite.deny.to_string(),
    })
}

/// A role.
pub(crate) fn render_role(role: &Role) -> Value {
    let mut body = json!({
        "id": role.id,
        "name": role.name,
        "description": null,
        "permissions": (role.permissions & permissions::ALL).to_string(),
        "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": null, "tertiary_color": null},
        "hoist": role.hoist,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "icon": role.icon,
        "unicode_emoji": role.unicode_emoji,
        "flags": 0,
    });
    if let Some(bot) = role.bot {
        body["tags"] = json!({"bot_id": bot});
    }
    body
}
