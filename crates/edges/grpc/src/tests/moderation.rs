//! `Moderation`: rules are written one at a time, tried on texts, and cases are told and taken back.

use app::flows::undo::{self, UndoCase};
use moderation::Reach;
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::{
    refused::Details,
    scene::{Scene, scene},
};
use crate::generated::guildhall_v1::{
    AuditKind, Case, Cases, DeleteRuleRequest, GetCaseRequest, ListCasesRequest, ListRulesRequest,
    PutRuleRequest, RuleWritten, Rules, TryTextRequest, UndoCaseRequest, Verdict,
};

impl Scene {
    /// A guild with a rule.
    async fn ruled() -> Self {
        let scene = scene().await;
        let rule = json!({"trigger": {"kind": "words", "words": ["ads", "offer*"]},
            "actions": [{"kind": "delete"}, {"kind": "timeout", "minutes": 10}], "exempt_role_ids": ["500"]});
        scene
            .put_rule(rule_put("rules", "ads", &rule))
            .await
            .unwrap();
        scene
    }

    async fn put_rule(&self, asked: PutRuleRequest) -> Result<RuleWritten, Status> {
        let written = self.moderation().put_rule(asked).await?;
        Ok(written.into_inner())
    }

    async fn remove_rule(&self, key: &str, id: &str) -> Result<RuleWritten, Status> {
        let asked = DeleteRuleRequest {
            guild_id: "77".to_owned(),
            idempotency_key: key.to_owned(),
            rule_id: id.to_owned(),
            ..DeleteRuleRequest::default()
        };
        let written = self.moderation().delete_rule(asked).await?;
        Ok(written.into_inner())
    }

    async fn rules(&self, cursor: &str, limit: i32) -> Rules {
        let asked = ListRulesRequest {
            guild_id: "77".to_owned(),
            cursor: cursor.to_owned(),
            limit,
        };
        self.moderation()
            .list_rules(asked)
            .await
            .unwrap()
            .into_inner()
    }

    async fn case(&self, number: i64) -> Result<Case, Status> {
        let asked = GetCaseRequest {
            guild_id: "77".to_owned(),
            number,
        };
        Ok(self.moderation().get_case(asked).await?.into_inner())
    }

    async fn cases(&self, user_id: &str, cursor: &str, limit: i32) -> Cases {
        let asked = ListCasesRequest {
            guild_id: "77".to_owned(),
            user_id: user_id.to_owned(),
            cursor: cursor.to_owned(),
            limit,
        };
        self.moderation()
            .list_cases(asked)
            .await
            .unwrap()
            .into_inner()
    }

    async fn undo(&self, key: &str, number: i64, reason: &str) -> Result<Case, Status> {
        let asked = UndoCaseRequest {
            guild_id: "77".to_owned(),
            idempotency_key: key.to_owned(),
            number,
            reason: reason.to_owned(),
        };
        Ok(self.moderation().undo_case(asked).await?.into_inner())
    }

    async fn tried(&self, content: &str, user_id: &str) -> Result<Verdict, Status> {
        let asked = TryTextRequest {
            guild_id: "77".to_owned(),
            content: content.to_owned(),
            user_id: user_id.to_owned(),
            channel_id: String::new(),
        };
        Ok(self.moderation().try_text(asked).await?.into_inner())
    }
}

fn rule_put(key: &str, id: &str, rule: &Value) -> PutRuleRequest {
    PutRuleRequest {
        guild_id: "77".to_owned(),
        idempotency_key: key.to_owned(),
        rule_id: id.to_owned(),
        rule_json: rule.to_string(),
        ..PutRuleRequest::default()
    }
}

fn words(word: &str) -> Value {
    json!({"trigger": {"kind": "words", "words": [word]}, "actions": [{"kind": "delete"}]})
}

fn ids(rules: &Rules) -> Vec<String> {
    let id = |rule: &String| {
        let rule: Value = serde_json::from_str(rule).unwrap();
        rule["id"].as_str().unwrap().to_owned()
    };
    rules.items_json.iter().map(id).collect()
}

fn numbers(cases: &Cases) -> Vec<i64> {
    cases.items.iter().map(|case| case.number).collect()
}

