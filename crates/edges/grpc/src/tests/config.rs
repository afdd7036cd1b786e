//! `Config`: settings are put in force, taken back, and refused with their places.

use app::flows::configure::{self, Configure};
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::{
    refused::Details,
    scene::{Scene, scene},
};
use crate::generated::guildhall_v1::{
    AuditKind, ConfigHistory, ConfigHistoryRequest, ConfigRevision, GetConfigRequest,
    PutConfigRequest, RollBackConfigRequest, SearchAuditRequest,
};

impl Scene {
    async fn in_force(&self) -> ConfigRevision {
        let asked = GetConfigRequest {
            guild_id: "77".to_owned(),
        };
        self.config().get(asked).await.unwrap().into_inner()
    }

    async fn put(&self, asked: PutConfigRequest) -> Result<i64, Status> {
        let written = self.config().put(asked).await?;
        Ok(written.into_inner().revision)
    }

    async fn back(&self, key: &str, to_revision: i64) -> Result<i64, Status> {
        let asked = RollBackConfigRequest {
            guild_id: "77".to_owned(),
            idempotency_key: key.to_owned(),
            to_revision,
            ..RollBackConfigRequest::default()
        };
        let written = self.config().roll_back(asked).await?;
        Ok(written.into_inner().revision)
    }

    async fn history(&self, cursor: String, limit: i32) -> ConfigHistory {
        let asked = ConfigHistoryRequest {
            guild_id: "77".to_owned(),
            cursor,
            limit,
        };
        self.config().history(asked).await.unwrap().into_inner()
    }

    pub(super) async fn decided(&self, kind: AuditKind) -> Vec<String> {
        let asked = SearchAuditRequest {
            guild_id: "77".to_owned(),
            kind: kind.into(),
            ..SearchAuditRequest::default()
        };
        let found = self.audit().search(asked).await.unwrap().into_inner();
        found.items.into_iter().map(|entry| entry.action).collect()
    }
}

fn asked(key: &str, document: &Value) -> PutConfigRequest {
    PutConfigRequest {
        guild_id: "77".to_owned(),
        idempotency_key: key.to_owned(),
        document_json: document.to_string(),
        ..PutConfigRequest::default()
    }
}

fn daily(amount: i64) -> Value {
    json!({"economy": {"daily": {"amount": amount}}})
}

fn document(revision: &ConfigRevision) -> Value {
    serde_json::from_str(&revision.document_json).unwrap()
}

#[tokio::test]
async fn a_document_is_put_in_force_and_taken_back_and_all_of_it_is_recorded() {
    let scene = scene().await;
    let first = scene.in_force().await;
    assert_eq!(first.revision, 1);
    assert_eq!(first.author_id.as_deref(), Some("system"));
    assert_eq!(document(&first)["economy"]["daily"]["amount"], 100);
    let noted = PutConfigRequest {
        note: "more".to_owned(),
        base_revision: Some(1),
        ..asked("k1", &daily(250))
    };
    assert_eq!(scene.put(noted).await.unwrap(), 2);
    let second = scene.in_force().await;
    assert_eq!(
        (second.revision, second.note.as_str()),
        (2, "more"),
        "{second:?}"
    );
    assert_eq!(second.author_id.as_deref(), Some("operator"));
    assert_eq!(second.created_at.unwrap().seconds, 1_795_168_800);
    assert_eq!(document(&second)["economy"]["daily"]["amount"], 250);
    assert_eq!(document(&second)["economy"]["daily"]["streak_bonus"], 10);
    assert_eq!(scene.back("k2", 1).await.unwrap(), 3);
    assert_eq!(
        scene.in_force().await.document_json,
        first.document_json,
        "the same text for the same settings"
    );
    assert_eq!(scene.decided(AuditKind::Config).await, ["undo", "config"]);
    let access = scene.decided(AuditKind::Access).await;
    assert_eq!(access, ["config_rollback", "config_put"]);
}

