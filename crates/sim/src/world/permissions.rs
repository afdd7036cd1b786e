//! Discord's permission calculus: who may do what, in a guild and in one of its channels.
//! Owner and administrator may do everything, everywhere, timed out or not; every other answer is roles, then
//! overwrites (everyone, roles, member), then the time-out.

use super::snowflake::Snowflake;
use super::state::{Channel, Guild, Member, Overwrite};

pub(crate) const CREATE_INVITE: u64 = 1 << 0;
pub(crate) const KICK_MEMBERS: u64 = 1 << 1;
pub(crate) const BAN_MEMBERS: u64 = 1 << 2;
pub(crate) const ADMINISTRATOR: u64 = 1 << 3;
pub(crate) const MANAGE_CHANNELS: u64 = 1 << 4;
pub(crate) const MANAGE_GUILD: u64 = 1 << 5;
pub(crate) const ADD_REACTIONS: u64 = 1 << 6;
pub(crate) const VIEW_AUDIT_LOG: u64 = 1 << 7;
pub(crate) const STREAM: u64 = 1 << 9;
pub(crate) const VIEW_CHANNEL: u64 = 1 << 10;
pub(crate) const SEND_MESSAGES: u64 = 1 << 11;
pub(crate) const SEND_TTS: u64 = 1 << 12;
pub(crate) const MANAGE_MESSAGES: u64 = 1 << 13;
pub(crate) const EMBED_LINKS: u64 = 1 << 14;
pub(crate) const ATTACH_FILES: u64 = 1 << 15;
pub(crate) const READ_HISTORY: u64 = 1 << 16;
pub(crate) const MENTION_EVERYONE: u64 = 1 << 17;
pub(crate) const USE_EXTERNAL_EMOJIS: u64 = 1 << 18;
pub(crate) const CONNECT: u64 = 1 << 20;
pub(crate) const SPEAK: u64 = 1 << 21;
pub(crate) const USE_VAD: u64 = 1 << 25;
pub(crate) const CHANGE_NICKNAME: u64 = 1 << 26;
pub(crate) const MANAGE_NICKNAMES: u64 = 1 << 27;
pub(crate) const MANAGE_ROLES: u64 = 1 << 28;
pub(crate) const MANAGE_WEBHOOKS: u64 = 1 << 29;
pub(crate) const USE_COMMANDS: u64 = 1 << 31;
pub(crate) const MANAGE_THREADS: u64 = 1 << 34;
pub(crate) const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
pub(crate) const CREATE_PRIVATE_THREADS: u64 = 1 << 36;
pub(crate) const SEND_IN_THREADS: u64 = 1 << 38;
pub(crate) const MODERATE_MEMBERS: u64 = 1 << 40;
pub(crate) const USE_EXTERNAL_APPS: u64 = 1 << 50;

/// Every permission that Discord knows today (bits 0–52).
pub(crate) const ALL: u64 = (1 << 53) - 1;

/// What Discord calls them, in the order of their bits.
pub(crate) const NAMES: [(u64, &str); 33] = [
    (CREATE_INVITE, "Create Invite"),
    (KICK_MEMBERS, "Kick Members"),
    (BAN_MEMBERS, "Ban Members"),
    (ADMINISTRATOR, "Administrator"),
    (MANAGE_CHANNELS, "Manage Channels"),
    (MANAGE_GUILD, "Manage Server"),
    (ADD_REACTIONS, "Add Reactions"),
    (VIEW_AUDIT_LOG, "View Audit Log"),
    (STREAM, "Video"),
    (VIEW_CHANNEL, "View Channels"),
    (SEND_MESSAGES, "Send Messages"),
    (SEND_TTS, "Send Text-to-Speech Messages"),
    (MANAGE_MESSAGES, "Manage Messages"),
    (EMBED_LINKS, "Embed Links"),
    (ATTACH_FILES, "Attach Files"),
    (READ_HISTORY, "Read Message History"),
    (MENTION_EVERYONE, "Mention Everyone"),
    (USE_EXTERNAL_EMOJIS, "Use External Emojis"),
    (CONNECT, "Connect"),
    (SPEAK, "Speak"),
    (USE_VAD, "Use Voice Activity"),
    (CHANGE_NICKNAME, "Change Nickname"),
    (MANAGE_NICKNAMES, "Manage Nicknames"),
    (MANAGE_ROLES, "Manage Roles"),
    (MANAGE_WEBHOOKS, "Manage Webhooks"),
    (USE_COMMANDS, "Use Application Commands"),
    (MANAGE_THREADS, "Manage Threads"),
    (CREATE_PUBLIC_THREADS, "Create Public Threads"),
    (CREATE_PRIVATE_THREADS, "Create Private Threads"),
    (SEND_IN_THREADS, "Send Messages in Threads"),
    (MODERATE_MEMBERS, "Timeout Members"),
    (1 << 46, "Send Voice Messages"),
    (USE_EXTERNAL_APPS, "Use External Apps"),
];

