//! Sessions: taken up again after a drop and over a restart, with nothing lost and no IDENTIFY spent.

use std::collections::BTreeSet;

use chat::{Incoming, Reply};
use discord::{BotState, Health, StartError};
use sim::{GatewayOrder, Invoke, MakeApplication, SimConfig, Until};
use store::{DbError, Statement, Tx};

use super::stage::{Running, SOON, Stage};

async fn texts(running: &Running, wanted: &BTreeSet<String>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    while !wanted.is_subset(&seen) {
        seen.insert(running.message().await.0.text);
    }
    seen
}

#[tokio::test]
async fn after_a_drop_the_session_goes_on_and_no_event_is_lost() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let mut wanted = BTreeSet::new();
    for round in 0..3 {
        for number in 0..10 {
            let text = format!("message {round} {number}");
            stage.say(&text);
            wanted.insert(text);
            if number == 4 {
                stage.control().gateway(None, GatewayOrder::Drop).unwrap();
            }
        }
        texts(
            &running,
            &wanted
                .iter()
                .filter(|text| text.starts_with(&format!("message {round}")))
                .cloned()
                .collect(),
        )
        .await;
    }
    let counts = stage.counts();
    assert_eq!(counts.identify, 1, "{counts:?}");
    assert!(counts.resumed >= 1, "{counts:?}");
}

#[tokio::test]
async fn a_restart_takes_the_session_up_and_replays_what_was_unfinished() {
    let stage = Stage::set().await;
    let first = stage.live().await;
    stage.say("finished");
    let (_, finished) = first.message().await;
    drop(finished);
    stage.say("unfinished");
    let (message, held) = first.message().await;
    assert_eq!(message.text, "unfinished");
    stage.say("after it");
    drop(first.message().await);
    first.discord.shutdown().await;
    drop(held);
    stage.say("while away");
    let second = stage.live().await;
    let wanted = ["unfinished", "after it", "while away"].map(str::to_owned);
    let seen = texts(&second, &BTreeSet::from(wanted)).await;
    assert!(!seen.contains("finished"), "{seen:?}");
    let counts = stage.counts();
    assert_eq!((counts.identify, counts.resume), (1, 1), "{counts:?}");
    assert_eq!(counts.closed_by_client.get(&4_000), Some(&1), "{counts:?}");
}

/// Regression: after a restart that resumed its session no guild was known, and REST and dashboard found nothing.
#[tokio::test]
async fn a_restart_that_resumes_is_told_of_the_guilds_again() {
    let stage = Stage::set().await;
    let first = stage.live().await;
    stage.say("so that something is stored");
    drop(first.message().await);
    first.discord.shutdown().await;
    let second = stage.live().await;
    assert_eq!(stage.counts().identify, 1);
    let met = async {
        loop {
            // The list comes first, then how many members each has.
            if let (Incoming::GuildAvailable(guild), _) = second.next().await
                && guild.members > 0
            {
                return guild;
            }
        }
    };
    let met = tokio::time::timeout(SOON, met).await.unwrap();
    assert_eq!(met.guild.to_string(), stage.guild.to_string());
    assert_eq!(met.name, "Hall");
}

#[tokio::test]
async fn g3_a_new_session_is_stored_before_the_bot_is_live() {
    const SESSIONS: Statement =
        Statement::new("test.sessions", "SELECT COUNT(*) FROM discord_sessions");
    let stage = Stage::set().await;
    let _running = stage.live().await;
    let count = |tx: &mut Tx<'_>| tx.row(&SESSIONS, &[])?.expect("a count").int(0);
    let stored: Result<i64, DbError> = stage.db.database().read("sessions", count).await;
    assert_eq!(stored, Ok(1), "a process that dies now could not resume");
}

#[tokio::test]
async fn an_answer_owed_at_a_restart_is_edited_into_its_deferral() {
    let stage = Stage::set().await;
    let first = stage.live().await;
    let asked = stage.invoke("daily");
    let (invocation, finished) = first.invocation().await;
    assert!(stage.outcome(asked, Until::Answered).await.deferred);
    drop(finished);
    first.discord.shutdown().await;
    let second = stage.live().await;
    second
        .says(&invocation, Reply::public("100 coins"))
        .await
        .unwrap();
    second
        .says(&invocation, Reply::public("100 coins"))
        .await
        .unwrap();
    let seen = stage.outcome(asked, Until::Settled).await;
    assert_eq!(seen.message.unwrap()["content"], "100 coins");
    assert_eq!(seen.followups.len(), 0);
}

