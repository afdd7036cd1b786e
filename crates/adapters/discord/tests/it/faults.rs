//! What the network and Discord do at their worst.

use std::{collections::BTreeSet, time::Duration};

use chat::{Delivered, Effect, Reply};
use discord::BotState;
use kernel::{ChannelId, Stopwatch};
use sim::{
    Disturbance, FaultRule, GatewayOrder, Greeting, MakeApplication, RestFault, SimConfig, Until,
};

use super::stage::Stage;

pub(crate) fn rule(
    method: &str,
    route: &str,
    times: u32,
    fault: RestFault,
    effect: sim::Effect,
) -> FaultRule {
    FaultRule {
        method: Some(method.to_owned()),
        route: Some(route.to_owned()),
        times,
        fault,
        effect,
    }
}

fn post(stage: &Stage, text: &str, nonce: &str) -> Effect {
    Effect::Post {
        channel: stage.channel.to_string().parse::<ChannelId>().unwrap(),
        reply: Reply::public(text),
        reply_to: None,
        nonce: nonce.to_owned(),
    }
}

#[tokio::test]
async fn a_429_is_obeyed_with_a_scope_and_without() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    for (number, scope) in [None, Some("user"), Some("global"), Some("shared")]
        .into_iter()
        .enumerate()
    {
        let fault = RestFault::RateLimited {
            retry_after_ms: 400,
            global: scope == Some("global"),
            scope: scope.map(str::to_owned),
        };
        let before = stage.control().request_count();
        let rule = rule("POST", "/channels", 1, fault, sim::Effect::Lost);
        stage.control().rest_fault(rule).unwrap();
        let watch = Stopwatch::start();
        let text = format!("after {number}");
        running
            .discord
            .courier()
            .deliver(&post(&stage, &text, &text))
            .await
            .unwrap();
        assert!(watch.elapsed() >= Duration::from_millis(400), "{scope:?}");
        assert_eq!(stage.control().request_count() - before, 2, "{scope:?}");
    }
}

#[tokio::test]
async fn many_posts_at_once_are_never_refused() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let courier = running.discord.courier();
    let texts: Vec<Effect> = (0..8)
        .map(|n| post(&stage, &format!("{n}"), &format!("n{n}")))
        .collect();
    let posts = texts.iter().map(|effect| courier.deliver(effect));
    let delivered = futures_util::future::join_all(posts).await;
    assert!(delivered.iter().all(Result::is_ok), "{delivered:?}");
    let requests = stage.control().requests(0, 1_000);
    assert!(requests.iter().all(|entry| entry.status != 429));
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_is_sent_again_and_stands_there_once() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let rule = rule("POST", "/channels", 1, RestFault::Broken, sim::Effect::Done);
    stage.control().rest_fault(rule).unwrap();
    running
        .discord
        .courier()
        .deliver(&post(&stage, "once", "n1"))
        .await
        .unwrap();
    let seen = stage
        .control()
        .view(stage.channel, stage.member, 50)
        .unwrap();
    assert_eq!(
        seen.iter()
            .filter(|message| message["content"] == "once")
            .count(),
        1
    );
}

#[tokio::test]
async fn callbacks_that_fail_are_repeated_inside_the_three_seconds_and_answered_once() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    for (fault, effect) in [
        (RestFault::Html { status: 502 }, sim::Effect::Lost),
        (RestFault::Status { status: 500 }, sim::Effect::Lost),
        (RestFault::Broken, sim::Effect::Lost),
        (RestFault::Html { status: 200 }, sim::Effect::Done),
        (RestFault::Broken, sim::Effect::Done),
    ] {
        let asked = stage.invoke("daily");
        let (invocation, _finished) = running.invocation().await;
        let told = format!("{fault:?} {effect:?}");
        stage
            .control()
            .rest_fault(rule("POST", "/interactions", 1, fault, effect))
            .unwrap();
        running
            .says(&invocation, Reply::public("100 coins"))
            .await
            .unwrap();
        let seen = stage.outcome(asked, Until::Settled).await;
        assert!(!seen.failed, "{told}");
        assert_eq!(seen.message.unwrap()["content"], "100 coins", "{told}");
        assert_eq!(seen.followups.len(), 0, "{told}");
    }
}

#[tokio::test]
async fn an_interaction_that_discord_voided_is_followed_in_the_channel() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    // Every callback is lost until the three seconds are over.
    let rule = rule(
        "POST",
        "/interactions",
        100,
        RestFault::Status { status: 503 },
        sim::Effect::Lost,
    );
    stage.control().rest_fault(rule).unwrap();
    let asked = stage.invoke("daily");
    let (invocation, _finished) = running.invocation().await;
    assert!(stage.outcome(asked, Until::Answered).await.failed);
    stage.control().rest_calm();
    let delivered = running
        .says(&invocation, Reply::public("100 coins"))
        .await
        .unwrap();
    assert!(
        matches!(delivered, Delivered::Followed { message: Some(_) }),
        "{delivered:?}"
    );
    let seen = stage
        .control()
        .view(stage.channel, stage.member, 50)
        .unwrap();
    assert_eq!(
        seen.iter()
            .filter(|message| message["content"] == "100 coins")
            .count(),
        1
    );
}

