//! Interactions over HTTP, against a small server of the test's own on a free port.

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use serde_json::{Value, json};

use crate::interactions::endpoint::deliver;
use crate::rest::stage::Stage;
use crate::world::InteractionDraft;

fn bytes(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap())
        .collect()
}

/// A server that checks signatures with a key, or lets everything pass, and answers interactions with a message.
async fn application(key: Option<VerifyingKey>) -> (String, tokio::task::JoinHandle<()>) {
    let handler = move |headers: HeaderMap, body: String| async move {
        let header = |name: &str| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let signature: [u8; 64] = bytes(&header("x-signature-ed25519")).try_into().unwrap();
        let signed = format!("{}{body}", header("x-signature-timestamp"));
        if key.is_some_and(|key| {
            key.verify(signed.as_bytes(), &Signature::from_bytes(&signature))
                .is_err()
        }) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let asked: Value = serde_json::from_str(&body).unwrap();
        let answer = if asked["type"] == 1 {
            json!({"type": 1})
        } else {
            json!({"type": 4, "data": {"content": format!("hello {}", asked["data"]["name"])}})
        };
        axum::Json(answer).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/interactions", listener.local_addr().unwrap());
    let router = Router::new().route("/interactions", post(handler));
    #[expect(
        clippy::disallowed_methods,
        reason = "the server of a test ends with the test"
    )]
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, server)
}

fn key_of(stage: &Stage) -> VerifyingKey {
    let key: [u8; 32] = bytes(
        &stage
            .rest
            .hub
            .world()
            .application(stage.bot)
            .unwrap()
            .verify_key,
    )
    .try_into()
    .unwrap();
    VerifyingKey::from_bytes(&key).unwrap()
}

#[tokio::test]
async fn an_endpoint_must_answer_a_ping_and_refuse_a_forged_one() {
    let stage = Stage::new();
    let (careless, first) = application(None).await;
    let refused = stage
        .ask(
            "PATCH /applications/@me",
            json!({"interactions_endpoint_url": careless}),
        )
        .await;
    assert_eq!(
        refused.body["errors"]["interactions_endpoint_url"]["_errors"][0]["code"],
        "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID"
    );
    let (careful, second) = application(Some(key_of(&stage))).await;
    let taken = stage
        .ask(
            "PATCH /applications/@me",
            json!({"interactions_endpoint_url": careful}),
        )
        .await
        .ok();
    assert_eq!(taken["interactions_endpoint_url"], json!(careful));
    let cleared = stage
        .ask(
            "PATCH /applications/@me",
            json!({"interactions_endpoint_url": ""}),
        )
        .await
        .ok();
    assert_eq!(cleared["interactions_endpoint_url"], Value::Null);
    first.abort();
    second.abort();
}

#[tokio::test]
async fn what_an_endpoint_answers_is_the_first_answer() {
    let stage = Stage::new();
    let (url, server) = application(Some(key_of(&stage))).await;
    stage
        .ask(
            "PATCH /applications/@me",
            json!({"interactions_endpoint_url": url}),
        )
        .await
        .is("200");
    let draft = InteractionDraft {
        application: stage.bot,
        kind: 2,
        user: stage.alice,
        channel: stage.channel,
        data: json!({"id": "5", "name": "daily", "type": 1}),
        source: None,
    };
    let opened = stage.rest.hub.world().interaction_open(draft).unwrap();
    deliver(&stage.rest, opened.post.expect("it goes over HTTP")).await;
    let world = stage.rest.hub.world();
    let interaction = world.interaction(opened.id).unwrap();
    let message = world
        .message(stage.channel, interaction.original.expect("answered"))
        .unwrap();
    assert_eq!(message.content, "hello \"daily\"");
    server.abort();
}
