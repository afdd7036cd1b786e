//! Interactions through the API: answers, deferrals, follow-ups, choices, forms, and commands being registered.

use serde_json::{Value, json};

use crate::rest::stage::{SECOND, Stage};
use crate::world::Snowflake;

mod commands;
mod http;

fn slash(stage: &Stage) -> (Snowflake, String) {
    stage.interact(2, json!({"id": "5", "name": "daily", "type": 1}), None)
}

async fn callback(
    stage: &Stage,
    (id, token): &(Snowflake, String),
    body: Value,
) -> crate::rest::stage::Reply {
    stage
        .ask_with(
            &format!("POST /interactions/{id}/{token}/callback"),
            body,
            &[("authorization", "")],
        )
        .await
}

async fn hook(
    stage: &Stage,
    (_, token): &(Snowflake, String),
    method: &str,
    rest: &str,
    body: Value,
) -> crate::rest::stage::Reply {
    stage
        .ask_with(
            &format!("{method} /webhooks/{}/{token}{rest}", stage.bot),
            body,
            &[("authorization", "")],
        )
        .await
}

#[tokio::test]
async fn a_command_is_answered_once_in_time() {
    let stage = Stage::new();
    let asked = slash(&stage);
    callback(
        &stage,
        &(asked.0, "wrong".to_owned()),
        json!({"type": 4, "data": {"content": "x"}}),
    )
    .await
    .is("404 10062");
    callback(
        &stage,
        &asked,
        json!({"type": 4, "data": {"content": "100 coins"}}),
    )
    .await
    .is("204");
    callback(
        &stage,
        &asked,
        json!({"type": 4, "data": {"content": "again"}}),
    )
    .await
    .is("400 40060");
    let original = hook(&stage, &asked, "GET", "/messages/@original", Value::Null)
        .await
        .ok();
    assert_eq!(
        (
            &original["content"],
            &original["type"],
            &original["author"]["username"]
        ),
        (&json!("100 coins"), &json!(20), &json!("crier"))
    );
    assert_eq!(
        original["interaction_metadata"]["user"]["username"],
        "alice"
    );
    let late = slash(&stage);
    stage.clock.advance_us(3 * SECOND + 1);
    callback(&stage, &late, json!({"type": 4, "data": {"content": "x"}}))
        .await
        .is("404 10062");
}

#[tokio::test]
async fn an_answer_is_handed_back_to_those_who_ask_for_it() {
    let stage = Stage::new();
    let (id, token) = slash(&stage);
    let reply = stage
        .ask(
            &format!("POST /interactions/{id}/{token}/callback?with_response=true"),
            json!({"type": 4, "data": {"content": "hi", "flags": 64}}),
        )
        .await
        .ok();
    assert_eq!(reply["interaction"]["response_message_ephemeral"], true);
    assert_eq!(
        (
            &reply["resource"]["type"],
            &reply["resource"]["message"]["flags"]
        ),
        (&json!(4), &json!(64))
    );
    let (id, token) = slash(&stage);
    let deferred = stage
        .ask(
            &format!("POST /interactions/{id}/{token}/callback?with_response=true"),
            json!({"type": 5}),
        )
        .await
        .ok();
    assert_eq!(
        (
            &deferred["interaction"]["response_message_loading"],
            deferred.get("resource")
        ),
        (&json!(true), None)
    );
}

