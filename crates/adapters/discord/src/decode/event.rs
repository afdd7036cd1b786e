//! Dispatched events: guilds, members, messages; interactions have a file of their own.

use chat::{GuildAvailable, Incoming, MemberChange, MessagesDeleted, Reaction};
use kernel::{ApplicationId, Timestamp, UserId};

use super::{
    DecodeError, interaction, message, shape,
    wire::{DeletedWire, GuildWire, MemberEventWire, ReactionWire, ReadyWire, moment},
};

/// What came of an event.
#[derive(Debug)]
pub(crate) enum Decoded {
    /// It goes on.
    Event(Incoming),
    /// Nobody here wants it.
    NotWanted,
}

/// What a session begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ready {
    /// The bot's own account.
    pub(crate) account: Option<UserId>,
    /// The session's id.
    pub(crate) session: String,
    /// Where it is resumed.
    pub(crate) resume_url: String,
}

/// Reads the first event of a session.
pub(crate) fn ready(json: &str) -> Result<Ready, DecodeError> {
    let wire: ReadyWire = shape("READY", json)?;
    Ok(Ready {
        account: wire.user.map(|user| user.id),
        session: wire.session_id,
        resume_url: wire.resume_gateway_url,
    })
}

/// Reads an event for this application.
pub(crate) fn event(
    kind: &str,
    json: &str,
    application: ApplicationId,
    now: Timestamp,
) -> Result<Decoded, DecodeError> {
    let incoming = match kind {
        "INTERACTION_CREATE" => Some(Incoming::Invoked(Box::new(interaction(json, now)?))),
        "MESSAGE_CREATE" => message(json, application)?.map(|it| Incoming::Wrote(Box::new(it))),
        "MESSAGE_UPDATE" => message(json, application)?
            // Discord also "updates" a message when it adds a preview; that is no edit.
            .filter(|message| message.edited_at.is_some())
            .map(|message| Incoming::Edited(Box::new(message))),
        "GUILD_CREATE" => guild_available(json, application)?,
        "GUILD_DELETE" => guild_gone(json, application)?,
        "GUILD_MEMBER_ADD" => Some(member(json, Membership::Begun)?),
        "GUILD_MEMBER_UPDATE" => Some(member(json, Membership::Lasting)?),
        "GUILD_MEMBER_REMOVE" => Some(member(json, Membership::Over)?),
        "MESSAGE_DELETE" | "MESSAGE_DELETE_BULK" => deleted(json, application)?,
        "MESSAGE_REACTION_ADD" => Some(reaction(json, application, true)?),
        "MESSAGE_REACTION_REMOVE" => Some(reaction(json, application, false)?),
        _ => None,
    };
    Ok(incoming.map_or(Decoded::NotWanted, Decoded::Event))
}

fn guild_available(
    json: &str,
    application: ApplicationId,
) -> Result<Option<Incoming>, DecodeError> {
    let wire: GuildWire = shape("GUILD_CREATE", json)?;
    let available = wire.unavailable != Some(true);
    Ok(
        available.then_some(Incoming::GuildAvailable(GuildAvailable {
            application,
            guild: wire.id,
            name: wire.name,
            members: wire.member_count,
        })),
    )
}

fn guild_gone(json: &str, application: ApplicationId) -> Result<Option<Incoming>, DecodeError> {
    let wire: GuildWire = shape("GUILD_DELETE", json)?;
    // An outage at Discord's is no removal.
    let removed = wire.unavailable != Some(true);
    Ok(removed.then_some(Incoming::GuildGone {
        application,
        guild: wire.id,
    }))
}

/// How an account stands to a guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Membership {
    Begun,
    Lasting,
    Over,
}

fn member(json: &str, membership: Membership) -> Result<Incoming, DecodeError> {
    let wire: MemberEventWire = shape("a member's event", json)?;
    Ok(Incoming::Member(MemberChange {
        guild: wire.guild_id,
        user: wire.user.id,
        is_bot: wire.user.bot,
        is_member: membership != Membership::Over,
        has_joined: membership == Membership::Begun,
        joined_at: moment(wire.joined_at.as_ref()),
        roles: wire.roles,
        timed_out_until: moment(wire.communication_disabled_until.as_ref()),
    }))
}

fn deleted(json: &str, application: ApplicationId) -> Result<Option<Incoming>, DecodeError> {
    let wire: DeletedWire = shape("a deletion", json)?;
    let messages: Vec<_> = wire.id.into_iter().chain(wire.ids).collect();
    let deleted = MessagesDeleted {
        application,
        guild: wire.guild_id,
        channel: wire.channel_id,
        messages,
    };
    Ok((!deleted.messages.is_empty()).then_some(Incoming::Deleted(deleted)))
}

fn reaction(json: &str, application: ApplicationId, added: bool) -> Result<Incoming, DecodeError> {
    let wire: ReactionWire = shape("a reaction", json)?;
    let name = wire.emoji.name.unwrap_or_default();
    let user = wire.member.and_then(|member| member.user);
    Ok(Incoming::Reacted(Reaction {
        application,
        guild: wire.guild_id,
        channel: wire.channel_id,
        message: wire.message_id,
        message_author: wire.message_author_id,
        user: wire.user_id,
        is_bot: user.is_some_and(|user| user.bot),
        emoji: wire
            .emoji
            .id
            .map_or_else(|| name.clone(), |id| format!("{name}:{id}")),
        added,
    }))
}
