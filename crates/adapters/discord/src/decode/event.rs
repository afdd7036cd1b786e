//! Dispatched events: guilds, members, messages; interactions have a file of their own.

use chat::{GuildAvailable, Incoming, IncomingMessage, MemberChange};
use kernel::{ApplicationId, Timestamp};

use super::{
    DecodeError, interaction, shape,
    wire::{GuildWire, MemberEventWire, MessageWire, ReadyWire, shown_name},
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
    /// The session's id.
    pub(crate) session: String,
    /// Where it is resumed.
    pub(crate) resume_url: String,
}

/// Reads the first event of a session.
pub(crate) fn ready(json: &str) -> Result<Ready, DecodeError> {
    let wire: ReadyWire = shape("READY", json)?;
    Ok(Ready {
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
        "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE" => Some(member(json, true)?),
        "GUILD_MEMBER_REMOVE" => Some(member(json, false)?),
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

fn member(json: &str, is_member: bool) -> Result<Incoming, DecodeError> {
    let wire: MemberEventWire = shape("a member's event", json)?;
    Ok(Incoming::Member(MemberChange {
        guild: wire.guild_id,
        user: wire.user.id,
        is_bot: wire.user.bot,
        is_member,
    }))
}

/// A message with an author; partial updates have none and tell nothing new.
fn message(json: &str, application: ApplicationId) -> Result<Option<IncomingMessage>, DecodeError> {
    let wire: MessageWire = shape("a message", json)?;
    let Some(author) = &wire.author else {
        return Ok(None);
    };
    let edited = wire.edited_timestamp.as_deref().map(str::parse);
    let edited_at: Option<Timestamp> = edited
        .transpose()
        .map_err(|_| DecodeError::Missing("readable `edited_timestamp`"))?;
    let reference = wire
        .message_reference
        .as_ref()
        .filter(|reference| reference.kind == 0);
    Ok(Some(IncomingMessage {
        id: wire.id,
        application,
        guild: wire.guild_id,
        channel: wire.channel_id,
        author: author.id,
        author_name: shown_name(author, wire.member.as_ref()),
        is_bot: author.bot || wire.webhook_id.is_some(),
        mentions: wire.mentions.iter().map(|user| user.id).collect(),
        reply_to: reference.and_then(|reference| reference.message_id),
        edited_at,
        roles: wire.member.map(|member| member.roles).unwrap_or_default(),
        text: wire.content,
    }))
}