#[tokio::test]
async fn an_ephemeral_answer_is_seen_by_its_user_alone() {
    let stage = Stage::new();
    let asked = slash(&stage);
    callback(
        &stage,
        &asked,
        json!({"type": 4, "data": {"content": "secret", "flags": 64}}),
    )
    .await
    .is("204");
    let original = hook(&stage, &asked, "GET", "/messages/@original", Value::Null)
        .await
        .ok();
    let id = original["id"].as_str().unwrap();
    assert_eq!(original["flags"], 64);
    assert_eq!(
        stage
            .rest
            .hub
            .world()
            .message(stage.channel, id.parse().unwrap())
            .unwrap()
            .only_for,
        Some(stage.alice)
    );
    stage
        .ask(
            &format!("GET /channels/{}/messages/{id}", stage.channel),
            Value::Null,
        )
        .await
        .is("404 10008");
    assert_eq!(
        stage
            .ask(
                &format!("GET /channels/{}/messages", stage.channel),
                Value::Null
            )
            .await
            .ok(),
        json!([])
    );
    hook(
        &stage,
        &asked,
        "PATCH",
        "/messages/@original",
        json!({"content": "changed"}),
    )
    .await
    .is("200");
    hook(&stage, &asked, "DELETE", "/messages/@original", Value::Null)
        .await
        .is("204");
    hook(&stage, &asked, "GET", "/messages/@original", Value::Null)
        .await
        .is("404 10008");
}

#[tokio::test]
async fn a_deferral_keeps_its_visibility_whatever_fills_it() {
    let stage = Stage::new();
    for (deferral_flags, followup_flags, shown_flags) in [(64, 0, 64), (0, 64, 0)] {
        let asked = slash(&stage);
        callback(
            &stage,
            &asked,
            json!({"type": 5, "data": {"flags": deferral_flags}}),
        )
        .await
        .is("204");
        let placeholder = hook(&stage, &asked, "GET", "/messages/@original", Value::Null)
            .await
            .ok();
        assert_eq!(placeholder["flags"], 128 | deferral_flags);
        let filled = hook(
            &stage,
            &asked,
            "POST",
            "",
            json!({"content": "done", "flags": followup_flags}),
        )
        .await
        .ok();
        assert_eq!(
            (
                &filled["id"],
                &filled["flags"],
                &filled["content"],
                &filled["edited_timestamp"]
            ),
            (
                &placeholder["id"],
                &json!(shown_flags),
                &json!("done"),
                &Value::Null
            )
        );
        let second = hook(
            &stage,
            &asked,
            "POST",
            "",
            json!({"content": "more", "flags": followup_flags}),
        )
        .await
        .ok();
        assert_ne!(second["id"], placeholder["id"]);
        assert_eq!(second["flags"], followup_flags);
    }
}

#[tokio::test]
async fn an_edit_of_the_original_fills_a_deferral_too() {
    let stage = Stage::new();
    let asked = slash(&stage);
    callback(&stage, &asked, json!({"type": 5, "data": {"flags": 64}}))
        .await
        .is("204");
    let filled = hook(
        &stage,
        &asked,
        "PATCH",
        "/messages/@original",
        json!({"content": "done"}),
    )
    .await
    .ok();
    assert_eq!(
        (&filled["flags"], &filled["edited_timestamp"]),
        (&json!(64), &Value::Null)
    );
    let edited = hook(
        &stage,
        &asked,
        "PATCH",
        "/messages/@original",
        json!({"content": "done again"}),
    )
    .await
    .ok();
    assert!(edited["edited_timestamp"].is_string());
}

#[tokio::test]
async fn a_removed_placeholder_leaves_room_for_a_private_refusal() {
    let stage = Stage::new();
    let asked = slash(&stage);
    callback(&stage, &asked, json!({"type": 5})).await.is("204");
    hook(&stage, &asked, "DELETE", "/messages/@original", Value::Null)
        .await
        .is("204");
    let refusal = hook(
        &stage,
        &asked,
        "POST",
        "",
        json!({"content": "no", "flags": 64}),
    )
    .await
    .ok();
    assert_eq!(refusal["flags"], 64);
}

