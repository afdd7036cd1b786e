//! Faults have edges: a panic, events delivered twice, and a database that is gone for a while.

use serde_json::{Value, json};
use sim::{Disturbance, Outcome, Snowflake};

use crate::stage::{Stage, is_private, migrations, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_any_handler_ends_that_event_with_words() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    for command in ["daily", "balance", "leaderboard", "timezone"] {
        running.tripwire.arm(command);
        let told = stage.ask(stage.ada, command, &[]).await;
        assert!(
            told.ephemeral && text(&told).contains("Something of mine broke"),
            "{command}: {told:?}"
        );
        let other = if command == "balance" {
            "leaderboard"
        } else {
            "balance"
        };
        let answered = stage.ask(stage.bob, other, &[]).await;
        assert!(
            answered.message.is_some() && !text(&answered).contains("broke"),
            "{other}: {answered:?}"
        );
        running.tripwire.disarm(command);
    }
    let claimed = stage.ask(stage.ada, "daily", &[]).await;
    assert!(text(&claimed).contains("100"), "{claimed:?}");
    running.stop().await;
    stage.check_the_books().await;
}

/// What people do, one path for each part of the product.
const PATHS: [&str; 6] = ["balance", "message", "chat", "memory", "settings", "why"];

/// Goes one of them; panics where it does not end as it should.
async fn walk(stage: &Stage, path: &str) {
    if path == "message" {
        let said = stage.say(stage.bob, "this is contraband");
        let gone = |messages: &[Value]| {
            let stands = messages
                .iter()
                .any(|message| message["id"] == said.to_string());
            (!stands).then_some(())
        };
        return stage.until(gone).await;
    }
    let told = tread(stage, path).await;
    assert!(
        !told.failed && !text(&told).contains("broke"),
        "{path}: {told:?}"
    );
}

/// Has somebody run the command of a path.
async fn tread(stage: &Stage, path: &str) -> Outcome {
    match path {
        "chat" => {
            let words = [("message", json!("good morning"))];
            stage.ask(stage.ada, "chat", &words).await
        }
        "memory" => stage.ask(stage.ada, "memory show", &[]).await,
        "settings" => stage.ask(stage.owner, "settings", &[]).await,
        other => stage.ask(stage.ada, other, &[]).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_one_part_leaves_the_paths_of_all_others_as_they_are() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    stage
        .configure(
            &running,
            json!({"moderation": {"rules": [{
                "id": "contraband", "name": "No contraband", "enabled": true, "mode": "act",
                "trigger": {"kind": "words", "words": ["contraband"]},
                "actions": [{"kind": "delete"}]}]}}),
        )
        .await;
    for broken in PATHS {
        running.tripwire.arm(broken);
        let stands = if broken == "message" {
            Some(stage.say(stage.bob, "this is contraband too"))
        } else {
            let told = tread(&stage, broken).await;
            assert!(
                text(&told).contains("Something of mine broke"),
                "{broken}: {told:?}"
            );
            None
        };
        for path in PATHS.into_iter().filter(|path| *path != broken) {
            walk(&stage, path).await;
        }
        if let Some(message) = stands {
            let seen = stage.control().view(stage.channel, stage.bob, 100).unwrap();
            let stood = seen.iter().any(|seen| seen["id"] == message.to_string());
            assert!(stood, "the rules did not break, so nothing is shown");
        }
        running.tripwire.disarm(broken);
        walk(&stage, broken).await;
    }
    running.stop().await;
    stage.check_the_books().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_delivered_thrice_has_one_effect_and_one_answer() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let disturbance = Disturbance {
        duplicates: 2,
        ..Disturbance::default()
    };
    stage.control().disturb(disturbance).unwrap();
    let claimed = stage.ask(stage.ada, "daily", &[]).await;
    assert!(!claimed.ephemeral, "{claimed:?}");
    let mut asked: Vec<Snowflake> = Vec::new();
    for _ in 0..20 {
        let pay = [("user", json!(stage.bob.to_string())), ("amount", json!(1))];
        asked.push(stage.invoke(stage.ada, "pay", &pay));
    }
    for interaction in asked {
        let paid = stage.outcome(interaction).await;
        assert!(!paid.ephemeral && !paid.failed, "{paid:?}");
        assert!(
            paid.followups.is_empty(),
            "answered more than once: {paid:?}"
        );
    }
    running.stop().await;
    assert_eq!(
        (
            stage.balance(stage.ada).await,
            stage.balance(stage.bob).await
        ),
        (80, 20)
    );
    stage.check_the_books().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_said_and_nothing_is_half_done() {
    let server =
        testkit::servers::PrivatePostgres::start(testkit::servers::Durability::Fast).unwrap();
    let db = testkit::db::fresh_on(&server, &migrations());
    let stage = Stage::set_over(db).await;
    let running = stage.run().await;
    let claimed = stage.ask(stage.ada, "daily", &[]).await;
    assert!(!claimed.ephemeral, "{claimed:?}");
    server.kill_postmaster().unwrap();
    let pay = [
        ("user", json!(stage.bob.to_string())),
        ("amount", json!(40)),
    ];
    let refused = stage.ask(stage.ada, "pay", &pay).await;
    assert!(
        is_private(&refused) && text(&refused).contains("database"),
        "{refused:?}"
    );
    server.restart().unwrap();
    stage.wait_for_the_database().await;
    let mut paid = stage.ask(stage.ada, "pay", &pay).await;
    for _ in 0..20 {
        if !is_private(&paid) {
            break;
        }
        paid = stage.ask(stage.ada, "pay", &pay).await;
    }
    assert!(
        !is_private(&paid),
        "it recovers without a restart: {paid:?}"
    );
    running.stop().await;
    assert_eq!(
        (
            stage.balance(stage.ada).await,
            stage.balance(stage.bob).await
        ),
        (60, 40)
    );
    stage.check_the_books().await;
}
