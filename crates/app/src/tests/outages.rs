//! What is owed while Discord is away, for minutes and for longer than a day.

use chat::{Ban, Effect};
use kernel::{Clock, Span, UserId};
use store::{
    Tx,
    letters::{Letter, LetterState, Queue, letter_again, letter_list},
    owed,
};

use super::scene::{Courier, Mood, Scene, command};

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

/// What waited for a process is tried however late it is.
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
