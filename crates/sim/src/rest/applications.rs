//! The gateway's address, and the application that asks about itself.

use serde_json::{Value, json};

use crate::limits::{Fault, member, text_of};

use super::call::{Answer, Answered, Call};
use super::error::{ApiError, Code};

/// So many guilds are recommended for one shard.
const GUILDS_PER_SHARD: usize = 1_000;

/// `GET /gateway`
pub(crate) fn gateway(call: &Call<'_>) -> Answered {
    Ok(Answer::ok(json!({"url": gateway_url(call)})))
}

/// `GET /gateway/bot`
pub(crate) fn gateway_bot(call: &Call<'_>) -> Answered {
    let world = call.world();
    let starts = world.identify_standing(call.me())?;
    let guilds = world.guilds_of(call.me()).count();
    let body = json!({
        "url": gateway_url(call),
        "shards": guilds.div_ceil(GUILDS_PER_SHARD).max(1),
        "session_start_limit": {
            "total": starts.total,
            "remaining": starts.remaining,
            "reset_after": starts.reset_after_ms,
            "max_concurrency": starts.max_concurrency,
        },
    });
    Ok(Answer::ok(body))
}

fn gateway_url<'a>(call: &Call<'a>) -> &'a str {
    &call.rest.settings.gateway_url
}

/// `GET /applications/@me` and `GET /oauth2/applications/@me`
pub(crate) fn fetch(call: &Call<'_>) -> Answered {
    let world = call.world();
    let application = world
        .application(call.me())
        .ok_or(Code::UnknownApplication)?;
    Ok(Answer::ok(world.render_application(application)))
}

/// Of the application's flags, those that it may set itself: the limited forms of the privileged intents.
const OWN_FLAGS: u64 = 1 << 13 | 1 << 15 | 1 << 19;

/// `PATCH /applications/@me`; a new endpoint was pinged before this runs.
pub(crate) fn edit(call: &Call<'_>) -> Answered {
    let body = call.json();
    check_edit(body)?;
    let mut world = call.world();
    world.application_edit(call.me(), |application| {
        if let Some(text) = text_of(body, "description") {
            text.clone_into(&mut application.description);
        }
        if let Some(flags) = body.get("flags").and_then(Value::as_u64) {
            let kept = u64::from(application.flags) & !OWN_FLAGS;
            application.flags =
                u32::try_from(kept | flags & OWN_FLAGS).unwrap_or(application.flags);
        }
        if let Some(url) = body.get("interactions_endpoint_url") {
            application.interactions_endpoint_url = url
                .as_str()
                .filter(|url| !url.is_empty())
                .map(str::to_owned);
        }
    })?;
    drop(world);
    fetch(call)
}

fn check_edit(body: &Value) -> Result<(), ApiError> {
    if member(body, "flags").is_some_and(|flags| !flags.is_u64()) {
        return Err(ApiError::fault("flags", Fault::not_integer(&body["flags"])));
    }
    if text_of(body, "description").is_some_and(|text| text.chars().count() > 400) {
        return Err(ApiError::fault("description", Fault::too_long(400)));
    }
    Ok(())
}
