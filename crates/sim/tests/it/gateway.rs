//! Sessions: entering, events, resuming, and every way a connection can be disturbed.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use sim::{Disturbance, GatewayOrder, Greeting, MakeGuild};
use tower::ServiceExt;

use super::client::{Client, Got, INTENTS, by_hand, identify, scene};

#[tokio::test]
async fn hello_identify_ready_and_the_guild_come_in_order() {
    let scene = scene(by_hand()).await;
    let mut client = scene.connect().await;
    assert_eq!(client.hello().await, 41_250);
    client.identify(&scene.token, INTENTS).await;
    let ready = client.event("READY").await;
    assert_eq!(ready["user"]["id"], scene.bot.to_string());
    assert_eq!(
        ready["guilds"],
        json!([{"id": scene.guild.to_string(), "unavailable": true}])
    );
    assert_eq!(ready["resume_gateway_url"], scene.sim.gateway_url());
    let guild = client.event("GUILD_CREATE").await;
    assert_eq!(
        (&guild["id"], &guild["member_count"]),
        (&json!(scene.guild.to_string()), &json!(3))
    );
    assert_eq!(guild["channels"][0]["name"], "general");
    assert_eq!(client.seq, 2);
}

#[tokio::test]
async fn heartbeats_are_answered_and_asked_for() {
    let scene = scene(by_hand()).await;
    let (mut client, _) = scene.enter().await;
    client.send(&json!({"op": 1, "d": client.seq})).await;
    assert_eq!(client.payload().await["op"], 11);
    assert_eq!(
        scene
            .control
            .gateway(Some(scene.bot), GatewayOrder::BeatPlease),
        Ok(1)
    );
    assert_eq!(client.payload().await["op"], 1);
}

#[tokio::test]
async fn messages_arrive_whole_and_without_the_content_intent_empty() {
    let scene = scene(by_hand()).await;
    let (mut client, _) = scene.enter().await;
    scene.say("hello");
    let message = client.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&message["content"], &message["author"]["username"]),
        (&json!("hello"), &json!("alice"))
    );
    assert_eq!(message["timestamp"], "2026-11-20T10:00:00.000000+00:00");
    client.close(1000).await;

    scene
        .control
        .advance(std::time::Duration::from_secs(5))
        .unwrap();
    let mut client = scene.connect().await;
    client.hello().await;
    client.identify(&scene.token, 1 << 9).await;
    client.event("READY").await;
    scene.say("secret");
    assert_eq!(client.event("MESSAGE_CREATE").await["content"], "");
}

#[tokio::test]
async fn a_dropped_connection_is_resumed_with_everything_it_missed() {
    let scene = scene(by_hand()).await;
    let (mut client, ready) = scene.enter().await;
    scene.say("0");
    client.event("MESSAGE_CREATE").await;
    assert_eq!(
        scene.control.gateway(Some(scene.bot), GatewayOrder::Drop),
        Ok(1)
    );
    assert_eq!(client.closed().await, None);
    for text in ["1", "2", "3"] {
        scene.say(text);
    }
    let mut again = scene.connect().await;
    again.hello().await;
    again
        .resume(&scene.token, &ready["session_id"], client.seq)
        .await;
    for text in ["1", "2", "3"] {
        assert_eq!(again.event("MESSAGE_CREATE").await["content"], text);
    }
    again.event("RESUMED").await;
    scene.say("4");
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "4");
    let counts = scene.control.gateway_counts_of(scene.bot);
    assert_eq!((counts.identify, counts.resume, counts.resumed), (1, 1, 1));
}

#[tokio::test]
async fn closing_with_1000_or_1001_ends_the_session_and_other_codes_keep_it() {
    for (code, kept) in [(1000, false), (1001, false), (4000, true), (3000, true)] {
        let scene = scene(by_hand()).await;
        let (client, ready) = scene.enter().await;
        let seq = client.seq;
        client.close(code).await;
        let mut again = scene.connect().await;
        again.hello().await;
        again.resume(&scene.token, &ready["session_id"], seq).await;
        let answer = again.payload().await;
        let expected = if kept { json!("RESUMED") } else { Value::Null };
        assert_eq!(answer["t"], expected, "{code}");
        assert_eq!(answer["op"], if kept { 0 } else { 9 });
    }
}

#[tokio::test]
async fn a_session_can_be_resumed_for_its_time_and_not_longer() {
    let scene = scene(by_hand()).await;
    let (client, ready) = scene.enter().await;
    let seq = client.seq;
    client.close(4000).await;
    scene
        .control
        .advance(std::time::Duration::from_secs(180))
        .unwrap();
    let mut again = scene.connect().await;
    again.hello().await;
    again.resume(&scene.token, &ready["session_id"], seq).await;
    assert_eq!(again.payload().await["op"], 9);
    // The same connection may identify after that.
    again.identify(&scene.token, INTENTS).await;
    again.event("READY").await;
}

