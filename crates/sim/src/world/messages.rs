//! Messages: sending, editing, deleting, pinning.
//! What always holds: an ephemeral message is seen by its user alone and leaves no trace in its channel; mentions are
//! what the text names, the sender allows, and the sender may.

use serde_json::{Value, json};

use super::marks::Key;
use super::mentions::{AllowedMentions, named};
use super::permissions::MENTION_EVERYONE;
use super::render_message::render_snapshot;
use super::state::{Message, Reference, WebhookFace};
use super::{Deed, MESSAGES_KEPT_MAX, Noun, Snowflake, World, WorldError, audit, intents};

/// A message to be sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageDraft {
    pub(crate) author: Snowflake,
    pub(crate) webhook: Option<WebhookFace>,
    pub(crate) application: Option<Snowflake>,
    /// 0 an ordinary one, 19 a reply, 20 the answer to a command.
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) flags: u32,
    pub(crate) tts: bool,
    pub(crate) nonce: Option<Value>,
    pub(crate) reply_to: Option<Snowflake>,
    pub(crate) interaction: Option<Value>,
    pub(crate) poll: Option<Value>,
    pub(crate) stickers: Vec<Value>,
    /// The message that it forwards, with its channel.
    pub(crate) forward: Option<(Snowflake, Snowflake)>,
    pub(crate) only_for: Option<Snowflake>,
    /// None: everything may be mentioned.
    pub(crate) allowed: Option<AllowedMentions>,
}

/// What may change of a message.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageEdit {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) attachments: Option<Vec<Value>>,
    pub(crate) flags: Option<u32>,
    pub(crate) poll: Option<Value>,
    pub(crate) allowed: Option<AllowedMentions>,
    /// The first text of a deferred answer is no edit: `edited_timestamp` stays empty.
    pub(crate) silent: bool,
}

impl World {
    /// Sends a message.
    ///
    /// # Errors
    /// When there is no such channel.
    pub(crate) fn message_send(
        &mut self,
        channel: Snowflake,
        draft: MessageDraft,
    ) -> Result<Snowflake, WorldError> {
        let place = self
            .channels
            .get(&channel)
            .ok_or(WorldError::Unknown(Noun::Channel))?;
        let guild = place.guild;
        let (id, sent_us) = (self.mint(), self.now_us());
        let reference = draft.reply_to.map(|message| Reference {
            message,
            channel,
            guild,
            forwarded: false,
        });
        let (forwarded, snapshots) = self.forwarded(draft.forward);
        let mut message = Message {
            id,
            channel,
            guild,
            author: draft.author,
            webhook: draft.webhook,
            application: draft.application,
            kind: draft.kind,
            content: draft.content,
            embeds: draft.embeds,
            components: draft.components,
            attachments: draft.attachments,
            mentions: Vec::new(),
            mention_roles: Vec::new(),
            mention_everyone: false,
            reactions: Vec::new(),
            flags: draft.flags,
            tts: draft.tts,
            pinned_us: None,
            nonce: draft.nonce,
            sent_us,
            edited_us: None,
            reference: reference.or(forwarded),
            interaction: draft.interaction,
            poll: draft.poll,
            stickers: draft.stickers,
            snapshots,
            only_for: draft.only_for,
        };
        self.resolve_mentions(
            &mut message,
            &draft.allowed.unwrap_or(AllowedMentions::all()),
        );
        let body = self.render_message_event(&message);
        self.tell_message(&message, "MESSAGE_CREATE", &body);
        self.message_insert(message);
        Ok(id)
    }

    /// What a message says of one that it forwards.
    fn forwarded(
        &self,
        forward: Option<(Snowflake, Snowflake)>,
    ) -> (Option<Reference>, Vec<Value>) {
        let Some((channel, message)) = forward else {
            return (None, Vec::new());
        };
        let reference = Reference {
            message,
            channel,
            guild: self.channels.get(&channel).and_then(|place| place.guild),
            forwarded: true,
        };
        let shown = self.message(channel, message).map(render_snapshot);
        (Some(reference), shown.into_iter().collect())
    }

