//! `memories`: what is known, and having it forgotten.

use axum::http::{Method, StatusCode};
use kernel::{Cause, CauseKind, Id};
use memory::{Lesson, NewFact, Origin, Place, Privacy, Scope, Settings};
use serde_json::{Value, json};
use store::{DbError, Tx};

use super::stage::{Scene, scene};

impl Scene {
    /// A member teaches a fact about themselves.
    async fn teach(&self, guild: u64, user: u64, text: &str) {
        let core = self.core();
        let cause = Cause::new(CauseKind::Message, format!("{guild}-{user}-{text}"));
        let op = core.admission().event(Id::new(guild).unwrap(), cause);
        let lesson = Lesson {
            teacher: Id::new(user).unwrap(),
            teacher_name: format!("member {user}"),
            others: Vec::new(),
            place: Place {
                channel: Id::new(6).unwrap(),
                scope: Scope::Guild,
            },
            source: Some(Id::new(100).unwrap()),
            origin: Origin::Added,
            facts: vec![NewFact::added(text)],
        };
        let ids = core.ids().clone();
        let learn = move |tx: &mut Tx<'_>| {
            memory::learn(
                tx,
                &op,
                ids.as_ref(),
                &Settings::default(),
                &Privacy::default(),
                &lesson,
            )
        };
        let learnt: Result<_, DbError> = core.database().write("test", learn).await;
        assert!(learnt.unwrap()[0].fact().is_some());
    }

    async fn memories(&self, query: &str) -> Vec<Value> {
        let (status, page) = self.get(&format!("77/memories{query}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page["items"].as_array().unwrap().clone()
    }
}

fn texts(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["text"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn memories_are_told_with_where_they_come_from_and_where_they_may_be_used() {
    let scene = scene().await;
    scene.teach(77, 10, "My cat is called Miso").await;
    scene.teach(77, 11, "I play the cello").await;
    let all = scene.memories("").await;
    assert_eq!(texts(&all), ["I play the cello", "My cat is called Miso"]);
    let miso = &scene.memories("?user_id=10").await[0];
    for (field, value) in [
        ("subject", json!("member")),
        ("user_id", json!("10")),
        ("channel_id", json!("6")),
        ("scope", json!("guild")),
        ("confidence", json!(1.0)),
        ("source_message_id", json!("100")),
    ] {
        assert_eq!(miso[field], value, "{field} of {miso}");
    }
    assert!(
        miso["id"].is_string() && miso["expires_at"].is_string(),
        "{miso}"
    );
    let (_, page) = scene.get("77/memories?limit=1").await;
    let next = page["next"].as_str().unwrap();
    let rest = scene.memories(&format!("?limit=1&cursor={next}")).await;
    assert_eq!(texts(&rest), ["My cat is called Miso"]);
    for bad in ["user_id=x", "cursor=x", "limit=0", "colour=1"] {
        let (status, problem) = scene.get(&format!("77/memories?{bad}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {problem}");
    }
}

#[tokio::test]
async fn a_memory_is_forgotten_once_and_it_is_recorded_without_its_words() {
    let scene = scene().await;
    scene.teach(77, 10, "My cat is called Miso").await;
    let id = scene.memories("").await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("77/memories/{id}");
    assert_eq!(scene.delete(&path, "k1").await.0, StatusCode::NO_CONTENT);
    assert!(scene.memories("").await.is_empty());
    assert_eq!(
        scene.delete(&path, "k1").await.0,
        StatusCode::NO_CONTENT,
        "the first answer again"
    );
    assert_eq!(scene.delete(&path, "k2").await.0, StatusCode::NOT_FOUND);
    let access = scene.audited("access").await;
    assert_eq!(access.len(), 1, "{access:?}");
    assert_eq!(access[0]["action"], "memory_delete");
    assert!(!access[0].to_string().contains("Miso"), "{access:?}");
}

#[tokio::test]
async fn r1_nobody_reads_or_forgets_another_guilds_memories() {
    let scene = scene().await;
    scene.teach(77, 10, "My cat is called Miso").await;
    let id = scene.memories("").await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("memories/{id}");
    let routes = [
        (Method::GET, "memories", ""),
        (Method::DELETE, path.as_str(), ""),
    ];
    scene.is_closed_to_strangers(&routes).await;
    scene.join(78).await;
    let (_, page) = scene.get("78/memories?user_id=10").await;
    assert_eq!(page["items"], json!([]));
    assert_eq!(
        scene.delete(&format!("78/memories/{id}"), "k").await.0,
        StatusCode::NOT_FOUND
    );
    for strange in ["0", "-1", "x", "99999999999999999999", "%00"] {
        let (status, problem) = scene.delete(&format!("77/memories/{strange}"), "k").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{strange}: {problem}");
    }
    assert_eq!(scene.memories("").await.len(), 1);
}
