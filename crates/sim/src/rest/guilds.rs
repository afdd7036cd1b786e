//! Guilds, and their lists of channels.

use serde_json::{Value, json};

use crate::limits::{check_channel, member, snowflake_of, text_of};
use crate::world::permissions::{MANAGE_CHANNELS, MANAGE_GUILD, VIEW_CHANNEL};
use crate::world::{ChannelDraft, GuildEdit, Snowflake};

use super::access::{guild_of, require_of};
use super::call::{Answer, Answered, Call};
use super::channels::{overwrites, require_overwrites_held};
use super::error::{ApiError, Code};

/// `GET /guilds/{guild_id}`
pub(crate) fn fetch(call: &Call<'_>) -> Answered {
    let world = call.world();
    // A guild that the bot isn't in is, to this route, no guild at all.
    let guild = guild_of(&world, call).map_err(|error| {
        if error.code == Code::MissingAccess {
            Code::UnknownGuild.into()
        } else {
            error
        }
    })?;
    let body = if call.query_flag("with_counts") {
        world.render_guild_with_counts(guild)
    } else {
        world.render_guild(guild)
    };
    Ok(Answer::ok(body))
}

/// `PATCH /guilds/{guild_id}`
pub(crate) fn edit(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, MANAGE_GUILD)?;
    let id = guild.id;
    if let Some(name) = text_of(body, "name") {
        let length = name.chars().count();
        if !(2..=100).contains(&length) {
            return Err(ApiError::fault(
                "name",
                crate::limits::Fault::bad_length(2, 100),
            ));
        }
    }
    let edit = GuildEdit {
        name: text_of(body, "name").map(str::to_owned),
        system_channel: body
            .get("system_channel_id")
            .map(|value| snowflake_of(value).map(Snowflake)),
        ..GuildEdit::default()
    };
    world.guild_edit(id, edit, &call.deed())?;
    let body = world
        .guild(id)
        .map_or(Value::Null, |guild| world.render_guild(guild));
    Ok(Answer::ok(body))
}

/// `GET /guilds/{guild_id}/channels`: threads are not among them.
pub(crate) fn channels(call: &Call<'_>) -> Answered {
    let world = call.world();
    let guild = guild_of(&world, call)?;
    let shown = world
        .channels_of(guild.id)
        .filter(|channel| channel.thread.is_none());
    Ok(Answer::ok(
        shown.map(|channel| world.render_channel(channel)).collect(),
    ))
}

/// `POST /guilds/{guild_id}/channels`
pub(crate) fn create_channel(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, MANAGE_CHANNELS)?;
    check_channel(body, true).result()?;
    let overwrites = overwrites(body).unwrap_or_default();
    require_overwrites_held(&world, call, guild, &[], &overwrites)?;
    let id = guild.id;
    let number = |name: &str| body.get(name).and_then(Value::as_u64);
    let kind = number("type")
        .and_then(|kind| u8::try_from(kind).ok())
        .unwrap_or(0);
    let name = text_of(body, "name").unwrap_or_default();
    let draft = ChannelDraft {
        name: if kind == 0 {
            channel_name(name)
        } else {
            name.to_owned()
        },
        kind,
        topic: text_of(body, "topic").map(str::to_owned),
        parent: member(body, "parent_id")
            .and_then(snowflake_of)
            .map(Snowflake),
        nsfw: body.get("nsfw").and_then(Value::as_bool).unwrap_or(false),
        slowmode_s: number("rate_limit_per_user")
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or(0),
        overwrites,
        position: number("position").and_then(|position| i32::try_from(position).ok()),
        extra: serde_json::Map::new(),
    };
    let channel = world.channel_create(id, draft, &call.deed())?;
    let body = world
        .channel(channel)
        .map_or(Value::Null, |channel| world.render_channel(channel));
    Ok(Answer::created(body))
}

/// Text channels are spelt small, with dashes for spaces.
pub(crate) fn channel_name(name: &str) -> String {
    name.trim()
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join("-")
}

/// `GET /guilds/{guild_id}/threads/active`
pub(crate) fn active_threads(call: &Call<'_>) -> Answered {
    let world = call.world();
    let guild = guild_of(&world, call)?;
    let seen = |id: Snowflake| world.permissions_in(id, call.me()) & VIEW_CHANNEL != 0;
    let open = world.channels_of(guild.id).filter(|channel| {
        channel
            .thread
            .as_ref()
            .is_some_and(|thread| !thread.archived)
    });
    let threads: Vec<Value> = open
        .filter(|channel| seen(channel.id))
        .map(|channel| world.render_channel(channel))
        .collect();
    Ok(Answer::ok(
        json!({"threads": threads, "members": [], "has_more": false}),
    ))
}
