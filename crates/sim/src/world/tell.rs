//! Who hears of what: the fan-out of one change to sessions and observers.
//! What always holds: W2. An event is rendered at most twice (whole, and without content), however many hear of it.

use std::cell::OnceCell;
use std::sync::Arc;

use serde_json::Value;

use super::intents;
use super::permissions::{self, VIEW_CHANNEL};
use super::state::Message;
use super::wires::Event;
use super::{Snowflake, World};

/// An event about a message, whole and without what needs the content intent.
struct Texts<'e> {
    name: &'static str,
    whole: Arc<Event>,
    body: &'e Value,
    bare: OnceCell<Arc<Event>>,
}

impl Texts<'_> {
    fn bare(&self) -> &Arc<Event> {
        self.bare.get_or_init(|| {
            let mut body = self.body.clone();
            body["content"] = "".into();
            for field in ["embeds", "attachments", "components"] {
                body[field] = Value::Array(Vec::new());
            }
            if let Some(fields) = body.as_object_mut() {
                for field in ["poll", "sticker_items", "message_snapshots"] {
                    fields.remove(field);
                }
                fields.remove("referenced_message");
            }
            Event::new(self.name, &body)
        })
    }
}

impl World {
    /// Tells everybody in a guild.
    pub(super) fn tell_guild(
        &mut self,
        guild: Snowflake,
        intent: u32,
        name: &'static str,
        body: &Value,
    ) {
        self.tell(guild, None, intent, VIEW_CHANNEL, &Event::new(name, body));
    }

    /// Tells those of a guild who hold a permission in it.
    pub(super) fn tell_holders(
        &mut self,
        guild: Snowflake,
        intent: u32,
        permission: u64,
        name: &'static str,
        body: &Value,
    ) {
        let event = Event::new(name, body);
        let bots = self
            .guilds
            .get(&guild)
            .map(|g| g.bots.clone())
            .unwrap_or_default();
        for bot in bots {
            if self.permissions_of(guild, bot) & permission != 0 {
                self.push(bot, Some(guild), intent, &event);
            }
        }
        for user in self.wires.watchers() {
            if self.permissions_of(guild, user) & permission != 0 {
                self.wires.show(user, &event);
            }
        }
    }

    /// Tells those who see a channel, in a guild or a direct conversation.
    pub(super) fn tell_channel(
        &mut self,
        channel: Snowflake,
        (in_guild, direct): (u32, u32),
        name: &'static str,
        body: &Value,
    ) {
        let Some(place) = self.channels.get(&channel) else {
            return;
        };
        let event = Event::new(name, body);
        match place.guild {
            Some(guild) => self.tell(guild, Some(channel), in_guild, VIEW_CHANNEL, &event),
            None => {
                for user in place.recipients.clone() {
                    self.push(user, None, direct, &event);
                    self.wires.show(user, &event);
                }
            }
        }
    }

    fn tell(
        &mut self,
        guild: Snowflake,
        channel: Option<Snowflake>,
        intent: u32,
        permission: u64,
        event: &Arc<Event>,
    ) {
        for bot in self.bots_hearing(guild, channel, permission) {
            self.push(bot, Some(guild), intent, event);
        }
        for user in self.eyes_seeing(guild, channel, permission) {
            self.wires.show(user, event);
        }
    }

    /// Tells one user, whichever way: a bot on its first shard, a person in the page.
    pub(crate) fn tell_user(&mut self, user: Snowflake, name: &'static str, body: &Value) {
        let event = Event::new(name, body);
        self.push(user, None, 0, &event);
        self.wires.show(user, &event);
    }

    /// Tells a bot on the shard of a guild.
    pub(super) fn tell_bot(
        &mut self,
        bot: Snowflake,
        guild: Option<Snowflake>,
        name: &'static str,
        body: &Value,
    ) {
        let event = Event::new(name, body);
        self.push(bot, guild, 0, &event);
    }

