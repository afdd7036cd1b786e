//! A member's say: remembering off and on, everything in one document, everything gone.

use ::store::{DbError, Tx};
use kernel::{GuildId, Op, UserId};
use serde_json::{Value, json};

use crate::{
    fact::Fact,
    store::{members, shelves, summaries},
    turn::Turn,
};

/// Whether a member is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembering {
    /// They are.
    On,
    /// They opted out.
    Off,
}

/// What an erasure took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Facts about them and taught by them.
    pub facts: u64,
    /// Turns of their talks.
    pub turns: u64,
    /// Summaries that held their words.
    pub summaries: u64,
}

/// Turns remembering on or off, in force for the next event. Off also forgets what they last said; facts stay, unused,
/// until they are forgotten or remembering is on again.
///
/// # Errors
/// When the database fails.
pub fn set_remembering(
    tx: &mut Tx<'_>,
    op: &Op,
    user: UserId,
    wanted: Remembering,
) -> Result<(), DbError> {
    members::member_put(tx, op, user, wanted == Remembering::Off)?;
    if wanted == Remembering::Off {
        summaries::summaries_delete(tx, op.guild, user)?;
        shelves::turns_delete(tx, op.guild, user)?;
    }
    Ok(())
}

/// Whether a member opted out.
///
/// # Errors
/// When the database fails.
pub fn is_silent(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<bool, DbError> {
    members::member_is_silent(tx, guild, user)
}

/// Forgets everything about a member; that they opted out stays, for it protects them.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx<'_>, op: &Op, guild: GuildId, user: UserId) -> Result<Erased, DbError> {
    // The row is taken first, so that a lesson under way ends before, or finds nothing to join afterwards.
    members::member_lock(tx, guild, user, op.at)?;
    let erased = Erased {
        facts: shelves::facts_delete(tx, guild, user)?,
        turns: shelves::turns_delete(tx, guild, user)?,
        summaries: summaries::summaries_delete(tx, guild, user)?,
    };
    members::member_delete(tx, guild, user)?;
    Ok(erased)
}

/// Everything kept of a member, for them to read.
///
/// # Errors
/// When the database fails.
pub fn export(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<Value, DbError> {
    let facts = shelves::facts_export(tx, guild, user)?;
    let turns = shelves::turns_export(tx, guild, user)?;
    let is_silent = members::member_is_silent(tx, guild, user)?;
    Ok(json!({
        "remembering": if is_silent { "off" } else { "on" },
        "facts": facts.iter().map(fact_json).collect::<Vec<_>>(),
        "turns": turns.iter().map(turn_json).collect::<Vec<_>>(),
    }))
}

fn fact_json(fact: &Fact) -> Value {
    json!({
        "id": fact.id.to_string(),
        "text": fact.text,
        "subject": fact.subject.name(),
        "channel_id": fact.channel,
        "scope": fact.scope.name(),
        "confidence": fact.confidence(),
        "origin": fact.origin.name(),
        "state": fact.state.name(),
        "source_message_id": fact.source,
        "at": fact.at.to_string(),
        "expires_at": fact.expires_at.to_string(),
    })
}

fn turn_json(turn: &Turn) -> Value {
    json!({
        "message_id": turn.message,
        "channel_id": turn.channel,
        "speaker": turn.speaker.name(),
        "text": turn.text,
        "at": turn.at.to_string(),
        "expires_at": turn.expires_at.to_string(),
    })
}