#[tokio::test]
async fn g2_a_document_sent_again_with_its_key_gets_the_first_answer() {
    let scene = scene().await;
    assert_eq!(scene.put(asked("k1", &daily(250))).await.unwrap(), 2);
    assert_eq!(scene.put(asked("k2", &daily(260))).await.unwrap(), 3);
    assert_eq!(scene.put(asked("k1", &daily(250))).await.unwrap(), 2);
    let status = scene.put(asked("k1", &daily(300))).await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists, "{status}");
    assert_eq!(scene.back("k3", 1).await.unwrap(), 4);
    assert_eq!(scene.back("k3", 1).await.unwrap(), 4);
    let status = scene.back("k3", 2).await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists, "{status}");
    assert_eq!(scene.in_force().await.revision, 4);
    assert_eq!(scene.decided(AuditKind::Config).await.len(), 3);
    let status = scene.put(asked("", &daily(250))).await.unwrap_err();
    let field = Details::of(&status).field();
    assert_eq!(field.as_deref(), Some("idempotency_key"));
}

#[tokio::test]
async fn g2_a_document_written_over_rest_with_a_key_is_known_here() {
    let scene = scene().await;
    let op = scene.over_rest("config", b"shared").await;
    let command = Configure {
        document: daily(250),
        note: String::new(),
        base_revision: None,
    };
    let written = configure::configure(scene.door.core(), op, command).await;
    assert_eq!(written.unwrap().revision.get(), 2);
    assert_eq!(scene.put(asked("shared", &daily(250))).await.unwrap(), 2);
    assert_eq!(scene.in_force().await.revision, 2);
}

#[tokio::test]
async fn a_write_that_goes_by_an_older_revision_is_aborted_and_says_which_is_in_force() {
    let scene = scene().await;
    scene.put(asked("k1", &daily(250))).await.unwrap();
    let stale = PutConfigRequest {
        base_revision: Some(1),
        ..asked("k2", &daily(300))
    };
    let status = scene.put(stale).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted, "{status}");
    let reason = Details::of(&status).reason();
    assert_eq!(reason.reason, "PLATFORM_STALE");
    assert_eq!(reason.metadata["head"], "2");
    let stale = RollBackConfigRequest {
        guild_id: "77".to_owned(),
        idempotency_key: "k3".to_owned(),
        to_revision: 1,
        base_revision: Some(1),
        ..RollBackConfigRequest::default()
    };
    let status = scene.config().roll_back(stale).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted, "{status}");
    let status = scene.back("k4", 9).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound, "{status}");
    assert_eq!(scene.in_force().await.revision, 2);
}

