//! Roles of a guild.
//! What always holds: positions are dense and `@everyone` stands at 0; a deleted role is no member's any more.

use serde_json::{Value, json};

use super::marks::Key;
use super::render_guild::render_role;
use super::state::Role;
use super::{Deed, Noun, Snowflake, World, WorldError, audit, intents};

/// A role to be made.
#[derive(Debug, Clone, Default)]
pub(crate) struct RoleDraft {
    pub(crate) name: String,
    pub(crate) permissions: u64,
    pub(crate) color: u32,
    pub(crate) hoist: bool,
    pub(crate) mentionable: bool,
    pub(crate) icon: Option<String>,
    pub(crate) unicode_emoji: Option<String>,
    /// The bot that it comes with: then it is managed, and only that bot holds it.
    pub(crate) bot: Option<Snowflake>,
}

/// What may change of a role.
#[derive(Debug, Clone, Default)]
pub(crate) struct RoleEdit {
    pub(crate) name: Option<String>,
    pub(crate) permissions: Option<u64>,
    pub(crate) color: Option<u32>,
    pub(crate) hoist: Option<bool>,
    pub(crate) mentionable: Option<bool>,
    pub(crate) icon: Option<Option<String>>,
    pub(crate) unicode_emoji: Option<Option<String>>,
}

impl World {
    /// Makes a role, right above `@everyone`.
    ///
    /// # Errors
    /// When there is no such guild.
    pub(crate) fn role_create(
        &mut self,
        guild: Snowflake,
        draft: RoleDraft,
        deed: &Deed,
    ) -> Result<Snowflake, WorldError> {
        let id = self.mint();
        let role = Role {
            id,
            name: draft.name,
            permissions: draft.permissions,
            position: 1,
            color: draft.color,
            hoist: draft.hoist,
            mentionable: draft.mentionable,
            managed: draft.bot.is_some(),
            bot: draft.bot,
            icon: draft.icon,
            unicode_emoji: draft.unicode_emoji,
        };
        let body = render_role(&role);
        let place = self.guild_mut(guild)?;
        let mut moved = Vec::new();
        for other in place.roles.values_mut().filter(|r| r.position >= 1) {
            other.position += 1;
            moved.push(other.id);
        }
        let changes = vec![json!({"key": "name", "new_value": role.name})];
        place.roles.insert(id, role);
        moved
            .iter()
            .chain([&id])
            .for_each(|role| self.marks.touch(Key::Role(guild, *role)));
        self.tell_guild(
            guild,
            intents::GUILDS,
            "GUILD_ROLE_CREATE",
            &json!({"guild_id": guild, "role": body}),
        );
        self.audit(guild, audit::ROLE_CREATE, Some(id), changes, None, deed);
        Ok(id)
    }

    /// Changes a role.
    ///
    /// # Errors
    /// When there is no such guild or role.
    pub(crate) fn role_edit(
        &mut self,
        guild: Snowflake,
        id: Snowflake,
        edit: RoleEdit,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        self.marks.touch(Key::Role(guild, id));
        let role = self
            .guild_mut(guild)?
            .roles
            .get_mut(&id)
            .ok_or(WorldError::Unknown(Noun::Role))?;
        let mut changes = Vec::new();
        let mut note = |key: &str, old: Value, new: Value| {
            changes.push(json!({"key": key, "old_value": old, "new_value": new}));
        };
        if let Some(name) = edit.name {
            note("name", role.name.clone().into(), name.clone().into());
            role.name = name;
        }
        if let Some(permissions) = edit.permissions {
            note(
                "permissions",
                role.permissions.to_string().into(),
                permissions.to_string().into(),
            );
            role.permissions = permissions;
        }
        if let Some(color) = edit.color {
            note("color", role.color.into(), color.into());
            role.color = color;
        }
        if let Some(hoist) = edit.hoist {
            note("hoist", role.hoist.into(), hoist.into());
            role.hoist = hoist;
        }
        if let Some(mentionable) = edit.mentionable {
            note("mentionable", role.mentionable.into(), mentionable.into());
            role.mentionable = mentionable;
        }
        if let Some(icon) = edit.icon {
            role.icon = icon;
        }
        if let Some(emoji) = edit.unicode_emoji {
            role.unicode_emoji = emoji;
        }
        self.tell_role_update(guild, id);
        self.audit(guild, audit::ROLE_UPDATE, Some(id), changes, None, deed);
        Ok(())
    }

    /// Moves roles to positions; the rest close up around them.
    ///
    /// # Errors
    /// When there is no such guild or role.
    pub(crate) fn roles_move(
        &mut self,
        guild: Snowflake,
        moves: &[(Snowflake, i32)],
    ) -> Result<(), WorldError> {
        let place = self.guild_mut(guild)?;
        if moves.iter().any(|(id, _)| !place.roles.contains_key(id)) {
            return Err(WorldError::Unknown(Noun::Role));
        }
        let mut order: Vec<Snowflake> = place
            .roles
            .keys()
            .copied()
            .filter(|id| *id != guild)
            .collect();
        order.sort_by_key(|id| (place.roles[id].position, *id));
        for (id, position) in moves.iter().filter(|(id, _)| *id != guild) {
            order.retain(|other| other != id);
            let at = usize::try_from(position - 1).unwrap_or(0).min(order.len());
            order.insert(at, *id);
        }
        let mut moved = Vec::new();
        for (position, id) in (1..).zip(&order) {
            if let Some(role) = place.roles.get_mut(id)
                && role.position != position
            {
                role.position = position;
                moved.push(*id);
            }
        }
        for id in moved {
            self.marks.touch(Key::Role(guild, id));
            self.tell_role_update(guild, id);
        }
        Ok(())
    }

    /// Deletes a role and takes it from everybody.
    ///
    /// # Errors
    /// When there is no such guild or role.
    pub(crate) fn role_delete(
        &mut self,
        guild: Snowflake,
        id: Snowflake,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        let place = self.guild_mut(guild)?;
        let gone = place
            .roles
            .remove(&id)
            .ok_or(WorldError::Unknown(Noun::Role))?;
        let mut moved: Vec<_> = Vec::new();
        for other in place
            .roles
            .values_mut()
            .filter(|r| r.position > gone.position)
        {
            other.position -= 1;
            moved.push(other.id);
        }
        let holders: Vec<_> = place
            .members
            .values()
            .filter(|m| m.roles.contains(&id))
            .map(|m| m.user)
            .collect();
        for user in &holders {
            if let Some(member) = place.members.get_mut(user) {
                member.roles.retain(|role| *role != id);
            }
        }
        holders
            .iter()
            .for_each(|user| self.marks.touch(Key::Member(guild, *user)));
        moved
            .iter()
            .chain([&id])
            .for_each(|role| self.marks.touch(Key::Role(guild, *role)));
        self.tell_guild(
            guild,
            intents::GUILDS,
            "GUILD_ROLE_DELETE",
            &json!({"guild_id": guild, "role_id": id}),
        );
        let changes = vec![json!({"key": "name", "old_value": gone.name})];
        self.audit(guild, audit::ROLE_DELETE, Some(id), changes, None, deed);
        Ok(())
    }

    fn tell_role_update(&mut self, guild: Snowflake, id: Snowflake) {
        let Some(role) = self.guilds.get(&guild).and_then(|g| g.roles.get(&id)) else {
            return;
        };
        let body = json!({"guild_id": guild, "role": render_role(role)});
        self.tell_guild(guild, intents::GUILDS, "GUILD_ROLE_UPDATE", &body);
    }
}
