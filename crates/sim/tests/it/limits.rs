//! Discord's limits, each with the close code that belongs to it.

use std::time::Duration;

use serde_json::{Value, json};
use sim::{MakeApplication, MakeGuild, SimConfig, Snowflake};

use super::client::{Client, INTENTS, Scene, by_hand, identify, scene};

/// The close code that follows a payload sent right after HELLO.
async fn code_after(scene: &Scene, payload: &str) -> Option<u16> {
    let mut client = scene.connect().await;
    client.hello().await;
    client.send_text(payload.to_owned()).await;
    client.closed().await
}

#[tokio::test]
async fn wrong_payloads_are_closed_with_their_codes() {
    let scene = scene(by_hand()).await;
    let token = &scene.token;
    let with = |extra: Value| identify(token, INTENTS, &extra).to_string();
    let cases = [
        ("{", 4002),
        ("[]", 4002),
        ("{\"op\":99}", 4001),
        ("{\"op\":8,\"d\":{}}", 4003),
        ("{\"op\":3,\"d\":{}}", 4003),
        ("{\"op\":2,\"d\":{\"token\":\"x\"}}", 4002),
        (&identify("nobody", INTENTS, &json!({})).to_string(), 4004),
        (&with(json!({"shard": [2, 2]})), 4010),
        (&with(json!({"shard": [0, 0]})), 4010),
        (&identify(token, 1 << 17, &json!({})).to_string(), 4013),
        (&identify(token, 1 << 40, &json!({})).to_string(), 4013),
        (&with(json!({"pad": "x".repeat(5_000)})), 4002),
        (&"x".repeat(100_000), 4002),
    ];
    for (payload, code) in cases {
        assert_eq!(
            code_after(&scene, payload).await,
            Some(code),
            "{}",
            &payload[..payload.len().min(80)]
        );
    }
}

#[tokio::test]
async fn privileged_intents_need_leave() {
    let scene = scene(by_hand()).await;
    scene.control.application_flags(scene.bot, 0).unwrap();
    assert_eq!(
        code_after(
            &scene,
            &identify(&scene.token, 1 << 15, &json!({})).to_string()
        )
        .await,
        Some(4014)
    );
    let mut client = scene.connect().await;
    client.hello().await;
    client.identify(&scene.token, 1 << 9).await;
    client.event("READY").await;
}

#[tokio::test]
async fn a_wrong_version_or_encoding_is_closed() {
    let scene = scene(by_hand()).await;
    let url = scene.sim.gateway_url();
    for (query, code) in [
        ("v=6&encoding=json", 4012),
        ("encoding=json", 4012),
        ("v=10&encoding=etf", 4002),
        ("v=10&compress=lz", 4002),
    ] {
        assert_eq!(
            Client::connect(&format!("{url}?{query}"))
                .await
                .closed()
                .await,
            Some(code),
            "{query}"
        );
    }
}

#[tokio::test]
async fn identifying_twice_is_closed_and_a_seq_ahead_too() {
    let scene = scene(by_hand()).await;
    let (mut client, ready) = scene.enter().await;
    client.identify(&scene.token, INTENTS).await;
    assert_eq!(client.closed().await, Some(4005));
    let mut again = scene.connect().await;
    again.hello().await;
    again
        .resume(&scene.token, &ready["session_id"], 1_000)
        .await;
    assert_eq!(again.closed().await, Some(4007));
    let mut stranger = scene.connect().await;
    stranger.hello().await;
    stranger.resume("nobody", &ready["session_id"], 1).await;
    assert_eq!(stranger.closed().await, Some(4004));
}

#[tokio::test]
async fn the_121st_payload_within_a_minute_is_one_too_many() {
    let scene = scene(by_hand()).await;
    let mut client = scene.connect().await;
    client.hello().await;
    for _ in 0..120 {
        client.send(&json!({"op": 1, "d": null})).await;
        assert_eq!(client.payload().await["op"], 11);
    }
    scene.control.advance(Duration::from_secs(60)).unwrap();
    for _ in 0..120 {
        client.send(&json!({"op": 1, "d": null})).await;
        assert_eq!(client.payload().await["op"], 11);
    }
    client.send(&json!({"op": 1, "d": null})).await;
    assert_eq!(client.closed().await, Some(4008));
}

