//! Ways from a reply into the dashboard. What is meant is kept, not its address: that may change until the reply leaves.

use kernel::{GuildId, UserId};
use serde::{Deserialize, Serialize};

/// A button that opens a page of the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What stands on it.
    pub label: String,
    /// Where it leads.
    pub page: Page,
}

/// A page of the dashboard that a reply can lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// How a server is.
    Overview(GuildId),
    /// What is set in it.
    Settings(GuildId),
    /// The receipt of a decision, by the number of its entry.
    Receipt(GuildId, i64),
    /// A case, by its number.
    Case(GuildId, i64),
    /// Every coin of a member.
    Statement(GuildId, UserId),
}

impl Page {
    /// Its path below the dashboard's address.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Overview(guild) => format!("/dashboard/guilds/{guild}"),
            Self::Settings(guild) => format!("/dashboard/guilds/{guild}/settings"),
            Self::Receipt(guild, entry) => format!("/dashboard/guilds/{guild}/why/{entry}"),
            Self::Case(guild, number) => {
                format!("/dashboard/guilds/{guild}/moderation/cases/{number}")
            }
            Self::Statement(guild, user) => {
                format!("/dashboard/guilds/{guild}/members/{user}/statement")
            }
        }
    }
}
