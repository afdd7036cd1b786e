//! What is to be called, and how: its limits' key, its deadline, and whether it may be repeated.

use std::time::Duration;

use serde_json::{Map, Value};
use twilight_http::{
    request::{Form, Request},
    routing::Route,
};

use super::{
    RestError,
    limits::{Counted, Key},
};
use crate::{edits::Wanted, render::Payload};

/// Whether repeating it after an unknown outcome could double anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It could not: the second finds the first done.
    Safe,
    /// It could.
    Risky,
}

/// A request with all that sending it takes. It may hold an interaction's token, so it has no `Debug`.
pub(crate) struct Order {
    pub(super) request: Request,
    pub(super) key: Key,
    pub(super) counted: Counted,
    pub(super) repeat: Repeat,
    pub(super) deadline: Duration,
    pub(super) reason: Option<String>,
    pub(super) uses_token: bool,
    pub(super) wanted: Option<Wanted>,
}

/// How long an ordinary call may take in all, waiting included.
const DEADLINE: Duration = Duration::from_secs(10);

impl Order {
    /// A call without body, about this channel, guild or webhook.
    pub(super) fn new(name: &'static str, route: &Route<'_>, top: &impl ToString) -> Self {
        Self {
            request: Request::from_route(route),
            key: Key {
                route: name,
                top: top.to_string(),
            },
            counted: Counted::Globally,
            repeat: Repeat::Safe,
            deadline: DEADLINE,
            reason: None,
            uses_token: true,
            wanted: None,
        }
    }

    /// With this JSON as its body.
    pub(super) fn json(mut self, route: &Route<'_>, body: &Value) -> Self {
        // A `Value` is always JSON, so building does not fail; the body is set by hand to keep that visible.
        self.request = Request::builder(route)
            .body(body.to_string().into_bytes())
            .build()
            .unwrap_or(self.request);
        self
    }

    /// With this message as its body; `wrap` puts it where the route wants it. Files make it a multipart body.
    pub(super) fn message(
        self,
        route: &Route<'_>,
        payload: &Payload,
        wrap: impl FnOnce(Map<String, Value>) -> Value,
    ) -> Result<Self, RestError> {
        let body = wrap(payload.body.clone());
        if payload.files.is_empty() {
            return Ok(self.json(route, &body));
        }
        let form = Form::new().json_part(b"payload_json", body.to_string().as_bytes());
        let form = payload
            .files
            .iter()
            .enumerate()
            .fold(form, |form, (number, file)| {
                let part = format!("files[{number}]");
                form.file_part(part.as_bytes(), file.name.as_bytes(), &file.bytes)
            });
        let name = self.key.route;
        let built = Request::builder(route).form(form).build();
        built
            .map(|request| Self { request, ..self })
            .map_err(|error| RestError::Unbuildable {
                route: name,
                reason: error.to_string(),
            })
    }

    /// One that answers an interaction: opened by the token in its path, so that the bot's own is not sent along, and
    /// outside the requests per second.
    pub(super) fn of_interaction(mut self) -> Self {
        self.uses_token = false;
        self.counted = Counted::ByRouteOnly;
        self
    }

    /// One that is not repeated after an unknown outcome.
    pub(super) fn risky(mut self) -> Self {
        self.repeat = Repeat::Risky;
        self
    }

    /// One that is sent only while it is the newest of its kind.
    pub(super) fn wanted(mut self, wanted: Wanted) -> Self {
        self.wanted = Some(wanted);
        self
    }

    /// One that may take this long in all.
    pub(crate) fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// One that stands in the guild's audit log with this reason, up to 512 characters.
    pub(crate) fn because(mut self, reason: &str) -> Self {
        self.reason = Some(encoded(reason));
        self
    }
}

/// A reason as the header takes it, cut before it is longer than Discord allows.
fn encoded(reason: &str) -> String {
    const MOST: usize = 512;
    let mut text = String::new();
    for character in reason.chars() {
        let mut bytes = [0; 4];
        let plain = character.is_ascii_alphanumeric() || "-_.~ :/#".contains(character);
        let piece: String = if plain && character != ' ' {
            character.to_string()
        } else {
            let bytes = character.encode_utf8(&mut bytes).bytes();
            bytes.map(|byte| format!("%{byte:02X}")).collect()
        };
        if text.len() + piece.len() > MOST {
            break;
        }
        text.push_str(&piece);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_reason_is_encoded_and_never_cut_inside_a_character() {
        assert_eq!(encoded("spam: ü\r\n"), "spam:%20%C3%BC%0D%0A");
        let long = encoded(&"ü".repeat(400));
        assert!(
            long.len() <= 512 && long.len().is_multiple_of(6),
            "{}",
            long.len()
        );
    }
}
