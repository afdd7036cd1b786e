//! What a guild's token opens, route by route; a route without a row fails.

use std::collections::BTreeSet;

use app::flows::tokens;
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use platform::{TOKEN_SCOPES, TokenScope};
use serde_json::json;

use super::stage::{Scene, TOKEN, scene};

/// Each route with the scope that it needs.
const ROUTES: [(&str, &str, &str); 35] = [
    ("GET", "/accounts/{user_id}", "economy:read"),
    ("GET", "/audit", "audit:read"),
    ("GET", "/audit/{entry_id}", "audit:read"),
    ("GET", "/automod/replay/{entry_id}", "moderation:read"),
    ("POST", "/automod/test", "moderation:read"),
    ("GET", "/bots", "bots:read"),
    ("GET", "/bots/{bot_id}", "bots:read"),
    ("POST", "/bots/{bot_id}/deploy", "bots:write"),
    ("POST", "/bots/{bot_id}/pause", "bots:write"),
    ("POST", "/bots/{bot_id}/resume", "bots:write"),
    ("POST", "/bots/{bot_id}/rollback", "bots:write"),
    ("GET", "/bots/{bot_id}/versions", "bots:read"),
    ("POST", "/bots/{bot_id}/versions", "bots:write"),
    ("GET", "/bots/{bot_id}/versions/{number}", "bots:read"),
    ("GET", "/cases", "moderation:read"),
    ("GET", "/cases/{number}", "moderation:read"),
    ("POST", "/cases/{number}/leave-away", "moderation:write"),
    ("POST", "/cases/{number}/notes", "moderation:write"),
    ("POST", "/cases/{number}/undo", "moderation:write"),
    ("GET", "/config", "config:read"),
    ("PUT", "/config", "config:write"),
    ("GET", "/config/history", "config:read"),
    ("POST", "/config/rollback", "config:write"),
    ("GET", "/leaderboard", "economy:read"),
    ("GET", "/memories", "memory:read"),
    ("DELETE", "/memories/{memory_id}", "memory:write"),
    ("GET", "/rules", "moderation:read"),
    ("DELETE", "/rules/{rule_id}", "moderation:write"),
    ("PUT", "/rules/{rule_id}", "moderation:write"),
    ("DELETE", "/secrets/ai_key", "secrets:write"),
    ("PUT", "/secrets/ai_key", "secrets:write"),
    ("GET", "/supply", "economy:read"),
    ("GET", "/transfers", "economy:read"),
    ("POST", "/transfers", "economy:write"),
    ("POST", "/transfers/{transfer_id}/revert", "economy:write"),
];

/// Each route of the operator, which no scope opens.
const OPERATORS: [(&str, &str); 12] = [
    ("GET", "/bots"),
    ("GET", "/decisions"),
    ("GET", "/letters"),
    ("GET", "/letters/{queue}"),
    ("GET", "/letters/{queue}/{letter_id}"),
    ("POST", "/letters/{queue}/{letter_id}/give-up"),
    ("POST", "/letters/{queue}/{letter_id}/retry"),
    ("GET", "/parts"),
    ("GET", "/providers"),
    ("GET", "/servers"),
    ("GET", "/storage"),
    ("GET", "/versions"),
];

const UNDER: &str = "/api/v1/guilds/{guild_id}";
const OPERATORS_UNDER: &str = "/api/v1/operator";
/// What a route of the operator states in place of a scope.
const OPERATOR: &str = "operator";

/// The routes of the description, from which the router is made too, each with the scope that it states.
fn described() -> BTreeSet<(String, String, String)> {
    let description = serde_json::to_value(crate::description()).unwrap();
    let mut found = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let scope = operation["security"][0]["token"][0].as_str().unwrap();
            found.insert((method.to_uppercase(), path.to_owned(), scope.to_owned()));
        }
    }
    found
}

