//! The ports through which effects leave and members are looked up.

use std::{fmt, future::Future, pin::Pin};

use kernel::{GuildId, MessageId, Span, UserId};

use crate::Effect;

/// A future of a port.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries effects out to Discord, within its limits.
pub trait Courier: Send + Sync + fmt::Debug {
    /// Sends one effect; waits for limits, and repeats where that is safe.
    fn deliver<'a>(&'a self, effect: &'a Effect)
    -> BoxFuture<'a, Result<Delivered, DeliveryError>>;
}

/// How an effect was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// As asked.
    Done {
        /// The message that came of it, where Discord said.
        message: Option<MessageId>,
    },
    /// The interaction was void, so a public answer followed in the channel.
    Followed {
        /// The message that came of it, where Discord said.
        message: Option<MessageId>,
    },
    /// The interaction was void and the answer private: it is shown to nobody else.
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
        /// Not before this has passed, where Discord said.
        after: Option<Span>,
    },
    /// It never will.
    #[error("not deliverable: {reason}")]
    Never {
        /// Discord's code and words, or ours.
        reason: String,
    },
}

/// Looks members up.
pub trait Directory: Send + Sync + fmt::Debug {
    /// The member, or nothing where the user is none.
    fn member(
        &self,
        guild: GuildId,
        user: UserId,
    ) -> BoxFuture<'_, Result<Option<KnownMember>, DeliveryError>>;
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
}
