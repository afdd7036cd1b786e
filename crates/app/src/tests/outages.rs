//! What is owed while Discord is away, for minutes and for longer than a day, and in which order it leaves.

use chat::{Ban, Effect, Lock, Slowmode, Unban};
use kernel::{Clock, Span, UserId};
use store::{
    Tx,
    letters::{Letter, LetterState, Queue, letter_again, letter_list},
    owed,
};
use testkit::db::{self, TestDb};

use super::{
    migrations,
    scene::{Courier, Mood, Scene, command},
};

fn user() -> UserId {
    UserId::new(11).unwrap()
}

fn ban() -> Effect {
    Effect::Ban(Ban {
        guild: Scene::guild(),
        user: user(),
        delete_message_seconds: 0,
        reason: "rule 1".to_owned(),
    })
}

fn unban() -> Effect {
    Effect::Unban(Unban {
        guild: Scene::guild(),
        user: user(),
        reason: "the case was undone".to_owned(),
    })
}

/// Passes time in steps, each with a look of the relay.
async fn pass(scene: &Scene, steps: u32, each: Span) {
    for _ in 0..steps {
        scene.clock.advance(each);
        scene.relay_and_settle().await;
    }
}

/// What waits or failed for good.
async fn letters(scene: &Scene, state: LetterState) -> Vec<Letter> {
    let list = move |tx: &mut Tx<'_>| letter_list(tx, (Queue::Effects, state), None, 100);
    scene.database().read("test", list).await.unwrap()
}

/// Regression: what was owed was given up after a minute without Discord.
#[tokio::test]
async fn what_is_owed_outlasts_half_an_hour_without_discord() {
    let scene = Scene::begin_with(Courier::of(Mood::Away)).await;
    scene.owe(ban()).await;
    pass(&scene, 180, Span::seconds(10)).await;
    let counts = scene.counts().await;
    assert_eq!((counts.owed, counts.dead), (1, 0));
    let waiting = scene.database().read("test", owed::owed_waiting).await;
    let (_, oldest) = waiting.unwrap();
    let age = scene.clock.now().since(oldest.unwrap());
    assert!(age > Span::seconds(600), "the alert sees {age:?}");
    let tries = letters(&scene, LetterState::Waiting).await[0].attempts;
    assert!((8..=18).contains(&tries), "the pauses grow: {tries} tries");
    scene.courier.turn(Mood::Well);
    pass(&scene, 1, Span::minutes(6)).await;
    assert_eq!(scene.courier.next().await, ban());
    assert_eq!(scene.counts().await, owed::OwedCounts::default());
    scene.end().await;
}

#[tokio::test]
async fn what_is_owed_is_given_up_after_a_day_without_discord_and_can_be_tried_again() {
    let scene = Scene::begin_with(Courier::of(Mood::Away)).await;
    scene.owe(ban()).await;
    pass(&scene, 47, Span::minutes(30)).await;
    assert_eq!(scene.counts().await.owed, 1);
    pass(&scene, 2, Span::minutes(30)).await;
    let dead = letters(&scene, LetterState::Dead).await;
    assert_eq!(dead.len(), 1);
    let error = dead[0].error.clone().unwrap_or_default();
    assert!(error.ends_with("Discord is away"), "{error}");
    let (id, now) = (dead[0].id, scene.clock.now());
    let again = move |tx: &mut Tx<'_>| letter_again(tx, Queue::Effects, id, now);
    assert_eq!(scene.database().write("test", again).await, Ok(true));
    pass(&scene, 10, Span::minutes(1)).await;
    assert_eq!(scene.counts().await.owed, 1, "it has a day again");
    scene.courier.turn(Mood::Well);
    pass(&scene, 1, Span::minutes(6)).await;
    assert_eq!(scene.courier.next().await, ban());
    scene.end().await;
}

/// What waited for its turn, or for a process, is tried however late it is.
#[tokio::test]
async fn what_a_process_owed_that_was_away_for_days_is_tried_before_it_is_given_up() {
    let scene = Scene::begin_with(Courier::dead()).await;
    scene.ask(1, 10, command("daily")).await;
    scene.clock.advance(Span::days(3));
    let next = scene.restart().await;
    next.relay_and_settle().await;
    next.courier.next().await;
    next.end().await;
    assert_eq!(next.counts().await, owed::OwedCounts::default());
}

