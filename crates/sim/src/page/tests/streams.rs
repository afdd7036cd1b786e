//! Streams: who is told of what.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;

use super::stage;
use crate::world::{MessageDraft, Snowflake};

#[tokio::test]
async fn a_stream_tells_its_member_and_no_other_of_private_answers_and_hidden_channels() {
    let stage = stage().await;
    let connect = |who: Snowflake| {
        let url = format!("ws://{}/chat/api/live?as={who}", stage.sim.addr());
        async move { tokio_tungstenite::connect_async(url).await.unwrap().0 }
    };
    let (mut member, mut owner) = (connect(stage.member).await, connect(stage.owner).await);
    let secret = MessageDraft {
        author: stage.owner,
        content: "in hiding".to_owned(),
        ..MessageDraft::default()
    };
    stage
        .sim
        .hub()
        .world()
        .message_send(stage.hidden, secret)
        .unwrap();
    stage.whisper(stage.member, "for the member");
    stage.say(stage.owner, "last").await;
    for (stream, expected) in [
        (&mut member, vec!["for the member", "last"]),
        (&mut owner, vec!["in hiding", "last"]),
    ] {
        let mut heard = Vec::new();
        while heard.last().map(String::as_str) != Some("last") {
            let frame = tokio::time::timeout(Duration::from_secs(5), stream.next())
                .await
                .unwrap()
                .unwrap()
                .unwrap();
            let line: Value = serde_json::from_str(frame.to_text().unwrap()).unwrap();
            if line["t"] == "MESSAGE_CREATE" {
                heard.push(line["d"]["content"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(heard, expected);
    }
}

#[tokio::test]
async fn a_stream_of_nobody_is_refused() {
    let stage = stage().await;
    for who in ["", "?as=1", "?as=x"] {
        let refused = tokio_tungstenite::connect_async(format!(
            "ws://{}/chat/api/live{who}",
            stage.sim.addr()
        ))
        .await;
        assert!(refused.is_err(), "{who}");
    }
    let of_bot = tokio_tungstenite::connect_async(format!(
        "ws://{}/chat/api/live?as={}",
        stage.sim.addr(),
        stage.bot
    ))
    .await;
    assert!(of_bot.is_err());
}
