//! What every route has in common: who may ask, unknown paths, headers, rate limits, ordered faults, the journal.

use serde_json::{Value, json};

use crate::rest::buckets::RatePolicy;
use crate::rest::faults::{Effect, FaultRule, RestFault};
use crate::rest::route::{Door, Route};
use crate::rest::routes::ROUTES;
use crate::rest::stage::{SECOND, Stage, description};
use crate::world::permissions::ADMINISTRATOR;

#[tokio::test]
async fn who_may_ask_and_what_is_not_there() {
    let stage = Stage::new();
    for (request, headers, verdict) in [
        ("GET /users/@me", &[][..], "200"),
        ("GET /api/users/@me", &[], "200"),
        ("GET /users/@me", &[("authorization", "")], "401 0"),
        (
            "GET /users/@me",
            &[("authorization", "Bot nobody.knows.this")],
            "401 0",
        ),
        ("GET /users/@me", &[("authorization", "Bearer x")], "401 0"),
        ("GET /users/@me", &[("user-agent", "")], "403 40333"),
        ("GET /nothing/here", &[], "404 0"),
        ("DELETE /gateway", &[], "405 0"),
        ("GET /gateway", &[("authorization", "")], "200"),
        ("GET /users/abc", &[], "400 50035"),
        ("GET /users/7", &[], "404 10013"),
    ] {
        let reply = stage.ask_with(request, Value::Null, headers).await;
        assert_eq!(reply.verdict(), verdict, "{request} {headers:?}");
    }
}

