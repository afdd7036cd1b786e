//! Sending against a server that answers as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use kernel::{ChannelId, SeededChance, Stopwatch};
use secrecy::SecretString;
use serde_json::json;

use super::{Rest, TokenShape};
use crate::{
    render::notice,
    rest::{AddressBudget, RestError},
    tests::{Asked, Told, speaking},
};

fn rest(base: &str, token: &str) -> Result<Rest, TokenShape> {
    let client = http_out::Client::new(&http_out::Settings::default()).unwrap();
    let token = SecretString::from(token.to_owned());
    let chance = Arc::new(SeededChance::new(1));
    Rest::new(client, base, &token, AddressBudget::new(), chance)
}

type Log = Arc<Mutex<Vec<Asked>>>;

async fn scripted(answers: Vec<Told>) -> (Rest, Log) {
    let log = Log::default();
    let (queue, seen) = (Mutex::new(VecDeque::from(answers)), Arc::clone(&log));
    let base = speaking(move |asked| {
        seen.lock().unwrap().push(asked);
        let next = queue.lock().unwrap().pop_front();
        next.unwrap_or_else(|| Told::json(200, &json!({"id": "5"})))
    })
    .await;
    (rest(&base, "Bot token.of.mine").unwrap(), log)
}

async fn post(rest: &Rest) -> Result<Option<u64>, RestError> {
    let channel = ChannelId::new(4).unwrap();
    let posted = rest.post(channel, &notice("hello"), "n1", None).await;
    posted.map(|id| id.map(kernel::Id::get))
}

#[tokio::test]
async fn d6_a_call_carries_the_token_json_and_whom_it_may_ping() {
    let (rest, log) = scripted(Vec::new()).await;
    assert_eq!(post(&rest).await, Ok(Some(5)));
    let asked = &log.lock().unwrap()[0];
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("POST", "/api/v10/channels/4/messages")
    );
    assert_eq!(asked.header("authorization"), "Bot token.of.mine");
    assert!(asked.header("user-agent").starts_with("Guildhall/"));
    let body = asked.json();
    assert_eq!(body["allowed_mentions"]["parse"], json!([]));
    assert_eq!(
        (&body["nonce"], &body["enforce_nonce"]),
        (&json!("n1"), &json!(true))
    );
}

#[tokio::test]
async fn a_429_is_waited_out_with_a_scope_and_without() {
    for headers in [
        vec![("x-ratelimit-scope", "user")],
        vec![("x-ratelimit-scope", "global")],
        vec![],
    ] {
        let body = json!({"message": "slow down", "retry_after": 0.3, "global": false});
        let (rest, log) = scripted(vec![Told::json(429, &body).with(&headers)]).await;
        let watch = Stopwatch::start();
        assert_eq!(post(&rest).await, Ok(Some(5)), "{headers:?}");
        assert!(watch.elapsed() >= Duration::from_millis(300), "{headers:?}");
        assert_eq!(log.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_429_longer_than_the_deadline_is_handed_back_at_once() {
    let body = json!({"message": "slow down", "retry_after": 60.0, "global": false});
    let (rest, log) = scripted(vec![Told::json(429, &body)]).await;
    assert!(
        matches!(post(&rest).await, Err(RestError::Limited { after, .. }) if after.as_secs() >= 59)
    );
    assert!(matches!(post(&rest).await, Err(RestError::Limited { .. })));
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn failures_of_discord_are_tried_again_where_that_is_safe() {
    let (rest, log) = scripted(vec![Told::json(503, &json!({})), Told::page(502)]).await;
    assert_eq!(post(&rest).await, Ok(Some(5)));
    assert_eq!(log.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn pages_broken_json_and_nothing_at_all_are_typed_errors() {
    for told in [
        Told::page(200),
        Told::raw(200, "application/json", "{\"id\":"),
        Told::raw(200, "application/json", ""),
    ] {
        let answers = vec![told; 5];
        let (rest, log) = scripted(answers).await;
        let outcome = post(&rest).await;
        assert!(
            matches!(outcome, Err(RestError::Unreadable { status: 200, .. })),
            "{outcome:?}"
        );
        assert!(log.lock().unwrap().len() <= 5);
    }
}

#[tokio::test]
async fn a_refusal_brings_discords_code_and_is_not_repeated() {
    let body = json!({"code": 50013, "message": "Missing Permissions"});
    let (rest, log) = scripted(vec![Told::json(403, &body)]).await;
    let refused = post(&rest).await.unwrap_err();
    assert_eq!((refused.code(), refused.status()), (50_013, 403));
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_revoked_token_is_tried_three_times_and_never_again() {
    let answers = vec![Told::json(401, &json!({"code": 0, "message": "401: Unauthorized"})); 9];
    let (rest, log) = scripted(answers).await;
    for _ in 0..6 {
        post(&rest).await.unwrap_err();
    }
    assert!(matches!(
        post(&rest).await,
        Err(RestError::TokenRefused { .. })
    ));
    assert_eq!(log.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn d5_tokens_that_cannot_be_are_refused_and_none_is_ever_printed() {
    for token in ["", "  ", "two words", "line\nbreak", "Bot "] {
        assert_eq!(
            rest("http://127.0.0.1:9/api", token).unwrap_err(),
            TokenShape,
            "{token:?}"
        );
    }
    let rest = rest("http://127.0.0.1:9/api", "very.secret.token").unwrap();
    let secret = chat::InteractionToken::new("verysecret".to_owned());
    let application = kernel::ApplicationId::new(9).unwrap();
    let error = rest
        .original_delete(application, &secret)
        .await
        .unwrap_err();
    assert!(!format!("{rest:?} {error:?} {error}").contains("secret"));
}
