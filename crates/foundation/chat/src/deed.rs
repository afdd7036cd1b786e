//! What is done to messages, members and channels. Each may be done twice with the result of once.

use kernel::{ChannelId, GuildId, MessageId, UserId};
use serde::{Deserialize, Serialize};

use crate::Reply;

/// Another text in a message of the bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Where it stands.
    pub channel: ChannelId,
    /// The message.
    pub message: MessageId,
    /// What is to stand there. It stays one message: what does not fit is cut, so split it before with
    /// [`crate::pieces`].
    pub reply: Reply,
}

/// Messages that go away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delete {
    /// Where they stand.
    pub channel: ChannelId,
    /// The messages.
    pub messages: Vec<MessageId>,
    /// Why, for the guild's audit log.
    pub reason: String,
}

/// A time-out of a member, or its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeout {
    /// The guild.
    pub guild: GuildId,
    /// The member.
    pub user: UserId,
    /// Until when, in microseconds, at most 28 days ahead; nothing ends it.
    pub until_micros: Option<i64>,
    /// Why, for the guild's audit log.
    pub reason: String,
}

/// A member who is sent out of the guild, and may come again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kick {
    /// The guild.
    pub guild: GuildId,
    /// The member.
    pub user: UserId,
    /// Why, for the guild's audit log.
    pub reason: String,
}

/// A user who is kept out of the guild.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// The guild.
    pub guild: GuildId,
    /// The user, who need not be a member.
    pub user: UserId,
    /// How far back their messages go away too, at most seven days.
    pub delete_message_seconds: u32,
    /// Why, for the guild's audit log.
    pub reason: String,
}

/// A user who may come again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unban {
    /// The guild.
    pub guild: GuildId,
    /// The user.
    pub user: UserId,
    /// Why, for the guild's audit log.
    pub reason: String,
}

/// How long members of a channel wait between messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slowmode {
    /// The channel.
    pub channel: ChannelId,
    /// How many seconds, at most six hours; none ends it.
    pub seconds: u32,
    /// Why, for the guild's audit log.
    pub reason: String,
}

/// A channel in which everyone is denied to write, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The guild.
    pub guild: GuildId,
    /// The channel. What else it changes for everyone stays as it is.
    pub channel: ChannelId,
    /// Whether it is locked.
    pub on: bool,
    /// Why, for the guild's audit log.
    pub reason: String,
}

/// A reaction of the bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct React {
    /// Where the message stands.
    pub channel: ChannelId,
    /// The message.
    pub message: MessageId,
    /// The character, or `name:id` of a guild's own.
    pub emoji: String,
}

/// A direct message. Where the user takes none, it is undeliverable, and no error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tell {
    /// To whom.
    pub user: UserId,
    /// What.
    pub reply: Reply,
    /// At most 25 characters, so that Discord drops a second delivery.
    pub nonce: String,
}

/// How the bot looks in one guild.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The guild.
    pub guild: GuildId,
    /// Its name, at most 32 characters.
    pub name: Change<String>,
    /// Its picture, a PNG file.
    pub avatar_png: Change<Vec<u8>>,
    /// What it says of itself, at most 190 characters.
    pub bio: Change<String>,
    /// Why, for the guild's audit log.
    pub reason: String,
}

/// What becomes of a part of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change<T> {
    /// It stays as it is.
    Keep,
    /// It goes: the account's own shows again.
    Clear,
    /// It becomes this.
    To(T),
}
