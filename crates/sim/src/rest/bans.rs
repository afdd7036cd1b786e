//! Bans: listing, adding, lifting, and many at once.

use serde_json::{Value, json};

use crate::limits::{check_ban, items, snowflake_of};
use crate::world::Snowflake;
use crate::world::permissions::{BAN_MEMBERS, MANAGE_GUILD};

use super::access::{guild_of, require_above, require_of};
use super::call::{Answer, Answered, Call};
use super::error::Code;

/// `GET /guilds/{guild_id}/bans`
pub(crate) fn list(call: &Call<'_>) -> Answered {
    let limit = call.limit(1_000, 1_000)?;
    let (before, after) = (call.query_id("before")?, call.query_id("after")?);
    let world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, BAN_MEMBERS)?;
    let within = |id: Snowflake| {
        before.is_none_or(|before| id < before) && after.is_none_or(|after| id > after)
    };
    let bans = guild.bans.iter().filter(|(id, _)| within(**id)).take(limit);
    Ok(Answer::ok(
        bans.map(|(_, ban)| world.render_ban(ban)).collect(),
    ))
}

/// `GET /guilds/{guild_id}/bans/{user_id}`
pub(crate) fn fetch(call: &Call<'_>) -> Answered {
    let user = call.id("user_id")?;
    let world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, BAN_MEMBERS)?;
    let ban = guild.bans.get(&user).ok_or(Code::UnknownBan)?;
    Ok(Answer::ok(world.render_ban(ban)))
}

/// For how far back a ban deletes messages, in seconds; the older name counts days.
fn delete_seconds(body: &Value) -> u32 {
    let number = |name: &str| {
        body.get(name)
            .and_then(Value::as_u64)
            .and_then(|number| u32::try_from(number).ok())
    };
    number("delete_message_seconds")
        .or_else(|| number("delete_message_days").map(|days| days * 86_400))
        .unwrap_or(0)
}

/// The body, with what Discord also takes from the query: there are libraries that write it there.
fn with_query(call: &Call<'_>) -> Value {
    let mut body = call.json().clone();
    if body.is_null() {
        body = json!({});
    }
    if let Some(members) = body.as_object_mut() {
        for name in ["delete_message_seconds", "delete_message_days"] {
            if let Some(text) = call.query_text(name) {
                let number = text
                    .parse::<i64>()
                    .map_or_else(|_| json!(text), Value::from);
                members.insert(name.to_owned(), number);
            }
        }
    }
    body
}

/// `PUT /guilds/{guild_id}/bans/{user_id}`
pub(crate) fn add(call: &Call<'_>) -> Answered {
    let (user, body) = (call.id("user_id")?, &with_query(call));
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, BAN_MEMBERS)?;
    check_ban(body, false).result()?;
    world.user(user).ok_or(Code::UnknownUser)?;
    if user == guild.owner || guild.members.contains_key(&user) {
        require_above(call, guild, user)?;
    }
    let id = guild.id;
    world.ban_add(id, user, delete_seconds(body), &call.deed())?;
    Ok(Answer::nothing())
}

/// `DELETE /guilds/{guild_id}/bans/{user_id}`
pub(crate) fn remove(call: &Call<'_>) -> Answered {
    let user = call.id("user_id")?;
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, BAN_MEMBERS)?;
    let id = guild.id;
    world.ban_remove(id, user, &call.deed())?;
    Ok(Answer::nothing())
}

/// `POST /guilds/{guild_id}/bulk-ban`: those that can't be banned are named, and the others are.
pub(crate) fn add_many(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, BAN_MEMBERS | MANAGE_GUILD)?;
    check_ban(body, true).result()?;
    let id = guild.id;
    let (mut banned, mut failed) = (Vec::new(), Vec::new());
    for user in items(body, "user_ids")
        .iter()
        .filter_map(snowflake_of)
        .map(Snowflake)
    {
        let guild = world.guild(id).ok_or(Code::UnknownGuild)?;
        let allowed =
            user != call.me() && !guild.bans.contains_key(&user) && world.user(user).is_some();
        let member = user == guild.owner || guild.members.contains_key(&user);
        if allowed && (!member || require_above(call, guild, user).is_ok()) {
            world.ban_add(id, user, delete_seconds(body), &call.deed())?;
            banned.push(user);
        } else {
            failed.push(user);
        }
    }
    Ok(Answer::ok(
        json!({"banned_users": banned, "failed_users": failed}),
    ))
}