#[tokio::test]
async fn g3_everything_that_is_wrong_in_a_document_is_named_with_its_place() {
    let scene = scene().await;
    let cases = [
        (
            json!({"economy": {"daily": {"amount": -1, "streak_days_max": -1}}}),
            vec![
                "document_json/economy/daily/amount",
                "document_json/economy/daily/streak_days_max",
            ],
        ),
        (
            json!({"economy": {"dayly": {}}}),
            vec!["document_json/economy/dayly"],
        ),
        (
            json!({"privacy": {"retention_days": 31}}),
            vec!["document_json/privacy/retention_days"],
        ),
        (json!([]), vec!["document_json"]),
        (json!({"economy": [false]}), vec!["document_json/economy"]),
    ];
    for (document, places) in cases {
        let status = scene.put(asked("k", &document)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{document}: {status}");
        let fields = Details::of(&status).fields();
        let found: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(found, places, "{status}");
        assert!(
            fields.iter().all(|(_, words)| !words.is_empty()),
            "{fields:?}"
        );
    }
    assert_eq!(scene.in_force().await.revision, 1);
}

#[tokio::test]
async fn g3_a_request_about_settings_is_refused_with_the_field_that_is_wrong() {
    let scene = scene().await;
    let good = asked("k", &daily(250));
    for broken in ["", "{", r#"{"economy":{}} x"#, r#"{"economy":1e999}"#] {
        let asked = PutConfigRequest {
            document_json: broken.to_owned(),
            ..good.clone()
        };
        let status = scene.put(asked).await.unwrap_err();
        let field = Details::of(&status).field();
        assert_eq!(field.as_deref(), Some("document_json"), "{status}");
    }
    let long = PutConfigRequest {
        note: "x".repeat(301),
        ..good.clone()
    };
    let status = scene.put(long).await.unwrap_err();
    assert_eq!(Details::of(&status).field().as_deref(), Some("note"));
    let strange = PutConfigRequest {
        base_revision: Some(0),
        ..good
    };
    let status = scene.put(strange).await.unwrap_err();
    assert_eq!(
        Details::of(&status).field().as_deref(),
        Some("base_revision")
    );
    let status = scene.back("k", 0).await.unwrap_err();
    assert_eq!(Details::of(&status).field().as_deref(), Some("to_revision"));
    for (cursor, limit, field) in [("x", 0, "cursor"), ("", 201, "limit")] {
        let asked = ConfigHistoryRequest {
            guild_id: "77".to_owned(),
            cursor: cursor.to_owned(),
            limit,
        };
        let status = scene.config().history(asked).await.unwrap_err();
        assert_eq!(Details::of(&status).field().as_deref(), Some(field));
    }
}

#[tokio::test]
async fn g4_a_document_is_bounded_and_so_is_what_is_said_of_it() {
    let scene = scene().await;
    let wide = json!({"persona": {"prompt": "x".repeat(600_000)}});
    let status = scene.put(asked("k", &wide)).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status}");
    // It fits a request, and what is wrong with it is as long as the document.
    let key = "é".repeat(200_000);
    let strange = json!({"economy": {key: 1}});
    let status = scene.put(asked("k", &strange)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    assert!(status.message().len() < 700, "{}", status.message().len());
    assert!(status.details().len() < 3_000, "{}", status.details().len());
    let field = Details::of(&status).field().unwrap();
    assert!(
        field.starts_with("document_json/economy/éé") && field.ends_with("é…"),
        "{field}"
    );
}

#[tokio::test]
async fn whole_numbers_are_read_and_answered_to_the_last_digit() {
    let scene = scene().await;
    let most = |amount: i64| json!({"economy": {"pay": {"amount_max": amount}}});
    let odd = most(9_007_199_254_740_989);
    scene.put(asked("k1", &odd)).await.unwrap();
    let text = scene.in_force().await.document_json;
    assert!(text.contains(":9007199254740989"), "{text}");
    assert!(text.starts_with(r#"{"ai":{"base_url":null"#), "{text}");
    // A double would have made it ...992 before anybody could say what is wrong with it.
    let beyond = most(9_007_199_254_740_993);
    let status = scene.put(asked("k2", &beyond)).await.unwrap_err();
    let fields = Details::of(&status).fields();
    assert!(fields[0].1.contains("9007199254740993"), "{fields:?}");
}

#[tokio::test]
async fn the_history_is_newest_first_with_what_changed_and_goes_on_by_cursor() {
    let scene = scene().await;
    for amount in 1..=3 {
        let key = format!("k{amount}");
        scene.put(asked(&key, &daily(amount))).await.unwrap();
    }
    let newest = scene.history(String::new(), 1).await;
    let item = &newest.items[0];
    assert_eq!((item.revision, item.changes_left_off), (4, 0));
    let change = &item.changes[0];
    assert_eq!(change.path, "/economy/daily/amount");
    assert_eq!(
        (change.old_json.as_deref(), change.new_json.as_deref()),
        (Some("2"), Some("3"))
    );
    let mut revisions = vec![item.revision];
    let mut cursor = newest.next;
    while !cursor.is_empty() {
        let page = scene.history(cursor, 2).await;
        revisions.extend(page.items.iter().map(|item| item.revision));
        cursor = page.next;
    }
    assert_eq!(revisions, [4, 3, 2, 1]);
}