    /// Tells of a message: ephemeral ones to their user alone, content only to those who may read it.
    pub(super) fn tell_message(&mut self, message: &Message, name: &'static str, body: &Value) {
        let whole = Event::new(name, body);
        if let Some(user) = message.only_for {
            self.wires.show(user, &whole);
            return;
        }
        let texts = Texts {
            name,
            whole,
            body,
            bare: OnceCell::new(),
        };
        let Some(guild) = message.guild else {
            let Some(channel) = self.channels.get(&message.channel) else {
                return;
            };
            for user in channel.recipients.clone() {
                self.push(user, None, intents::DIRECT_MESSAGES, &texts.whole);
                self.wires.show(user, &texts.whole);
            }
            return;
        };
        for bot in self.bots_hearing(guild, Some(message.channel), VIEW_CHANNEL) {
            let own = message.author == bot
                || message.application == Some(bot)
                || message.mentions.contains(&bot);
            self.push_message(bot, guild, own, &texts);
        }
        for user in self.eyes_seeing(guild, Some(message.channel), VIEW_CHANNEL) {
            self.wires.show(user, &texts.whole);
        }
    }

    fn push_message(&mut self, bot: Snowflake, guild: Snowflake, own: bool, texts: &Texts<'_>) {
        let now = self.now_us();
        let (sessions, mut tap) = self.wires.sessions_mut(bot);
        for session in sessions
            .iter_mut()
            .filter(|s| s.intents & intents::MESSAGES != 0 && s.covers(Some(guild)))
        {
            let whole = own || session.intents & intents::CONTENT != 0;
            session.push(
                if whole { &texts.whole } else { texts.bare() },
                now,
                &mut tap,
            );
        }
    }

    /// Hands an event to the sessions of a bot that asked for it; an intent of 0 is asked for by all.
    fn push(&mut self, bot: Snowflake, guild: Option<Snowflake>, intent: u32, event: &Arc<Event>) {
        let now = self.now_us();
        let (sessions, mut tap) = self.wires.sessions_mut(bot);
        for session in sessions
            .iter_mut()
            .filter(|s| (intent == 0 || s.intents & intent != 0) && s.covers(guild))
        {
            session.push(event, now, &mut tap);
        }
    }

    /// Hands an event to one session, found by its id.
    pub(crate) fn push_to_session(&mut self, bot: Snowflake, session: &str, event: &Arc<Event>) {
        let now = self.now_us();
        let (sessions, mut tap) = self.wires.sessions_mut(bot);
        for session in sessions.iter_mut().filter(|s| s.id == session) {
            session.push(event, now, &mut tap);
        }
    }

    /// The bots of a guild that have a session and see the channel.
    fn bots_hearing(
        &self,
        guild: Snowflake,
        channel: Option<Snowflake>,
        permission: u64,
    ) -> Vec<Snowflake> {
        let Some(guild) = self.guilds.get(&guild) else {
            return Vec::new();
        };
        let connected = guild
            .bots
            .iter()
            .filter(|bot| !self.wires.sessions_of(**bot).is_empty());
        connected
            .copied()
            .filter(|bot| self.may_see(guild.id, channel, *bot, permission))
            .collect()
    }

    /// The users with an open eye who see the channel.
    fn eyes_seeing(
        &self,
        guild: Snowflake,
        channel: Option<Snowflake>,
        permission: u64,
    ) -> Vec<Snowflake> {
        if !self.wires.is_watched() {
            return Vec::new();
        }
        let mut users = self.wires.watchers();
        users.retain(|user| self.may_see(guild, channel, *user, permission));
        users
    }

    fn may_see(
        &self,
        guild: Snowflake,
        channel: Option<Snowflake>,
        user: Snowflake,
        permission: u64,
    ) -> bool {
        let Some(guild) = self.guilds.get(&guild) else {
            return false;
        };
        let Some(member) = guild.members.get(&user) else {
            return false;
        };
        let Some(channel) = channel else { return true };
        let Some(channel) = self.channels.get(&channel) else {
            return false;
        };
        permissions::in_channel(guild, self.overwrites_of(channel), member, self.now_us())
            & permission
            != 0
    }
}
