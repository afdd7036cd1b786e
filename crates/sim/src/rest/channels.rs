//! Channels: fetching, changing (slow mode, overwrites), deleting, typing.

use serde_json::Value;

use crate::limits::{Fault, check_channel, member, snowflake_of, text_of};
use crate::world::permissions::{
    MANAGE_CHANNELS, MANAGE_ROLES, MANAGE_THREADS, SEND_IN_THREADS, SEND_MESSAGES, VIEW_CHANNEL,
};
use crate::world::state::{Channel, Guild, Overwrite};
use crate::world::{ChannelEdit, Snowflake, World};

use super::access::{channel_of, holds_messages, require_held, require_in};
use super::call::{Answer, Answered, Call};
use super::error::{ApiError, Code};
use super::guilds::channel_name;

/// `GET /channels/{channel_id}`
pub(crate) fn fetch(call: &Call<'_>) -> Answered {
    let world = call.world();
    let channel = channel_of(&world, call)?;
    Ok(Answer::ok(rendered(&world, call, channel)))
}

fn rendered(world: &World, call: &Call<'_>, channel: &Channel) -> Value {
    if channel.is_direct() {
        world.render_direct(channel, call.me())
    } else {
        world.render_channel(channel)
    }
}

/// `PATCH /channels/{channel_id}`
pub(crate) fn edit(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let channel = channel_of(&world, call)?;
    let Some(guild) = channel.guild.and_then(|id| world.guild(id)) else {
        return Err(Code::NotOnDirects.into());
    };
    let needed = if channel.thread.is_some() {
        MANAGE_THREADS
    } else {
        MANAGE_CHANNELS
    };
    require_in(&world, call, channel.id, needed)?;
    check_channel(body, false).result()?;
    let overwrites = overwrites(body);
    if let Some(overwrites) = &overwrites {
        require_in(&world, call, channel.id, MANAGE_ROLES)?;
        require_overwrites_held(&world, call, guild, &channel.overwrites, overwrites)?;
    }
    let (id, kind) = (channel.id, channel.kind);
    let edit = ChannelEdit {
        name: text_of(body, "name").map(|name| {
            if kind == 0 {
                channel_name(name)
            } else {
                name.to_owned()
            }
        }),
        topic: body
            .get("topic")
            .map(|topic| topic.as_str().map(str::to_owned)),
        position: body
            .get("position")
            .and_then(Value::as_i64)
            .and_then(|position| i32::try_from(position).ok()),
        parent: body
            .get("parent_id")
            .map(|parent| snowflake_of(parent).map(Snowflake)),
        nsfw: body.get("nsfw").and_then(Value::as_bool),
        slowmode_s: body.get("rate_limit_per_user").map(|seconds| {
            seconds
                .as_u64()
                .and_then(|s| u32::try_from(s).ok())
                .unwrap_or(0)
        }),
        overwrites,
        flags: None,
        archived: body.get("archived").and_then(Value::as_bool),
        locked: body.get("locked").and_then(Value::as_bool),
        extra: serde_json::Map::new(),
    };
    world.channel_edit(id, edit, &call.deed())?;
    answer_with(&world, call, id)
}

fn answer_with(world: &World, call: &Call<'_>, id: Snowflake) -> Answered {
    let channel = world.channel(id).ok_or(Code::UnknownChannel)?;
    Ok(Answer::ok(rendered(world, call, channel)))
}

/// `DELETE /channels/{channel_id}`; a direct conversation is only closed.
pub(crate) fn delete(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let channel = channel_of(&world, call)?;
    let body = rendered(&world, call, channel);
    if !channel.is_direct() {
        let (id, threaded) = (channel.id, channel.thread.is_some());
        require_in(
            &world,
            call,
            id,
            if threaded {
                MANAGE_THREADS
            } else {
                MANAGE_CHANNELS
            },
        )?;
        world.channel_delete(id, &call.deed())?;
    }
    Ok(Answer::ok(body))
}

