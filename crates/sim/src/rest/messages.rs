//! Messages: writing, reading, changing and deleting them, alone and in bulk. Not here: pinning (`pins`).

use serde_json::{Value, json};

use crate::limits::{
    BULK_DELETE_DAYS_MAX, Fault, MessageKind, check_bulk_delete, check_edit, check_message, items,
    member, snowflake_of,
};
use crate::world::permissions::{
    ATTACH_FILES, EMBED_LINKS, MANAGE_MESSAGES, READ_HISTORY, SEND_IN_THREADS, SEND_MESSAGES,
    SEND_TTS,
};
use crate::world::state::{Channel, Message};
use crate::world::{AllowedMentions, MessageDraft, MessageEdit, Snowflake, World};

use super::access::{channel_of, holds_messages, message_of, require_in};
use super::call::{Answer, Answered, Call};
use super::compose::{compose, compose_edit};
use super::error::{ApiError, Code};

/// How long a nonce that is enforced is remembered.
const NONCE_LIFE_US: i64 = 5 * 60 * 1_000_000;
const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;
/// An ordinary message, and one that answers another.
const ORDINARY: u8 = 0;
const REPLY: u8 = 19;

/// `POST /channels/{channel_id}/messages`
pub(crate) fn create(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let channel = channel_of(&world, call)?;
    let id = channel.id;
    require_writable(&world, call, channel, body)?;
    check_message(body, MessageKind::Bot).result()?;
    let reply_to = answered_message(&world, call, id, body)?;
    if let Some(known) = same_nonce(&world, call, id, body) {
        return Ok(Answer::ok(world.render_message(known, call.me())));
    }
    let parts = compose(&mut world, call, id, body, AllowedMentions::all())?;
    let draft = MessageDraft {
        author: call.me(),
        kind: if reply_to.is_some() { REPLY } else { ORDINARY },
        reply_to,
        nonce: member(body, "nonce").cloned(),
        ..parts.into_draft()
    };
    let message = world.message_send(id, draft)?;
    answer_with(&world, call, id, message)
}

/// What it takes to write this body into this channel.
fn require_writable(
    world: &World,
    call: &Call<'_>,
    channel: &Channel,
    body: &Value,
) -> Result<(), ApiError> {
    if !holds_messages(channel.kind) {
        return Err(Code::ChannelNotText.into());
    }
    if channel.is_direct() {
        return require_reachable(world, call, channel);
    }
    if channel.thread.as_ref().is_some_and(|thread| thread.locked) {
        return Err(Code::ThreadArchived.into());
    }
    let mut needed = if channel.thread.is_some() {
        SEND_IN_THREADS
    } else {
        SEND_MESSAGES
    };
    for (used, permission) in [
        (!items(body, "embeds").is_empty(), EMBED_LINKS),
        (!call.body.files.is_empty(), ATTACH_FILES),
        (body.get("tts") == Some(&Value::Bool(true)), SEND_TTS),
    ] {
        needed |= if used { permission } else { 0 };
    }
    require_in(world, call, channel.id, needed)
}

/// A bot may write to people with whom it shares a guild.
fn require_reachable(world: &World, call: &Call<'_>, channel: &Channel) -> Result<(), ApiError> {
    let other = channel.recipients.iter().find(|id| **id != call.me());
    let shared = other.is_some_and(|other| {
        world
            .guilds_of(call.me())
            .any(|guild| guild.members.contains_key(other))
    });
    if shared {
        Ok(())
    } else {
        Err(Code::CannotMessageUser.into())
    }
}

/// The message that the new one answers.
fn answered_message(
    world: &World,
    call: &Call<'_>,
    channel: Snowflake,
    body: &Value,
) -> Result<Option<Snowflake>, ApiError> {
    let Some(reference) = member(body, "message_reference") else {
        return Ok(None);
    };
    if reference.get("type").and_then(Value::as_u64) == Some(1) {
        let message = "Forwarding is not part of this simulator.";
        return Err(ApiError::fault(
            "message_reference/type",
            Fault::new("BASE_TYPE_CHOICES", message),
        ));
    }
    let Some(id) = member(reference, "message_id")
        .and_then(snowflake_of)
        .map(Snowflake)
    else {
        return Err(ApiError::fault(
            "message_reference/message_id",
            Fault::required(),
        ));
    };
    require_in(world, call, channel, READ_HISTORY)
        .map_err(|_| ApiError::from(Code::ReplyNeedsHistory))?;
    match world
        .message(channel, id)
        .filter(|message| message.only_for.is_none())
    {
        Some(_) => Ok(Some(id)),
        None if reference.get("fail_if_not_exists") == Some(&Value::Bool(false)) => Ok(None),
        None => Err(ApiError::fault(
            "message_reference",
            Fault::new("MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message"),
        )),
    }
}

/// A message of the last minutes with the same enforced nonce: it is the answer, and no second one is written.
fn same_nonce<'w>(
    world: &'w World,
    call: &Call<'_>,
    channel: Snowflake,
    body: &Value,
) -> Option<&'w Message> {
    if body.get("enforce_nonce") != Some(&Value::Bool(true)) {
        return None;
    }
    let nonce = member(body, "nonce")?;
    let since = world.now_us() - NONCE_LIFE_US;
    let recent = world
        .messages_in(channel, ..)
        .rev()
        .take_while(|message| message.sent_us >= since);
    let mut mine = recent.filter(|message| message.author == call.me());
    mine.find(|message| message.nonce.as_ref() == Some(nonce))
}

fn answer_with(world: &World, call: &Call<'_>, channel: Snowflake, id: Snowflake) -> Answered {
    let message = world.message(channel, id).ok_or(Code::UnknownMessage)?;
    Ok(Answer::ok(world.render_message(message, call.me())))
}