#[test]
fn every_route_has_a_row() {
    let row = |method: &str, path, scope: &str| (method.to_owned(), path, scope.to_owned());
    let of_guilds = ROUTES.iter();
    let of_guilds =
        of_guilds.map(|(method, path, scope)| row(method, format!("{UNDER}{path}"), scope));
    let operators = OPERATORS.iter();
    let operators =
        operators.map(|(method, path)| row(method, format!("{OPERATORS_UNDER}{path}"), OPERATOR));
    assert_eq!(described(), of_guilds.chain(operators).collect());
}

/// A path that there may be, in a guild.
fn spelt(guild: &str, path: &str) -> String {
    let path = path
        .replace("{bot_id}", "shared")
        .replace("{rule_id}", "ads");
    let path = ["{user_id}", "{entry_id}", "{number}", "{memory_id}"]
        .iter()
        .fold(path, |path, name| path.replace(name, "10"));
    format!("{guild}{path}")
}

#[tokio::test]
async fn r1_a_token_opens_what_its_scope_says_in_its_guild_alone() {
    let scene = scene().await;
    scene.join(78).await;
    for held in TOKEN_SCOPES {
        let (_, token) = scene.token(77, &[held]).await;
        for (method, path, needed) in ROUTES {
            let needed: TokenScope = needed.parse().unwrap();
            let method: Method = method.parse().unwrap();
            let (here, there) = (spelt("77", path), spelt("78", path));
            let asked = (method.clone(), here.as_str(), "");
            let (status, problem) = scene.ask_as(&token, asked).await;
            let closed = status == StatusCode::FORBIDDEN;
            assert_eq!(
                closed,
                !held.covers(needed),
                "{held}: {method} {path}: {status}"
            );
            assert_ne!(status, StatusCode::UNAUTHORIZED, "{held}: {method} {path}");
            if closed {
                let detail = problem["detail"].as_str().unwrap();
                assert!(detail.contains(&needed.to_string()), "{detail}");
            }
            let (status, _) = scene.ask_as(&token, (method.clone(), &there, "")).await;
            assert_eq!(
                status,
                StatusCode::NOT_FOUND,
                "{method} {path} of another guild"
            );
        }
    }
}

#[tokio::test]
async fn r1_without_a_token_there_is_no_answer_but_401_whatever_else_is_wrong() {
    let scene = scene().await;
    let long = "x".repeat(crate::BODY_MAX + 1);
    let guilds = ROUTES.iter().map(|(method, path, _)| {
        let path = spelt("guilds/77", path);
        (*method, path)
    });
    let operators = OPERATORS.iter().map(|(method, path)| {
        let path = path.replace("{queue}", "jobs").replace("{letter_id}", "1");
        (*method, format!("operator{path}"))
    });
    let strange = [
        ("GET", "guilds/%FF/supply"),
        ("GET", "guilds/77/accounts/%FF"),
        ("GET", "operator/letters/%FF"),
    ];
    let strange = strange.map(|(method, path)| (method, path.to_owned()));
    for (method, path) in guilds.chain(operators).chain(strange) {
        for token in [None, Some("wrong")] {
            let path = format!("/api/v1/{path}?limit=1&limit=2&nobody_knows=1");
            let mut request = Request::builder().method(method).uri(&path);
            if let Some(token) = token {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            let request = request.body(Body::from(long.clone())).unwrap();
            let (status, problem) = scene.send(request).await;
            assert_eq!(
                status,
                StatusCode::UNAUTHORIZED,
                "{method} {path}: {problem}"
            );
        }
    }
}

#[tokio::test]
async fn r3_a_name_in_the_query_that_is_unknown_or_stands_twice_is_refused() {
    let scene = scene().await;
    for (path, known) in [
        ("transfers", "user_id=1"),
        ("leaderboard", "by=balance"),
        ("audit", "kind=ai"),
        ("config/history", "limit=1"),
        ("cases", "user_id=1"),
        ("memories", "user_id=1"),
        ("rules", "limit=1"),
    ] {
        let (status, page) = scene.get(&format!("77/{path}?{known}")).await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
        for query in [
            format!("{known}&nobody_knows=1"),
            format!("{known}&{known}"),
        ] {
            let (status, problem) = scene.get(&format!("77/{path}?{query}")).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}?{query}");
            let name = match query.contains("nobody_knows") {
                true => "nobody_knows",
                false => known.split('=').next().unwrap(),
            };
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(name), "{path}?{query}: {detail}");
        }
    }
}

