//! `config` and `audit` over REST.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use super::stage::scene;

fn daily(amount: i64) -> Value {
    json!({"document": {"economy": {"daily": {"amount": amount}}}, "note": format!("daily {amount}")})
}

#[tokio::test]
async fn a_guild_begins_with_the_defaults_as_its_first_revision() {
    let scene = scene().await;
    let (status, config) = scene.get("77/config").await;
    assert_eq!((status, &config["revision"]), (StatusCode::OK, &json!(1)));
    let document = &config["document"];
    assert_eq!(document["economy"]["daily"]["amount"], 100);
    let triggers = json!(["mention", "reply", "reaction"]);
    assert_eq!(document["persona"]["triggers"], triggers);
    assert_eq!(document["moderation"]["rules"], json!([]));
    assert_eq!(document["memory"]["enabled"], true);
    let (_, history) = scene.get("77/config/history").await;
    assert_eq!(history["items"][0]["revision"], 1);
}

#[tokio::test]
async fn a_document_is_put_in_force_and_taken_back_and_all_of_it_is_recorded() {
    let scene = scene().await;
    let (status, put) = scene.put("77/config", "k1", &daily(250)).await;
    assert_eq!(
        (status, &put["revision"]),
        (StatusCode::OK, &json!(2)),
        "{put}"
    );
    let (_, config) = scene.get("77/config").await;
    assert_eq!(config["document"]["economy"]["daily"]["amount"], 250);
    assert_eq!(config["document"]["economy"]["daily"]["streak_bonus"], 10);

    let again = scene.put("77/config", "k1", &daily(250)).await;
    assert_eq!(again, (StatusCode::OK, json!({"revision": 2})));
    let (status, _) = scene.put("77/config", "k1", &daily(300)).await;
    assert_eq!(status, StatusCode::CONFLICT);

    let mut stale = daily(300);
    stale["base_revision"] = json!(1);
    let (status, _) = scene.put("77/config", "k2", &stale).await;
    assert_eq!(status, StatusCode::CONFLICT);

    let (status, back) = scene
        .post("77/config/rollback", Some("k3"), r#"{"to":1}"#)
        .await;
    assert_eq!(
        (status, &back["revision"]),
        (StatusCode::OK, &json!(3)),
        "{back}"
    );
    let (_, config) = scene.get("77/config").await;
    assert_eq!(config["document"]["economy"]["daily"]["amount"], 100);

    let (_, history) = scene.get("77/config/history").await;
    let revisions: Vec<_> = history["items"].as_array().unwrap().iter().collect();
    assert_eq!(revisions.len(), 3);
    let change = &revisions[1]["changes"][0];
    assert_eq!(change["path"], "/economy/daily/amount");
    assert_eq!((&change["old"], &change["new"]), (&json!(100), &json!(250)));

    let (_, decided) = scene.get("77/audit?kind=config").await;
    let items = decided["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "one entry a decision: {decided}");
    assert_eq!(
        (&items[0]["action"], &items[1]["action"]),
        (&json!("undo"), &json!("config"))
    );
    assert_eq!(items[1]["config_revision"], 2);
    assert_eq!(items[1]["reasoning"], "daily 250");
    let (_, access) = scene.get("77/audit?kind=access").await;
    assert_eq!(access["items"].as_array().unwrap().len(), 2, "{access}");
    let id = items[0]["id"].as_str().unwrap();
    let (status, one) = scene.get(&format!("77/audit/{id}")).await;
    assert_eq!((status, &one["id"]), (StatusCode::OK, &items[0]["id"]));
}

#[tokio::test]
async fn a_wrong_document_is_refused_with_its_place_and_nothing_changes() {
    let scene = scene().await;
    let cases = [
        (
            json!({"economy": {"daily": {"amount": -1}}}),
            "/document/economy/daily/amount",
        ),
        (json!({"economy": {"dayly": {}}}), "/document/economy/dayly"),
        (
            json!({"privacy": {"retention_days": 31}}),
            "/document/privacy/retention_days",
        ),
        (
            json!({"moderation": {"rules": "none"}}),
            "/document/moderation/rules",
        ),
        (
            json!({"persona": {"preset": "nobody"}}),
            "/document/persona/preset",
        ),
    ];
    for (document, pointer) in cases {
        let body = json!({"document": document});
        let (status, problem) = scene.put("77/config", "k", &body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
    }
    let (_, config) = scene.get("77/config").await;
    assert_eq!(config["revision"], 1);
    for path in ["config", "config/history", "audit", "audit/5"] {
        let request = Request::get(format!("/api/v1/guilds/77/{path}"));
        let (status, _) = scene.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        let (status, _) = scene.get(&format!("78/{path}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_is_refused_by_its_name() {
    let scene = scene().await;
    for (query, pointer) in [
        ("kind=everything", "/kind"),
        ("outcome=maybe", "/outcome"),
        ("user_id=ada", "/user_id"),
        ("since=yesterday", "/since"),
        ("cursor=x", "/cursor"),
        ("limit=0", "/limit"),
    ] {
        let (status, problem) = scene.get(&format!("77/audit?{query}")).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{query}: {problem}"
        );
        assert_eq!(problem["pointer"], pointer, "{problem}");
    }
}
