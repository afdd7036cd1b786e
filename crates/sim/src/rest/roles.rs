//! Roles of a guild.
//! What always holds: a bot touches only what stands below its own highest role, and grants only what it has.

use serde_json::{Value, json};

use crate::limits::{Fault, check_role, member, snowflake_of, text_of};
use crate::world::permissions::MANAGE_ROLES;
use crate::world::{RoleDraft, RoleEdit, Snowflake, World};

use super::access::{guild_of, require_held, require_of, require_role_below};
use super::call::{Answer, Answered, Call};
use super::error::{ApiError, Code};

/// Roles of one guild.
const ROLES_MAX: usize = 250;

/// `GET /guilds/{guild_id}/roles`
pub(crate) fn list(call: &Call<'_>) -> Answered {
    let world = call.world();
    let guild = guild_of(&world, call)?;
    Ok(Answer::ok(Value::Array(world.render_roles(guild))))
}

/// `GET /guilds/{guild_id}/roles/{role_id}`
pub(crate) fn fetch(call: &Call<'_>) -> Answered {
    let (world, id) = (call.world(), call.id("role_id")?);
    let guild = guild_of(&world, call)?.id;
    answer_with(&world, guild, id)
}

fn answer_with(world: &World, guild: Snowflake, role: Snowflake) -> Answered {
    let guild = world.guild(guild).ok_or(Code::UnknownGuild)?;
    let rendered = world
        .render_roles(guild)
        .into_iter()
        .find(|body| body["id"] == json!(role));
    rendered.map(Answer::ok).ok_or(Code::UnknownRole.into())
}

fn permissions_of(body: &Value) -> Option<u64> {
    member(body, "permissions").and_then(snowflake_of)
}

fn colour_of(body: &Value) -> Option<u32> {
    let given = member(body, "color").or_else(|| body.pointer("/colors/primary_color"))?;
    given.as_u64().and_then(|colour| u32::try_from(colour).ok())
}

/// `POST /guilds/{guild_id}/roles`
pub(crate) fn create(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, MANAGE_ROLES)?;
    check_role(body).result()?;
    if guild.roles.len() >= ROLES_MAX {
        return Err(Code::RolesFull.into());
    }
    // Left out, the permissions are those of everyone.
    let everyone = guild
        .roles
        .get(&guild.id)
        .map_or(0, |role| role.permissions);
    let permissions = permissions_of(body).unwrap_or(everyone);
    require_held(&world, call, guild, permissions & !everyone)?;
    let id = guild.id;
    let flag = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or(false);
    let draft = RoleDraft {
        name: text_of(body, "name")
            .filter(|name| !name.is_empty())
            .unwrap_or("new role")
            .to_owned(),
        permissions,
        color: colour_of(body).unwrap_or(0),
        hoist: flag("hoist"),
        mentionable: flag("mentionable"),
        icon: None,
        unicode_emoji: text_of(body, "unicode_emoji").map(str::to_owned),
        bot: None,
    };
    let role = world.role_create(id, draft, &call.deed())?;
    answer_with(&world, id, role)
}

/// `PATCH /guilds/{guild_id}/roles/{role_id}`
pub(crate) fn edit(call: &Call<'_>) -> Answered {
    let (role, body) = (call.id("role_id")?, call.json());
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, MANAGE_ROLES)?;
    require_role_below(call, guild, role)?;
    check_role(body).result()?;
    if let Some(permissions) = permissions_of(body) {
        let before = guild.roles.get(&role).map_or(0, |role| role.permissions);
        require_held(&world, call, guild, permissions & !before)?;
    }
    let id = guild.id;
    let edit = RoleEdit {
        name: text_of(body, "name").map(str::to_owned),
        permissions: permissions_of(body),
        color: colour_of(body),
        hoist: body.get("hoist").and_then(Value::as_bool),
        mentionable: body.get("mentionable").and_then(Value::as_bool),
        icon: None,
        unicode_emoji: body
            .get("unicode_emoji")
            .map(|emoji| emoji.as_str().map(str::to_owned)),
    };
    world.role_edit(id, role, edit, &call.deed())?;
    answer_with(&world, id, role)
}

/// `PATCH /guilds/{guild_id}/roles`: moves roles.
pub(crate) fn reorder(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, MANAGE_ROLES)?;
    let Some(list) = call.json().as_array() else {
        return Err(ApiError::fault("", Fault::not_list()));
    };
    let mut moves = Vec::new();
    for entry in list {
        let Some(role) = member(entry, "id").and_then(snowflake_of).map(Snowflake) else {
            return Err(ApiError::fault("0/id", Fault::required()));
        };
        require_role_below(call, guild, role)?;
        let position = entry
            .get("position")
            .and_then(Value::as_i64)
            .and_then(|position| i32::try_from(position).ok());
        moves.extend(position.map(|position| (role, position)));
    }
    let id = guild.id;
    world.roles_move(id, &moves)?;
    let guild = world.guild(id).ok_or(Code::UnknownGuild)?;
    Ok(Answer::ok(Value::Array(world.render_roles(guild))))
}

/// `DELETE /guilds/{guild_id}/roles/{role_id}`
pub(crate) fn delete(call: &Call<'_>) -> Answered {
    let role = call.id("role_id")?;
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, MANAGE_ROLES)?;
    require_role_below(call, guild, role)?;
    if role == guild.id || guild.roles.get(&role).is_some_and(|role| role.managed) {
        return Err(Code::InvalidRole.into());
    }
    let id = guild.id;
    world.role_delete(id, role, &call.deed())?;
    Ok(Answer::nothing())
}
