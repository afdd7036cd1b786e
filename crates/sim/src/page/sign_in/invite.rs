//! A bot's invitation: which servers somebody may add it to, and how it comes in.
//! What always holds: a bot is added only where whoever adds it may manage the server, with what the invitation asks
//! for and nothing besides.

use crate::world::permissions::{ALL, MANAGE_GUILD, NAMES};
use crate::world::{Deed, Noun, Snowflake, World, WorldError};

use super::Unsound;
use crate::page::fault::PageFault;

/// Servers that are offered at once.
const PLACES_MAX: usize = 100;

/// What an invitation asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Invitation {
    /// What the bot's own role is going to hold.
    pub(super) permissions: u64,
    /// The one server that it is for, where it says so.
    pub(super) guild: Option<Snowflake>,
}

/// A server that a bot may be added to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) guild: Snowflake,
    pub(super) name: String,
    /// Whether the bot is there already; then its role is given what is asked for.
    pub(super) has_bot: bool,
}

impl Invitation {
    /// What the address of an invitation asks for.
    pub(super) fn read(permissions: Option<&str>, guild: Option<&str>) -> Result<Self, Unsound> {
        let permissions = permissions.filter(|bits| !bits.is_empty());
        let bits = permissions.map_or(Some(0), |bits| bits.parse().ok());
        let bits: u64 = bits.ok_or(Unsound::Here("Invalid permissions"))?;
        let guild = guild.filter(|guild| !guild.is_empty()).map(str::parse);
        Ok(Self {
            permissions: bits & ALL,
            guild: guild
                .transpose()
                .map_err(|_| Unsound::Here("Invalid guild_id"))?,
        })
    }

    /// The names of what it asks for, as Discord writes them.
    pub(super) fn names(self) -> Vec<&'static str> {
        let asked = NAMES.iter().filter(|(bit, _)| self.permissions & bit != 0);
        asked.map(|(_, name)| *name).collect()
    }

    /// The servers that somebody may add the bot to, by their names.
    pub(super) fn places(
        self,
        world: &World,
        application: Snowflake,
        user: Snowflake,
    ) -> Vec<Place> {
        let manages = |guild: Snowflake| world.permissions_of(guild, user) & MANAGE_GUILD != 0;
        let mut places: Vec<_> = world
            .guilds_of(user)
            .filter(|guild| self.guild.is_none_or(|only| only == guild.id))
            .filter(|guild| manages(guild.id))
            .map(|guild| Place {
                guild: guild.id,
                name: guild.name.clone(),
                has_bot: guild.members.contains_key(&application),
            })
            .collect();
        places.sort_by(|one, other| (&one.name, one.guild).cmp(&(&other.name, other.guild)));
        places.truncate(PLACES_MAX);
        places
    }

    /// Adds the bot to a server, as somebody who may manage it asked; gives the server's name.
    pub(super) fn accept(
        self,
        world: &mut World,
        application: Snowflake,
        (user, guild): (Snowflake, Snowflake),
    ) -> Result<String, PageFault> {
        if self.guild.is_some_and(|only| only != guild)
            || world.permissions_of(guild, user) & MANAGE_GUILD == 0
        {
            return Err(PageFault::NotAllowed("add a bot"));
        }
        let name = world
            .guild(guild)
            .map(|guild| guild.name.clone())
            .ok_or(WorldError::Unknown(Noun::Guild))?;
        world.invite(guild, application, self.permissions, &Deed::by(user))?;
        Ok(name)
    }
}
