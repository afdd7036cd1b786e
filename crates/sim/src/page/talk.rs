//! Messages as people write them: reading, sending, editing, deleting, reacting, typing.
//! What always holds: P1 and P2; a private answer can be read by its asker and otherwise only be left alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::limits::CONTENT_LENGTH_MAX;
use crate::world::permissions::{ADD_REACTIONS, MANAGE_MESSAGES, READ_HISTORY, SEND_MESSAGES};
use crate::world::state::{Emoji, Message};
use crate::world::{Deed, MessageDraft, MessageEdit, Snowflake, World};

use super::acting::{Actor, channel_seen, is_for, message_seen, require};
use super::fault::PageFault;
use super::{Page, ask};

/// Messages of one page.
const PAGE_MAX: usize = 50;
/// Different emoji under one message, as at Discord.
const REACTIONS_MAX: usize = 20;
const EMOJI_BYTES_MAX: usize = 48;
/// An ordinary message, and a reply.
const ORDINARY: u8 = 0;
const REPLY: u8 = 19;

pub(super) type Answered = Result<Json<Value>, PageFault>;

#[derive(Deserialize)]
pub(super) struct Before {
    before: Option<Snowflake>,
}

#[derive(Deserialize)]
pub(super) struct Draft {
    content: String,
    reply_to: Option<Snowflake>,
}

#[derive(Deserialize)]
pub(super) struct Edit {
    content: String,
}

#[derive(Deserialize)]
pub(super) struct Sign {
    emoji: String,
}

/// `GET channels/C/messages`: the latest, or those before one, oldest first.
pub(super) async fn list(
    State(page): State<Arc<Page>>,
    actor: Actor,
    Path(channel): Path<Snowflake>,
    Query(range): Query<Before>,
) -> Answered {
    let world = page.hub.world();
    let me = actor.person(&world)?;
    channel_seen(&world, channel, me)?;
    if world.permissions_in(channel, me) & READ_HISTORY == 0 {
        return Ok(Json(json!({"messages": [], "whole": true})));
    }
    let end = range.before.unwrap_or(Snowflake(u64::MAX));
    let mut found: Vec<_> = world
        .messages_in(channel, ..end)
        .rev()
        .filter(|message| is_for(message, me))
        .take(PAGE_MAX + 1)
        .collect();
    let whole = found.len() <= PAGE_MAX;
    found.truncate(PAGE_MAX);
    let messages: Vec<_> = found
        .into_iter()
        .rev()
        .map(|message| rendered(&world, message, me))
        .collect();
    Ok(Json(json!({"messages": messages, "whole": whole})))
}

fn rendered(world: &World, message: &Message, me: Snowflake) -> Value {
    let mut body = world.render_message(message, me);
    body["guild_id"] = json!(message.guild);
    body
}

/// `POST channels/C/messages`
pub(super) async fn send(
    State(page): State<Arc<Page>>,
    actor: Actor,
    Path(channel): Path<Snowflake>,
    Json(draft): Json<Draft>,
) -> Answered {
    let mut world = page.hub.world();
    let me = actor.person(&world)?;
    let content = draft.content.clone();
    let id = message_write(&mut world, me, channel, draft.content, draft.reply_to)?;
    drop(world);
    ask::watch_message(&page, &content, channel, id);
    page.note_acting(me);
    Ok(Json(json!({"id": id})))
}

/// Writes a message as a person, after all that is checked.
pub(crate) fn message_write(
    world: &mut World,
    me: Snowflake,
    channel: Snowflake,
    content: String,
    reply_to: Option<Snowflake>,
) -> Result<Snowflake, PageFault> {
    channel_seen(world, channel, me)?;
    require(world, channel, me, SEND_MESSAGES, "write")?;
    let content = checked(content)?;
    if let Some(answered) = reply_to {
        let message = message_seen(world, channel, answered, me)?;
        if message.only_for.is_some() {
            return Err(PageFault::invalid("A private answer can't be replied to."));
        }
    }
    let kind = if reply_to.is_some() { REPLY } else { ORDINARY };
    let draft = MessageDraft {
        author: me,
        kind,
        content,
        reply_to,
        ..MessageDraft::default()
    };
    Ok(world.message_send(channel, draft)?)
}

fn checked(content: String) -> Result<String, PageFault> {
    let length = content.chars().count();
    if content.trim().is_empty() {
        return Err(PageFault::invalid("Write something first."));
    }
    if length > CONTENT_LENGTH_MAX {
        return Err(PageFault::invalid(format!(
            "A message has at most {CONTENT_LENGTH_MAX} characters; this one has {length}."
        )));
    }
    Ok(content)
}

