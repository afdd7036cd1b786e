//! The ports through which effects leave and members are looked up.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use kernel::{ApplicationId, ChannelId, GuildId, MessageId, RoleId, Span, Timestamp, UserId};

use crate::{Effect, GuildView, IncomingMessage};

/// A future of a port.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries effects out to Discord, within its limits.
pub trait Courier: Send + Sync + fmt::Debug {
    /// Sends one effect; waits for limits, and repeats where that is safe.
    fn deliver<'a>(&'a self, effect: &'a Effect)
    -> BoxFuture<'a, Result<Delivered, DeliveryError>>;

    /// Shows in a channel for some ten seconds that the bot is writing. It is owed to nobody.
    fn typing(&self, channel: ChannelId) -> BoxFuture<'_, Result<(), DeliveryError>>;
}

/// How an effect was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// As asked, or no longer needed, because what it was about is gone.
    Done {
        /// The message that came of it, where Discord said; of an edit nothing, where the message is gone.
        message: Option<MessageId>,
    },
    /// The interaction was void, so a public answer followed in the channel.
    Followed {
        /// The message that came of it, where Discord said.
        message: Option<MessageId>,
    },
    /// Nobody can be shown it: the interaction was void and the answer private, or the user takes no direct messages.
    Undeliverable,
}

/// Why an effect was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// It may work later.
    #[error("not delivered now: {reason}")]
    Later {
        /// What stood in the way.
        reason: String,
        /// Not before this has passed, where limits left no room. Then it was only waited for, and does not count as
        /// a try.
        after: Option<Span>,
    },
    /// It never will.
    #[error("not deliverable: {reason}")]
    Never {
        /// Discord's code and words, or ours.
        reason: String,
    },
}

/// Looks up guilds, members and messages. What comes from memory may be a minute old.
pub trait Directory: Send + Sync + fmt::Debug {
    /// The member, or nothing where the user is none.
    fn member(
        &self,
        guild: GuildId,
        user: UserId,
    ) -> BoxFuture<'_, Result<Option<KnownMember>, DeliveryError>>;

    /// What members are called, as far as it is known or heard within this time; who is left out is no member, or is
    /// not known yet. A name may be an hour old. What is heard later is remembered for the next who asks.
    fn member_names<'a>(
        &'a self,
        guild: GuildId,
        users: &'a BTreeSet<UserId>,
        within: Duration,
    ) -> BoxFuture<'a, BTreeMap<UserId, String>>;

    /// Members with a name that begins like this, at most this many of 1,000.
    fn members_named<'a>(
        &'a self,
        guild: GuildId,
        beginning: &'a str,
        limit: u16,
    ) -> BoxFuture<'a, Result<Vec<KnownMember>, DeliveryError>>;

    /// The guild, or nothing where the bot is not in it. Discord is asked where it is not known.
    fn guild(&self, guild: GuildId)
    -> BoxFuture<'_, Result<Option<Arc<GuildView>>, DeliveryError>>;

    /// The guild as far as it is known without asking: for those who may not wait.
    fn known_guild(&self, guild: GuildId) -> Option<Arc<GuildView>>;

    /// The account of an application's bot, as soon as it was connected once.
    fn bot_user(&self, application: ApplicationId) -> Option<UserId>;

    /// A message, or nothing where there is none, or the bot may not see it.
    fn message(
        &self,
        channel: ChannelId,
        message: MessageId,
    ) -> BoxFuture<'_, Result<Option<IncomingMessage>, DeliveryError>>;

    /// The last messages of a channel, at most this many of 1,000, the newest first.
    fn recent_messages(
        &self,
        channel: ChannelId,
        limit: u16,
    ) -> BoxFuture<'_, Result<Vec<IncomingMessage>, DeliveryError>>;
}

/// A member as Discord knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownMember {
    /// The account.
    pub user: UserId,
    /// The name that others see in the guild.
    pub name: String,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// The roles, but for everyone's.
    pub roles: Vec<RoleId>,
    /// When the user became a member.
    pub joined_at: Option<Timestamp>,
    /// Until when the member is timed out, which may be over already.
    pub timed_out_until: Option<Timestamp>,
}

impl KnownMember {
    /// A person without roles.
    #[must_use]
    pub fn named(user: UserId, name: impl Into<String>) -> Self {
        Self {
            user,
            name: name.into(),
            is_bot: false,
            roles: Vec::new(),
            joined_at: None,
            timed_out_until: None,
        }
    }

    /// Whether the member is timed out at this moment.
    #[must_use]
    pub fn is_timed_out(&self, at: Timestamp) -> bool {
        self.timed_out_until.is_some_and(|until| until > at)
    }
}
