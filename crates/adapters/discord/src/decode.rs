//! Events as they come in, turned into what the rest of the house knows.
//!
//! Only what is used is read, so a member that Discord adds or changes elsewhere breaks nothing. An event that does
//! not decode is an error of that event alone.

mod event;
mod guild;
mod interaction;
mod members;
mod message;
mod wire;

pub(crate) use event::{Decoded, event, ready};
pub(crate) use guild::{
    ChannelWire, GuildChange, GuildWire, WholeGuild, guild_change, known_member,
};
pub(crate) use interaction::interaction;
pub(crate) use members::{MembersChunk, REQUESTED_MAX, members_chunk};
pub(crate) use message::{MessageWire, message};
pub(crate) use wire::{Envelope, MemberWire};

/// Why an event was not understood. It never quotes the event, which may hold tokens and people's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    /// The JSON is broken, or has another shape.
    #[error("it does not read as {what} (line {line}, column {column})")]
    Shape {
        /// What it should be.
        what: &'static str,
        /// Where reading stopped.
        line: usize,
        /// Where in that line.
        column: usize,
    },
    /// A member that must be there is not.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// A number or text means nothing known here.
    #[error("its {what} is unknown: {found}")]
    Unknown {
        /// Which member.
        what: &'static str,
        /// What stands there.
        found: u64,
    },
}

fn shape<'json, T: serde::Deserialize<'json>>(
    what: &'static str,
    json: &'json str,
) -> Result<T, DecodeError> {
    serde_json::from_str(json).map_err(|error| DecodeError::Shape {
        what,
        line: error.line(),
        column: error.column(),
    })
}

#[cfg(test)]
mod tests;
