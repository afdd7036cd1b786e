//! Guilds, roles and channels, of events and of the REST, as the cache keeps them.

use chat::{
    ChannelKind, ChannelView, GuildView, KnownMember, Overwrite, OverwriteFor, Permissions,
    RoleView,
};
use kernel::{ChannelId, GuildId, RoleId, UserId};
use serde::Deserialize;

use super::{
    DecodeError, shape,
    wire::{MemberWire, UserWire, moment, shown_name},
};

/// More roles no guild has.
const ROLES_MAX: usize = 1_000;
/// More channels and threads are not kept.
const CHANNELS_MAX: usize = 4_000;
/// Longer names Discord does not take.
const NAME_MAX: usize = 200;

/// A change of what is known of a guild.
#[derive(Debug, PartialEq)]
pub(crate) enum GuildChange {
    /// It is known anew, with the bot's roles where they came along.
    Whole(Box<WholeGuild>),
    /// The bot is not in it any more.
    Gone(GuildId),
    /// Its name or owner changed.
    Renamed(GuildId, String, UserId),
    /// A role is new or other.
    Role(GuildId, RoleView),
    /// A role is gone.
    RoleGone(GuildId, RoleId),
    /// A channel or thread is new or other.
    Channel(GuildId, ChannelView),
    /// A channel or thread is gone.
    ChannelGone(GuildId, ChannelId),
    /// The active threads of these channels, or of all, are these.
    Threads(GuildId, Option<Vec<ChannelId>>, Vec<ChannelView>),
    /// A member is new or other.
    Member(GuildId, Box<KnownMember>),
    /// A member is gone.
    MemberGone(GuildId, UserId),
}

