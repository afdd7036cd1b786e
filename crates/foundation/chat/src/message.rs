//! A message as it is read: its words, and every other text that people see in it.

use kernel::{ApplicationId, ChannelId, GuildId, MessageId, RoleId, Timestamp, UserId};

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
    /// The channel whose thread `channel` is, where it is one and that is known.
    pub thread_of: Option<ChannelId>,
    /// Who wrote the message it replies to, where Discord said.
    pub reply_to_author: Option<UserId>,
    /// When the author became a member, where Discord said.
    pub joined_at: Option<Timestamp>,
    /// Which roles it mentions.
    pub role_mentions: Vec<RoleId>,
    /// Whether it mentions everyone.
    pub mentions_everyone: bool,
    /// How many files hang on it.
    pub attachments: usize,
    /// Every other text that people read in it, at most [`CARRIED_MAX`].
    pub carried: Vec<CarriedText>,
    /// Whether Discord wrote it about something that happened, such as a join; then its text is nobody's words.
    pub is_notice: bool,
}

/// The most texts that a message carries besides its words.
pub const CARRIED_MAX: usize = 64;
/// The most characters of one text of a message.
pub const TEXT_MAX: usize = 6_000;

/// A text that a message carries besides its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedText {
    /// What carries it.
    pub what: Carrier,
    /// The text.
    pub text: String,
}

/// What carries a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// A card, of a link or a bot.
    Embed,
    /// A poll's question or answer.
    Poll,
    /// A file's name.
    FileName,
    /// A file's description.
    FileDescription,
    /// A message that was forwarded, with what it carries.
    Forward,
    /// A sticker's name.
    Sticker,
    /// The name of the thread that it began.
    ThreadName,
    /// A text, button or select of a bot.
    Component,
}

impl IncomingMessage {
    /// A message of a person in a guild with these words, and nothing else to it.
    #[must_use]
    pub fn said(
        id: MessageId,
        application: ApplicationId,
        guild: GuildId,
        channel: ChannelId,
        author: UserId,
        text: impl Into<String>,
    ) -> Self {
        Self {
            id,
            application,
            guild: Some(guild),
            channel,
            author,
            author_name: format!("member {author}"),
            is_bot: false,
            roles: Vec::new(),
            text: text.into(),
            mentions: Vec::new(),
            reply_to: None,
            edited_at: None,
            thread_of: None,
            reply_to_author: None,
            joined_at: None,
            role_mentions: Vec::new(),
            mentions_everyone: false,
            attachments: 0,
            carried: Vec::new(),
            is_notice: false,
        }
    }

    /// The words and every other text, in the order in which they are read.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let carried = self.carried.iter().map(|carried| carried.text.as_str());
        std::iter::once(self.text.as_str()).chain(carried)
    }
}
