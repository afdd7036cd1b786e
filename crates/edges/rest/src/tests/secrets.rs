//! `secrets/ai_key`: put and deleted, never read, and nowhere in plain text or a mere encoding.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::http::{Method, StatusCode};
use kernel::Id;
use platform::{Owner, SecretError, SecretName};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use store::Tx;
use testkit::traces::Traces;

use super::stage::{Scene, scene};

const CANARY: &str = "sk-canary-4f0c97b2d6a14e5e8a3b";
const OTHER: &str = "sk-another-91b2c3d4e5f60718293a";

impl Scene {
    /// What the guild's key says, as the model's adapter would read it.
    async fn opened(&self, guild: u64) -> Option<String> {
        let ring = self.core().keyring();
        let owner = Owner::Guild(Id::new(guild).unwrap());
        let read =
            move |tx: &mut Tx<'_>| platform::secret_fetch(tx, &ring, owner, &SecretName::ai_key());
        let opened: Result<_, SecretError> = self.core().database().read("test", read).await;
        let opened = opened.unwrap()?;
        // Before the key stands the provider that it is for; none is set here.
        let key = opened.expose_secret().strip_prefix("- - ");
        Some(key.unwrap().to_owned())
    }

    async fn keep(&self, key: &str, value: &str) -> (StatusCode, Value) {
        self.put("77/secrets/ai_key", key, &json!({"value": value}))
            .await
    }
}

#[tokio::test]
async fn r1_secrets_are_closed_to_strangers_and_to_readers() {
    let scene = scene().await;
    let body = json!({"value": CANARY}).to_string();
    let routes = [
        (Method::PUT, "secrets/ai_key", body.as_str()),
        (Method::DELETE, "secrets/ai_key", ""),
    ];
    scene.is_closed_to_strangers(&routes).await;
    assert_eq!(scene.opened(77).await, None);
    scene.keep("k1", CANARY).await;
    let (status, _) = scene.get("77/secrets/ai_key").await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    for path in ["77/secrets", "77/secrets/other"] {
        assert_eq!(scene.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_secret_is_kept_replaced_and_deleted_and_each_is_recorded() {
    let scene = scene().await;
    let kept = scene.keep("k1", CANARY).await;
    assert_eq!(kept, (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(scene.opened(77).await.as_deref(), Some(CANARY));
    scene.keep("k2", OTHER).await;
    assert_eq!(scene.opened(77).await.as_deref(), Some(OTHER));
    scene.join(78).await;
    assert_eq!(
        scene.delete("78/secrets/ai_key", "k").await.0,
        StatusCode::NOT_FOUND
    );
    let deleted = scene.delete("77/secrets/ai_key", "k3").await;
    assert_eq!(deleted.0, StatusCode::NO_CONTENT, "{deleted:?}");
    assert_eq!(scene.opened(77).await, None);
    let access = scene.audited("access").await;
    let actions: Vec<_> = access.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["secret_delete", "secret_put", "secret_put"]);
}

#[tokio::test]
async fn r2_a_secret_sent_again_with_its_key_is_kept_once() {
    let scene = scene().await;
    let kept = scene.keep("k1", CANARY).await;
    assert_eq!(scene.keep("k1", CANARY).await, kept);
    assert_eq!(scene.keep("k1", OTHER).await.0, StatusCode::CONFLICT);
    assert_eq!(
        scene.delete("77/secrets/ai_key", "k1").await.0,
        StatusCode::CONFLICT
    );
    assert_eq!(scene.opened(77).await.as_deref(), Some(CANARY));
    scene.keep("k2", OTHER).await;
    assert_eq!(scene.keep("k1", CANARY).await, kept);
    assert_eq!(
        scene.opened(77).await.as_deref(),
        Some(OTHER),
        "what came late again changes nothing"
    );
    let deleted = scene.delete("77/secrets/ai_key", "k3").await;
    assert_eq!(scene.delete("77/secrets/ai_key", "k3").await, deleted);
    assert_eq!(
        scene.delete("77/secrets/ai_key", "k4").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(scene.audited("access").await.len(), 3);
}

#[tokio::test]
async fn r3_a_strange_secret_is_refused_without_being_repeated() {
    let scene = scene().await;
    let long = "x".repeat(4_097);
    for (body, pointer) in [
        (json!({"value": ""}), "/value"),
        (json!({"value": "two\nlines"}), "/value"),
        (json!({"value": long}), "/value"),
        (json!({"value": 4_711_008_150_i64}), "/value"),
        (json!({"value": [CANARY]}), "/value"),
        (json!({"value": CANARY, "name": "other"}), "/name"),
        (json!(CANARY), ""),
        (json!({}), ""),
    ] {
        let (status, problem) = scene.put("77/secrets/ai_key", "k", &body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
        let said = problem.to_string();
        assert!(
            !said.contains(CANARY) && !said.contains("4711008150"),
            "{said}"
        );
    }
    assert_eq!(scene.opened(77).await, None);
}

/// Where the log goes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn r4_a_secret_stands_in_no_file_no_answer_and_no_log() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let scene = scene().await;
    let mut traces = Traces::default();
    traces.add("canary", CANARY);
    let mut answers = vec![scene.keep("k1", CANARY).await];
    for path in ["config", "config/history", "audit", "audit?kind=access"] {
        answers.push(scene.get(&format!("77/{path}")).await);
    }
    answers.push(scene.keep("k1", OTHER).await);
    answers.push(
        scene
            .put("77/secrets/ai_key", "k2", &json!({"value": [CANARY]}))
            .await,
    );
    assert_eq!(scene.opened(77).await.as_deref(), Some(CANARY));

    let answers = format!("{answers:?}");
    assert!(answers.contains("secret_put"), "{answers}");
    assert!(traces.in_bytes(answers.as_bytes()).is_empty(), "{answers}");
    let folder = scene.folder();
    let found = traces.in_folder(folder).unwrap();
    assert!(found.is_empty(), "{found:?}");
    let mut control = Traces::default();
    control.add("audited", "the secret `ai_key`");
    assert!(
        !control.in_folder(folder).unwrap().is_empty(),
        "the files hold what was written"
    );
    let logged = log.0.lock().unwrap().clone();
    assert!(!logged.is_empty(), "something was logged");
    assert!(traces.in_bytes(&logged).is_empty());
}
