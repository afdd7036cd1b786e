//! Setting the scene: users, applications, guilds, channels, roles, members.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Control, ControlError};
use crate::world::state::{Application, Overwrite};
use crate::world::{
    ApplicationDraft, ChannelDraft, Deed, GuildDraft, MemberEdit, Noun, RoleDraft, Snowflake,
    UserDraft, WorldError, intents,
};

/// A user to be made.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MakeUser {
    pub username: String,
    pub global_name: Option<String>,
    pub avatar: Option<String>,
    pub locale: Option<String>,
}

/// An application to be made.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MakeApplication {
    pub name: String,
    pub owner: Option<Snowflake>,
    /// A token of one's own choice.
    pub token: Option<String>,
    /// Discord's application flags; absent, all privileged intents are allowed.
    pub flags: Option<u32>,
    pub interactions_endpoint_url: Option<String>,
    pub redirect_uris: Vec<String>,
    pub max_concurrency: Option<u32>,
    pub identify_limit: Option<u32>,
}

/// What a bot's owner knows of its application.
#[derive(Debug, Clone, Serialize)]
pub struct MadeApplication {
    /// Of the application and of its bot.
    pub id: Snowflake,
    pub token: String,
    pub client_secret: String,
    pub public_key: String,
    pub owner: Snowflake,
}

/// A guild to be made.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MakeGuild {
    pub name: String,
    pub owner: Snowflake,
    pub id: Option<Snowflake>,
    pub locale: Option<String>,
}

/// A channel to be made by the guild's owner.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MakeChannel {
    pub guild: Snowflake,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: u8,
    pub topic: Option<String>,
    pub parent: Option<Snowflake>,
    pub overwrites: Vec<Overwrite>,
}

/// A role to be made by the guild's owner.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MakeRole {
    pub guild: Snowflake,
    pub name: String,
    pub permissions: u64,
    pub color: u32,
    pub hoist: bool,
    pub mentionable: bool,
}

/// A change of a member by the guild's owner.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MemberChange {
    pub guild: Snowflake,
    pub user: Snowflake,
    pub nick: Option<String>,
    pub roles: Option<Vec<Snowflake>>,
    /// Timed out from now for this long; 0 ends a time-out.
    pub timeout_s: Option<u32>,
}

impl MadeApplication {
    fn of(application: &Application) -> Self {
        Self {
            id: application.id,
            token: application.token.clone(),
            client_secret: application.client_secret.clone(),
            public_key: application.verify_key.clone(),
            owner: application.owner,
        }
    }
}

impl Control {
    /// Makes a user.
    ///
    /// # Errors
    /// When the name is empty or too long.
    pub fn user(&self, make: MakeUser) -> Result<Snowflake, ControlError> {
        check_name(&make.username)?;
        let MakeUser {
            username,
            global_name,
            avatar,
            locale,
        } = make;
        Ok(self.world().user_create(UserDraft {
            username,
            global_name,
            avatar,
            locale,
        }))
    }

    /// Makes an application with its bot.
    ///
    /// # Errors
    /// When the name is bad or the token taken.
    pub fn application(&self, make: MakeApplication) -> Result<MadeApplication, ControlError> {
        check_name(&make.name)?;
        let mut world = self.world();
        let id = world.application_create(ApplicationDraft {
            name: make.name,
            owner: make.owner,
            flags: make.flags.unwrap_or(intents::FLAGS_ALL_PRIVILEGED),
            token: make.token,
            interactions_endpoint_url: make.interactions_endpoint_url,
            redirect_uris: make.redirect_uris,
            max_concurrency: make.max_concurrency.unwrap_or(1),
        })?;
        if let Some(limit) = make.identify_limit {
            world.application_edit(id, |application| application.identify_limit = limit)?;
        }
        let application = world
            .application(id)
            .ok_or(WorldError::Unknown(Noun::Application))?;
        Ok(MadeApplication::of(application))
    }

