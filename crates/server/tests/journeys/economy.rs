//! A coin's way through a real socket.

use serde_json::json;

use crate::stage::{Stage, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_coin_is_claimed_paid_and_ranked() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let (ada, bob) = (stage.ada, stage.bob);

    let claimed = stage.ask(ada, "daily", &[]).await;
    assert!(
        !claimed.ephemeral && text(&claimed).contains("100"),
        "{claimed:?}"
    );
    let again = stage.ask(ada, "daily", &[]).await;
    assert!(again.ephemeral, "{again:?}");

    let pay = |user: sim::Snowflake, amount: i64| {
        [("user", json!(user.to_string())), ("amount", json!(amount))]
    };
    for (payee, amount) in [(bob, 101), (ada, 5), (stage.bot.id, 5)] {
        let refused = stage.ask(ada, "pay", &pay(payee, amount)).await;
        assert!(refused.ephemeral, "{refused:?}");
    }
    let paid = stage.ask(ada, "pay", &pay(bob, 30)).await;
    assert!(!paid.ephemeral && text(&paid).contains("30"), "{paid:?}");
    let pings = paid.message.as_ref().unwrap()["mentions"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(pings.len(), 1, "only the payee is pinged: {pings:?}");
    assert_eq!(pings[0]["id"], bob.to_string());

    let balance = stage.ask(bob, "balance", &[]).await;
    assert!(
        balance.ephemeral && text(&balance).contains("30"),
        "{balance:?}"
    );
    let board = stage.ask(bob, "leaderboard", &[]).await;
    assert!(
        text(&board).contains("70") && text(&board).contains("30"),
        "{board:?}"
    );
    let opened = stage.press(ada, &claimed, "Balance").await;
    assert!(
        opened.ephemeral,
        "a button opens the presser's own balance: {opened:?}"
    );
    stage.check_the_books().await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_resumes_and_keeps_every_coin() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    stage.ask(stage.ada, "daily", &[]).await;
    running.stop().await;
    let identifies = stage.control().gateway_counts_of(stage.bot.id).identify;
    let next = stage.run().await;
    let balance = stage.ask(stage.ada, "balance", &[]).await;
    assert!(text(&balance).contains("100"), "{balance:?}");
    let again = stage.ask(stage.ada, "daily", &[]).await;
    assert!(again.ephemeral, "{again:?}");
    let counts = stage.control().gateway_counts_of(stage.bot.id);
    assert_eq!(counts.identify, identifies, "a restart spends no IDENTIFY");
    next.stop().await;
    assert_eq!(stage.balance(stage.ada).await, 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn zones_are_offered_while_they_are_typed() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let typing = sim::Invoke {
        channel: stage.channel,
        user: stage.ada,
        command: "timezone".to_owned(),
        options: [("zone".to_owned(), json!("berl"))].into_iter().collect(),
        focused: Some("zone".to_owned()),
        ..sim::Invoke::default()
    };
    let interaction = stage.control().invoke(&typing).unwrap();
    let offered = stage.outcome(interaction).await.choices.unwrap();
    assert!(
        offered
            .iter()
            .any(|choice| choice["value"] == "Europe/Berlin"),
        "{offered:?}"
    );
    let set = stage
        .ask(stage.ada, "timezone", &[("zone", json!("Europe/Berlin"))])
        .await;
    assert!(set.ephemeral && text(&set).contains("Berlin"), "{set:?}");
    running.stop().await;
}
