//! `Audit`: entries are found by every filter, and tell the whole of a decision.

use audit::{
    Conclusion, Confidence, Cost, EntryId, Kind, NewEffect, NewEntry, NewInput, Outcome,
    Remembered, RuleSeen, Said, Trigger, TriggerKind,
};
use kernel::{Cause, CauseKind, ChannelId, MessageId, Op, SeededChance, UserId};
use store::{DbError, Tx};
use tonic::Code;

use super::{
    refused::Details,
    scene::{Scene, scene},
};
use crate::generated::guildhall_v1::{
    AuditEntries, AuditEntry, AuditKind, AuditOutcome, AuditText, AuditTextState,
    GetAuditEntryRequest, SearchAuditRequest,
};

impl Scene {
    /// Changes the record as the application does.
    async fn record<T: Send + 'static>(
        &self,
        mut write: impl FnMut(&mut Tx<'_>, &Op) -> T + Send + 'static,
    ) -> T {
        let core = self.door.core();
        let op = core
            .admission()
            .event("77".parse().unwrap(), Cause::new(CauseKind::Message, 5));
        let work = move |tx: &mut Tx<'_>| Ok::<_, DbError>(write(tx, &op));
        core.database().write("test", work).await.unwrap()
    }

    async fn decide(&self, entry: NewEntry) -> EntryId {
        let ids = self.door.core().ids().clone();
        self.record(move |tx, op| {
            audit::record(tx, op, ids.as_ref(), &SeededChance::new(3), &entry).unwrap()
        })
        .await
    }

    async fn search(&self, asked: SearchAuditRequest) -> AuditEntries {
        self.audit().search(asked).await.unwrap().into_inner()
    }

    async fn one(&self, id: EntryId) -> AuditEntry {
        let asked = GetAuditEntryRequest {
            guild_id: "77".to_owned(),
            entry_id: id.to_string(),
        };
        self.audit().get(asked).await.unwrap().into_inner()
    }
}

fn question() -> SearchAuditRequest {
    SearchAuditRequest {
        guild_id: "77".to_owned(),
        ..SearchAuditRequest::default()
    }
}

fn with(change: impl FnOnce(&mut SearchAuditRequest)) -> SearchAuditRequest {
    let mut asked = question();
    change(&mut asked);
    asked
}

fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

fn by_ada() -> Trigger {
    Trigger {
        user: Some(user(10)),
        channel: Some(ChannelId::new(20).unwrap()),
        message: Some(MessageId::new(30).unwrap()),
        ..Trigger::of(TriggerKind::Edit)
    }
}

/// A decision of which everything is known but how it ended.
fn judged() -> NewEntry {
    NewEntry {
        subject: Some(user(10)),
        input: NewInput {
            content: Some(Said::by(user(10), "free nitro")),
            history: vec![Said::by(user(11), "hello").in_message(MessageId::new(29).unwrap())],
            memories: vec![Remembered {
                id: "m1".to_owned(),
                about: None,
                text: "no links".to_owned(),
            }],
        },
        active_rules: vec![RuleSeen {
            id: "spam".to_owned(),
            name: "No spam".to_owned(),
            mode: "act".to_owned(),
        }],
        model: Some("offline".to_owned()),
        prompt_version: Some("3".to_owned()),
        config_revision: Some(4),
        cost: Some(Cost {
            currency: "USD".to_owned(),
            micros: 25,
        }),
        ..NewEntry::new(Kind::Ai, "judge", Outcome::Pending, by_ada())
    }
}

fn end() -> Conclusion {
    Conclusion {
        rule: Some("spam".to_owned()),
        matched: vec!["nitro".to_owned()],
        reasoning: Some(Said::by_nobody("it advertises")),
        answer: Some("Please don't.".to_owned()),
        confidence: Some(Confidence::of_millionths(750_000)),
        effects: vec![NewEffect {
            owed: 8,
            kind: "delete_message".to_owned(),
        }],
        case: Some(6),
        ..Conclusion::new(Outcome::Executed)
    }
}