/// `POST /channels/{channel_id}/typing`
pub(crate) fn typing(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let channel = channel_of(&world, call)?;
    let id = channel.id;
    if !holds_messages(channel.kind) {
        return Err(Code::ChannelNotText.into());
    }
    require_in(
        &world,
        call,
        id,
        if channel.thread.is_some() {
            SEND_IN_THREADS
        } else {
            SEND_MESSAGES
        },
    )?;
    world.typing(id, call.me())?;
    Ok(Answer::nothing())
}

/// `PUT /channels/{channel_id}/permissions/{overwrite_id}`
pub(crate) fn put_overwrite(call: &Call<'_>) -> Answered {
    let target = call.id("overwrite_id")?;
    let body = call.json();
    let kind = match body.get("type").and_then(Value::as_u64) {
        Some(0) => 0,
        Some(1) => 1,
        _ => return Err(ApiError::fault("type", Fault::choices(&[0, 1]))),
    };
    let overwrite = Overwrite {
        id: target,
        kind,
        allow: bits(body, "allow"),
        deny: bits(body, "deny"),
    };
    change_overwrites(call, |list| {
        list.retain(|other| other.id != target);
        list.push(overwrite);
    })
}

/// `DELETE /channels/{channel_id}/permissions/{overwrite_id}`
pub(crate) fn delete_overwrite(call: &Call<'_>) -> Answered {
    let target = call.id("overwrite_id")?;
    change_overwrites(call, |list| list.retain(|other| other.id != target))
}

fn change_overwrites(call: &Call<'_>, change: impl FnOnce(&mut Vec<Overwrite>)) -> Answered {
    let mut world = call.world();
    let channel = channel_of(&world, call)?;
    let Some(guild) = channel.guild.and_then(|id| world.guild(id)) else {
        return Err(Code::NotOnDirects.into());
    };
    require_in(&world, call, channel.id, MANAGE_ROLES)?;
    let id = channel.id;
    let mut overwrites = channel.overwrites.clone();
    change(&mut overwrites);
    require_overwrites_held(&world, call, guild, &channel.overwrites, &overwrites)?;
    world.channel_edit(
        id,
        ChannelEdit {
            overwrites: Some(overwrites),
            ..ChannelEdit::default()
        },
        &call.deed(),
    )?;
    Ok(Answer::nothing())
}

/// The overwrites of a body that was checked; `None` where it has none.
pub(crate) fn overwrites(body: &Value) -> Option<Vec<Overwrite>> {
    let list = member(body, "permission_overwrites")?.as_array()?;
    let read = |overwrite: &Value| {
        let member_kind = overwrite.get("type").is_some_and(|kind| {
            kind.as_u64() == Some(1) || matches!(kind.as_str(), Some("1" | "member"))
        });
        let id = snowflake_of(&overwrite["id"])?;
        Some(Overwrite {
            id: Snowflake(id),
            kind: u8::from(member_kind),
            allow: bits(overwrite, "allow"),
            deny: bits(overwrite, "deny"),
        })
    };
    Some(list.iter().filter_map(read).collect())
}

fn bits(body: &Value, name: &str) -> u64 {
    member(body, name).and_then(snowflake_of).unwrap_or(0)
}

/// An overwrite can't newly hand out what its maker hasn't. Denying is free: a lockdown denies what the bot may not grant.
pub(crate) fn require_overwrites_held(
    world: &World,
    call: &Call<'_>,
    guild: &Guild,
    before: &[Overwrite],
    after: &[Overwrite],
) -> Result<(), ApiError> {
    let old = |id: Snowflake| {
        before
            .iter()
            .find(|overwrite| overwrite.id == id)
            .map_or(0, |overwrite| overwrite.allow)
    };
    let granted = after.iter().fold(0, |all, overwrite| {
        all | overwrite.allow & !old(overwrite.id)
    });
    require_held(world, call, guild, granted & !VIEW_CHANNEL)
}