#[tokio::test]
async fn an_answer_is_given_up_when_its_token_is_over() {
    let scene = Scene::begin_with(Courier::of(Mood::Away)).await;
    scene.ask(1, 10, command("daily")).await;
    scene.settled().await;
    pass(&scene, 14, Span::minutes(1)).await;
    assert_eq!(scene.counts().await.owed, 1);
    pass(&scene, 2, Span::minutes(1)).await;
    let counts = scene.counts().await;
    assert_eq!((counts.owed, counts.dead), (0, 1));
    scene.end().await;
}

/// Regression: a log channel with many cards lost those that had waited for Discord's limits a dozen times.
#[tokio::test]
async fn waiting_for_limits_is_no_try() {
    let scene = Scene::begin_with(Courier::of(Mood::Limited(Span::seconds(5)))).await;
    scene.owe(ban()).await;
    pass(&scene, 40, Span::seconds(8)).await;
    let waiting = letters(&scene, LetterState::Waiting).await;
    let tries: Vec<i64> = waiting.iter().map(|letter| letter.attempts).collect();
    assert_eq!(tries, [0]);
    scene.courier.turn(Mood::Well);
    pass(&scene, 1, Span::seconds(8)).await;
    assert_eq!(scene.courier.next().await, ban());
    scene.end().await;
}

/// Regression: a ban that Discord had not taken yet arrived behind the end of it, and stayed.
async fn a_ban_and_its_end_arrive_in_order(db: TestDb) {
    let scene = Scene::begin_on(db, Courier::of(Mood::AwayForBans));
    scene.owe(ban()).await;
    scene.owe(unban()).await;
    pass(&scene, 5, Span::minutes(1)).await;
    assert_eq!(scene.courier.count(), 0, "the end waits for the ban");
    scene.courier.turn(Mood::Well);
    pass(&scene, 2, Span::minutes(6)).await;
    let arrived = [scene.courier.next().await, scene.courier.next().await];
    assert_eq!(arrived, [ban(), unban()]);
    scene.end().await;
    assert_eq!(scene.counts().await, owed::OwedCounts::default());
}

#[tokio::test]
async fn a_ban_and_its_end_arrive_in_order_from_the_embedded_database() {
    a_ban_and_its_end_arrive_in_order(db::fresh_libsql(&migrations())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_and_its_end_arrive_in_order_from_postgresql() {
    let fresh = tokio::task::spawn_blocking(|| db::fresh_postgres(&migrations()));
    a_ban_and_its_end_arrive_in_order(fresh.await.unwrap()).await;
}

#[tokio::test]
async fn a_ban_and_its_end_that_a_dead_process_owed_arrive_in_order() {
    let scene = Scene::begin_with(Courier::of(Mood::Away)).await;
    scene.owe(ban()).await;
    scene.owe(unban()).await;
    scene.clock.advance(Span::minutes(1));
    let next = scene.restart_with(Courier::of(Mood::AwayForBans)).await;
    next.relay_and_settle().await;
    assert_eq!(next.courier.count(), 0);
    next.courier.turn(Mood::Well);
    pass(&next, 2, Span::minutes(6)).await;
    let arrived = [next.courier.next().await, next.courier.next().await];
    assert_eq!(arrived, [ban(), unban()]);
    next.end().await;
}

/// What failed for good holds nothing up, and neither does what is owed to another target.
#[tokio::test]
async fn only_what_is_owed_to_the_same_target_is_waited_for() {
    let scene = Scene::begin_with(Courier::of(Mood::AwayForBans)).await;
    let channel = kernel::Id::new(6).unwrap();
    let lock = |on| {
        Effect::Lock(Lock {
            guild: Scene::guild(),
            channel,
            on,
            reason: "calm".to_owned(),
        })
    };
    let slow = Effect::Slowmode(Slowmode {
        channel,
        seconds: 5,
        reason: "calm".to_owned(),
    });
    scene.owe(ban()).await;
    let sent = [lock(true), slow, lock(false)];
    for effect in &sent {
        scene.owe(effect.clone()).await;
        assert_eq!(&scene.courier.next().await, effect);
    }
    scene.owe(unban()).await;
    pass(&scene, 49, Span::minutes(30)).await;
    assert_eq!(letters(&scene, LetterState::Dead).await.len(), 1);
    pass(&scene, 1, Span::seconds(3)).await;
    assert_eq!(scene.courier.next().await, unban());
    scene.end().await;
}
