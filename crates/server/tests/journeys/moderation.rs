//! A member breaks a rule, is moderated, asks why, and a moderator takes it back: through real sockets.

use app::flows::{
    configure::{self, Configure},
    undo::{self, UndoCase},
};
use kernel::{Cause, CauseKind, GuildId};
use moderation::Reach;
use serde_json::{Value, json};
use sim::{Outcome, Say, Snowflake, Target};

use crate::stage::{Running, SOON, Stage, text};

/// Puts rules in force.
async fn rules(stage: &Stage, running: &Running, rules: Value) {
    let guild: GuildId = stage.guild.to_string().parse().unwrap();
    let core = running.app.core();
    let cause = Cause::new(CauseKind::Api, "rules");
    let op = core.admission().token(guild, "operator", cause);
    let log = stage.channel.to_string();
    let command = Configure {
        document: json!({"moderation": {"log_channel_id": log, "rules": rules}}),
        note: "rules".to_owned(),
        base_revision: None,
    };
    configure::configure(core, op, command).await.unwrap();
}

fn say(stage: &Stage, user: Snowflake, words: &str) -> Snowflake {
    let say = Say {
        channel: stage.channel,
        user,
        content: words.to_owned(),
        ..Say::default()
    };
    stage.control().say(say).unwrap()
}

/// What a member sees in the channel.
fn messages(stage: &Stage) -> Vec<Value> {
    stage.control().view(stage.channel, stage.bob, 50).unwrap()
}

