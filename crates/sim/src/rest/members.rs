//! Members: listing, searching, changing, their roles, and kicking them.

use jiff::Timestamp;
use serde_json::Value;

use crate::limits::{
    Fault, check_current_member, check_member, items, member, snowflake_of, text_of,
};
use crate::world::permissions::{
    CHANGE_NICKNAME, KICK_MEMBERS, MANAGE_NICKNAMES, MANAGE_ROLES, MODERATE_MEMBERS,
};
use crate::world::state::Guild;
use crate::world::{MemberEdit, Snowflake, World};

use super::access::{guild_of, is_administrator, require_above, require_of, require_role_below};
use super::call::{Answer, Answered, Call};
use super::error::{ApiError, Code};

/// Permissions for muting and deafening in voice.
const MUTE_MEMBERS: u64 = 1 << 22;
const DEAFEN_MEMBERS: u64 = 1 << 23;

/// `GET /guilds/{guild_id}/members/{user_id}`
pub(crate) fn fetch(call: &Call<'_>) -> Answered {
    let world = call.world();
    let guild = guild_of(&world, call)?;
    let user = call.id("user_id")?;
    let Some(member) = guild.members.get(&user) else {
        return Err(if world.user(user).is_some() {
            Code::UnknownMember
        } else {
            Code::UnknownUser
        }
        .into());
    };
    Ok(Answer::ok(world.render_member(member)))
}

/// `GET /guilds/{guild_id}/members`: by id, from after a given one. Asks for the members intent.
pub(crate) fn list(call: &Call<'_>) -> Answered {
    let (limit, after) = (
        call.limit(1, 1_000)?,
        call.query_id("after")?.unwrap_or_default(),
    );
    let world = call.world();
    let guild = guild_of(&world, call)?;
    // Bits 14 and 15 of an application's flags: the members intent, full and limited.
    if world
        .application(call.me())
        .is_none_or(|application| application.flags & (1 << 14 | 1 << 15) == 0)
    {
        return Err(Code::MissingAccess.into());
    }
    let from = Snowflake(after.0.saturating_add(1));
    let page = guild
        .members
        .range(from..)
        .take(limit)
        .map(|(_, member)| world.render_member(member));
    Ok(Answer::ok(page.collect()))
}

/// `GET /guilds/{guild_id}/members/search`: by the beginning of a name.
pub(crate) fn search(call: &Call<'_>) -> Answered {
    let limit = call.limit(1, 1_000)?;
    let Some(query) = call.query_text("query").filter(|query| !query.is_empty()) else {
        return Err(ApiError::fault("query", Fault::required()));
    };
    let query = query.to_lowercase();
    let world = call.world();
    let guild = guild_of(&world, call)?;
    let begins =
        |name: Option<&str>| name.is_some_and(|name| name.to_lowercase().starts_with(&query));
    let fits = |user: Snowflake, nick: Option<&str>| {
        let account = world.user(user);
        begins(nick)
            || begins(account.map(|user| user.username.as_str()))
            || begins(account.and_then(|user| user.global_name.as_deref()))
    };
    let found = guild
        .members
        .values()
        .filter(|member| fits(member.user, member.nick.as_deref()));
    Ok(Answer::ok(
        found
            .take(limit)
            .map(|member| world.render_member(member))
            .collect(),
    ))
}

/// `PATCH /guilds/{guild_id}/members/{user_id}`
pub(crate) fn edit(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    let user = call.id("user_id")?;
    if !guild.members.contains_key(&user) {
        return Err(Code::UnknownMember.into());
    }
    let now = Timestamp::from_microsecond(world.now_us()).unwrap_or(Timestamp::UNIX_EPOCH);
    check_member(body, now).result()?;
    require_edit(&world, call, guild, user, body)?;
    let id = guild.id;
    world.member_edit(id, user, edit_of(body), &call.deed())?;
    let body = world
        .member(id, user)
        .map_or(Value::Null, |member| world.render_member(member));
    Ok(Answer::ok(body))
}

fn edit_of(body: &Value) -> MemberEdit {
    let until = |value: &Value| {
        value
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok())
            .map(Timestamp::as_microsecond)
    };
    MemberEdit {
        nick: body.get("nick").map(|nick| {
            nick.as_str()
                .filter(|nick| !nick.is_empty())
                .map(str::to_owned)
        }),
        roles: body.get("roles").map(|_| roles_of(body)),
        timeout_until_us: body.get("communication_disabled_until").map(until),
        mute: body.get("mute").and_then(Value::as_bool),
        deaf: body.get("deaf").and_then(Value::as_bool),
        flags: body
            .get("flags")
            .and_then(Value::as_u64)
            .and_then(|flags| u32::try_from(flags).ok()),
        ..MemberEdit::default()
    }
}

fn roles_of(body: &Value) -> Vec<Snowflake> {
    items(body, "roles")
        .iter()
        .filter_map(snowflake_of)
        .map(Snowflake)
        .collect()
}

