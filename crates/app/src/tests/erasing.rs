//! What is erased has left the disk, and not only the tables.

use std::{collections::BTreeSet, time::Duration};

use chat::Invoked;
use kernel::{Clock, IdSource, MessageId, Op, Stopwatch, UserId};
use serde_json::json;
use store::{DbError, Tx};
use testkit::{db, ops::member_op, traces::Traces};

use super::{
    migrations,
    scene::{Courier, Scene},
};

/// Longer than it takes on a busy machine.
const SOON: Duration = Duration::from_secs(60);
const ADA: u64 = 10;
const BOB: u64 = 11;

fn traces(words: &[(&str, &str)]) -> Traces {
    let mut traces = Traces::default();
    for (name, text) in words {
        traces.add(name, text);
    }
    traces
}

/// What Ada said, wherever it is kept.
fn of_ada() -> Traces {
    traces(&[
        ("message", "quetzal feathers"),
        ("turn", "marmalade sandwiches"),
        ("fact", "cinnamon porcupine"),
        ("fact's words in the index", "porcupine"),
        ("note", "rhubarb orchestra"),
    ])
}

fn plain(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| format!("{name} (plain)")).collect()
}

fn remember(tx: &mut Tx<'_>, op: &Op, ids: &dyn IdSource, words: &str) -> Result<(), DbError> {
    let (settings, privacy) = (memory::Settings::default(), memory::Privacy::default());
    let user = op.member().expect("a member acts");
    let place = memory::Place {
        channel: kernel::Id::new(6).unwrap(),
        scope: memory::Scope::Guild,
    };
    let turn = memory::NewTurn {
        message: MessageId::new(900 + user.get()).unwrap(),
        place,
        speaker: memory::Speaker::Member,
        user,
        name: "somebody".to_owned(),
        text: format!("I like {words} sandwiches"),
    };
    memory::say(tx, op, &settings, &privacy, &turn)?;
    let lesson = memory::Lesson {
        teacher: user,
        teacher_name: "somebody".to_owned(),
        others: Vec::new(),
        place,
        source: None,
        origin: memory::Origin::Added,
        facts: vec![memory::NewFact::added(match user.get() {
            ADA => "My pet is a cinnamon porcupine",
            _ => "My pet is a vanilla hedgehog",
        })],
    };
    memory::learn(tx, op, ids, &settings, &privacy, &lesson).map(drop)
}

/// Both members say things that are remembered, and Bob notes something about Ada.
async fn plant(scene: &Scene) {
    let (ids, now) = (scene.ids.clone(), scene.clock.now());
    let op = move |user: u64, event: u64| {
        member_op(Scene::guild(), UserId::new(user).unwrap(), event, now)
    };
    let plant = move |tx: &mut Tx<'_>| {
        remember(tx, &op(ADA, 1), ids.as_ref(), "marmalade")?;
        remember(tx, &op(BOB, 2), ids.as_ref(), "gooseberry")?;
        moderation::case_note(tx, &op(BOB, 3), ids.as_ref(), 1, "rhubarb orchestra")
            .map(drop)
            .map_err(|error| panic!("{error}"))
    };
    let planted: Result<(), DbError> = scene.database().write("plant", plant).await;
    planted.unwrap();
}

async fn erased_words_leave_the_disk(db: db::TestDb) {
    let scene = Scene::begin_on(db, Courier::well());
    scene
        .configure(json!({"moderation": {"rules": [{
            "id": "feathers", "name": "No feathers", "enabled": true, "mode": "act",
            "trigger": {"kind": "words", "words": ["quetzal", "toucan"]},
            "actions": [{"kind": "delete"}, {"kind": "warn", "points": 1}]}]}}))
        .await;
    scene.say(801, ADA, "I sell quetzal feathers").await;
    scene.say(802, BOB, "I sell toucan feathers").await;
    plant(&scene).await;
    let names = [
        "message",
        "turn",
        "fact",
        "fact's words in the index",
        "note",
    ];
    assert_eq!(scene.traces(&of_ada()), plain(&names), "before");

    let press = Invoked::Button {
        custom_id: "memory:erase:confirm".to_owned(),
        message: MessageId::new(77).unwrap(),
    };
    scene.ask(900_001, ADA, press).await;
    // The job that follows runs within a second or two.
    let watch = Stopwatch::start();
    loop {
        let left = scene.traces(&of_ada());
        if left.is_empty() {
            break;
        }
        assert!(watch.elapsed() < SOON, "afterwards there is still {left:?}");
        tokio::task::yield_now().await;
    }
    scene.end().await;
    let of_bob = traces(&[
        ("message", "toucan feathers"),
        ("turn", "gooseberry sandwiches"),
        ("fact", "vanilla hedgehog"),
    ]);
    let names = ["message", "turn", "fact"];
    assert_eq!(scene.traces(&of_bob), plain(&names), "others' words stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_words_leave_the_files_of_the_embedded_database() {
    erased_words_leave_the_disk(db::fresh_libsql(&migrations())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_words_leave_the_files_of_postgresql() {
    let fresh = tokio::task::spawn_blocking(|| db::fresh_postgres(&migrations()));
    erased_words_leave_the_disk(fresh.await.unwrap()).await;
}
