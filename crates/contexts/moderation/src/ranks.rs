//! Who may do what to whom: Discord's permissions and the order of roles, checked for the asker and for the bot.

use chat::{GuildView, KnownMember, Permissions};
use kernel::{ChannelId, Fault, FaultKind, RoleId, Told, UserId};

/// Where somebody stands in a guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// Whether the guild is theirs.
    pub is_owner: bool,
    /// The position of their highest role; zero without one.
    pub top_role: i64,
    /// What they may do.
    pub permissions: Permissions,
}

/// Everybody who matters for a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranks {
    /// Who asks.
    pub asker: Rank,
    /// Whom it is about; nobody where they are no member, or it is about a channel.
    pub target: Option<Rank>,
    /// The bot.
    pub bot: Rank,
    /// Whether the asker means themselves.
    pub is_self: bool,
    /// Whether the asker means the bot.
    pub is_bot_itself: bool,
}

impl Rank {
    /// Where a user with these roles stands, in a channel where one is named.
    #[must_use]
    pub fn of(
        view: &GuildView,
        user: UserId,
        roles: &[RoleId],
        channel: Option<ChannelId>,
    ) -> Self {
        Self {
            is_owner: view.owner == user,
            top_role: view.top_position(roles),
            permissions: view.permissions(user, roles, channel),
        }
    }
}

impl Ranks {
    /// Where everybody stands, as the guild is known. `member` is the target, where it is a member.
    #[must_use]
    pub fn of(
        view: &GuildView,
        (asker, roles): (UserId, &[RoleId]),
        (target, member): (Option<UserId>, Option<&KnownMember>),
        channel: Option<ChannelId>,
    ) -> Self {
        Self {
            asker: Rank::of(view, asker, roles, channel),
            target: member.map(|member| Rank::of(view, member.user, &member.roles, channel)),
            bot: Rank::of(view, view.me, &view.my_roles, channel),
            is_self: target == Some(asker),
            is_bot_itself: target == Some(view.me),
        }
    }
}

/// What is to be done, as far as permissions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// Warn, look at cases, note, undo.
    Warn,
    /// Time out.
    Timeout,
    /// Kick.
    Kick,
    /// Ban or lift a ban.
    Ban,
    /// Remove messages.
    Purge,
    /// Change a channel.
    Channel,
}

impl Power {
    /// Discord's permission for it.
    #[must_use]
    pub const fn needs(self) -> Permissions {
        match self {
            Self::Warn | Self::Timeout => Permissions::MODERATE_MEMBERS,
            Self::Kick => Permissions::KICK_MEMBERS,
            Self::Ban => Permissions::BAN_MEMBERS,
            Self::Purge => Permissions::MANAGE_MESSAGES,
            Self::Channel => Permissions::MANAGE_CHANNELS,
        }
    }

    /// The permission's name as Discord shows it.
    #[must_use]
    pub const fn permission(self) -> &'static str {
        match self {
            Self::Warn | Self::Timeout => "Timeout Members",
            Self::Kick => "Kick Members",
            Self::Ban => "Ban Members",
            Self::Purge => "Manage Messages",
            Self::Channel => "Manage Channels",
        }
    }
}

