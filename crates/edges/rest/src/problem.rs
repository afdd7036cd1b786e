//! Errors as problem details (RFC 9457), with an id that stands in the log too.

use std::fmt;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Correlation, Fault, FaultKind};
use serde_json::json;

/// An answer that is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    pointer: Option<String>,
    request: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, title: &'static str, detail: impl fmt::Display) -> Self {
        Self {
            status,
            title,
            detail: detail.to_string(),
            pointer: None,
            request: None,
        }
    }

    pub(crate) fn unauthorized() -> Self {
        let detail =
            "Send `Authorization: Bearer TOKEN`, with the operator's token or one of the guild.";
        Self::new(StatusCode::UNAUTHORIZED, "A valid token is missing", detail)
    }

    pub(crate) fn forbidden(detail: impl fmt::Display) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Not permitted", detail)
    }

    pub(crate) fn not_found(detail: impl fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", detail)
    }

    pub(crate) fn bad_request(detail: impl fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "The request is incomplete", detail)
    }

    pub(crate) fn invalid(detail: impl fmt::Display, pointer: impl Into<String>) -> Self {
        Self {
            pointer: Some(pointer.into()),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "A value is not acceptable",
                detail,
            )
        }
    }

    /// The problem that a fault is to a caller: the words told to people, and the id under which the log has more.
    pub(crate) fn of_fault(fault: &dyn Fault, words: String, correlation: Correlation) -> Self {
        let (status, title) = match fault.kind() {
            FaultKind::Invalid => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The request is not acceptable",
            ),
            FaultKind::NotFound => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Something named is not there",
            ),
            FaultKind::Conflict => (StatusCode::CONFLICT, "It contradicts what is there"),
            FaultKind::Forbidden => (StatusCode::FORBIDDEN, "Not permitted"),
            FaultKind::Exhausted => (StatusCode::UNPROCESSABLE_ENTITY, "Not enough"),
            FaultKind::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The database does not answer",
            ),
            FaultKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "A defect"),
        };
        Self {
            request: Some(correlation.to_string()),
            ..Self::new(status, title, words)
        }
    }

    /// The same, where the path itself names what is not there.
    pub(crate) const fn not_there(mut self) -> Self {
        self.status = StatusCode::NOT_FOUND;
        self.title = "Not found";
        self
    }

    /// The same in other words.
    pub(crate) fn saying(mut self, detail: &str) -> Self {
        detail.clone_into(&mut self.detail);
        self
    }

    /// The same, about this place in the request.
    pub(crate) fn at(mut self, pointer: String) -> Self {
        self.pointer = Some(pointer);
        self
    }

    /// The same, to be found in the log under this id.
    pub(crate) fn under(mut self, correlation: Correlation) -> Self {
        self.request = Some(correlation.to_string());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "request_id": self.request,
        });
        if let (Some(pointer), Some(fields)) = (self.pointer, body.as_object_mut()) {
            fields.insert("pointer".to_owned(), json!(pointer));
        }
        let mut response = (self.status, Json(body)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// The answer to a path that nobody serves.
pub(crate) async fn no_such_route() -> Problem {
    Problem::not_found("No such path under /api/v1.")
}
