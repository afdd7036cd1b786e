//! `Memory`: what is remembered is told with where it came from, and forgotten without its words.

use app::flows::memories;
use kernel::{Cause, CauseKind, Id};
use memory::{Lesson, NewFact, Origin, Place, Privacy, Scope, Settings};
use store::{DbError, Tx};
use tonic::{Code, Status};

use super::{
    refused::Details,
    scene::{Scene, scene},
};
use crate::generated::guildhall_v1::{
    AuditKind, ForgetMemoryRequest, ListMemoriesRequest, Memories, MemoryForgotten,
    SearchAuditRequest,
};

impl Scene {
    /// A member teaches a fact about themselves.
    async fn teach(&self, user: u64, text: &str) {
        let core = self.door.core();
        let cause = Cause::new(CauseKind::Message, format!("{user}-{text}"));
        let op = core.admission().event(Id::new(77).unwrap(), cause);
        let lesson = Lesson {
            teacher: Id::new(user).unwrap(),
            teacher_name: format!("member {user}"),
            others: Vec::new(),
            place: Place {
                channel: Id::new(6).unwrap(),
                scope: Scope::Channel,
            },
            source: Some(Id::new(100).unwrap()),
            origin: Origin::Added,
            facts: vec![NewFact::added(text)],
        };
        let (ids, settings, privacy) =
            (core.ids().clone(), Settings::default(), Privacy::default());
        let learn = move |tx: &mut Tx<'_>| {
            memory::learn(tx, &op, ids.as_ref(), &settings, &privacy, &lesson)
        };
        let learnt: Result<_, DbError> = core.database().write("test", learn).await;
        assert!(learnt.unwrap()[0].fact().is_some());
    }

    async fn remembered(&self, asked: ListMemoriesRequest) -> Result<Memories, Status> {
        Ok(self.memory().list(asked).await?.into_inner())
    }

    async fn forget(&self, key: &str, id: &str) -> Result<MemoryForgotten, Status> {
        let asked = ForgetMemoryRequest {
            guild_id: "77".to_owned(),
            idempotency_key: key.to_owned(),
            memory_id: id.to_owned(),
        };
        Ok(self.memory().forget(asked).await?.into_inner())
    }
}

fn asked() -> ListMemoriesRequest {
    ListMemoriesRequest {
        guild_id: "77".to_owned(),
        ..ListMemoriesRequest::default()
    }
}

fn texts(page: &Memories) -> Vec<&str> {
    page.items.iter().map(|item| item.text.as_str()).collect()
}

#[tokio::test]
async fn memories_are_told_with_where_they_come_from_and_where_they_may_be_used() {
    let scene = scene().await;
    scene.teach(10, "My cat is called Miso").await;
    scene.teach(11, "I play the cello").await;
    let all = scene.remembered(asked()).await.unwrap();
    assert_eq!(texts(&all), ["I play the cello", "My cat is called Miso"]);
    let of_ten = ListMemoriesRequest {
        user_id: "10".to_owned(),
        ..asked()
    };
    let miso = &scene.remembered(of_ten).await.unwrap().items[0];
    let told = [
        &miso.subject,
        &miso.user_id,
        &miso.channel_id,
        &miso.scope,
        &miso.origin,
    ];
    assert_eq!(told, ["member", "10", "6", "channel", "added"]);
    assert_eq!(
        (miso.confidence, miso.source_message_id.as_deref()),
        (1.0, Some("100"))
    );
    assert_eq!(miso.at.unwrap().seconds, 1_795_168_800);
    assert!(miso.expires_at.unwrap().seconds > miso.at.unwrap().seconds);
    let first = scene
        .remembered(ListMemoriesRequest {
            limit: 1,
            ..asked()
        })
        .await
        .unwrap();
    let on = ListMemoriesRequest {
        cursor: first.next,
        ..asked()
    };
    let rest = scene.remembered(on).await.unwrap();
    assert_eq!(
        (texts(&rest), rest.next.as_str()),
        (vec!["My cat is called Miso"], "")
    );
}

#[tokio::test]
async fn g2_a_memory_is_forgotten_once_and_recorded_without_its_words() {
    let scene = scene().await;
    scene.teach(10, "My cat is called Miso").await;
    scene.teach(10, "I play the cello").await;
    let items = scene.remembered(asked()).await.unwrap().items;
    let (cello, miso) = (&items[0].id, &items[1].id);
    scene.forget("k1", miso).await.unwrap();
    scene.forget("k1", miso).await.unwrap();
    for (key, id) in [("k2", miso.as_str()), ("k3", "1"), ("k4", "x"), ("k5", "")] {
        let status = scene.forget(key, id).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound, "{id}: {status}");
        assert_eq!(Details::of(&status).reason().reason, "APP_NO_SUCH_MEMORY");
    }
    let core = scene.door.core();
    let op = scene
        .over_rest(&format!("memories/{cello}"), b"shared")
        .await;
    memories::forget(core, op, cello.parse().unwrap())
        .await
        .unwrap();
    scene.forget("shared", cello).await.unwrap();
    assert_eq!(
        scene.remembered(asked()).await.unwrap(),
        Memories::default()
    );
    let question = SearchAuditRequest {
        guild_id: "77".to_owned(),
        kind: AuditKind::Access.into(),
        ..SearchAuditRequest::default()
    };
    let found = scene
        .audit()
        .search(question)
        .await
        .unwrap()
        .into_inner()
        .items;
    assert_eq!(found.len(), 2);
    for entry in &found {
        assert_eq!(
            (entry.action.as_str(), entry.subject_id.as_deref()),
            ("memory_delete", Some("10"))
        );
        assert!(!format!("{entry:?}").contains("Miso"), "{entry:?}");
    }
}

#[tokio::test]
async fn g3_a_question_about_memories_is_refused_with_the_field_that_makes_no_sense() {
    let scene = scene().await;
    let with = |change: fn(&mut ListMemoriesRequest)| {
        let mut asked = asked();
        change(&mut asked);
        asked
    };
    for (asked, field) in [
        (with(|asked| asked.user_id = "ada".to_owned()), "user_id"),
        (with(|asked| asked.cursor = "x".to_owned()), "cursor"),
        (with(|asked| asked.limit = 201), "limit"),
    ] {
        let status = scene.remembered(asked).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert_eq!(Details::of(&status).field().as_deref(), Some(field));
    }
    let keyless = scene.forget("", "1").await.unwrap_err();
    assert_eq!(
        Details::of(&keyless).field().as_deref(),
        Some("idempotency_key")
    );
}
