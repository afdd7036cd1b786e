//! Errors as problem details (RFC 9457), with an id that stands in the log too.

use std::fmt;

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Correlation, Fault, FaultKind};
use serde_json::json;

/// How a problem is marked.
const PROBLEM_JSON: &str = "application/problem+json";

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
        let kind = HeaderValue::from_static(PROBLEM_JSON);
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

/// The most of an answer's words that is read.
const WORDS_MAX: usize = 4 * 1024;

/// Makes a problem of what the layers below refuse in words of their own: a body too long, a query that is none, a
/// method that is not served.
pub(crate) async fn speak_alike(request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    let status = answer.status();
    let is_ours = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == PROBLEM_JSON);
    if is_ours || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let (parts, body) = answer.into_parts();
    let words = axum::body::to_bytes(body, WORDS_MAX).await;
    let words = words.unwrap_or_default();
    let words = String::from_utf8_lossy(&words).trim().to_owned();
    let title = status.canonical_reason().unwrap_or("Refused");
    let detail = if words.is_empty() { title } else { &words };
    let mut answer = Problem::new(status, title, detail).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// The answer to a path that nobody serves.
pub(crate) async fn no_such_route() -> Problem {
    Problem::not_found("No such path under /api/v1.")
}
