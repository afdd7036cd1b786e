//! Discord's v10 JSON of messages and reactions, as REST answers them and as the gateway tells them.

use serde_json::{Value, json};

use super::render::render_emoji;
use super::snowflake::iso;
use super::state::{Message, Reaction, Reference};
use super::{Snowflake, World};

impl World {
    /// A message as REST answers it to a viewer (whose own reactions are marked).
    pub(crate) fn render_message(&self, message: &Message, viewer: Snowflake) -> Value {
        let mut body = self.render_message_once(message, viewer);
        if let Some(reference) = message.reference.filter(|it| !it.forwarded) {
            let answered = self.message(reference.channel, reference.message);
            body["referenced_message"] =
                answered.map_or(Value::Null, |m| self.render_message_once(m, viewer));
        }
        body
    }

    /// A message as `MESSAGE_CREATE` and `MESSAGE_UPDATE` tell it: with the guild and the author as a member.
    pub(crate) fn render_message_event(&self, message: &Message) -> Value {
        let mut body = self.render_message(message, Snowflake::default());
        let Some(guild) = message.guild else {
            body["channel_type"] = 1.into();
            return body;
        };
        body["guild_id"] = json!(guild);
        body["channel_type"] = self
            .channels
            .get(&message.channel)
            .map_or(0, |c| c.kind)
            .into();
        if message.webhook.is_none()
            && let Some(member) = self.member(guild, message.author)
        {
            body["member"] = self.render_member_partial(member);
        }
        for user in body["mentions"].as_array_mut().into_iter().flatten() {
            let id = user["id"].as_str().and_then(|id| id.parse().ok());
            if let Some(member) = id.and_then(|id| self.member(guild, id)) {
                user["member"] = self.render_member_partial(member);
            }
        }
        body
    }

    fn render_message_once(&self, message: &Message, viewer: Snowflake) -> Value {
        let mut body = json!({
            "id": message.id,
            "type": message.kind,
            "channel_id": message.channel,
            "author": self.render_author(message),
            "content": message.content,
            "timestamp": iso(message.sent_us),
            "edited_timestamp": message.edited_us.map(iso),
            "tts": message.tts,
            "mention_everyone": message.mention_everyone,
            "mentions": message.mentions.iter().map(|id| self.render_user(*id)).collect::<Vec<_>>(),
            "mention_roles": message.mention_roles,
            "attachments": message.attachments,
            "embeds": message.embeds,
            "components": message.components,
            "pinned": message.pinned_us.is_some(),
            "flags": message.flags,
        });
        if !message.reactions.is_empty() {
            body["reactions"] = message
                .reactions
                .iter()
                .map(|r| render_reaction(r, viewer))
                .collect();
        }
        let optional = [
            ("nonce", message.nonce.clone()),
            (
                "webhook_id",
                message.webhook.as_ref().map(|face| json!(face.id)),
            ),
            ("application_id", message.application.map(|id| json!(id))),
            ("message_reference", message.reference.map(render_reference)),
            ("interaction_metadata", message.interaction.clone()),
            ("poll", message.poll.clone()),
            ("sticker_items", filled(&message.stickers)),
            ("message_snapshots", filled(&message.snapshots)),
        ];
        for (field, value) in optional {
            if let Some(value) = value {
                body[field] = value;
            }
        }
        body
    }

    fn render_author(&self, message: &Message) -> Value {
        // An interaction's answer is sent through a webhook with the application's id, and shows its bot.
        let Some(face) = message
            .webhook
            .as_ref()
            .filter(|face| !self.users.contains_key(&face.id))
        else {
            return self.render_user(message.author);
        };
        json!({
            "id": face.id,
            "username": face.name,
            "discriminator": "0000",
            "global_name": null,
            "avatar": face.avatar,
            "bot": true,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": null,
        })
    }
}

fn filled(values: &[Value]) -> Option<Value> {
    (!values.is_empty()).then(|| Value::from(values.to_vec()))
}

/// What a forward shows of a message: its content, and not who wrote it.
pub(super) fn render_snapshot(message: &Message) -> Value {
    json!({"message": {
        "type": message.kind,
        "content": message.content,
        "embeds": message.embeds,
        "attachments": message.attachments,
        "components": message.components,
        "sticker_items": message.stickers,
        "timestamp": iso(message.sent_us),
        "edited_timestamp": message.edited_us.map(iso),
        "flags": message.flags,
        "mentions": [],
        "mention_roles": message.mention_roles,
    }})
}

fn render_reaction(reaction: &Reaction, viewer: Snowflake) -> Value {
    let count = reaction.users.len();
    json!({
        "emoji": render_emoji(&reaction.emoji),
        "count": count,
        "count_details": {"burst": 0, "normal": count},
        "burst_colors": [],
        "me_burst": false,
        "burst_me": false,
        "burst_count": 0,
        "me": reaction.users.contains(&viewer),
    })
}

fn render_reference(reference: Reference) -> Value {
    let kind = u8::from(reference.forwarded);
    let mut body =
        json!({"type": kind, "channel_id": reference.channel, "message_id": reference.message});
    if let Some(guild) = reference.guild {
        body["guild_id"] = json!(guild);
    }
    body
}
