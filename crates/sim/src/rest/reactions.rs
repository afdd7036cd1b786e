//! Reactions to messages.

use serde_json::Value;

use crate::world::permissions::{ADD_REACTIONS, MANAGE_MESSAGES, READ_HISTORY};
use crate::world::state::Emoji;
use crate::world::{Snowflake, World};

use super::access::{channel_of, message_of, require_in};
use super::call::{Answer, Answered, Call};
use super::error::{ApiError, Code};

/// Different emojis on one message.
const REACTIONS_MAX: usize = 20;

/// The emoji in the path: a Unicode one, or `name:id`.
fn emoji_of(call: &Call<'_>) -> Result<Emoji, ApiError> {
    let text = call.text("emoji_name");
    let unknown = || ApiError::from(Code::UnknownEmoji);
    match text.rsplit_once(':') {
        Some((name, id)) => {
            let id: Snowflake = id.parse().map_err(|_| unknown())?;
            Ok(Emoji {
                id: Some(id),
                name: name.rsplit(':').next().unwrap_or(name).to_owned(),
            })
        }
        // Plain letters are no emoji; everything Unicode calls one lies beyond ASCII, but for the keycaps.
        None if text.is_empty()
            || text.chars().count() > 32
            || text.chars().all(|c| c.is_alphanumeric()) =>
        {
            Err(unknown())
        }
        None => Ok(Emoji {
            id: None,
            name: text.to_owned(),
        }),
    }
}

/// The channel and message in the path, seen and readable.
fn place_of(world: &World, call: &Call<'_>) -> Result<(Snowflake, Snowflake), ApiError> {
    let channel = channel_of(world, call)?.id;
    require_in(world, call, channel, READ_HISTORY)?;
    Ok((channel, message_of(world, call, channel)?.id))
}

/// `PUT …/reactions/{emoji_name}/@me`
pub(crate) fn add(call: &Call<'_>) -> Answered {
    let emoji = emoji_of(call)?;
    let mut world = call.world();
    let (channel, message) = place_of(&world, call)?;
    let reactions = world
        .message(channel, message)
        .map_or(&[][..], |message| &message.reactions);
    if !reactions.iter().any(|reaction| reaction.emoji == emoji) {
        let full = reactions.len() >= REACTIONS_MAX;
        require_in(&world, call, channel, ADD_REACTIONS)?;
        if full {
            return Err(Code::ReactionsFull.into());
        }
    }
    world.reaction_add(channel, message, call.me(), &emoji)?;
    Ok(Answer::nothing())
}

/// `DELETE …/reactions/{emoji_name}/@me`
pub(crate) fn remove_own(call: &Call<'_>) -> Answered {
    let emoji = emoji_of(call)?;
    let mut world = call.world();
    let (channel, message) = place_of(&world, call)?;
    world.reaction_remove(channel, message, call.me(), &emoji)?;
    Ok(Answer::nothing())
}

/// `DELETE …/reactions/{emoji_name}/{user_id}`
pub(crate) fn remove(call: &Call<'_>) -> Answered {
    let (emoji, user) = (emoji_of(call)?, call.id("user_id")?);
    let mut world = call.world();
    let (channel, message) = place_of(&world, call)?;
    if user != call.me() {
        require_in(&world, call, channel, MANAGE_MESSAGES)?;
    }
    world.reaction_remove(channel, message, user, &emoji)?;
    Ok(Answer::nothing())
}

/// `DELETE …/reactions` and `DELETE …/reactions/{emoji_name}`
pub(crate) fn clear(call: &Call<'_>) -> Answered {
    let emoji = if call.text("emoji_name").is_empty() {
        None
    } else {
        Some(emoji_of(call)?)
    };
    let mut world = call.world();
    let (channel, message) = place_of(&world, call)?;
    require_in(&world, call, channel, MANAGE_MESSAGES)?;
    world.reactions_clear(channel, message, emoji.as_ref())?;
    Ok(Answer::nothing())
}

/// `GET …/reactions/{emoji_name}`
pub(crate) fn list(call: &Call<'_>) -> Answered {
    let emoji = emoji_of(call)?;
    let (limit, after) = (call.limit(25, 100)?, call.query_id("after")?);
    let world = call.world();
    let (channel, message) = place_of(&world, call)?;
    let message = world
        .message(channel, message)
        .ok_or(Code::UnknownMessage)?;
    let reaction = message
        .reactions
        .iter()
        .find(|reaction| reaction.emoji == emoji);
    let mut users: Vec<Snowflake> =
        reaction.map_or_else(Vec::new, |reaction| reaction.users.clone());
    users.sort_unstable();
    users.retain(|user| after.is_none_or(|after| *user > after));
    let shown: Vec<Value> = users
        .into_iter()
        .take(limit)
        .map(|user| world.render_user(user))
        .collect();
    Ok(Answer::ok(Value::Array(shown)))
}
