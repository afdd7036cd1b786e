//! A member talks with the persona: it answers, remembers across a restart, forgets when told to, and says why.

use serde_json::{Value, json};
use sim::{Say, Snowflake, Target};

use crate::stage::{SOON, Stage, text};

fn content(message: &Value) -> &str {
    message["content"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_said_is_remembered_over_a_restart_and_forgotten_when_asked() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let told = stage.mention(stage.ada, "remember that my cat is called Miso");
    let noted = stage.reply_to(told).await;
    assert!(content(&noted).contains("Miso"), "{noted}");
    running.stop().await;
    let learnt = stage.decisions("learn").await;
    let why = learnt[0]["reasoning"].as_str().unwrap();
    assert!(why.contains("is kept") && !why.contains("Miso"), "{why}");
    let memories = learnt[0]["input"]["memories"].to_string();
    assert!(memories.contains("Miso"), "{memories}");

    let running = stage.run().await;
    let asked = stage.mention(stage.ada, "what is my cat called?");
    let answer = stage.reply_to(asked).await;
    assert!(content(&answer).contains("Miso"), "{answer}");
    let shown = stage.ask(stage.ada, "memory show", &[]).await;
    assert!(
        shown.ephemeral && text(&shown).contains("Miso"),
        "{shown:?}"
    );

    let asked = stage.mention(stage.bob, "what is my cat called?");
    let answer = stage.reply_to(asked).await;
    assert!(
        !content(&answer).contains("Miso"),
        "a fact of somebody else's: {answer}"
    );

    let forgotten = stage
        .ask(stage.ada, "memory forget", &[("what", json!("all"))])
        .await;
    assert!(forgotten.ephemeral, "{forgotten:?}");
    let asked = stage.mention(stage.ada, "what is my cat called?");
    let answer = stage.reply_to(asked).await;
    assert!(
        !content(&answer).contains("Miso"),
        "it was forgotten: {answer}"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_answered_by_the_persona_and_explained() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let said = stage
        .ask(
            stage.ada,
            "chat",
            &[("message", json!("hello, who are you?"))],
        )
        .await;
    assert!(
        !said.ephemeral && !text(&said).trim().is_empty(),
        "{said:?}"
    );
    let why = stage.ask(stage.ada, "why", &[]).await;
    let told = json!(why.message).to_string();
    assert!(why.ephemeral && told.contains("offline"), "{why:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_goes_on_with_the_talk_a_thumb_is_kept_and_others_are_left_alone() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let asked = stage.mention(stage.ada, "hello");
    let answer = stage.reply_to(asked).await;
    let id: Snowflake = answer["id"].as_str().unwrap().parse().unwrap();
    let thumb = Target {
        channel: stage.channel,
        message: id,
        user: stage.ada,
    };
    stage.control().react(thumb, "👍").unwrap();
    let quiet = stage.say(stage.bob, "just talking among ourselves");
    let more = Say {
        channel: stage.channel,
        user: stage.ada,
        content: "and how are you?".to_owned(),
        reply_to: Some(id),
        ..Say::default()
    };
    let more = stage.control().say(more).unwrap();
    let answered = stage.reply_to(more).await;
    assert!(!content(&answered).is_empty(), "{answered}");
    let messages = stage.control().view(stage.channel, stage.bob, 50).unwrap();
    let replies = messages
        .iter()
        .filter(|message| message["message_reference"]["message_id"] == quiet.to_string());
    assert_eq!(replies.count(), 0, "nobody asked it there");
    let guild = stage.guild.to_string().parse().unwrap();
    let message = id.to_string().parse().unwrap();
    let user: kernel::UserId = stage.ada.to_string().parse().unwrap();
    let counted = async {
        loop {
            let read = move |tx: &mut store::Tx<'_>| bots::export(tx, guild, user);
            let kept: Result<_, store::DbError> = stage.db.database().read("test", read).await;
            if kept.unwrap()["votes"][0]["vote"] == 1 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, counted).await.unwrap();
    let read = move |tx: &mut store::Tx<'_>| audit::by_message(tx, guild, message, 5);
    let entries: Result<_, store::DbError> = stage.db.database().read("test", read).await;
    assert!(
        !entries.unwrap().is_empty(),
        "the answer's message leads to its entry"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_kept_of_a_member_is_given_to_them_and_erased() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let told = stage.mention(stage.ada, "remember that my cat is called Miso");
    stage.reply_to(told).await;
    stage.ask(stage.ada, "daily", &[]).await;
    let export = stage.ask(stage.ada, "privacy export", &[]).await;
    assert!(export.ephemeral, "{export:?}");
    let file = &export.message.as_ref().unwrap()["attachments"][0];
    assert_eq!(file["filename"], "guildhall-export.json");
    let all = stage.fetch(file["url"].as_str().unwrap()).await;
    let all: Value = serde_json::from_str(&all).unwrap();
    assert!(all["memory"].to_string().contains("Miso"), "{all}");
    assert_eq!(all["user_id"], stage.ada.to_string(), "{all}");

    let question = stage.ask(stage.ada, "privacy erase", &[]).await;
    stage.press(stage.ada, &question, "Erase everything").await;
    let shown = stage.ask(stage.ada, "memory show", &[]).await;
    assert!(!text(&shown).contains("Miso"), "{shown:?}");
    let why = stage.ask(stage.ada, "why", &[]).await;
    assert!(!json!(why.message).to_string().contains("Miso"), "{why:?}");
    stage.check_the_books().await;
    running.stop().await;
}