#[tokio::test]
async fn a_resume_refused_by_order_costs_the_session() {
    let scene = scene(by_hand()).await;
    let (client, ready) = scene.enter().await;
    let seq = client.seq;
    client.close(4000).await;
    scene.control.refuse_resumes(1);
    for _ in 0..2 {
        let mut again = scene.connect().await;
        again.hello().await;
        again.resume(&scene.token, &ready["session_id"], seq).await;
        assert_eq!(
            again.payload().await,
            json!({"t": null, "s": null, "op": 9, "d": false})
        );
    }
}

#[tokio::test]
async fn reconnects_invalid_sessions_and_closes_come_by_order() {
    let scene = scene(by_hand()).await;
    let (mut client, ready) = scene.enter().await;
    let order = |order| assert_eq!(scene.control.gateway(None, order), Ok(1));
    order(GatewayOrder::Reconnect);
    assert_eq!(client.payload().await["op"], 7);
    order(GatewayOrder::InvalidSession { resumable: true });
    assert_eq!(client.payload().await["d"], true);
    scene.say("meanwhile");
    client
        .resume(&scene.token, &ready["session_id"], client.seq)
        .await;
    let missed = client.event("MESSAGE_CREATE").await;
    assert_eq!(missed["content"], "meanwhile");
    client.event("RESUMED").await;
    order(GatewayOrder::Close { code: 4008 });
    assert_eq!(client.closed().await, Some(4008));
    assert!(
        scene
            .control
            .gateway(None, GatewayOrder::Close { code: 999 })
            .is_err()
    );
}

#[tokio::test]
async fn a_half_open_socket_swallows_everything_and_the_session_lives_on() {
    let scene = scene(by_hand()).await;
    let (mut client, ready) = scene.enter().await;
    scene.control.gateway(None, GatewayOrder::HalfOpen).unwrap();
    client.send(&json!({"op": 1, "d": client.seq})).await;
    scene.say("unheard");
    let mut again = scene.connect().await;
    again.hello().await;
    again
        .resume(&scene.token, &ready["session_id"], client.seq)
        .await;
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "unheard");
    again.event("RESUMED").await;
    assert_eq!(scene.control.gateway_counts_of(scene.bot).heartbeat, 0);
}

#[tokio::test]
async fn garbage_and_huge_frames_come_by_order() {
    let scene = scene(by_hand()).await;
    let (mut client, _) = scene.enter().await;
    scene
        .control
        .gateway(None, GatewayOrder::Garbage { bytes: 500 })
        .unwrap();
    assert!(matches!(client.next().await, Got::Raw(500)));
    scene
        .control
        .gateway(None, GatewayOrder::Huge { bytes: 2_000_000 })
        .unwrap();
    assert_eq!(
        client.payload().await["d"].as_str().map(str::len),
        Some(2_000_000)
    );
    assert!(
        scene
            .control
            .gateway(None, GatewayOrder::Huge { bytes: usize::MAX })
            .is_err()
    );
}

#[tokio::test]
async fn greetings_can_be_ordered() {
    let scene = scene(by_hand()).await;
    scene
        .control
        .greet_next(Greeting::CloseAfterHello { code: 4000 }, 1)
        .unwrap();
    scene.control.greet_next(Greeting::Drop, 1).unwrap();
    scene.control.greet_next(Greeting::Refuse, 1).unwrap();
    let mut first = scene.connect().await;
    first.hello().await;
    assert_eq!(first.closed().await, Some(4000));
    assert_eq!(scene.connect().await.closed().await, None);
    let url = format!("{}/?v=10&encoding=json", scene.sim.gateway_url());
    assert!(tokio_tungstenite::connect_async(url).await.is_err());
    scene.enter().await;
}

