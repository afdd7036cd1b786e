//! The page's API over real requests: who sees what, what is refused, and what hostile input costs.

mod asking;
mod files;
mod invite;
mod refusing;
mod seeing;
mod sign_in;
mod streams;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::world::state::Overwrite;
use crate::world::{CommandDraft, MessageDraft, Snowflake};
use crate::{MakeApplication, MakeChannel, MakeGuild, MakeUser, Sim, SimConfig};

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
