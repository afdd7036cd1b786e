//! Forms from the member's side.
//! What always holds: a form is submitted once, by the member that it was opened for, with fields that keep its limits.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::components::choose;
use super::{Control, ControlError};
use crate::world::{InteractionDraft, Snowflake, World};

const ROW: u64 = 1;
const TEXT_INPUT: u64 = 4;
const LABEL: u64 = 18;

/// A form to be submitted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Submit {
    /// The interaction that was answered with the form.
    pub interaction: Snowflake,
    pub user: Snowflake,
    /// By custom id: a text, or a list of texts for selects.
    pub fields: Map<String, Value>,
}

impl Control {
    /// A member submits the form that an interaction opened. Returns the new interaction.
    ///
    /// # Errors
    /// When there is no such form for it, or a field does not fit.
    pub fn submit(&self, submit: &Submit) -> Result<Snowflake, ControlError> {
        let mut world = self.world();
        let opener = world
            .interaction(submit.interaction)
            .filter(|i| i.user == submit.user)
            .ok_or(ControlError::NoForm)?;
        let form = opener.modal.clone().ok_or(ControlError::NoForm)?;
        let (application, channel, guild, source) = (
            opener.application,
            opener.channel,
            opener.guild,
            opener.source,
        );
        let mut filling = Filling {
            world: &world,
            guild,
            fields: &submit.fields,
            used: Vec::new(),
            resolved: Map::new(),
        };
        let components = filling.fill_all(&form["components"])?;
        let resolved = std::mem::take(&mut filling.resolved);
        if let Some(stranger) = submit
            .fields
            .keys()
            .find(|name| !filling.used.contains(name))
        {
            return Err(bad(stranger, "the form has no such field"));
        }
        let mut data = json!({"custom_id": form["custom_id"], "components": components});
        if !resolved.is_empty() {
            data["resolved"] = resolved.into();
        }
        world.interaction_edit(submit.interaction, |interaction| interaction.modal = None)?;
        let draft = InteractionDraft {
            application,
            kind: 5,
            user: submit.user,
            channel,
            data,
            source,
        };
        self.open(&mut world, draft)
    }
}

struct Filling<'s> {
    world: &'s World,
    guild: Option<Snowflake>,
    fields: &'s Map<String, Value>,
    used: Vec<&'s String>,
    resolved: Map<String, Value>,
}

impl Filling<'_> {
    fn fill_all(&mut self, components: &Value) -> Result<Vec<Value>, ControlError> {
        components
            .as_array()
            .into_iter()
            .flatten()
            .map(|component| self.fill(component))
            .collect()
    }

    /// The submitted form of one component; ids stay, labels and texts fall away.
    fn fill(&mut self, component: &Value) -> Result<Value, ControlError> {
        let kind = component["type"].as_u64().unwrap_or(0);
        let mut sent = json!({"type": kind});
        if let Some(id) = component.get("id") {
            sent["id"] = id.clone();
        }
        match kind {
            ROW => sent["components"] = self.fill_all(&component["components"])?.into(),
            LABEL => sent["component"] = self.fill(&component["component"])?,
            TEXT_INPUT => {
                sent["custom_id"] = component["custom_id"].clone();
                sent["value"] = self.text(component)?.into();
            }
            3 | 5..=8 => {
                sent["custom_id"] = component["custom_id"].clone();
                sent["values"] = json!(self.choice(component)?);
            }
            _ => {}
        }
        Ok(sent)
    }

    fn given(&mut self, custom_id: &str) -> Option<Value> {
        let (name, value) = self.fields.get_key_value(custom_id)?;
        self.used.push(name);
        Some(value.clone())
    }

    fn text(&mut self, input: &Value) -> Result<String, ControlError> {
        let custom_id = input["custom_id"].as_str().unwrap_or_default();
        let text = match self.given(custom_id) {
            Some(Value::String(text)) => text,
            Some(_) => return Err(bad(custom_id, "it must be a text")),
            None => input["value"].as_str().unwrap_or_default().to_owned(),
        };
        let required = input["required"].as_bool().unwrap_or(true);
        if text.is_empty() {
            return if required {
                Err(bad(custom_id, "it is required"))
            } else {
                Ok(text)
            };
        }
        let length = text.chars().count() as u64;
        let (min, max) = (
            input["min_length"].as_u64().unwrap_or(0),
            input["max_length"].as_u64().unwrap_or(4_000),
        );
        if (min..=max).contains(&length) {
            Ok(text)
        } else {
            Err(bad(
                custom_id,
                &format!("it must have {min} to {max} characters"),
            ))
        }
    }

    fn choice(&mut self, select: &Value) -> Result<Vec<String>, ControlError> {
        let custom_id = select["custom_id"].as_str().unwrap_or_default();
        let given = self.given(custom_id).unwrap_or_else(|| json!([]));
        let values: Vec<String> = serde_json::from_value(given)
            .map_err(|_| bad(custom_id, "it must be a list of texts"))?;
        if values.is_empty() && select["required"] == false {
            return Ok(values);
        }
        let resolved = choose(self.world, self.guild, select, &values)
            .map_err(|reason| bad(custom_id, &reason))?;
        for (group, things) in resolved {
            let known = self.resolved.entry(group).or_insert_with(|| json!({}));
            if let (Some(known), Value::Object(things)) = (known.as_object_mut(), things) {
                known.extend(things);
            }
        }
        Ok(values)
    }
}

fn bad(custom_id: &str, reason: &str) -> ControlError {
    ControlError::BadField {
        custom_id: custom_id.to_owned(),
        reason: reason.to_owned(),
    }
}
