//! What comes in from Discord, each event with an id by which a second delivery is known.

use kernel::{ApplicationId, ChannelId, GuildId, MessageId, RoleId, Timestamp, UserId};

use crate::Invocation;

/// An event from Discord.
#[derive(Debug, Clone)]
pub enum Incoming {
    /// Somebody used a command, a button, a select or a form.
    Invoked(Box<Invocation>),
    /// Somebody wrote a message.
    Wrote(Box<IncomingMessage>),
    /// Somebody edited a message.
    Edited(Box<IncomingMessage>),
    /// A guild can be served.
    GuildAvailable(GuildAvailable),
    /// The bot was removed from a guild.
    GuildGone {
        /// The bot's application.
        application: ApplicationId,
        /// The guild.
        guild: GuildId,
    },
    /// A member joined, changed or left.
    Member(MemberChange),
}

/// A guild that can be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuildAvailable {
    /// The bot's application.
    pub application: ApplicationId,
    /// The guild.
    pub guild: GuildId,
    /// Its name.
    pub name: String,
    /// How many members it has.
    pub members: u64,
}

/// What happened to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberChange {
    /// The guild.
    pub guild: GuildId,
    /// The account.
    pub user: UserId,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// Whether the account is a member now.
    pub is_member: bool,
}

/// A message of a person or a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingMessage {
    /// Its id.
    pub id: MessageId,
    /// The bot's application that saw it.
    pub application: ApplicationId,
    /// The guild, unless it is a direct message.
    pub guild: Option<GuildId>,
    /// The channel.
    pub channel: ChannelId,
    /// Who wrote it.
    pub author: UserId,
    /// The name that others see.
    pub author_name: String,
    /// Whether a bot or webhook wrote it.
    pub is_bot: bool,
    /// The author's roles in the guild.
    pub roles: Vec<RoleId>,
    /// The words; empty where the bot may not read them.
    pub text: String,
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
    /// The message it replies to.
    pub reply_to: Option<MessageId>,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
}