/// What it takes to change this of that member.
fn require_edit(
    world: &World,
    call: &Call<'_>,
    guild: &Guild,
    user: Snowflake,
    body: &Value,
) -> Result<(), ApiError> {
    let own = user == call.me();
    for (name, permission) in [
        ("nick", MANAGE_NICKNAMES),
        ("roles", MANAGE_ROLES),
        ("mute", MUTE_MEMBERS),
        ("deaf", DEAFEN_MEMBERS),
        ("communication_disabled_until", MODERATE_MEMBERS),
    ] {
        if body.get(name).is_none() {
            continue;
        }
        require_of(
            world,
            call,
            guild,
            if own && name == "nick" {
                CHANGE_NICKNAME
            } else {
                permission
            },
        )?;
    }
    for name in ["nick", "communication_disabled_until"] {
        if body.get(name).is_some() && !own {
            require_above(call, guild, user)?;
        }
    }
    // Who may do everything can't be timed out, nor can a bot time out itself.
    let timed_out = member(body, "communication_disabled_until").is_some();
    if timed_out && (own || is_administrator(world, guild, user)) {
        return Err(Code::MissingPermissions.into());
    }
    if body.get("roles").is_some() {
        require_role_changes(call, guild, user, &roles_of(body))?;
    }
    Ok(())
}

/// Each role that is given or taken must stand below the bot's own, and none may be managed.
fn require_role_changes(
    call: &Call<'_>,
    guild: &Guild,
    user: Snowflake,
    wanted: &[Snowflake],
) -> Result<(), ApiError> {
    let held = guild
        .members
        .get(&user)
        .map_or(&[][..], |member| &member.roles);
    let given = wanted.iter().filter(|role| !held.contains(role));
    let taken = held.iter().filter(|role| !wanted.contains(role));
    for role in given.chain(taken) {
        require_assignable(call, guild, *role)?;
    }
    Ok(())
}

fn require_assignable(call: &Call<'_>, guild: &Guild, role: Snowflake) -> Result<(), ApiError> {
    if role == guild.id {
        return Err(Code::InvalidRole.into());
    }
    require_role_below(call, guild, role)?;
    let managed = guild.roles.get(&role).is_some_and(|role| role.managed);
    if managed {
        Err(Code::MissingPermissions.into())
    } else {
        Ok(())
    }
}

/// `PATCH /guilds/{guild_id}/members/@me`: the bot's own face in this guild.
pub(crate) fn edit_me(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    if body.get("nick").is_some() {
        require_of(&world, call, guild, CHANGE_NICKNAME)?;
    }
    check_current_member(body).result()?;
    let id = guild.id;
    let picture = |name: &str| {
        body.get(name)
            .map(|value| value.as_str().map(picture_digest))
    };
    let edit = MemberEdit {
        nick: edit_of(body).nick,
        avatar: picture("avatar"),
        banner: picture("banner"),
        bio: body.get("bio").map(|bio| bio.as_str().map(str::to_owned)),
        ..MemberEdit::default()
    };
    world.member_edit(id, call.me(), edit, &call.deed())?;
    let member = world.member(id, call.me()).ok_or(Code::UnknownMember)?;
    let mut shown = world.render_member(member);
    shown["bio"] = text_of(body, "bio").map_or_else(|| member.bio.clone().into(), Value::from);
    Ok(Answer::ok(shown))
}

/// A picture is known by the digest of its content.
pub(crate) fn picture_digest(picture: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(picture.as_bytes())
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// `PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}`
pub(crate) fn add_role(call: &Call<'_>) -> Answered {
    change_role(call, |roles, role| {
        if !roles.contains(&role) {
            roles.push(role);
        }
    })
}

/// `DELETE /guilds/{guild_id}/members/{user_id}/roles/{role_id}`
pub(crate) fn remove_role(call: &Call<'_>) -> Answered {
    change_role(call, |roles, role| roles.retain(|held| *held != role))
}

fn change_role(call: &Call<'_>, change: impl FnOnce(&mut Vec<Snowflake>, Snowflake)) -> Answered {
    let (user, role) = (call.id("user_id")?, call.id("role_id")?);
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    let member = guild.members.get(&user).ok_or(Code::UnknownMember)?;
    require_of(&world, call, guild, MANAGE_ROLES)?;
    require_assignable(call, guild, role)?;
    let (id, mut roles) = (guild.id, member.roles.clone());
    let before = roles.clone();
    change(&mut roles, role);
    // What changes nothing is told to nobody.
    if roles != before {
        world.member_edit(
            id,
            user,
            MemberEdit {
                roles: Some(roles),
                ..MemberEdit::default()
            },
            &call.deed(),
        )?;
    }
    Ok(Answer::nothing())
}

/// `DELETE /guilds/{guild_id}/members/{user_id}`
pub(crate) fn kick(call: &Call<'_>) -> Answered {
    let user = call.id("user_id")?;
    let mut world = call.world();
    let guild = guild_of(&world, call)?;
    if !guild.members.contains_key(&user) {
        return Err(Code::UnknownMember.into());
    }
    require_of(&world, call, guild, KICK_MEMBERS)?;
    require_above(call, guild, user)?;
    let id = guild.id;
    world.member_kick(id, user, &call.deed())?;
    Ok(Answer::nothing())
}
