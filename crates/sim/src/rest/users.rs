//! Users: oneself, others, one's guilds, and direct conversations.

use serde_json::{Value, json};

use crate::limits::{Fault, member, snowflake_of, text_of};
use crate::world::Snowflake;

use super::call::{Answer, Answered, Call, Caller};
use super::error::{ApiError, Code};

/// `GET /users/@me`
pub(crate) fn me(call: &Call<'_>) -> Answered {
    let mut body = call.world().render_me(call.me());
    // Of a person these two are told only with the scope `email`, which is not to be had here.
    if let (Caller::Person { .. }, Value::Object(members)) = (call.caller, &mut body) {
        members.remove("email");
        members.remove("verified");
    }
    Ok(Answer::ok(body))
}

/// `PATCH /users/@me`
pub(crate) fn edit_me(call: &Call<'_>) -> Answered {
    let body = call.json();
    if let Some(name) = text_of(body, "username") {
        let length = name.chars().count();
        if !(2..=32).contains(&length) {
            return Err(ApiError::fault("username", Fault::bad_length(2, 32)));
        }
        let name = name.to_owned();
        call.world()
            .user_edit(call.me(), |user| user.username = name)?;
    }
    me(call)
}

/// `GET /users/{user_id}`
pub(crate) fn fetch(call: &Call<'_>) -> Answered {
    let world = call.world();
    let id = call.id("user_id")?;
    world.user(id).ok_or(Code::UnknownUser)?;
    Ok(Answer::ok(world.render_user(id)))
}

/// `GET /users/@me/guilds`
pub(crate) fn guilds(call: &Call<'_>) -> Answered {
    let limit = call.limit(200, 200)?;
    let (before, after) = (call.query_id("before")?, call.query_id("after")?);
    let with_counts = call.query_flag("with_counts");
    let world = call.world();
    let within = |id: Snowflake| {
        before.is_none_or(|before| id < before) && after.is_none_or(|after| id > after)
    };
    let mut mine: Vec<_> = world
        .guilds_of(call.me())
        .filter(|guild| within(guild.id))
        .collect();
    if before.is_some() && after.is_none() && mine.len() > limit {
        mine.drain(..mine.len() - limit);
    }
    let render = |guild: &&crate::world::state::Guild| {
        let mut body = json!({
            "id": guild.id,
            "name": guild.name,
            "icon": guild.icon,
            "banner": null,
            "owner": guild.owner == call.me(),
            "permissions": world.permissions_of(guild.id, call.me()).to_string(),
            "features": [],
        });
        if with_counts {
            body["approximate_member_count"] = guild.members.len().into();
            body["approximate_presence_count"] = guild.members.len().into();
        }
        body
    };
    Ok(Answer::ok(mine.iter().take(limit).map(render).collect()))
}

/// `DELETE /users/@me/guilds/{guild_id}`
pub(crate) fn leave_guild(call: &Call<'_>) -> Answered {
    let guild = call.id("guild_id")?;
    let mut world = call.world();
    world
        .guild(guild)
        .filter(|guild| guild.members.contains_key(&call.me()))
        .ok_or(Code::UnknownGuild)?;
    world.member_leave(guild, call.me())?;
    Ok(Answer::nothing())
}

/// `POST /users/@me/channels`
pub(crate) fn open_direct(call: &Call<'_>) -> Answered {
    let recipient = member(call.json(), "recipient_id");
    let Some(recipient) = recipient else {
        return Err(ApiError::fault("recipient_id", Fault::required()));
    };
    let Some(id) = snowflake_of(recipient) else {
        return Err(ApiError::fault(
            "recipient_id",
            Fault::not_snowflake(recipient),
        ));
    };
    let mut world = call.world();
    let other = world.user(Snowflake(id)).ok_or(Code::UnknownUser)?;
    // Bots have no conversations with bots, themselves included.
    if other.bot {
        return Err(Code::CannotMessageUser.into());
    }
    let channel = world.direct_open(call.me(), Snowflake(id))?;
    let body = world.channel(channel).map_or(Value::Null, |channel| {
        world.render_direct(channel, call.me())
    });
    Ok(Answer::ok(body))
}
