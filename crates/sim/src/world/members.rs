//! Members: joining, leaving, being changed, kicked and banned; and bots being installed.
//! What always holds: who is banned is no member; a member's guild stands in its list of guilds.

use serde_json::{Value, json};

use super::marks::Key;
use super::snowflake::iso;
use super::state::{Ban, Member};
use super::{
    Deed, Noun, RoleDraft, RoleEdit, Snowflake, World, WorldError, audit, intents, permissions,
};

/// What may change of a member.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemberEdit {
    pub(crate) nick: Option<Option<String>>,
    pub(crate) roles: Option<Vec<Snowflake>>,
    pub(crate) timeout_until_us: Option<Option<i64>>,
    pub(crate) mute: Option<bool>,
    pub(crate) deaf: Option<bool>,
    pub(crate) flags: Option<u32>,
    pub(crate) avatar: Option<Option<String>>,
    pub(crate) banner: Option<Option<String>>,
    pub(crate) bio: Option<Option<String>>,
}

impl World {
    /// A user joins; joining twice changes nothing.
    ///
    /// # Errors
    /// When the guild or user is unknown, or the user is banned.
    pub(crate) fn member_join(
        &mut self,
        guild: Snowflake,
        user: Snowflake,
    ) -> Result<(), WorldError> {
        self.member_join_as(guild, user, Vec::new())
    }

    /// A user joins with roles; others hear of it, and a bot itself of its guild alone.
    fn member_join_as(
        &mut self,
        guild: Snowflake,
        user: Snowflake,
        roles: Vec<Snowflake>,
    ) -> Result<(), WorldError> {
        let now = self.now_us();
        let bot = self
            .users
            .get(&user)
            .ok_or(WorldError::Unknown(Noun::User))?
            .bot;
        let place = self
            .guilds
            .get_mut(&guild)
            .ok_or(WorldError::Unknown(Noun::Guild))?;
        if place.bans.contains_key(&user) {
            return Err(WorldError::Banned { user });
        }
        if place.members.contains_key(&user) {
            return Ok(());
        }
        place.members.insert(
            user,
            Member {
                user,
                joined_us: now,
                roles,
                ..Member::default()
            },
        );
        self.marks.touch(Key::Member(guild, user));
        self.guilds_of.entry(user).or_default().insert(guild);
        let mut body = self.render_member(&self.guilds[&guild].members[&user]);
        body["guild_id"] = json!(guild);
        self.tell_guild(guild, intents::MEMBERS, "GUILD_MEMBER_ADD", &body);
        if bot {
            self.guild_mut(guild)?.bots.push(user);
        }
        Ok(())
    }

    /// Adds an application's bot to a guild, with a role of its own that holds the permissions.
    ///
    /// # Errors
    /// When the guild or application is unknown, or the bot banned.
    pub(crate) fn install(
        &mut self,
        guild: Snowflake,
        application: Snowflake,
        permissions: u64,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        if self.member(guild, application).is_some() {
            return Ok(());
        }
        if self.guild_mut(guild)?.bans.contains_key(&application) {
            return Err(WorldError::Banned { user: application });
        }
        // Its role is there before it is, so that the first that it hears of the guild is the whole of it.
        let role = self.bot_role(guild, application, permissions, deed)?;
        self.member_join_as(guild, application, role.into_iter().collect())?;
        self.tell_guild_create(guild, application);
        self.audit(
            guild,
            audit::BOT_ADD,
            Some(application),
            Vec::new(),
            None,
            deed,
        );
        Ok(())
    }

    /// Adds an application's bot to a guild as an invitation asks. Of one that is there, the role of its own is given
    /// what this one asks for.
    ///
    /// # Errors
    /// When the guild or application is unknown, or the bot banned.
    pub(crate) fn invite(
        &mut self,
        guild: Snowflake,
        application: Snowflake,
        permissions: u64,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        if self.member(guild, application).is_none() {
            return self.install(guild, application, permissions, deed);
        }
        let place = self.guild_mut(guild)?;
        let mut roles = place.roles.values();
        let own = roles.find(|role| role.bot == Some(application));
        if let Some(role) = own.map(|role| role.id) {
            let edit = RoleEdit {
                permissions: Some(permissions),
                ..RoleEdit::default()
            };
            return self.role_edit(guild, role, edit, deed);
        }
        if let Some(role) = self.bot_role(guild, application, permissions, deed)? {
            self.marks.touch(Key::Member(guild, application));
            if let Some(member) = self.guild_mut(guild)?.members.get_mut(&application) {
                member.roles.push(role);
            }
            self.tell_member_update(guild, application);
        }
        Ok(())
    }

