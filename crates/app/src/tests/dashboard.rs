//! What is written on the dashboard: by whom, once, and with an entry that names the session.

use audit::{ActorSeen, Filter, Kind};
use kernel::{Op, UserId};
use platform::{Session, SessionId};
use serde_json::json;
use store::{DbError, Tx};

use super::scene::Scene;
use crate::{
    KEY_MAX, Viewer,
    flows::configure::{Configure, configure},
};

fn viewer(user: u64, session: i64) -> Viewer {
    Viewer {
        session: Session {
            id: SessionId::new(session),
            user: UserId::new(user).unwrap(),
            name: "ada".to_owned(),
            guilds: vec![Scene::guild()],
            agent: String::new(),
            began_at: kernel::Timestamp::from_micros(0),
            seen_at: kernel::Timestamp::from_micros(0),
            was_shown_around: false,
        },
        is_operator: false,
    }
}

fn op(scene: &Scene, viewer: &Viewer, path: &str, key: &str) -> Option<Op> {
    let admission = scene.core().admission();
    admission.dashboard(Scene::guild(), viewer, path, key)
}

async fn save(scene: &Scene, op: Op, amount: i64) -> i64 {
    let command = Configure {
        document: json!({"economy": {"daily": {"amount": amount}}}),
        note: String::new(),
        base_revision: None,
    };
    let written = configure(scene.core(), op, command).await;
    written.unwrap().revision.get()
}

#[tokio::test]
async fn a3_a_form_sent_twice_is_one_deed_with_an_entry_that_names_the_session() {
    let scene = Scene::begin().await;
    let ada = viewer(10, 4_711);
    let sent = op(&scene, &ada, "settings/economy", "k1").unwrap();
    assert_eq!(save(&scene, sent.clone(), 150).await, 2);
    assert_eq!(save(&scene, sent, 150).await, 2);
    let later = op(&scene, &ada, "settings/economy", "k2").unwrap();
    assert_eq!(save(&scene, later, 160).await, 3);
    let filter = Filter {
        kind: Some(Kind::Access),
        ..Filter::default()
    };
    let read = move |tx: &mut Tx<'_>| audit::search(tx, Scene::guild(), &filter, None, 10);
    let found: Result<_, DbError> = scene.database().read("test", read).await;
    let entries = found.unwrap().entries;
    assert_eq!(entries.len(), 2);
    for entry in entries {
        assert_eq!(entry.actor, ActorSeen::Member(UserId::new(10).ok()));
        assert!(entry.cause.starts_with("api:dashboard:4711:"), "{entry:?}");
        let why = entry.reasoning.unwrap();
        let said = "Session 4711 of the dashboard wrote the configuration";
        assert_eq!(why.text(), Some(said));
    }
    scene.end().await;
}

#[tokio::test]
async fn a3_a_key_counts_for_its_session_and_path_alone() {
    let scene = Scene::begin().await;
    let cause = |session, path, key| {
        let made = op(&scene, &viewer(10, session), path, key);
        made.map(|op| op.cause.to_string())
    };
    assert_eq!(cause(1, "undo", "k"), cause(1, "undo", "k"));
    assert_ne!(cause(1, "undo", "k"), cause(2, "undo", "k"));
    assert_ne!(cause(1, "undo", "k"), cause(1, "und", "ok"));
    assert_eq!(cause(1, "undo", ""), None);
    assert_eq!(cause(1, "undo", &"k".repeat(KEY_MAX + 1)), None);
    scene.end().await;
}
