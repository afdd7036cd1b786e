//! The kill switch of a guild's rules, and members' reports.
//!
//! The switch is in force with the transaction that turns it: `enforce` asks it. It is remembered who turned it.

use ::store::{DbError, Tx};
use kernel::{ChannelId, GuildId, MessageId, Op, Span, Timestamp, UserId};

use crate::{cases::name_of, store::switches};

/// Whether a guild's rules are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwitchState {
    /// They are.
    On,
    /// They are not.
    Off,
}

/// How the switch stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// Whether rules are applied.
    pub state: SwitchState,
    /// Who turned it last.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// How the switch of a guild stands; nothing where nobody ever turned it, which means on.
///
/// # Errors
/// When the database fails.
pub fn switch(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<Switch>, DbError> {
    switches::switch_fetch(tx, guild)
}

/// Turns the switch.
///
/// # Errors
/// When the database fails.
pub fn switch_turn(tx: &mut Tx<'_>, op: &Op, state: SwitchState) -> Result<Switch, DbError> {
    let switch = Switch {
        state,
        by: name_of(&op.actor),
        at: op.at,
    };
    switches::switch_put(tx, op.guild, &switch)?;
    Ok(switch)
}

/// Guilds whose rules are switched off, after this one, in order of their ids: for filling a process's memory.
///
/// # Errors
/// When the database fails.
pub fn switched_off(
    tx: &mut Tx<'_>,
    after: Option<GuildId>,
    limit: u32,
) -> Result<Vec<GuildId>, DbError> {
    let after = after.map_or(0, kernel::Id::to_column);
    switches::switch_list_off(tx, after, limit.clamp(1, 10_000))
}

/// No more reports of a member are taken within ten minutes.
pub const REPORTS_MAX: i64 = 5;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// It is taken.
    Now,
    /// This member reported this message before.
    Before,
    /// This member reported too many messages lately.
    TooMany,
}

/// Takes a member's report of a message.
///
/// # Errors
/// When the database fails.
pub fn report(
    tx: &mut Tx<'_>,
    op: &Op,
    reporter: UserId,
    channel: ChannelId,
    message: MessageId,
) -> Result<Reported, DbError> {
    let after = op.at.before(Span::minutes(10));
    if switches::report_count(tx, op.guild, reporter, after)? >= REPORTS_MAX {
        return Ok(Reported::TooMany);
    }
    let new = switches::report_insert(tx, op.guild, message, (reporter, channel), op.at)?;
    Ok(if new { Reported::Now } else { Reported::Before })
}