/// `GET /channels/{channel_id}/messages/{message_id}`
pub(crate) fn fetch(call: &Call<'_>) -> Answered {
    let world = call.world();
    let channel = channel_of(&world, call)?;
    require_in(&world, call, channel.id, READ_HISTORY)?;
    let message = message_of(&world, call, channel.id)?;
    Ok(Answer::ok(world.render_message(message, call.me())))
}

/// `GET /channels/{channel_id}/messages`: newest first. Without the right to read what was, there is nothing to read.
pub(crate) fn list(call: &Call<'_>) -> Answered {
    let limit = call.limit(50, 100)?;
    let (around, before, after) = (
        call.query_id("around")?,
        call.query_id("before")?,
        call.query_id("after")?,
    );
    let world = call.world();
    let channel = channel_of(&world, call)?;
    let id = channel.id;
    if !holds_messages(channel.kind) {
        return Err(Code::ChannelNotText.into());
    }
    if require_in(&world, call, id, READ_HISTORY).is_err() {
        return Ok(Answer::ok(json!([])));
    }
    let public = |message: &&Message| message.only_for.is_none();
    let newest_before = |before: Snowflake, limit: usize| {
        world
            .messages_in(id, ..before)
            .rev()
            .filter(public)
            .take(limit)
            .collect::<Vec<_>>()
    };
    let oldest_from = |from: Snowflake, limit: usize| {
        let mut found: Vec<_> = world
            .messages_in(id, from..)
            .filter(public)
            .take(limit)
            .collect();
        found.reverse();
        found
    };
    let after_this = |id: Snowflake| Snowflake(id.0.saturating_add(1));
    let found = match (around, before, after) {
        (Some(around), _, _) => {
            let mut found = oldest_from(around, limit - limit / 2);
            found.extend(newest_before(around, limit / 2));
            found
        }
        (_, Some(before), _) => newest_before(before, limit),
        (_, _, Some(after)) => oldest_from(after_this(after), limit),
        _ => world
            .messages_in(id, ..)
            .rev()
            .filter(public)
            .take(limit)
            .collect(),
    };
    Ok(Answer::ok(
        found
            .into_iter()
            .map(|message| world.render_message(message, call.me()))
            .collect(),
    ))
}

/// `PATCH /channels/{channel_id}/messages/{message_id}`: one's own, or the embeds of anybody's.
pub(crate) fn edit(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let channel = channel_of(&world, call)?.id;
    let stored = message_of(&world, call, channel)?.clone();
    if stored.author != call.me() {
        return suppress_embeds(&mut world, call, &stored, body);
    }
    check_edit(body, u64::from(stored.flags)).result()?;
    let edit = compose_edit(&mut world, call, &stored, body, AllowedMentions::all())?;
    world.message_edit(channel, stored.id, edit)?;
    answer_with(&world, call, channel, stored.id)
}

/// The one thing that may be changed of others' messages.
fn suppress_embeds(
    world: &mut World,
    call: &Call<'_>,
    message: &Message,
    body: &Value,
) -> Answered {
    let only_flags = body
        .as_object()
        .is_some_and(|members| members.len() == 1 && members.contains_key("flags"));
    if !only_flags || require_in(world, call, message.channel, MANAGE_MESSAGES).is_err() {
        return Err(Code::OthersMessage.into());
    }
    let suppressed = body["flags"]
        .as_u64()
        .is_some_and(|flags| flags & crate::limits::FLAG_SUPPRESS_EMBEDS != 0);
    let bit = 1 << 2;
    let flags = if suppressed {
        message.flags | bit
    } else {
        message.flags & !bit
    };
    world.message_edit(
        message.channel,
        message.id,
        MessageEdit {
            flags: Some(flags),
            silent: true,
            ..MessageEdit::default()
        },
    )?;
    answer_with(world, call, message.channel, message.id)
}

/// `DELETE /channels/{channel_id}/messages/{message_id}`
pub(crate) fn delete(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let channel = channel_of(&world, call)?;
    let (id, direct) = (channel.id, channel.is_direct());
    let message = message_of(&world, call, id)?;
    if message.author != call.me() {
        if direct {
            return Err(Code::NotOnDirects.into());
        }
        require_in(&world, call, id, MANAGE_MESSAGES)?;
    }
    let message = message.id;
    world.message_delete(id, message, &call.deed())?;
    Ok(Answer::nothing())
}

/// `POST /channels/{channel_id}/messages/bulk-delete`
pub(crate) fn bulk_delete(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let channel = channel_of(&world, call)?;
    let id = channel.id;
    if channel.is_direct() {
        return Err(Code::NotOnDirects.into());
    }
    require_in(&world, call, id, MANAGE_MESSAGES)?;
    check_bulk_delete(body).result()?;
    let mut ids: Vec<Snowflake> = items(body, "messages")
        .iter()
        .filter_map(snowflake_of)
        .map(Snowflake)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if !(2..=100).contains(&ids.len()) {
        return Err(Code::BulkDeleteCount.into());
    }
    // The age is read off the id, as at Discord: a message need not exist to be too old.
    let oldest = world.now_us() - BULK_DELETE_DAYS_MAX * DAY_US;
    if ids.iter().any(|id| id.minted_us() < oldest) {
        return Err(Code::BulkDeleteAge.into());
    }
    ids.retain(|message| {
        world
            .message(id, *message)
            .is_some_and(|message| message.only_for.is_none())
    });
    world.messages_delete(id, &ids, &call.deed());
    Ok(Answer::nothing())
}
