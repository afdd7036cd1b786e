//! One request as a route's function sees it, and the answer it gives.
//! What always holds: who calls is known before a route runs, and a route runs without waiting for anything.

use axum::http::StatusCode;
use serde_json::Value;

use crate::WorldGuard;
use crate::limits::Fault;
use crate::world::{Deed, Snowflake};

use super::Rest;
use super::body::RequestBody;
use super::error::ApiError;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody who has a name here: a token in the path opens the route, or the route looks itself.
    Nameless,
    /// An application's bot.
    Bot(Snowflake),
    /// An application on behalf of a person.
    Person {
        user: Snowflake,
        application: Snowflake,
    },
}

impl Caller {
    /// The application that asks.
    pub(crate) const fn application(self) -> Option<Snowflake> {
        match self {
            Self::Nameless => None,
            Self::Bot(application) | Self::Person { application, .. } => Some(application),
        }
    }

    /// As which account it asks.
    pub(crate) const fn account(self) -> Option<Snowflake> {
        match self {
            Self::Nameless => None,
            Self::Bot(account) | Self::Person { user: account, .. } => Some(account),
        }
    }
}

/// A request that was let through.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) rest: &'a Rest,
    pub(crate) caller: Caller,
    /// The header of this name, as it came.
    pub(crate) authorization: Option<&'a str>,
    pub(crate) parameters: &'a [(&'static str, String)],
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: &'a RequestBody,
    pub(crate) reason: Option<&'a str>,
    /// Scheme and host under which the client knows us.
    pub(crate) origin: &'a str,
}

/// A route's success.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Value>,
}

/// What a route gives back.
pub(crate) type Answered = Result<Answer, ApiError>;

impl Answer {
    pub(crate) const fn ok(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
        }
    }

    pub(crate) const fn created(body: Value) -> Self {
        Self {
            status: StatusCode::CREATED,
            body: Some(body),
        }
    }

    pub(crate) const fn refused(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            body: Some(body),
        }
    }

    pub(crate) const fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
        }
    }
}

impl Call<'_> {
    pub(crate) fn world(&self) -> WorldGuard<'_> {
        self.rest.hub.world()
    }

    /// The account that asks. Routes that need none never ask.
    pub(crate) fn me(&self) -> Snowflake {
        self.caller.account().unwrap_or_default()
    }

    /// The bot as the doer of a logged change.
    pub(crate) fn deed(&self) -> Deed {
        Deed {
            by: self.me(),
            reason: self.reason.map(str::to_owned),
        }
    }

    /// A parameter of the path; empty where the route has none of this name.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.parameters
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }

    /// An id in the path.
    pub(crate) fn id(&self, name: &str) -> Result<Snowflake, ApiError> {
        let text = self.text(name);
        text.parse()
            .map_err(|_| ApiError::not_snowflake(name, text))
    }

    /// The body, `null` where there is none.
    pub(crate) fn json(&self) -> &Value {
        self.body.json.as_ref().unwrap_or(&Value::Null)
    }

    /// A field of a form; of several the first.
    pub(crate) fn form_text(&self, name: &str) -> Option<&str> {
        let mut fields = self.body.form.iter();
        let (_, value) = fields.find(|(known, _)| known == name)?;
        Some(value)
    }

    pub(crate) fn query_text(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A true-or-false query parameter; absent is false.
    pub(crate) fn query_flag(&self, name: &str) -> bool {
        self.query_text(name)
            .is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
    }

    /// An id in the query.
    pub(crate) fn query_id(&self, name: &str) -> Result<Option<Snowflake>, ApiError> {
        let Some(text) = self.query_text(name) else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|_| ApiError::not_snowflake(name, text))
    }

    /// `limit` in the query, from 1 to `max`.
    pub(crate) fn limit(&self, default: usize, max: usize) -> Result<usize, ApiError> {
        let Some(text) = self.query_text("limit") else {
            return Ok(default);
        };
        let refuse = |fault| Err(ApiError::fault("limit", fault));
        match text.parse::<i64>() {
            Err(_) => refuse(Fault::not_integer(&Value::from(text))),
            Ok(number) if number < 1 => refuse(Fault::number_min(1)),
            Ok(number) => match usize::try_from(number) {
                Ok(number) if number <= max => Ok(number),
                _ => refuse(Fault::number_max(i64::try_from(max).unwrap_or(i64::MAX))),
            },
        }
    }
}
