//! The names of members, for those who show lists of them: looked up together, and never waited for long.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use chat::{GuildView, Permissions};
use kernel::{ChannelId, GuildId, UserId};

use crate::{Core, Viewer};

/// The most members that one list asks about.
pub const NAMES_MAX: usize = 200;
/// Members that one search by name finds, at most.
const NAMED_MAX: u16 = 8;
/// The most characters of a name: what Discord allows.
const NAME_LENGTH_MAX: usize = 32;
/// How long a search waits for Discord.
const SEARCH_WAITS: Duration = Duration::from_secs(2);
/// How long a page waits for names; most are in memory, and it shows an id where it has none.
const WAITS: Duration = Duration::from_millis(400);

impl Core {
    /// A guild's roles and channels as they are known, without asking anybody.
    #[must_use]
    pub fn guild_view(&self, guild: GuildId) -> Option<Arc<GuildView>> {
        self.directory()?.known_guild(guild)
    }

    /// The channels of a guild that somebody may read; of an operator all. What cannot be looked up may not be read.
    pub async fn channels_read(&self, guild: GuildId, viewer: &Viewer) -> BTreeSet<ChannelId> {
        self.channels_held(guild, viewer, Permissions::VIEW_CHANNEL)
            .await
    }

    /// The channels of a guild where somebody holds all of these permissions; of an operator all.
    pub(crate) async fn channels_held(
        &self,
        guild: GuildId,
        viewer: &Viewer,
        wanted: Permissions,
    ) -> BTreeSet<ChannelId> {
        let Some(view) = self.guild_view(guild) else {
            return BTreeSet::new();
        };
        let all = view.channels.iter().map(|channel| channel.id);
        if viewer.is_operator {
            return all.collect();
        }
        let member = match self.directory() {
            Some(directory) => directory.member(guild, viewer.session.user).await,
            None => Ok(None),
        };
        let Ok(Some(member)) = member else {
            return BTreeSet::new();
        };
        let at = self.clock().now();
        let holds = |channel: &ChannelId| {
            let held = view.permissions_at(&member, Some(*channel), at);
            held.allow(wanted)
        };
        all.filter(holds).collect()
    }

    /// Members with a name that begins like this, by name, people before bots. Discord compares; who can't be asked in
    /// time is left out.
    pub async fn members_named(&self, guild: GuildId, beginning: &str) -> Vec<(UserId, String)> {
        let beginning: String = beginning.trim().chars().take(NAME_LENGTH_MAX).collect();
        let Some(directory) = self.directory().filter(|_| !beginning.is_empty()) else {
            return Vec::new();
        };
        let asked = directory.members_named(guild, &beginning, NAMED_MAX);
        let mut found = match tokio::time::timeout(SEARCH_WAITS, asked).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::warn!(%error, "members could not be looked for by name");
                Vec::new()
            }
            Err(_) => Vec::new(),
        };
        found.sort_by_cached_key(|member| (member.is_bot, member.name.to_lowercase(), member.user));
        let pairs = found.into_iter().map(|member| (member.user, member.name));
        pairs.collect()
    }

    /// What members are called in a guild. Whoever can't be looked up in time, or is no member, is left out.
    pub async fn member_names(
        &self,
        guild: GuildId,
        users: impl IntoIterator<Item = UserId>,
    ) -> BTreeMap<UserId, String> {
        let Some(directory) = self.directory() else {
            return BTreeMap::new();
        };
        let asked: BTreeSet<UserId> = users.into_iter().take(NAMES_MAX).collect();
        directory.member_names(guild, &asked, WAITS).await
    }
}
