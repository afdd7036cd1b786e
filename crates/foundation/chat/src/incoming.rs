//! What comes in from Discord, each event with an id by which a second delivery is known.

use kernel::{ApplicationId, ChannelId, GuildId, MessageId, RoleId, Timestamp, UserId};

use crate::{IncomingMessage, Invocation};

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
    /// Messages were deleted, by whomever.
    Deleted(MessagesDeleted),
    /// Somebody reacted to a message, or took a reaction back.
    Reacted(Reaction),
}

/// Messages that are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagesDeleted {
    /// The bot's application that saw it.
    pub application: ApplicationId,
    /// The guild, unless they were direct messages.
    pub guild: Option<GuildId>,
    /// The channel.
    pub channel: ChannelId,
    /// The messages, at least one.
    pub messages: Vec<MessageId>,
}

/// A reaction that was added or taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The bot's application that saw it.
    pub application: ApplicationId,
    /// The guild, unless it is a direct message.
    pub guild: Option<GuildId>,
    /// The channel.
    pub channel: ChannelId,
    /// The message.
    pub message: MessageId,
    /// Who wrote the message, where Discord said.
    pub message_author: Option<UserId>,
    /// Who reacted.
    pub user: UserId,
    /// Whether a bot did, as far as Discord said.
    pub is_bot: bool,
    /// The character, or `name:id` of a guild's own.
    pub emoji: String,
    /// Whether it was added; else it was taken back.
    pub added: bool,
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
    /// Whether it became one just now.
    pub has_joined: bool,
    /// When it became one, where Discord said.
    pub joined_at: Option<Timestamp>,
    /// Its roles; none of one who left.
    pub roles: Vec<RoleId>,
    /// Until when it is timed out, which may be over already.
    pub timed_out_until: Option<Timestamp>,
}