fn said(text: &AuditText) -> (&str, Option<&str>, Option<&str>) {
    assert_eq!(text.state(), AuditTextState::Here);
    let (user, label) = (text.user_id.as_deref(), text.label.as_deref());
    (&text.content, user, label)
}

#[tokio::test]
async fn an_entry_tells_the_whole_of_its_decision() {
    let scene = scene().await;
    let id = scene.decide(judged()).await;
    let pending = scene.one(id).await;
    assert_eq!(pending.outcome(), AuditOutcome::Pending);
    assert_eq!((pending.concluded_at, pending.confidence), (None, None));
    let ids = scene.door.core().ids().clone();
    let now = scene.door.core().clock().now();
    scene
        .record(move |tx, op| {
            let chance = SeededChance::new(4);
            audit::conclude(tx, op, ids.as_ref(), &chance, id, &end()).unwrap();
            while audit::seal(tx, now, 100).unwrap().more {}
        })
        .await;
    let entry = scene.one(id).await;
    assert_eq!(
        (entry.kind(), entry.action.as_str()),
        (AuditKind::Ai, "judge")
    );
    assert_eq!(entry.outcome(), AuditOutcome::Executed);
    assert_eq!(entry.actor.as_ref().unwrap().kind, "system");
    assert_eq!(entry.cause, "message:5");
    assert_eq!(entry.at.unwrap().seconds, 1_795_168_800);
    assert!(entry.concluded_at.is_some());
    let trigger = entry.trigger.as_ref().unwrap();
    assert_eq!(trigger.kind, "edit");
    let places = [&trigger.user_id, &trigger.channel_id, &trigger.message_id];
    assert_eq!(
        places.map(Option::as_deref),
        [Some("10"), Some("20"), Some("30")]
    );
    assert_eq!(entry.subject_id.as_deref(), Some("10"));
    assert_eq!(
        said(entry.content.as_ref().unwrap()),
        ("free nitro", Some("10"), None)
    );
    assert_eq!(said(&entry.history[0]), ("hello", Some("11"), Some("29")));
    assert_eq!(said(&entry.memories[0]), ("no links", None, Some("m1")));
    assert_eq!(said(&entry.matched[0]).0, "nitro");
    assert_eq!(said(entry.reasoning.as_ref().unwrap()).0, "it advertises");
    assert_eq!(said(entry.answer.as_ref().unwrap()).0, "Please don't.");
    assert_eq!(entry.active_rules[0].name, "No spam");
    assert_eq!(
        (entry.rule_id.as_deref(), entry.case_number),
        (Some("spam"), Some(6))
    );
    assert_eq!(
        (entry.confidence, entry.config_revision),
        (Some(0.75), Some(4))
    );
    assert_eq!(entry.model.as_deref(), Some("offline"));
    assert_eq!(entry.prompt_version.as_deref(), Some("3"));
    assert_eq!(entry.cost.as_ref().unwrap().micros, 25);
    let effect = &entry.effects[0];
    assert_eq!(
        (
            effect.id.as_str(),
            effect.kind.as_str(),
            effect.state.as_str()
        ),
        ("8", "delete_message", "pending")
    );
    let (link, conclusion) = (entry.link.unwrap(), entry.conclusion.unwrap());
    assert!(conclusion.seq > link.seq, "{link:?} {conclusion:?}");
    assert_eq!((link.hash.len(), link.prev_hash.len()), (64, 64));
}

#[tokio::test]
async fn what_was_erased_says_so_and_holds_no_words() {
    let scene = scene().await;
    let id = scene.decide(judged()).await;
    scene
        .record(|tx, op| audit::erase(tx, op, op.guild, user(10)).unwrap())
        .await;
    let entry = scene.one(id).await;
    let content = entry.content.unwrap();
    assert_eq!(content.state(), AuditTextState::Gone);
    assert_eq!((content.content.as_str(), content.user_id), ("", None));
    assert_eq!(said(&entry.history[0]).0, "hello");
}

