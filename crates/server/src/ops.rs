//! What the machinery around a server asks: does it turn, has it started, may it be sent work, what does it measure.
//!
//! These endpoints touch no database and no network, so they answer under any load.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{health::Health, meters::Meters};

#[derive(Debug, Clone)]
struct Ops {
    health: Arc<Health>,
    meters: Meters,
}

/// The endpoints.
pub(crate) fn router(health: Arc<Health>, meters: Meters) -> Router {
    Router::new()
        .route("/livez", get(live))
        .route("/startupz", get(started))
        .route("/readyz", get(ready))
        .route("/metrics", get(measured))
        .fallback(nothing)
        .with_state(Ops { health, meters })
}

async fn live() -> &'static str {
    "alive\n"
}

async fn started(State(ops): State<Ops>) -> (StatusCode, &'static str) {
    if ops.health.is_started() {
        (StatusCode::OK, "started\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "starting; /readyz says what is missing\n",
        )
    }
}

async fn ready(State(ops): State<Ops>) -> Response {
    let status = if ops.health.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(ops.health.report())).into_response()
}

async fn measured(State(ops): State<Ops>) -> Response {
    ops.health.measure();
    let text = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, text)], ops.meters.render()).into_response()
}

async fn nothing() -> (StatusCode, &'static str) {
    (
        StatusCode::NOT_FOUND,
        "here are /livez, /startupz, /readyz and /metrics\n",
    )
}