#[tokio::test]
async fn events_are_duplicated_and_reordered_by_order_and_none_is_lost() {
    let scene = scene(by_hand()).await;
    let (mut client, _) = scene.enter().await;
    scene
        .control
        .disturb(Disturbance {
            duplicates: 2,
            reorder_window: 16,
            latency_ms: 0,
        })
        .unwrap();
    let sent: Vec<_> = (0..20).map(|n| scene.say(&n.to_string())).collect();
    scene.control.disturb(Disturbance::default()).unwrap();
    let mut got: Vec<sim::Snowflake> = Vec::new();
    let before = client.seq;
    for number in 1..=60 {
        got.push(
            client.event("MESSAGE_CREATE").await["id"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap(),
        );
        assert_eq!(client.seq, before + number);
    }
    assert!(!got.is_sorted());
    assert!(
        sent.iter()
            .all(|id| got.iter().filter(|other| *other == id).count() == 3)
    );
}

#[tokio::test]
async fn the_transport_is_compressed_as_asked() {
    for compress in ["zlib-stream", "zstd-stream"] {
        let scene = scene(by_hand()).await;
        let url = format!(
            "{}?v=10&encoding=json&compress={compress}",
            scene.sim.gateway_url()
        );
        let mut client = Client::connect(&url).await;
        client.hello().await;
        client.identify(&scene.token, INTENTS).await;
        client.event("READY").await;
        client.event("GUILD_CREATE").await;
        for number in 0..50 {
            scene.say(&format!("{number} {}", "x".repeat(1_000)));
            let text = client.event("MESSAGE_CREATE").await["content"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(text.starts_with(&format!("{number} ")));
        }
    }
}

#[tokio::test]
async fn payloads_are_compressed_one_by_one_when_identify_asks() {
    let scene = scene(by_hand()).await;
    let mut client = scene.connect().await;
    client.hello().await;
    client
        .send(&identify(&scene.token, INTENTS, &json!({"compress": true})))
        .await;
    client.event("READY").await;
    client.event("GUILD_CREATE").await;
    client.send(&json!({"op": 1, "d": null})).await;
    assert_eq!(client.payload().await["op"], 11);
}

#[tokio::test]
async fn members_are_sent_in_chunks_on_request() {
    let scene = scene(by_hand()).await;
    scene.control.crowd(scene.guild, "crowd", 2_500).unwrap();
    let (mut client, _) = scene.enter().await;
    let guild = scene.guild.to_string();
    client
        .send(&json!({"op": 8, "d": {"guild_id": guild, "query": "", "limit": 0, "nonce": "n"}}))
        .await;
    let mut found = 0;
    for index in 0..3 {
        let chunk = client.event("GUILD_MEMBERS_CHUNK").await;
        assert_eq!(
            (
                &chunk["chunk_index"],
                &chunk["chunk_count"],
                &chunk["nonce"]
            ),
            (&json!(index), &json!(3), &json!("n"))
        );
        found += chunk["members"].as_array().unwrap().len();
    }
    assert_eq!(found, 2_503);
    client
        .send(&json!({"op": 8, "d": {"guild_id": guild, "query": "ALI", "limit": 5}}))
        .await;
    assert_eq!(
        client.event("GUILD_MEMBERS_CHUNK").await["members"][0]["user"]["username"],
        "alice"
    );
    client
        .send(&json!({"op": 8, "d": {"guild_id": guild, "user_ids": ["1"], "limit": 0}}))
        .await;
    assert_eq!(
        client.event("GUILD_MEMBERS_CHUNK").await["not_found"],
        json!(["1"])
    );
}

#[tokio::test]
async fn many_bots_live_side_by_side() {
    let scene = scene(by_hand()).await;
    let mut clients = Vec::new();
    for number in 0..30 {
        let make = sim::MakeApplication {
            name: format!("bot{number}"),
            ..sim::MakeApplication::default()
        };
        let made = scene.control.application(make).unwrap();
        scene.control.install(scene.guild, made.id, 0).unwrap();
        let mut client = scene.connect().await;
        client.hello().await;
        client.identify(&made.token, 1 << 9 | 1 << 15).await;
        client.event("READY").await;
        clients.push(client);
    }
    scene.say("all");
    for client in &mut clients {
        assert_eq!(client.event("MESSAGE_CREATE").await["content"], "all");
    }
}

#[tokio::test]
async fn a_bot_hears_of_the_server_that_its_invitation_adds_it_to() {
    let scene = scene(by_hand()).await;
    let (mut client, _) = scene.enter().await;
    let make = MakeGuild {
        name: "another".to_owned(),
        owner: scene.owner,
        ..MakeGuild::default()
    };
    let guild = scene.control.guild(make).unwrap();
    let bot = scene.bot;
    let request = Request::post(format!(
        "/oauth2/authorize?client_id={bot}&permissions=3072&scope=bot%20applications.commands"
    ))
    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    .body(Body::from(format!("user={}&guild={guild}", scene.owner)));
    let page = scene.sim.chat("/chat");
    let answer = page.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let told = client.event("GUILD_CREATE").await;
    assert_eq!(told["id"], guild.to_string());
    let roles = told["roles"].as_array().unwrap();
    let own = roles
        .iter()
        .find(|role| role["tags"]["bot_id"] == bot.to_string())
        .unwrap();
    assert_eq!(own["permissions"], "3072");
    let members = told["members"].as_array().unwrap();
    assert!(
        members
            .iter()
            .any(|member| member["user"]["id"] == bot.to_string()
                && member["roles"] == json!([own["id"]])),
        "{members:?}"
    );
}