#[tokio::test]
async fn a_client_that_stops_beating_is_a_zombie() {
    let scene = scene(by_hand()).await;
    let (mut client, _) = scene.enter().await;
    scene
        .control
        .advance(Duration::from_millis(41_250))
        .unwrap();
    client.send(&json!({"op": 1, "d": client.seq})).await;
    assert_eq!(client.payload().await["op"], 11);
    scene
        .control
        .advance(Duration::from_millis(41_250))
        .unwrap();
    client.send(&json!({"op": 3, "d": {"since": null, "activities": [], "status": "online", "afk": false}})).await;
    client.send(&json!({"op": 4, "d": {"guild_id": scene.guild.to_string(), "channel_id": null, "self_mute": false, "self_deaf": false}})).await;
    scene
        .control
        .advance(Duration::from_millis(20_626))
        .unwrap();
    assert_eq!(client.closed().await, Some(4009));
}

#[tokio::test]
async fn a_second_identify_within_five_seconds_is_refused_with_op_9() {
    let scene = scene(by_hand()).await;
    let _first = scene.enter().await;
    let mut second = scene.connect().await;
    second.hello().await;
    second.identify(&scene.token, INTENTS).await;
    assert_eq!(second.payload().await["op"], 9);
    scene.control.advance(Duration::from_secs(5)).unwrap();
    second.identify(&scene.token, INTENTS).await;
    second.event("READY").await;
}

#[tokio::test]
async fn too_many_identifies_in_a_day_cost_the_token() {
    let scene = scene(by_hand()).await;
    let make = MakeApplication {
        name: "few".to_owned(),
        identify_limit: Some(2),
        max_concurrency: Some(4),
        ..MakeApplication::default()
    };
    let made = scene.control.application(make).unwrap();
    let mut clients = Vec::new();
    for shard in 0..3 {
        let mut client = scene.connect().await;
        client.hello().await;
        client
            .send(&identify(&made.token, 0, &json!({"shard": [shard, 4]})))
            .await;
        clients.push(client);
        if shard < 2 {
            clients[shard].event("READY").await;
        }
    }
    for client in &mut clients {
        assert_eq!(client.closed().await, Some(4004));
    }
    assert_eq!(
        code_after(&scene, &identify(&made.token, 0, &json!({})).to_string()).await,
        Some(4004)
    );
}

#[tokio::test]
async fn guilds_go_to_their_shard_and_too_many_need_sharding() {
    let scene = scene(SimConfig {
        guilds_per_shard_max: 3,
        ..by_hand()
    })
    .await;
    for number in 1..=5_u64 {
        // The shard is the id's upper bits, modulo the count.
        let id = Some(Snowflake((1_000 + number) << 22));
        let guild = scene
            .control
            .guild(MakeGuild {
                name: "g".to_owned(),
                owner: scene.owner,
                id,
                locale: None,
            })
            .unwrap();
        scene.control.install(guild, scene.bot, 0).unwrap();
    }
    assert_eq!(
        code_after(&scene, &identify(&scene.token, 1, &json!({})).to_string()).await,
        Some(4011)
    );
    let mut seen = Vec::new();
    for shard in 0..2_u64 {
        scene.control.advance(Duration::from_secs(5)).unwrap();
        let mut client = scene.connect().await;
        client.hello().await;
        client
            .send(&identify(&scene.token, 1, &json!({"shard": [shard, 2]})))
            .await;
        let ready = client.event("READY").await;
        for _ in ready["guilds"].as_array().unwrap() {
            let id: u64 = client.event("GUILD_CREATE").await["id"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap();
            assert_eq!((id >> 22) % 2, shard);
            seen.push(id);
        }
    }
    assert_eq!(seen.len(), 6);
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_its_connection_and_no_event() {
    let scene = scene(SimConfig {
        outlet_max: 16,
        ..by_hand()
    })
    .await;
    let (client, ready) = scene.enter().await;
    let text = "x".repeat(2_000);
    // Far more than the sockets between hold.
    let mut count = 0;
    while scene.control.figures()["connections_overrun"] == 0 {
        scene.say(&text);
        count += 1;
        tokio::task::yield_now().await;
        assert!(count < 4_000, "the session never lost its outlet");
    }
    scene.say("last");
    let mut again = scene.connect().await;
    again.hello().await;
    again
        .resume(&scene.token, &ready["session_id"], client.seq)
        .await;
    for _ in 0..count {
        again.event("MESSAGE_CREATE").await;
    }
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "last");
}