#[tokio::test]
async fn garbage_and_huge_frames_cost_neither_the_session_nor_the_process() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let before = stage
        .control()
        .gateway(None, GatewayOrder::Garbage { bytes: 1_000 })
        .unwrap();
    assert_eq!(before, 1);
    running.until(|bot| bot.state != BotState::Live).await;
    running.until(|bot| bot.state == BotState::Live).await;
    stage
        .control()
        .gateway(None, GatewayOrder::Huge { bytes: 100 << 20 })
        .unwrap();
    running
        .until(|bot| bot.events_undecodable >= 1 || bot.state != BotState::Live)
        .await;
    running.until(|bot| bot.state == BotState::Live).await;
    stage.say("still here");
    assert_eq!(running.message().await.0.text, "still here");
    assert_eq!(stage.counts().identify, 1);
}

#[tokio::test]
async fn intents_that_discord_refuses_are_given_up_and_the_bot_works_without() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    stage.control().application_flags(stage.bot.id, 0).unwrap();
    stage
        .control()
        .gateway(None, GatewayOrder::InvalidSession { resumable: false })
        .unwrap();
    let bot = running.until(|bot| matches!(&bot.state, BotState::Degraded { reason } if reason.contains("Message Content Intent") && !reason.contains("gateway"))).await;
    assert!(bot.was_ready);
    let asked = stage.invoke("daily");
    let (invocation, _finished) = running.invocation().await;
    running
        .says(&invocation, Reply::public("100 coins"))
        .await
        .unwrap();
    assert!(!stage.outcome(asked, Until::Settled).await.failed);
    assert_eq!(stage.closed_with(4_014), 1);
}

#[tokio::test]
async fn an_application_without_privileged_intents_never_asks_for_them() {
    let make = MakeApplication {
        flags: Some(0),
        ..MakeApplication::default()
    };
    let stage = Stage::set_with(SimConfig::default(), make).await;
    let running = stage.start().await.unwrap();
    running.until(|bot| bot.was_ready).await;
    assert_eq!(stage.closed_with(4_014), 0);
}

#[tokio::test]
async fn a_fatal_close_stops_the_bot_with_a_reason_and_no_further_dial() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    stage
        .control()
        .gateway(None, GatewayOrder::Close { code: 4_004 })
        .unwrap();
    let bot = running
        .until(|bot| matches!(bot.state, BotState::Failed { .. }))
        .await;
    let BotState::Failed { reason } = bot.state else {
        panic!("{bot:?}")
    };
    assert!(
        reason.contains("token") && reason.contains("4004"),
        "{reason}"
    );
    assert_eq!((stage.counts().identify, stage.counts().resume), (1, 0));
}

#[tokio::test]
async fn greetings_gone_wrong_are_dialled_again_with_pauses_until_one_is_right() {
    let stage = Stage::set().await;
    stage
        .control()
        .greet_next(Greeting::CloseAfterHello { code: 4_000 }, 2)
        .unwrap();
    stage.control().greet_next(Greeting::Drop, 1).unwrap();
    stage.control().greet_next(Greeting::Refuse, 1).unwrap();
    let watch = Stopwatch::start();
    stage.live().await;
    assert!(
        watch.elapsed() >= Duration::from_millis(1_500),
        "{:?}",
        watch.elapsed()
    );
    let connects = stage.control().gateway_entries(0, 1_000);
    let connects = connects
        .iter()
        .filter(|entry| entry.what == "CONNECT")
        .count();
    assert!(connects <= 5, "{connects}");
}

#[tokio::test]
async fn under_duplicates_disorder_and_drops_each_command_is_answered_once_and_no_identify_is_spent()
 {
    const COMMANDS: usize = 60;
    let stage = Stage::set().await;
    let running = stage.live().await;
    let disturbance = Disturbance {
        duplicates: 1,
        reorder_window: 4,
        latency_ms: 5,
    };
    stage.control().disturb(disturbance).unwrap();
    let orders = [
        GatewayOrder::Drop,
        GatewayOrder::Reconnect,
        GatewayOrder::InvalidSession { resumable: true },
        GatewayOrder::Garbage { bytes: 500 },
        GatewayOrder::Close { code: 4_000 },
    ];
    let mut asked = Vec::new();
    for round in 0..COMMANDS / 6 {
        let wanted: BTreeSet<String> = (0..6)
            .map(|number| {
                if number == 3 {
                    stage
                        .control()
                        .gateway(None, orders[round % orders.len()])
                        .unwrap();
                }
                let interaction = stage.invoke("daily");
                asked.push(interaction);
                interaction.to_string()
            })
            .collect();
        let mut seen = BTreeSet::new();
        while !wanted.is_subset(&seen) {
            let (invocation, _finished) = running.invocation().await;
            let reply = Reply::public(format!("answer to {}", invocation.id));
            running.says(&invocation, reply).await.unwrap();
            seen.insert(invocation.id.to_string());
        }
    }
    for interaction in asked {
        let outcome = stage.outcome(interaction, Until::Settled).await;
        assert!(!outcome.failed, "{outcome:?}");
        assert_eq!(
            outcome.message.unwrap()["content"],
            format!("answer to {interaction}")
        );
        assert_eq!(outcome.followups.len(), 0);
    }
    let counts = stage.counts();
    assert_eq!(counts.identify, 1, "{counts:?}");
    assert!(counts.resumed >= 5, "{counts:?}");
}
