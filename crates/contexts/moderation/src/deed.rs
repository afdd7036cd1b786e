//! What must happen in Discord because of a decision. A use case returns it; a flow turns it into effects.

use kernel::{ChannelId, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Something that must happen in Discord.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Deed {
    /// Remove a message.
    DeleteMessage {
        /// Where.
        channel: ChannelId,
        /// Which.
        message: MessageId,
    },
    /// Stop a member from writing.
    Timeout {
        /// Whom.
        user: UserId,
        /// Until this moment, in microseconds.
        until_micros: i64,
    },
    /// Let a member write again.
    LiftTimeout {
        /// Whom.
        user: UserId,
    },
    /// Remove a member.
    Kick {
        /// Whom.
        user: UserId,
    },
    /// Ban a user.
    Ban {
        /// Whom.
        user: UserId,
        /// Their messages of this time go as well.
        delete_seconds: u32,
    },
    /// Let a user come back.
    Unban {
        /// Whom.
        user: UserId,
    },
    /// Post a removed message again, with its author's name.
    Repost {
        /// Where.
        channel: ChannelId,
        /// Who wrote it.
        user: UserId,
        /// What it said.
        text: String,
    },
    /// Remove the latest messages of a channel.
    Purge {
        /// Where.
        channel: ChannelId,
        /// How many.
        count: u32,
        /// Only those of this user.
        user: Option<UserId>,
    },
    /// Let each member write only so often.
    Slowmode {
        /// Where.
        channel: ChannelId,
        /// The time between two messages; zero for none.
        seconds: u32,
    },
    /// Stop or let everyone write in a channel.
    Lockdown {
        /// Where.
        channel: ChannelId,
        /// Whether nobody may write.
        locked: bool,
    },
    /// Tell a member, in a direct message.
    Tell {
        /// Whom.
        user: UserId,
        /// What.
        text: String,
    },
}

impl Deed {
    /// A time-out until this moment.
    #[must_use]
    pub const fn timeout(user: UserId, until: Timestamp) -> Self {
        Self::Timeout {
            user,
            until_micros: until.micros(),
        }
    }

    /// The kind, as an audit entry's effect spells it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::DeleteMessage { .. } => "delete_message",
            Self::Timeout { .. } => "timeout",
            Self::LiftTimeout { .. } => "lift_timeout",
            Self::Kick { .. } => "kick",
            Self::Ban { .. } => "ban",
            Self::Unban { .. } => "unban",
            Self::Repost { .. } => "repost",
            Self::Purge { .. } => "purge",
            Self::Slowmode { .. } => "slowmode",
            Self::Lockdown { .. } => "lockdown",
            Self::Tell { .. } => "tell",
        }
    }
}
