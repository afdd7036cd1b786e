//! What a person who is signed in may see and do in a guild: asked of the bot's own view of it, at each request.
//!
//! Nothing is kept here. The directory believes a member for a minute at most, and takes changes of members and roles
//! in as they are told; so whoever loses a role loses what it opened at once, and within a minute where Discord tells
//! the bot nothing of members. What cannot be looked up is not allowed.

use std::collections::HashSet;

use chat::{DeliveryError, GuildView, KnownMember, Permissions};
use futures_util::{StreamExt, stream};
use kernel::{Fault, FaultKind, GuildId, RoleId, Timestamp, Told, UserId};
use moderation::Reach;
use platform::{Dashboard, Session};
use store::DbError;

use crate::{Core, KnownGuild};

/// Guilds of one person that are looked up at a time.
const LOOKED_UP_AT_ONCE: usize = 8;
/// Guilds that are listed at most.
pub const GUILDS_LISTED_MAX: usize = 200;

/// Who looks at the dashboard.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Their session.
    pub session: Session,
    /// Whether they operate this installation.
    pub is_operator: bool,
}

/// What somebody is in a guild; each sees what those before it see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A member: what concerns themselves.
    Member,
    /// Who may time members out, or delete their messages.
    Moderator,
    /// The owner, and who may manage the server.
    Manager,
    /// Who runs this installation.
    Operator,
}

/// Whether somebody may change what they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// They may look.
    Read,
    /// They may change it.
    Manage,
}

/// What somebody is in a guild, and whether they may change what they see there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standing {
    /// What they are.
    pub role: Role,
    /// Whether they may change things.
    pub access: Access,
    /// Whether they may take cases back, as Discord's own permission for it says.
    pub keeps_cases: bool,
    /// Whether they may ban: who may not, lifts no ban by taking a case back either.
    pub bans: bool,
}

/// A guild that somebody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenGuild {
    /// The guild.
    pub id: GuildId,
    /// Its name and size.
    pub known: KnownGuild,
    /// What they are in it.
    pub standing: Standing,
}

/// The guilds that somebody may see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenGuilds {
    /// By name.
    pub guilds: Vec<SeenGuild>,
    /// How many could not be looked up, and are missing.
    pub unknown: usize,
}

/// Why it is not known what somebody may do.
#[derive(Debug, thiserror::Error)]
pub enum RightsError {
    /// Discord does not say.
    #[error("what a member may do could not be looked up: {0}")]
    Discord(#[from] DeliveryError),
    /// No bot is connected that could look it up.
    #[error("what a member may do could not be looked up: no bot is connected")]
    NoBot,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for RightsError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Discord(_) | Self::NoBot => FaultKind::Unavailable,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Discord(_) | Self::NoBot => Told::new("app-rights-unknown"),
            Self::Store(error) => error.told(),
        }
    }
}

impl Standing {
    const OPERATOR: Self = Self {
        role: Role::Operator,
        access: Access::Manage,
        keeps_cases: true,
        bans: true,
    };

    /// Whether this is enough for what asks for a role and an access.
    #[must_use]
    pub fn suffices(self, role: Role, access: Access) -> bool {
        self.role >= role && self.access >= access
    }

    /// How far they may take cases back; nothing where they may not at all.
    #[must_use]
    pub const fn reach(self) -> Option<Reach> {
        match (self.keeps_cases, self.bans) {
            (false, _) => None,
            (true, false) => Some(Reach::NoBans),
            (true, true) => Some(Reach::Everything),
        }
    }
}

/// What a member is in a guild at a moment.
fn standing_of(
    view: &GuildView,
    member: &KnownMember,
    dashboard: &Dashboard,
    at: Timestamp,
) -> Standing {
    let held = view.permissions_at(member, None, at);
    standing_with(held, &member.roles, dashboard)
}