    /// Makes the role that comes with a bot; without permissions none does.
    fn bot_role(
        &mut self,
        guild: Snowflake,
        application: Snowflake,
        permissions: u64,
        deed: &Deed,
    ) -> Result<Option<Snowflake>, WorldError> {
        let known = self.applications.get(&application);
        let name = known
            .ok_or(WorldError::Unknown(Noun::Application))?
            .name
            .clone();
        if permissions == 0 {
            return Ok(None);
        }
        let draft = RoleDraft {
            name,
            permissions,
            bot: Some(application),
            ..RoleDraft::default()
        };
        self.role_create(guild, draft, deed).map(Some)
    }

    /// Changes a member.
    ///
    /// # Errors
    /// When the guild or member is unknown.
    pub(crate) fn member_edit(
        &mut self,
        guild: Snowflake,
        user: Snowflake,
        edit: MemberEdit,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        self.marks.touch(Key::Member(guild, user));
        let place = self
            .guilds
            .get_mut(&guild)
            .ok_or(WorldError::Unknown(Noun::Guild))?;
        let names = place
            .roles
            .iter()
            .map(|(id, role)| (*id, role.name.clone()))
            .collect::<Vec<_>>();
        let member = place
            .members
            .get_mut(&user)
            .ok_or(WorldError::Unknown(Noun::Member))?;
        let mut changes = Vec::new();
        let mut role_changes = Vec::new();
        if let Some(nick) = edit.nick {
            changes.push(json!({"key": "nick", "old_value": member.nick, "new_value": nick}));
            member.nick = nick;
        }
        if let Some(mut roles) = edit.roles {
            roles.sort_unstable();
            roles.dedup();
            roles.retain(|id| *id != guild && names.iter().any(|(known, _)| known == id));
            role_changes = role_difference(&member.roles, &roles, &names);
            member.roles = roles;
        }
        if let Some(until) = edit.timeout_until_us {
            let (old, new) = (member.timeout_until_us.map(iso), until.map(iso));
            changes.push(
                json!({"key": "communication_disabled_until", "old_value": old, "new_value": new}),
            );
            member.timeout_until_us = until;
        }
        if let Some(mute) = edit.mute {
            changes.push(json!({"key": "mute", "old_value": member.mute, "new_value": mute}));
            member.mute = mute;
        }
        if let Some(deaf) = edit.deaf {
            changes.push(json!({"key": "deaf", "old_value": member.deaf, "new_value": deaf}));
            member.deaf = deaf;
        }
        member.flags = edit.flags.unwrap_or(member.flags);
        member.avatar = edit.avatar.unwrap_or_else(|| member.avatar.take());
        member.banner = edit.banner.unwrap_or_else(|| member.banner.take());
        member.bio = edit.bio.unwrap_or_else(|| member.bio.take());
        self.tell_member_update(guild, user);
        if !changes.is_empty() {
            self.audit(guild, audit::MEMBER_UPDATE, Some(user), changes, None, deed);
        }
        if !role_changes.is_empty() {
            self.audit(
                guild,
                audit::MEMBER_ROLE_UPDATE,
                Some(user),
                role_changes,
                None,
                deed,
            );
        }
        Ok(())
    }

    /// A member leaves by itself; a bot leaves the guild altogether.
    ///
    /// # Errors
    /// When the guild or member is unknown.
    pub(crate) fn member_leave(
        &mut self,
        guild: Snowflake,
        user: Snowflake,
    ) -> Result<(), WorldError> {
        let place = self
            .guilds
            .get(&guild)
            .ok_or(WorldError::Unknown(Noun::Guild))?;
        if !place.members.contains_key(&user) {
            return Err(WorldError::Unknown(Noun::Member));
        }
        self.marks.touch(Key::Member(guild, user));
        let body = json!({"guild_id": guild, "user": self.render_user(user)});
        self.tell_guild(guild, intents::MEMBERS, "GUILD_MEMBER_REMOVE", &body);
        let place = self.guild_mut(guild)?;
        let member = place.members.remove(&user);
        let was_bot = place.bots.contains(&user);
        place.bots.retain(|bot| *bot != user);
        if let Some(guilds) = self.guilds_of.get_mut(&user) {
            guilds.remove(&guild);
        }
        if was_bot {
            self.tell_bot(user, Some(guild), "GUILD_DELETE", &json!({"id": guild}));
            let managed = member.into_iter().flat_map(|m| m.roles).find(|id| {
                self.guilds[&guild]
                    .roles
                    .get(id)
                    .is_some_and(|role| role.bot == Some(user))
            });
            if let Some(role) = managed {
                self.role_delete(guild, role, &Deed::by(user))?;
            }
        }
        Ok(())
    }

