//! Channels, threads and direct conversations.
//! What always holds: two users have at most one direct conversation; what is forgotten takes its messages along.

use serde_json::{Map, Value, json};

use super::marks::Key;
use super::state::{Channel, Overwrite, Thread};
use super::{Deed, Noun, Snowflake, World, WorldError, audit, intents, render_guild};

/// A channel to be made in a guild.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChannelDraft {
    pub(crate) name: String,
    pub(crate) kind: u8,
    pub(crate) topic: Option<String>,
    pub(crate) parent: Option<Snowflake>,
    pub(crate) nsfw: bool,
    pub(crate) slowmode_s: u32,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) position: Option<i32>,
    pub(crate) extra: Map<String, Value>,
}

impl ChannelDraft {
    pub(crate) fn text(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: render_guild::TEXT,
            ..Self::default()
        }
    }
}

/// What may change of a channel.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChannelEdit {
    pub(crate) name: Option<String>,
    pub(crate) topic: Option<Option<String>>,
    pub(crate) position: Option<i32>,
    pub(crate) parent: Option<Option<Snowflake>>,
    pub(crate) nsfw: Option<bool>,
    pub(crate) slowmode_s: Option<u32>,
    pub(crate) overwrites: Option<Vec<Overwrite>>,
    pub(crate) flags: Option<u32>,
    /// For threads: archived, locked.
    pub(crate) archived: Option<bool>,
    pub(crate) locked: Option<bool>,
    pub(crate) extra: Map<String, Value>,
}

impl World {
    /// Makes a channel of a guild.
    ///
    /// # Errors
    /// When there is no such guild or category.
    pub(crate) fn channel_create(
        &mut self,
        guild: Snowflake,
        draft: ChannelDraft,
        deed: &Deed,
    ) -> Result<Snowflake, WorldError> {
        if draft.parent.is_some_and(|id| {
            self.channels
                .get(&id)
                .is_none_or(|c| c.guild != Some(guild))
        }) {
            return Err(WorldError::Unknown(Noun::Channel));
        }
        let last = self.channels_of(guild).map(|c| c.position).max();
        let id = self.mint();
        self.guild_mut(guild)?.channels.insert(id);
        let changes = vec![
            json!({"key": "name", "new_value": draft.name}),
            json!({"key": "type", "new_value": draft.kind}),
        ];
        self.channel_insert(Channel {
            id,
            kind: draft.kind,
            guild: Some(guild),
            name: draft.name,
            topic: draft.topic,
            position: draft
                .position
                .unwrap_or_else(|| last.map_or(0, |last| last + 1)),
            parent: draft.parent,
            nsfw: draft.nsfw,
            slowmode_s: draft.slowmode_s,
            overwrites: draft.overwrites,
            recipients: Vec::new(),
            last_message: None,
            last_pin_us: None,
            flags: 0,
            thread: None,
            extra: draft.extra,
        });
        self.tell_of_channel(id, "CHANNEL_CREATE");
        self.audit(guild, audit::CHANNEL_CREATE, Some(id), changes, None, deed);
        Ok(id)
    }

    /// Opens a thread (`kind` 10, 11 or 12) under a channel, with its maker as the first member.
    ///
    /// # Errors
    /// When there is no such channel, or it is in no guild.
    pub(crate) fn thread_create(
        &mut self,
        parent: Snowflake,
        kind: u8,
        name: String,
        owner: Snowflake,
        from: Option<Snowflake>,
    ) -> Result<Snowflake, WorldError> {
        let now = self.now_us();
        let guild = self
            .channels
            .get(&parent)
            .and_then(|c| c.guild)
            .ok_or(WorldError::Unknown(Noun::Channel))?;
        // A thread that grows out of a message has that message's id.
        let id = from
            .filter(|id| !self.channels.contains_key(id))
            .unwrap_or_else(|| self.mint());
        self.guild_mut(guild)?.channels.insert(id);
        let thread = Thread {
            owner,
            archived: false,
            locked: false,
            invitable: true,
            auto_archive_minutes: 4_320,
            archived_us: now,
            created_us: now,
            members: vec![owner],
            message_count: 0,
        };
        self.channel_insert(Channel {
            kind,
            name,
            guild: Some(guild),
            parent: Some(parent),
            thread: Some(thread),
            ..blank(id)
        });
        self.tell_of_channel(id, "THREAD_CREATE");
        Ok(id)
    }

    /// Changes a channel or thread.
    ///
    /// # Errors
    /// When there is no such channel.
    pub(crate) fn channel_edit(
        &mut self,
        id: Snowflake,
        edit: ChannelEdit,
        deed: &Deed,
    ) -> Result<(), WorldError> {
        let now = self.now_us();
        self.marks.touch(Key::Channel(id));
        let channel = self
            .channels
            .get_mut(&id)
            .ok_or(WorldError::Unknown(Noun::Channel))?;
        let changes = apply(channel, edit, now);
        let (guild, threaded) = (channel.guild, channel.thread.is_some());
        self.tell_of_channel(
            id,
            if threaded {
                "THREAD_UPDATE"
            } else {
                "CHANNEL_UPDATE"
            },
        );
        if let Some(guild) = guild {
            self.audit(guild, audit::CHANNEL_UPDATE, Some(id), changes, None, deed);
        }
        Ok(())
    }

