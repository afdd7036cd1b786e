//! The application against a real database, with the network's end of the courier kept in the test.

mod allowed;
mod dashboard;
mod erasing;
mod estate;
mod floods;
mod outages;
mod own_key;
mod people;
mod personas;
mod probing;
mod scene;
mod sealed;

use chat::{AnswerContent, Effect, Invoked, OptionValue, Visibility};
use kernel::{Clock, Span, UserId};
use scene::{Courier, Scene, command, given};
use store::{Migrations, Tx, owed};

fn migrations() -> Migrations {
    Migrations::part(crate::MIGRATIONS)
}

fn text_of(effect: &Effect) -> String {
    match effect {
        Effect::Answer(answer) => match &answer.content {
            AnswerContent::Reply(reply) | AnswerContent::Update(reply) => {
                let embed = reply.embed.as_ref();
                let title = embed.map(|embed| embed.title.clone()).unwrap_or_default();
                format!("{:?}: {title}{}", reply.visibility, reply.text)
            }
            other => format!("{other:?}"),
        },
        Effect::Post { .. } => "a post".to_owned(),
        other => other.kind().to_owned(),
    }
}

#[tokio::test]
async fn a2_a_reply_leaves_after_the_commit_and_is_then_owed_no_more() {
    let scene = Scene::begin().await;
    scene.ask(1, 10, command("daily")).await;
    let sent = scene.courier.next().await;
    assert!(text_of(&sent).contains("100"), "{sent:?}");
    scene.end().await;
    assert_eq!(scene.counts().await, owed::OwedCounts::default());
}

#[tokio::test]
async fn a2_what_a_dead_process_owed_is_sent_by_the_next() {
    let scene = Scene::begin_with(Courier::dead()).await;
    scene.ask(1, 10, command("daily")).await;
    scene.wait_until_owed(1).await;
    scene.clock.advance(Span::seconds(3));
    let next = scene.restart().await;
    let sent = next.courier.next().await;
    assert!(text_of(&sent).contains("100"), "{sent:?}");
    next.end().await;
    assert_eq!(next.counts().await.owed, 0);
}

// S4: the event's mark and what it owes outlive the process that decided it.
#[tokio::test]
async fn a3_an_interaction_delivered_twice_has_one_effect_and_one_answer() {
    let scene = Scene::begin().await;
    scene.ask(1, 10, command("daily")).await;
    scene.courier.next().await;
    scene.ask(1, 10, command("daily")).await;
    scene.ask(2, 10, command("daily")).await;
    let second = scene.courier.next().await;
    assert!(
        text_of(&second).starts_with("Private"),
        "the second claim is refused: {second:?}"
    );
    scene.end().await;
    assert_eq!(scene.courier.count(), 2);
    assert_eq!(scene.balance(10).await, 100);
}

// K4: the asker reads words and an id, never the inner text of the failure.
#[tokio::test]
async fn a4_a_panic_ends_its_own_event_with_words_and_the_rest_goes_on() {
    let scene = Scene::begin().await;
    scene.tripwire.arm("daily");
    scene.ask(1, 10, command("daily")).await;
    let told = text_of(&scene.courier.next().await);
    assert!(
        told.starts_with("Private: Something of mine broke"),
        "{told}"
    );
    scene.tripwire.disarm("daily");
    scene.ask(2, 10, command("daily")).await;
    assert!(text_of(&scene.courier.next().await).contains("100"));
    scene.end().await;
    assert_eq!(scene.balance(10).await, 100);
}

// K3: without admission there is no operation, and so no effect.
#[tokio::test]
async fn a1_nobody_is_admitted_late_from_outside_a_guild_or_too_fast() {
    let scene = Scene::begin().await;
    let mut late = scene.invocation(1, 10, command("daily"));
    late.made_at = scene.clock.now().before(Span::seconds(4));
    scene.take_on(late).await;
    let mut outside = scene.invocation(2, 10, command("daily"));
    outside.guild = None;
    scene.take_on(outside).await;
    assert!(text_of(&scene.courier.next().await).contains("in a server only"));
    for id in 3..60 {
        scene.ask(id, 11, command("balance")).await;
    }
    let mut told = Vec::new();
    for _ in 3..60 {
        told.push(text_of(&scene.courier.next().await));
    }
    let refused = told.iter().filter(|text| text.contains("faster")).count();
    assert_eq!(refused, 57 - 40);
    scene.end().await;
    assert_eq!(
        scene.balance(10).await,
        0,
        "what came late was not executed"
    );
}

