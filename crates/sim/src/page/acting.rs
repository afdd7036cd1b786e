//! As whom a request acts, and what that member may do where.
//! What always holds: an actor is a person, never a bot; a place is only handed out to who may view it.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;

use crate::world::permissions::VIEW_CHANNEL;
use crate::world::state::{Channel, Message};
use crate::world::{Snowflake, World};

use super::fault::PageFault;

#[derive(Deserialize)]
struct As {
    #[serde(rename = "as")]
    user: Option<String>,
}

/// The member in `?as=`; it was written like an id, and whether it exists is looked up with the world at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Actor(Option<Snowflake>);

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageFault> {
        let query = Query::<As>::from_request_parts(parts, state)
            .await
            .map_err(|_| PageFault::NoMember)?;
        query
            .0
            .user
            .map(|text| text.parse().map_err(|_| PageFault::NoMember))
            .transpose()
            .map(Self)
    }
}

impl Actor {
    /// The person, who must be named.
    pub(super) fn person(self, world: &World) -> Result<Snowflake, PageFault> {
        let id = self.0.ok_or(PageFault::NoMember)?;
        world
            .user(id)
            .filter(|user| !user.bot)
            .map(|user| user.id)
            .ok_or(PageFault::NoMember)
    }

    /// The person, or the first one that a newcomer would want to be.
    pub(super) fn person_or_first(self, world: &World) -> Result<Snowflake, PageFault> {
        if self.0.is_some() {
            return self.person(world);
        }
        let mut guilds: Vec<_> = world.guilds().collect();
        guilds.sort_by_key(|guild| guild.id);
        let owner = guilds.first().map(|guild| guild.owner);
        let anyone = || {
            world
                .users()
                .filter(|user| !user.bot)
                .map(|user| user.id)
                .min()
        };
        owner.or_else(anyone).ok_or(PageFault::Nobody)
    }
}

/// A channel that a person may view.
pub(super) fn channel_seen(
    world: &World,
    id: Snowflake,
    person: Snowflake,
) -> Result<&Channel, PageFault> {
    let channel = world.channel(id).ok_or(PageFault::NoChannel)?;
    if world.permissions_in(id, person) & VIEW_CHANNEL == 0 {
        Err(PageFault::NoChannel)
    } else {
        Ok(channel)
    }
}

/// A message that a person may see.
pub(super) fn message_seen(
    world: &World,
    channel: Snowflake,
    id: Snowflake,
    person: Snowflake,
) -> Result<&Message, PageFault> {
    channel_seen(world, channel, person)?;
    world
        .message(channel, id)
        .filter(|message| is_for(message, person))
        .ok_or(PageFault::NoMessage)
}

/// Whether a message may be seen by a person who sees its channel.
pub(super) fn is_for(message: &Message, person: Snowflake) -> bool {
    message.only_for.is_none_or(|only| only == person)
}

/// Refuses a person who lacks a permission in a channel.
pub(super) fn require(
    world: &World,
    channel: Snowflake,
    person: Snowflake,
    needed: u64,
    deed: &'static str,
) -> Result<(), PageFault> {
    if world.permissions_in(channel, person) & needed == needed {
        Ok(())
    } else {
        Err(PageFault::NotAllowed(deed))
    }
}
