//! Interactions from the member's press to what the member sees.

use chat::{
    AnswerContent, Board, BoardRow, Button, ButtonStyle, Colour, Delivered, Drawing, Embed, Form,
    FormField, Invoked, Picture, Reply, Row, Shown, Visibility,
};
use kernel::{GuildId, UserId};
use serde_json::json;
use sim::{Press, Submit, Until};

use super::stage::Stage;

#[tokio::test]
async fn a_command_is_registered_invoked_and_answered() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let asked = stage.invoke("daily");
    let (invocation, _finished) = running.invocation().await;
    assert_eq!(invocation.id.to_string(), asked.to_string());
    assert_eq!(invocation.asker.name, "ada");
    assert!(invocation.asker.permissions.is_some());
    let delivered = running
        .says(&invocation, Reply::public("100 coins"))
        .await
        .unwrap();
    let seen = stage.outcome(asked, Until::Settled).await;
    assert_eq!(
        (seen.callback, seen.ephemeral, seen.failed),
        (Some(4), false, false)
    );
    let message = seen.message.unwrap();
    assert_eq!(message["content"], "100 coins");
    let Delivered::Done { message: Some(id) } = delivered else {
        panic!("{delivered:?}")
    };
    assert_eq!(message["id"], json!(id.to_string()));
}

#[tokio::test]
async fn an_answer_that_takes_long_is_deferred_and_then_edited_in() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let asked = stage.invoke("balance");
    let (invocation, _finished) = running.invocation().await;
    let waiting = stage.outcome(asked, Until::Answered).await;
    assert_eq!(
        (waiting.callback, waiting.deferred, waiting.ephemeral),
        (Some(5), true, true)
    );
    assert!(waiting.latency_us.unwrap() < 2_500_000, "{waiting:?}");
    running
        .says(&invocation, Reply::private("5 coins"))
        .await
        .unwrap();
    let seen = stage.outcome(asked, Until::Settled).await;
    assert!(seen.ephemeral);
    assert_eq!(seen.message.unwrap()["content"], "5 coins");
    assert_eq!(seen.followups.len(), 0);
}

#[tokio::test]
async fn a_private_refusal_after_a_public_deferral_is_seen_by_the_asker_alone() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let asked = stage.invoke("daily");
    let (invocation, _finished) = running.invocation().await;
    assert!(!stage.outcome(asked, Until::Answered).await.ephemeral);
    running
        .says(&invocation, Reply::private("too soon"))
        .await
        .unwrap();
    let control = stage.control();
    let others = control.view(stage.channel, stage.owner, 50).unwrap();
    assert!(
        others
            .iter()
            .all(|message| message["content"] != "too soon"),
        "{others:?}"
    );
    let own = control.view(stage.channel, stage.member, 50).unwrap();
    let refusal = own.iter().find(|message| message["content"] == "too soon");
    assert_eq!(refusal.unwrap()["ephemeral"], json!(true));
    assert!(
        own.iter()
            .all(|message| message["flags"].as_u64().unwrap_or(0) & 128 == 0)
    );
}

/// A board of a member and of somebody whom nobody knows.
fn picture(stage: &Stage) -> Picture {
    let row = |place, user: sim::Snowflake, value: i64| BoardRow {
        place,
        who: Shown {
            user: UserId::new(user.0).unwrap(),
            name: None,
        },
        value,
        figure: value.to_string(),
        own: false,
    };
    let stranger = sim::Snowflake(4_000_000_000);
    Picture {
        file_name: "board.png".to_owned(),
        alt: format!("1. <@{}>: 1234, 2. <@{stranger}>: 34", stage.member),
        guild: GuildId::new(stage.guild.0).unwrap(),
        drawing: Drawing::Board(Board {
            title: "Rank".to_owned(),
            note: String::new(),
            rows: vec![row(1, stage.member, 1_234), row(2, stranger, 34)],
        }),
    }
}

