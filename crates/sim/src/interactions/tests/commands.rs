//! Commands are registered globally and for a guild, overwritten in bulk, and refused where Discord refuses them.

use serde_json::{Value, json};

use crate::rest::stage::Stage;

fn pay() -> Value {
    json!({"name": "pay", "description": "Give coins", "default_member_permissions": 8, "options": [
        {"type": 6, "name": "user", "description": "whom", "required": true, "choices": null},
        {"type": 4, "name": "amount", "description": "how many", "required": true, "min_value": 1},
        {"type": 3, "name": "note", "description": "why", "description_localizations": {"de": "warum"}}
    ]})
}

#[tokio::test]
async fn a_command_keeps_its_id_when_it_is_put_again() {
    let stage = Stage::new();
    let at = format!("/applications/{}/commands", stage.bot);
    let made = stage.ask(&format!("POST {at}"), pay()).await;
    made.is("201");
    let made = made.ok();
    assert_eq!(
        (&made["type"], &made["default_member_permissions"]),
        (&json!(1), &json!("8"))
    );
    let again = stage.ask(&format!("POST {at}"), pay()).await;
    again.is("200");
    assert_eq!(again.ok()["id"], made["id"]);
    let id = made["id"].as_str().unwrap();
    let edited = stage
        .ask(&format!("PATCH {at}/{id}"), json!({"description": "Pay"}))
        .await
        .ok();
    assert_eq!(
        (
            &edited["description"],
            edited["options"].as_array().unwrap().len()
        ),
        (&json!("Pay"), 3)
    );
    assert_ne!(edited["version"], made["version"]);
    stage
        .ask(&format!("GET {at}/{id}"), Value::Null)
        .await
        .is("200");
    stage
        .ask(&format!("DELETE {at}/{id}"), Value::Null)
        .await
        .is("204");
    stage
        .ask(&format!("GET {at}/{id}"), Value::Null)
        .await
        .is("404 10063");
}

#[tokio::test]
async fn a_list_replaces_all_commands_of_its_place() {
    let stage = Stage::new();
    let global = format!("/applications/{}/commands", stage.bot);
    let local = format!(
        "/applications/{}/guilds/{}/commands",
        stage.bot, stage.guild
    );
    let first = stage
        .ask(
            &format!("PUT {global}"),
            json!([pay(), {"name": "daily", "description": "d"}, {"name": "Profile", "type": 2}]),
        )
        .await
        .ok();
    assert_eq!(first.as_array().unwrap().len(), 3);
    let second = stage
        .ask(
            &format!("PUT {global}"),
            json!([{"name": "daily", "description": "e"}]),
        )
        .await
        .ok();
    assert_eq!(
        (second.as_array().unwrap().len(), &second[0]["id"]),
        (1, &first[1]["id"])
    );
    stage
        .ask(&format!("PUT {local}"), json!([pay()]))
        .await
        .is("200");
    let listed = stage.ask(&format!("GET {local}"), Value::Null).await.ok();
    assert_eq!(
        (
            listed.as_array().unwrap().len(),
            listed[0]["guild_id"].clone()
        ),
        (1, json!(stage.guild))
    );
    assert!(
        listed[0]["options"][2]
            .get("description_localizations")
            .is_none()
    );
    let whole = stage
        .ask(&format!("GET {local}?with_localizations=true"), Value::Null)
        .await
        .ok();
    assert_eq!(
        whole[0]["options"][2]["description_localizations"]["de"],
        "warum"
    );
    let id = listed[0]["id"].as_str().unwrap();
    stage
        .ask(&format!("GET {global}/{id}"), Value::Null)
        .await
        .is("404 10063");
    stage
        .ask(&format!("GET {local}/{id}/permissions"), Value::Null)
        .await
        .is("404 10066");
    assert_eq!(
        stage
            .ask(&format!("GET {local}/permissions"), Value::Null)
            .await
            .ok(),
        json!([])
    );
}

#[tokio::test]
async fn commands_that_break_the_rules_are_refused() {
    let stage = Stage::new();
    let at = format!("/applications/{}/commands", stage.bot);
    for (request, body, verdict) in [
        (
            format!("POST {at}"),
            json!({"name": "Pay Now", "description": "d"}),
            "400 50035",
        ),
        (
            format!("PUT {at}"),
            json!([{"name": "a", "description": "d"}, {"name": "a", "description": "d"}]),
            "400 50035",
        ),
        (format!("PUT {at}"), json!({}), "400 50035"),
        (
            "GET /applications/7/commands".to_owned(),
            Value::Null,
            "403 20012",
        ),
        (
            format!("GET /applications/{}/guilds/7/commands", stage.bot),
            Value::Null,
            "403 50001",
        ),
        (format!("DELETE {at}/7"), Value::Null, "404 10063"),
    ] {
        assert_eq!(
            stage.ask(&request, body).await.verdict(),
            verdict,
            "{request}"
        );
    }
    let hundred: Vec<Value> = (0..100)
        .map(|n| json!({"name": format!("c{n}"), "description": "d"}))
        .collect();
    stage
        .ask(&format!("PUT {at}"), json!(hundred))
        .await
        .is("200");
    stage
        .ask(
            &format!("POST {at}"),
            json!({"name": "one-more", "description": "d"}),
        )
        .await
        .is("400 30032");
    stage
        .ask(
            &format!("POST {at}"),
            json!({"name": "c7", "description": "new"}),
        )
        .await
        .is("200");
}