/// `PATCH channels/C/messages/M`
pub(super) async fn edit(
    State(page): State<Arc<Page>>,
    actor: Actor,
    Path(at): Path<(Snowflake, Snowflake)>,
    Json(edit): Json<Edit>,
) -> Answered {
    let mut world = page.hub.world();
    let me = actor.person(&world)?;
    let message = message_seen(&world, at.0, at.1, me)?;
    if message.author != me || !matches!(message.kind, ORDINARY | REPLY) {
        return Err(PageFault::NotAllowed("edit this message"));
    }
    let change = MessageEdit {
        content: Some(checked(edit.content)?),
        ..MessageEdit::default()
    };
    world.message_edit(at.0, at.1, change)?;
    drop(world);
    page.note_acting(me);
    Ok(Json(json!({})))
}

/// `DELETE channels/C/messages/M`: one's own, or anybody's with the permission.
pub(super) async fn delete(
    State(page): State<Arc<Page>>,
    actor: Actor,
    Path(at): Path<(Snowflake, Snowflake)>,
) -> Answered {
    let mut world = page.hub.world();
    let me = actor.person(&world)?;
    let message = message_seen(&world, at.0, at.1, me)?;
    if message.only_for.is_some() {
        return Err(PageFault::invalid(
            "A private answer can only be dismissed.",
        ));
    }
    if message.author != me {
        require(
            &world,
            at.0,
            me,
            MANAGE_MESSAGES,
            "delete messages of others",
        )?;
    }
    world.message_delete(at.0, at.1, &Deed::by(me))?;
    drop(world);
    page.note_acting(me);
    Ok(Json(json!({})))
}

/// `PUT channels/C/messages/M/reactions?emoji=`
pub(super) async fn react(
    State(page): State<Arc<Page>>,
    actor: Actor,
    Path(at): Path<(Snowflake, Snowflake)>,
    Query(sign): Query<Sign>,
) -> Answered {
    let mut world = page.hub.world();
    let me = actor.person(&world)?;
    reaction_give(&mut world, me, at, &sign.emoji)?;
    drop(world);
    page.note_acting(me);
    Ok(Json(json!({})))
}

/// Reacts as a person, after all that is checked. An emoji that is there already needs no permission to add.
pub(crate) fn reaction_give(
    world: &mut World,
    me: Snowflake,
    at: (Snowflake, Snowflake),
    sign: &str,
) -> Result<(), PageFault> {
    let message = message_seen(world, at.0, at.1, me)?;
    if message.only_for.is_some() {
        return Err(PageFault::invalid("A private answer takes no reactions."));
    }
    let emoji = emoji(sign)?;
    let known = message
        .reactions
        .iter()
        .any(|reaction| reaction.emoji == emoji);
    if !known {
        require(world, at.0, me, ADD_REACTIONS, "add reactions")?;
        if message.reactions.len() >= REACTIONS_MAX {
            return Err(PageFault::invalid(format!(
                "A message takes at most {REACTIONS_MAX} different reactions."
            )));
        }
    }
    Ok(world.reaction_add(at.0, at.1, me, &emoji)?)
}

/// `DELETE channels/C/messages/M/reactions?emoji=`
pub(super) async fn unreact(
    State(page): State<Arc<Page>>,
    actor: Actor,
    Path(at): Path<(Snowflake, Snowflake)>,
    Query(sign): Query<Sign>,
) -> Answered {
    let mut world = page.hub.world();
    let me = actor.person(&world)?;
    message_seen(&world, at.0, at.1, me)?;
    world.reaction_remove(at.0, at.1, me, &emoji(&sign.emoji)?)?;
    Ok(Json(json!({})))
}

/// A standard emoji: short, and made of neither letters nor spaces.
fn emoji(sign: &str) -> Result<Emoji, PageFault> {
    let plausible = !sign.is_empty()
        && sign.len() <= EMOJI_BYTES_MAX
        && !sign.is_ascii()
        && !sign
            .chars()
            .any(|c| c.is_alphabetic() || c.is_whitespace() || c.is_control());
    if plausible {
        Ok(Emoji {
            id: None,
            name: sign.to_owned(),
        })
    } else {
        Err(PageFault::invalid("This is no emoji."))
    }
}

/// `POST channels/C/typing`
pub(super) async fn typing(
    State(page): State<Arc<Page>>,
    actor: Actor,
    Path(channel): Path<Snowflake>,
) -> Answered {
    let mut world = page.hub.world();
    let me = actor.person(&world)?;
    channel_seen(&world, channel, me)?;
    require(&world, channel, me, SEND_MESSAGES, "write")?;
    world.typing(channel, me)?;
    drop(world);
    page.note_acting(me);
    Ok(Json(json!({})))
}
