//! `POST /v1beta/models/MODEL:generateContent` and its streamed sister.
//!
//! Schemas go out in the subset of `OpenAPI` that it knows; a stream has no mark of its own at its end.

use ai::{End, ModelError, Piece, Request, Role, Usage};
use serde_json::{Map, Value, json};

use super::{Delivery, Place, Seen, temperature, text, tokens};
use crate::failure::{nonsense, of_event};

pub(super) fn url(place: &Place, delivery: Delivery) -> String {
    let base = &place.base;
    let versioned = base.ends_with("/v1beta") || base.ends_with("/v1");
    let version = if versioned { "" } else { "/v1beta" };
    let model = place.model.trim_start_matches("models/");
    let verb = match delivery {
        Delivery::Streamed => "streamGenerateContent?alt=sse",
        Delivery::Whole => "generateContent",
    };
    format!("{base}{version}/models/{model}:{verb}")
}

pub(super) fn body(request: &Request) -> Value {
    let contents: Vec<Value> = request
        .messages
        .iter()
        .skip_while(|message| message.role == Role::Model)
        .map(|message| {
            let role = match message.role {
                Role::User => "user",
                Role::Model => "model",
            };
            json!({"role": role, "parts": [{"text": message.text}]})
        })
        .collect();
    let mut config = json!({"maxOutputTokens": request.tokens_max});
    if let Some(percent) = request.temperature_percent {
        config["temperature"] = temperature(percent);
    }
    if let Some(schema) = request.schema {
        config["responseMimeType"] = json!("application/json");
        config["responseSchema"] = known(&schema.json());
    }
    let mut body = json!({"contents": contents, "generationConfig": config});
    let system = request.system_text();
    if !system.is_empty() {
        body["systemInstruction"] = json!({"parts": [{"text": system}]});
    }
    body
}

/// A schema without what this format does not know: closed objects, and types in the plural.
fn known(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut kept = Map::new();
            for (name, value) in members {
                match (name.as_str(), value.as_array()) {
                    ("additionalProperties", _) => {}
                    ("type", Some(types)) => {
                        let one = types.iter().find(|one| *one != "null");
                        kept.insert("type".to_owned(), one.cloned().unwrap_or(Value::Null));
                        kept.insert("nullable".to_owned(), json!(types.contains(&json!("null"))));
                    }
                    _ => {
                        kept.insert(name.clone(), known(value));
                    }
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => Value::Array(items.iter().map(known).collect()),
        other => other.clone(),
    }
}

#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(super) seen: Seen,
}

impl Reader {
    pub(super) fn event(&mut self, value: &Value) -> Result<Vec<Piece>, ModelError> {
        let error = value.get("error").or_else(|| value.get(0)?.get("error"));
        if let Some(error) = error {
            return Err(of_event(error));
        }
        if !value.is_object() {
            return Err(nonsense("an event is no object"));
        }
        self.count(&value["usageMetadata"]);
        if value["promptFeedback"]["blockReason"].is_string() {
            self.seen.end = Some(End::Filtered);
        }
        let candidate = &value["candidates"][0];
        if let Some(reason) = candidate["finishReason"].as_str() {
            self.seen.end = Some(match reason {
                "STOP" | "FINISH_REASON_UNSPECIFIED" => End::Done,
                "MAX_TOKENS" => End::Length,
                _ => End::Filtered,
            });
        }
        let parts = candidate["content"]["parts"].as_array();
        // Thoughts are not part of the answer.
        let spoken = parts
            .into_iter()
            .flatten()
            .filter(|part| part["thought"] != true);
        Ok(spoken.filter_map(|part| text(&part["text"])).collect())
    }

    fn count(&mut self, usage: &Value) {
        if usage.is_object() {
            self.seen.usage = Some(Usage {
                input: tokens(&usage["promptTokenCount"]),
                output: tokens(&usage["candidatesTokenCount"])
                    .saturating_add(tokens(&usage["thoughtsTokenCount"])),
            });
        }
    }
}