#[tokio::test]
async fn a_session_that_discord_gives_up_is_started_anew() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    stage
        .control()
        .gateway(None, GatewayOrder::InvalidSession { resumable: false })
        .unwrap();
    running.until(|bot| bot.state != BotState::Live).await;
    running.until(|bot| bot.state == BotState::Live).await;
    stage.say("still here");
    assert_eq!(running.message().await.0.text, "still here");
    assert_eq!(stage.counts().identify, 2);
}

#[tokio::test]
async fn reconnects_and_resumable_refusals_spend_no_identify() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    for order in [
        GatewayOrder::Reconnect,
        GatewayOrder::InvalidSession { resumable: true },
        GatewayOrder::Close { code: 4_000 },
    ] {
        stage.control().gateway(None, order).unwrap();
        running.until(|bot| bot.state != BotState::Live).await;
        running.until(|bot| bot.state == BotState::Live).await;
    }
    assert_eq!(stage.counts().identify, 1);
    assert_eq!(stage.counts().resumed, 3);
}

#[tokio::test]
async fn a_connection_that_answers_no_heartbeat_is_left_and_the_session_kept() {
    let config = SimConfig {
        heartbeat_interval_ms: 400,
        ..SimConfig::default()
    };
    let stage = Stage::set_with(config, MakeApplication::default()).await;
    let running = stage.live().await;
    stage
        .control()
        .gateway(None, GatewayOrder::HalfOpen)
        .unwrap();
    running.until(|bot| bot.state != BotState::Live).await;
    running.until(|bot| bot.state == BotState::Live).await;
    assert_eq!(stage.counts().identify, 1);
}

#[tokio::test]
async fn commands_are_replaced_only_when_they_changed() {
    let stage = Stage::set().await;
    stage.live().await.discord.shutdown().await;
    stage.live().await.discord.shutdown().await;
    let requests = stage.control().requests(0, 1_000);
    let replaced = requests.iter().filter(|entry| entry.method == "PUT");
    assert_eq!(replaced.count(), 1);
}

#[tokio::test]
async fn a_wrong_token_is_told_at_the_start() {
    let stage = Stage::set().await;
    let refused = stage.start_with("MTIz.wrong.token", 10).await;
    assert!(matches!(
        refused.err(),
        Some(StartError::TokenRefused { bot: 0 })
    ));
}

#[tokio::test]
async fn several_bots_run_side_by_side_and_one_that_fails_leaves_the_others_alone() {
    let stage = Stage::set().await;
    let other = |name: &str| {
        let make = MakeApplication {
            name: name.to_owned(),
            ..MakeApplication::default()
        };
        let made = stage.control().application(make).unwrap();
        stage.control().install(stage.guild, made.id, 8).unwrap();
        made
    };
    let (second, third) = (other("Second"), other("Third"));
    let tokens = [stage.bot.token.as_str(), &second.token, &third.token];
    let running = stage.start_all(&tokens, 1_000).await.unwrap();
    let all_live = |health: &Health| {
        health
            .bots
            .iter()
            .all(|bot| bot.state == BotState::Live && bot.commands_registered)
    };
    let mut health = running.discord.health();
    tokio::time::timeout(SOON, health.wait_for(all_live))
        .await
        .unwrap()
        .unwrap();
    stage
        .control()
        .gateway(Some(second.id), GatewayOrder::Close { code: 4_004 })
        .unwrap();
    let failed = |health: &Health| matches!(health.bots[1].state, BotState::Failed { .. });
    tokio::time::timeout(SOON, health.wait_for(failed))
        .await
        .unwrap()
        .unwrap();
    for bot in [stage.bot.id, third.id] {
        let invoke = Invoke {
            channel: stage.channel,
            user: stage.member,
            command: "daily".to_owned(),
            application: Some(bot),
            ..Invoke::default()
        };
        let asked = stage.control().invoke(&invoke).unwrap();
        let (invocation, _finished) = running.invocation().await;
        assert_eq!(invocation.application.to_string(), bot.to_string());
        running
            .says(&invocation, Reply::public("100 coins"))
            .await
            .unwrap();
        assert!(!stage.outcome(asked, Until::Settled).await.failed);
    }
}

#[tokio::test]
async fn a_shutdown_takes_less_than_five_seconds_whatever_is_under_way() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    stage.invoke("daily");
    let (_, _held) = running.invocation().await;
    stage
        .control()
        .gateway(None, GatewayOrder::HalfOpen)
        .unwrap();
    let over = tokio::time::timeout(SOON / 4, running.discord.shutdown()).await;
    assert!(over.is_ok());
}
