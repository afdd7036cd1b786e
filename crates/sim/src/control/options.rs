//! The options of a command as a member fills them in: checked against the command's definition, as Discord's client
//! does before anything is sent.
//! What always holds: what passes has the type, the range and the choice that the command asked for.

use serde_json::{Map, Value, json};

use super::ControlError;
use crate::world::{Snowflake, World};

/// 1 is a subcommand, 2 a group of them.
const GROUP: u64 = 2;

/// A filled-in command.
#[derive(Debug, Default)]
pub(super) struct Filled {
    pub(super) options: Vec<Value>,
    pub(super) resolved: Map<String, Value>,
}

/// Fills in a command: `path` are the names of group and subcommand, `given` the options by name. `focused` is the
/// option being typed, for an autocomplete: then nothing else is required and its text is not checked.
pub(super) fn fill(
    world: &World,
    guild: Option<Snowflake>,
    definition: &Value,
    path: &[&str],
    given: &Map<String, Value>,
    focused: Option<&str>,
) -> Result<Filled, ControlError> {
    let defined = definition["options"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let nests = defined
        .first()
        .and_then(|option| option["type"].as_u64())
        .is_some_and(|kind| kind <= GROUP);
    match (path.split_first(), nests) {
        (Some((name, rest)), true) => {
            let inner = defined.iter().find(|option| option["name"] == **name);
            let inner = inner.ok_or_else(|| bad(name, "the command has no such subcommand"))?;
            let mut filled = fill(world, guild, inner, rest, given, focused)?;
            let wrapped = json!({"name": name, "type": inner["type"], "options": filled.options});
            filled.options = vec![wrapped];
            Ok(filled)
        }
        (None, true) => Err(bad("", "a subcommand must be named")),
        (Some((name, _)), false) => Err(bad(name, "the command has no subcommands")),
        (None, false) => fill_plain(world, guild, defined, given, focused),
    }
}

fn fill_plain(
    world: &World,
    guild: Option<Snowflake>,
    defined: &[Value],
    given: &Map<String, Value>,
    focused: Option<&str>,
) -> Result<Filled, ControlError> {
    if let Some(stranger) = given
        .keys()
        .find(|name| !defined.iter().any(|option| option["name"] == name.as_str()))
    {
        return Err(bad(stranger, "the command has no such option"));
    }
    let mut filled = Filled::default();
    for definition in defined {
        let name = definition["name"].as_str().unwrap_or_default();
        let Some(value) = given.get(name) else {
            if focused.is_none() && definition["required"] == true {
                return Err(bad(name, "it is required"));
            }
            continue;
        };
        let mut option = json!({"name": name, "type": definition["type"], "value": value});
        if focused == Some(name) {
            option["focused"] = true.into();
        } else {
            check(world, guild, definition, name, value, &mut filled.resolved)?;
        }
        filled.options.push(option);
    }
    match focused {
        Some(name) if !given.contains_key(name) => {
            Err(bad(name, "the focused option has no value"))
        }
        Some(name)
            if !defined
                .iter()
                .any(|d| d["name"] == name && d["autocomplete"] == true) =>
        {
            Err(bad(name, "it has no autocomplete"))
        }
        _ => Ok(filled),
    }
}

fn check(
    world: &World,
    guild: Option<Snowflake>,
    definition: &Value,
    name: &str,
    value: &Value,
    resolved: &mut Map<String, Value>,
) -> Result<(), ControlError> {
    let refuse = |reason: &str| Err(bad(name, reason));
    match definition["type"].as_u64().unwrap_or(0) {
        3 => {
            let Some(text) = value.as_str() else {
                return refuse("it must be a text");
            };
            check_length(definition, name, text)?;
        }
        4 if value.as_i64().is_none_or(|n| n.unsigned_abs() > 1 << 53) => {
            return refuse("it must be a whole number below 2^53");
        }
        10 if value.as_f64().is_none() => return refuse("it must be a number"),
        4 | 10 => check_range(definition, name, value)?,
        5 if !value.is_boolean() => return refuse("it must be true or false"),
        5 => {}
        kind @ 6..=9 => {
            let id = value.as_str().and_then(|text| text.parse().ok());
            let Some(id) = id else {
                return refuse("it must be an id");
            };
            resolve(world, guild, kind, id, resolved)
                .ok_or_else(|| bad(name, "there is nothing of this id here"))?;
            let channel = resolved
                .get("channels")
                .and_then(|channels| channels.get(id.to_string()));
            check_channel_type(definition, name, kind, channel)?;
        }
        _ => return refuse("an option of this type can't be filled in here"),
    }
    let choices = definition["choices"]
        .as_array()
        .filter(|choices| !choices.is_empty());
    if choices.is_some_and(|choices| !choices.iter().any(|choice| choice["value"] == *value)) {
        return refuse("it must be one of the choices");
    }
    Ok(())
}

fn check_length(definition: &Value, name: &str, text: &str) -> Result<(), ControlError> {
    let length = text.chars().count() as u64;
    let (min, max) = (
        definition["min_length"].as_u64().unwrap_or(0),
        definition["max_length"].as_u64().unwrap_or(6_000),
    );
    if (min..=max).contains(&length) {
        Ok(())
    } else {
        Err(bad(
            name,
            &format!("it must have {min} to {max} characters"),
        ))
    }
}

fn check_range(definition: &Value, name: &str, value: &Value) -> Result<(), ControlError> {
    let number = value.as_f64().unwrap_or(0.0);
    if definition["min_value"]
        .as_f64()
        .is_some_and(|min| number < min)
    {
        return Err(bad(
            name,
            &format!("it must be at least {}", definition["min_value"]),
        ));
    }
    if definition["max_value"]
        .as_f64()
        .is_some_and(|max| number > max)
    {
        return Err(bad(
            name,
            &format!("it must be at most {}", definition["max_value"]),
        ));
    }
    Ok(())
}

fn check_channel_type(
    definition: &Value,
    name: &str,
    kind: u64,
    channel: Option<&Value>,
) -> Result<(), ControlError> {
    let (7, Some(types), Some(channel)) = (kind, definition["channel_types"].as_array(), channel)
    else {
        return Ok(());
    };
    let fits = types.is_empty() || types.contains(&channel["type"]);
    if fits {
        Ok(())
    } else {
        Err(bad(name, "it must be a channel of another type"))
    }
}

/// Adds what an id stands for to the resolved objects: a user (6), channel (7), role (8), or user or role (9).
pub(super) fn resolve(
    world: &World,
    guild: Option<Snowflake>,
    kind: u64,
    id: Snowflake,
    resolved: &mut Map<String, Value>,
) -> Option<()> {
    let mut put = |group: &str, body: Value| {
        let group = resolved
            .entry(group)
            .or_insert_with(|| Value::Object(Map::new()));
        group[id.to_string()] = body;
    };
    let role = guild
        .and_then(|guild| world.guild(guild))
        .and_then(|guild| guild.roles.get(&id));
    match kind {
        7 => {
            let channel = world.channel(id).filter(|channel| channel.guild == guild)?;
            put(
                "channels",
                world.render_channel_partial(channel, Snowflake::default()),
            );
        }
        8 | 9 if role.is_some() => put("roles", crate::world::render_role(role?)),
        8 => return None,
        _ => {
            world.user(id)?;
            put("users", world.render_user(id));
            if let Some(member) = guild.and_then(|guild| world.member(guild, id)) {
                let mut body = world.render_member_partial(member);
                body["permissions"] = world.permissions_of(guild?, id).to_string().into();
                put("members", body);
            }
        }
    }
    Some(())
}

fn bad(name: &str, reason: &str) -> ControlError {
    ControlError::BadOption {
        name: name.to_owned(),
        reason: reason.to_owned(),
    }
}
