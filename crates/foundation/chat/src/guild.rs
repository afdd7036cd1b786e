//! A guild as it is known: roles, channels, and what a member may do where.
//!
//! The calculus is Discord's own: the owner and administrators may everything; else the roles' permissions, then the
//! channel's overwrites for everyone, for the roles, and for the member, in this order. A channel that is not known
//! allows nothing. Not here: where a view comes from, and how fresh it is.

use kernel::{ChannelId, GuildId, RoleId, Timestamp, UserId};

use crate::{KnownMember, Permissions};

/// A guild as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuildView {
    /// The guild.
    pub id: GuildId,
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: UserId,
    /// Its roles, in no order; the one with the guild's id is everyone's.
    pub roles: Vec<RoleView>,
    /// Its channels and the threads that are known, in no order.
    pub channels: Vec<ChannelView>,
    /// The bot that knows it.
    pub me: UserId,
    /// That bot's roles in it.
    pub my_roles: Vec<RoleId>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleView {
    /// The role.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// How high it stands.
    pub position: i64,
    /// What it allows.
    pub permissions: Permissions,
    /// Whether it belongs to a bot or an integration, and can't be given.
    pub is_managed: bool,
}

/// A channel or thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelView {
    /// The channel.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
    /// The category it stands in, or the channel whose thread it is.
    pub parent: Option<ChannelId>,
    /// Where it stands among its neighbours.
    pub position: i64,
    /// Whether it is for adults alone.
    pub is_nsfw: bool,
    /// How many seconds a member waits between messages.
    pub slowmode_seconds: u32,
    /// What it changes for whom.
    pub overwrites: Vec<Overwrite>,
}

/// What a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// For text.
    Text,
    /// For voice, with a chat.
    Voice,
    /// Holds others.
    Category,
    /// For text that other servers follow.
    Announcement,
    /// A thread that whoever sees the channel can read.
    Thread,
    /// A thread for those invited.
    PrivateThread,
    /// A forum or media channel: threads alone.
    Forum,
    /// Something else.
    Other,
}

/// What a channel changes for a role or a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overwrite {
    /// For whom.
    pub subject: OverwriteFor,
    /// What it allows.
    pub allow: Permissions,
    /// What it denies.
    pub deny: Permissions,
}

/// For whom a channel changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverwriteFor {
    /// Those with a role.
    Role(RoleId),
    /// One member.
    Member(UserId),
}

impl ChannelKind {
    /// Whether it is a thread.
    #[must_use]
    pub const fn is_thread(self) -> bool {
        matches!(self, Self::Thread | Self::PrivateThread)
    }

    /// Whether messages are written in it.
    #[must_use]
    pub const fn holds_messages(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Voice | Self::Announcement | Self::Thread | Self::PrivateThread
        )
    }
}

impl GuildView {
    /// The channel or thread.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> Option<&ChannelView> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// The role.
    #[must_use]
    pub fn role(&self, id: RoleId) -> Option<&RoleView> {
        self.roles.iter().find(|role| role.id == id)
    }

    /// The channel whose thread this is.
    #[must_use]
    pub fn thread_of(&self, id: ChannelId) -> Option<ChannelId> {
        let channel = self.channel(id)?;
        channel.parent.filter(|_| channel.kind.is_thread())
    }

    /// What a user with these roles may do in a channel, or in the guild where none is named. Of a time-out it knows
    /// nothing; see [`GuildView::permissions_at`].
    #[must_use]
    pub fn permissions(
        &self,
        user: UserId,
        roles: &[RoleId],
        channel: Option<ChannelId>,
    ) -> Permissions {
        if user == self.owner {
            return Permissions::ALL;
        }
        let base = self.base(roles);
        if base.allow(Permissions::ADMINISTRATOR) {
            return Permissions::ALL;
        }
        let Some(id) = channel else {
            return base;
        };
        let Some(channel) = self.channel(id) else {
            return Permissions::NONE;
        };
        // A thread has no overwrites: its channel's hold.
        let Some(ruling) = self.ruling(channel) else {
            return Permissions::NONE;
        };
        settled(self.overwritten(base, user, roles, ruling), channel.kind)
    }

    /// What a member may do in a channel at a moment: less during a time-out.
    #[must_use]
    pub fn permissions_at(
        &self,
        member: &KnownMember,
        channel: Option<ChannelId>,
        at: Timestamp,
    ) -> Permissions {
        let permissions = self.permissions(member.user, &member.roles, channel);
        if member.is_timed_out(at) {
            return permissions.timed_out();
        }
        permissions
    }

    /// What the bot may do in a channel, or in the guild where none is named.
    #[must_use]
    pub fn my_permissions(&self, channel: Option<ChannelId>) -> Permissions {
        self.permissions(self.me, &self.my_roles, channel)
    }

