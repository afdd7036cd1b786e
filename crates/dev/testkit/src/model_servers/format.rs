//! The three formats, from the providers' documents: how an answer begins, goes on, ends, and reads as a whole.

use serde_json::{Value, json};

use super::Asked;

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `OpenAI`'s chat completions.
    Openai,
    /// Anthropic's messages.
    Anthropic,
    /// Google's `generateContent`.
    Gemini,
}

/// A format with what the request asked of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) format: Format,
    pub(super) streamed: bool,
    /// Whether Anthropic's answer is the input of a tool.
    as_tool: bool,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Done,
    Length,
    Filtered,
}

impl Format {
    pub(super) fn shape(self, asked: &Asked) -> Shape {
        let streamed = match self {
            Self::Openai | Self::Anthropic => asked.body["stream"] == true,
            Self::Gemini => asked.path.contains("streamGenerateContent"),
        };
        Shape {
            format: self,
            streamed,
            as_tool: asked.body["tool_choice"].is_object(),
        }
    }
}

fn event(name: &str, data: &Value) -> String {
    if name.is_empty() {
        return format!("data: {data}\n\n");
    }
    format!("event: {name}\ndata: {data}\n\n")
}

fn named(data: &Value) -> String {
    event(data["type"].as_str().unwrap_or_default(), data)
}

impl Shape {
    /// Before the first word.
    pub(super) fn begin(self, input: u64) -> String {
        match self.format {
            Format::Openai => event(
                "",
                &chunk(&json!({"role": "assistant", "content": ""}), None),
            ),
            Format::Anthropic => {
                let start = json!({"type": "message_start", "message": {"id": "msg_1", "type": "message",
                    "role": "assistant", "content": [], "model": "stand-in", "stop_reason": null,
                    "usage": {"input_tokens": input, "output_tokens": 1}}});
                let block = if self.as_tool {
                    json!({"type": "tool_use", "id": "toolu_1", "name": "answer", "input": {}})
                } else {
                    json!({"type": "text", "text": ""})
                };
                let block =
                    json!({"type": "content_block_start", "index": 0, "content_block": block});
                named(&start) + &named(&block) + &named(&json!({"type": "ping"}))
            }
            Format::Gemini => String::new(),
        }
    }

    /// A word.
    pub(super) fn word(self, word: &str) -> String {
        match self.format {
            Format::Openai => event("", &chunk(&json!({"content": word}), None)),
            Format::Anthropic => {
                let delta = if self.as_tool {
                    json!({"type": "input_json_delta", "partial_json": word})
                } else {
                    json!({"type": "text_delta", "text": word})
                };
                named(&json!({"type": "content_block_delta", "index": 0, "delta": delta}))
            }
            Format::Gemini => event("", &candidate(word, None, None)),
        }
    }

    /// After the last word.
    pub(super) fn end(self, ending: Ending, usage: (u64, u64)) -> String {
        let (input, output) = usage;
        match self.format {
            Format::Openai => {
                let stop = event("", &chunk(&json!({}), Some(self.reason(ending))));
                let mut counted = chunk(&json!({}), None);
                counted["choices"] = json!([]);
                counted["usage"] = openai_usage(usage);
                stop + &event("", &counted) + "data: [DONE]\n\n"
            }
            Format::Anthropic => {
                let delta = json!({"type": "message_delta",
                    "delta": {"stop_reason": self.reason(ending), "stop_sequence": null},
                    "usage": {"input_tokens": input, "output_tokens": output}});
                named(&json!({"type": "content_block_stop", "index": 0}))
                    + &named(&delta)
                    + &named(&json!({"type": "message_stop"}))
            }
            Format::Gemini => event("", &candidate("", Some(self.reason(ending)), Some(usage))),
        }
    }

    /// An error in the middle of a stream, or as a whole body.
    pub(super) fn error(self, code: &str) -> Value {
        match self.format {
            Format::Openai => {
                json!({"error": {"message": "It failed.", "type": code, "code": code}})
            }
            Format::Anthropic => {
                json!({"type": "error", "error": {"type": code, "message": "It failed."}})
            }
            Format::Gemini => {
                json!({"error": {"code": 500, "status": code, "message": "It failed."}})
            }
        }
    }

    pub(super) fn error_event(self, code: &str) -> String {
        match self.format {
            Format::Anthropic => event("error", &self.error(code)),
            Format::Openai | Format::Gemini => event("", &self.error(code)),
        }
    }

    /// The whole of it at once.
    pub(super) fn whole(self, text: &str, ending: Ending, usage: (u64, u64)) -> Value {
        let reason = self.reason(ending);
        match self.format {
            Format::Openai => {
                json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stand-in",
                "choices": [{"index": 0, "finish_reason": reason, "logprobs": null,
                    "message": {"role": "assistant", "content": text, "refusal": null}}],
                "usage": openai_usage(usage)})
            }
            Format::Anthropic => {
                let input: Option<Value> = serde_json::from_str(text).ok();
                let block = match input.filter(|_| self.as_tool) {
                    Some(input) => {
                        json!({"type": "tool_use", "id": "toolu_1", "name": "answer", "input": input})
                    }
                    None => json!({"type": "text", "text": text}),
                };
                let reason = if self.as_tool && ending == Ending::Done {
                    "tool_use"
                } else {
                    reason
                };
                json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "stand-in",
                    "content": [block], "stop_reason": reason, "stop_sequence": null,
                    "usage": {"input_tokens": usage.0, "output_tokens": usage.1}})
            }
            Format::Gemini => candidate(text, Some(reason), Some(usage)),
        }
    }

    const fn reason(self, ending: Ending) -> &'static str {
        match (self.format, ending) {
            (Format::Openai, Ending::Done) => "stop",
            (Format::Openai, Ending::Length) => "length",
            (Format::Openai, Ending::Filtered) => "content_filter",
            (Format::Anthropic, Ending::Done) => "end_turn",
            (Format::Anthropic, Ending::Length) => "max_tokens",
            (Format::Anthropic, Ending::Filtered) => "refusal",
            (Format::Gemini, Ending::Done) => "STOP",
            (Format::Gemini, Ending::Length) => "MAX_TOKENS",
            (Format::Gemini, Ending::Filtered) => "SAFETY",
        }
    }
}

fn chunk(delta: &Value, reason: Option<&str>) -> Value {
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stand-in",
        "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason}], "usage": null})
}

fn openai_usage((input, output): (u64, u64)) -> Value {
    json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input.saturating_add(output)})
}

fn candidate(text: &str, reason: Option<&str>, usage: Option<(u64, u64)>) -> Value {
    let mut answer = json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}],
        "modelVersion": "stand-in", "responseId": "1"});
    if let Some(reason) = reason {
        answer["candidates"][0]["finishReason"] = json!(reason);
    }
    if let Some((input, output)) = usage {
        answer["usageMetadata"] = json!({"promptTokenCount": input, "candidatesTokenCount": output,
            "totalTokenCount": input.saturating_add(output)});
    }
    answer
}
