//! Wire formats: a request as each provider wants it, and its answer as pieces.
//!
//! Each format is a file with two halves: `body`, which is data in and data out, and a `Reader`, which is fed with events
//! and keeps what it must between them. An end is given only when the format's own end was seen; what stops before is
//! cut. Unknown members and events are passed over, for providers add some every month.

mod anthropic;
mod gemini;
mod openai;

use ai::{End, Kind, ModelError, Piece, Request, Usage};
use bytes::Bytes;
use http_out::{Call, HeaderName, HeaderValue, Method, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::{failure::nonsense, sse::Event};

/// Whether an answer is wanted piece by piece. Structured answers are not: half of one is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Streamed,
    Whole,
}

/// Where a provider is and how it is asked.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    /// Without a slash at its end.
    pub(crate) base: String,
    pub(crate) model: String,
    pub(crate) key: Option<SecretString>,
}

impl Place {
    /// The vendor's own address.
    pub(crate) const fn vendor(kind: Kind) -> &'static str {
        match kind {
            Kind::Openai | Kind::Offline => "https://api.openai.com/v1",
            Kind::Anthropic => "https://api.anthropic.com",
            Kind::Gemini => "https://generativelanguage.googleapis.com",
        }
    }
}

/// How an answer to this is wanted.
pub(crate) const fn delivery(request: &Request) -> Delivery {
    match request.schema {
        Some(_) => Delivery::Whole,
        None => Delivery::Streamed,
    }
}

/// The call that asks.
pub(crate) fn call(place: &Place, request: &Request) -> Result<Call, ModelError> {
    let delivery = delivery(request);
    let (url, body) = match place.kind {
        Kind::Openai | Kind::Offline => (
            format!("{}/chat/completions", place.base),
            openai::body(place, request, delivery),
        ),
        Kind::Anthropic => (
            format!("{}/v1/messages", place.base.trim_end_matches("/v1")),
            anthropic::body(place, request, delivery),
        ),
        Kind::Gemini => (gemini::url(place, delivery), gemini::body(request)),
    };
    let mut call = Call::new(Method::POST, url);
    let json = HeaderValue::from_static("application/json");
    call.headers.insert(header::CONTENT_TYPE, json);
    if delivery == Delivery::Streamed {
        let events = HeaderValue::from_static("text/event-stream");
        call.headers.insert(header::ACCEPT, events);
    }
    if place.kind == Kind::Anthropic {
        let version = HeaderValue::from_static("2023-06-01");
        let name = HeaderName::from_static("anthropic-version");
        call.headers.insert(name, version);
    }
    if let Some(key) = &place.key {
        let (name, value) = credential(place.kind, key)?;
        call.headers.insert(name, value);
    }
    call.body = Bytes::from(body.to_string());
    Ok(call)
}

fn credential(kind: Kind, key: &SecretString) -> Result<(HeaderName, HeaderValue), ModelError> {
    let key = key.expose_secret().trim();
    let (name, text) = match kind {
        Kind::Openai | Kind::Offline => (header::AUTHORIZATION, format!("Bearer {key}")),
        Kind::Anthropic => (HeaderName::from_static("x-api-key"), key.to_owned()),
        Kind::Gemini => (HeaderName::from_static("x-goog-api-key"), key.to_owned()),
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| ModelError::Refused {
        reason: "the key has characters that no key has".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// Reads an answer in one of the formats.
#[derive(Debug)]
pub(crate) enum Reader {
    Openai(openai::Reader),
    Anthropic(anthropic::Reader),
    Gemini(gemini::Reader),
}

/// What every reader keeps.
#[derive(Debug, Default)]
struct Seen {
    usage: Option<Usage>,
    end: Option<End>,
    over: bool,
}

impl Seen {
    /// The last pieces, once.
    fn close(&mut self) -> Vec<Piece> {
        let (Some(end), false) = (self.end, self.over) else {
            return Vec::new();
        };
        self.over = true;
        let usage = self.usage.map(Piece::Usage);
        usage.into_iter().chain([Piece::End(end)]).collect()
    }
}

impl Reader {
    /// A reader for an answer of this kind to a request.
    pub(crate) fn new(kind: Kind, request: &Request) -> Self {
        match kind {
            Kind::Openai | Kind::Offline => Self::Openai(openai::Reader::default()),
            Kind::Anthropic => Self::Anthropic(anthropic::Reader::new(request.schema.is_some())),
            Kind::Gemini => Self::Gemini(gemini::Reader::default()),
        }
    }

    /// Takes an event of a stream.
    pub(crate) fn event(&mut self, event: &Event) -> Result<Vec<Piece>, ModelError> {
        let data = event.data.trim();
        if data == "[DONE]" {
            return Ok(self.seen().close());
        }
        if data.is_empty() {
            return Ok(Vec::new());
        }
        let value: Value =
            serde_json::from_str(data).map_err(|_| nonsense("an event holds no JSON"))?;
        match self {
            Self::Openai(reader) => reader.event(&value),
            Self::Anthropic(reader) => reader.event(&value),
            Self::Gemini(reader) => reader.event(&value),
        }
    }

    /// Takes a whole answer.
    pub(crate) fn whole(&mut self, body: &[u8]) -> Result<Vec<Piece>, ModelError> {
        let value: Value =
            serde_json::from_slice(body).map_err(|_| nonsense("the answer is no JSON"))?;
        let mut pieces = match self {
            Self::Openai(reader) => reader.whole(&value)?,
            Self::Anthropic(reader) => reader.whole(&value)?,
            Self::Gemini(reader) => reader.event(&value)?,
        };
        let closing = self.seen().close();
        if closing.is_empty() {
            return Err(nonsense("the answer does not say why it ended"));
        }
        pieces.extend(closing);
        Ok(pieces)
    }

    /// The connection ended, or nothing more is waited for: the last pieces, or nothing where the end was not seen.
    pub(crate) fn close(&mut self) -> Vec<Piece> {
        self.seen().close()
    }

    const fn seen(&mut self) -> &mut Seen {
        match self {
            Self::Openai(reader) => &mut reader.seen,
            Self::Anthropic(reader) => &mut reader.seen,
            Self::Gemini(reader) => &mut reader.seen,
        }
    }
}

/// A piece of text; nothing where there is none. NUL characters are dropped: no database keeps them.
fn text(value: &Value) -> Option<Piece> {
    let text = value.as_str()?.replace('\0', "");
    (!text.is_empty()).then_some(Piece::Text(text))
}

/// A count of tokens; forged ones are bounded when they are counted.
fn tokens(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

/// Hundredths as the number that goes out.
fn temperature(percent: u32) -> Value {
    Value::from(f64::from(percent.min(200)) / 100.0)
}
