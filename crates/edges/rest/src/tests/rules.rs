//! `rules`: a view of the configuration, one rule at a time.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::stage::{Scene, scene};

fn rule(word: &str) -> Value {
    json!({"name": "no ads", "trigger": {"kind": "words", "words": [word]}, "actions": [{"kind": "delete"}]})
}

impl Scene {
    async fn ids(&self) -> Vec<String> {
        let (status, page) = self.get("77/rules").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let id = |rule: &Value| rule["id"].as_str().unwrap().to_owned();
        page["items"].as_array().unwrap().iter().map(id).collect()
    }
}

#[tokio::test]
async fn r1_rules_are_closed_to_strangers() {
    let scene = scene().await;
    let body = rule("ads").to_string();
    let routes = [
        (Method::GET, "rules", ""),
        (Method::PUT, "rules/ads", body.as_str()),
        (Method::DELETE, "rules/ads", ""),
    ];
    scene.is_closed_to_strangers(&routes).await;
    assert!(scene.ids().await.is_empty());
}

#[tokio::test]
async fn a_rule_is_a_part_of_the_configuration_and_each_write_a_revision_of_it() {
    let scene = scene().await;
    let (status, put) = scene.put("77/rules/ads", "k1", &rule("ads")).await;
    assert_eq!(
        (status, &put["revision"]),
        (StatusCode::OK, &json!(2)),
        "{put}"
    );
    assert_eq!(
        (&put["rule"]["id"], &put["rule"]["mode"]),
        (&json!("ads"), &json!("act"))
    );
    scene
        .put(
            "77/rules/flood",
            "k2",
            &json!({"trigger": {"kind": "flood", "messages": 5, "seconds": 5}}),
        )
        .await;
    let (_, put) = scene
        .put("77/rules/ads?note=wider", "k3", &rule("adverts"))
        .await;
    assert_eq!(put["revision"], 4, "{put}");
    assert_eq!(
        scene.ids().await,
        ["ads", "flood"],
        "a rule keeps its place"
    );

    let (_, config) = scene.get("77/config").await;
    let rules = &config["document"]["moderation"]["rules"];
    assert_eq!(
        (
            config["revision"].as_i64(),
            rules[0]["trigger"]["words"][0].as_str()
        ),
        (Some(4), Some("adverts"))
    );
    assert_eq!(config["note"], "wider");

    let (status, gone) = scene.delete("77/rules/ads", "k4").await;
    assert_eq!((status, &gone), (StatusCode::OK, &json!({"revision": 5})));
    assert_eq!(scene.ids().await, ["flood"]);
    let (_, back) = scene
        .post("77/config/rollback", Some("k5"), r#"{"to":4}"#)
        .await;
    assert_eq!(back["revision"], 6, "{back}");
    assert_eq!(scene.ids().await, ["ads", "flood"]);
}

#[tokio::test]
async fn each_write_of_a_rule_is_one_decision_with_one_access() {
    let scene = scene().await;
    scene.put("77/rules/ads", "k1", &rule("ads")).await;
    scene.delete("77/rules/ads", "k2").await;
    let actions = |entries: Vec<Value>| -> Vec<String> {
        entries
            .iter()
            .map(|entry| entry["action"].as_str().unwrap().to_owned())
            .collect()
    };
    let decided = scene.audited("config").await;
    assert_eq!(decided[1]["config_revision"], 2);
    assert_eq!(actions(decided), ["config", "config"]);
    assert_eq!(
        actions(scene.audited("access").await),
        ["rule_delete", "rule_put"]
    );
}

#[tokio::test]
async fn r2_a_write_of_a_rule_sent_again_with_its_key_gets_the_first_answer() {
    let scene = scene().await;
    let first = scene.put("77/rules/ads", "k1", &rule("ads")).await;
    scene.put("77/rules/ads", "k2", &rule("adverts")).await;
    assert_eq!(scene.put("77/rules/ads", "k1", &rule("ads")).await, first);
    assert_eq!(
        scene.put("77/rules/ads", "k1", &rule("spam")).await.0,
        StatusCode::CONFLICT
    );
    assert_eq!(
        scene.delete("77/rules/ads", "k1").await.0,
        StatusCode::CONFLICT
    );
    // A key belongs to its path: the same one does for another rule, and for the whole configuration.
    assert_eq!(
        scene.put("77/rules/spam", "k1", &rule("spam")).await.0,
        StatusCode::OK
    );
    let (status, _) = scene.put("77/config", "k1", &json!({"document": {}})).await;
    assert_eq!(status, StatusCode::OK);

    scene.put("77/rules/ads", "k3", &rule("ads")).await;
    let gone = scene.delete("77/rules/ads", "k4").await;
    assert_eq!(gone.0, StatusCode::OK);
    assert_eq!(scene.delete("77/rules/ads", "k4").await, gone);
    assert_eq!(
        scene.delete("77/rules/ads", "k5").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        scene.post("77/rules/ads", Some("k6"), "{}").await.0,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn a_key_belongs_to_its_guild() {
    let scene = scene().await;
    scene.join(78).await;
    let here = scene.put("77/rules/ads", "k1", &rule("ads")).await;
    let there = scene.put("78/rules/ads", "k1", &rule("spam")).await;
    assert_eq!(
        (here.0, there.0),
        (StatusCode::OK, StatusCode::OK),
        "{there:?}"
    );
    let (_, page) = scene.get("77/rules").await;
    assert_eq!(page["items"][0]["trigger"]["words"], json!(["ads"]));
}

#[tokio::test]
async fn a_change_based_on_an_old_revision_is_a_conflict() {
    let scene = scene().await;
    let (_, page) = scene.get("77/rules").await;
    assert_eq!(page["revision"], 1);
    scene
        .put("77/rules/ads?base_revision=1", "k1", &rule("ads"))
        .await;
    let (status, stale) = scene
        .put("77/rules/spam?base_revision=1", "k2", &rule("spam"))
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{stale}");
    assert_eq!(
        scene.delete("77/rules/ads?base_revision=1", "k3").await.0,
        StatusCode::CONFLICT
    );
    let (status, _) = scene
        .put("77/rules/spam?base_revision=2", "k2", &rule("spam"))
        .await;
    assert_eq!(
        status,
        StatusCode::OK,
        "what was refused has left no trace of its key"
    );
}

#[tokio::test]
async fn r3_a_wrong_rule_is_refused_with_its_place_inside_the_rule() {
    let scene = scene().await;
    scene.put("77/rules/first", "k", &rule("first")).await;
    let with = |name: &str, value: Value| {
        let mut rule = rule("ads");
        rule[name] = value;
        rule
    };
    let cases = [
        (with("mode", json!("maybe")), "/mode"),
        (with("colour", json!(1)), "/colour"),
        (with("id", json!("other")), "/id"),
        (
            with("trigger", json!({"kind": "words", "words": [""]})),
            "/trigger/words/0",
        ),
        (
            with(
                "trigger",
                json!({"kind": "flood", "messages": 1, "seconds": 5}),
            ),
            "/trigger/messages",
        ),
        (
            with("actions", json!([{"kind": "timeout", "minutes": 0}])),
            "/actions/0/minutes",
        ),
        (json!([]), ""),
        (json!(null), ""),
    ];
    for (body, pointer) in cases {
        let (status, problem) = scene.put("77/rules/ads", "k", &body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
    }
    for path in [
        "77/rules/a%20b",
        "77/rules/a%00b",
        &format!("77/rules/{}", "x".repeat(65)),
    ] {
        let (status, problem) = scene.put(path, "k", &rule("ads")).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{path}: {problem}"
        );
    }
    for query in [
        "base_revision=x",
        "base_revision=0",
        "colour=1",
        "note=a&note=b",
    ] {
        let (status, problem) = scene
            .put(&format!("77/rules/ads?{query}"), "k", &rule("ads"))
            .await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{query}: {problem}"
        );
    }
    assert_eq!(scene.ids().await, ["first"]);
}

#[tokio::test]
async fn rules_go_on_by_cursor_in_the_order_in_which_they_are_applied() {
    let scene = scene().await;
    for number in 1..=5 {
        scene
            .put(&format!("77/rules/r{number}"), "k", &rule("ads"))
            .await;
    }
    let (_, page) = scene.get("77/rules?limit=3").await;
    assert_eq!(
        (&page["items"][0]["id"], &page["next"]),
        (&json!("r1"), &json!("3"))
    );
    let (_, page) = scene.get("77/rules?limit=3&cursor=3").await;
    assert_eq!(
        (&page["items"][1]["id"], &page["next"]),
        (&json!("r5"), &Value::Null)
    );
    for bad in ["limit=0", "limit=201", "cursor=-1", "cursor=x", "colour=1"] {
        let (status, problem) = scene.get(&format!("77/rules?{bad}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {problem}");
    }
}