    /// The oldest application of this name, such as one from before a restart.
    #[must_use]
    pub fn application_named(&self, name: &str) -> Option<MadeApplication> {
        let world = self.world();
        let named = world
            .applications()
            .filter(|application| application.name == name);
        named
            .min_by_key(|application| application.id)
            .map(MadeApplication::of)
    }

    /// Says which privileged intents and flags an application has.
    ///
    /// # Errors
    /// When there is no such application.
    pub fn application_flags(&self, id: Snowflake, flags: u32) -> Result<(), ControlError> {
        Ok(self
            .world()
            .application_edit(id, |application| application.flags = flags)?)
    }

    /// Where an application takes its interactions over HTTP; `None` returns it to the gateway. Nothing is verified.
    ///
    /// # Errors
    /// When there is no such application.
    pub fn application_endpoint(
        &self,
        id: Snowflake,
        url: Option<String>,
    ) -> Result<(), ControlError> {
        Ok(self.world().application_edit(id, |application| {
            application.interactions_endpoint_url = url
        })?)
    }

    /// Where an application may have people sent who allowed it something; exactly these addresses.
    ///
    /// # Errors
    /// When there is no such application.
    pub fn application_redirects(
        &self,
        id: Snowflake,
        redirect_uris: Vec<String>,
    ) -> Result<(), ControlError> {
        Ok(self.world().application_edit(id, |application| {
            application.redirect_uris = redirect_uris;
        })?)
    }

    /// Gives an application a new token; the old one is refused from now on.
    ///
    /// # Errors
    /// When there is no such application.
    pub fn token_reset(&self, id: Snowflake) -> Result<String, ControlError> {
        Ok(self.world().token_reset(id)?)
    }

    /// Makes a guild with a channel `general`.
    ///
    /// # Errors
    /// When the owner is unknown, the name bad or the id taken.
    pub fn guild(&self, make: MakeGuild) -> Result<Snowflake, ControlError> {
        check_name(&make.name)?;
        let MakeGuild {
            name,
            owner,
            id,
            locale,
        } = make;
        Ok(self.world().guild_create(GuildDraft {
            name,
            owner,
            id,
            locale,
        })?)
    }

    /// The channel that a guild began with.
    #[must_use]
    pub fn general(&self, guild: Snowflake) -> Option<Snowflake> {
        self.world().guild(guild)?.system_channel
    }

    /// Makes a channel.
    ///
    /// # Errors
    /// When there is no such guild or category.
    pub fn channel(&self, make: MakeChannel) -> Result<Snowflake, ControlError> {
        check_name(&make.name)?;
        let mut world = self.world();
        let deed = owner_of(&world, make.guild)?;
        let MakeChannel {
            guild,
            name,
            kind,
            topic,
            parent,
            overwrites,
        } = make;
        let draft = ChannelDraft {
            name,
            kind,
            topic,
            parent,
            overwrites,
            ..ChannelDraft::default()
        };
        Ok(world.channel_create(guild, draft, &deed)?)
    }

    /// Makes a role.
    ///
    /// # Errors
    /// When there is no such guild.
    pub fn role(&self, make: MakeRole) -> Result<Snowflake, ControlError> {
        let mut world = self.world();
        let deed = owner_of(&world, make.guild)?;
        let MakeRole {
            guild,
            name,
            permissions,
            color,
            hoist,
            mentionable,
        } = make;
        let draft = RoleDraft {
            name,
            permissions,
            color,
            hoist,
            mentionable,
            ..RoleDraft::default()
        };
        Ok(world.role_create(guild, draft, &deed)?)
    }

    /// A user joins a guild.
    ///
    /// # Errors
    /// When either is unknown, or the user is banned.
    pub fn join(&self, guild: Snowflake, user: Snowflake) -> Result<(), ControlError> {
        Ok(self.world().member_join(guild, user)?)
    }

