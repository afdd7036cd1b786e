//! Discord's permissions as a set of bits.

/// A set of Discord permissions, as Discord's bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);
    /// Every permission there is or will be.
    pub const ALL: Self = Self(u64::MAX);
    /// Kick members.
    pub const KICK_MEMBERS: Self = Self(1 << 1);
    /// Ban members.
    pub const BAN_MEMBERS: Self = Self(1 << 2);
    /// Everything, whatever else is denied.
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    /// Change and delete channels.
    pub const MANAGE_CHANNELS: Self = Self(1 << 4);
    /// Change the server's settings.
    pub const MANAGE_GUILD: Self = Self(1 << 5);
    /// React with an emoji that nobody used yet.
    pub const ADD_REACTIONS: Self = Self(1 << 6);
    /// Read the server's audit log.
    pub const VIEW_AUDIT_LOG: Self = Self(1 << 7);
    /// See a channel.
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    /// Write messages.
    pub const SEND_MESSAGES: Self = Self(1 << 11);
    /// Have messages read aloud.
    pub const SEND_TTS_MESSAGES: Self = Self(1 << 12);
    /// Delete others' messages.
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    /// Have links shown as embeds.
    pub const EMBED_LINKS: Self = Self(1 << 14);
    /// Upload files.
    pub const ATTACH_FILES: Self = Self(1 << 15);
    /// Read what was written before.
    pub const READ_MESSAGE_HISTORY: Self = Self(1 << 16);
    /// Mention everyone.
    pub const MENTION_EVERYONE: Self = Self(1 << 17);
    /// Join a voice channel, and read its chat.
    pub const CONNECT: Self = Self(1 << 20);
    /// Change one's own nickname.
    pub const CHANGE_NICKNAME: Self = Self(1 << 26);
    /// Change others' nicknames.
    pub const MANAGE_NICKNAMES: Self = Self(1 << 27);
    /// Change roles below one's own, and channels' permissions.
    pub const MANAGE_ROLES: Self = Self(1 << 28);
    /// Change webhooks.
    pub const MANAGE_WEBHOOKS: Self = Self(1 << 29);
    /// Change threads, and see private ones.
    pub const MANAGE_THREADS: Self = Self(1 << 34);
    /// Write messages in threads.
    pub const SEND_MESSAGES_IN_THREADS: Self = Self(1 << 38);
    /// Time members out.
    pub const MODERATE_MEMBERS: Self = Self(1 << 40);

    /// The permissions that have a name here, as Discord's settings write them.
    const NAMED: [(Self, &'static str); 23] = [
        (Self::ADMINISTRATOR, "Administrator"),
        (Self::VIEW_CHANNEL, "View Channels"),
        (Self::SEND_MESSAGES, "Send Messages"),
        (Self::SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
        (Self::READ_MESSAGE_HISTORY, "Read Message History"),
        (Self::EMBED_LINKS, "Embed Links"),
        (Self::ATTACH_FILES, "Attach Files"),
        (Self::ADD_REACTIONS, "Add Reactions"),
        (Self::MANAGE_MESSAGES, "Manage Messages"),
        (Self::MANAGE_THREADS, "Manage Threads"),
        (Self::MANAGE_CHANNELS, "Manage Channels"),
        (Self::MANAGE_ROLES, "Manage Roles"),
        (Self::MANAGE_GUILD, "Manage Server"),
        (Self::MANAGE_WEBHOOKS, "Manage Webhooks"),
        (Self::MANAGE_NICKNAMES, "Manage Nicknames"),
        (Self::CHANGE_NICKNAME, "Change Nickname"),
        (Self::MODERATE_MEMBERS, "Time out members"),
        (Self::KICK_MEMBERS, "Kick Members"),
        (Self::BAN_MEMBERS, "Ban Members"),
        (Self::VIEW_AUDIT_LOG, "View Audit Log"),
        (Self::MENTION_EVERYONE, "Mention Everyone"),
        (Self::SEND_TTS_MESSAGES, "Send Text-to-Speech Messages"),
        (Self::CONNECT, "Connect"),
    ];

    /// The set with these bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without the other's.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What both sets hold.
    #[must_use]
    pub const fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of `wanted` are held; administrators hold every one.
    #[must_use]
    pub const fn allow(self, wanted: Self) -> bool {
        self.0 & Self::ADMINISTRATOR.0 != 0 || self.0 & wanted.0 == wanted.0
    }

    /// Which of `wanted` are not held.
    #[must_use]
    pub const fn lacking(self, wanted: Self) -> Self {
        if self.allow(wanted) {
            return Self::NONE;
        }
        wanted.without(self)
    }

    /// What is left of these during a time-out; administrators can't be timed out.
    #[must_use]
    pub const fn timed_out(self) -> Self {
        if self.0 & Self::ADMINISTRATOR.0 != 0 {
            return self;
        }
        self.only(Self::VIEW_CHANNEL.and(Self::READ_MESSAGE_HISTORY))
    }

    /// The names of the permissions in this set, as Discord's settings write them.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let held = |(permission, _): &&(Self, &str)| self.0 & permission.0 != 0;
        let named = Self::NAMED.iter().filter(held);
        named.map(|(_, name)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Permissions;

    #[test]
    fn what_is_lacking_is_named_as_discord_names_it() {
        let held = Permissions::VIEW_CHANNEL.and(Permissions::SEND_MESSAGES);
        let wanted = held.and(Permissions::MODERATE_MEMBERS);
        assert_eq!(held.lacking(wanted).names(), ["Time out members"]);
        assert_eq!(
            Permissions::ADMINISTRATOR.lacking(wanted),
            Permissions::NONE
        );
    }

    #[test]
    fn a_time_out_leaves_reading() {
        let held = Permissions::from_bits(u64::MAX).without(Permissions::ADMINISTRATOR);
        let left = Permissions::VIEW_CHANNEL.and(Permissions::READ_MESSAGE_HISTORY);
        assert_eq!(held.timed_out(), left);
        assert_eq!(
            Permissions::ADMINISTRATOR.timed_out(),
            Permissions::ADMINISTRATOR
        );
    }
}
