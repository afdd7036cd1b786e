//! What is refused, and in which words: hostile input, other sites, and too much of a thing.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use tower::ServiceExt;

use super::{Stage, stage};
use crate::world::Snowflake;

/// What a browser would never send: method, path, body, and the answer's status.
fn hostile(stage: &Stage, id: Snowflake) -> Vec<(&'static str, String, Option<String>, u16)> {
    let send = format!("channels/{}/messages?as={}", stage.general, stage.member);
    let react = |emoji: &str| {
        format!(
            "channels/{}/messages/{id}/reactions?as={}&emoji={emoji}",
            stage.general, stage.member
        )
    };
    let long = json!({"content": "x".repeat(2_001)}).to_string();
    let huge = json!({"content": "x".repeat(100_000)}).to_string();
    let post =
        |path: &str, body: &str, status| ("POST", path.to_owned(), Some(body.to_owned()), status);
    let some = r#"{"content":"x"}"#;
    let elsewhere = |who: &str| format!("channels/{}/messages{who}", stage.general);
    let by = |who: Snowflake| elsewhere(&format!("?as={who}"));
    let overlong = format!("channels/{}/messages?as={}", "9".repeat(23), stage.member);
    let ask = format!("interactions?as={}", stage.member);
    vec![
        post(&send, r#"{"content":""}"#, 422),
        post(&send, r#"{"content":"  \n "}"#, 422),
        post(&send, &long, 422),
        post(&send, &huge, 413),
        post(&send, "{", 400),
        post(&send, "[]", 422),
        post(&send, r#"{"content":"x","reply_to":"1"}"#, 404),
        post(&elsewhere(""), some, 404),
        post(&elsewhere("?as=1%27%20or%201"), some, 404),
        post(&by(stage.bot), some, 404),
        post(&by(stage.stranger), some, 404),
        post(&overlong, some, 400),
        post(&ask, r#"{"kind":"explode"}"#, 422),
        (
            "PUT",
            "pace".to_owned(),
            Some(r#"{"pace":"frantic"}"#.to_owned()),
            422,
        ),
        ("PUT", react("script"), None, 422),
        ("PUT", react(""), None, 422),
        ("PUT", react(&"%F0%9F%91%8D".repeat(40)), None, 422),
    ]
}

#[tokio::test]
async fn hostile_input_is_refused_in_words() {
    let stage = stage().await;
    let id = stage.say(stage.owner, "hello").await;
    for (method, path, body, expected) in hostile(&stage, id) {
        let (status, answer) = stage.ask(method, &path, body.as_deref()).await;
        assert_eq!(
            status.as_u16(),
            expected,
            "{method} {path} {body:.60?}: {answer}"
        );
    }
    assert_eq!(stage.texts(stage.owner).await, ["hello"]);
}

#[tokio::test]
async fn another_site_is_kept_out() {
    let stage = stage().await;
    let request = Request::post(format!(
        "/chat/api/channels/{}/typing?as={}",
        stage.general, stage.member
    ));
    let request = request
        .header(header::HOST, "localhost")
        .header(header::ORIGIN, "https://evil.example")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        stage.page.clone().oneshot(request).await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn twenty_different_reactions_are_enough() {
    let stage = stage().await;
    let id = stage.say(stage.owner, "hello").await;
    for n in 0..21_u32 {
        let emoji = char::from_u32(0x1F400 + n).unwrap();
        let encoded: String = emoji
            .to_string()
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        let path = format!(
            "channels/{}/messages/{id}/reactions?as={}&emoji={encoded}",
            stage.general, stage.member
        );
        let (status, _) = stage.ask("PUT", &path, None).await;
        assert_eq!(
            status,
            if n < 20 {
                StatusCode::OK
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            },
            "{n}"
        );
    }
}