    /// Changes a message.
    ///
    /// # Errors
    /// When there is no such message.
    pub(crate) fn message_edit(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        edit: MessageEdit,
    ) -> Result<(), WorldError> {
        let now = self.now_us();
        let mut message = self
            .message(channel, id)
            .ok_or(WorldError::Unknown(Noun::Message))?
            .clone();
        let texted = edit.content.is_some();
        message.content = edit.content.unwrap_or(message.content);
        message.embeds = edit.embeds.unwrap_or(message.embeds);
        message.components = edit.components.unwrap_or(message.components);
        message.attachments = edit.attachments.unwrap_or(message.attachments);
        message.flags = edit.flags.unwrap_or(message.flags);
        message.poll = edit.poll.or(message.poll);
        if !edit.silent {
            message.edited_us = Some(now);
        }
        if texted {
            self.resolve_mentions(
                &mut message,
                &edit.allowed.unwrap_or(AllowedMentions::all()),
            );
        }
        self.message_store_and_tell(message);
        Ok(())
    }

    /// Pins or unpins a message.
    ///
    /// # Errors
    /// When there is no such message.
    pub(crate) fn message_pin(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        pinned: bool,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        let now = self.now_us();
        let mut message = self
            .message(channel, id)
            .ok_or(WorldError::Unknown(Noun::Message))?
            .clone();
        message.pinned_us = pinned.then_some(now);
        let (guild, author) = (message.guild, message.author);
        self.message_store_and_tell(message);
        self.marks.touch(Key::Channel(channel));
        if let Some(place) = self.channels.get_mut(&channel) {
            place.last_pin_us = Some(now);
        }
        let mut body =
            json!({"channel_id": channel, "last_pin_timestamp": super::snowflake::iso(now)});
        if let Some(guild) = guild {
            body["guild_id"] = json!(guild);
            let action = if pinned {
                audit::MESSAGE_PIN
            } else {
                audit::MESSAGE_UNPIN
            };
            let options = json!({"channel_id": channel, "message_id": id});
            self.audit(guild, action, Some(author), Vec::new(), Some(options), deed);
        }
        self.tell_channel(
            channel,
            (intents::GUILDS, intents::DIRECT_MESSAGES),
            "CHANNEL_PINS_UPDATE",
            &body,
        );
        Ok(())
    }

    /// Deletes a message; another's is logged.
    ///
    /// # Errors
    /// When there is no such message.
    pub(crate) fn message_delete(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        let message = self
            .message_take(channel, id)
            .ok_or(WorldError::Unknown(Noun::Message))?;
        let mut body = json!({"id": id, "channel_id": channel});
        if let Some(guild) = message.guild {
            body["guild_id"] = json!(guild);
        }
        if message.only_for.is_some() {
            self.tell_message(&message, "MESSAGE_DELETE", &body);
            return Ok(());
        }
        self.tell_channel(
            channel,
            (intents::MESSAGES, intents::DIRECT_MESSAGES),
            "MESSAGE_DELETE",
            &body,
        );
        if let Some(guild) = message.guild.filter(|_| message.author != deed.by) {
            let options = json!({"channel_id": channel, "count": "1"});
            self.audit(
                guild,
                audit::MESSAGE_DELETE,
                Some(message.author),
                Vec::new(),
                Some(options),
                deed,
            );
        }
        Ok(())
    }

    /// Deletes several messages at once; those that are not there are passed over. Returns how many went.
    pub(crate) fn messages_delete(
        &mut self,
        channel: Snowflake,
        ids: &[Snowflake],
        deed: &Deed,
    ) -> usize {
        let gone: Vec<_> = ids
            .iter()
            .copied()
            .filter(|id| self.message_take(channel, *id).is_some())
            .collect();
        let guild = self.channels.get(&channel).and_then(|c| c.guild);
        if let Some(guild) = guild.filter(|_| !gone.is_empty()) {
            self.tell_bulk(guild, channel, &gone);
            let options = json!({"count": gone.len().to_string()});
            self.audit(
                guild,
                audit::MESSAGE_BULK_DELETE,
                Some(channel),
                Vec::new(),
                Some(options),
                deed,
            );
        }
        gone.len()
    }

