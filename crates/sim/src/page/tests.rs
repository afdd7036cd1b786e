//! The page's API over real requests: who sees what, what is refused, and what hostile input costs.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::world::state::Overwrite;
use crate::world::{CommandDraft, MessageDraft, Snowflake};
use crate::{MakeApplication, MakeChannel, MakeGuild, MakeUser, Sim, SimConfig};

mod sign_in;

/// A guild with an owner, a member, a bot, a public channel and one for the owner alone.
struct Stage {
    sim: Sim,
    page: Router,
    owner: Snowflake,
    member: Snowflake,
    stranger: Snowflake,
    guild: Snowflake,
    bot: Snowflake,
    general: Snowflake,
    hidden: Snowflake,
}

async fn stage() -> Stage {
    let sim = Sim::start(SimConfig {
        seed: Some(1),
        ..SimConfig::default()
    })
    .await
    .unwrap();
    let control = sim.control();
    let user = |name: &str| {
        control
            .user(MakeUser {
                username: name.to_owned(),
                ..MakeUser::default()
            })
            .unwrap()
    };
    let (owner, member, stranger) = (user("owner"), user("member"), user("stranger"));
    let guild = control
        .guild(MakeGuild {
            name: "Stage".to_owned(),
            owner,
            ..MakeGuild::default()
        })
        .unwrap();
    control.join(guild, member).unwrap();
    let closed = vec![Overwrite {
        id: guild,
        kind: 0,
        allow: 0,
        deny: 1 << 10,
    }];
    let hidden = control
        .channel(MakeChannel {
            guild,
            name: "hidden".to_owned(),
            overwrites: closed,
            ..MakeChannel::default()
        })
        .unwrap();
    let bot = control
        .application(MakeApplication {
            name: "Bot".to_owned(),
            ..MakeApplication::default()
        })
        .unwrap()
        .id;
    control.install(guild, bot, 8).unwrap();
    let general = control.general(guild).unwrap();
    let page = sim.chat("/chat");
    Stage {
        sim,
        page,
        owner,
        member,
        stranger,
        guild,
        bot,
        general,
        hidden,
    }
}

