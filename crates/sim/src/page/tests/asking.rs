//! Commands as the page asks for them, and the steps that their answers tick.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Stage, stage};

#[tokio::test]
async fn commands_are_shown_with_whose_they_are_and_only_where_they_may_be_used() {
    let stage = stage().await;
    stage.register("daily", &json!({"description": "Coins"}));
    stage.register(
        "ban",
        &json!({"description": "Bans", "default_member_permissions": "4"}),
    );
    let names = |body: Value| -> Vec<String> {
        let list = body["commands"].as_array().unwrap().clone();
        list.iter()
            .map(|command| {
                format!(
                    "{} of {}",
                    command["name"].as_str().unwrap(),
                    command["application"]["name"].as_str().unwrap()
                )
            })
            .collect()
    };
    let (_, member) = stage
        .get(&format!(
            "channels/{}/commands?as={}",
            stage.general, stage.member
        ))
        .await;
    assert_eq!(names(member), ["daily of Bot"]);
    let (_, owner) = stage
        .get(&format!(
            "channels/{}/commands?as={}",
            stage.general, stage.owner
        ))
        .await;
    assert_eq!(names(owner).len(), 2);
}

#[tokio::test]
async fn a_command_that_nobody_answers_fails_in_time_and_ticks_nothing() {
    let stage = stage().await;
    stage.register("daily", &json!({"description": "Coins"}));
    let question = json!({"kind": "command", "channel": stage.general, "application": stage.bot, "command": "daily", "options": {}});
    let (status, answer) = stage
        .post(&format!("interactions?as={}", stage.member), question)
        .await;
    assert_eq!(
        (status, &answer["outcome"]),
        (StatusCode::OK, &json!("failed"))
    );
    let (_, state) = stage.get(&format!("state?as={}", stage.member)).await;
    let steps = state["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1, "only what can be done is shown: {steps:?}");
    assert_eq!(steps[0]["done"], false);
}

/// The stage's bot, connected to the gateway.
struct Connected(
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
);

impl Connected {
    async fn new(stage: &Stage) -> Self {
        let token = stage
            .sim
            .hub()
            .world()
            .application(stage.bot)
            .unwrap()
            .token
            .clone();
        let url = format!("{}?v=10&encoding=json", stage.sim.gateway_url());
        let mut bot = Self(tokio_tungstenite::connect_async(url).await.unwrap().0);
        let identify = json!({"op": 2, "d": {"token": token, "intents": 1, "properties": {"os": "x", "browser": "x", "device": "x"}}});
        bot.0.send(identify.to_string().into()).await.unwrap();
        bot.heard("READY").await;
        bot
    }

    async fn heard(&mut self, name: &str) -> Value {
        loop {
            let frame = tokio::time::timeout(Duration::from_secs(5), self.0.next())
                .await
                .unwrap()
                .unwrap()
                .unwrap();
            let payload: Value = serde_json::from_str(frame.to_text().unwrap()).unwrap();
            if payload["t"] == name {
                return payload["d"].clone();
            }
        }
    }

    /// Answers the next interaction over REST.
    async fn answer_next(&mut self, stage: &Stage, callback: Value) {
        let asked = self.heard("INTERACTION_CREATE").await;
        let (id, token) = (
            asked["id"].as_str().unwrap(),
            asked["token"].as_str().unwrap(),
        );
        let url = format!("/api/v10/interactions/{id}/{token}/callback");
        let request = Request::post(url)
            .header(header::USER_AGENT, "DiscordBot (https://example.com, 1)")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(callback.to_string()))
            .unwrap();
        let response = stage.sim.doors().oneshot(request).await.unwrap();
        assert!(response.status().is_success(), "{:?}", response.status());
    }
}

#[tokio::test]
async fn a_public_answer_ticks_its_step_and_a_refusal_does_not() {
    let stage = stage().await;
    stage.register("daily", &json!({"description": "Coins"}));
    let path = format!("interactions?as={}", stage.member);
    let question = || json!({"kind": "command", "channel": stage.general, "application": stage.bot, "command": "daily", "options": {}});
    let mut bot = Connected::new(&stage).await;
    let refusal = json!({"type": 4, "data": {"content": "Come back tomorrow.", "flags": 64}});
    let ((_, answer), ()) = tokio::join!(
        stage.post(&path, question()),
        bot.answer_next(&stage, refusal)
    );
    assert_eq!(answer["outcome"], "answered");
    assert!(!stage.sim.page().notes().steps_done().contains("daily"));
    let mut signals = stage.sim.page().listen();
    let reward = json!({"type": 4, "data": {"content": "100 coins"}});
    let ((_, answer), ()) = tokio::join!(
        stage.post(&path, question()),
        bot.answer_next(&stage, reward)
    );
    assert_eq!(answer["outcome"], "answered");
    tokio::time::timeout(Duration::from_secs(5), signals.recv())
        .await
        .unwrap()
        .unwrap();
    let (_, state) = stage.get(&format!("state?as={}", stage.owner)).await;
    assert_eq!(state["steps"][0]["done"], true);
}

#[tokio::test]
async fn options_keep_the_bounds_that_the_command_sets() {
    let stage = stage().await;
    let amount = json!({"type": 4, "name": "amount", "description": "How many", "required": true, "min_value": 1});
    stage.register("pay", &json!({"description": "Pays", "options": [amount]}));
    for options in [
        json!({}),
        json!({"amount": 0}),
        json!({"amount": "1"}),
        json!({"amount": 1.5}),
        json!({"amount": 1, "else": 1}),
    ] {
        let question = json!({"kind": "command", "channel": stage.general, "application": stage.bot, "command": "pay", "options": options});
        let (status, answer) = stage
            .post(&format!("interactions?as={}", stage.member), question)
            .await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{options}: {answer}"
        );
    }
}