    /// Deletes what a user wrote in a guild within the last seconds.
    pub(super) fn messages_purge(&mut self, guild: Snowflake, user: Snowflake, seconds: u32) {
        if seconds == 0 {
            return;
        }
        let since = self.now_us() - i64::from(seconds) * 1_000_000;
        let channels: Vec<_> = self.channels_of(guild).map(|c| c.id).collect();
        for channel in channels {
            let written = self
                .messages_in(channel, ..)
                .filter(|m| m.author == user && m.sent_us >= since);
            let ids: Vec<_> = written.map(|m| m.id).collect();
            ids.iter()
                .for_each(|id| drop(self.message_take(channel, *id)));
            for chunk in ids.chunks(100) {
                self.tell_bulk(guild, channel, chunk);
            }
        }
    }

    fn tell_bulk(&mut self, guild: Snowflake, channel: Snowflake, ids: &[Snowflake]) {
        let body = json!({"ids": ids, "channel_id": channel, "guild_id": guild});
        self.tell_channel(
            channel,
            (intents::MESSAGES, intents::DIRECT_MESSAGES),
            "MESSAGE_DELETE_BULK",
            &body,
        );
    }

    fn message_store_and_tell(&mut self, message: Message) {
        let body = self.render_message_event(&message);
        self.tell_message(&message, "MESSAGE_UPDATE", &body);
        self.marks.touch(Key::Message(message.channel, message.id));
        self.messages
            .entry(message.channel)
            .or_default()
            .insert(message.id, message);
    }

    fn message_insert(&mut self, message: Message) {
        let (channel, id) = (message.channel, message.id);
        self.marks.touch(Key::Message(channel, id));
        if message.only_for.is_none()
            && let Some(place) = self.channels.get_mut(&channel)
        {
            place.last_message = Some(id);
            if let Some(thread) = &mut place.thread {
                thread.message_count += 1;
            }
            self.marks.touch(Key::Channel(channel));
        }
        let kept = self.messages.entry(channel).or_default();
        kept.insert(id, message);
        if kept.len() > MESSAGES_KEPT_MAX
            && let Some((oldest, _)) = kept.pop_first()
        {
            self.marks.touch(Key::Message(channel, oldest));
        }
    }

    fn message_take(&mut self, channel: Snowflake, id: Snowflake) -> Option<Message> {
        self.marks.touch(Key::Message(channel, id));
        self.messages.get_mut(&channel)?.remove(&id)
    }

    pub(super) fn message_mut(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<&mut Message, WorldError> {
        self.marks.touch(Key::Message(channel, id));
        self.messages
            .get_mut(&channel)
            .and_then(|m| m.get_mut(&id))
            .ok_or(WorldError::Unknown(Noun::Message))
    }

    fn resolve_mentions(&self, message: &mut Message, allowed: &AllowedMentions) {
        let found = named(&message.content);
        let may = message.webhook.is_some()
            || self.permissions_in(message.channel, message.author) & MENTION_EVERYONE != 0;
        message.mentions = found
            .users
            .into_iter()
            .filter(|id| self.users.contains_key(id))
            .collect();
        message
            .mentions
            .retain(|id| allowed.parse_users || allowed.users.contains(id));
        if let Some(answered) = message
            .reference
            .and_then(|r| self.message(r.channel, r.message))
            && allowed.replied_user
            && !message.mentions.contains(&answered.author)
            && self.users.contains_key(&answered.author)
        {
            message.mentions.push(answered.author);
        }
        let roles = message
            .guild
            .and_then(|guild| self.guilds.get(&guild))
            .map(|guild| &guild.roles);
        message.mention_roles = found.roles;
        message.mention_roles.retain(|id| {
            let role = roles.and_then(|roles| roles.get(id));
            role.is_some_and(|role| role.mentionable || may)
                && (allowed.parse_roles || allowed.roles.contains(id))
        });
        message.mention_everyone = found.everyone && allowed.parse_everyone && may;
    }
}
