//! What members do by themselves: writing, reacting, typing; and what they see.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, ControlError};
use crate::world::permissions::{
    ADD_REACTIONS, MANAGE_MESSAGES, READ_HISTORY, SEND_IN_THREADS, SEND_MESSAGES, VIEW_CHANNEL,
};
use crate::world::state::{Emoji, Message};
use crate::world::{Deed, MessageDraft, MessageEdit, Noun, Snowflake, World, WorldError};

const CONTENT_CHARS_MAX: usize = 2_000;

/// A message to be written by a member.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Say {
    pub channel: Snowflake,
    pub user: Snowflake,
    pub content: String,
    pub reply_to: Option<Snowflake>,
    pub nonce: Option<String>,
    /// Attachments as they stand in the message's JSON.
    pub attachments: Vec<Value>,
    /// Embeds, as link previews would add them.
    pub embeds: Vec<Value>,
    /// A poll as it stands in the message's JSON.
    pub poll: Option<Value>,
    /// Stickers as they stand in the message's JSON.
    pub stickers: Vec<Value>,
    /// A message that is forwarded, with the channel in which its user sees it.
    pub forward: Option<Forward>,
}

/// A message to be forwarded.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forward {
    pub channel: Snowflake,
    pub message: Snowflake,
}

/// A message, and who acts on it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub channel: Snowflake,
    pub message: Snowflake,
    pub user: Snowflake,
}

impl Control {
    /// A member writes a message.
    ///
    /// # Errors
    /// When it may not, or the text is empty or too long.
    pub fn say(&self, say: Say) -> Result<Snowflake, ControlError> {
        let mut world = self.world();
        let threaded = world
            .channel(say.channel)
            .is_some_and(|channel| channel.thread.is_some());
        let needed = if threaded {
            (SEND_IN_THREADS, "SEND_MESSAGES_IN_THREADS")
        } else {
            (SEND_MESSAGES, "SEND_MESSAGES")
        };
        require(&world, say.channel, say.user, needed)?;
        let bare = say.attachments.is_empty()
            && say.poll.is_none()
            && say.stickers.is_empty()
            && say.forward.is_none();
        check_content(&say.content, bare)?;
        if let Some(forward) = say.forward {
            visible(&world, forward.channel, forward.message, say.user)?;
        }
        if say
            .reply_to
            .is_some_and(|id| visible(&world, say.channel, id, say.user).is_err())
        {
            return Err(WorldError::Unknown(Noun::Message).into());
        }
        let draft = MessageDraft {
            author: say.user,
            kind: if say.reply_to.is_some() { 19 } else { 0 },
            content: say.content,
            embeds: say.embeds,
            attachments: say.attachments,
            nonce: say.nonce.map(Value::from),
            reply_to: say.reply_to,
            poll: say.poll,
            stickers: say.stickers,
            forward: say.forward.map(|it| (it.channel, it.message)),
            ..MessageDraft::default()
        };
        Ok(world.message_send(say.channel, draft)?)
    }

    /// A member changes its own message.
    ///
    /// # Errors
    /// When it is another's, or the text is empty or too long.
    pub fn rewrite(&self, target: Target, content: String) -> Result<(), ControlError> {
        let mut world = self.world();
        let message = visible(&world, target.channel, target.message, target.user)?;
        if message.author != target.user {
            return Err(ControlError::Forbidden {
                user: target.user,
                permission: "author of the message",
            });
        }
        check_content(&content, message.attachments.is_empty())?;
        let edit = MessageEdit {
            content: Some(content),
            ..MessageEdit::default()
        };
        Ok(world.message_edit(target.channel, target.message, edit)?)
    }

    /// A member deletes a message: its own, one shown to it alone, or any where it may manage messages.
    ///
    /// # Errors
    /// When it may not.
    pub fn unsay(&self, target: Target) -> Result<(), ControlError> {
        let mut world = self.world();
        let message = visible(&world, target.channel, target.message, target.user)?;
        if message.author != target.user && message.only_for.is_none() {
            require(
                &world,
                target.channel,
                target.user,
                (MANAGE_MESSAGES, "MANAGE_MESSAGES"),
            )?;
        }
        Ok(world.message_delete(target.channel, target.message, &Deed::by(target.user))?)
    }

    /// A member reacts, with a Unicode emoji or `name:id`.
    ///
    /// # Errors
    /// When it may not.
    pub fn react(&self, target: Target, emoji: &str) -> Result<(), ControlError> {
        let mut world = self.world();
        visible(&world, target.channel, target.message, target.user)?;
        require(
            &world,
            target.channel,
            target.user,
            (ADD_REACTIONS, "ADD_REACTIONS"),
        )?;
        Ok(world.reaction_add(
            target.channel,
            target.message,
            target.user,
            &read_emoji(emoji),
        )?)
    }