/// A guild as it is told whole.
#[derive(Debug, PartialEq)]
pub(crate) struct WholeGuild {
    pub(crate) id: GuildId,
    pub(crate) name: String,
    pub(crate) owner: UserId,
    pub(crate) roles: Vec<RoleView>,
    pub(crate) channels: Vec<ChannelView>,
    pub(crate) members: Vec<KnownMember>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct GuildWire {
    id: GuildId,
    #[serde(default)]
    name: String,
    #[serde(default)]
    owner_id: Option<UserId>,
    #[serde(default)]
    unavailable: Option<bool>,
    #[serde(default)]
    roles: Vec<RoleWire>,
    #[serde(default)]
    channels: Vec<ChannelWire>,
    #[serde(default)]
    threads: Vec<ChannelWire>,
    #[serde(default)]
    members: Vec<MemberWire>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RoleWire {
    id: RoleId,
    #[serde(default)]
    name: String,
    #[serde(default)]
    position: i64,
    #[serde(default)]
    permissions: String,
    #[serde(default)]
    managed: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ChannelWire {
    id: ChannelId,
    #[serde(default, rename = "type")]
    kind: u64,
    #[serde(default)]
    pub(crate) guild_id: Option<GuildId>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    parent_id: Option<ChannelId>,
    #[serde(default)]
    position: Option<i64>,
    #[serde(default)]
    nsfw: bool,
    #[serde(default)]
    rate_limit_per_user: Option<u32>,
    #[serde(default)]
    permission_overwrites: Vec<OverwriteWire>,
}

#[derive(Debug, Deserialize)]
struct OverwriteWire {
    id: String,
    #[serde(rename = "type")]
    kind: u64,
    #[serde(default)]
    allow: String,
    #[serde(default)]
    deny: String,
}

#[derive(Debug, Deserialize)]
struct RoleEventWire {
    guild_id: GuildId,
    #[serde(default)]
    role: Option<RoleWire>,
    #[serde(default)]
    role_id: Option<RoleId>,
}

#[derive(Debug, Deserialize)]
struct ThreadsWire {
    guild_id: GuildId,
    #[serde(default)]
    channel_ids: Option<Vec<ChannelId>>,
    #[serde(default)]
    threads: Vec<ChannelWire>,
}

#[derive(Debug, Deserialize)]
struct MemberEventWire {
    guild_id: GuildId,
}

/// What an event changes of a guild; nothing, where it changes nothing that is kept.
pub(crate) fn guild_change(kind: &str, json: &str) -> Result<Option<GuildChange>, DecodeError> {
    match kind {
        "GUILD_CREATE" => whole(json),
        "GUILD_DELETE" => gone(json),
        "GUILD_UPDATE" => renamed(json),
        "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE" | "GUILD_ROLE_DELETE" => role(json),
        "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE" => {
            channel(json, true)
        }
        "CHANNEL_DELETE" | "THREAD_DELETE" => channel(json, false),
        "THREAD_LIST_SYNC" => threads(json).map(Some),
        "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE" => member(json, true),
        "GUILD_MEMBER_REMOVE" => member(json, false),
        _ => Ok(None),
    }
}

fn whole(json: &str) -> Result<Option<GuildChange>, DecodeError> {
    let wire: GuildWire = shape("a guild", json)?;
    let whole = wire.read();
    Ok(whole.map(|whole| GuildChange::Whole(Box::new(whole))))
}

fn gone(json: &str) -> Result<Option<GuildChange>, DecodeError> {
    let wire: GuildWire = shape("a guild", json)?;
    let removed = wire.unavailable != Some(true);
    Ok(removed.then_some(GuildChange::Gone(wire.id)))
}

fn renamed(json: &str) -> Result<Option<GuildChange>, DecodeError> {
    let wire: GuildWire = shape("a guild", json)?;
    let (id, name) = (wire.id, bounded(wire.name));
    Ok(wire
        .owner_id
        .map(|owner| GuildChange::Renamed(id, name, owner)))
}

fn role(json: &str) -> Result<Option<GuildChange>, DecodeError> {
    let wire: RoleEventWire = shape("a role's event", json)?;
    let guild = wire.guild_id;
    Ok(match (wire.role, wire.role_id) {
        (Some(role), _) => Some(GuildChange::Role(guild, role.read())),
        (None, Some(role)) => Some(GuildChange::RoleGone(guild, role)),
        (None, None) => None,
    })
}

fn channel(json: &str, is_there: bool) -> Result<Option<GuildChange>, DecodeError> {
    let wire: ChannelWire = shape("a channel", json)?;
    let id = wire.id;
    Ok(wire.guild_id.map(|guild| {
        if is_there {
            GuildChange::Channel(guild, wire.read())
        } else {
            GuildChange::ChannelGone(guild, id)
        }
    }))
}

fn threads(json: &str) -> Result<GuildChange, DecodeError> {
    let wire: ThreadsWire = shape("a list of threads", json)?;
    let threads = wire.threads.into_iter().take(CHANNELS_MAX);
    let threads = threads.map(ChannelWire::read).collect();
    Ok(GuildChange::Threads(
        wire.guild_id,
        wire.channel_ids,
        threads,
    ))
}

fn member(json: &str, is_there: bool) -> Result<Option<GuildChange>, DecodeError> {
    let MemberEventWire { guild_id: guild } = shape("a member's event", json)?;
    let wire: MemberWire = shape("a member", json)?;
    let Some(member) = known_member(&wire, None) else {
        return Err(DecodeError::Missing("user"));
    };
    Ok(Some(if is_there {
        GuildChange::Member(guild, Box::new(member))
    } else {
        GuildChange::MemberGone(guild, member.user)
    }))
}

/// A member, whose account stands in it or beside it.
pub(crate) fn known_member(wire: &MemberWire, beside: Option<&UserWire>) -> Option<KnownMember> {
    let user = wire.user.as_ref().or(beside)?;
    Some(KnownMember {
        user: user.id,
        name: shown_name(user, Some(wire)),
        is_bot: user.bot,
        roles: wire.roles.iter().take(ROLES_MAX).copied().collect(),
        joined_at: moment(wire.joined_at.as_ref()),
        timed_out_until: moment(wire.communication_disabled_until.as_ref()),
    })
}

impl GuildWire {
    /// The guild, unless it is not available or nobody owns it.
    pub(crate) fn read(self) -> Option<WholeGuild> {
        if self.unavailable == Some(true) {
            return None;
        }
        let channels = self.channels.into_iter().chain(self.threads);
        let members = self.members.iter();
        Some(WholeGuild {
            id: self.id,
            name: bounded(self.name),
            owner: self.owner_id?,
            roles: self
                .roles
                .into_iter()
                .take(ROLES_MAX)
                .map(RoleWire::read)
                .collect(),
            channels: channels.take(CHANNELS_MAX).map(ChannelWire::read).collect(),
            members: members
                .filter_map(|member| known_member(member, None))
                .collect(),
        })
    }
}

impl WholeGuild {
    /// The guild as its bot sees it.
    pub(crate) fn seen_by(self, me: UserId, my_roles: Vec<RoleId>) -> GuildView {
        GuildView {
            id: self.id,
            name: self.name,
            owner: self.owner,
            roles: self.roles,
            channels: self.channels,
            me,
            my_roles,
        }
    }
}

impl RoleWire {
    fn read(self) -> RoleView {
        RoleView {
            id: self.id,
            name: bounded(self.name),
            position: self.position,
            permissions: bits(&self.permissions),
            is_managed: self.managed,
        }
    }
}

impl ChannelWire {
    pub(crate) fn read(self) -> ChannelView {
        let overwrites = self.permission_overwrites.iter().take(ROLES_MAX);
        ChannelView {
            id: self.id,
            kind: kind_of(self.kind),
            parent: self.parent_id,
            position: self.position.unwrap_or(0),
            is_nsfw: self.nsfw,
            slowmode_seconds: self.rate_limit_per_user.unwrap_or(0),
            overwrites: overwrites.filter_map(OverwriteWire::read).collect(),
            name: bounded(self.name.unwrap_or_default()),
        }
    }
}

impl OverwriteWire {
    fn read(&self) -> Option<Overwrite> {
        let subject = match self.kind {
            0 => OverwriteFor::Role(self.id.parse().ok()?),
            1 => OverwriteFor::Member(self.id.parse().ok()?),
            _ => return None,
        };
        Some(Overwrite {
            subject,
            allow: bits(&self.allow),
            deny: bits(&self.deny),
        })
    }
}

const fn kind_of(kind: u64) -> ChannelKind {
    match kind {
        0 => ChannelKind::Text,
        2 | 13 => ChannelKind::Voice,
        4 => ChannelKind::Category,
        5 => ChannelKind::Announcement,
        10 | 11 => ChannelKind::Thread,
        12 => ChannelKind::PrivateThread,
        15 | 16 => ChannelKind::Forum,
        _ => ChannelKind::Other,
    }
}

/// What can't be read allows nothing.
fn bits(text: &str) -> Permissions {
    Permissions::from_bits(text.parse().unwrap_or(0))
}

fn bounded(name: String) -> String {
    match name.char_indices().nth(NAME_MAX) {
        Some((end, _)) => name[..end].to_owned(),
        None => name,
    }
}

#[cfg(test)]
mod tests;