#[tokio::test]
async fn a_rule_is_a_part_of_the_settings_and_each_write_a_revision_of_them() {
    let scene = scene().await;
    let written = scene
        .put_rule(rule_put("k1", "ads", &words("ads")))
        .await
        .unwrap();
    let rule: Value = serde_json::from_str(written.rule_json.as_deref().unwrap()).unwrap();
    assert_eq!((written.revision, &rule["mode"]), (2, &json!("act")));
    scene
        .put_rule(rule_put("k2", "spam", &words("spam")))
        .await
        .unwrap();
    let wider = PutRuleRequest {
        note: "wider".to_owned(),
        base_revision: Some(3),
        ..rule_put("k3", "ads", &words("ad*"))
    };
    assert_eq!(scene.put_rule(wider).await.unwrap().revision, 4);
    let first = scene.rules("", 1).await;
    assert_eq!(
        (ids(&first), first.revision),
        (vec!["ads".to_owned()], Some(4))
    );
    let second = scene.rules(&first.next, 1).await;
    assert_eq!(
        (ids(&second), second.next.as_str()),
        (vec!["spam".to_owned()], "")
    );
    let gone = scene.remove_rule("k4", "ads").await.unwrap();
    assert_eq!((gone.revision, gone.rule_json), (5, None));
    assert_eq!(ids(&scene.rules("", 0).await), ["spam"]);
    let access = scene.decided(AuditKind::Access).await;
    assert_eq!(access, ["rule_delete", "rule_put", "rule_put", "rule_put"]);
}

#[tokio::test]
async fn g2_a_rule_is_written_once_with_its_key() {
    let scene = scene().await;
    let first = scene
        .put_rule(rule_put("k1", "ads", &words("ads")))
        .await
        .unwrap();
    let again = scene
        .put_rule(rule_put("k1", "ads", &words("ads")))
        .await
        .unwrap();
    assert_eq!(again, first);
    let other = scene.put_rule(rule_put("k1", "ads", &words("offer"))).await;
    assert_eq!(other.unwrap_err().code(), Code::AlreadyExists);
    let stale = PutRuleRequest {
        base_revision: Some(1),
        ..rule_put("k2", "ads", &words("offer"))
    };
    let status = scene.put_rule(stale).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted, "{status}");
    let status = scene.remove_rule("k3", "spam").await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound, "{status}");
    assert_eq!(scene.rules("", 0).await.revision, Some(2));
}

#[tokio::test]
async fn g3_what_is_wrong_in_a_rule_is_named_with_its_place() {
    let scene = scene().await;
    let minutes = json!({"trigger": {"kind": "words", "words": ["ads"]},
        "actions": [{"kind": "timeout", "minutes": 0}]});
    let cases = [
        (minutes, "rule_json/actions/0/minutes"),
        (
            json!({"id": "other", "trigger": {"kind": "words", "words": ["a"]}}),
            "rule_json/id",
        ),
        (json!([]), "rule_json"),
    ];
    for (rule, place) in cases {
        let status = scene
            .put_rule(rule_put("k", "ads", &rule))
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{rule}: {status}");
        let field = Details::of(&status).field();
        assert_eq!(field.as_deref(), Some(place), "{status}");
    }
    let good = rule_put("k", "ads", &words("ads"));
    let broken = [
        (
            PutRuleRequest {
                rule_json: "{".to_owned(),
                ..good.clone()
            },
            "rule_json",
        ),
        (
            PutRuleRequest {
                base_revision: Some(0),
                ..good.clone()
            },
            "base_revision",
        ),
        (
            PutRuleRequest {
                note: "x".repeat(301),
                ..good.clone()
            },
            "note",
        ),
        (
            PutRuleRequest {
                idempotency_key: String::new(),
                ..good
            },
            "idempotency_key",
        ),
    ];
    for (asked, field) in broken {
        let status = scene.put_rule(asked).await.unwrap_err();
        assert_eq!(
            Details::of(&status).field().as_deref(),
            Some(field),
            "{status}"
        );
    }
    assert!(scene.rules("", 0).await.items_json.is_empty());
}