impl Stage {
    async fn ask(&self, method: &str, path: &str, body: Option<&str>) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/chat/api/{path}"));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request
            .body(body.map_or_else(Body::empty, |text| Body::from(text.to_owned())))
            .unwrap();
        let response = self.page.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 4 << 20).await.unwrap();
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        )
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.ask("GET", path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.ask("POST", path, Some(&body.to_string())).await
    }

    async fn say(&self, who: Snowflake, text: &str) -> Snowflake {
        let (status, body) = self
            .post(
                &format!("channels/{}/messages?as={who}", self.general),
                json!({"content": text}),
            )
            .await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["id"].as_str().unwrap().parse().unwrap()
    }

    fn whisper(&self, to: Snowflake, text: &str) -> Snowflake {
        let draft = MessageDraft {
            author: self.bot,
            application: Some(self.bot),
            kind: 20,
            content: text.to_owned(),
            flags: 64,
            only_for: Some(to),
            ..MessageDraft::default()
        };
        self.sim
            .hub()
            .world()
            .message_send(self.general, draft)
            .unwrap()
    }

    fn register(&self, name: &str, body: &Value) {
        let draft = CommandDraft {
            kind: 1,
            name: name.to_owned(),
            body: body.as_object().unwrap().clone(),
        };
        self.sim
            .hub()
            .world()
            .command_put(self.bot, None, draft)
            .unwrap();
    }

    async fn texts(&self, who: Snowflake) -> Vec<String> {
        let (_, body) = self
            .get(&format!("channels/{}/messages?as={who}", self.general))
            .await;
        let list = body["messages"].as_array().unwrap();
        list.iter()
            .map(|message| message["content"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn a_member_is_shown_only_channels_it_may_view() {
    let stage = stage().await;
    let names = |state: Value| -> Vec<String> {
        let channels = state["guilds"][0]["channels"].as_array().unwrap().clone();
        channels
            .iter()
            .map(|channel| channel["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let (_, owner) = stage.get(&format!("state?as={}", stage.owner)).await;
    let (_, member) = stage.get(&format!("state?as={}", stage.member)).await;
    assert_eq!(names(owner), ["general", "hidden"]);
    assert_eq!(names(member), ["general"]);
    let (_, stranger) = stage.get(&format!("state?as={}", stage.stranger)).await;
    assert_eq!(stranger["guilds"], json!([]));
}

#[tokio::test]
async fn a_hidden_channel_can_be_neither_read_nor_written_nor_typed_in() {
    let stage = stage().await;
    let secret = MessageDraft {
        author: stage.owner,
        content: "secret".to_owned(),
        ..MessageDraft::default()
    };
    let secret = stage
        .sim
        .hub()
        .world()
        .message_send(stage.hidden, secret)
        .unwrap();
    for who in [stage.member, stage.stranger] {
        let at = format!("channels/{}", stage.hidden);
        for (method, path, body) in [
            ("GET", format!("{at}/messages?as={who}"), None),
            (
                "POST",
                format!("{at}/messages?as={who}"),
                Some(r#"{"content":"x"}"#),
            ),
            ("POST", format!("{at}/typing?as={who}"), None),
            ("GET", format!("{at}/commands?as={who}"), None),
            (
                "PATCH",
                format!("{at}/messages/{secret}?as={who}"),
                Some(r#"{"content":"x"}"#),
            ),
            ("DELETE", format!("{at}/messages/{secret}?as={who}"), None),
            (
                "PUT",
                format!("{at}/messages/{secret}/reactions?as={who}&emoji=%F0%9F%91%8D"),
                None,
            ),
        ] {
            let (status, answer) = stage.ask(method, &path, body).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_private_answer_is_for_its_asker_alone() {
    let stage = stage().await;
    stage.say(stage.owner, "for all").await;
    let whisper = stage.whisper(stage.member, "for the member");
    assert_eq!(
        stage.texts(stage.member).await,
        ["for all", "for the member"]
    );
    assert_eq!(stage.texts(stage.owner).await, ["for all"]);
    let at = format!("channels/{}/messages/{whisper}", stage.general);
    let (status, _) = stage
        .ask(
            "PUT",
            &format!("{at}/reactions?as={}&emoji=%F0%9F%91%8D", stage.owner),
            None,
        )
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, answer) = stage
        .ask("DELETE", &format!("{at}?as={}", stage.member), None)
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    let (status, _) = stage
        .post(
            &format!("channels/{}/messages?as={}", stage.general, stage.member),
            json!({"content": "x", "reply_to": whisper}),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn messages_are_edited_by_their_author_and_deleted_by_those_who_may() {
    let stage = stage().await;
    let id = stage.say(stage.member, "mine").await;
    let at = format!("channels/{}/messages/{id}", stage.general);
    let (status, _) = stage
        .ask(
            "PATCH",
            &format!("{at}?as={}", stage.owner),
            Some(r#"{"content":"not mine"}"#),
        )
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = stage
        .ask(
            "PATCH",
            &format!("{at}?as={}", stage.member),
            Some(r#"{"content":"changed"}"#),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(stage.texts(stage.owner).await, ["changed"]);
    let other = stage.say(stage.owner, "the owner's").await;
    let (status, _) = stage
        .ask(
            "DELETE",
            &format!(
                "channels/{}/messages/{other}?as={}",
                stage.general, stage.member
            ),
            None,
        )
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = stage
        .ask("DELETE", &format!("{at}?as={}", stage.owner), None)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(stage.texts(stage.owner).await, ["the owner's"]);
}

/// What a browser would never send: method, path, body, and the answer's status.
fn hostile(stage: &Stage, id: Snowflake) -> Vec<(&'static str, String, Option<String>, u16)> {
    let send = format!("channels/{}/messages?as={}", stage.general, stage.member);
    let react = |emoji: &str| {
        format!(
            "channels/{}/messages/{id}/reactions?as={}&emoji={emoji}",
            stage.general, stage.member
        )
    };
    let long = json!({"content": "x".repeat(2_001)}).to_string();
    let huge = json!({"content": "x".repeat(100_000)}).to_string();
    let post =
        |path: &str, body: &str, status| ("POST", path.to_owned(), Some(body.to_owned()), status);
    let some = r#"{"content":"x"}"#;
    let elsewhere = |who: &str| format!("channels/{}/messages{who}", stage.general);
    let by = |who: Snowflake| elsewhere(&format!("?as={who}"));
    let overlong = format!("channels/{}/messages?as={}", "9".repeat(23), stage.member);
    let ask = format!("interactions?as={}", stage.member);
    vec![
        post(&send, r#"{"content":""}"#, 422),
        post(&send, r#"{"content":"  \n "}"#, 422),
        post(&send, &long, 422),
        post(&send, &huge, 413),
        post(&send, "{", 400),
        post(&send, "[]", 422),
        post(&send, r#"{"content":"x","reply_to":"1"}"#, 404),
        post(&elsewhere(""), some, 404),
        post(&elsewhere("?as=1%27%20or%201"), some, 404),
        post(&by(stage.bot), some, 404),
        post(&by(stage.stranger), some, 404),
        post(&overlong, some, 400),
        post(&ask, r#"{"kind":"explode"}"#, 422),
        (
            "PUT",
            "pace".to_owned(),
            Some(r#"{"pace":"frantic"}"#.to_owned()),
            422,
        ),
        ("PUT", react("script"), None, 422),
        ("PUT", react(""), None, 422),
        ("PUT", react(&"%F0%9F%91%8D".repeat(40)), None, 422),
    ]
}

#[tokio::test]
async fn hostile_input_is_refused_in_words() {
    let stage = stage().await;
    let id = stage.say(stage.owner, "hello").await;
    for (method, path, body, expected) in hostile(&stage, id) {
        let (status, answer) = stage.ask(method, &path, body.as_deref()).await;
        assert_eq!(
            status.as_u16(),
            expected,
            "{method} {path} {body:.60?}: {answer}"
        );
    }
    assert_eq!(stage.texts(stage.owner).await, ["hello"]);
}

#[tokio::test]
async fn another_site_is_kept_out() {
    let stage = stage().await;
    let request = Request::post(format!(
        "/chat/api/channels/{}/typing?as={}",
        stage.general, stage.member
    ));
    let request = request
        .header(header::HOST, "localhost")
        .header(header::ORIGIN, "https://evil.example")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        stage.page.clone().oneshot(request).await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn twenty_different_reactions_are_enough() {
    let stage = stage().await;
    let id = stage.say(stage.owner, "hello").await;
    for n in 0..21_u32 {
        let emoji = char::from_u32(0x1F400 + n).unwrap();
        let encoded: String = emoji
            .to_string()
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        let path = format!(
            "channels/{}/messages/{id}/reactions?as={}&emoji={encoded}",
            stage.general, stage.member
        );
        let (status, _) = stage.ask("PUT", &path, None).await;
        assert_eq!(
            status,
            if n < 20 {
                StatusCode::OK
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            },
            "{n}"
        );
    }
}

#[tokio::test]
async fn commands_are_shown_with_whose_they_are_and_only_where_they_may_be_used() {
    let stage = stage().await;
    stage.register("daily", &json!({"description": "Coins"}));
    stage.register(
        "ban",
        &json!({"description": "Bans", "default_member_permissions": "4"}),
    );
    let names = |body: Value| -> Vec<String> {
        let list = body["commands"].as_array().unwrap().clone();
        list.iter()
            .map(|command| {
                format!(
                    "{} of {}",
                    command["name"].as_str().unwrap(),
                    command["application"]["name"].as_str().unwrap()
                )
            })
            .collect()
    };
    let (_, member) = stage
        .get(&format!(
            "channels/{}/commands?as={}",
            stage.general, stage.member
        ))
        .await;
    assert_eq!(names(member), ["daily of Bot"]);
    let (_, owner) = stage
        .get(&format!(
            "channels/{}/commands?as={}",
            stage.general, stage.owner
        ))
        .await;
    assert_eq!(names(owner).len(), 2);
}

#[tokio::test]
async fn a_command_that_nobody_answers_fails_in_time_and_ticks_nothing() {
    let stage = stage().await;
    stage.register("daily", &json!({"description": "Coins"}));
    let question = json!({"kind": "command", "channel": stage.general, "application": stage.bot, "command": "daily", "options": {}});
    let (status, answer) = stage
        .post(&format!("interactions?as={}", stage.member), question)
        .await;
    assert_eq!(
        (status, &answer["outcome"]),
        (StatusCode::OK, &json!("failed"))
    );
    let (_, state) = stage.get(&format!("state?as={}", stage.member)).await;
    let steps = state["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1, "only what can be done is shown: {steps:?}");
    assert_eq!(steps[0]["done"], false);
}

/// The stage's bot, connected to the gateway.
struct Connected(
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
);

impl Connected {
    async fn new(stage: &Stage) -> Self {
        let token = stage
            .sim
            .hub()
            .world()
            .application(stage.bot)
            .unwrap()
            .token
            .clone();
        let url = format!("{}?v=10&encoding=json", stage.sim.gateway_url());
        let mut bot = Self(tokio_tungstenite::connect_async(url).await.unwrap().0);
        let identify = json!({"op": 2, "d": {"token": token, "intents": 1, "properties": {"os": "x", "browser": "x", "device": "x"}}});
        bot.0.send(identify.to_string().into()).await.unwrap();
        bot.heard("READY").await;
        bot
    }

    async fn heard(&mut self, name: &str) -> Value {
        loop {
            let frame = tokio::time::timeout(Duration::from_secs(5), self.0.next())
                .await
                .unwrap()
                .unwrap()
                .unwrap();
            let payload: Value = serde_json::from_str(frame.to_text().unwrap()).unwrap();
            if payload["t"] == name {
                return payload["d"].clone();
            }
        }
    }

    /// Answers the next interaction over REST.
    async fn answer_next(&mut self, stage: &Stage, callback: Value) {
        let asked = self.heard("INTERACTION_CREATE").await;
        let (id, token) = (
            asked["id"].as_str().unwrap(),
            asked["token"].as_str().unwrap(),
        );
        let url = format!("/api/v10/interactions/{id}/{token}/callback");
        let request = Request::post(url)
            .header(header::USER_AGENT, "DiscordBot (https://example.com, 1)")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(callback.to_string()))
            .unwrap();
        let response = stage.sim.doors().oneshot(request).await.unwrap();
        assert!(response.status().is_success(), "{:?}", response.status());
    }
}

#[tokio::test]
async fn a_public_answer_ticks_its_step_and_a_refusal_does_not() {
    let stage = stage().await;
    stage.register("daily", &json!({"description": "Coins"}));
    let path = format!("interactions?as={}", stage.member);
    let question = || json!({"kind": "command", "channel": stage.general, "application": stage.bot, "command": "daily", "options": {}});
    let mut bot = Connected::new(&stage).await;
    let refusal = json!({"type": 4, "data": {"content": "Come back tomorrow.", "flags": 64}});
    let ((_, answer), ()) = tokio::join!(
        stage.post(&path, question()),
        bot.answer_next(&stage, refusal)
    );
    assert_eq!(answer["outcome"], "answered");
    assert!(!stage.sim.page().notes().steps_done().contains("daily"));
    let mut signals = stage.sim.page().listen();
    let reward = json!({"type": 4, "data": {"content": "100 coins"}});
    let ((_, answer), ()) = tokio::join!(
        stage.post(&path, question()),
        bot.answer_next(&stage, reward)
    );
    assert_eq!(answer["outcome"], "answered");
    tokio::time::timeout(Duration::from_secs(5), signals.recv())
        .await
        .unwrap()
        .unwrap();
    let (_, state) = stage.get(&format!("state?as={}", stage.owner)).await;
    assert_eq!(state["steps"][0]["done"], true);
}

#[tokio::test]
async fn options_keep_the_bounds_that_the_command_sets() {
    let stage = stage().await;
    let amount = json!({"type": 4, "name": "amount", "description": "How many", "required": true, "min_value": 1});
    stage.register("pay", &json!({"description": "Pays", "options": [amount]}));
    for options in [
        json!({}),
        json!({"amount": 0}),
        json!({"amount": "1"}),
        json!({"amount": 1.5}),
        json!({"amount": 1, "else": 1}),
    ] {
        let question = json!({"kind": "command", "channel": stage.general, "application": stage.bot, "command": "pay", "options": options});
        let (status, answer) = stage
            .post(&format!("interactions?as={}", stage.member), question)
            .await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{options}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_stream_tells_its_member_and_no_other_of_private_answers_and_hidden_channels() {
    let stage = stage().await;
    let connect = |who: Snowflake| {
        let url = format!("ws://{}/chat/api/live?as={who}", stage.sim.addr());
        async move { tokio_tungstenite::connect_async(url).await.unwrap().0 }
    };
    let (mut member, mut owner) = (connect(stage.member).await, connect(stage.owner).await);
    let secret = MessageDraft {
        author: stage.owner,
        content: "in hiding".to_owned(),
        ..MessageDraft::default()
    };
    stage
        .sim
        .hub()
        .world()
        .message_send(stage.hidden, secret)
        .unwrap();
    stage.whisper(stage.member, "for the member");
    stage.say(stage.owner, "last").await;
    for (stream, expected) in [
        (&mut member, vec!["for the member", "last"]),
        (&mut owner, vec!["in hiding", "last"]),
    ] {
        let mut heard = Vec::new();
        while heard.last().map(String::as_str) != Some("last") {
            let frame = tokio::time::timeout(Duration::from_secs(5), stream.next())
                .await
                .unwrap()
                .unwrap()
                .unwrap();
            let line: Value = serde_json::from_str(frame.to_text().unwrap()).unwrap();
            if line["t"] == "MESSAGE_CREATE" {
                heard.push(line["d"]["content"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(heard, expected);
    }
}

#[tokio::test]
async fn a_stream_of_nobody_is_refused() {
    let stage = stage().await;
    for who in ["", "?as=1", "?as=x"] {
        let refused = tokio_tungstenite::connect_async(format!(
            "ws://{}/chat/api/live{who}",
            stage.sim.addr()
        ))
        .await;
        assert!(refused.is_err(), "{who}");
    }
    let of_bot = tokio_tungstenite::connect_async(format!(
        "ws://{}/chat/api/live?as={}",
        stage.sim.addr(),
        stage.bot
    ))
    .await;
    assert!(of_bot.is_err());
}

#[tokio::test]
async fn the_page_comes_with_a_policy_and_its_files_are_not_sent_twice() {
    let stage = stage().await;
    for path in ["/chat", "/chat/"] {
        let response = stage
            .page
            .clone()
            .oneshot(Request::get(path).body(Body::empty()).unwrap())
            .await
            .unwrap();
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        let page = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        assert!(
            std::str::from_utf8(&page)
                .unwrap()
                .contains("/chat/assets/main.js")
        );
    }
    let file = |mark: Option<&str>| {
        let mut request = Request::get("/chat/assets/main.js");
        if let Some(mark) = mark {
            request = request.header(header::IF_NONE_MATCH, mark);
        }
        stage
            .page
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
    };
    let first = file(None).await.unwrap();
    let mark = first.headers()[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(
        file(Some(&mark)).await.unwrap().status(),
        StatusCode::NOT_MODIFIED
    );
    let missing = stage
        .page
        .clone()
        .oneshot(
            Request::get("/chat/assets/..%2Fpage.rs")
                .body(Body::empty())
                .unwrap(),
        )
        .await
        .unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    let _ = stage.guild;
}

/// The scripts' own tests need Node; without it this says so and leaves them to a machine that has it.
#[tokio::test]
async fn the_scripts_pass_their_own_tests() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page");
    let files = ["markdown", "options", "look"].map(|name| format!("{folder}/{name}.test.mjs"));
    let run = std::process::Command::new("node")
        .arg("--test")
        .args(files)
        .output();
    match run {
        Ok(output) => assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        ),
        Err(missing) => eprintln!("skipped: the scripts' tests need node ({missing})"),
    }
}
