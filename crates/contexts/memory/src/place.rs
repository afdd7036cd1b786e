//! Where something was said, who may see it there, and who looks now.

use kernel::{ChannelId, GuildId, UserId};

/// Where what was said may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Anywhere in the guild: it was said where everyone may read.
    Guild,
    /// In its channel only.
    Channel,
}

impl Scope {
    /// The name as it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guild => "guild",
            Self::Channel => "channel",
        }
    }

    /// The scope of this name; anything unknown is the narrower one.
    pub(crate) fn of_name(name: &str) -> Self {
        if name == "guild" {
            Self::Guild
        } else {
            Self::Channel
        }
    }
}

/// A channel, and whether everyone may read there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The channel or thread.
    pub channel: ChannelId,
    /// Where what is said there may be used.
    pub scope: Scope,
}

/// Who asks, and where the answer will be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// The guild.
    pub guild: GuildId,
    /// The asker.
    pub user: UserId,
    /// Where the answer will stand.
    pub channel: ChannelId,
}

impl Viewer {
    /// Whether what was said in `channel` may be used for this viewer's answer.
    pub(crate) fn may_read(&self, scope: Scope, channel: ChannelId) -> bool {
        scope == Scope::Guild || channel == self.channel
    }
}