    /// Whether a member without any role may read a channel. A private thread, or one that is not known, is read by
    /// those invited alone.
    #[must_use]
    pub fn everyone_may_read(&self, channel: ChannelId) -> bool {
        let Some(view) = self.channel(channel) else {
            return false;
        };
        let Some(ruling) = self.ruling(view) else {
            return false;
        };
        let Ok(everyone) = RoleId::new(self.id.get()) else {
            return false;
        };
        let base = self.base(&[]);
        if base.allow(Permissions::ADMINISTRATOR) {
            return view.kind != ChannelKind::PrivateThread;
        }
        let own = ruling.over(OverwriteFor::Role(everyone));
        let held = own.map_or(base, |own| own.apply(base));
        let needed = if ruling.kind == ChannelKind::Voice {
            Permissions::VIEW_CHANNEL.and(Permissions::CONNECT)
        } else {
            Permissions::VIEW_CHANNEL
        };
        view.kind != ChannelKind::PrivateThread && held.allow(needed)
    }

    /// How high the highest of these roles stands; everyone's role stands at zero.
    #[must_use]
    pub fn top_position(&self, roles: &[RoleId]) -> i64 {
        self.rank(roles).0
    }

    /// Whether one user may act on another as far as roles go: the owner on all, nobody on the owner, and else who
    /// has the higher highest role. Nobody outranks themselves.
    #[must_use]
    pub fn outranks(
        &self,
        (actor, actor_roles): (UserId, &[RoleId]),
        (target, target_roles): (UserId, &[RoleId]),
    ) -> bool {
        if actor == target || target == self.owner {
            return false;
        }
        actor == self.owner || self.rank(actor_roles) > self.rank(target_roles)
    }

    /// Whether the bot may act on a user with these roles, as far as roles go.
    #[must_use]
    pub fn i_outrank(&self, target: UserId, roles: &[RoleId]) -> bool {
        self.outranks((self.me, &self.my_roles), (target, roles))
    }

    /// The highest of these roles.
    #[must_use]
    pub fn top_role(&self, roles: &[RoleId]) -> Option<&RoleView> {
        let held = self.roles.iter().filter(|role| roles.contains(&role.id));
        held.max_by_key(|role| rank_of(role))
    }

    fn rank(&self, roles: &[RoleId]) -> (i64, std::cmp::Reverse<u64>) {
        let lowest = (0, std::cmp::Reverse(u64::MAX));
        self.top_role(roles).map_or(lowest, rank_of)
    }

    /// What everyone's role and these allow in the guild.
    fn base(&self, roles: &[RoleId]) -> Permissions {
        let held = self
            .roles
            .iter()
            .filter(|role| role.id.get() == self.id.get() || roles.contains(&role.id));
        held.fold(Permissions::NONE, |sum, role| sum.and(role.permissions))
    }

    /// The channel whose overwrites hold: a thread's parent, else the channel itself.
    fn ruling<'v>(&'v self, channel: &'v ChannelView) -> Option<&'v ChannelView> {
        if channel.kind.is_thread() {
            return self.channel(channel.parent?);
        }
        Some(channel)
    }

    fn overwritten(
        &self,
        base: Permissions,
        user: UserId,
        roles: &[RoleId],
        channel: &ChannelView,
    ) -> Permissions {
        let everyone = RoleId::new(self.id.get())
            .ok()
            .and_then(|everyone| channel.over(OverwriteFor::Role(everyone)));
        let base = everyone.map_or(base, |everyone| everyone.apply(base));
        let of_roles = channel.overwrites.iter().filter(|overwrite| {
            matches!(overwrite.subject, OverwriteFor::Role(role)
                if role.get() != self.id.get() && roles.contains(&role))
        });
        let (allow, deny) = of_roles.fold(
            (Permissions::NONE, Permissions::NONE),
            |(allow, deny), overwrite| (allow.and(overwrite.allow), deny.and(overwrite.deny)),
        );
        let base = base.without(deny).and(allow);
        let own = channel.over(OverwriteFor::Member(user));
        own.map_or(base, |own| own.apply(base))
    }
}

/// Of two roles at one position, Discord takes the older as the higher.
const fn rank_of(role: &RoleView) -> (i64, std::cmp::Reverse<u64>) {
    (role.position, std::cmp::Reverse(role.id.get()))
}

/// What else goes with what is denied: who can't see a channel can do nothing there, and who can't write can't upload.
const fn settled(held: Permissions, kind: ChannelKind) -> Permissions {
    if !held.allow(Permissions::VIEW_CHANNEL) {
        return Permissions::NONE;
    }
    let writing = if kind.is_thread() {
        Permissions::SEND_MESSAGES_IN_THREADS
    } else {
        Permissions::SEND_MESSAGES
    };
    if held.allow(writing) {
        return held;
    }
    held.without(
        Permissions::MENTION_EVERYONE
            .and(Permissions::SEND_TTS_MESSAGES)
            .and(Permissions::ATTACH_FILES)
            .and(Permissions::EMBED_LINKS),
    )
}

impl ChannelView {
    fn over(&self, subject: OverwriteFor) -> Option<&Overwrite> {
        let mut overwrites = self.overwrites.iter();
        overwrites.find(|overwrite| overwrite.subject == subject)
    }
}

impl Overwrite {
    const fn apply(&self, base: Permissions) -> Permissions {
        base.without(self.deny).and(self.allow)
    }
}

#[cfg(test)]
mod tests;
