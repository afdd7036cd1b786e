//! Threads: opening one out of a message, or by itself.

use serde_json::Value;

use crate::limits::{check_thread, text_of};
use crate::world::permissions::{CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS};
use crate::world::state::Channel;
use crate::world::{Snowflake, World};

use super::access::{channel_of, message_of, require_in};
use super::call::{Answer, Answered, Call};
use super::error::{ApiError, Code};

const ANNOUNCEMENTS: u8 = 5;
const THREAD_IN_ANNOUNCEMENTS: u8 = 10;
const PUBLIC_THREAD: u8 = 11;
const PRIVATE_THREAD: u8 = 12;

/// `POST /channels/{channel_id}/messages/{message_id}/threads`
pub(crate) fn create_from_message(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let channel = parent_of(&world, call)?;
    let kind = if channel.kind == ANNOUNCEMENTS {
        THREAD_IN_ANNOUNCEMENTS
    } else {
        PUBLIC_THREAD
    };
    let parent = channel.id;
    require_in(&world, call, parent, CREATE_PUBLIC_THREADS)?;
    let message = message_of(&world, call, parent)?.id;
    check_thread(call.json()).result()?;
    // A thread has the id of the message that it grew from.
    if world.channel(message).is_some() {
        return Err(Code::ThreadExists.into());
    }
    open(&mut world, call, parent, kind, Some(message))
}

/// `POST /channels/{channel_id}/threads`
pub(crate) fn create(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let parent = parent_of(&world, call)?.id;
    let kind = call
        .json()
        .get("type")
        .and_then(Value::as_u64)
        .and_then(|kind| u8::try_from(kind).ok())
        .unwrap_or(PRIVATE_THREAD);
    require_in(
        &world,
        call,
        parent,
        if kind == PRIVATE_THREAD {
            CREATE_PRIVATE_THREADS
        } else {
            CREATE_PUBLIC_THREADS
        },
    )?;
    check_thread(call.json()).result()?;
    open(&mut world, call, parent, kind, None)
}

/// A text channel of a guild: nothing else grows threads here.
fn parent_of<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Channel, ApiError> {
    let channel = channel_of(world, call)?;
    if matches!(channel.kind, 0 | ANNOUNCEMENTS) {
        Ok(channel)
    } else {
        Err(Code::WrongChannelKind.into())
    }
}

fn open(
    world: &mut World,
    call: &Call<'_>,
    parent: Snowflake,
    kind: u8,
    from: Option<Snowflake>,
) -> Answered {
    let name = text_of(call.json(), "name").unwrap_or_default().to_owned();
    let thread = world.thread_create(parent, kind, name, call.me(), from)?;
    let body = world
        .channel(thread)
        .map_or(Value::Null, |thread| world.render_channel(thread));
    Ok(Answer::created(body))
}
