//! A restart: what stays, what ends, what never repeats.

use super::client::{INTENTS, by_hand, scene};
use sim::{Sim, SimConfig, SimError, VaultError};

#[tokio::test]
async fn guilds_tokens_and_messages_stay_and_sessions_end() {
    let folder = tempfile::tempdir().unwrap();
    let config = || SimConfig {
        state_dir: Some(folder.path().to_owned()),
        ..by_hand()
    };
    let scene = scene(config()).await;
    let (client, ready) = scene.enter().await;
    let said = scene.say("kept");
    let (token, channel, member, seq) =
        (scene.token.clone(), scene.channel, scene.member, client.seq);
    assert!(matches!(
        Sim::start(config()).await,
        Err(SimError::State(VaultError::Locked { .. }))
    ));
    scene.sim.stop().await.unwrap();
    drop(client);

    let sim = Sim::start(config()).await.unwrap();
    let control = sim.control();
    assert_eq!(
        control.view(channel, member, 10).unwrap()[0]["content"],
        "kept"
    );
    let mut again =
        super::client::Client::connect(&format!("{}/?v=10&encoding=json", sim.gateway_url())).await;
    again.hello().await;
    again.resume(&token, &ready["session_id"], seq).await;
    assert_eq!(again.payload().await["op"], 9);
    again.identify(&token, INTENTS).await;
    assert_ne!(
        again.event("READY").await["session_id"],
        ready["session_id"]
    );
    let say = sim::Say {
        channel,
        user: member,
        content: "new".to_owned(),
        ..sim::Say::default()
    };
    // The clock by hand stands where it stood before the restart.
    assert!(control.say(say).unwrap() > said);
    sim.stop().await.unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let scene = scene(by_hand()).await;
    let refused = Sim::start(SimConfig {
        addr: scene.sim.addr(),
        ..by_hand()
    })
    .await
    .unwrap_err();
    assert!(
        refused.to_string().contains(&scene.sim.addr().to_string()),
        "{refused}"
    );
}
