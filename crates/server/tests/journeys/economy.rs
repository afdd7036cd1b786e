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

/// The picture of an answer: its words, once the file is the PNG that the message says it is.
async fn picture(stage: &Stage, answer: &sim::Outcome, name: &str, size: (u32, u32)) -> String {
    let message = answer.message.as_ref().unwrap();
    let attachment = &message["attachments"][0];
    assert_eq!(attachment["filename"], name, "{message:#}");
    assert_eq!(attachment["content_type"], "image/png");
    let url = attachment["url"].as_str().unwrap();
    assert_eq!(message["embeds"][0]["image"]["url"], url);
    let png = stage.fetch_bytes(url).await;
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), size, "{name}");
    assert!(png.len() < 100_000, "{name} has {} bytes", png.len());
    attachment["description"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_arrive_with_their_figures_in_words() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let (ada, bob) = (stage.ada, stage.bob);
    stage.ask(ada, "daily", &[]).await;
    let pay = [("user", json!(bob.to_string())), ("amount", json!(30))];
    stage.ask(ada, "pay", &pay).await;

    let board = stage.ask(bob, "leaderboard", &[]).await;
    let words = picture(&stage, &board, "leaderboard.png", (880, 216)).await;
    assert_eq!(words, "Richest members. 1. ada: 70 coins, 2. bob: 30 coins");

    let rank = stage
        .ask(ada, "rank", &[("user", json!(bob.to_string()))])
        .await;
    assert!(
        !rank.ephemeral && text(&rank).contains("#2 of 2"),
        "{rank:?}"
    );
    let words = picture(&stage, &rank, "rank.png", (880, 496)).await;
    for part in ["bob has place 2 of 2", "30 coins", "30.0 %", "0 days"] {
        assert!(words.contains(part), "{words}");
    }

    let stats = stage.ask(ada, "stats", &[]).await;
    assert!(stats.ephemeral, "{stats:?}");
    let words = picture(&stage, &stats, "stats.png", (880, 656)).await;
    for part in ["2 members have coins", "100 coins are in circulation"] {
        assert!(words.contains(part), "{words}");
    }
    assert!(words.contains("Claims: 1. Payments: 1."), "{words}");
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
