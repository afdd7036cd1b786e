//! `/discord/interactions`: hands signed requests to the door that checks them.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use chat::{DoorAnswer, InteractionDoor, SignedRequest};

/// The route, over this door.
pub(crate) fn router(door: Arc<dyn InteractionDoor>) -> Router {
    Router::new()
        .route("/discord/interactions", post(knock))
        .with_state(door)
}

async fn knock(
    State(door): State<Arc<dyn InteractionDoor>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let request = SignedRequest {
        signature: header("x-signature-ed25519"),
        timestamp: header("x-signature-timestamp"),
        body: &body,
    };
    match door.knock(request).await {
        DoorAnswer::Pong => Json(serde_json::json!({ "type": 1 })).into_response(),
        DoorAnswer::TakenOn => StatusCode::ACCEPTED.into_response(),
        DoorAnswer::BadSignature => {
            (StatusCode::UNAUTHORIZED, "the signature does not fit\n").into_response()
        }
        DoorAnswer::Unreadable => {
            (StatusCode::BAD_REQUEST, "the body is no interaction\n").into_response()
        }
        DoorAnswer::Busy => {
            (StatusCode::SERVICE_UNAVAILABLE, "too much is waiting\n").into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{body::Body, http::Request};
    use chat::{BoxFuture, DoorAnswer, InteractionDoor, SignedRequest};
    use tower::ServiceExt;

    #[derive(Debug)]
    struct Doorman;

    impl InteractionDoor for Doorman {
        fn knock<'a>(&'a self, request: SignedRequest<'a>) -> BoxFuture<'a, DoorAnswer> {
            Box::pin(async move {
                match (request.signature, request.timestamp, request.body) {
                    ("good", "1", b"ping") => DoorAnswer::Pong,
                    ("good", "1", b"use") => DoorAnswer::TakenOn,
                    ("good", "1", _) => DoorAnswer::Unreadable,
                    _ => DoorAnswer::BadSignature,
                }
            })
        }
    }

    async fn status(signature: Option<&str>, body: &'static str) -> u16 {
        let mut request =
            Request::post("/discord/interactions").header("x-signature-timestamp", "1");
        if let Some(signature) = signature {
            request = request.header("x-signature-ed25519", signature);
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = super::router(Arc::new(Doorman))
            .oneshot(request)
            .await
            .unwrap();
        response.status().as_u16()
    }

    #[tokio::test]
    async fn answers_of_the_door_are_told_by_status() {
        assert_eq!(status(Some("good"), "ping").await, 200);
        assert_eq!(status(Some("good"), "use").await, 202);
        assert_eq!(status(Some("good"), "?").await, 400);
        assert_eq!(status(Some("bad"), "ping").await, 401);
        assert_eq!(status(None, "ping").await, 401);
    }
}
