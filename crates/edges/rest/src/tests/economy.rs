//! Who comes in at all, `transfers`, `accounts`, `leaderboard` and `supply`.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use super::stage::{Scene, scene};

impl Scene {
    async fn grant(&self, key: &str, user: u64, amount: i64) -> (StatusCode, Value) {
        let body = json!({"from": "faucet:grant", "to": format!("purse:{user}"), "amount": amount, "reason": "prize"});
        self.post("77/transfers", Some(key), &body.to_string())
            .await
    }
}

#[tokio::test]
async fn r1_without_the_right_token_there_is_nothing_but_401() {
    let scene = scene().await;
    for path in ["accounts/10", "transfers", "leaderboard", "supply"] {
        for header in [
            None,
            Some("Bearer wrong"),
            Some("Basic an-operator-token"),
            Some("Bearer "),
        ] {
            let mut request = Request::get(format!("/api/v1/guilds/77/{path}"));
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let (status, body) = scene.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path} {header:?}");
            assert_eq!(body["status"], 401);
            assert!(body["request_id"].is_string(), "{body}");
        }
    }
}

#[tokio::test]
async fn r1_a_guild_that_the_bot_is_not_in_is_404() {
    let scene = scene().await;
    for guild in ["78", "0", "abc", "-1", "99999999999999999999999"] {
        let (status, body) = scene.get(&format!("{guild}/supply")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{guild}: {body}");
    }
    let (status, _) = scene.get("77/nothing").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn r2_a_write_sent_again_with_its_key_gets_the_first_answer() {
    let scene = scene().await;
    let (status, first) = scene.grant("k1", 10, 50).await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    assert_eq!(
        (&first["from"], &first["to"]),
        (&json!("faucet:grant"), &json!("purse:10"))
    );
    assert_eq!(
        (&first["amount"], &first["kind"]),
        (&json!(50), &json!("grant"))
    );
    assert_eq!(first["cause"]["kind"], "api");
    let again = scene.grant("k1", 10, 50).await;
    assert_eq!(again, (StatusCode::CREATED, first));
    let (status, _) = scene.grant("k1", 10, 51).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (_, account) = scene.get("77/accounts/10").await;
    assert_eq!(account["balance"], 50);
    let body = json!({"from": "purse:10", "to": "sink:revoke", "amount": 20});
    assert_eq!(
        scene.post("77/transfers", None, &body.to_string()).await.0,
        StatusCode::BAD_REQUEST
    );
    let (status, taken) = scene
        .post("77/transfers", Some("k2"), &body.to_string())
        .await;
    assert_eq!(
        (status, &taken["kind"]),
        (StatusCode::CREATED, &json!("revoke"))
    );
}

#[tokio::test]
async fn r3_what_is_not_understood_is_refused_with_its_place() {
    let scene = scene().await;
    let cases = [
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":0}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":-5}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":1.5}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":9007199254740992}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":1e400}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":"5"}"#,
            "/amount",
        ),
        (r#"{"from":"nowhere","to":"purse:10","amount":5}"#, "/from"),
        (
            r#"{"from":"faucet:grant","to":"purse:0","amount":5}"#,
            "/to",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":5,"balance":9}"#,
            "/balance",
        ),
    ];
    for (body, pointer) in cases {
        let (status, problem) = scene.post("77/transfers", Some("k"), body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
    }
    for body in [
        "",
        "{",
        "[]",
        r#"["faucet:grant","purse:10",5,"a list of what the fields would hold"]"#,
        "null",
        r#"{"from":"faucet:grant","to":"purse:10","amount":5} x"#,
    ] {
        let (status, problem) = scene.post("77/transfers", Some("k"), body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
    }
    let (_, supply) = scene.get("77/supply").await;
    assert_eq!(
        (&supply["sum"], &supply["circulating"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn a_movement_is_looked_at_and_taken_back_once() {
    let scene = scene().await;
    let (status, moved) = scene.grant("g", 10, 50).await;
    assert_eq!(status, StatusCode::CREATED, "{moved}");
    let path = format!(
        "77/transfers/{}/revert",
        moved["id"].as_str().unwrap().replace(':', "%3A")
    );
    let balance = async || scene.get("77/accounts/10").await.1["balance"].clone();
    let (status, looked) = scene.post(&path, Some("look"), r#"{"dry_run":true}"#).await;
    assert_eq!(status, StatusCode::OK, "{looked}");
    assert_eq!(
        (&looked["dry_run"], &looked["transfer"]["amount"]),
        (&json!(true), &json!(50))
    );
    assert_eq!(balance().await, json!(50), "looking takes nothing");
    let body = r#"{"reason":"a mistake"}"#;
    let first = scene.post(&path, Some("back"), body).await;
    assert_eq!(
        (first.0, &first.1["transfer"]["reverses"]),
        (StatusCode::OK, &moved["id"]),
        "{first:?}"
    );
    assert_eq!(balance().await, json!(0));
    assert_eq!(scene.post(&path, Some("back"), body).await, first);
    let (status, problem) = scene.post(&path, Some("other"), body).await;
    assert!(status.is_client_error(), "{status} {problem}");
    let nothing = scene
        .post("77/transfers/none/revert", Some("n"), body)
        .await;
    assert_eq!(nothing.0, StatusCode::NOT_FOUND, "{nothing:?}");
}

#[tokio::test]
async fn bots_and_strangers_have_no_purse_and_nobody_is_overdrawn() {
    let scene = scene().await;
    for user in [12, 13] {
        let (status, problem) = scene.grant(&format!("k{user}"), user, 5).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    }
    scene.grant("a", 10, 5).await;
    let body = json!({"from": "purse:10", "to": "sink:revoke", "amount": 6}).to_string();
    let (status, problem) = scene.post("77/transfers", Some("b"), &body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    let (status, nobody) = scene.get("77/accounts/4242").await;
    assert_eq!((status, &nobody["balance"]), (StatusCode::OK, &json!(0)));
}

#[tokio::test]
async fn lists_are_newest_first_and_go_on_by_cursor() {
    let scene = scene().await;
    for number in 1..=5 {
        scene
            .grant(
                &format!("k{number}"),
                10 + number % 2,
                i64::try_from(number).unwrap(),
            )
            .await;
    }
    let (_, page) = scene.get("77/transfers?limit=2").await;
    let amounts = |page: &Value| -> Vec<i64> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["amount"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(amounts(&page), [5, 4]);
    let next = page["next"].as_str().unwrap();
    let (_, page) = scene
        .get(&format!("77/transfers?limit=10&cursor={next}"))
        .await;
    assert_eq!(
        (amounts(&page), &page["next"]),
        (vec![3, 2, 1], &Value::Null)
    );
    let (_, page) = scene.get("77/transfers?user_id=10").await;
    assert_eq!(amounts(&page), [4, 2]);
    let (_, board) = scene.get("77/leaderboard").await;
    assert_eq!(
        board["items"][0],
        json!({"rank": 1, "user_id": "11", "value": 9})
    );
    for bad in [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "cursor=-1",
        "user_id=x",
    ] {
        let (status, problem) = scene.get(&format!("77/transfers?{bad}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {problem}");
    }
    assert_eq!(
        scene.get("77/leaderboard?by=luck").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
