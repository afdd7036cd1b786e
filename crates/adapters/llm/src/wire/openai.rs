//! `POST /chat/completions`, which most servers speak.
//!
//! The vendor itself wants `max_completion_tokens`; everybody else knows `max_tokens`.

use ai::{End, ModelError, Piece, Request, Role, Usage};
use serde_json::{Value, json};

use super::{Delivery, Place, Seen, temperature, text, tokens};
use crate::failure::{nonsense, of_event};

pub(super) fn body(place: &Place, request: &Request, delivery: Delivery) -> Value {
    let mut messages = Vec::new();
    let system = request.system_text();
    if !system.is_empty() {
        messages.push(json!({"role": "system", "content": system}));
    }
    messages.extend(request.messages.iter().map(|message| {
        let role = match message.role {
            Role::User => "user",
            Role::Model => "assistant",
        };
        json!({"role": role, "content": message.text})
    }));
    let mut body = json!({"model": place.model, "messages": messages});
    let limit = if place.base.starts_with(Place::vendor(ai::Kind::Openai)) {
        "max_completion_tokens"
    } else {
        "max_tokens"
    };
    body[limit] = json!(request.tokens_max);
    if let Some(percent) = request.temperature_percent {
        body["temperature"] = temperature(percent);
    }
    if let Some(schema) = request.schema {
        body["response_format"] = json!({
            "type": "json_schema",
            "json_schema": {"name": schema.name(), "strict": true, "schema": schema.json()},
        });
    }
    if delivery == Delivery::Streamed {
        body["stream"] = json!(true);
        body["stream_options"] = json!({"include_usage": true});
    }
    body
}

#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(super) seen: Seen,
    refused: bool,
}

impl Reader {
    pub(super) fn event(&mut self, value: &Value) -> Result<Vec<Piece>, ModelError> {
        self.take(value, "delta")
    }

    pub(super) fn whole(&mut self, value: &Value) -> Result<Vec<Piece>, ModelError> {
        if value["choices"][0].is_null() && value["error"].is_null() {
            return Err(nonsense("the answer has no choice"));
        }
        self.take(value, "message")
    }

    fn take(&mut self, value: &Value, part: &str) -> Result<Vec<Piece>, ModelError> {
        if !value["error"].is_null() {
            return Err(of_event(&value["error"]));
        }
        if !value.is_object() {
            return Err(nonsense("an event is no object"));
        }
        if value["usage"].is_object() {
            self.seen.usage = Some(Usage {
                input: tokens(&value["usage"]["prompt_tokens"]),
                output: tokens(&value["usage"]["completion_tokens"]),
            });
        }
        let choice = &value["choices"][0];
        let refusal = text(&choice[part]["refusal"]);
        self.refused |= refusal.is_some();
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.seen.end = Some(match reason {
                "length" => End::Length,
                "content_filter" => End::Filtered,
                _ if self.refused => End::Filtered,
                _ => End::Done,
            });
        }
        Ok(text(&choice[part]["content"])
            .into_iter()
            .chain(refusal)
            .collect())
    }
}
