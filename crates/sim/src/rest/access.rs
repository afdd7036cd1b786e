//! Who may see and do what, and how Discord says no.
//! What always holds: what can't be seen is refused before what can't be done, and nobody acts on somebody of the same rank or above.

use crate::world::permissions::{self, ADMINISTRATOR, VIEW_CHANNEL};
use crate::world::state::{Channel, Guild, Message};
use crate::world::{Snowflake, World};

use super::call::Call;
use super::error::{ApiError, Code};

/// Whether a channel of this kind holds messages.
pub(crate) const fn holds_messages(kind: u8) -> bool {
    matches!(kind, 0..=3 | 5 | 10..=13)
}

/// A channel that the bot sees.
pub(crate) fn seen_channel<'w>(
    world: &'w World,
    call: &Call<'_>,
    id: Snowflake,
) -> Result<&'w Channel, ApiError> {
    let channel = world.channel(id).ok_or(Code::UnknownChannel)?;
    if world.permissions_in(id, call.me()) & VIEW_CHANNEL == 0 {
        return Err(Code::MissingAccess.into());
    }
    Ok(channel)
}

/// The channel in the path, seen.
pub(crate) fn channel_of<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Channel, ApiError> {
    seen_channel(world, call, call.id("channel_id")?)
}

/// Refuses a bot that lacks a permission in a channel.
pub(crate) fn require_in(
    world: &World,
    call: &Call<'_>,
    channel: Snowflake,
    needed: u64,
) -> Result<(), ApiError> {
    if world.permissions_in(channel, call.me()) & needed == needed {
        Ok(())
    } else {
        Err(Code::MissingPermissions.into())
    }
}

/// The guild in the path, of which the bot is a member.
pub(crate) fn guild_of<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Guild, ApiError> {
    let guild = world
        .guild(call.id("guild_id")?)
        .ok_or(Code::UnknownGuild)?;
    if guild.members.contains_key(&call.me()) {
        Ok(guild)
    } else {
        Err(Code::MissingAccess.into())
    }
}

/// Refuses a bot that lacks a permission in a guild.
pub(crate) fn require_of(
    world: &World,
    call: &Call<'_>,
    guild: &Guild,
    needed: u64,
) -> Result<(), ApiError> {
    if world.permissions_of(guild.id, call.me()) & needed == needed {
        Ok(())
    } else {
        Err(Code::MissingPermissions.into())
    }
}

/// Refuses a deed on the owner, or on a member of the same rank or above.
pub(crate) fn require_above(
    call: &Call<'_>,
    guild: &Guild,
    target: Snowflake,
) -> Result<(), ApiError> {
    let (mine, theirs) = (
        permissions::rank(guild, call.me()),
        permissions::rank(guild, target),
    );
    if target != guild.owner && mine > theirs {
        Ok(())
    } else {
        Err(Code::MissingPermissions.into())
    }
}

/// Refuses the use of a role that stands at or above the bot's highest.
pub(crate) fn require_role_below(
    call: &Call<'_>,
    guild: &Guild,
    role: Snowflake,
) -> Result<(), ApiError> {
    let found = guild.roles.get(&role).ok_or(Code::UnknownRole)?;
    if permissions::rank(guild, call.me()) > found.position {
        Ok(())
    } else {
        Err(Code::MissingPermissions.into())
    }
}

/// Refuses granting permissions that the bot itself hasn't.
pub(crate) fn require_held(
    world: &World,
    call: &Call<'_>,
    guild: &Guild,
    granted: u64,
) -> Result<(), ApiError> {
    let held = world.permissions_of(guild.id, call.me());
    if held & ADMINISTRATOR != 0 || granted & !held == 0 {
        Ok(())
    } else {
        Err(Code::MissingPermissions.into())
    }
}

/// Whether a member may do everything: such a one can't be timed out.
pub(crate) fn is_administrator(world: &World, guild: &Guild, user: Snowflake) -> bool {
    world.permissions_of(guild.id, user) & ADMINISTRATOR != 0
}

/// The message in the path, which everybody in its channel sees.
pub(crate) fn message_of<'w>(
    world: &'w World,
    call: &Call<'_>,
    channel: Snowflake,
) -> Result<&'w Message, ApiError> {
    let id = call.id("message_id")?;
    world
        .message(channel, id)
        .filter(|message| message.only_for.is_none())
        .ok_or(Code::UnknownMessage.into())
}
