//! A server that speaks the wire of Discord's REST and answers as a test tells it.

use std::{collections::HashMap, future::IntoFuture, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::Request,
    http::{HeaderName, HeaderValue, Response, StatusCode},
};
use kernel::SeededChance;
use serde_json::Value;

use crate::{bots::Bots, directory::Registry, easel::Easel, known::Known, roll_call::RollCall};

/// An easel that knows nobody's name.
pub(crate) fn nameless(bots: &Arc<Bots>) -> Arc<Easel> {
    let known = Arc::new(Known::new());
    let registry = Registry {
        bots: Arc::clone(bots),
        roll_call: unheard(&known),
        known,
    };
    Arc::new(Easel::new(Arc::new(registry), None))
}

/// A roll call that no shard is there for.
pub(crate) fn unheard(known: &Arc<Known>) -> Arc<RollCall> {
    Arc::new(RollCall::new(Arc::clone(known), &SeededChance::new(1)))
}

/// A request that came in.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

/// An answer to give.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    status: u16,
    kind: &'static str,
    body: String,
    headers: Vec<(&'static str, &'static str)>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl Told {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::raw(status, "application/json", &body.to_string())
    }

    pub(crate) fn page(status: u16) -> Self {
        Self::raw(status, "text/html; charset=utf-8", "<html>error</html>")
    }

    pub(crate) fn nothing() -> Self {
        Self::raw(204, "text/plain", "")
    }

    pub(crate) fn raw(status: u16, kind: &'static str, body: &str) -> Self {
        Self {
            status,
            kind,
            body: body.to_owned(),
            headers: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, headers: &[(&'static str, &'static str)]) -> Self {
        self.headers.extend_from_slice(headers);
        self
    }
}

/// Starts the server for as long as the test's runtime lives; gives the base that ends in `/api`.
#[expect(
    clippy::disallowed_methods,
    reason = "the server lives as long as the test's runtime"
)]
pub(crate) async fn speaking(answer: impl Fn(Asked) -> Told + Send + Sync + 'static) -> String {
    let answer = Arc::new(answer);
    let router = Router::new().fallback(move |request: Request| {
        let answer = Arc::clone(&answer);
        async move { told(answer(asked(request).await)) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    format!("http://{address}/api")
}

async fn asked(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 1 << 24).await.unwrap();
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let pair = |(name, value): (&HeaderName, &HeaderValue)| (name.to_string(), text(value));
    Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        headers: parts.headers.iter().map(pair).collect(),
        body: body.to_vec(),
    }
}

fn told(told: Told) -> Response<axum::body::Body> {
    let mut response = Response::new(axum::body::Body::from(told.body));
    *response.status_mut() = StatusCode::from_u16(told.status).unwrap();
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(told.kind));
    for (name, value) in told.headers {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
