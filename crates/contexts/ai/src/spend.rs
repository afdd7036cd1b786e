//! What was spent: a guild's report, and what is kept of a member.
//!
//! A member's rows hold sums by day and nothing of what was said. Erasing them leaves the guild's sums, which name
//! nobody. Not here: the audit's entries with the cost of each answer.

use ::store::{DbError, Tx};
use kernel::{GuildId, Op, Timestamp, UserId};
use serde_json::{Value, json};

use crate::store::{models, reservations, spend};

/// The most days of a report.
pub const REPORT_DAYS_MAX: u32 = 400;
/// The most members of a report.
pub const REPORT_MEMBERS_MAX: u32 = 50;
/// The most rows that one call of [`forget`] drops.
pub const FORGET_CHUNK_MAX: u32 = 500;

/// Sums of a day, or of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Millionths of a US dollar.
    pub micros: i64,
    /// Set aside and not yet settled.
    pub reserved_micros: i64,
    /// Requests.
    pub requests: i64,
    /// Tokens read.
    pub input_tokens: i64,
    /// Tokens written.
    pub output_tokens: i64,
}

/// What a guild spent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// By day of UTC, counted from 1970-01-01, the newest first.
    pub days: Vec<(i64, Spent)>,
    /// By member over these days, who spent most first.
    pub members: Vec<(UserId, Spent)>,
    /// By purpose and model over these days, the most first.
    pub models: Vec<(String, String, Spent)>,
}

/// What a guild spent from a day to another, both included.
///
/// # Errors
/// When the database fails.
pub fn report(tx: &mut Tx<'_>, guild: GuildId, from: i64, to: i64) -> Result<Report, DbError> {
    Ok(Report {
        days: spent_days(tx, guild, from, to)?,
        members: spend::member_list(tx, guild, from, to, REPORT_MEMBERS_MAX)?,
        models: spent_models(tx, guild, from, to)?,
    })
}

/// What a guild spent on each day from one to another, both included, the newest first; days without are left out.
///
/// # Errors
/// When the database fails.
pub fn spent_days(
    tx: &mut Tx<'_>,
    guild: GuildId,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, Spent)>, DbError> {
    spend::day_list(tx, guild, from, to, REPORT_DAYS_MAX)
}

/// What all guilds together spent since a day, by model, the dearest first.
///
/// # Errors
/// When the database fails.
pub fn models_since(
    tx: &mut Tx<'_>,
    since: i64,
    limit: u32,
) -> Result<Vec<(String, Spent)>, DbError> {
    models::model_list(tx, since, limit.clamp(1, REPORT_MEMBERS_MAX))
}

/// What a guild spent by purpose and model from a day to another, both included, the most first.
///
/// # Errors
/// When the database fails.
pub fn spent_models(
    tx: &mut Tx<'_>,
    guild: GuildId,
    from: i64,
    to: i64,
) -> Result<Vec<(String, String, Spent)>, DbError> {
    reservations::model_list(tx, guild, from, to, REPORT_MEMBERS_MAX)
}

/// Forgets who asked. The guild's sums stay; a request under way still counts for the guild.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx<'_>, op: &Op, guild: GuildId, user: UserId) -> Result<(), DbError> {
    debug_assert_eq!(op.guild, guild, "an operation is about its own guild");
    reservations::payer_forget(tx, guild, user)?;
    spend::member_forget(tx, guild, user)
}

/// Everything that is kept of a member.
///
/// # Errors
/// When the database fails.
pub fn export(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<Value, DbError> {
    let days = spend::member_days(tx, guild, user, REPORT_DAYS_MAX)?;
    let days: Vec<Value> = days
        .iter()
        .map(|(day, spent)| {
            json!({"day": date(*day), "micros": spent.micros, "requests": spent.requests,
                "input_tokens": spent.input_tokens, "output_tokens": spent.output_tokens})
        })
        .collect();
    Ok(json!({ "days": days }))
}

/// Drops requests that ended before a moment, and sums of days before it. Call again while it is
/// [`FORGET_CHUNK_MAX`].
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    let requests = reservations::ended_drop(tx, before, FORGET_CHUNK_MAX)?;
    let day = crate::day_of(before);
    let days = spend::day_drop(tx, day, FORGET_CHUNK_MAX)?;
    let models = models::model_drop(tx, day, FORGET_CHUNK_MAX)?;
    Ok(requests.max(days).max(models))
}

/// A day of UTC as a date.
fn date(day: i64) -> String {
    let start = Timestamp::from_micros(day.saturating_mul(86_400_000_000)).to_string();
    start.chars().take(10).collect()
}
