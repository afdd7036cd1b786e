//! The description of the routes, and answers that keep to it.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;
use tower::ServiceExt;

use super::stage::{TOKEN, scene};

#[test]
fn r5_the_description_says_what_each_route_takes_and_can_answer() {
    let description = serde_json::to_value(crate::description()).unwrap();
    let text = description.to_string();
    let mut names = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "`{name}` names two routes");
            assert!(operation["summary"].is_string(), "{name} says nothing");
            let has = |place: &str, wanted: &str| {
                let parameters = operation["parameters"].as_array().unwrap();
                parameters
                    .iter()
                    .any(|one| one["in"] == place && one["name"] == wanted)
            };
            let of_a_guild = path.starts_with("/api/v1/guilds/");
            assert_eq!(has("path", "guild_id"), of_a_guild, "{name}");
            let writes = method != "get" && name != "automod_test";
            assert_eq!(has("header", "Idempotency-Key"), writes, "{name}");
            let answers = operation["responses"].as_object().unwrap();
            assert!(
                answers.keys().any(|status| status.starts_with('2')),
                "{name}"
            );
            for status in ["401", "403", "404", "422", "500", "503"] {
                assert!(answers.contains_key(status), "{name}: {status}");
            }
        }
    }
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(
            description.pointer(pointer).is_some(),
            "{pointer} is nowhere"
        );
    }
}

#[tokio::test]
async fn r5_the_description_is_open_to_everybody() {
    let scene = scene().await;
    let request = Request::get("/api/openapi.json").body(Body::empty());
    let (status, description) = scene.send(request.unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(description["info"]["title"], "Guildhall");
    assert_eq!(
        description,
        serde_json::to_value(crate::description()).unwrap()
    );
}

#[tokio::test]
async fn r5_what_no_handler_sees_is_refused_as_a_problem_too() {
    let scene = scene().await;
    let refused = [
        (
            "DELETE",
            "/api/v1/guilds/77/supply",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        ("GET", "/api/v1/guilds/%FF/supply", StatusCode::BAD_REQUEST),
        ("GET", "/api/v1/nowhere", StatusCode::NOT_FOUND),
    ];
    for (method, path, expected) in refused {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(Body::empty())
            .unwrap();
        let answer = scene.router().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), expected, "{method} {path}");
        let kind = &answer.headers()[header::CONTENT_TYPE];
        assert_eq!(kind, "application/problem+json", "{method} {path}");
    }
    let long = "x".repeat(crate::BODY_MAX + 1);
    let asked = (Method::POST, "guilds/77/transfers", long.as_str());
    let (status, problem) = scene.ask_at(TOKEN, asked, Some("k")).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(problem["status"], json!(status.as_u16()));
}
