//! Replies, forms and commands as Discord's JSON.
//!
//! What leaves here fits Discord's limits, and pings nobody whom the reply does not name.

mod command;
mod components;
mod message;

pub(crate) use command::{commands_body, digest_of};
pub(crate) use components::form;
pub(crate) use message::{File, Finish, Payload, choices, notice, one_part, parts};

/// Why a reply can't be shown by Discord. Cutting these would change what they do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RenderError {
    /// Its button or select would come back without its context.
    #[error("the custom id `{0}` has not 1 to 100 characters")]
    CustomId(String),
    /// More than fits under a message.
    #[error("{what} holds {found}, Discord takes {least} to {most}")]
    Count {
        /// What holds too many or too few.
        what: &'static str,
        /// How many it holds.
        found: usize,
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
    },
    /// The files are larger than an upload may be.
    #[error("the files of a message have {0} bytes, Discord takes 10 MiB")]
    Upload(usize),
}
