//! `operator`: what it says of servers and of the installation, and what becomes of what failed for good.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use store::{
    DbError, Tx,
    jobs::{self, Job, NewJob},
};

use super::stage::{Scene, TOKEN, scene};

const JOBS: [i64; 3] = [77, 78, 79];

impl Scene {
    async fn told(&self, path: &str) -> Value {
        let path = format!("operator/{path}");
        let (status, told) = self.ask_at(TOKEN, (Method::GET, &path, ""), None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {told}");
        told
    }

    async fn decide(&self, path: &str, key: Option<&str>) -> (StatusCode, Value) {
        let path = format!("operator/letters/{path}");
        self.ask_at(TOKEN, (Method::POST, &path, ""), key).await
    }

    /// Writes jobs down that failed for good, at one moment.
    async fn bury(&self) {
        let now = self.core().clock().now();
        let work = move |tx: &mut Tx<'_>| {
            for id in JOBS {
                bury(tx, id, now)?;
            }
            Ok(())
        };
        let done: Result<(), DbError> = self.core().database().write("test", work).await;
        done.unwrap();
    }
}

fn bury(tx: &mut Tx<'_>, id: i64, now: kernel::Timestamp) -> Result<(), DbError> {
    let (kind, key) = ("economy.roll-up", format!("economy.roll-up:{id}"));
    let new = NewJob {
        id,
        kind,
        key: &key,
        payload: "{}",
        due_at: now,
    };
    jobs::job_insert(tx, &new, now)?;
    let job = Job {
        id,
        kind: kind.to_owned(),
        key,
        payload: "{}".to_owned(),
        attempts: jobs::ATTEMPTS_MAX,
    };
    jobs::job_fail(tx, &job, "the disk is full", now)
}

