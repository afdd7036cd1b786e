//! Registering commands: an application's global ones, and those of one guild.
//! What always holds: a name is there once per place and type; putting it again changes the command and keeps its id.

use serde_json::{Map, Value, json};

use crate::limits::{
    COMMANDS_MAX, check_command, check_command_edit, check_commands, command_kind, member, text_of,
};
use crate::rest::call::{Answer, Answered, Call};
use crate::rest::error::{ApiError, Code};
use crate::world::state::Command;
use crate::world::{CommandDraft, Snowflake, World, render_command};

/// What a request may say about a command, beside its name and type.
const MEMBERS: &[&str] = &[
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "dm_permission",
    "contexts",
    "integration_types",
    "nsfw",
    "handler",
];
/// Slash commands are counted apart from menus.
const SLASH: u8 = 1;
const MENUS_MAX: usize = 15;

/// Where commands are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Global,
    Guild,
}

/// The application in the path, which must be the one that asks, and the guild, of which its bot must be a member.
fn owner(
    world: &World,
    call: &Call<'_>,
    place: Place,
) -> Result<(Snowflake, Option<Snowflake>), ApiError> {
    let application = call.id("application_id")?;
    if application != call.me() {
        return Err(Code::NotYourApplication.into());
    }
    if place == Place::Global {
        return Ok((application, None));
    }
    let guild = call.id("guild_id")?;
    if world.member(guild, application).is_none() {
        return Err(Code::MissingAccess.into());
    }
    Ok((application, Some(guild)))
}

pub(crate) fn list_global(call: &Call<'_>) -> Answered {
    list(call, Place::Global)
}

pub(crate) fn list_of_guild(call: &Call<'_>) -> Answered {
    list(call, Place::Guild)
}

fn list(call: &Call<'_>, place: Place) -> Answered {
    let world = call.world();
    let (application, guild) = owner(&world, call, place)?;
    let with_localizations = call.query_flag("with_localizations");
    let shown = world.commands_of(application, guild).map(|command| {
        let mut body = render_command(command);
        if !with_localizations {
            drop_localizations(&mut body);
        }
        body
    });
    Ok(Answer::ok(shown.collect()))
}

/// A list leaves translations out unless it is asked for them.
fn drop_localizations(body: &mut Value) {
    let Some(members) = body.as_object_mut() else {
        return;
    };
    members.remove("name_localizations");
    members.remove("description_localizations");
    for name in ["options", "choices"] {
        for inner in members
            .get_mut(name)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            drop_localizations(inner);
        }
    }
}

pub(crate) fn create_global(call: &Call<'_>) -> Answered {
    create(call, Place::Global)
}

pub(crate) fn create_in_guild(call: &Call<'_>) -> Answered {
    create(call, Place::Guild)
}

fn create(call: &Call<'_>, place: Place) -> Answered {
    let mut world = call.world();
    let (application, guild) = owner(&world, call, place)?;
    check_command(call.json()).result()?;
    let draft = draft_of(call.json());
    let known: Vec<&Command> = world
        .commands_of(application, guild)
        .filter(|command| command.kind == draft.kind)
        .collect();
    let most = if draft.kind == SLASH {
        COMMANDS_MAX
    } else {
        MENUS_MAX
    };
    if known.len() >= most && !known.iter().any(|command| command.name == draft.name) {
        return Err(Code::CommandsFull.into());
    }
    let (id, fresh) = world.command_put(application, guild, draft)?;
    let body = world
        .command(application, id)
        .map(render_command)
        .ok_or(Code::UnknownCommand)?;
    Ok(if fresh {
        Answer::created(body)
    } else {
        Answer::ok(body)
    })
}

pub(crate) fn replace_global(call: &Call<'_>) -> Answered {
    replace(call, Place::Global)
}

pub(crate) fn replace_in_guild(call: &Call<'_>) -> Answered {
    replace(call, Place::Guild)
}

fn replace(call: &Call<'_>, place: Place) -> Answered {
    let mut world = call.world();
    let (application, guild) = owner(&world, call, place)?;
    check_commands(call.json()).result()?;
    let drafts = call
        .json()
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .map(draft_of)
        .collect();
    let ids = world.commands_set(application, guild, drafts)?;
    let commands = ids.iter().filter_map(|id| world.command(application, *id));
    Ok(Answer::ok(commands.map(render_command).collect()))
}

