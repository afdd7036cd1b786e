//! What a route is, and how a request finds its own: by method and path, the first row of the table that fits.
//! What always holds: an unknown path is 404 and a known one asked with another method 405, each in Discord's JSON.

use crate::world::grants::Scope;

use super::buckets::{Counted, Limit};
use super::call::{Answered, Call};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// A bot, by its token.
    Bot,
    /// Anyone who knows the token in the path, or asks something public.
    Open,
    /// A bot by its token, or an application for a person who allowed it this.
    BotOrPerson(Scope),
    /// An application by its secret, with a form; the route itself looks who it is.
    Client,
}

/// What stands behind a route.
pub(crate) type Run = fn(&Call<'_>) -> Answered;

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) pattern: &'static str,
    pub(crate) run: Run,
    pub(crate) door: Door,
    pub(crate) limit: Limit,
    pub(crate) counted: Counted,
    /// Routes with the same name share a window; without one a route has its own.
    shared: Option<&'static str>,
}

const ORDINARY: Limit = Limit {
    requests: 10,
    window_ms: 2_000,
};

impl Route {
    const fn new(method: &'static str, pattern: &'static str, run: Run) -> Self {
        Self {
            method,
            pattern,
            run,
            door: Door::Bot,
            limit: ORDINARY,
            counted: Counted::Globally,
            shared: None,
        }
    }

    pub(crate) const fn get(pattern: &'static str, run: Run) -> Self {
        Self::new("GET", pattern, run)
    }

    pub(crate) const fn post(pattern: &'static str, run: Run) -> Self {
        Self::new("POST", pattern, run)
    }

    pub(crate) const fn put(pattern: &'static str, run: Run) -> Self {
        Self::new("PUT", pattern, run)
    }

    pub(crate) const fn patch(pattern: &'static str, run: Run) -> Self {
        Self::new("PATCH", pattern, run)
    }

    pub(crate) const fn delete(pattern: &'static str, run: Run) -> Self {
        Self::new("DELETE", pattern, run)
    }

    /// Opened by a token in the path, and outside the bot's requests per second.
    pub(crate) const fn by_token(mut self) -> Self {
        self.door = Door::Open;
        self.counted = Counted::ByRouteOnly;
        self
    }

    /// Open also to an application that a person allowed this.
    pub(crate) const fn or_person(mut self, scope: Scope) -> Self {
        self.door = Door::BotOrPerson(scope);
        self
    }

    /// Opened by an application's secret, in OAuth2's own way.
    pub(crate) const fn by_client(mut self) -> Self {
        self.door = Door::Client;
        self.counted = Counted::ByRouteOnly;
        self
    }

    /// Takes so many requests in so many milliseconds.
    pub(crate) const fn limited(mut self, requests: u32, window_ms: u32) -> Self {
        self.limit = Limit {
            requests,
            window_ms,
        };
        self
    }

    /// Shares its window with the routes of the same name.
    pub(crate) const fn sharing(mut self, name: &'static str) -> Self {
        self.shared = Some(name);
        self
    }

    /// The name of its bucket, which says nothing to clients: they see a digest.
    pub(crate) fn bucket_name(&self) -> String {
        self.shared.map_or_else(
            || format!("{} {}", self.method, self.pattern),
            str::to_owned,
        )
    }
}

/// A route that fits, with what its parameters stand for.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) route: &'static Route,
    pub(crate) parameters: Vec<(&'static str, String)>,
}

impl Found {
    /// The top-level id that a bucket is kept for: a channel's, a guild's, or a webhook's with its token.
    pub(crate) fn major(&self) -> String {
        let value = |index: usize| {
            self.parameters
                .get(index)
                .map_or("", |(_, value)| value.as_str())
        };
        let first = self.route.pattern.split('/').nth(1).unwrap_or_default();
        match first {
            "channels" | "guilds" => value(0).to_owned(),
            "webhooks" | "interactions" if self.parameters.len() > 1 => {
                format!("{}/{}", value(0), value(1))
            }
            "webhooks" | "interactions" => value(0).to_owned(),
            _ => String::new(),
        }
    }
}

/// Why no route fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoRoute {
    Path,
    Method,
}

/// Finds the route of a request in a table. `path` is without its `/api/v10`.
pub(crate) fn find(table: &'static [Route], method: &str, path: &str) -> Result<Found, NoRoute> {
    // Decoded first: there are clients that write even the `@` of a fixed segment as `%40`.
    let parts: Vec<String> = path
        .trim_matches('/')
        .split('/')
        .map(percent_decoded)
        .collect();
    let mut path_known = false;
    for route in table {
        let Some(parameters) = fit(route.pattern, &parts) else {
            continue;
        };
        if route.method == method {
            return Ok(Found { route, parameters });
        }
        path_known = true;
    }
    Err(if path_known {
        NoRoute::Method
    } else {
        NoRoute::Path
    })
}

fn fit(pattern: &'static str, parts: &[String]) -> Option<Vec<(&'static str, String)>> {
    let mut parameters = Vec::new();
    let mut given = parts.iter();
    for segment in pattern.trim_matches('/').split('/') {
        let part = given.next()?;
        match segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            Some(_) if part.is_empty() => return None,
            Some(name) => parameters.push((name, part.clone())),
            None if segment != part => return None,
            None => {}
        }
    }
    given.next().is_none().then_some(parameters)
}

/// Undoes percent encoding; what isn't well formed stays as it is.
pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match (
            bytes[at],
            pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()),
        ) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                at += 3;
            }
            (byte, _) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{NoRoute, Route, find, percent_decoded};
    use crate::rest::call::{Answer, Answered, Call};

    fn nothing(_: &Call<'_>) -> Answered {
        Ok(Answer::nothing())
    }

    static TABLE: &[Route] = &[
        Route::get("/users/@me", nothing),
        Route::get("/users/{user_id}", nothing),
        Route::put(
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me",
            nothing,
        ),
        Route::post("/webhooks/{webhook_id}/{webhook_token}", nothing).by_token(),
    ];

    #[test]
    fn literal_rows_come_first_and_parameters_are_decoded() {
        assert_eq!(
            find(TABLE, "GET", "/users/@me").unwrap().route.pattern,
            "/users/@me"
        );
        assert_eq!(
            find(TABLE, "GET", "/users/%40me").unwrap().route.pattern,
            "/users/@me"
        );
        assert_eq!(
            find(TABLE, "GET", "/users/7").unwrap().parameters,
            [("user_id", "7".to_owned())]
        );
        let found = find(
            TABLE,
            "PUT",
            "/channels/1/messages/2/reactions/%F0%9F%91%8D/@me",
        )
        .unwrap();
        assert_eq!(found.parameters[2].1, "👍");
        assert_eq!(found.major(), "1");
        assert_eq!(
            find(TABLE, "POST", "/webhooks/1/abc").unwrap().major(),
            "1/abc"
        );
    }

    #[test]
    fn unknown_paths_and_wrong_methods_differ() {
        assert_eq!(find(TABLE, "GET", "/nothing").unwrap_err(), NoRoute::Path);
        assert_eq!(
            find(TABLE, "GET", "/users/7/more").unwrap_err(),
            NoRoute::Path
        );
        assert_eq!(
            find(TABLE, "DELETE", "/users/7").unwrap_err(),
            NoRoute::Method
        );
    }

    #[test]
    fn broken_percent_encoding_stays_as_it_is() {
        assert_eq!(percent_decoded("a%20b%zz%4"), "a b%zz%4");
    }
}