/// Why something may not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The asker lacks the permission.
    #[error("the asker lacks the permission {0}")]
    AskerLacks(&'static str),
    /// The bot lacks the permission.
    #[error("the bot lacks the permission {0}")]
    BotLacks(&'static str),
    /// The asker means themselves.
    #[error("the asker means themselves")]
    Oneself,
    /// The asker means the bot.
    #[error("the asker means the bot")]
    TheBot,
    /// The owner is beyond every measure.
    #[error("the target owns the guild")]
    TheOwner,
    /// The target's highest role is not below the asker's.
    #[error("the target's highest role is not below the asker's")]
    AskerTooLow,
    /// The target's highest role is not below the bot's.
    #[error("the target's highest role is not below the bot's")]
    BotTooLow,
    /// Administrators can't be timed out.
    #[error("the target is an administrator, whom Discord does not time out")]
    Administrator,
}

impl Fault for Refusal {
    fn kind(&self) -> FaultKind {
        FaultKind::Forbidden
    }

    fn told(&self) -> Told {
        match self {
            Self::AskerLacks(permission) => {
                Told::new("moderation-asker-lacks").with("permission", *permission)
            }
            Self::BotLacks(permission) => {
                Told::new("moderation-bot-lacks").with("permission", *permission)
            }
            Self::Oneself => Told::new("moderation-oneself"),
            Self::TheBot => Told::new("moderation-the-bot"),
            Self::TheOwner => Told::new("moderation-the-owner"),
            Self::AskerTooLow => Told::new("moderation-asker-too-low"),
            Self::BotTooLow => Told::new("moderation-bot-too-low"),
            Self::Administrator => Told::new("moderation-administrator"),
        }
    }
}

/// Whether something may be done: the asker first, then the bot.
///
/// # Errors
/// With the first reason why not.
pub fn may_act(ranks: &Ranks, power: Power) -> Result<(), Refusal> {
    let has = |rank: &Rank| rank.is_owner || rank.permissions.allow(power.needs());
    if !has(&ranks.asker) {
        return Err(Refusal::AskerLacks(power.permission()));
    }
    let is_about_member = matches!(
        power,
        Power::Warn | Power::Timeout | Power::Kick | Power::Ban
    );
    if is_about_member {
        may_touch(ranks, power)?;
    }
    // A warning is only written down: the bot needs nothing for it.
    if power != Power::Warn && !has(&ranks.bot) {
        return Err(Refusal::BotLacks(power.permission()));
    }
    Ok(())
}

fn may_touch(ranks: &Ranks, power: Power) -> Result<(), Refusal> {
    if ranks.is_self {
        return Err(Refusal::Oneself);
    }
    if ranks.is_bot_itself {
        return Err(Refusal::TheBot);
    }
    let Some(target) = &ranks.target else {
        return Ok(());
    };
    if target.is_owner {
        return Err(Refusal::TheOwner);
    }
    if !ranks.asker.is_owner && target.top_role >= ranks.asker.top_role {
        return Err(Refusal::AskerTooLow);
    }
    if power == Power::Timeout && target.permissions.allow(Permissions::ADMINISTRATOR) {
        return Err(Refusal::Administrator);
    }
    if power != Power::Warn && !ranks.bot.is_owner && target.top_role >= ranks.bot.top_role {
        return Err(Refusal::BotTooLow);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chat::Permissions;

    use super::{Power, Rank, Ranks, Refusal, may_act};

    const ALL: Permissions = Permissions::from_bits(!(1 << 3));

    fn rank(top_role: i64, permissions: Permissions) -> Rank {
        Rank {
            is_owner: false,
            top_role,
            permissions,
        }
    }

    fn ranks(asker: i64, target: i64, bot: i64) -> Ranks {
        Ranks {
            asker: rank(asker, ALL),
            target: Some(rank(target, Permissions::NONE)),
            bot: rank(bot, ALL),
            is_self: false,
            is_bot_itself: false,
        }
    }

    #[test]
    fn m9_nobody_acts_on_their_equals_or_betters() {
        assert_eq!(may_act(&ranks(5, 4, 9), Power::Ban), Ok(()));
        assert_eq!(
            may_act(&ranks(5, 5, 9), Power::Warn),
            Err(Refusal::AskerTooLow)
        );
        assert_eq!(
            may_act(&ranks(5, 6, 9), Power::Kick),
            Err(Refusal::AskerTooLow)
        );
        assert_eq!(
            may_act(&ranks(5, 4, 4), Power::Timeout),
            Err(Refusal::BotTooLow)
        );
        assert_eq!(
            may_act(&ranks(5, 4, 3), Power::Warn),
            Ok(()),
            "a warning needs no bot"
        );
        let mut owned = ranks(1, 4, 9);
        owned.asker.is_owner = true;
        assert_eq!(may_act(&owned, Power::Ban), Ok(()));
        let mut owner = ranks(9, 0, 9);
        owner.target = Some(Rank {
            is_owner: true,
            ..rank(0, ALL)
        });
        assert_eq!(may_act(&owner, Power::Ban), Err(Refusal::TheOwner));
    }

    #[test]
    fn permissions_are_asked_of_asker_and_bot() {
        for power in [
            Power::Warn,
            Power::Timeout,
            Power::Kick,
            Power::Ban,
            Power::Purge,
            Power::Channel,
        ] {
            let mut weak = ranks(5, 1, 9);
            weak.asker.permissions = Permissions::from_bits(ALL.bits() & !power.needs().bits());
            assert_eq!(
                may_act(&weak, power),
                Err(Refusal::AskerLacks(power.permission()))
            );
            let mut helpless = ranks(5, 1, 9);
            helpless.bot.permissions = Permissions::NONE;
            let bot = may_act(&helpless, power);
            let wanted = if power == Power::Warn {
                Ok(())
            } else {
                Err(Refusal::BotLacks(power.permission()))
            };
            assert_eq!(bot, wanted);
        }
        let mut admin = ranks(5, 1, 9);
        admin.target = Some(rank(1, Permissions::ADMINISTRATOR));
        assert_eq!(may_act(&admin, Power::Timeout), Err(Refusal::Administrator));
        let mut own = ranks(5, 1, 9);
        own.is_self = true;
        assert_eq!(may_act(&own, Power::Warn), Err(Refusal::Oneself));
        own.is_self = false;
        own.is_bot_itself = true;
        assert_eq!(may_act(&own, Power::Kick), Err(Refusal::TheBot));
    }
}