/// What a timed-out member is left with.
const TIMED_OUT: u64 = VIEW_CHANNEL | READ_HISTORY;

/// What `@everyone` may do in a new guild.
pub(crate) const EVERYONE_DEFAULT: u64 = CREATE_INVITE
    | ADD_REACTIONS
    | STREAM
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | SEND_IN_THREADS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_HISTORY
    | USE_EXTERNAL_EMOJIS
    | CONNECT
    | SPEAK
    | USE_VAD
    | CHANGE_NICKNAME
    | USE_COMMANDS
    | USE_EXTERNAL_APPS;

/// What a member may do in the guild as a whole, before any time-out.
fn base(guild: &Guild, member: &Member) -> u64 {
    if guild.owner == member.user {
        return ALL;
    }
    let of = |id: &Snowflake| guild.roles.get(id).map_or(0, |role| role.permissions);
    let sum = member
        .roles
        .iter()
        .map(of)
        .fold(of(&guild.id), |all, one| all | one);
    if sum & ADMINISTRATOR != 0 { ALL } else { sum }
}

/// What a member may do in the guild as a whole.
pub(crate) fn in_guild(guild: &Guild, member: &Member, now_us: i64) -> u64 {
    after_timeout(base(guild, member), member, now_us)
}

/// What a member may do in a channel. `place` is the channel whose overwrites hold: a thread's parent.
pub(crate) fn in_channel(guild: &Guild, place: &Channel, member: &Member, now_us: i64) -> u64 {
    let base = base(guild, member);
    if base & ADMINISTRATOR != 0 {
        return base;
    }
    let mut allowed = base;
    if let Some(everyone) = place.overwrites.iter().find(|o| o.id == guild.id) {
        allowed = apply(allowed, everyone.allow, everyone.deny);
    }
    let mine = |o: &&Overwrite| o.kind == 0 && o.id != guild.id && member.roles.contains(&o.id);
    let (allow, deny) = place
        .overwrites
        .iter()
        .filter(mine)
        .fold((0, 0), |(allow, deny), o| (allow | o.allow, deny | o.deny));
    allowed = apply(allowed, allow, deny);
    if let Some(own) = place
        .overwrites
        .iter()
        .find(|o| o.kind == 1 && o.id == member.user)
    {
        allowed = apply(allowed, own.allow, own.deny);
    }
    implied(after_timeout(allowed, member, now_us))
}

const fn apply(held: u64, allow: u64, deny: u64) -> u64 {
    held & !deny | allow
}

fn after_timeout(held: u64, member: &Member, now_us: i64) -> u64 {
    let timed_out = member.timeout_until_us.is_some_and(|until| until > now_us);
    if timed_out && held & ADMINISTRATOR == 0 {
        held & TIMED_OUT
    } else {
        held
    }
}

/// Losing one permission loses those that mean nothing without it.
const fn implied(held: u64) -> u64 {
    if held & VIEW_CHANNEL == 0 {
        return 0;
    }
    if held & SEND_MESSAGES == 0 {
        return held & !(MENTION_EVERYONE | SEND_TTS | ATTACH_FILES | EMBED_LINKS);
    }
    held
}

/// The position of a member's highest role; the owner stands above all.
pub(crate) fn rank(guild: &Guild, user: Snowflake) -> i32 {
    if guild.owner == user {
        return i32::MAX;
    }
    let roles = guild
        .members
        .get(&user)
        .map_or(&[][..], |member| &member.roles);
    roles
        .iter()
        .filter_map(|id| guild.roles.get(id))
        .map(|role| role.position)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
