//! The gateway's payloads: what clients send, read strictly, and what they are sent.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::wires::Event;

pub(crate) const HEARTBEAT: u64 = 1;
pub(crate) const IDENTIFY: u64 = 2;
pub(crate) const PRESENCE: u64 = 3;
pub(crate) const VOICE_STATE: u64 = 4;
pub(crate) const RESUME: u64 = 6;
pub(crate) const REQUEST_MEMBERS: u64 = 8;
pub(crate) const REQUEST_SOUNDS: u64 = 31;

/// The largest payload that a client may send.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 4_096;

/// What a client sent.
#[derive(Debug, Deserialize)]
pub(crate) struct Incoming {
    pub(crate) op: u64,
    #[serde(default)]
    pub(crate) d: Value,
}

/// `d` of an IDENTIFY.
#[derive(Debug, Deserialize)]
pub(crate) struct Identify {
    pub(crate) token: String,
    pub(crate) intents: u64,
    /// Required; its content is the client's own.
    #[serde(rename = "properties")]
    pub(crate) _properties: serde_json::Map<String, Value>,
    #[serde(default)]
    pub(crate) compress: Option<bool>,
    #[serde(default)]
    pub(crate) large_threshold: Option<usize>,
    #[serde(default)]
    pub(crate) shard: Option<(u32, u32)>,
}

/// `d` of a RESUME.
#[derive(Debug, Deserialize)]
pub(crate) struct Resume {
    pub(crate) token: String,
    pub(crate) session_id: String,
    pub(crate) seq: u64,
}

/// An event's payload with its number in the session.
pub(crate) fn dispatch(seq: u64, event: &Event) -> String {
    let mut text = String::with_capacity(event.body.len() + event.name.len() + 40);
    text.push_str("{\"t\":\"");
    text.push_str(event.name);
    text.push_str("\",\"s\":");
    text.push_str(&seq.to_string());
    text.push_str(",\"op\":0,\"d\":");
    text.push_str(&event.body);
    text.push('}');
    text
}

pub(crate) fn hello(interval_ms: u64) -> String {
    json!({"t": null, "s": null, "op": 10, "d": {"heartbeat_interval": interval_ms, "_trace": ["[\"sim\"]"]}}).to_string()
}

pub(crate) fn heartbeat_ack() -> String {
    plain(11, &Value::Null)
}

pub(crate) fn heartbeat_request() -> String {
    plain(HEARTBEAT, &Value::Null)
}

pub(crate) fn reconnect() -> String {
    plain(7, &Value::Null)
}

pub(crate) fn invalid_session(resumable: bool) -> String {
    plain(9, &Value::Bool(resumable))
}

/// A payload that is as large as wanted and says nothing.
pub(crate) fn huge(bytes: usize) -> String {
    plain(11, &Value::String("a".repeat(bytes)))
}

fn plain(op: u64, d: &Value) -> String {
    format!("{{\"t\":null,\"s\":null,\"op\":{op},\"d\":{d}}}")
}

/// Why a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closing {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
}

impl Closing {
    pub(crate) const UNKNOWN: Self = Self {
        code: 4000,
        reason: "Unknown error.",
    };
    pub(crate) const UNKNOWN_OPCODE: Self = Self {
        code: 4001,
        reason: "Unknown opcode.",
    };
    pub(crate) const UNDECODABLE: Self = Self {
        code: 4002,
        reason: "Error while decoding payload.",
    };
    pub(crate) const NOT_AUTHENTICATED: Self = Self {
        code: 4003,
        reason: "Not authenticated.",
    };
    pub(crate) const BAD_TOKEN: Self = Self {
        code: 4004,
        reason: "Authentication failed.",
    };
    pub(crate) const ALREADY: Self = Self {
        code: 4005,
        reason: "Already authenticated.",
    };
    pub(crate) const BAD_SEQ: Self = Self {
        code: 4007,
        reason: "Invalid seq.",
    };
    pub(crate) const RATE_LIMITED: Self = Self {
        code: 4008,
        reason: "Rate limited.",
    };
    pub(crate) const TIMED_OUT: Self = Self {
        code: 4009,
        reason: "Session timed out.",
    };
    pub(crate) const BAD_SHARD: Self = Self {
        code: 4010,
        reason: "Invalid shard.",
    };
    pub(crate) const SHARDING_REQUIRED: Self = Self {
        code: 4011,
        reason: "Sharding required.",
    };
    pub(crate) const BAD_VERSION: Self = Self {
        code: 4012,
        reason: "Invalid API version.",
    };
    pub(crate) const BAD_INTENTS: Self = Self {
        code: 4013,
        reason: "Invalid intent(s).",
    };
    pub(crate) const FORBIDDEN_INTENTS: Self = Self {
        code: 4014,
        reason: "Disallowed intent(s).",
    };

    /// The closing of a code that was ordered.
    pub(crate) fn of(code: u16) -> Self {
        let known = [
            Self::UNKNOWN,
            Self::UNKNOWN_OPCODE,
            Self::UNDECODABLE,
            Self::NOT_AUTHENTICATED,
            Self::BAD_TOKEN,
            Self::ALREADY,
            Self::BAD_SEQ,
            Self::RATE_LIMITED,
            Self::TIMED_OUT,
            Self::BAD_SHARD,
            Self::SHARDING_REQUIRED,
            Self::BAD_VERSION,
            Self::BAD_INTENTS,
            Self::FORBIDDEN_INTENTS,
        ];
        known
            .into_iter()
            .find(|closing| closing.code == code)
            .unwrap_or(Self { code, reason: "" })
    }

    /// Whether the session ends with the connection.
    pub(crate) const fn ends_session(self) -> bool {
        matches!(self.code, 4004 | 4007 | 4009..=4014)
    }
}