#[tokio::test]
async fn no_route_of_a_bot_opens_without_a_token() {
    let stage = Stage::new();
    for route in ROUTES
        .iter()
        .filter(|route| route.door == crate::rest::route::Door::Bot)
    {
        let path = route
            .pattern
            .split('/')
            .map(|part| if part.starts_with('{') { "1" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        let reply = stage
            .ask_with(
                &format!("{} {path}", route.method),
                Value::Null,
                &[("authorization", "")],
            )
            .await;
        assert_eq!(
            reply.verdict(),
            "401 0",
            "{} {}",
            route.method,
            route.pattern
        );
    }
}

#[test]
fn every_route_is_in_the_description() {
    let Some(api) = description() else {
        println!("skipped: DISCORD_OPENAPI names no description of the API");
        return;
    };
    // OAuth2's own routes stand in Discord's words, and not in its description.
    let described = |route: &&Route| route.door != Door::Client;
    for route in ROUTES.iter().filter(described) {
        let path = route
            .pattern
            .split('/')
            .map(|part| if part.starts_with('{') { "1" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        let asked = crate::openapi::Asked {
            method: route.method,
            path: &path,
            query: &[],
            body: None,
        };
        let unknown = api
            .check_request(asked)
            .into_iter()
            .any(|violation| violation.message.starts_with("the description has no such"));
        assert!(!unknown, "{} {}", route.method, route.pattern);
    }
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused() {
    let stage = Stage::new();
    let messages = format!("POST /channels/{}/messages", stage.channel);
    stage
        .ask_raw(&messages, b"{nope".to_vec(), "application/json", &[])
        .await
        .is("400 50109");
    stage
        .ask_raw(&messages, b"a=b".to_vec(), "text/plain", &[])
        .await
        .is("400 50035");
    stage
        .ask_raw(
            &messages,
            b"--x\r\nnope".to_vec(),
            "multipart/form-data; boundary=x",
            &[],
        )
        .await
        .is("400 50109");
    stage
        .ask_raw(
            &messages,
            vec![b' '; crate::limits::REQUEST_BYTES_MAX + 1],
            "application/json",
            &[],
        )
        .await
        .is("413 40005");
}

#[tokio::test]
async fn each_answer_tells_its_bucket_and_only_a_429_its_scope() {
    let stage = Stage::with(ADMINISTRATOR, RatePolicy::default());
    let messages = format!("POST /channels/{}/messages", stage.channel);
    let header = |reply: &crate::rest::stage::Reply, name: &str| {
        reply
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    for remaining in (0..5).rev() {
        let reply = stage.ask(&messages, json!({"content": "hi"})).await;
        reply.is("200");
        assert_eq!(header(&reply, "x-ratelimit-limit").as_deref(), Some("5"));
        assert_eq!(
            header(&reply, "x-ratelimit-remaining"),
            Some(remaining.to_string())
        );
        assert_eq!(
            header(&reply, "x-ratelimit-reset-after").as_deref(),
            Some("5.000")
        );
        assert_eq!(
            header(&reply, "x-ratelimit-reset").as_deref(),
            Some("1795168805.000")
        );
        assert_eq!(header(&reply, "x-ratelimit-bucket").unwrap().len(), 32);
        assert_eq!(header(&reply, "x-ratelimit-scope"), None);
        assert!(reply.headers.contains_key("via"));
    }
    stage.clock.advance_us(3_500_000);
    let late = stage.ask(&messages, json!({"content": "hi"})).await;
    late.is("429 0");
    assert_eq!(
        late.body,
        json!({"message": "You are being rate limited.", "retry_after": 1.5, "global": false, "code": 0})
    );
    assert_eq!(header(&late, "retry-after").as_deref(), Some("2"));
    assert_eq!(header(&late, "x-ratelimit-scope").as_deref(), Some("user"));
    assert_eq!(header(&late, "x-ratelimit-global"), None);
    stage.clock.advance_us(1_500_000);
    stage
        .ask(&messages, json!({"content": "hi"}))
        .await
        .is("200");
}

#[tokio::test]
async fn fifty_requests_a_second_and_no_more() {
    let stage = Stage::with(ADMINISTRATOR, RatePolicy::default());
    let routes: Vec<String> = [
        "users/@me",
        "users/@me/guilds",
        "applications/@me",
        "gateway/bot",
    ]
    .iter()
    .map(|path| format!("GET /{path}"))
    .collect();
    let guild = [
        format!("GET /guilds/{}", stage.guild),
        format!("GET /guilds/{}/roles", stage.guild),
    ];
    let mut answers = Vec::new();
    for route in routes.iter().chain(&guild).cycle().take(51) {
        answers.push(stage.ask(route, Value::Null).await);
    }
    let (last, first) = answers.split_last().unwrap();
    assert!(first.iter().all(|reply| reply.status == 200));
    last.is("429 0");
    assert_eq!(last.body["global"], true);
    assert_eq!(last.headers["x-ratelimit-global"], "true");
}

#[tokio::test]
async fn too_many_invalid_requests_shut_an_address_out() {
    let stage = Stage::with(
        ADMINISTRATOR,
        RatePolicy {
            invalid_max: 3,
            ..RatePolicy::default()
        },
    );
    for _ in 0..3 {
        stage
            .ask_with("GET /users/@me", Value::Null, &[("authorization", "")])
            .await
            .is("401 0");
    }
    let reply = stage.ask("GET /users/@me", Value::Null).await;
    assert_eq!((reply.status, reply.body), (429, json!("error code: 1015")));
    assert!(!reply.headers.contains_key("via"));
    stage.clock.advance_us(600 * SECOND);
    stage.ask("GET /users/@me", Value::Null).await.is("200");
}

fn order(stage: &Stage, fault: RestFault, effect: Effect) {
    let rule = FaultRule {
        method: None,
        route: Some("/channels/{channel_id}/messages".to_owned()),
        times: 1,
        fault,
        effect,
    };
    stage.rest.faults().add(rule).unwrap();
}

#[tokio::test]
async fn ordered_faults_hit_the_next_request_and_no_other() {
    let stage = Stage::new();
    let messages = format!("POST /channels/{}/messages", stage.channel);
    let say = async || stage.ask(&messages, json!({"content": "hi"})).await;
    order(&stage, RestFault::Status { status: 503 }, Effect::Lost);
    stage.ask("GET /users/@me", Value::Null).await.is("200");
    say().await.is("503 0");
    order(&stage, RestFault::Html { status: 502 }, Effect::Lost);
    let html = say().await;
    assert!(html.status == 502 && html.body.as_str().unwrap().starts_with("<html>"));
    let lines = stage.rest.journal().after(0, 10);
    assert_eq!(
        (lines[2].status, lines[2].application),
        (502, Some(stage.bot)),
        "a spoilt answer is written down under its bot"
    );
    order(
        &stage,
        RestFault::RateLimited {
            retry_after_ms: 1_200,
            global: true,
            scope: None,
        },
        Effect::Lost,
    );
    let wait = say().await;
    assert_eq!(
        (
            wait.status,
            &wait.body["retry_after"],
            wait.headers.contains_key("x-ratelimit-scope")
        ),
        (429, &json!(1.2), false)
    );
    order(
        &stage,
        RestFault::RateLimited {
            retry_after_ms: 100,
            global: false,
            scope: Some("shared".to_owned()),
        },
        Effect::Lost,
    );
    assert_eq!(say().await.headers["x-ratelimit-scope"], "shared");
    order(&stage, RestFault::Broken, Effect::Lost);
    assert_eq!(say().await.body, "");
    let written = stage
        .rest
        .hub
        .world()
        .messages_in(stage.channel, ..)
        .count();
    assert_eq!(written, 0);
    order(&stage, RestFault::Broken, Effect::Done);
    say().await;
    assert_eq!(
        stage
            .rest
            .hub
            .world()
            .messages_in(stage.channel, ..)
            .count(),
        1
    );
    say().await.is("200");
}

#[tokio::test]
async fn the_journal_has_a_line_for_every_request_and_no_token() {
    let stage = Stage::new();
    let path = format!("PATCH /guilds/{}/members/{}", stage.guild, stage.alice);
    stage
        .ask_with(
            &path,
            json!({"nick": "Al"}),
            &[("x-audit-log-reason", "too%20long%20a%20name")],
        )
        .await
        .is("200");
    stage.ask("GET /nowhere", Value::Null).await.is("404 0");
    let (_, token) = stage.interact(2, json!({"id": "1", "name": "daily", "type": 1}), None);
    stage
        .ask(
            &format!("POST /webhooks/{}/{token}", stage.bot),
            json!({"content": "x"}),
        )
        .await
        .is("404 10015");
    let lines = stage.rest.journal().after(0, 10);
    assert_eq!(lines.len(), 3);
    assert_eq!(
        (lines[0].route.as_str(), lines[0].status),
        ("/guilds/{guild_id}/members/{user_id}", 200)
    );
    assert_eq!(lines[0].reason.as_deref(), Some("too long a name"));
    assert_eq!(lines[0].request, Some(json!({"nick": "Al"})));
    assert_eq!(
        (lines[1].route.as_str(), lines[1].status, lines[1].code),
        ("/nowhere", 404, Some(0))
    );
    assert_eq!((lines[2].status, lines[2].code), (404, Some(10_015)));
    assert!(!serde_json::to_string(&lines).unwrap().contains(&token));
}

#[tokio::test]
async fn reasons_stand_in_the_audit_log_decoded_and_bounded() {
    let stage = Stage::new();
    let kick = format!("DELETE /guilds/{}/members/{}", stage.guild, stage.bob);
    let long = "a".repeat(513);
    stage
        .ask_with(&kick, Value::Null, &[("x-audit-log-reason", &long)])
        .await
        .is("400 50035");
    stage
        .ask_with(
            &kick,
            Value::Null,
            &[("x-audit-log-reason", "wegen%20%C3%BCbler%20Nachrede")],
        )
        .await
        .is("204");
    let log = stage
        .ask(
            &format!("GET /guilds/{}/audit-logs?limit=1", stage.guild),
            Value::Null,
        )
        .await
        .ok();
    assert_eq!(
        log["audit_log_entries"][0]["reason"],
        "wegen übler Nachrede"
    );
    assert_eq!(log["audit_log_entries"][0]["action_type"], 20);
    let none = stage
        .ask(
            &format!("GET /guilds/{}/audit-logs?action_type=22", stage.guild),
            Value::Null,
        )
        .await
        .ok();
    assert_eq!(none["audit_log_entries"], json!([]));
}
