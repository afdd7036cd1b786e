//! `bots`: the persona's versions, which of them is in force, and silence.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::stage::{Scene, scene};

impl Scene {
    async fn bot(&self) -> Value {
        let (status, bot) = self.get("77/bots/shared").await;
        assert_eq!(status, StatusCode::OK, "{bot}");
        bot
    }

    /// Writes a persona of this name down.
    async fn draft(&self, key: &str, name: &str) -> (StatusCode, Value) {
        let body = json!({"persona": {"name": name}, "note": format!("as {name}")});
        let path = "77/bots/shared/versions";
        self.post(path, Some(key), &body.to_string()).await
    }

    async fn act(&self, verb: &str, key: &str, body: &str) -> (StatusCode, Value) {
        let path = format!("77/bots/shared/{verb}");
        self.post(&path, Some(key), body).await
    }

    async fn actions(&self, kind: &str) -> Vec<String> {
        let entries = self.audited(kind).await;
        let action = |entry: &Value| entry["action"].as_str().unwrap().to_owned();
        entries.iter().map(action).collect()
    }
}

#[tokio::test]
async fn r1_bots_are_closed_to_strangers() {
    let scene = scene().await;
    scene.draft("k", "Ada").await;
    let routes = [
        (Method::GET, "bots", ""),
        (Method::GET, "bots/shared", ""),
        (Method::GET, "bots/shared/versions", ""),
        (Method::GET, "bots/shared/versions/1", ""),
        (Method::POST, "bots/shared/versions", r#"{"persona":{}}"#),
        (Method::POST, "bots/shared/deploy", r#"{"version":1}"#),
        (Method::POST, "bots/shared/rollback", ""),
        (Method::POST, "bots/shared/pause", ""),
        (Method::POST, "bots/shared/resume", ""),
    ];
    scene.is_closed_to_strangers(&routes).await;
    for (method, path, body) in routes.iter().skip(1) {
        let path = format!("77/{}", path.replace("shared", "other"));
        let (status, problem) = match *method {
            Method::GET => scene.get(&path).await,
            _ => scene.post(&path, Some("k"), body).await,
        };
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {problem}");
    }
    assert_eq!(scene.bot().await["revision"], 1);
}

#[tokio::test]
async fn a_version_is_written_down_put_in_force_and_taken_back() {
    let scene = scene().await;
    let bot = scene.bot().await;
    assert_eq!(
        (&bot["state"], &bot["version"]),
        (&json!("running"), &Value::Null)
    );
    let (status, first) = scene.draft("k1", "Ada").await;
    assert_eq!(
        (status, &first["version"]),
        (StatusCode::CREATED, &json!(1)),
        "{first}"
    );
    assert_eq!(
        (&first["state"], &first["note"]),
        (&json!("draft"), &json!("as Ada"))
    );
    assert_eq!(first["author_id"], "operator");
    scene.draft("k2", "Bea").await;
    assert_eq!(scene.bot().await["revision"], 1, "a draft is not in force");

    let (status, deployed) = scene.act("deploy", "k3", r#"{"version":1}"#).await;
    assert_eq!(status, StatusCode::OK, "{deployed}");
    assert_eq!(
        (&deployed["version"], &deployed["revision"]),
        (&json!(1), &json!(2))
    );
    let change = json!({"path": "/persona/name", "old": "", "new": "Ada"});
    assert_eq!(deployed["changes"], json!([change]));
    scene.act("deploy", "k4", r#"{"version":2}"#).await;
    let bot = scene.bot().await;
    assert_eq!((&bot["name"], &bot["version"]), (&json!("Bea"), &json!(2)));
    let (_, config) = scene.get("77/config").await;
    assert_eq!(config["document"]["persona"]["name"], "Bea");

    let (_, back) = scene.act("rollback", "k5", "").await;
    assert_eq!(
        (&back["version"], &back["revision"]),
        (&json!(1), &json!(4))
    );
    assert_eq!(scene.bot().await["name"], "Ada");
    let (_, page) = scene.get("77/bots").await;
    assert_eq!(page["items"][0]["version"], 1, "{page}");
    let (_, kept) = scene.get("77/bots/shared/versions/2").await;
    assert_eq!(
        (&kept["state"], &kept["persona"]["name"]),
        (&json!("retired"), &json!("Bea"))
    );
    let deployed = ["persona_deploy"; 3].map(str::to_owned);
    let config = scene.actions("config").await;
    assert_eq!(config[..3], deployed, "{config:?}");
    let access = scene.actions("access").await;
    assert_eq!(
        access,
        [
            "persona_put",
            "persona_put",
            "persona_put",
            "persona_write",
            "persona_write"
        ]
    );
    assert_eq!(scene.owed().await, ["profile"; 3], "how the bot looks");
}

#[tokio::test]
async fn a_paused_persona_is_silent_until_it_is_resumed_and_keeps_what_it_is() {
    let scene = scene().await;
    let (_, still) = scene.act("resume", "k0", "").await;
    assert_eq!(
        (&still["revision"], &still["changes"]),
        (&json!(1), &json!([]))
    );
    scene.draft("k1", "Ada").await;
    scene.act("deploy", "k2", r#"{"version":1}"#).await;
    let (status, paused) = scene.act("pause", "k3", "{}").await;
    assert_eq!(status, StatusCode::OK, "{paused}");
    let change = json!({"path": "/persona/enabled", "old": true, "new": false});
    assert_eq!(
        (&paused["revision"], &paused["changes"]),
        (&json!(3), &json!([change]))
    );
    let bot = scene.bot().await;
    assert_eq!(
        (&bot["state"], &bot["name"]),
        (&json!("paused"), &json!("Ada"))
    );
    assert_eq!(bot["version"], paused["version"]);
    let (_, again) = scene.act("pause", "k4", "").await;
    assert_eq!(
        (&again["revision"], &again["changes"]),
        (&json!(3), &json!([]))
    );
    let (_, resumed) = scene.act("resume", "k5", "").await;
    assert_eq!(resumed["revision"], 4, "{resumed}");
    assert_eq!(scene.bot().await["state"], "running");
    let config = scene.actions("config").await;
    assert_eq!(
        config[..2],
        ["persona_resume".to_owned(), "persona_pause".to_owned()]
    );
}

#[tokio::test]
async fn r2_every_write_to_a_bot_is_done_once_with_its_key() {
    let scene = scene().await;
    let first = scene.draft("k1", "Ada").await;
    scene.draft("k2", "Ada").await;
    assert_eq!(
        scene.draft("k1", "Ada").await,
        first,
        "the first answer, of two that say the same"
    );
    assert_eq!(scene.draft("k1", "Bea").await.0, StatusCode::CONFLICT);
    scene.draft("k3", "Bea").await;
    for (verb, body, other) in [
        ("deploy", r#"{"version":1}"#, Some(r#"{"version":2}"#)),
        ("deploy", r#"{"version":3}"#, None),
        ("rollback", "", None),
        ("pause", "", None),
        ("resume", "", None),
    ] {
        let key = format!("{verb}{body}");
        let done = scene.act(verb, &key, body).await;
        assert_eq!(done.0, StatusCode::OK, "{verb}: {done:?}");
        let revision = scene.bot().await["revision"].clone();
        assert_eq!(scene.act(verb, &key, body).await, done, "{verb}");
        assert_eq!(scene.bot().await["revision"], revision, "{verb} again");
        if let Some(other) = other {
            assert_eq!(scene.act(verb, &key, other).await.0, StatusCode::CONFLICT);
        }
    }
    let keyless = scene.post("77/bots/shared/pause", None, "").await;
    assert_eq!(keyless.0, StatusCode::BAD_REQUEST);
    let (_, page) = scene.get("77/bots/shared/versions?limit=2").await;
    let numbers = |page: &Value| -> Vec<i64> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["version"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(numbers(&page), [5, 4], "{page}");
    let (_, rest) = scene.get("77/bots/shared/versions?cursor=4").await;
    assert_eq!(
        (numbers(&rest), &rest["next"]),
        (vec![3, 2, 1], &Value::Null)
    );
}

#[tokio::test]
async fn r3_what_makes_no_sense_of_a_bot_is_refused_with_its_place() {
    let scene = scene().await;
    let long = json!({"persona": {}, "note": "x".repeat(401)}).to_string();
    for (verb, body, pointer) in [
        ("versions", r#"{"persona":{"chance":2}}"#, "/persona/chance"),
        (
            "versions",
            r#"{"persona":{"colour":"red"}}"#,
            "/persona/colour",
        ),
        ("versions", r#"{"persona":{},"by":"me"}"#, "/by"),
        ("versions", long.as_str(), "/note"),
        ("deploy", r#"{"version":"1"}"#, "/version"),
        ("deploy", r#"{"version":9}"#, "/version"),
        ("pause", r#"{"until":"noon"}"#, "/until"),
    ] {
        let (status, problem) = scene.act(verb, "k", body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
    }
    let (status, problem) = scene.act("rollback", "k", "").await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "nothing before: {problem}"
    );
    for number in ["1", "0", "-1", "x"] {
        let (status, _) = scene
            .get(&format!("77/bots/shared/versions/{number}"))
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{number}");
    }
    assert_eq!(scene.bot().await["revision"], 1);
    assert!(scene.audited("config").await.is_empty());
}
