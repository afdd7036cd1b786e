//! What an owner changes of a guild, the threads that members open, and what a guild remembers of all of it.

use serde::Deserialize;
use serde_json::Value;

use super::acts::{require, visible};
use super::scene::{check_name, owner_of};
use super::{Control, ControlError};
use crate::world::permissions::CREATE_PUBLIC_THREADS;
use crate::world::state::{AuditEntry, Overwrite};
use crate::world::{ChannelEdit, MessageDraft, Noun, RoleEdit, Snowflake, WorldError};

const PUBLIC_THREAD: u8 = 11;
/// The type of an overwrite that is for one member.
const MEMBER: u8 = 1;
/// The message that a thread leaves in its channel when it grew out of none.
const THREAD_CREATED: u8 = 18;

/// A change of a channel by the guild's owner.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelChange {
    pub channel: Snowflake,
    pub name: Option<String>,
    pub slowmode_s: Option<u32>,
    pub nsfw: Option<bool>,
    pub overwrites: Option<Vec<Overwrite>>,
}

/// A change of a role by the guild's owner.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoleChange {
    pub guild: Snowflake,
    pub role: Snowflake,
    pub name: Option<String>,
    pub permissions: Option<u64>,
    pub position: Option<i32>,
}

/// A thread to be opened by a member.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpenThread {
    pub channel: Snowflake,
    pub user: Snowflake,
    pub name: String,
    /// The message that it grows out of.
    pub message: Option<Snowflake>,
}

impl Control {
    /// Changes a channel.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn channel_change(&self, change: ChannelChange) -> Result<(), ControlError> {
        let mut world = self.world();
        let guild = world.channel(change.channel).and_then(|it| it.guild);
        let guild = guild.ok_or(WorldError::Unknown(Noun::Channel))?;
        let deed = owner_of(&world, guild)?;
        let edit = ChannelEdit {
            name: change.name,
            slowmode_s: change.slowmode_s,
            nsfw: change.nsfw,
            overwrites: change.overwrites,
            ..ChannelEdit::default()
        };
        Ok(world.channel_edit(change.channel, edit, &deed)?)
    }

    /// Lets one member do something in a channel, beside what was settled there already.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn channel_allow(
        &self,
        channel: Snowflake,
        member: Snowflake,
        permissions: u64,
    ) -> Result<(), ControlError> {
        let mut overwrites = self
            .world()
            .channel(channel)
            .ok_or(WorldError::Unknown(Noun::Channel))?
            .overwrites
            .clone();
        match overwrites.iter_mut().find(|one| one.id == member) {
            Some(own) => {
                own.allow |= permissions;
                own.deny &= !permissions;
            }
            None => overwrites.push(Overwrite {
                id: member,
                kind: MEMBER,
                allow: permissions,
                deny: 0,
            }),
        }
        self.channel_change(ChannelChange {
            channel,
            overwrites: Some(overwrites),
            ..ChannelChange::default()
        })
    }

    /// Deletes a channel.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn channel_delete(&self, channel: Snowflake) -> Result<(), ControlError> {
        let mut world = self.world();
        let guild = world.channel(channel).and_then(|it| it.guild);
        let guild = guild.ok_or(WorldError::Unknown(Noun::Channel))?;
        let deed = owner_of(&world, guild)?;
        Ok(world.channel_delete(channel, &deed)?)
    }

    /// Changes a role, and where it stands.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn role_change(&self, change: RoleChange) -> Result<(), ControlError> {
        let mut world = self.world();
        let deed = owner_of(&world, change.guild)?;
        let edit = RoleEdit {
            name: change.name,
            permissions: change.permissions,
            ..RoleEdit::default()
        };
        world.role_edit(change.guild, change.role, edit, &deed)?;
        if let Some(position) = change.position {
            world.roles_move(change.guild, &[(change.role, position)])?;
        }
        Ok(())
    }

    /// Opens a thread as a member.
    ///
    /// # Errors
    /// When it may not, or there is one already.
    pub fn thread(&self, open: OpenThread) -> Result<Snowflake, ControlError> {
        check_name(&open.name)?;
        let mut world = self.world();
        let needed = (CREATE_PUBLIC_THREADS, "CREATE_PUBLIC_THREADS");
        require(&world, open.channel, open.user, needed)?;
        if let Some(message) = open.message {
            visible(&world, open.channel, message, open.user)?;
            if world.channel(message).is_some() {
                return Err(ControlError::Refused("it has a thread already".to_owned()));
            }
        }
        let (name, user) = (open.name, open.user);
        let thread = world.thread_create(
            open.channel,
            PUBLIC_THREAD,
            name.clone(),
            user,
            open.message,
        )?;
        if open.message.is_none() {
            let told = MessageDraft {
                author: user,
                kind: THREAD_CREATED,
                content: name,
                ..MessageDraft::default()
            };
            world.message_send(open.channel, told)?;
        }
        Ok(thread)
    }

    /// Bans a user as the guild's owner.
    ///
    /// # Errors
    /// When either is unknown.
    pub fn ban(&self, guild: Snowflake, user: Snowflake) -> Result<(), ControlError> {
        let mut world = self.world();
        let deed = owner_of(&world, guild)?;
        Ok(world.ban_add(guild, user, 0, &deed)?)
    }

    /// Who is banned, and why.
    ///
    /// # Errors
    /// When there is no such guild.
    pub fn bans(&self, guild: Snowflake) -> Result<Vec<Value>, ControlError> {
        let world = self.world();
        let place = world.guild(guild).ok_or(WorldError::Unknown(Noun::Guild))?;
        let bans = place.bans.values();
        Ok(bans.map(|ban| world.render_ban(ban)).collect())
    }

    /// The newest entries of a guild's audit log, the newest first, with the reasons that were given.
    ///
    /// # Errors
    /// When there is no such guild.
    pub fn audit_log(&self, guild: Snowflake, limit: usize) -> Result<Vec<Value>, ControlError> {
        let world = self.world();
        let place = world.guild(guild).ok_or(WorldError::Unknown(Noun::Guild))?;
        let entries: Vec<&AuditEntry> = place.audit.iter().rev().take(limit.min(1_000)).collect();
        let log = world.render_audit_log(&entries);
        Ok(log["audit_log_entries"]
            .as_array()
            .cloned()
            .unwrap_or_default())
    }
}