fn ids(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn servers_stand_with_their_health_and_go_in_pages() {
    let scene = scene().await;
    scene.join(78).await;
    let rules = json!({"document": {"moderation": {"rules": [{
        "id": "no-spam", "name": "No spam", "mode": "act",
        "trigger": {"kind": "words", "words": ["spam"]},
        "actions": [{"kind": "delete"}],
    }]}}});
    scene.put("77/config", "k", &rules).await;
    let page = scene.told("servers?limit=1").await;
    assert_eq!(page["items"][0]["guild_id"], "78", "the newest first");
    assert_eq!(page["next"], "78");
    let page = scene.told("servers?limit=1&cursor=78").await;
    let server = &page["items"][0];
    assert_eq!(
        (&server["guild_id"], &page["next"]),
        (&json!("77"), &Value::Null)
    );
    let kinds = server["ailments"].as_array().unwrap().iter();
    let kinds: Vec<_> = kinds.map(|ailment| &ailment["kind"]).collect();
    assert!(kinds.contains(&&json!("no_log_channel")), "{server}");
    assert!(
        server["members"].is_u64() && server["name"].is_string(),
        "{server}"
    );
    assert_eq!(server["month_micros"], 0);

    let found = scene.told("servers?text=78").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    scene.say(1_001, 10, "hello there").await;
    scene.until_counted(77).await;
    let busiest = scene.told("servers?order=busiest").await;
    // How long each event took is real time, so it is the order that is looked at, not who comes first.
    let servers = busiest["items"].as_array().unwrap();
    let worked = |server: &Value| server["pace"]["worked_ms"].as_u64();
    assert!(
        servers.is_sorted_by(|a, b| worked(a) >= worked(b)),
        "{busiest}"
    );
    let spoken = servers.iter().find(|server| server["guild_id"] == "77");
    let events = spoken.unwrap()["pace"]["events"].as_u64();
    assert!(events >= Some(1), "{busiest}");
    assert!(
        !busiest.to_string().contains("hello"),
        "no words of members"
    );
}

#[tokio::test]
async fn the_installation_is_told_with_reasons_and_without_secrets() {
    let scene = scene().await;
    let bots = scene.told("bots").await;
    let bot = &bots["items"][0];
    assert_eq!(
        (&bot["state"], &bot["reason"], &bot["application_id"]),
        (&json!("degraded"), &json!("no content"), &json!("70"))
    );
    assert_eq!(bot["troubles"][0]["remedy"], "Switch it on under Bot.");
    assert_eq!(bot["shards"][0]["heartbeat_ms"], 41);
    assert_eq!(bot["shards"][1]["reason"], "the token is gone");

    let parts = scene.told("parts?limit=2").await;
    assert_eq!(
        (&parts["items"][0]["state"], &parts["next"]),
        (&json!("degraded"), &json!("2"))
    );
    let parts = scene.told("parts?cursor=2").await;
    assert_eq!(parts["items"][0]["name"], "storage");

    let versions = scene.told("versions").await;
    assert_eq!(
        (&versions["version"], &versions["started_at"]),
        (&json!("1.2.3"), &json!("2026-11-20T08:00:00Z"))
    );
    let invite = versions["invite"].as_str().unwrap();
    assert!(invite.ends_with("client_id=70"), "{invite}");
    let given: Vec<_> = (0..3)
        .map(|place| {
            let setting = &versions["settings"][place];
            (&setting["given"], &setting["value"])
        })
        .collect();
    assert_eq!(
        given,
        [
            (&json!("value"), &json!("info")),
            (&json!("secret"), &Value::Null),
            (&json!("nothing"), &Value::Null),
        ]
    );

    let storage = scene.told("storage").await;
    assert_eq!(
        storage["schema"],
        json!({"step": 13, "name": "review", "known": 14, "lacking": 1})
    );
    let kept = &storage["backups"]["kept"];
    assert_eq!(
        (&kept[0]["error"], &kept[0]["rows"]),
        (&json!("it is cut short"), &Value::Null)
    );
    assert_eq!(
        (&kept[1]["error"], &kept[1]["rows"]),
        (&Value::Null, &json!(1_200))
    );
    assert_eq!(storage["ledgers"]["repairs"], json!([]));
    let decisions = &storage["decisions"];
    assert_eq!(
        (&decisions["check"]["breaks"], &decisions["check"]["first"]),
        (&json!(1), &json!("entry 7 is gone"))
    );
    assert_eq!(decisions["check_next_at"], "2026-11-21T08:00:00Z");

    let providers = scene.told("providers").await;
    assert_eq!(providers, json!({"providers": [], "month": []}));
}

#[tokio::test]
async fn what_failed_for_good_is_listed_looked_at_and_decided_once() {
    let scene = scene().await;
    scene.bury().await;
    assert_eq!(scene.told("letters").await["jobs"]["dead"], 3);
    let page = scene.told("letters/jobs?limit=2").await;
    assert_eq!(ids(&page), ["79", "78"], "{page}");
    let next = page["next"].as_str().unwrap();
    let page = scene.told(&format!("letters/jobs?cursor={next}")).await;
    assert_eq!((ids(&page), &page["next"]), (vec!["77"], &Value::Null));
    let letter = scene.told("letters/jobs/77").await;
    assert_eq!(letter, page["items"][0]);
    assert_eq!(
        (&letter["key"], &letter["error"], &letter["can_retry"]),
        (
            &json!("economy.roll-up:77"),
            &json!("the disk is full"),
            &json!(true)
        )
    );
    assert_eq!(
        scene.told("letters/effects").await["items"],
        json!([]),
        "another queue"
    );

    for (path, again) in [
        ("jobs/77/retry", "jobs/77/give-up"),
        ("jobs/78/give-up", "jobs/78/retry"),
    ] {
        for _ in 0..2 {
            let done = scene.decide(path, Some("k")).await;
            assert_eq!(done, (StatusCode::NO_CONTENT, Value::Null), "{path}");
        }
        let (status, _) = scene.decide(again, Some("k")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{again}: it is decided");
    }
    assert_eq!(scene.told("letters/jobs/77").await["state"], "waiting");
    let waiting = scene.told("letters/jobs?state=waiting&limit=200").await;
    assert!(ids(&waiting).contains(&"77"), "{waiting}");
    let (status, _) = scene
        .ask_at(TOKEN, (Method::GET, "operator/letters/jobs/78", ""), None)
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND, "given up");

    let decisions = scene.told("decisions").await;
    let decisions = decisions["items"].as_array().unwrap();
    let actions: Vec<_> = decisions.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["job_give_up", "job_retry"], "each once");
    let why = decisions[0]["reasoning"].as_str().unwrap();
    assert!(why.contains("job 78") && why.contains("operator"), "{why}");
}

#[tokio::test]
async fn r3_what_makes_no_sense_of_the_operators_is_refused_with_its_place() {
    let scene = scene().await;
    scene.bury().await;
    for (path, pointer) in [
        ("servers?limit=0", "/limit"),
        ("servers?cursor=x", "/cursor"),
        ("servers?order=oldest", ""),
        ("bots?colour=red", ""),
        ("parts?cursor=-1", "/cursor"),
        ("letters/jobs?state=done", ""),
        ("letters/jobs?cursor=1", "/cursor"),
        ("decisions?limit=201", "/limit"),
    ] {
        let asked = format!("operator/{path}");
        let (status, problem) = scene.ask_at(TOKEN, (Method::GET, &asked, ""), None).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{path}: {problem}"
        );
        assert_eq!(problem["pointer"], pointer, "{path}");
    }
    for path in [
        "letters/owed",
        "letters/jobs/x",
        "letters/owed/77",
        "letters/effects/77",
    ] {
        let asked = format!("operator/{path}");
        let (status, _) = scene.ask_at(TOKEN, (Method::GET, &asked, ""), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    let (status, _) = scene.decide("jobs/77/retry", None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "without a key");
    let (status, _) = scene.decide("jobs/x/retry", Some("k")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        scene.told("letters").await["jobs"]["dead"],
        3,
        "nothing was decided"
    );
}
