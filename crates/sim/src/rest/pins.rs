//! Pinned messages: pinning, unpinning, and the two ways of listing them.
//! What always holds: the newest pin stands first, and what only one person sees is never listed.

use serde_json::{Value, json};

use crate::limits::Fault;
use crate::world::permissions::MANAGE_MESSAGES;
use crate::world::snowflake::iso;
use crate::world::state::Message;
use crate::world::{Snowflake, World};

use super::access::{channel_of, message_of, require_in};
use super::call::{Answer, Answered, Call};
use super::error::ApiError;

/// On one page, and in one channel for those who ask the old way.
const LISTED_MAX: usize = 50;

/// `PUT …/pins/{message_id}`
pub(crate) fn pin(call: &Call<'_>) -> Answered {
    set_pinned(call, true)
}

/// `DELETE …/pins/{message_id}`
pub(crate) fn unpin(call: &Call<'_>) -> Answered {
    set_pinned(call, false)
}

fn set_pinned(call: &Call<'_>, pinned: bool) -> Answered {
    let mut world = call.world();
    let channel = channel_of(&world, call)?.id;
    require_in(&world, call, channel, MANAGE_MESSAGES)?;
    let message = message_of(&world, call, channel)?;
    if message.pinned_us.is_some() != pinned {
        let id = message.id;
        world.message_pin(channel, id, pinned, &call.deed())?;
    }
    Ok(Answer::nothing())
}

/// A channel's pins with the moment of each, newest first.
fn pins_of(world: &World, channel: Snowflake) -> Vec<(i64, &Message)> {
    let mut pins: Vec<_> = world
        .messages_in(channel, ..)
        .filter(|message| message.only_for.is_none())
        .filter_map(|message| Some((message.pinned_us?, message)))
        .collect();
    pins.sort_by_key(|(pinned_us, message)| std::cmp::Reverse((*pinned_us, message.id)));
    pins
}

/// `GET /channels/{channel_id}/pins`: the old way, without pages.
pub(crate) fn list(call: &Call<'_>) -> Answered {
    let world = call.world();
    let channel = channel_of(&world, call)?;
    let pins = pins_of(&world, channel.id).into_iter().take(LISTED_MAX);
    Ok(Answer::ok(
        pins.map(|(_, message)| world.render_message(message, call.me()))
            .collect(),
    ))
}

/// `GET /channels/{channel_id}/messages/pins`: in pages, by the moment of pinning.
pub(crate) fn page(call: &Call<'_>) -> Answered {
    let limit = call.limit(LISTED_MAX, LISTED_MAX)?;
    let before_us = call.query_text("before").map(moment).transpose()?;
    let world = call.world();
    let channel = channel_of(&world, call)?;
    let mut pins = pins_of(&world, channel.id);
    pins.retain(|(pinned_us, _)| before_us.is_none_or(|before_us| *pinned_us < before_us));
    let has_more = pins.len() > limit;
    let items = pins.into_iter().take(limit).map(|(pinned_us, message)| {
        json!({"pinned_at": iso(pinned_us), "message": world.render_message(message, call.me())})
    });
    let items: Vec<Value> = items.collect();
    Ok(Answer::ok(json!({"items": items, "has_more": has_more})))
}

fn moment(text: &str) -> Result<i64, ApiError> {
    text.parse::<jiff::Timestamp>()
        .map(jiff::Timestamp::as_microsecond)
        .map_err(|_| ApiError::fault("before", Fault::bad_time(&text.into())))
}
