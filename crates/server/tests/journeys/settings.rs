//! Settings are changed in Discord, explained, and taken back.

use serde_json::json;

use crate::stage::{Stage, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_is_turned_off_acts_at_once_and_is_taken_back() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let (ada, owner) = (stage.ada, stage.owner);

    let shown = stage.ask(owner, "settings", &[]).await;
    assert!(
        shown.ephemeral && text(&shown).contains("revision 1"),
        "{shown:?}"
    );

    let off = stage.press(owner, &shown, "Turn Economy off").await;
    assert!(text(&off).contains("revision 2"), "{off:?}");
    let claimed = stage.ask(ada, "daily", &[]).await;
    assert!(claimed.ephemeral, "the economy is off at once: {claimed:?}");

    let why = stage.ask(owner, "why", &[]).await;
    let told = json!(why.message).to_string();
    assert!(
        why.ephemeral && told.contains("settings revision 2"),
        "{why:?}"
    );

    let back = stage.press(owner, &off, "Undo this change").await;
    assert!(text(&back).contains("revision 3"), "{back:?}");
    let claimed = stage.ask(ada, "daily", &[]).await;
    assert!(!claimed.ephemeral, "the economy is on again: {claimed:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_up_offers_persona_channel_and_log_in_three_selects() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let shown = stage.ask(stage.owner, "setup", &[]).await;
    assert!(shown.ephemeral, "{shown:?}");
    let message = json!(shown.message);
    let rows = message["components"].as_array().unwrap();
    let selects = rows.iter().filter(|row| row["components"][0]["type"] == 3);
    assert_eq!(
        selects.count(),
        3,
        "persona, channel, log channel: {message}"
    );
    running.stop().await;
}
