//! The gateway's answer to a request for members. What was not asked for is sorted out by who asked.

use chat::KnownMember;
use kernel::{GuildId, UserId};
use serde::Deserialize;

use super::{DecodeError, guild::known_member, shape, wire::MemberWire};

/// What one request may name, and so the most that is taken of an answer.
pub(crate) const REQUESTED_MAX: usize = 100;

/// One part of an answer.
#[derive(Debug, PartialEq)]
pub(crate) struct MembersChunk {
    pub(crate) guild: GuildId,
    /// The mark of the request.
    pub(crate) nonce: u64,
    pub(crate) members: Vec<KnownMember>,
    /// Who was asked for and is no member.
    pub(crate) strangers: Vec<UserId>,
    /// Nothing more follows.
    pub(crate) is_last: bool,
}

#[derive(Debug, Deserialize)]
struct ChunkWire {
    guild_id: GuildId,
    #[serde(default)]
    members: Vec<MemberWire>,
    #[serde(default)]
    not_found: Vec<UserId>,
    #[serde(default)]
    chunk_index: u64,
    #[serde(default)]
    chunk_count: u64,
    #[serde(default)]
    nonce: Option<String>,
}

/// A part of an answer to a request; nothing, where the event is another, or its mark is none that is given here.
pub(crate) fn members_chunk(kind: &str, json: &str) -> Result<Option<MembersChunk>, DecodeError> {
    if kind != "GUILD_MEMBERS_CHUNK" {
        return Ok(None);
    }
    let wire: ChunkWire = shape("an answer with members", json)?;
    let nonce = wire.nonce.and_then(|nonce| nonce.parse().ok());
    let members = wire.members.iter().take(REQUESTED_MAX);
    Ok(nonce.map(|nonce| MembersChunk {
        guild: wire.guild_id,
        nonce,
        members: members
            .filter_map(|member| known_member(member, None))
            .collect(),
        strangers: wire.not_found.into_iter().take(REQUESTED_MAX).collect(),
        is_last: wire.chunk_index.saturating_add(1) >= wire.chunk_count,
    }))
}
