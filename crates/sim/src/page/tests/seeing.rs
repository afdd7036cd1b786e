//! What a member is shown and may do with messages: no more than Discord would let it.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::stage;
use crate::world::MessageDraft;

#[tokio::test]
async fn a_member_is_shown_only_channels_it_may_view() {
    let stage = stage().await;
    let names = |state: Value| -> Vec<String> {
        let channels = state["guilds"][0]["channels"].as_array().unwrap().clone();
        channels
            .iter()
            .map(|channel| channel["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let (_, owner) = stage.get(&format!("state?as={}", stage.owner)).await;
    let (_, member) = stage.get(&format!("state?as={}", stage.member)).await;
    assert_eq!(names(owner), ["general", "hidden"]);
    assert_eq!(names(member), ["general"]);
    let (_, stranger) = stage.get(&format!("state?as={}", stage.stranger)).await;
    assert_eq!(stranger["guilds"], json!([]));
}

#[tokio::test]
async fn a_hidden_channel_can_be_neither_read_nor_written_nor_typed_in() {
    let stage = stage().await;
    let secret = MessageDraft {
        author: stage.owner,
        content: "secret".to_owned(),
        ..MessageDraft::default()
    };
    let secret = stage
        .sim
        .hub()
        .world()
        .message_send(stage.hidden, secret)
        .unwrap();
    for who in [stage.member, stage.stranger] {
        let at = format!("channels/{}", stage.hidden);
        for (method, path, body) in [
            ("GET", format!("{at}/messages?as={who}"), None),
            (
                "POST",
                format!("{at}/messages?as={who}"),
                Some(r#"{"content":"x"}"#),
            ),
            ("POST", format!("{at}/typing?as={who}"), None),
            ("GET", format!("{at}/commands?as={who}"), None),
            (
                "PATCH",
                format!("{at}/messages/{secret}?as={who}"),
                Some(r#"{"content":"x"}"#),
            ),
            ("DELETE", format!("{at}/messages/{secret}?as={who}"), None),
            (
                "PUT",
                format!("{at}/messages/{secret}/reactions?as={who}&emoji=%F0%9F%91%8D"),
                None,
            ),
        ] {
            let (status, answer) = stage.ask(method, &path, body).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_private_answer_is_for_its_asker_alone() {
    let stage = stage().await;
    stage.say(stage.owner, "for all").await;
    let whisper = stage.whisper(stage.member, "for the member");
    assert_eq!(
        stage.texts(stage.member).await,
        ["for all", "for the member"]
    );
    assert_eq!(stage.texts(stage.owner).await, ["for all"]);
    let at = format!("channels/{}/messages/{whisper}", stage.general);
    let (status, _) = stage
        .ask(
            "PUT",
            &format!("{at}/reactions?as={}&emoji=%F0%9F%91%8D", stage.owner),
            None,
        )
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, answer) = stage
        .ask("DELETE", &format!("{at}?as={}", stage.member), None)
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    let (status, _) = stage
        .post(
            &format!("channels/{}/messages?as={}", stage.general, stage.member),
            json!({"content": "x", "reply_to": whisper}),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn messages_are_edited_by_their_author_and_deleted_by_those_who_may() {
    let stage = stage().await;
    let id = stage.say(stage.member, "mine").await;
    let at = format!("channels/{}/messages/{id}", stage.general);
    let (status, _) = stage
        .ask(
            "PATCH",
            &format!("{at}?as={}", stage.owner),
            Some(r#"{"content":"not mine"}"#),
        )
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = stage
        .ask(
            "PATCH",
            &format!("{at}?as={}", stage.member),
            Some(r#"{"content":"changed"}"#),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(stage.texts(stage.owner).await, ["changed"]);
    let other = stage.say(stage.owner, "the owner's").await;
    let (status, _) = stage
        .ask(
            "DELETE",
            &format!(
                "channels/{}/messages/{other}?as={}",
                stage.general, stage.member
            ),
            None,
        )
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = stage
        .ask("DELETE", &format!("{at}?as={}", stage.owner), None)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(stage.texts(stage.owner).await, ["the owner's"]);
}
