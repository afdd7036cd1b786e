//! Floods are counted by when messages were written, and dealt with also where the database was away.

use std::sync::Arc;

use chat::{Effect, IncomingMessage};
use kernel::{ChannelId, Clock, MessageId, Span, Timestamp, UserId};
use serde_json::json;
use store::{Database, DbError, Driver, Engine, Work};

use super::scene::Scene;
use crate::{
    Core,
    flows::moderate::{Moderated, moderate},
    surroundings::Surroundings,
};

/// A database that is away.
#[derive(Debug)]
struct Away;

impl Away {
    fn refused(work: Box<dyn Work>) {
        let doing = work.label().to_owned();
        work.settle(Err(DbError::Unavailable {
            doing,
            reason: "it is away".to_owned(),
        }));
    }
}

impl Driver for Away {
    fn engine(&self) -> Engine {
        Engine::Libsql
    }

    fn write(&self, work: Box<dyn Work>) {
        Self::refused(work);
    }

    fn read(&self, work: Box<dyn Work>) {
        Self::refused(work);
    }

    fn close(&self) {}
}

/// A server in which five messages in five seconds are removed.
async fn guarded() -> Scene {
    let scene = Scene::begin().await;
    let rule = json!({
        "id": "f", "mode": "act",
        "trigger": {"kind": "flood", "messages": 5, "seconds": 5},
        "actions": [{"kind": "delete"}],
    });
    let document = json!({"moderation": {"enabled": true, "rules": [rule]}});
    scene.configure(document).await;
    scene
}

/// The id that Discord gives to the message that was written at this moment.
fn id_at(at: Timestamp) -> MessageId {
    const DISCORD_BEGAN_MILLIS: i64 = 1_420_070_400_000;
    let millis = u64::try_from(at.millis() - DISCORD_BEGAN_MILLIS).unwrap();
    MessageId::new(millis << 22).unwrap()
}

fn channel(number: u64) -> ChannelId {
    ChannelId::new(number).unwrap()
}

/// A member's message in this channel.
fn written(at: Timestamp, place: u64) -> IncomingMessage {
    IncomingMessage::said(
        id_at(at),
        kernel::Id::new(5).unwrap(),
        Scene::guild(),
        channel(place),
        UserId::new(10).unwrap(),
        "hello",
    )
}

/// Five messages, one in each channel, the last of them `pause` ago, and as far from one another.
fn five(scene: &Scene, pause: Span) -> Vec<IncomingMessage> {
    let mut at = scene.clock.now();
    let mut messages = Vec::new();
    for place in (1..=5).rev() {
        at = at.before(pause);
        messages.push(written(at, place));
    }
    messages.reverse();
    messages
}

async fn moderated(
    scene: &Scene,
    core: &Core,
    message: &IncomingMessage,
) -> Result<Moderated, DbError> {
    let guild = Scene::guild();
    let around = Surroundings::of(scene.core(), guild).await.unwrap();
    moderate(core, guild, message, &around).await
}

/// Which messages are to be removed, and where.
fn removed(moderated: &Moderated) -> Vec<(ChannelId, Vec<MessageId>)> {
    let effects = moderated.owing.iter();
    let deletes = effects.filter_map(|owing| match &owing.effect {
        Effect::Delete(delete) => Some((delete.channel, delete.messages.clone())),
        _ => None,
    });
    let mut deletes: Vec<_> = deletes.collect();
    deletes.sort();
    deletes
}

/// Regression: after a broken connection Discord sends the messages of a minute at once, and whoever had written five
/// of them was taken for a flood.
#[tokio::test]
async fn messages_that_come_late_and_all_at_once_are_no_flood() {
    let scene = guarded().await;
    for message in five(&scene, Span::seconds(12)) {
        let moderated = moderated(&scene, scene.core(), &message).await.unwrap();
        assert!(!moderated.stopped, "{message:?}");
    }
    scene.end().await;
}

#[tokio::test]
async fn a_flood_that_comes_late_is_one() {
    let scene = guarded().await;
    let messages = five(&scene, Span::millis(500));
    scene.clock.advance(Span::minutes(5));
    let mut stopped = Vec::new();
    for message in &messages {
        let moderated = moderated(&scene, scene.core(), message).await.unwrap();
        stopped.push(moderated.stopped);
    }
    assert_eq!(stopped, [false, false, false, false, true]);
    scene.end().await;
}

/// Nothing counts as written in the time to come: clocks differ.
#[tokio::test]
async fn messages_of_a_clock_that_is_ahead_count_as_written_now() {
    let scene = guarded().await;
    let mut stopped = Vec::new();
    for message in five(&scene, Span::seconds(12)) {
        let ahead = IncomingMessage {
            id: id_at(message.id.made_at() + Span::hours(1)),
            ..message
        };
        let moderated = moderated(&scene, scene.core(), &ahead).await.unwrap();
        stopped.push(moderated.stopped);
    }
    assert_eq!(stopped, [false, false, false, false, true]);
    scene.end().await;
}

/// Regression: the message was counted, its decision was not kept, and when it came again it was known and made no
/// flood.
#[tokio::test]
async fn a_flood_that_the_database_did_not_take_is_dealt_with_once_it_is_back() {
    let scene = guarded().await;
    let mut away: Core = scene.core().clone();
    away.database = Database::new(Arc::new(Away));
    let messages = five(&scene, Span::millis(500));
    let (last, first) = messages.split_last().unwrap();
    for message in first {
        let moderated = moderated(&scene, scene.core(), message).await.unwrap();
        assert!(!moderated.stopped);
    }
    for _ in 0..2 {
        let failed = moderated(&scene, &away, last).await;
        assert!(
            matches!(failed, Err(DbError::Unavailable { .. })),
            "{failed:?}"
        );
    }
    let done = moderated(&scene, scene.core(), last).await.unwrap();
    assert!(done.stopped);
    let places = messages.iter().map(|one| (one.channel, vec![one.id]));
    let mut places: Vec<_> = places.collect();
    places.sort();
    assert_eq!(removed(&done), places);
    // Once more it is known, goes away all the same, and nothing more is owed.
    let again = moderated(&scene, scene.core(), last).await.unwrap();
    assert!(again.stopped && again.owing.is_empty(), "{again:?}");
    scene.end().await;
}