/// Waits until the channel's messages are as they should be.
async fn until(stage: &Stage, is: impl Fn(&[Value]) -> bool + Send + Sync) -> Vec<Value> {
    let seen = async {
        loop {
            let messages = messages(stage);
            if is(&messages) {
                return messages;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, seen).await.unwrap()
}

fn has(messages: &[Value], id: Snowflake) -> bool {
    messages
        .iter()
        .any(|message| message["id"] == id.to_string())
}

fn card(messages: &[Value]) -> Option<&Value> {
    messages.iter().find(|message| {
        message["embeds"]
            .as_array()
            .is_some_and(|embeds| !embeds.is_empty())
    })
}

fn no_spam() -> Value {
    json!([{"id": "spam", "name": "No spam", "trigger": {"kind": "words", "words": ["cheap coins"]},
        "actions": [{"kind": "delete"}, {"kind": "warn", "points": 1}]}])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_rule_is_dealt_with_explained_and_taken_back() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    rules(&stage, &running, no_spam()).await;

    let fine = say(&stage, stage.ada, "hello all");
    let spam = say(&stage, stage.ada, "buy ch\u{200b}eap c0ins");
    let seen = until(&stage, |messages| {
        !has(messages, spam) && card(messages).is_some()
    })
    .await;
    assert!(has(&seen, fine), "what breaks no rule stays");
    let leads = format!(
        "https://guildhall.example.org/dashboard/guilds/{}/why/",
        stage.guild
    );
    assert!(card(&seen).unwrap().to_string().contains(&leads));

    let why = stage.ask(stage.ada, "why", &[]).await;
    assert!(why.ephemeral && text(&why).contains("No spam"), "{why:?}");
    let others = stage.ask(stage.bob, "why", &[("case", json!(1))]).await;
    assert!(
        !text(&others).contains("No spam"),
        "a case of somebody else's: {others:?}"
    );

    let undo = sim::Invoke {
        channel: stage.channel,
        user: stage.owner,
        command: "case undo".to_owned(),
        options: [("number".to_owned(), json!(1))].into_iter().collect(),
        ..sim::Invoke::default()
    };
    let undone = stage.control().invoke(&undo).unwrap();
    let undone = stage.outcome(undone).await;
    assert!(undone.ephemeral, "{undone:?}");
    until(&stage, |messages| {
        let words = |message: &Value| message["content"].as_str().unwrap_or("").to_owned();
        messages
            .iter()
            .any(|message| words(message).contains("c0ins"))
    })
    .await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_undone_by_a_program_is_given_back_in_the_channel() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    rules(&stage, &running, no_spam()).await;
    let spam = say(&stage, stage.ada, "cheap coins here");
    until(&stage, |messages| {
        !has(messages, spam) && card(messages).is_some()
    })
    .await;
    let core = running.app.core();
    let guild: GuildId = stage.guild.to_string().parse().unwrap();
    let cause = Cause::new(CauseKind::Api, "undo");
    let op = core.admission().token(guild, "operator", cause);
    let command = UndoCase {
        number: 1,
        reason: "it was a quote".to_owned(),
        reach: Reach::Everything,
    };
    let case = undo::undo(core, op, command).await.unwrap();
    assert_eq!(case.undone_by.as_deref(), Some("token:operator"));
    until(&stage, |messages| {
        let words = |message: &Value| message["content"].as_str().unwrap_or("").to_owned();
        let back = messages
            .iter()
            .any(|message| words(message).contains("cheap coins here"));
        let cards = messages
            .iter()
            .filter(|message| message["embeds"][0].is_object());
        back && cards.count() == 2
    })
    .await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shadow_rule_is_recorded_and_does_nothing() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let mut shadow = no_spam();
    shadow[0]["mode"] = json!("shadow");
    rules(&stage, &running, shadow).await;
    let spam = say(&stage, stage.ada, "cheap coins here");
    let guild: GuildId = stage.guild.to_string().parse().unwrap();
    let filter = audit::Filter {
        outcome: Some(audit::Outcome::Suppressed),
        ..audit::Filter::default()
    };
    let recorded = async {
        loop {
            let filter = filter.clone();
            let read = move |tx: &mut store::Tx<'_>| audit::search(tx, guild, &filter, None, 10);
            let page: Result<_, store::DbError> = stage.db.database().read("test", read).await;
            let entries = page.unwrap().entries;
            if !entries.is_empty() {
                return entries;
            }
            tokio::task::yield_now().await;
        }
    };
    let entries = tokio::time::timeout(SOON, recorded).await.unwrap();
    assert_eq!(
        (entries.len(), entries[0].rule.as_deref()),
        (1, Some("spam"))
    );
    assert_eq!(entries[0].actor, audit::ActorSeen::System);
    assert!(entries[0].effects.is_empty() && entries[0].case.is_none());
    assert!(has(&messages(&stage), spam));
    running.stop().await;
}

/// Has the owner use a command, with sub-commands by their path.
async fn owner_asks(stage: &Stage, command: &str, options: &[(&str, Value)]) -> Outcome {
    stage.ask(stage.owner, command, options).await
}

fn timed_out(stage: &Stage, user: Snowflake) -> bool {
    let member = stage.control().member_view(stage.guild, user).unwrap();
    !member["communication_disabled_until"].is_null()
}

/// Waits until something in the simulated Discord is as it should be.
async fn soon(is: impl Fn() -> bool + Send + Sync) {
    let seen = async {
        while !is() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, seen).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_times_a_member_out_and_takes_it_back() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    rules(&stage, &running, json!([])).await;
    let ada = json!(stage.ada.to_string());
    let given = [
        ("user", ada.clone()),
        ("duration", json!("10m")),
        ("reason", json!("shouting")),
    ];
    let done = owner_asks(&stage, "timeout", &given).await;
    assert!(done.ephemeral, "{done:?}");
    soon(|| timed_out(&stage, stage.ada)).await;
    let seen = until(&stage, |messages| card(messages).is_some()).await;
    assert!(card(&seen).unwrap().to_string().contains("shouting"));
    let log = stage.control().audit_log(stage.guild, 5).unwrap();
    assert!(
        log.iter()
            .any(|entry| entry.to_string().contains("shouting")),
        "{log:?}"
    );

    owner_asks(&stage, "case undo", &[("number", json!(1))]).await;
    soon(|| !timed_out(&stage, stage.ada)).await;
    // Who is timed out can use no command; afterwards they can ask.
    let why = stage.ask(stage.ada, "why", &[("case", json!(1))]).await;
    assert!(text(&why).contains("shouting"), "{why:?}");

    for (duration, words) in [("soon", "10m"), ("40d", "28")] {
        let given = [("user", ada.clone()), ("duration", json!(duration))];
        let refused = owner_asks(&stage, "timeout", &given).await;
        assert!(
            refused.ephemeral && text(&refused).contains(words),
            "{refused:?}"
        );
    }
    let oneself = [
        ("user", json!(stage.owner.to_string())),
        ("duration", json!("10m")),
    ];
    let refused = owner_asks(&stage, "timeout", &oneself).await;
    assert!(
        refused.ephemeral && !timed_out(&stage, stage.owner),
        "{refused:?}"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_messages_of_one_member_are_taken_away() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let kept = say(&stage, stage.bob, "kept");
    let gone: Vec<Snowflake> = (0..3).map(|_| say(&stage, stage.ada, "noise")).collect();
    let given = [("count", json!(3)), ("user", json!(stage.ada.to_string()))];
    let done = owner_asks(&stage, "purge", &given).await;
    assert!(done.ephemeral, "{done:?}");
    let seen = until(&stage, |messages| gone.iter().all(|id| !has(messages, *id))).await;
    assert!(has(&seen, kept));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_switch_off_nothing_is_enforced_and_an_edit_is_judged_like_a_message() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    rules(&stage, &running, no_spam()).await;
    let tested = owner_asks(&stage, "automod test", &[("text", json!("cheap coins"))]).await;
    assert!(
        tested.ephemeral && text(&tested).contains("No spam"),
        "{tested:?}"
    );
    owner_asks(&stage, "automod off", &[]).await;
    let spared = say(&stage, stage.ada, "cheap coins");
    // What a member does is handled in order: once this is answered, the message was judged.
    stage.ask(stage.ada, "balance", &[]).await;
    owner_asks(&stage, "automod on", &[]).await;
    let edited = say(&stage, stage.ada, "hello");
    let target = Target {
        channel: stage.channel,
        message: edited,
        user: stage.ada,
    };
    stage
        .control()
        .rewrite(target, "cheap coins".to_owned())
        .unwrap();
    let seen = until(&stage, |messages| !has(messages, edited)).await;
    assert!(
        has(&seen, spared),
        "what was written while the switch was off stays"
    );
    running.stop().await;
}
