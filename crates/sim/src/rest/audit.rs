//! A guild's audit log.

use crate::world::permissions::VIEW_AUDIT_LOG;
use crate::world::state::AuditEntry;

use super::access::{guild_of, require_of};
use super::call::{Answer, Answered, Call};
use super::error::ApiError;

/// `GET /guilds/{guild_id}/audit-logs`: newest first, but oldest first when asked for what came after an entry.
pub(crate) fn list(call: &Call<'_>) -> Answered {
    let limit = call.limit(50, 100)?;
    let (before, after) = (call.query_id("before")?, call.query_id("after")?);
    let (user, target) = (call.query_id("user_id")?, call.query_id("target_id")?);
    let action = call
        .query_text("action_type")
        .map(str::parse::<u32>)
        .transpose();
    let action = action.map_err(|_| {
        ApiError::fault(
            "action_type",
            crate::limits::Fault::not_integer(&"action_type".into()),
        )
    })?;
    let world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, VIEW_AUDIT_LOG)?;
    let fits = |entry: &&AuditEntry| {
        before.is_none_or(|before| entry.id < before)
            && after.is_none_or(|after| entry.id > after)
            && user.is_none_or(|user| entry.by == user)
            && target.is_none_or(|target| entry.target == Some(target))
            && action.is_none_or(|action| entry.action == action)
    };
    let entries: Vec<&AuditEntry> = if after.is_some() {
        guild.audit.iter().filter(fits).take(limit).collect()
    } else {
        guild.audit.iter().rev().filter(fits).take(limit).collect()
    };
    Ok(Answer::ok(world.render_audit_log(&entries)))
}