#[tokio::test]
async fn cards_pictures_and_buttons_arrive_and_a_press_changes_the_message() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let asked = stage.invoke("daily");
    let (invocation, _finished) = running.invocation().await;
    let card = Embed::new(Colour::Good, "Rank 3", "of 40").with_field("Coins", "1234");
    let mut reply = Reply::card(Visibility::Public, card).with_picture(picture(&stage));
    reply.rows.push(Row::Buttons(vec![Button {
        custom_id: "rank:refresh".to_owned(),
        label: "Refresh".to_owned(),
        style: ButtonStyle::Secondary,
        enabled: true,
    }]));
    running.says(&invocation, reply).await.unwrap();
    let message = stage.outcome(asked, Until::Settled).await.message.unwrap();
    assert_eq!(
        message["attachments"][0]["description"],
        "1. ada: 1234, 2. ?: 34"
    );
    let (width, height) = (
        &message["attachments"][0]["width"],
        &message["attachments"][0]["height"],
    );
    assert_eq!((width, height), (&json!(880), &json!(216)));
    assert_eq!(message["embeds"][0]["title"], "Rank 3");
    let press = Press {
        channel: stage.channel,
        user: stage.member,
        message: message["id"].as_str().unwrap().parse().unwrap(),
        custom_id: "rank:refresh".to_owned(),
        ..Press::default()
    };
    let pressed = stage.control().press(&press).unwrap();
    let (invocation, _finished) = running.invocation().await;
    assert!(
        matches!(&invocation.invoked, Invoked::Button { custom_id, .. } if custom_id == "rank:refresh")
    );
    let updated = AnswerContent::Update(Reply::public("Rank 2 now"));
    running.answers(&invocation, updated).await.unwrap();
    assert_eq!(
        stage.outcome(pressed, Until::Settled).await.callback,
        Some(7)
    );
    let seen = stage
        .control()
        .view(stage.channel, stage.member, 50)
        .unwrap();
    let changed = seen
        .iter()
        .find(|shown| shown["id"] == message["id"])
        .unwrap();
    assert_eq!(changed["content"], "Rank 2 now");
    assert_eq!(
        (&changed["embeds"], &changed["attachments"]),
        (&json!([]), &json!([]))
    );
}

#[tokio::test]
async fn a_form_opens_and_comes_back_with_its_fields() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let asked = stage.invoke("balance");
    let (invocation, _finished) = running.invocation().await;
    let form = Form {
        custom_id: "balance:note".to_owned(),
        title: "A note".to_owned(),
        fields: vec![FormField {
            id: "note".to_owned(),
            label: "Note".to_owned(),
            multiline: true,
            required: true,
            max_length: 200,
            value: String::new(),
        }],
    };
    running
        .answers(&invocation, AnswerContent::Form(form))
        .await
        .unwrap();
    assert!(stage.outcome(asked, Until::Answered).await.form.is_some());
    let submit = Submit {
        interaction: asked,
        user: stage.member,
        fields: serde_json::Map::from_iter([("note".to_owned(), json!("hello"))]),
    };
    let sent = stage.control().submit(&submit).unwrap();
    let (invocation, _finished) = running.invocation().await;
    assert!(
        matches!(&invocation.invoked, Invoked::Form { fields, .. } if fields["note"] == "hello")
    );
    running
        .says(&invocation, Reply::private("noted"))
        .await
        .unwrap();
    assert_eq!(
        stage.outcome(sent, Until::Settled).await.message.unwrap()["content"],
        "noted"
    );
}

#[tokio::test]
async fn long_words_become_several_messages_and_nobody_is_pinged() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let asked = stage.invoke("daily");
    let (invocation, _finished) = running.invocation().await;
    let text = format!("@everyone <@{}> {}", stage.member, "word ".repeat(900));
    running
        .says(&invocation, Reply::public(text))
        .await
        .unwrap();
    let seen = stage.outcome(asked, Until::Settled).await;
    assert_eq!(seen.followups.len(), 2);
    let first = seen.message.unwrap();
    assert_eq!(
        (&first["mention_everyone"], &first["mentions"]),
        (&json!(false), &json!([]))
    );
}

#[tokio::test]
async fn a_full_inbox_is_told_to_the_asker_and_loses_nothing_else() {
    let stage = Stage::set().await;
    let running = stage.start_with(&stage.bot.token, 1).await.unwrap();
    running
        .until(|bot| bot.was_ready && bot.commands_registered)
        .await;
    // The guild's own event fills the one place there is.
    let asked = stage.invoke("daily");
    let seen = stage.outcome(asked, Until::Settled).await;
    assert!(seen.ephemeral && !seen.failed, "{seen:?}");
    assert!(
        seen.message.unwrap()["content"]
            .as_str()
            .unwrap()
            .contains("try again")
    );
}
