//! `POST /v1/messages`. A structured answer is the input of one tool that the model is made to use.

use ai::{End, ModelError, Piece, Request, Role, Usage};
use serde_json::{Value, json};

use super::{Delivery, Place, Seen, temperature, text, tokens};
use crate::failure::{nonsense, of_event};

pub(super) fn body(place: &Place, request: &Request, delivery: Delivery) -> Value {
    // The first turn must be a person's.
    let messages: Vec<Value> = request
        .messages
        .iter()
        .skip_while(|message| message.role == Role::Model)
        .map(|message| {
            let role = match message.role {
                Role::User => "user",
                Role::Model => "assistant",
            };
            json!({"role": role, "content": message.text})
        })
        .collect();
    let mut body = json!({
        "model": place.model,
        "max_tokens": request.tokens_max,
        "messages": messages,
    });
    let system = request.system_text();
    if !system.is_empty() {
        body["system"] = json!(system);
    }
    if let Some(percent) = request.temperature_percent {
        // Its scale ends at one.
        body["temperature"] = temperature(percent.min(100));
    }
    if let Some(schema) = request.schema {
        body["tools"] = json!([{
            "name": schema.name(), "description": schema.about(), "input_schema": schema.json(),
        }]);
        body["tool_choice"] = json!({"type": "tool", "name": schema.name()});
    }
    if delivery == Delivery::Streamed {
        body["stream"] = json!(true);
    }
    body
}

#[derive(Debug)]
pub(crate) struct Reader {
    pub(super) seen: Seen,
    /// Whether the tool's input is the answer, and words beside it are not.
    structured: bool,
}

impl Reader {
    pub(super) fn new(structured: bool) -> Self {
        Self {
            seen: Seen::default(),
            structured,
        }
    }

    pub(super) fn event(&mut self, value: &Value) -> Result<Vec<Piece>, ModelError> {
        match value["type"].as_str() {
            Some("error") => Err(of_event(&value["error"])),
            Some("message_start") => {
                self.count(&value["message"]["usage"]);
                Ok(Vec::new())
            }
            Some("content_block_delta") => {
                let delta = &value["delta"];
                let member = match (delta["type"].as_str(), self.structured) {
                    (Some("text_delta"), false) => "text",
                    (Some("input_json_delta"), true) => "partial_json",
                    _ => return Ok(Vec::new()),
                };
                Ok(text(&delta[member]).into_iter().collect())
            }
            Some("message_delta") => {
                self.count(&value["usage"]);
                self.stopped(&value["delta"]["stop_reason"]);
                Ok(Vec::new())
            }
            Some("message_stop") => {
                // It says that it is over, even where it did not say why.
                self.seen.end.get_or_insert(End::Done);
                Ok(self.seen.close())
            }
            Some(_) => Ok(Vec::new()),
            None => Err(nonsense("an event has no type")),
        }
    }

    pub(super) fn whole(&mut self, value: &Value) -> Result<Vec<Piece>, ModelError> {
        if value["type"] == "error" || value["error"].is_object() {
            return Err(of_event(&value["error"]));
        }
        let blocks = value["content"]
            .as_array()
            .ok_or_else(|| nonsense("the answer has no content"))?;
        self.count(&value["usage"]);
        self.stopped(&value["stop_reason"]);
        let structured = self.structured;
        let piece = |block: &Value| match block["type"].as_str() {
            Some("text") if !structured => text(&block["text"]),
            Some("tool_use") if structured => text(&Value::from(block["input"].to_string())),
            _ => None,
        };
        Ok(blocks.iter().filter_map(piece).collect())
    }

    /// Counts come in parts: the input with the start, the output with the end.
    fn count(&mut self, usage: &Value) {
        if !usage.is_object() {
            return;
        }
        let usage_before = self.seen.usage.unwrap_or_default();
        let input = [
            "input_tokens",
            "cache_creation_input_tokens",
            "cache_read_input_tokens",
        ]
        .iter()
        .fold(0_u64, |sum, name| sum.saturating_add(tokens(&usage[*name])));
        self.seen.usage = Some(Usage {
            input: input.max(usage_before.input),
            output: tokens(&usage["output_tokens"]).max(usage_before.output),
        });
    }

    fn stopped(&mut self, reason: &Value) {
        if let Some(reason) = reason.as_str() {
            self.seen.end = Some(match reason {
                "max_tokens" | "model_context_window_exceeded" => End::Length,
                "refusal" => End::Filtered,
                _ => End::Done,
            });
        }
    }
}
