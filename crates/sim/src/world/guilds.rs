//! Guilds: making, changing and leaving them.
//! What always holds: a guild has its `@everyone` role and its owner as a member.

use serde_json::{Map, Value, json};

use super::marks::Key;
use super::state::{Guild, Role};
use super::{ChannelDraft, Deed, Noun, Snowflake, World, WorldError, intents, permissions};

/// A guild to be made.
#[derive(Debug, Clone)]
pub(crate) struct GuildDraft {
    pub(crate) name: String,
    pub(crate) owner: Snowflake,
    /// A fixed id: for guilds whose shard matters.
    pub(crate) id: Option<Snowflake>,
    pub(crate) locale: Option<String>,
}

/// What may change of a guild; `extra` holds whatever has no field of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct GuildEdit {
    pub(crate) name: Option<String>,
    pub(crate) owner: Option<Snowflake>,
    pub(crate) icon: Option<Option<String>>,
    pub(crate) system_channel: Option<Option<Snowflake>>,
    pub(crate) locale: Option<String>,
    pub(crate) extra: Map<String, Value>,
}

impl World {
    /// Makes a guild with `@everyone`, its owner, and a text channel `general`.
    ///
    /// # Errors
    /// When the owner is unknown or the id taken.
    pub(crate) fn guild_create(&mut self, draft: GuildDraft) -> Result<Snowflake, WorldError> {
        if !self.users.contains_key(&draft.owner) {
            return Err(WorldError::Unknown(Noun::User));
        }
        if draft.id.is_some_and(|id| self.guilds.contains_key(&id)) {
            return Err(WorldError::Refused("another guild has this id"));
        }
        let id = draft.id.unwrap_or_else(|| self.mint());
        self.marks.touch(Key::Guild(id));
        self.marks.touch(Key::Role(id, id));
        self.guilds.insert(
            id,
            Guild {
                id,
                name: draft.name,
                owner: draft.owner,
                icon: None,
                preferred_locale: draft.locale.unwrap_or_else(|| "en-US".to_owned()),
                system_channel: None,
                extra: Map::new(),
                roles: [(id, everyone(id))].into(),
                members: std::collections::BTreeMap::new(),
                channels: std::collections::BTreeSet::new(),
                bans: std::collections::BTreeMap::new(),
                audit: std::collections::VecDeque::new(),
                bots: Vec::new(),
            },
        );
        self.member_join(id, draft.owner)?;
        let general =
            self.channel_create(id, ChannelDraft::text("general"), &Deed::by(draft.owner))?;
        self.guild_mut(id)?.system_channel = Some(general);
        Ok(id)
    }

    /// Changes a guild.
    ///
    /// # Errors
    /// When there is no such guild.
    pub(crate) fn guild_edit(
        &mut self,
        id: Snowflake,
        edit: GuildEdit,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        let guild = self.guild_mut(id)?;
        let mut changes = Vec::new();
        if let Some(name) = edit.name {
            changes.push(json!({"key": "name", "old_value": guild.name, "new_value": name}));
            guild.name = name;
        }
        if let Some(owner) = edit.owner {
            changes.push(json!({"key": "owner_id", "old_value": guild.owner, "new_value": owner}));
            guild.owner = owner;
        }
        if let Some(icon) = edit.icon {
            guild.icon = icon;
        }
        if let Some(channel) = edit.system_channel {
            guild.system_channel = channel;
        }
        if let Some(locale) = edit.locale {
            guild.preferred_locale = locale;
        }
        for (field, value) in edit.extra {
            changes.push(json!({"key": field, "new_value": value}));
            guild.extra.insert(field, value);
        }
        let body = self.render_guild(&self.guilds[&id]);
        self.tell_guild(id, intents::GUILDS, "GUILD_UPDATE", &body);
        self.audit(
            id,
            super::audit::GUILD_UPDATE,
            Some(id),
            changes,
            None,
            deed,
        );
        Ok(())
    }

    /// Deletes a guild with all that it holds.
    ///
    /// # Errors
    /// When there is no such guild.
    pub(crate) fn guild_delete(&mut self, id: Snowflake) -> Result<(), WorldError> {
        let body = json!({"id": id});
        self.tell_guild(id, intents::GUILDS, "GUILD_DELETE", &body);
        self.marks.touch(Key::Guild(id));
        let guild = self
            .guilds
            .remove(&id)
            .ok_or(WorldError::Unknown(Noun::Guild))?;
        for user in guild.members.keys() {
            self.marks.touch(Key::Member(id, *user));
            if let Some(guilds) = self.guilds_of.get_mut(user) {
                guilds.remove(&id);
            }
        }
        for role in guild.roles.keys() {
            self.marks.touch(Key::Role(id, *role));
        }
        for channel in guild.channels {
            self.channel_forget(channel);
        }
        Ok(())
    }

    /// Tells of a guild going away for a while, or of its return, as in an outage.
    ///
    /// # Errors
    /// When there is no such guild.
    pub(crate) fn guild_outage(&mut self, id: Snowflake, over: bool) -> Result<(), WorldError> {
        let bots = self
            .guilds
            .get(&id)
            .ok_or(WorldError::Unknown(Noun::Guild))?
            .bots
            .clone();
        for bot in bots {
            if over {
                self.tell_guild_create(id, bot);
            } else {
                self.tell_bot(
                    bot,
                    Some(id),
                    "GUILD_DELETE",
                    &json!({"id": id, "unavailable": true}),
                );
            }
        }
        Ok(())
    }

    /// Tells a bot all of a guild, on each of its sessions for that shard.
    pub(super) fn tell_guild_create(&mut self, guild: Snowflake, bot: Snowflake) {
        let sessions: Vec<_> = self
            .wires
            .sessions_of(bot)
            .iter()
            .map(|s| s.id.clone())
            .collect();
        for session in sessions {
            self.tell_session_guild(bot, &session, guild);
        }
    }

    /// Tells one session all of a guild, where it covers it and asked for guilds.
    pub(crate) fn tell_session_guild(&mut self, bot: Snowflake, session: &str, guild: Snowflake) {
        let mut mine = self
            .wires
            .sessions_of(bot)
            .iter()
            .filter(|s| s.id == session && s.covers(Some(guild)));
        let Some(asked) = mine.find(|s| s.intents & intents::GUILDS != 0) else {
            return;
        };
        let Some(place) = self
            .guilds
            .get(&guild)
            .filter(|g| g.members.contains_key(&bot))
        else {
            return;
        };
        let whole = asked.intents & intents::PRESENCES != 0;
        let body = self.render_guild_create(place, bot, asked.large_threshold, whole);
        self.push_to_session(
            bot,
            session,
            &super::wires::Event::new("GUILD_CREATE", &body),
        );
    }
}

fn everyone(guild: Snowflake) -> Role {
    Role {
        id: guild,
        name: "@everyone".to_owned(),
        permissions: permissions::EVERYONE_DEFAULT,
        position: 0,
        color: 0,
        hoist: false,
        mentionable: false,
        managed: false,
        bot: None,
        icon: None,
        unicode_emoji: None,
    }
}
