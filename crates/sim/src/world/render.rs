//! Discord's v10 JSON of users, applications, members, webhooks, commands and audit entries.
//! What always holds: every field that Discord's description requires is there, absent values as `null`.

use serde_json::{Map, Value, json};

use super::snowflake::iso;
use super::state::{Application, AuditEntry, Ban, Command, Emoji, Member, User, Webhook};
use super::{Snowflake, World};

impl World {
    /// A user as others see it; a stranger to the world is shown as a deleted one.
    pub(crate) fn render_user(&self, id: Snowflake) -> Value {
        self.users
            .get(&id)
            .map_or_else(|| render_deleted_user(id), render_user)
    }

    /// A user as it sees itself (`/users/@me`, READY).
    pub(crate) fn render_me(&self, id: Snowflake) -> Value {
        let mut body = self.render_user(id);
        let locale = self.users.get(&id).map_or("en-US", |u| &u.locale);
        body["mfa_enabled"] = true.into();
        body["verified"] = true.into();
        body["email"] = Value::Null;
        body["locale"] = locale.into();
        body["premium_type"] = 0.into();
        body
    }

    /// An application as its owner sees it (`/applications/@me`).
    pub(crate) fn render_application(&self, application: &Application) -> Value {
        let guilds = self
            .guilds_of
            .get(&application.id)
            .map_or(0, std::collections::BTreeSet::len);
        json!({
            "id": application.id,
            "name": application.name,
            "icon": application.icon,
            "description": application.description,
            "type": null,
            "bot": self.render_user(application.id),
            "summary": "",
            "bot_public": application.bot_public,
            "bot_require_code_grant": false,
            "verify_key": application.verify_key,
            "flags": application.flags,
            "flags_new": application.flags.to_string(),
            "redirect_uris": application.redirect_uris,
            "interactions_endpoint_url": application.interactions_endpoint_url,
            "role_connections_verification_url": null,
            "event_webhooks_url": null,
            "event_webhooks_status": 1,
            "event_webhooks_types": [],
            "owner": self.render_user(application.owner),
            "team": null,
            "hook": true,
            "rpc_origins": [],
            "tags": [],
            "integration_types_config": {"0": {"oauth2_install_params": {"scopes": ["applications.commands", "bot"], "permissions": "0"}}},
            "install_params": {"scopes": ["applications.commands", "bot"], "permissions": "0"},
            "approximate_guild_count": guilds,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": ["applications.commands", "bot", "guilds", "identify"],
        })
    }

    /// A member with its user; the biography is not part of it, as at Discord.
    pub(crate) fn render_member(&self, member: &Member) -> Value {
        let mut body = self.render_member_partial(member);
        body["user"] = self.render_user(member.user);
        body
    }

    /// A member as it stands beside a user that is already there (in messages and resolved options).
    pub(crate) fn render_member_partial(&self, member: &Member) -> Value {
        let until = member
            .timeout_until_us
            .filter(|until| *until > self.now_us());
        json!({
            "nick": member.nick,
            "avatar": member.avatar,
            "banner": member.banner,
            "roles": member.roles,
            "joined_at": iso(member.joined_us),
            "premium_since": null,
            "communication_disabled_until": until.map(iso),
            "mute": member.mute,
            "deaf": member.deaf,
            "pending": member.pending,
            "flags": member.flags,
        })
    }

    pub(crate) fn render_ban(&self, ban: &Ban) -> Value {
        json!({"user": self.render_user(ban.user), "reason": ban.reason})
    }

    /// A webhook; its token only for those who may manage it.
    pub(crate) fn render_webhook(&self, webhook: &Webhook, with_token: bool) -> Value {
        let mut body = json!({
            "id": webhook.id,
            "type": 1,
            "guild_id": webhook.guild,
            "channel_id": webhook.channel,
            "name": webhook.name,
            "avatar": webhook.avatar,
            "application_id": webhook.application,
            "user": self.render_user(webhook.creator),
        });
        if with_token {
            body["token"] = webhook.token.clone().into();
            body["url"] = format!(
                "https://discord.com/api/webhooks/{}/{}",
                webhook.id, webhook.token
            )
            .into();
        }
        body
    }

    /// A guild's audit log entries as `GET /guilds/{id}/audit-logs` answers them, given the chosen entries.
    pub(crate) fn render_audit_log(&self, entries: &[&AuditEntry]) -> Value {
        let mut users: Vec<_> = entries
            .iter()
            .flat_map(|e| [Some(e.by), e.target])
            .flatten()
            .collect();
        users.sort_unstable();
        users.dedup();
        users.retain(|id| self.users.contains_key(id));
        json!({
            "audit_log_entries": entries.iter().map(|e| render_audit_entry(e)).collect::<Vec<_>>(),
            "users": users.into_iter().map(|id| self.render_user(id)).collect::<Vec<_>>(),
            "integrations": [],
            "webhooks": [],
            "guild_scheduled_events": [],
            "threads": [],
            "application_commands": [],
            "auto_moderation_rules": [],
        })
    }
}

/// A user as others see it.
fn render_user(user: &User) -> Value {
    let mut body = json!({
        "id": user.id,
        "username": user.username,
        "discriminator": if user.bot { format!("{:04}", user.id.0 % 9_999 + 1) } else { "0".to_owned() },
        "global_name": user.global_name,
        "avatar": user.avatar,
        "banner": user.banner,
        "accent_color": null,
        "avatar_decoration_data": null,
        "collectibles": null,
        "primary_guild": null,
        "public_flags": 0,
        "flags": 0,
    });
    if user.bot {
        body["bot"] = true.into();
    }
    body
}

fn render_deleted_user(id: Snowflake) -> Value {
    render_user(&User {
        id,
        username: "deleted_user".to_owned(),
        global_name: None,
        avatar: None,
        banner: None,
        bot: false,
        locale: "en-US".to_owned(),
    })
}

/// A command as registered; `name_localizations` and others stand in its body.
pub(crate) fn render_command(command: &Command) -> Value {
    let mut body = Map::new();
    body.insert("default_member_permissions".to_owned(), Value::Null);
    body.insert("description".to_owned(), "".into());
    body.insert("dm_permission".to_owned(), true.into());
    body.insert("contexts".to_owned(), Value::Null);
    body.insert("integration_types".to_owned(), json!([0]));
    body.insert("nsfw".to_owned(), false.into());
    body.extend(command.body.clone());
    body.insert("id".to_owned(), json!(command.id));
    body.insert("application_id".to_owned(), json!(command.application));
    body.insert("version".to_owned(), json!(command.version));
    body.insert("type".to_owned(), command.kind.into());
    body.insert("name".to_owned(), command.name.clone().into());
    if let Some(guild) = command.guild {
        body.insert("guild_id".to_owned(), json!(guild));
        body.remove("dm_permission");
    }
    Value::Object(body)
}

pub(crate) fn render_audit_entry(entry: &AuditEntry) -> Value {
    let mut body = json!({
        "id": entry.id,
        "action_type": entry.action,
        "user_id": entry.by,
        "target_id": entry.target,
        "changes": entry.changes,
    });
    if let Some(options) = &entry.options {
        body["options"] = options.clone();
    }
    if let Some(reason) = &entry.reason {
        body["reason"] = reason.clone().into();
    }
    body
}

/// An emoji as reactions show it.
pub(crate) fn render_emoji(emoji: &Emoji) -> Value {
    json!({"id": emoji.id, "name": emoji.name})
}