#[tokio::test]
async fn a5_a_full_lane_takes_nothing_on_and_loses_nothing() {
    let scene = Scene::begin_with(Courier::stuck()).await;
    let taken = (1..=1_000)
        .filter(|id| scene.try_ask(*id, 10, command("balance")))
        .count();
    assert!(
        (256..1_000).contains(&taken),
        "{taken} events were taken on"
    );
}

#[tokio::test]
async fn refusals_are_private_and_leave_no_trace() {
    let scene = Scene::begin().await;
    let pay = given(
        "pay",
        &[
            ("user", OptionValue::User(UserId::new(11).unwrap())),
            ("amount", OptionValue::Integer(5)),
        ],
    );
    scene.ask(1, 10, Invoked::Command(pay)).await;
    let Effect::Answer(answer) = scene.courier.next().await else {
        panic!("an answer was expected")
    };
    let AnswerContent::Reply(reply) = answer.content else {
        panic!("a reply was expected")
    };
    assert_eq!(reply.visibility, Visibility::Private);
    scene.end().await;
    assert_eq!(scene.balance(11).await, 0);
}

#[tokio::test]
async fn every_word_that_is_said_exists() {
    let words = crate::words().unwrap();
    for key in [
        "app-only-in-a-server",
        "app-too-fast",
        "app-not-permitted",
        "app-unknown",
        "app-unavailable",
        "app-broken",
        "store-unavailable",
        "fault-internal",
    ] {
        assert!(words.knows(key), "{key}");
    }
}

#[tokio::test]
async fn recurring_work_is_enqueued_once_for_each_slot() {
    let scene = Scene::begin_with(Courier::dead()).await;
    let (ids, now) = (scene.ids.clone(), scene.clock.now());
    let count = scene
        .database()
        .write("test", move |tx: &mut Tx<'_>| {
            let enqueue = |tx: &mut Tx<'_>| {
                crate::schedule::enqueue(tx, ids.next(), crate::jobs::JobKind::Prune, "7", now)
            };
            let (first, second) = (enqueue(tx)?, enqueue(tx)?);
            Ok::<_, store::DbError>((first, second))
        })
        .await;
    assert_eq!(count, Ok((true, false)));
}

/// Regression: a try was counted whenever the relay saw an answer that was still on its way, or had no place to leave
/// from, so that after an outage answers were given up that nobody had tried to send.
#[tokio::test]
async fn answers_that_wait_to_leave_are_not_given_up() {
    let scene = Scene::begin_with(Courier::stuck()).await;
    for member in 1..=1_100 {
        scene.ask(member, 1_000 + member, command("daily")).await;
    }
    for _ in 0..20 {
        scene.clock.advance(Span::seconds(3));
        scene.relay().await;
    }
    let counts = scene.counts().await;
    assert_eq!((counts.owed, counts.dead), (1_100, 0));
}

#[tokio::test]
async fn a_refusal_undoes_all_that_its_use_case_wrote() {
    let scene = Scene::begin().await;
    scene
        .configure(serde_json::json!({"economy": {"start_balance": 10}}))
        .await;
    let options = [
        ("user", OptionValue::User(UserId::new(11).unwrap())),
        ("amount", OptionValue::Integer(500)),
    ];
    scene
        .ask(1, 10, Invoked::Command(given("pay", &options)))
        .await;
    let refused = scene.courier.next().await;
    assert!(text_of(&refused).starts_with("Private"), "{refused:?}");
    assert_eq!(
        scene.balance(10).await,
        0,
        "the purse that was opened on the way is undone with its start balance"
    );
    scene.ask(2, 10, command("daily")).await;
    scene.courier.next().await;
    assert_eq!(scene.balance(10).await, 110);
    scene.end().await;
}