    /// Kicks a member.
    ///
    /// # Errors
    /// When the guild or member is unknown.
    pub(crate) fn member_kick(
        &mut self,
        guild: Snowflake,
        user: Snowflake,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        self.member_leave(guild, user)?;
        self.audit(
            guild,
            audit::MEMBER_KICK,
            Some(user),
            Vec::new(),
            None,
            deed,
        );
        Ok(())
    }

    /// Bans a user, member or not, and deletes what it wrote lately.
    ///
    /// # Errors
    /// When the guild or user is unknown.
    pub(crate) fn ban_add(
        &mut self,
        guild: Snowflake,
        user: Snowflake,
        delete_messages_s: u32,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        if !self.users.contains_key(&user) {
            return Err(WorldError::Unknown(Noun::User));
        }
        self.marks.touch(Key::Ban(guild, user));
        let ban = Ban {
            user,
            reason: deed.reason.clone(),
        };
        let fresh = self.guild_mut(guild)?.bans.insert(user, ban).is_none();
        if self.member(guild, user).is_some() {
            self.member_leave(guild, user)?;
        }
        self.messages_purge(guild, user, delete_messages_s);
        if fresh {
            self.tell_ban(guild, user, "GUILD_BAN_ADD");
            self.audit(
                guild,
                audit::MEMBER_BAN_ADD,
                Some(user),
                Vec::new(),
                None,
                deed,
            );
        }
        Ok(())
    }

    /// Lifts a ban.
    ///
    /// # Errors
    /// When the guild or ban is unknown.
    pub(crate) fn ban_remove(
        &mut self,
        guild: Snowflake,
        user: Snowflake,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        self.marks.touch(Key::Ban(guild, user));
        self.guild_mut(guild)?
            .bans
            .remove(&user)
            .ok_or(WorldError::Unknown(Noun::Ban))?;
        self.tell_ban(guild, user, "GUILD_BAN_REMOVE");
        self.audit(
            guild,
            audit::MEMBER_BAN_REMOVE,
            Some(user),
            Vec::new(),
            None,
            deed,
        );
        Ok(())
    }

    fn tell_ban(&mut self, guild: Snowflake, user: Snowflake, name: &'static str) {
        let body = json!({"guild_id": guild, "user": self.render_user(user)});
        let allowed = permissions::BAN_MEMBERS | permissions::VIEW_AUDIT_LOG;
        self.tell_holders(guild, intents::MODERATION, allowed, name, &body);
    }

    pub(super) fn tell_member_update(&mut self, guild: Snowflake, user: Snowflake) {
        let Some(member) = self.member(guild, user) else {
            return;
        };
        let mut body = self.render_member(member);
        body["guild_id"] = json!(guild);
        self.tell_guild(guild, intents::MEMBERS, "GUILD_MEMBER_UPDATE", &body);
        // A bot hears of its own member without the members intent.
        let now = self.now_us();
        let event = super::wires::Event::new("GUILD_MEMBER_UPDATE", &body);
        let (sessions, mut tap) = self.wires.sessions_mut(user);
        for session in sessions
            .iter_mut()
            .filter(|s| s.intents & intents::MEMBERS == 0 && s.covers(Some(guild)))
        {
            session.push(&event, now, &mut tap);
        }
    }
}

fn role_difference(
    old: &[Snowflake],
    new: &[Snowflake],
    names: &[(Snowflake, String)],
) -> Vec<Value> {
    let listed = |from: &[Snowflake], without: &[Snowflake]| -> Vec<Value> {
        names
            .iter()
            .filter(|(id, _)| from.contains(id) && !without.contains(id))
            .map(|(id, name)| json!({"id": id, "name": name}))
            .collect()
    };
    let named = |key: &str, roles: Vec<Value>| {
        (!roles.is_empty()).then(|| json!({"key": key, "new_value": roles}))
    };
    [
        named("$add", listed(new, old)),
        named("$remove", listed(old, new)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
