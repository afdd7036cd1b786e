//! Buttons and selects from the member's side.
//! What always holds: only a component that stands in the message, enabled, with values that it offers, can be used.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::acts::visible;
use super::options::resolve;
use super::{Control, ControlError};
use crate::world::{InteractionDraft, Snowflake, World};

const BUTTON: u64 = 2;
const TEXT_SELECT: u64 = 3;

/// A click on a button, or a choice in a select.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Press {
    pub channel: Snowflake,
    pub message: Snowflake,
    pub user: Snowflake,
    pub custom_id: String,
    /// For selects: option values, or ids as texts.
    pub values: Vec<String>,
}

impl Control {
    /// A member clicks a button or chooses in a select. Returns the interaction.
    ///
    /// # Errors
    /// When there is no such component for it, or a value does not fit.
    pub fn press(&self, press: &Press) -> Result<Snowflake, ControlError> {
        let mut world = self.world();
        let message = visible(&world, press.channel, press.message, press.user)?;
        let refuse = |reason: &str| ControlError::BadComponent {
            custom_id: press.custom_id.clone(),
            reason: reason.to_owned(),
        };
        let component =
            find(&message.components, &press.custom_id).ok_or_else(|| refuse("there is none"))?;
        if component["disabled"] == true {
            return Err(refuse("it is disabled"));
        }
        let application = message
            .application
            .or_else(|| world.application(message.author).map(|a| a.id));
        let application = application.ok_or_else(|| refuse("its message is no application's"))?;
        let kind = component["type"].as_u64().unwrap_or(0);
        let mut data = json!({"custom_id": press.custom_id, "component_type": kind});
        if let Some(id) = component.get("id") {
            data["id"] = id.clone();
        }
        match kind {
            BUTTON if press.values.is_empty() => {}
            BUTTON => return Err(refuse("a button takes no values")),
            _ => {
                let guild = message.guild;
                let resolved = choose(&world, guild, component, &press.values)
                    .map_err(|reason| refuse(&reason))?;
                data["values"] = json!(press.values);
                if !resolved.is_empty() {
                    data["resolved"] = resolved.into();
                }
            }
        }
        let source = Some(press.message);
        let draft = InteractionDraft {
            application,
            kind: 3,
            user: press.user,
            channel: press.channel,
            data,
            source,
        };
        self.open(&mut world, draft)
    }
}

/// A component by its custom id, wherever it stands.
fn find<'c>(components: &'c [Value], custom_id: &str) -> Option<&'c Value> {
    components.iter().find_map(|component| {
        if component["custom_id"] == custom_id {
            return Some(component);
        }
        let inside = component["components"]
            .as_array()
            .and_then(|inside| find(inside, custom_id));
        inside.or_else(|| {
            component
                .get("accessory")
                .filter(|accessory| accessory["custom_id"] == custom_id)
        })
    })
}

/// Checks the values chosen in a select, and returns what their ids stand for.
pub(super) fn choose(
    world: &World,
    guild: Option<Snowflake>,
    select: &Value,
    values: &[String],
) -> Result<Map<String, Value>, String> {
    let (min, max) = (
        select["min_values"].as_u64().unwrap_or(1),
        select["max_values"].as_u64().unwrap_or(1),
    );
    let count = values.len() as u64;
    if !(min..=max).contains(&count) {
        return Err(format!("it takes {min} to {max} values"));
    }
    let mut resolved = Map::new();
    for (index, value) in values.iter().enumerate() {
        if values[..index].contains(value) {
            return Err(format!("`{value}` is chosen twice"));
        }
        // Discord numbers selects as it numbers options, but for the order: 5 user, 6 role, 7 mentionable, 8 channel.
        let option_kind = match select["type"].as_u64().unwrap_or(0) {
            TEXT_SELECT => {
                let offered = select["options"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|o| o["value"] == value.as_str()));
                if !offered {
                    return Err(format!("`{value}` is not offered"));
                }
                continue;
            }
            5 => 6,
            6 => 8,
            7 => 9,
            8 => 7,
            _ => return Err("it can't be chosen from".to_owned()),
        };
        let id = value.parse().map_err(|_| format!("`{value}` is no id"))?;
        resolve(world, guild, option_kind, id, &mut resolved)
            .ok_or_else(|| format!("there is no `{value}` here"))?;
    }
    Ok(resolved)
}
