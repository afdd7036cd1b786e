//! `cases`, undoing one, and `automod/test`.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::stage::{Scene, scene};

impl Scene {
    /// A guild with a rule and a log channel.
    async fn ruled() -> Self {
        let scene = scene().await;
        let rule = json!({"id": "ads", "trigger": {"kind": "words", "words": ["ads", "offer*"]},
            "actions": [{"kind": "delete"}, {"kind": "timeout", "minutes": 10}], "exempt_role_ids": ["500"]});
        let document = json!({"moderation": {"log_channel_id": "8", "rules": [rule]}});
        let (status, put) = scene
            .put("77/config", "rules", &json!({"document": document}))
            .await;
        assert_eq!(status, StatusCode::OK, "{put}");
        scene
    }

    async fn tried(&self, body: &Value) -> Value {
        let (status, verdict) = self.post("77/automod/test", None, &body.to_string()).await;
        assert_eq!(status, StatusCode::OK, "{body}: {verdict}");
        verdict
    }
}

#[tokio::test]
async fn r1_cases_are_closed_to_strangers() {
    let scene = Scene::ruled().await;
    scene.say(100, 10, "ads here").await;
    let routes = [
        (Method::GET, "cases", ""),
        (Method::GET, "cases/1", ""),
        (Method::POST, "cases/1/undo", r#"{"reason":""}"#),
        (Method::POST, "cases/1/notes", r#"{"text":"a"}"#),
        (Method::POST, "cases/1/leave-away", ""),
        (Method::POST, "automod/test", r#"{"content":"ads"}"#),
        (Method::GET, "automod/replay/1", ""),
    ];
    scene.is_closed_to_strangers(&routes).await;
    scene.join(78).await;
    for (method, path) in [("GET", "78/cases/1"), ("POST", "78/cases/1/undo")] {
        let (status, problem) = match method {
            "GET" => scene.get(path).await,
            _ => scene.post(path, Some("k"), r#"{"reason":""}"#).await,
        };
        assert_eq!(
            status,
            StatusCode::NOT_FOUND,
            "another guild's case: {problem}"
        );
    }
    let (_, case) = scene.get("77/cases/1").await;
    assert_eq!(case["state"], "open");
}

#[tokio::test]
async fn a_case_is_told_as_it_is() {
    let scene = Scene::ruled().await;
    scene.say(100, 10, "ads here").await;
    let (status, case) = scene.get("77/cases/1").await;
    assert_eq!(status, StatusCode::OK, "{case}");
    for (field, value) in [
        ("number", json!(1)),
        ("kind", json!("automod")),
        ("state", json!("open")),
        ("user_id", json!("10")),
        ("moderator_id", Value::Null),
        ("rule_id", json!("ads")),
        ("message_id", json!("100")),
        ("undone_by", Value::Null),
        ("at", json!("2026-11-20T10:00:00Z")),
    ] {
        assert_eq!(case[field], value, "{field} of {case}");
    }
    for nothing in ["2", "0", "-1", "x", "1x", "99999999999999999999"] {
        let (status, problem) = scene.get(&format!("77/cases/{nothing}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{nothing}: {problem}");
    }
}

#[tokio::test]
async fn cases_are_listed_newest_first_and_go_on_by_cursor() {
    let scene = Scene::ruled().await;
    for (message, user) in [(100, 10), (101, 13), (102, 10)] {
        scene.say(message, user, "ads").await;
    }
    let numbers = |page: &Value| -> Vec<i64> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|case| case["number"].as_i64().unwrap())
            .collect()
    };
    let (_, page) = scene.get("77/cases?limit=2").await;
    assert_eq!((numbers(&page), &page["next"]), (vec![3, 2], &json!("2")));
    let (_, page) = scene.get("77/cases?limit=2&cursor=2").await;
    assert_eq!((numbers(&page), &page["next"]), (vec![1], &Value::Null));
    let (_, page) = scene.get("77/cases?user_id=10").await;
    assert_eq!(numbers(&page), [3, 1]);
    for bad in ["limit=0", "cursor=x", "user_id=x", "user_id=0", "colour=1"] {
        let (status, problem) = scene.get(&format!("77/cases?{bad}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {problem}");
    }
}

#[tokio::test]
async fn a_decision_is_judged_again_by_the_rules_of_today_and_of_any_revision() {
    let scene = Scene::ruled().await;
    scene.say(100, 10, "ads here").await;
    let entry = scene.audited("moderation").await[0].clone();
    let again = format!("77/automod/replay/{}", entry["id"].as_str().unwrap());
    let (status, said) = scene.get(&again).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    assert_eq!(
        (&said["agrees"], &said["hits"][0]["rule_id"]),
        (&json!(true), &json!("ads"))
    );
    let then = said["revision"].as_i64().unwrap();
    let (status, _) = scene.delete("77/rules/ads", "gone").await;
    assert_eq!(status, StatusCode::OK);
    let (_, said) = scene.get(&again).await;
    assert_eq!(
        (&said["agrees"], &said["hits"]),
        (&json!(false), &json!([])),
        "{said}"
    );
    let (_, said) = scene.get(&format!("{again}?revision={then}")).await;
    assert_eq!(said["agrees"], json!(true), "{said}");
    for (query, status) in [
        ("?revision=999", StatusCode::UNPROCESSABLE_ENTITY),
        ("?revision=0", StatusCode::UNPROCESSABLE_ENTITY),
        ("?colour=1", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(
            scene.get(&format!("{again}{query}")).await.0,
            status,
            "{query}"
        );
    }
    // A change of the settings was no judgement of rules.
    let change = scene.audited("config").await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (status, problem) = scene.get(&format!("77/automod/replay/{change}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    assert_eq!(
        scene.get("77/automod/replay/x").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_case_is_noted_once_and_a_held_message_left_away() {
    let scene = Scene::ruled().await;
    let rule =
        json!({"trigger": {"kind": "words", "words": ["spam"]}, "actions": [{"kind": "hold"}]});
    assert_eq!(
        scene.put("77/rules/spam", "held", &rule).await.0,
        StatusCode::OK
    );
    scene.say(100, 10, "spam").await;
    for _ in 0..2 {
        let (status, case) = scene
            .post("77/cases/1/notes", Some("n"), r#"{"text":"watch"}"#)
            .await;
        assert_eq!(
            (status, &case["number"]),
            (StatusCode::OK, &json!(1)),
            "{case}"
        );
    }
    let access = scene.audited("access").await;
    let notes = access.iter().filter(|entry| entry["action"] == "case_note");
    assert_eq!(notes.count(), 1);
    let (status, problem) = scene
        .post("77/cases/1/notes", Some("e"), r#"{"text":""}"#)
        .await;
    assert_eq!(
        (status, &problem["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/text"))
    );
    for _ in 0..2 {
        let (status, case) = scene.post("77/cases/1/leave-away", Some("l"), "").await;
        assert_eq!(status, StatusCode::OK, "{case}");
    }
    let decided = scene.audited("human").await;
    let left = decided
        .iter()
        .filter(|entry| entry["action"] == "leave_away");
    assert_eq!(left.count(), 1, "{decided:?}");
    for path in ["77/cases/9/notes", "77/cases/9/leave-away"] {
        assert_eq!(
            scene.post(path, Some("x"), r#"{"text":"a"}"#).await.0,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn undoing_gives_back_records_and_shows_it_as_a_moderators_would() {
    let scene = Scene::ruled().await;
    scene.say(100, 10, "ads here").await;
    scene.owed().await;
    let body = json!({"reason": "it was a quote"}).to_string();
    let (status, case) = scene.post("77/cases/1/undo", Some("k1"), &body).await;
    assert_eq!(status, StatusCode::OK, "{case}");
    assert_eq!(
        (&case["state"], &case["undone_by"]),
        (&json!("undone"), &json!("token:operator"))
    );
    assert_eq!(case["undo_reason"], "it was a quote");
    let entries = scene.audited("human").await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(
        (&entries[0]["action"], &entries[0]["case"]),
        (&json!("undo"), &json!(1))
    );
    assert_eq!(entries[0]["reasoning"], "it was a quote");
    let kinds: Vec<_> = entries[0]["effects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|effect| &effect["kind"])
        .collect();
    assert_eq!(kinds, [&json!("lift_timeout"), &json!("repost")]);
    let access = scene.audited("access").await;
    assert_eq!(access[0]["action"], "case_undo");
    let mut owed = scene.owed().await;
    owed.sort();
    assert_eq!(
        owed,
        ["post", "post", "timeout_end"],
        "the message, the card, and the end of the time-out"
    );
}

#[tokio::test]
async fn r2_a_case_is_undone_once_however_often_it_is_asked_for() {
    let scene = Scene::ruled().await;
    scene.say(100, 10, "ads here").await;
    let body = json!({"reason": "a quote"}).to_string();
    let first = scene.post("77/cases/1/undo", Some("k1"), &body).await;
    scene.owed().await;
    assert_eq!(
        scene.post("77/cases/1/undo", Some("k1"), &body).await,
        first
    );
    let (status, _) = scene
        .post("77/cases/1/undo", Some("k1"), r#"{"reason":"other"}"#)
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    let again = scene
        .post("77/cases/1/undo", Some("k2"), r#"{"reason":"other"}"#)
        .await;
    assert_eq!(again, first, "what was undone before stays as it is");
    assert_eq!(
        scene.post("77/cases/1/undo", None, &body).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(scene.audited("human").await.len(), 1);
    assert_eq!(
        scene.audited("access").await.len(),
        2,
        "of the configuration and of the one undoing"
    );
    assert!(scene.owed().await.is_empty());
}

#[tokio::test]
async fn r3_a_strange_undoing_is_refused_with_its_place() {
    let scene = Scene::ruled().await;
    scene.say(100, 10, "ads here").await;
    let long = json!({"reason": "x".repeat(513)}).to_string();
    for (body, pointer) in [
        (r#"{"reason":5}"#, "/reason"),
        (r#"{"reason":"a","by":"me"}"#, "/by"),
        (long.as_str(), "/reason"),
        ("[]", ""),
        ("{", ""),
    ] {
        let (status, problem) = scene.post("77/cases/1/undo", Some("k"), body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
        if !pointer.is_empty() {
            assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
        }
    }
    for path in ["77/cases/2/undo", "77/cases/x/undo"] {
        assert_eq!(
            scene.post(path, Some("k"), "{}").await.0,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let (_, case) = scene.get("77/cases/1").await;
    assert_eq!(case["state"], "open");
}

#[tokio::test]
async fn a_text_is_tried_and_every_place_is_one_of_the_original_text() {
    let scene = Scene::ruled().await;
    let verdict = scene
        .tried(&json!({"content": "Größe: A\u{200b}DS, and oﬀers!"}))
        .await;
    let hit = &verdict["hits"][0];
    assert_eq!(
        (&hit["rule_id"], &hit["mode"]),
        (&json!("ads"), &json!("act"))
    );
    assert_eq!(
        hit["actions"],
        json!([{"kind": "delete"}, {"kind": "timeout", "minutes": 10}])
    );
    let text: Vec<char> = "Größe: A\u{200b}DS, and oﬀers!".chars().collect();
    let matched = hit["matched"].as_array().unwrap();
    assert!(!matched.is_empty());
    for place in matched {
        let part = |name: &str| usize::try_from(place[name].as_u64().unwrap()).unwrap();
        let there: String = text[part("start")..part("end")].iter().collect();
        assert_eq!(place["text"], there);
    }
    assert_eq!(
        matched[0],
        json!({"start": 7, "end": 11, "text": "A\u{200b}DS"})
    );
    assert_eq!(
        scene.tried(&json!({"content": "adsorb"})).await,
        json!({"hits": [], "asks": []})
    );
}

#[tokio::test]
async fn a_text_is_tried_as_the_member_and_writes_nothing() {
    let scene = Scene::ruled().await;
    for (user, hits) in [("10", 1), ("11", 0), ("12", 0), ("13", 1)] {
        let verdict = scene
            .tried(&json!({"content": "ads", "user_id": user, "channel_id": "6"}))
            .await;
        assert_eq!(
            verdict["hits"].as_array().unwrap().len(),
            hits,
            "{user}: {verdict}"
        );
    }
    let (_, page) = scene.get("77/cases").await;
    assert_eq!(page["items"], json!([]));
    assert!(scene.audited("moderation").await.is_empty());
    assert!(scene.owed().await.is_empty());
}

#[tokio::test]
async fn r3_a_strange_trial_is_refused_with_its_place() {
    let scene = Scene::ruled().await;
    let long = json!({"content": "x".repeat(8_001)}).to_string();
    for (body, pointer) in [
        (r#"{"content":5}"#, "/content"),
        (r#"{"content":"a","user_id":"x"}"#, "/user_id"),
        (r#"{"content":"a","channel_id":0}"#, "/channel_id"),
        (r#"{"content":"a","guild_id":"78"}"#, "/guild_id"),
        (long.as_str(), "/content"),
    ] {
        let (status, problem) = scene.post("77/automod/test", None, body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
    }
    assert_eq!(
        scene.post("77/automod/test", None, "{}").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