fn draft_of(command: &Value) -> CommandDraft {
    let kind = u8::try_from(command_kind(command)).unwrap_or(SLASH);
    let name = text_of(command, "name").unwrap_or_default().to_owned();
    CommandDraft {
        kind,
        name,
        body: body_of(command),
    }
}

/// What is kept of a command's JSON: the known members that are there, permissions as text.
fn body_of(command: &Value) -> Map<String, Value> {
    let mut body = Map::new();
    for name in MEMBERS {
        let Some(value) = member(command, name) else {
            continue;
        };
        let value = match *name {
            "options" => without_nulls(value),
            "default_member_permissions" => value
                .as_u64()
                .map_or_else(|| value.clone(), |bits| bits.to_string().into()),
            _ => value.clone(),
        };
        body.insert((*name).to_owned(), value);
    }
    body
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, member)| !member.is_null());
            Value::Object(
                kept.map(|(name, member)| (name.clone(), without_nulls(member)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// The command in the path, at its place.
fn named<'w>(world: &'w World, call: &Call<'_>, place: Place) -> Result<&'w Command, ApiError> {
    let (application, guild) = owner(world, call, place)?;
    let found = world.command(application, call.id("command_id")?);
    found
        .filter(|command| command.guild == guild)
        .ok_or(Code::UnknownCommand.into())
}

pub(crate) fn fetch_global(call: &Call<'_>) -> Answered {
    fetch(call, Place::Global)
}

pub(crate) fn fetch_in_guild(call: &Call<'_>) -> Answered {
    fetch(call, Place::Guild)
}

fn fetch(call: &Call<'_>, place: Place) -> Answered {
    let world = call.world();
    Ok(Answer::ok(render_command(named(&world, call, place)?)))
}

pub(crate) fn edit_global(call: &Call<'_>) -> Answered {
    edit(call, Place::Global)
}

pub(crate) fn edit_in_guild(call: &Call<'_>) -> Answered {
    edit(call, Place::Guild)
}

fn edit(call: &Call<'_>, place: Place) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let command = named(&world, call, place)?;
    let (application, id, kind, guild) =
        (command.application, command.id, command.kind, command.guild);
    check_command_edit(body, u64::from(kind)).result()?;
    let new_name = text_of(body, "name").map(str::to_owned);
    let taken = |name: &String| {
        world
            .commands_of(application, guild)
            .any(|other| other.id != id && other.kind == kind && other.name == *name)
    };
    if new_name.as_ref().is_some_and(taken) {
        let fault = crate::limits::Fault::new(
            "APPLICATION_COMMANDS_DUPLICATE_NAME",
            "Application command names must be unique",
        );
        return Err(ApiError::fault("name", fault));
    }
    world.command_edit(application, id, |command| {
        if let Some(name) = new_name {
            command.name = name;
        }
        command.body.extend(body_of(body));
        // What is spelt `null` goes back to what it was without it.
        for name in MEMBERS
            .iter()
            .filter(|name| body.get(**name).is_some_and(Value::is_null))
        {
            command.body.remove(*name);
        }
    })?;
    let shown = world
        .command(application, id)
        .map(render_command)
        .ok_or(Code::UnknownCommand)?;
    Ok(Answer::ok(shown))
}

pub(crate) fn delete_global(call: &Call<'_>) -> Answered {
    delete(call, Place::Global)
}

pub(crate) fn delete_in_guild(call: &Call<'_>) -> Answered {
    delete(call, Place::Guild)
}

fn delete(call: &Call<'_>, place: Place) -> Answered {
    let mut world = call.world();
    let command = named(&world, call, place)?;
    let (application, id) = (command.application, command.id);
    world.command_delete(application, id)?;
    Ok(Answer::nothing())
}

/// Nobody sets permissions of single commands here: the list of those that were set is empty.
pub(crate) fn list_permissions(call: &Call<'_>) -> Answered {
    owner(&call.world(), call, Place::Guild)?;
    Ok(Answer::ok(json!([])))
}

/// And of a single command they are unknown, as Discord says it of a command without any.
pub(crate) fn fetch_permissions(call: &Call<'_>) -> Answered {
    owner(&call.world(), call, Place::Guild)?;
    Err(Code::UnknownCommandPermissions.into())
}
