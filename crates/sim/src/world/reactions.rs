//! Reactions to messages.

use serde_json::{Value, json};

use super::render::render_emoji;
use super::state::{Emoji, Message, Reaction};
use super::{Noun, Snowflake, World, WorldError, intents};

const INTENTS: (u32, u32) = (intents::REACTIONS, intents::DIRECT_REACTIONS);

impl World {
    /// Adds a reaction; the same one twice changes nothing.
    ///
    /// # Errors
    /// When there is no such message.
    pub(crate) fn reaction_add(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        user: Snowflake,
        emoji: &Emoji,
    ) -> Result<(), WorldError> {
        let message = self.message_mut(channel, id)?;
        let author = message.author;
        match message.reactions.iter_mut().find(|r| r.emoji == *emoji) {
            Some(reaction) if reaction.users.contains(&user) => return Ok(()),
            Some(reaction) => reaction.users.push(user),
            None => message.reactions.push(Reaction {
                emoji: emoji.clone(),
                users: vec![user],
            }),
        }
        let mut body = reaction_body(message, emoji);
        body["user_id"] = json!(user);
        body["burst"] = false.into();
        body["type"] = 0.into();
        body["message_author_id"] = json!(author);
        if let Some(member) = message.guild.and_then(|guild| self.member(guild, user)) {
            body["member"] = self.render_member(member);
        }
        self.tell_channel(channel, INTENTS, "MESSAGE_REACTION_ADD", &body);
        Ok(())
    }

    /// Takes a user's reaction away.
    ///
    /// # Errors
    /// When there is no such message or reaction.
    pub(crate) fn reaction_remove(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        user: Snowflake,
        emoji: &Emoji,
    ) -> Result<(), WorldError> {
        let message = self.message_mut(channel, id)?;
        let reaction = message
            .reactions
            .iter_mut()
            .find(|r| r.emoji == *emoji && r.users.contains(&user));
        reaction
            .ok_or(WorldError::Unknown(Noun::Emoji))?
            .users
            .retain(|other| *other != user);
        message.reactions.retain(|r| !r.users.is_empty());
        let mut body = reaction_body(message, emoji);
        body["user_id"] = json!(user);
        body["burst"] = false.into();
        body["type"] = 0.into();
        self.tell_channel(channel, INTENTS, "MESSAGE_REACTION_REMOVE", &body);
        Ok(())
    }

    /// Takes all reactions away, or all of one emoji.
    ///
    /// # Errors
    /// When there is no such message.
    pub(crate) fn reactions_clear(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        emoji: Option<&Emoji>,
    ) -> Result<(), WorldError> {
        let message = self.message_mut(channel, id)?;
        message
            .reactions
            .retain(|r| emoji.is_some_and(|only| r.emoji != *only));
        let (name, body) = match emoji {
            Some(emoji) => (
                "MESSAGE_REACTION_REMOVE_EMOJI",
                reaction_body(message, emoji),
            ),
            None => {
                let mut body = json!({"channel_id": channel, "message_id": id});
                if let Some(guild) = message.guild {
                    body["guild_id"] = json!(guild);
                }
                ("MESSAGE_REACTION_REMOVE_ALL", body)
            }
        };
        self.tell_channel(channel, INTENTS, name, &body);
        Ok(())
    }
}

fn reaction_body(message: &Message, emoji: &Emoji) -> Value {
    let mut body = json!({"channel_id": message.channel, "message_id": message.id, "emoji": render_emoji(emoji)});
    if let Some(guild) = message.guild {
        body["guild_id"] = json!(guild);
    }
    body
}