#[tokio::test]
async fn followups_need_an_answer_and_a_living_token() {
    let stage = Stage::new();
    let asked = slash(&stage);
    hook(&stage, &asked, "POST", "", json!({"content": "x"}))
        .await
        .is("404 10015");
    callback(&stage, &asked, json!({"type": 4, "data": {"content": "x"}}))
        .await
        .is("204");
    hook(&stage, &asked, "POST", "", json!({}))
        .await
        .is("400 50006");
    let followup = hook(&stage, &asked, "POST", "", json!({"content": "y"}))
        .await
        .ok();
    assert_eq!(
        followup["interaction_metadata"]["original_response_message_id"],
        followup["message_reference"]["message_id"]
    );
    let at = format!("/messages/{}", followup["id"].as_str().unwrap());
    hook(&stage, &asked, "PATCH", &at, json!({"content": "z"}))
        .await
        .is("200");
    hook(&stage, &asked, "DELETE", &at, Value::Null)
        .await
        .is("204");
    hook(&stage, &asked, "GET", &at, Value::Null)
        .await
        .is("404 10008");
    hook(&stage, &asked, "GET", "/messages/7", Value::Null)
        .await
        .is("404 10008");
    hook(
        &stage,
        &(asked.0, "wrong".to_owned()),
        "POST",
        "",
        json!({"content": "x"}),
    )
    .await
    .is("401 50027");
    stage.clock.advance_us(15 * 60 * SECOND + 1);
    hook(&stage, &asked, "POST", "", json!({"content": "x"}))
        .await
        .is("401 50027");
}