    /// Deletes a channel or thread.
    ///
    /// # Errors
    /// When there is no such channel, or it is a direct conversation.
    pub(crate) fn channel_delete(&mut self, id: Snowflake, deed: &Deed) -> Result<(), WorldError> {
        let channel = self
            .channels
            .get(&id)
            .ok_or(WorldError::Unknown(Noun::Channel))?;
        let guild = channel.guild.ok_or(WorldError::Unknown(Noun::Channel))?;
        let changes = vec![json!({"key": "name", "old_value": channel.name})];
        let threaded = channel.thread.is_some();
        let inside: Vec<_> = self
            .channels_of(guild)
            .filter(|c| c.thread.is_some() && c.parent == Some(id))
            .map(|c| c.id)
            .collect();
        self.tell_of_channel(
            id,
            if threaded {
                "THREAD_DELETE"
            } else {
                "CHANNEL_DELETE"
            },
        );
        for gone in inside.into_iter().chain([id]) {
            self.guild_mut(guild)?.channels.remove(&gone);
            self.channel_forget(gone);
        }
        self.audit(guild, audit::CHANNEL_DELETE, Some(id), changes, None, deed);
        Ok(())
    }

    /// The direct conversation of two users, made where there is none yet.
    ///
    /// # Errors
    /// When one of them is unknown, or both are the same.
    pub(crate) fn direct_open(
        &mut self,
        one: Snowflake,
        other: Snowflake,
    ) -> Result<Snowflake, WorldError> {
        if one == other || !self.users.contains_key(&one) || !self.users.contains_key(&other) {
            return Err(WorldError::Unknown(Noun::User));
        }
        let pair = (one.min(other), one.max(other));
        if let Some(id) = self.directs.get(&pair) {
            return Ok(*id);
        }
        let id = self.mint();
        self.directs.insert(pair, id);
        self.channel_insert(Channel {
            kind: render_guild::DIRECT,
            recipients: vec![pair.0, pair.1],
            ..blank(id)
        });
        for user in [one, other] {
            let body = self.render_direct(&self.channels[&id], user);
            self.tell_user(user, "CHANNEL_CREATE", &body);
        }
        Ok(id)
    }

    /// A user starts to type.
    ///
    /// # Errors
    /// When there is no such channel.
    pub(crate) fn typing(&mut self, channel: Snowflake, user: Snowflake) -> Result<(), WorldError> {
        let place = self
            .channels
            .get(&channel)
            .ok_or(WorldError::Unknown(Noun::Channel))?;
        let mut body =
            json!({"channel_id": channel, "user_id": user, "timestamp": self.now_us() / 1_000_000});
        if let Some(guild) = place.guild {
            body["guild_id"] = json!(guild);
            if let Some(member) = self.member(guild, user) {
                body["member"] = self.render_member(member);
            }
        }
        self.tell_channel(
            channel,
            (intents::TYPING, intents::DIRECT_TYPING),
            "TYPING_START",
            &body,
        );
        Ok(())
    }

    fn tell_of_channel(&mut self, id: Snowflake, name: &'static str) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let mut body = self.render_channel(channel);
        if name == "THREAD_CREATE" {
            body["newly_created"] = true.into();
        }
        self.tell_channel(id, (intents::GUILDS, intents::DIRECT_MESSAGES), name, &body);
    }

    fn channel_insert(&mut self, channel: Channel) {
        self.marks.touch(Key::Channel(channel.id));
        self.channels.insert(channel.id, channel);
    }

    /// Drops a channel with its messages and webhooks, telling nobody.
    pub(super) fn channel_forget(&mut self, id: Snowflake) {
        self.marks.touch(Key::Channel(id));
        self.channels.remove(&id);
        for message in self.messages.remove(&id).unwrap_or_default().into_keys() {
            self.marks.touch(Key::Message(id, message));
        }
        let marks = &mut self.marks;
        self.webhooks.retain(|webhook, record| {
            let stays = record.channel != id;
            if !stays {
                marks.touch(Key::Webhook(*webhook));
            }
            stays
        });
    }
}

fn blank(id: Snowflake) -> Channel {
    Channel {
        id,
        kind: 0,
        guild: None,
        name: String::new(),
        topic: None,
        position: 0,
        parent: None,
        nsfw: false,
        slowmode_s: 0,
        overwrites: Vec::new(),
        recipients: Vec::new(),
        last_message: None,
        last_pin_us: None,
        flags: 0,
        thread: None,
        extra: Map::new(),
    }
}

fn apply(channel: &mut Channel, edit: ChannelEdit, now_us: i64) -> Vec<Value> {
    let mut changes = Vec::new();
    let mut note = |key: &str, old: Value, new: Value| {
        changes.push(json!({"key": key, "old_value": old, "new_value": new}))
    };
    if let Some(name) = edit.name {
        note("name", channel.name.clone().into(), name.clone().into());
        channel.name = name;
    }
    if let Some(topic) = edit.topic {
        note("topic", json!(channel.topic), json!(topic));
        channel.topic = topic;
    }
    if let Some(seconds) = edit.slowmode_s {
        note(
            "rate_limit_per_user",
            channel.slowmode_s.into(),
            seconds.into(),
        );
        channel.slowmode_s = seconds;
    }
    if let Some(nsfw) = edit.nsfw {
        note("nsfw", channel.nsfw.into(), nsfw.into());
        channel.nsfw = nsfw;
    }
    if let Some(overwrites) = edit.overwrites {
        note(
            "permission_overwrites",
            json!(channel.overwrites),
            json!(overwrites),
        );
        channel.overwrites = overwrites;
    }
    channel.position = edit.position.unwrap_or(channel.position);
    channel.parent = edit.parent.unwrap_or(channel.parent);
    channel.flags = edit.flags.unwrap_or(channel.flags);
    if let Some(thread) = &mut channel.thread {
        if edit
            .archived
            .is_some_and(|archived| archived != thread.archived)
        {
            thread.archived = !thread.archived;
            thread.archived_us = now_us;
        }
        thread.locked = edit.locked.unwrap_or(thread.locked);
    }
    for (field, value) in edit.extra {
        channel.extra.insert(field, value);
    }
    changes
}