#[tokio::test]
async fn r1_the_operators_routes_are_open_to_the_operator_alone() {
    let scene = scene().await;
    let (_, guilds) = scene.token(77, TOKEN_SCOPES.as_slice()).await;
    for (method, path) in OPERATORS {
        let path = path.replace("{queue}", "jobs").replace("{letter_id}", "1");
        let path = format!("operator{path}");
        for (token, expected) in [
            (guilds.as_str(), StatusCode::FORBIDDEN),
            ("wrong", StatusCode::UNAUTHORIZED),
        ] {
            let asked = (method.parse().unwrap(), path.as_str(), "");
            let (status, problem) = scene.ask_at(token, asked, Some("k")).await;
            assert_eq!(status, expected, "{method} {path}: {problem}");
        }
        let asked = (method.parse().unwrap(), path.as_str(), "");
        let (status, _) = scene.ask_at(TOKEN, asked, Some("k")).await;
        let is_letter = path.ends_with("/1") || method == "POST";
        let expected = if is_letter {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::OK
        };
        assert_eq!(status, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn r1_a_revoked_token_opens_nothing_from_that_moment_on() {
    let scene = scene().await;
    let scopes = ["economy:read", "audit:read"].map(|scope| scope.parse().unwrap());
    let (id, token) = scene.token(77, &scopes).await;
    let look = || scene.ask_as(&token, (Method::GET, "77/supply", ""));
    assert_eq!(look().await.0, StatusCode::OK);
    let listed = |scene: &Scene| {
        let read = move |tx: &mut store::Tx<'_>| platform::token_named(tx, id);
        let core = scene.core().clone();
        async move { core.database().read("test", read).await }
    };
    let kept: Result<_, store::DbError> = listed(&scene).await;
    let used_at = kept.unwrap().unwrap().used_at;
    assert_eq!(
        used_at,
        Some(scene.core().clock().now()),
        "the last use is kept"
    );

    let op = || {
        scene
            .core()
            .admission()
            .cli("77".parse().unwrap(), "revoke")
    };
    let elsewhere = scene
        .core()
        .admission()
        .cli("78".parse().unwrap(), "revoke");
    let none = tokens::revoke(scene.core(), elsewhere, id).await.unwrap();
    assert!(none.is_none(), "another guild's token");
    assert!(
        tokens::revoke(scene.core(), op(), id)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        tokens::revoke(scene.core(), op(), id)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(look().await.0, StatusCode::UNAUTHORIZED);
    let entries = scene.audited("access").await;
    let actions: Vec<_> = entries.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["token_revoke", "token_create"]);
    let why = entries[1]["reasoning"].as_str().unwrap();
    assert!(why.contains("audit:read, economy:read"), "{why}");
    assert!(!json!(entries).to_string().contains(&token), "{entries:?}");
}

#[tokio::test]
async fn r2_a_key_belongs_to_its_token() {
    let scene = scene().await;
    let write = ["economy:write".parse().unwrap()];
    let body = r#"{"from":"faucet:grant","to":"purse:10","amount":5,"reason":"prize"}"#;
    let mut transfers = BTreeSet::new();
    for _ in 0..2 {
        let (_, token) = scene.token(77, &write).await;
        let asked = || scene.ask_as(&token, (Method::POST, "77/transfers", body));
        let (status, first) = asked().await;
        assert_eq!(status, StatusCode::CREATED, "{first}");
        assert_eq!(asked().await.1, first, "the first answer again");
        transfers.insert(first["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(
        transfers.len(),
        2,
        "the same key of another token is another write"
    );
}