    /// A member takes its reaction back.
    ///
    /// # Errors
    /// When there is none.
    pub fn unreact(&self, target: Target, emoji: &str) -> Result<(), ControlError> {
        let mut world = self.world();
        visible(&world, target.channel, target.message, target.user)?;
        Ok(world.reaction_remove(
            target.channel,
            target.message,
            target.user,
            &read_emoji(emoji),
        )?)
    }

    /// A member starts to type.
    ///
    /// # Errors
    /// When it may not write there.
    pub fn type_in(&self, channel: Snowflake, user: Snowflake) -> Result<(), ControlError> {
        let mut world = self.world();
        require(&world, channel, user, (SEND_MESSAGES, "SEND_MESSAGES"))?;
        Ok(world.typing(channel, user)?)
    }

    /// The direct conversation of two users.
    ///
    /// # Errors
    /// When one of them is unknown.
    pub fn direct(&self, one: Snowflake, other: Snowflake) -> Result<Snowflake, ControlError> {
        Ok(self.world().direct_open(one, other)?)
    }

    /// The newest messages that a member sees in a channel, oldest first, its ephemeral ones among them.
    ///
    /// # Errors
    /// When it does not see the channel.
    pub fn view(
        &self,
        channel: Snowflake,
        user: Snowflake,
        limit: usize,
    ) -> Result<Vec<Value>, ControlError> {
        let world = self.world();
        require(
            &world,
            channel,
            user,
            (VIEW_CHANNEL & READ_HISTORY | VIEW_CHANNEL, "VIEW_CHANNEL"),
        )?;
        let seen = world
            .messages_in(channel, ..)
            .rev()
            .filter(|message| is_shown(message, user))
            .take(limit.min(1_000));
        let mut newest: Vec<_> = seen.map(|message| view_of(&world, message, user)).collect();
        newest.reverse();
        Ok(newest)
    }

    /// Waits for a message that a member sees after another one.
    ///
    /// # Errors
    /// When none comes in time.
    pub async fn await_message(
        &self,
        channel: Snowflake,
        user: Snowflake,
        after: Snowflake,
        within: Duration,
        mut fits: impl FnMut(&Value) -> bool,
    ) -> Result<Value, ControlError> {
        let later = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
        self.wait(within, |world| {
            let shown = world
                .messages_in(channel, later)
                .filter(|message| is_shown(message, user));
            shown
                .map(|message| view_of(world, message, user))
                .find(|view| fits(view))
        })
        .await
    }
}

pub(super) fn view_of(world: &World, message: &Message, user: Snowflake) -> Value {
    let mut body = world.render_message(message, user);
    if message.only_for.is_some() {
        body["ephemeral"] = json!(true);
    }
    body
}

fn is_shown(message: &Message, user: Snowflake) -> bool {
    message.only_for.is_none_or(|only| only == user)
}

/// A message that a member sees.
pub(super) fn visible(
    world: &World,
    channel: Snowflake,
    id: Snowflake,
    user: Snowflake,
) -> Result<&Message, ControlError> {
    require(world, channel, user, (VIEW_CHANNEL, "VIEW_CHANNEL"))?;
    let message = world
        .message(channel, id)
        .filter(|message| is_shown(message, user));
    message.ok_or(ControlError::World(WorldError::Unknown(Noun::Message)))
}

pub(super) fn require(
    world: &World,
    channel: Snowflake,
    user: Snowflake,
    (bit, permission): (u64, &'static str),
) -> Result<(), ControlError> {
    if world.channel(channel).is_none() {
        return Err(WorldError::Unknown(Noun::Channel).into());
    }
    let held = world.permissions_in(channel, user) & bit == bit;
    if held {
        Ok(())
    } else {
        Err(ControlError::Forbidden { user, permission })
    }
}

fn check_content(content: &str, needed: bool) -> Result<(), ControlError> {
    if needed && content.trim().is_empty() {
        return Err(ControlError::Refused("a message needs a text".to_owned()));
    }
    if content.chars().count() > CONTENT_CHARS_MAX {
        return Err(ControlError::Refused(format!(
            "a message has at most {CONTENT_CHARS_MAX} characters"
        )));
    }
    Ok(())
}

fn read_emoji(text: &str) -> Emoji {
    let custom = text
        .rsplit_once(':')
        .and_then(|(name, id)| Some((name.trim_start_matches(':'), id.parse().ok()?)));
    match custom {
        Some((name, id)) => Emoji {
            id: Some(id),
            name: name.to_owned(),
        },
        None => Emoji {
            id: None,
            name: text.to_owned(),
        },
    }
}