/// What permissions and roles make of whoever holds them.
fn standing_with(held: Permissions, roles: &[RoleId], dashboard: &Dashboard) -> Standing {
    let keeps_order =
        held.allow(Permissions::MODERATE_MEMBERS) || held.allow(Permissions::MANAGE_MESSAGES);
    let (role, access) = if held.allow(Permissions::MANAGE_GUILD) {
        (Role::Manager, Access::Manage)
    } else if dashboard.is_reader(roles) {
        (Role::Manager, Access::Read)
    } else if keeps_order {
        (Role::Moderator, Access::Manage)
    } else {
        (Role::Member, Access::Manage)
    };
    Standing {
        role,
        access,
        keeps_cases: held.allow(Permissions::MODERATE_MEMBERS),
        bans: held.allow(Permissions::BAN_MEMBERS),
    }
}

impl Core {
    /// What somebody is in a guild; nothing where the bot is not in it, or they are not.
    ///
    /// # Errors
    /// When it cannot be looked up.
    pub async fn standing(
        &self,
        viewer: &Viewer,
        guild: GuildId,
    ) -> Result<Option<Standing>, RightsError> {
        if !self.guilds().has(guild) {
            return Ok(None);
        }
        if viewer.is_operator {
            return Ok(Some(Standing::OPERATOR));
        }
        self.standing_in(viewer.session.user, guild).await
    }

    async fn standing_in(
        &self,
        user: UserId,
        guild: GuildId,
    ) -> Result<Option<Standing>, RightsError> {
        let directory = self.directory().ok_or(RightsError::NoBot)?;
        let Some(member) = directory.member(guild, user).await? else {
            return Ok(None);
        };
        let Some(view) = directory.guild(guild).await? else {
            return Ok(None);
        };
        let config = self.config(guild).await?;
        let dashboard = &config.settings.dashboard;
        let at = self.clock().now();
        Ok(Some(standing_of(&view, &member, dashboard, at)))
    }