    /// Makes users and lets them join, quickly: for large guilds. Their names are the prefix and a number.
    ///
    /// # Errors
    /// When there is no such guild.
    pub fn crowd(
        &self,
        guild: Snowflake,
        prefix: &str,
        count: usize,
    ) -> Result<Vec<Snowflake>, ControlError> {
        check_name(prefix)?;
        let mut users = Vec::with_capacity(count);
        for number in 0..count {
            // One by one, so that others come to the world in between.
            let mut world = self.world();
            let user = world.user_create(UserDraft {
                username: format!("{prefix}{number}"),
                ..UserDraft::default()
            });
            world.member_join(guild, user)?;
            users.push(user);
        }
        Ok(users)
    }

    /// A user leaves a guild; a bot is removed from it.
    ///
    /// # Errors
    /// When the guild or member is unknown.
    pub fn leave(&self, guild: Snowflake, user: Snowflake) -> Result<(), ControlError> {
        Ok(self.world().member_leave(guild, user)?)
    }

    /// Adds an application's bot to a guild.
    ///
    /// # Errors
    /// When either is unknown.
    pub fn install(
        &self,
        guild: Snowflake,
        application: Snowflake,
        permissions: u64,
    ) -> Result<(), ControlError> {
        let mut world = self.world();
        let deed = owner_of(&world, guild)?;
        Ok(world.install(guild, application, permissions, &deed)?)
    }

    /// Changes a member as the guild's owner would.
    ///
    /// # Errors
    /// When the guild or member is unknown.
    pub fn member_change(&self, change: MemberChange) -> Result<(), ControlError> {
        let mut world = self.world();
        let deed = owner_of(&world, change.guild)?;
        let now = world.now_us();
        let edit = MemberEdit {
            nick: change.nick.map(|nick| (!nick.is_empty()).then_some(nick)),
            roles: change.roles,
            timeout_until_us: change
                .timeout_s
                .map(|s| (s > 0).then(|| now + i64::from(s) * 1_000_000)),
            ..MemberEdit::default()
        };
        Ok(world.member_edit(change.guild, change.user, edit, &deed)?)
    }

    /// Deletes a guild.
    ///
    /// # Errors
    /// When there is no such guild.
    pub fn guild_delete(&self, guild: Snowflake) -> Result<(), ControlError> {
        Ok(self.world().guild_delete(guild)?)
    }

    /// A guild's JSON, with its channels and members counted.
    ///
    /// # Errors
    /// When there is no such guild.
    pub fn guild_view(&self, guild: Snowflake) -> Result<Value, ControlError> {
        let world = self.world();
        let place = world.guild(guild).ok_or(WorldError::Unknown(Noun::Guild))?;
        let mut body = world.render_guild_with_counts(place);
        body["channels"] = world
            .channels_of(guild)
            .map(|channel| world.render_channel(channel))
            .collect();
        Ok(body)
    }

    /// A member's JSON.
    ///
    /// # Errors
    /// When there is no such member.
    pub fn member_view(&self, guild: Snowflake, user: Snowflake) -> Result<Value, ControlError> {
        let world = self.world();
        let member = world
            .member(guild, user)
            .ok_or(WorldError::Unknown(Noun::Member))?;
        Ok(world.render_member(member))
    }
}

pub(super) fn owner_of(world: &crate::world::World, guild: Snowflake) -> Result<Deed, WorldError> {
    Ok(Deed::by(
        world
            .guild(guild)
            .ok_or(WorldError::Unknown(Noun::Guild))?
            .owner,
    ))
}

pub(super) fn check_name(name: &str) -> Result<(), ControlError> {
    let fine = !name.trim().is_empty() && name.chars().count() <= 100;
    if fine {
        Ok(())
    } else {
        Err(ControlError::Refused(
            "a name has 1 to 100 characters".to_owned(),
        ))
    }
}
