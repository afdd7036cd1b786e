//! The control API: acting as members, waiting for what they see, over both of its forms.

use std::time::Duration;

use serde_json::{Value, json};
use sim::{ControlError, Invoke, Press, Submit, Until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::{Client, Scene, by_hand, scene};

const SOON: Duration = Duration::from_secs(5);

/// One HTTP exchange: just enough for these tests.
async fn http(
    scene: &Scene,
    method: &str,
    path: &str,
    headers: &str,
    body: &Value,
) -> (u16, Value) {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let mut stream = TcpStream::connect(scene.sim.addr()).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: DiscordBot (test, 1)\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer[9..12].parse().unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

async fn verb(scene: &Scene, verb: &str, body: Value) -> (u16, Value) {
    http(
        scene,
        "POST",
        &format!("/control/{verb}"),
        "Content-Type: application/json\r\n",
        &body,
    )
    .await
}

async fn rest(scene: &Scene, method: &str, path: &str, body: Value) -> (u16, Value) {
    let headers = format!(
        "Content-Type: application/json\r\nAuthorization: Bot {}\r\n",
        scene.token
    );
    http(scene, method, &format!("/api/v10{path}"), &headers, &body).await
}

async fn register(scene: &Scene, command: Value) {
    let (status, body) = rest(
        scene,
        "POST",
        &format!("/applications/{}/commands", scene.bot),
        command,
    )
    .await;
    assert_eq!(status, 201, "{body}");
}

/// The bot's answer to the interaction that its client gets next.
async fn answer(scene: &Scene, client: &mut Client, callback: Value) -> Value {
    let asked = client.event("INTERACTION_CREATE").await;
    let (id, token) = (
        asked["id"].as_str().unwrap(),
        asked["token"].as_str().unwrap(),
    );
    let (status, body) = rest(
        scene,
        "POST",
        &format!("/interactions/{id}/{token}/callback"),
        callback,
    )
    .await;
    assert_eq!(status, 204, "{body}");
    asked
}

fn invoke(scene: &Scene, command: &str, options: Value) -> Invoke {
    let Value::Object(options) = options else {
        panic!("options are an object")
    };
    Invoke {
        channel: scene.channel,
        user: scene.member,
        command: command.to_owned(),
        options,
        ..Invoke::default()
    }
}

fn pay() -> Value {
    json!({"name": "pay", "description": "d", "options": [
        {"type": 6, "name": "to", "description": "d", "required": true},
        {"type": 4, "name": "coins", "description": "d", "required": true, "min_value": 1},
        {"type": 3, "name": "why", "description": "d", "autocomplete": true}
    ]})
}

#[tokio::test]
async fn a_slash_command_reaches_the_bot_and_its_private_answer_the_member_alone() {
    let scene = scene(by_hand()).await;
    register(&scene, pay()).await;
    let (mut client, _) = scene.enter().await;
    let options = json!({"to": scene.owner.to_string(), "coins": 5});
    let asked = scene
        .control
        .invoke(&invoke(&scene, "pay", options))
        .unwrap();
    let seen = answer(
        &scene,
        &mut client,
        json!({"type": 4, "data": {"content": "paid", "flags": 64}}),
    )
    .await;
    assert_eq!(
        seen["data"]["options"][1],
        json!({"name": "coins", "type": 4, "value": 5})
    );
    assert_eq!(
        seen["data"]["resolved"]["users"][scene.owner.to_string()]["username"],
        "olga"
    );
    let outcome = scene
        .control
        .await_outcome(asked, Until::Settled, SOON)
        .await
        .unwrap();
    assert!(outcome.ephemeral && outcome.latency_us.is_some());
    assert_eq!(outcome.message.unwrap()["content"], "paid");
    let view = |user| scene.control.view(scene.channel, user, 10).unwrap().len();
    assert_eq!((view(scene.member), view(scene.owner)), (1, 0));
    assert_eq!(
        scene.control.answers(sim::Snowflake(0), 10)[0].interaction,
        asked
    );
}

#[tokio::test]
async fn options_that_do_not_fit_never_leave_the_client() {
    let scene = scene(by_hand()).await;
    register(&scene, pay()).await;
    let owner = scene.owner.to_string();
    for (options, name) in [
        (json!({"to": owner}), "coins"),
        (json!({"to": owner, "coins": 0}), "coins"),
        (json!({"to": owner, "coins": "5"}), "coins"),
        (json!({"to": "1", "coins": 1}), "to"),
        (json!({"to": owner, "coins": 1, "tip": 1}), "tip"),
        (
            json!({"to": owner, "coins": 1, "why": "x".repeat(6_001)}),
            "why",
        ),
    ] {
        let refused = scene
            .control
            .invoke(&invoke(&scene, "pay", options))
            .unwrap_err();
        assert!(
            matches!(&refused, ControlError::BadOption { name: n, .. } if n == name),
            "{refused}"
        );
    }
    let refused = scene.control.invoke(&invoke(&scene, "nothing", json!({})));
    assert!(matches!(refused, Err(ControlError::NoCommand { .. })));
}

#[tokio::test]
async fn autocomplete_offers_choices() {
    let scene = scene(by_hand()).await;
    register(&scene, pay()).await;
    let (mut client, _) = scene.enter().await;
    let typing = Invoke {
        focused: Some("why".to_owned()),
        ..invoke(&scene, "pay", json!({"why": "te"}))
    };
    let asked = scene.control.invoke(&typing).unwrap();
    let seen = answer(
        &scene,
        &mut client,
        json!({"type": 8, "data": {"choices": [{"name": "tea", "value": "tea"}]}}),
    )
    .await;
    assert_eq!(
        (&seen["type"], &seen["data"]["options"][0]["focused"]),
        (&json!(4), &json!(true))
    );
    let outcome = scene
        .control
        .await_outcome(asked, Until::Answered, SOON)
        .await
        .unwrap();
    assert_eq!(outcome.choices.unwrap()[0]["value"], "tea");
}

/// A message of the bot's with a button `open`, and the click on it.
async fn button(scene: &Scene, client: &mut Client) -> (Value, Press) {
    register(scene, json!({"name": "ask", "description": "d"})).await;
    let asked = scene
        .control
        .invoke(&invoke(scene, "ask", json!({})))
        .unwrap();
    let row = json!({"type": 1, "components": [{"type": 2, "style": 1, "label": "b", "custom_id": "open"}]});
    answer(
        scene,
        client,
        json!({"type": 4, "data": {"content": "?", "components": [row]}}),
    )
    .await;
    let outcome = scene
        .control
        .await_outcome(asked, Until::Settled, SOON)
        .await
        .unwrap();
    client.event("MESSAGE_CREATE").await;
    let shown = outcome.message.unwrap();
    let message = shown["id"].as_str().unwrap().parse().unwrap();
    let (channel, user, custom_id) = (scene.channel, scene.owner, "open".to_owned());
    (
        shown,
        Press {
            channel,
            message,
            user,
            custom_id,
            values: vec![],
        },
    )
}

#[tokio::test]
async fn a_button_opens_a_form_and_the_form_comes_back() {
    let scene = scene(by_hand()).await;
    let (mut client, _) = scene.enter().await;
    let (shown, press) = button(&scene, &mut client).await;
    let stranger = Press {
        custom_id: "other".to_owned(),
        ..press.clone()
    };
    assert!(scene.control.press(&stranger).is_err());
    let pressed = scene.control.press(&press).unwrap();
    let input = json!({"type": 4, "custom_id": "f", "style": 1, "label": "l", "max_length": 3});
    let form = json!({"custom_id": "form", "title": "t", "components": [{"type": 1, "components": [input]}]});
    let seen = answer(&scene, &mut client, json!({"type": 9, "data": form})).await;
    assert_eq!(
        (&seen["type"], &seen["message"]["id"]),
        (&json!(3), &shown["id"])
    );
    let outcome = scene
        .control
        .await_outcome(pressed, Until::Answered, SOON)
        .await
        .unwrap();
    assert_eq!(outcome.form.unwrap()["title"], "t");
    let submit = |text: &str| {
        let fields = json!({"f": text}).as_object().unwrap().clone();
        scene.control.submit(&Submit {
            interaction: pressed,
            user: scene.owner,
            fields,
        })
    };
    assert!(matches!(submit("long"), Err(ControlError::BadField { .. })));
    submit("ok").unwrap();
    let seen = answer(
        &scene,
        &mut client,
        json!({"type": 4, "data": {"content": "thanks"}}),
    )
    .await;
    assert_eq!(
        seen["data"]["components"][0]["components"][0]["value"],
        "ok"
    );
    assert_eq!(submit("ok"), Err(ControlError::NoForm));
}

#[tokio::test]
async fn an_unanswered_interaction_fails_after_three_seconds() {
    let scene = scene(by_hand()).await;
    register(&scene, json!({"name": "ask", "description": "d"})).await;
    let mut eyes = scene.control.watch(scene.member, 16);
    let asked = scene
        .control
        .invoke(&invoke(&scene, "ask", json!({})))
        .unwrap();
    scene.control.advance(Duration::from_millis(3_001)).unwrap();
    let outcome = scene
        .control
        .await_outcome(asked, Until::Answered, SOON)
        .await
        .unwrap();
    assert!(outcome.failed && outcome.callback.is_none());
    assert_eq!(eyes.next().await.unwrap().name, "INTERACTION_FAILURE");
}

#[tokio::test]
async fn members_act_within_their_permissions() {
    let scene = scene(by_hand()).await;
    let target = |message, user| sim::Target {
        channel: scene.channel,
        message,
        user,
    };
    let said = scene.say("mine");
    assert!(matches!(
        scene
            .control
            .rewrite(target(said, scene.owner), "x".to_owned()),
        Err(ControlError::Forbidden { .. })
    ));
    scene
        .control
        .rewrite(target(said, scene.member), "better".to_owned())
        .unwrap();
    scene
        .control
        .react(target(said, scene.owner), "👍")
        .unwrap();
    let view = scene.control.view(scene.channel, scene.owner, 5).unwrap();
    assert_eq!(
        (&view[0]["content"], &view[0]["reactions"][0]["me"]),
        (&json!("better"), &json!(true))
    );
    let timeout = sim::MemberChange {
        guild: scene.guild,
        user: scene.member,
        timeout_s: Some(60),
        ..Default::default()
    };
    scene.control.member_change(timeout).unwrap();
    let say = sim::Say {
        channel: scene.channel,
        user: scene.member,
        content: "x".to_owned(),
        ..sim::Say::default()
    };
    assert!(matches!(
        scene.control.say(say),
        Err(ControlError::Forbidden { .. })
    ));
    scene.control.unsay(target(said, scene.owner)).unwrap();
    assert!(
        scene
            .control
            .view(scene.channel, scene.owner, 5)
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn the_same_verbs_are_served_over_http() {
    let scene = scene(by_hand()).await;
    let (status, list) = http(&scene, "GET", "/control", "", &Value::Null).await;
    assert_eq!(status, 200);
    for name in list["verbs"].as_array().unwrap() {
        let (status, body) = verb(&scene, name.as_str().unwrap(), json!({})).await;
        assert!(
            !body["error"]
                .as_str()
                .unwrap_or_default()
                .contains("no verb"),
            "{name}: {status} {body}"
        );
    }
    let (_, user) = verb(&scene, "user", json!({"username": "bob"})).await;
    assert_eq!(
        verb(
            &scene,
            "join",
            json!({"guild": scene.guild, "user": user["id"]})
        )
        .await
        .0,
        200
    );
    let said = json!({"channel": scene.channel, "user": user["id"], "content": "hi"});
    assert_eq!(verb(&scene, "say", said).await.0, 200);
    let wanted =
        json!({"channel": scene.channel, "user": scene.owner, "contains": "hi", "wait_ms": 1000});
    assert_eq!(
        verb(&scene, "await/message", wanted).await.1["author"]["username"],
        "bob"
    );
    assert_eq!(verb(&scene, "dance", json!({})).await.0, 404);
    assert_eq!(
        verb(&scene, "user", json!({"username": "x", "age": 3}))
            .await
            .0,
        422
    );
    let untyped = http(
        &scene,
        "POST",
        "/control/user",
        "Content-Type: text/plain\r\n",
        &json!({"username": "x"}),
    )
    .await;
    assert_eq!(untyped.0, 415);
    let (_, fault) = verb(
        &scene,
        "rest/fault",
        json!({"times": 1, "kind": "status", "status": 503}),
    )
    .await;
    assert_eq!(fault, json!({}));
    assert_eq!(
        rest(&scene, "GET", "/gateway/bot", Value::Null).await.0,
        503
    );
    let (_, seen) = verb(&scene, "log/requests", json!({})).await;
    assert_eq!(
        (&seen["count"], &seen["requests"][0]["status"]),
        (&json!(1), &json!(503))
    );
}

#[tokio::test]
async fn a_running_clock_cannot_be_moved() {
    let scene = scene(sim::SimConfig::default()).await;
    assert_eq!(scene.control.advance(SOON), Err(ControlError::ClockRuns));
}

#[tokio::test]
async fn every_carrier_of_text_reaches_the_bot_and_what_it_does_is_on_record() {
    let scene = scene(by_hand()).await;
    let (mut client, _) = scene.enter().await;
    let (channel, user) = (scene.channel, scene.member);
    let poll = json!({"question": {"text": "which?"}, "answers": [{"answer_id": 1, "poll_media": {"text": "this"}}]});
    let ask = json!({"channel": channel, "user": user, "poll": poll, "stickers": [{"id": "1", "name": "wave", "format_type": 1}]});
    let (status, asked) = verb(&scene, "say", ask).await;
    assert_eq!(status, 200, "{asked}");
    let seen = client.event("MESSAGE_CREATE").await;
    assert_eq!(
        (
            &seen["poll"]["question"]["text"],
            &seen["sticker_items"][0]["name"]
        ),
        (&json!("which?"), &json!("wave"))
    );
    let first = scene.say("forward me");
    client.event("MESSAGE_CREATE").await;
    let forward = json!({"channel": channel, "user": user, "forward": {"channel": channel, "message": first}});
    assert_eq!(verb(&scene, "say", forward).await.0, 200);
    let seen = client.event("MESSAGE_CREATE").await;
    assert_eq!(seen["message_reference"]["type"], 1);
    assert_eq!(
        seen["message_snapshots"][0]["message"]["content"],
        "forward me"
    );
    assert!(seen["message_snapshots"][0]["message"]["author"].is_null());
    let open = json!({"channel": channel, "user": user, "name": "a thread"});
    let (status, thread) = verb(&scene, "thread", open).await;
    assert_eq!(status, 200, "{thread}");
    assert_eq!(client.event("THREAD_CREATE").await["name"], "a thread");
    let told = client.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&told["type"], &told["content"]),
        (&json!(18), &json!("a thread"))
    );
    let (status, nothing) = verb(&scene, "say", json!({"channel": channel, "user": user})).await;
    assert_eq!(status, 422, "an empty message is none: {nothing}");
}

#[tokio::test]
async fn an_owner_s_changes_are_told_and_the_audit_log_keeps_its_reasons() {
    let scene = scene(by_hand()).await;
    let (mut client, _) = scene.enter().await;
    let role = json!({"guild": scene.guild, "name": "mods", "permissions": 0});
    let (_, role) = verb(&scene, "role", role).await;
    client.event("GUILD_ROLE_CREATE").await;
    let change =
        json!({"guild": scene.guild, "role": role["id"], "permissions": 8192, "position": 1});
    assert_eq!(verb(&scene, "role/change", change).await.0, 200);
    assert_eq!(
        client.event("GUILD_ROLE_UPDATE").await["role"]["permissions"],
        "8192"
    );
    let hide = [json!({"id": scene.guild, "kind": 0, "allow": 0, "deny": 2048})];
    let change = json!({"channel": scene.channel, "slowmode_s": 9, "overwrites": hide});
    assert_eq!(verb(&scene, "channel/change", change).await.0, 200);
    let told = client.event("CHANNEL_UPDATE").await;
    assert_eq!(
        (
            &told["rate_limit_per_user"],
            &told["permission_overwrites"][0]["deny"]
        ),
        (&json!(9), &json!("2048"))
    );
    let ban = json!({"guild": scene.guild, "user": scene.member});
    assert_eq!(verb(&scene, "ban", ban).await.0, 200);
    client.event("GUILD_MEMBER_REMOVE").await;
    let (_, bans) = verb(&scene, "bans", json!({"guild": scene.guild})).await;
    assert_eq!(bans["bans"][0]["user"]["id"], scene.member.to_string());
    let (status, log) = verb(
        &scene,
        "log/audit",
        json!({"guild": scene.guild, "limit": 3}),
    )
    .await;
    assert_eq!(status, 200, "{log}");
    let entries = log["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["action_type"]), (3, &json!(22)));
}