#[tokio::test]
async fn each_kind_of_interaction_takes_its_own_answers() {
    let stage = Stage::new();
    let row = json!([{"type": 1, "components": [{"type": 2, "style": 1, "label": "Roll", "custom_id": "roll"}]}]);
    let message = stage
        .ask(
            &format!("POST /channels/{}/messages", stage.channel),
            json!({"content": "x", "components": row}),
        )
        .await
        .id();
    let modal = json!({"custom_id": "f", "title": "t", "components": [{"type": 1, "components": [{"type": 4, "custom_id": "i", "style": 1, "label": "l"}]}]});
    let answers = [
        (4, json!({"content": "x"})),
        (5, json!({})),
        (6, Value::Null),
        (7, json!({"content": "y"})),
        (8, json!({"choices": [{"name": "n", "value": "v"}]})),
        (9, modal),
        (1, Value::Null),
    ];
    for (kind, source, allowed) in [
        (2, None, &[4, 5, 9][..]),
        (3, Some(message), &[4, 5, 6, 7, 9]),
        (4, None, &[8]),
        (5, None, &[4, 5]),
        (5, Some(message), &[4, 5, 6, 7]),
    ] {
        for (answer, body) in &answers {
            let asked = stage.interact(kind, json!({"id": "5", "name": "n", "type": 1, "custom_id": "roll", "component_type": 2}), source);
            let verdict = callback(&stage, &asked, json!({"type": answer, "data": body}))
                .await
                .verdict();
            assert_eq!(
                verdict,
                if allowed.contains(answer) {
                    "204"
                } else {
                    "400 50035"
                },
                "{answer} to {kind} {source:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_click_changes_its_message() {
    let stage = Stage::new();
    let row = json!([{"type": 1, "components": [{"type": 2, "style": 1, "label": "Roll", "custom_id": "roll"}]}]);
    let message = stage
        .ask(
            &format!("POST /channels/{}/messages", stage.channel),
            json!({"content": "roll?", "components": row}),
        )
        .await
        .id();
    let clicked = stage.interact(
        3,
        json!({"custom_id": "roll", "component_type": 2}),
        Some(message),
    );
    callback(
        &stage,
        &clicked,
        json!({"type": 7, "data": {"content": "six", "components": []}}),
    )
    .await
    .is("204");
    let shown = stage
        .ask(
            &format!("GET /channels/{}/messages/{message}", stage.channel),
            Value::Null,
        )
        .await
        .ok();
    assert_eq!(
        (&shown["content"], &shown["components"]),
        (&json!("six"), &json!([]))
    );
    let clicked = stage.interact(
        3,
        json!({"custom_id": "roll", "component_type": 2}),
        Some(message),
    );
    callback(&stage, &clicked, json!({"type": 6}))
        .await
        .is("204");
    let edited = hook(
        &stage,
        &clicked,
        "PATCH",
        "/messages/@original",
        json!({"content": "seven"}),
    )
    .await
    .ok();
    assert_eq!(edited["id"], json!(message));
    let followup = hook(
        &stage,
        &clicked,
        "POST",
        "",
        json!({"content": "only you", "flags": 64}),
    )
    .await
    .ok();
    assert_eq!(
        (&followup["flags"], &followup["type"]),
        (&json!(64), &json!(19))
    );
}

#[tokio::test]
async fn choices_and_forms_are_kept_for_their_user() {
    let stage = Stage::new();
    let typing = stage.interact(4, json!({"id": "5", "name": "timezone", "type": 1}), None);
    let too_many = json!({"choices": vec![json!({"name": "n", "value": "v"}); 26]});
    callback(&stage, &typing, json!({"type": 8, "data": too_many}))
        .await
        .is("400 50035");
    callback(
        &stage,
        &typing,
        json!({"type": 8, "data": {"choices": [{"name": "Berlin", "value": "Europe/Berlin"}]}}),
    )
    .await
    .is("204");
    assert_eq!(
        stage
            .rest
            .hub
            .world()
            .interaction(typing.0)
            .unwrap()
            .choices
            .as_ref()
            .unwrap()
            .len(),
        1
    );
    let asked = slash(&stage);
    let form = json!({"custom_id": "f", "title": "Note", "components": [{"type": 1, "components": [{"type": 4, "custom_id": "i", "style": 2, "label": "l"}]}]});
    callback(&stage, &asked, json!({"type": 9, "data": form}))
        .await
        .is("204");
    assert_eq!(
        stage
            .rest
            .hub
            .world()
            .interaction(asked.0)
            .unwrap()
            .modal
            .as_ref()
            .unwrap()["title"],
        "Note"
    );
    let submitted = stage.interact(5, json!({"custom_id": "f", "components": []}), None);
    callback(
        &stage,
        &submitted,
        json!({"type": 4, "data": {"content": "noted"}}),
    )
    .await
    .is("204");
    hook(
        &stage,
        &submitted,
        "GET",
        "/messages/@original",
        Value::Null,
    )
    .await
    .is("200");
}

#[tokio::test]
async fn interactions_mention_people_and_nobody_else() {
    let stage = Stage::new();
    let role = stage.role_for(stage.bob, 0);
    let asked = slash(&stage);
    let content = format!("<@{}> <@&{role}> @everyone", stage.bob);
    callback(
        &stage,
        &asked,
        json!({"type": 4, "data": {"content": content}}),
    )
    .await
    .is("204");
    let shown = hook(&stage, &asked, "GET", "/messages/@original", Value::Null)
        .await
        .ok();
    assert_eq!(
        (
            shown["mentions"].as_array().unwrap().len(),
            &shown["mention_roles"],
            &shown["mention_everyone"]
        ),
        (1, &json!([]), &json!(false))
    );
}

#[tokio::test]
async fn a_refused_answer_leaves_the_interaction_open() {
    let stage = Stage::new();
    let asked = slash(&stage);
    let reply = callback(
        &stage,
        &asked,
        json!({"type": 4, "data": {"content": "x".repeat(2_001)}}),
    )
    .await;
    reply.is("400 50035");
    assert_eq!(
        reply.body["errors"]["data"]["content"]["_errors"][0]["code"],
        "BASE_TYPE_MAX_LENGTH"
    );
    callback(&stage, &asked, json!({"type": 4}))
        .await
        .is("400 50035");
    callback(&stage, &asked, json!({})).await.is("400 50035");
    callback(&stage, &asked, json!({"type": 4, "data": {}}))
        .await
        .is("400 50006");
    callback(
        &stage,
        &asked,
        json!({"type": 4, "data": {"content": "short"}}),
    )
    .await
    .is("204");
}