#[tokio::test]
async fn every_filter_finds_what_it_asks_for() {
    let scene = scene().await;
    let first = scene.decide(judged()).await;
    let command = Trigger::of(TriggerKind::Command);
    let warned = NewEntry {
        subject: Some(user(11)),
        case: Some(9),
        ..NewEntry::new(Kind::Human, "warn", Outcome::Executed, command)
    };
    let second = scene.decide(warned).await;
    let at = scene.one(first).await.at;
    let later = at.map(|at| prost_types::Timestamp {
        nanos: at.nanos + 1_000,
        ..at
    });
    let (one, two, both) = (vec![first], vec![second], vec![second, first]);
    let cases = [
        (question(), &both),
        (with(|asked| asked.kind = AuditKind::Ai.into()), &one),
        (with(|asked| asked.kind = AuditKind::Money.into()), &vec![]),
        (with(|asked| asked.action = "warn".to_owned()), &two),
        (with(|asked| asked.action = "w\0arn".to_owned()), &vec![]),
        (with(|asked| asked.user_id = "11".to_owned()), &two),
        (with(|asked| asked.message_id = "30".to_owned()), &one),
        (with(|asked| asked.case_number = Some(9)), &two),
        (
            with(|asked| asked.outcome = AuditOutcome::Pending.into()),
            &one,
        ),
        (with(|asked| asked.since = at), &both),
        (with(|asked| asked.since = later), &vec![]),
        (with(|asked| asked.until = at), &vec![]),
        (with(|asked| asked.until = later), &both),
        (with(|asked| asked.text = "NITRO".to_owned()), &one),
    ];
    for (asked, expected) in cases {
        let found = scene.search(asked.clone()).await;
        let found: Vec<String> = found.items.into_iter().map(|entry| entry.id).collect();
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{asked:?}");
    }
}

#[tokio::test]
async fn what_is_found_goes_on_by_cursor() {
    let scene = scene().await;
    let mut decided = Vec::new();
    for ordinal in 0..3 {
        let entry = NewEntry {
            ordinal,
            ..judged()
        };
        decided.insert(0, scene.decide(entry).await.to_string());
    }
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let asked = SearchAuditRequest {
            cursor,
            limit: 2,
            ..question()
        };
        let page = scene.search(asked).await;
        found.extend(page.items.into_iter().map(|entry| entry.id));
        cursor = page.next;
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(found, decided);
}

#[tokio::test]
async fn g3_a_question_is_refused_with_the_field_that_makes_no_sense() {
    let scene = scene().await;
    let never = Some(prost_types::Timestamp {
        seconds: 0,
        nanos: -1,
    });
    let cases = [
        (with(|asked| asked.kind = 99), "kind"),
        (with(|asked| asked.outcome = -1), "outcome"),
        (with(|asked| asked.user_id = "ada".to_owned()), "user_id"),
        (
            with(|asked| asked.message_id = "0".to_owned()),
            "message_id",
        ),
        (with(|asked| asked.since = never), "since"),
        (with(|asked| asked.until = never), "until"),
        (with(|asked| asked.cursor = "5".to_owned()), "cursor"),
        (with(|asked| asked.limit = -1), "limit"),
    ];
    for (asked, field) in cases {
        let status = scene.audit().search(asked).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert_eq!(Details::of(&status).field().as_deref(), Some(field));
    }
    for id in ["5", "", "x", "-1"] {
        let asked = GetAuditEntryRequest {
            guild_id: "77".to_owned(),
            entry_id: id.to_owned(),
        };
        let status = scene.audit().get(asked).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound, "{status}");
        assert_eq!(Details::of(&status).reason().reason, "ENTRY_UNKNOWN");
    }
}
