//! What Discord refuses before it looks at anything else: lengths, counts, shapes and combinations of what a client sends.
//! What always holds: a body is judged whole, so one answer names every fault, each at its place in the body.
//! Lengths are counted in Unicode code points, as Discord counts them. Not here: permissions and existence (`rest`).

mod command;
mod component;
mod embed;
mod field;
mod guild;
mod message;
mod modal;
mod problem;

pub(crate) use command::{check_command, check_command_edit, check_commands, command_kind};
pub(crate) use field::{items, member, snowflake_of, text_of};
pub(crate) use guild::{
    check_ban, check_channel, check_current_member, check_member, check_role, check_thread,
    check_webhook,
};
pub(crate) use message::{MessageKind, check_bulk_delete, check_edit, check_message};
pub(crate) use modal::{check_choices, check_modal};
pub(crate) use problem::{Fault, Problems};

/// Characters of a message.
pub(crate) const CONTENT_LENGTH_MAX: usize = 2_000;
pub(crate) const EMBEDS_MAX: usize = 10;
/// Characters of all embeds of a message together.
pub(crate) const EMBED_TEXT_MAX: usize = 6_000;
/// Components of a message in the second layout, nested ones included.
pub(crate) const COMPONENTS_MAX: usize = 40;
/// Rows of a message in the first layout.
pub(crate) const ROWS_MAX: usize = 5;
pub(crate) const FILES_MAX: usize = 10;
/// What one file may weigh without boosts.
pub(crate) const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// What a whole request may weigh.
pub(crate) const REQUEST_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Characters of an audit-log reason, after decoding.
pub(crate) const REASON_LENGTH_MAX: usize = 512;
pub(crate) const COMMANDS_MAX: usize = 100;
/// Characters of a command's names, descriptions and values together.
pub(crate) const COMMAND_TEXT_MAX: usize = 8_000;
pub(crate) const CHOICES_MAX: usize = 25;
pub(crate) const TIMEOUT_DAYS_MAX: i64 = 28;
/// Older messages can't be deleted in bulk.
pub(crate) const BULK_DELETE_DAYS_MAX: i64 = 14;

/// The message lies under the second layout of components: they carry all of it.
pub(crate) const FLAG_COMPONENTS_V2: u64 = 1 << 15;
pub(crate) const FLAG_EPHEMERAL: u64 = 1 << 6;
pub(crate) const FLAG_LOADING: u64 = 1 << 7;
pub(crate) const FLAG_SUPPRESS_EMBEDS: u64 = 1 << 2;
pub(crate) const FLAG_SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

#[cfg(test)]
mod tests;