    /// The roles of a guild that open more than a member sees, the highest first, with what they open. Nothing where
    /// the guild is not known yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roles_that_open(
        &self,
        guild: GuildId,
    ) -> Result<Vec<(String, Standing)>, DbError> {
        let config = self.config(guild).await?;
        let Some(view) = self.guild_view(guild) else {
            return Ok(Vec::new());
        };
        let everybody = view.permissions(view.me, &[], None);
        let mut roles: Vec<_> = view.roles.iter().collect();
        // Bots hold those, and don't sign in.
        roles.retain(|role| !role.is_managed);
        roles.sort_by_key(|role| (std::cmp::Reverse(role.position), role.id));
        let opened = roles.into_iter().map(|role| {
            let held = everybody.and(role.permissions);
            let held = if held.allow(Permissions::ADMINISTRATOR) {
                Permissions::ALL
            } else {
                held
            };
            let standing = standing_with(held, &[role.id], &config.settings.dashboard);
            (role.name.clone(), standing)
        });
        let opens = |(_, standing): &(String, Standing)| standing.role > Role::Member;
        Ok(opened.filter(opens).collect())
    }

    /// The guilds that somebody was in when they signed in, by name, and of an operator all: for links to them. What
    /// they may see there is not asked here, but by the page that a link leads to.
    #[must_use]
    pub fn guilds_known_to(&self, viewer: &Viewer) -> Vec<(GuildId, KnownGuild)> {
        let mine: HashSet<GuildId> = viewer.session.guilds.iter().copied().collect();
        let mut known = self.guilds().list();
        known.retain(|(guild, _)| viewer.is_operator || mine.contains(guild));
        known.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
        known.truncate(GUILDS_LISTED_MAX);
        known
    }

    /// The guilds that somebody may see: of an operator all, of others those that they were in when they signed in
    /// and still are.
    pub async fn guilds_seen(&self, viewer: &Viewer) -> SeenGuilds {
        let looked_up = stream::iter(self.guilds_known_to(viewer))
            .map(|(guild, known)| async move { (guild, known, self.standing(viewer, guild).await) })
            .buffered(LOOKED_UP_AT_ONCE);
        let found: Vec<_> = looked_up.collect().await;
        let mut seen = SeenGuilds::default();
        for (id, known, standing) in found {
            match standing {
                Ok(Some(standing)) => seen.guilds.push(SeenGuild {
                    id,
                    known,
                    standing,
                }),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(guild = %id, %error, "a guild is missing in a list");
                    seen.unknown += 1;
                }
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use chat::{GuildView, KnownMember, Permissions, RoleView};
    use kernel::{GuildId, RoleId, Span, Timestamp, UserId};
    use platform::Dashboard;

    use super::{Access, Role, Standing, standing_of};

    const GUILD: u64 = 900;
    const OWNER: u64 = 1;
    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn role(id: u64, permissions: Permissions) -> RoleView {
        RoleView {
            id: RoleId::new(id).unwrap(),
            name: format!("role {id}"),
            position: 1,
            permissions,
            is_managed: false,
        }
    }

    fn view() -> GuildView {
        GuildView {
            id: GuildId::new(GUILD).unwrap(),
            name: "Hall".to_owned(),
            owner: UserId::new(OWNER).unwrap(),
            roles: vec![
                role(GUILD, Permissions::VIEW_CHANNEL),
                role(10, Permissions::ADMINISTRATOR),
                role(11, Permissions::MANAGE_GUILD),
                role(12, Permissions::MODERATE_MEMBERS),
                role(13, Permissions::MANAGE_MESSAGES),
                role(14, Permissions::NONE),
            ],
            channels: Vec::new(),
            me: UserId::new(5).unwrap(),
            my_roles: Vec::new(),
        }
    }

    fn standing(user: u64, roles: &[u64], timed_out: bool) -> (Role, Access) {
        let mut member = KnownMember::named(UserId::new(user).unwrap(), "somebody");
        member.roles = roles.iter().map(|id| RoleId::new(*id).unwrap()).collect();
        member.timed_out_until = timed_out.then(|| NOW + Span::hours(1));
        let dashboard = Dashboard {
            reader_role_ids: vec![RoleId::new(14).unwrap()],
        };
        let Standing {
            role,
            access,
            keeps_cases,
            bans,
        } = standing_of(&view(), &member, &dashboard, NOW);
        // Whoever may only delete messages keeps no cases.
        let times_out = user == OWNER || roles.iter().any(|role| [10, 12].contains(role));
        let keeps = times_out && (!timed_out || roles.contains(&10));
        assert_eq!(keeps_cases, keeps, "{user} {roles:?}");
        let holds_all = user == OWNER || roles.contains(&10);
        assert_eq!(bans, holds_all, "{user} {roles:?}");
        (role, access)
    }

    #[test]
    fn roles_follow_from_permissions_in_the_guild() {
        let table = [
            (OWNER, &[][..], (Role::Manager, Access::Manage)),
            (2, &[10], (Role::Manager, Access::Manage)),
            (2, &[11], (Role::Manager, Access::Manage)),
            (2, &[12], (Role::Moderator, Access::Manage)),
            (2, &[13], (Role::Moderator, Access::Manage)),
            (2, &[14], (Role::Manager, Access::Read)),
            (2, &[12, 14], (Role::Manager, Access::Read)),
            (2, &[11, 14], (Role::Manager, Access::Manage)),
            (2, &[], (Role::Member, Access::Manage)),
            (2, &[99], (Role::Member, Access::Manage)),
        ];
        for (user, roles, expected) in table {
            assert_eq!(standing(user, roles, false), expected, "{user} {roles:?}");
        }
    }

    #[test]
    fn during_a_time_out_nobody_but_administrators_keeps_order() {
        assert_eq!(standing(2, &[12], true).0, Role::Member);
        assert_eq!(standing(2, &[11], true).0, Role::Member);
        assert_eq!(standing(2, &[10], true).0, Role::Manager);
    }

    #[test]
    fn a_reader_sees_what_managers_see_and_changes_nothing() {
        let reader = Standing {
            role: Role::Manager,
            access: Access::Read,
            keeps_cases: false,
            bans: false,
        };
        assert!(reader.suffices(Role::Manager, Access::Read));
        assert!(reader.suffices(Role::Member, Access::Read));
        assert!(!reader.suffices(Role::Member, Access::Manage));
        assert!(!reader.suffices(Role::Operator, Access::Read));
        assert!(Standing::OPERATOR.suffices(Role::Operator, Access::Manage));
    }
}