#[tokio::test]
async fn a_text_is_tried_as_the_member_and_writes_nothing() {
    let scene = Scene::ruled().await;
    let verdict = scene.tried("A\u{200b}DS!", "").await.unwrap();
    let hit = &verdict.hits[0];
    assert_eq!((hit.rule_id.as_str(), hit.mode.as_str()), ("ads", "act"));
    let place = &hit.matched[0];
    assert_eq!(
        (place.start, place.end, place.text.as_str()),
        (0, 4, "A\u{200b}DS")
    );
    let actions = [r#"{"kind":"delete"}"#, r#"{"kind":"timeout","minutes":10}"#];
    assert_eq!(hit.actions_json, actions);
    assert!(hit.reasoning.contains("ads"), "{}", hit.reasoning);
    for (user, hits) in [("10", 1), ("11", 0), ("12", 0), ("13", 1)] {
        let verdict = scene.tried("ads", user).await.unwrap();
        assert_eq!(verdict.hits.len(), hits, "{user}: {verdict:?}");
    }
    let long = "x".repeat(8_001);
    for (content, user, field) in [(long.as_str(), "", "content"), ("ads", "ada", "user_id")] {
        let status = scene.tried(content, user).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert_eq!(Details::of(&status).field().as_deref(), Some(field));
    }
    assert_eq!(scene.cases("", "", 0).await, Cases::default());
}

#[tokio::test]
async fn cases_are_told_as_they_are_newest_first() {
    let scene = Scene::ruled().await;
    for (message, user) in [(100, 10), (101, 13), (102, 10)] {
        scene.say(message, user, "ads here").await;
    }
    let first = scene.cases("", "", 2).await;
    assert_eq!(numbers(&first), [3, 2]);
    let rest = scene.cases("", &first.next, 2).await;
    assert_eq!((numbers(&rest), rest.next.as_str()), (vec![1], ""));
    assert_eq!(numbers(&scene.cases("10", "", 0).await), [3, 1]);
    let case = scene.case(1).await.unwrap();
    assert_eq!(case, rest.items[0]);
    let told = [&case.kind, &case.state, &case.user_id];
    assert_eq!(told, ["automod", "open", "10"]);
    let places = [&case.rule_id, &case.message_id, &case.channel_id];
    assert_eq!(
        places.map(Option::as_deref),
        [Some("ads"), Some("100"), Some("6")]
    );
    assert_eq!((&case.moderator_id, &case.undone_by), (&None, &None));
    assert_eq!(case.at.unwrap().seconds, 1_795_168_800);
    for nothing in [0, -1, 4, i64::MAX] {
        let status = scene.case(nothing).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound, "{nothing}: {status}");
        assert_eq!(
            Details::of(&status).reason().reason,
            "MODERATION_NO_SUCH_CASE"
        );
    }
}

#[tokio::test]
async fn g2_a_case_is_taken_back_once_also_where_that_went_by_rest() {
    let scene = Scene::ruled().await;
    scene.say(100, 10, "ads here").await;
    scene.say(101, 10, "ads again").await;
    let long = scene.undo("k0", 1, &"x".repeat(513)).await.unwrap_err();
    assert_eq!(Details::of(&long).field().as_deref(), Some("reason"));
    let undone = scene.undo("k1", 1, "a quote").await.unwrap();
    assert_eq!(
        (undone.state.as_str(), undone.undo_reason.as_deref()),
        ("undone", Some("a quote"))
    );
    assert_eq!(undone.undone_by.as_deref(), Some("token:operator"));
    assert!(undone.undone_at.is_some());
    assert_eq!(scene.undo("k1", 1, "a quote").await.unwrap(), undone);
    let status = scene.undo("k1", 1, "other").await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists, "{status}");
    let status = scene.undo("k2", 9, "").await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound, "{status}");
    let core = scene.door.core();
    let op = scene.over_rest("cases/2/undo", b"shared").await;
    let command = UndoCase {
        number: 2,
        reason: "a joke".to_owned(),
        reach: Reach::Everything,
    };
    undo::undo(core, op, command).await.unwrap();
    let known = scene.undo("shared", 2, "a joke").await.unwrap();
    assert_eq!(known.state, "undone");
    let reused = scene.undo("shared", 2, "other").await.unwrap_err();
    assert_eq!(reused.code(), Code::AlreadyExists, "{reused}");
    assert_eq!(scene.decided(AuditKind::Human).await, ["undo", "undo"]);
}
