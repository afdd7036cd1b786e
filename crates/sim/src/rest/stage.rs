//! A small world behind the real router, for tests of the API: a guild with its owner, two members and a bot.
//! What always holds: where a description of the API is at hand (`DISCORD_OPENAPI`), a stage fails its test if any answer departed from it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use kernel::Clock;
use serde_json::Value;
use tower::ServiceExt;

use crate::Hub;
use crate::clock::ManualClock;
use crate::openapi::{OpenApi, Side};
use crate::world::marks::Marks;
use crate::world::permissions::ADMINISTRATOR;
use crate::world::wires::{Bounds, Wires};
use crate::world::{
    ApplicationDraft, Deed, GuildDraft, InteractionDraft, MessageDraft, RoleDraft, Snowflake,
    UserDraft, World,
};

use super::buckets::RatePolicy;
use super::{Rest, RestSettings, router};

pub(crate) const T0: i64 = 1_795_168_800_000_000;
pub(crate) const SECOND: i64 = 1_000_000;

pub(crate) struct Stage {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) rest: Arc<Rest>,
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) owner: Snowflake,
    pub(crate) alice: Snowflake,
    pub(crate) bob: Snowflake,
    pub(crate) bot: Snowflake,
    router: Router,
    token: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// `403 50013`: the status, and Discord's code where there is one.
    pub(crate) fn verdict(&self) -> String {
        match self.body.get("code") {
            Some(code) if self.status >= 400 => format!("{} {code}", self.status),
            _ => self.status.to_string(),
        }
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.status < 300, "refused: {} {}", self.status, self.body);
        self.body
    }

    #[track_caller]
    pub(crate) fn id(self) -> Snowflake {
        self.ok()["id"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("an id")
    }

    #[track_caller]
    pub(crate) fn is(&self, expected: &str) {
        assert_eq!(self.verdict(), expected, "{}", self.body);
    }
}

/// The description of the API, where the machine has one.
#[expect(
    clippy::disallowed_methods,
    reason = "only the test knows where the description lies; the library takes its path as a setting"
)]
pub(crate) fn description() -> Option<OpenApi> {
    let path = std::env::var_os("DISCORD_OPENAPI")?;
    Some(OpenApi::load(std::path::Path::new(&path)).expect("DISCORD_OPENAPI names a description"))
}

impl Stage {
    /// The bot may do everything, and nobody waits.
    pub(crate) fn new() -> Self {
        Self::with(
            ADMINISTRATOR,
            RatePolicy {
                enforced: false,
                ..RatePolicy::default()
            },
        )
    }

    /// The bot's own role has these permissions, beside those of everyone.
    pub(crate) fn allowed(permissions: u64) -> Self {
        Self::with(
            permissions,
            RatePolicy {
                enforced: false,
                ..RatePolicy::default()
            },
        )
    }

    pub(crate) fn with(permissions: u64, rates: RatePolicy) -> Self {
        let clock = Arc::new(ManualClock::new(T0));
        let bounds = Bounds {
            replay_events_max: 64,
            replay_bytes_max: 1 << 20,
            outlet_max: 64,
            resumable_us: SECOND,
        };
        let mut world = World::new(
            clock.clone(),
            [7; 32],
            1,
            Wires::new(bounds, 7),
            Marks::default(),
        );
        let [owner, alice, bob] = ["olga", "alice", "bob"].map(|name| {
            world.user_create(UserDraft {
                username: name.to_owned(),
                ..UserDraft::default()
            })
        });
        let guild = world
            .guild_create(GuildDraft {
                name: "Guild".to_owned(),
                owner,
                id: None,
                locale: None,
            })
            .unwrap();
        let bot = world
            .application_create(ApplicationDraft::named("crier"))
            .unwrap();
        world
            .install(guild, bot, permissions, &Deed::by(owner))
            .unwrap();
        for user in [alice, bob] {
            world.member_join(guild, user).unwrap();
        }
        let channel = world.guild(guild).unwrap().system_channel.unwrap();
        let token = world.application(bot).unwrap().token.clone();
        let hub = Arc::new(Hub::new(world, clock.clone() as Arc<dyn Clock>));
        let settings = RestSettings {
            rates,
            gateway_url: "ws://127.0.0.1:1/gateway".to_owned(),
        };
        let rest = Rest::new(hub, settings, description());
        Self {
            clock,
            router: router(rest.clone()),
            rest,
            guild,
            channel,
            owner,
            alice,
            bob,
            bot,
            token,
        }
    }

    /// Asks as the bot: `GET /users/@me`, with a body or `null`.
    pub(crate) async fn ask(&self, request: &str, body: Value) -> Reply {
        self.ask_with(request, body, &[]).await
    }

    /// Asks with headers beside the usual ones; an empty value takes a header away.
    pub(crate) async fn ask_with(
        &self,
        request: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Reply {
        let content = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        self.ask_raw(request, content, "application/json", headers)
            .await
    }

    pub(crate) async fn ask_raw(
        &self,
        request: &str,
        content: Vec<u8>,
        content_type: &str,
        headers: &[(&str, &str)],
    ) -> Reply {
        let (method, path) = request.split_once(' ').expect("a method and a path");
        let path = if path.starts_with("/api") || path.starts_with("/attachments") {
            path.to_owned()
        } else {
            format!("/api/v10{path}")
        };
        let mut builder = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "discord.test");
        let authorization = format!("Bot {}", self.token);
        let usual = [
            ("user-agent", "DiscordBot (https://example.org, 1)"),
            ("authorization", &authorization),
            ("content-type", content_type),
        ];
        let kept = usual
            .iter()
            .filter(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        for (name, value) in kept.chain(headers).filter(|(_, value)| !value.is_empty()) {
            builder = builder.header(*name, *value);
        }
        let response = self
            .router
            .clone()
            .oneshot(builder.body(Body::from(content)).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let content = to_bytes(body, 64 << 20).await.unwrap_or_default();
        let body = serde_json::from_slice(&content)
            .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&content).into_owned()));
        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    /// A person writes a message.
    pub(crate) fn say(&self, author: Snowflake, content: &str) -> Snowflake {
        self.rest
            .hub
            .world()
            .message_send(
                self.channel,
                MessageDraft {
                    author,
                    content: content.to_owned(),
                    ..MessageDraft::default()
                },
            )
            .unwrap()
    }

    /// A role of the guild, at the bottom, held by a member.
    pub(crate) fn role_for(&self, user: Snowflake, permissions: u64) -> Snowflake {
        let mut world = self.rest.hub.world();
        let deed = Deed::by(self.owner);
        let role = world
            .role_create(
                self.guild,
                RoleDraft {
                    name: "role".to_owned(),
                    permissions,
                    ..RoleDraft::default()
                },
                &deed,
            )
            .unwrap();
        let mut roles = world.member(self.guild, user).unwrap().roles.clone();
        roles.push(role);
        world
            .member_edit(
                self.guild,
                user,
                crate::world::MemberEdit {
                    roles: Some(roles),
                    ..crate::world::MemberEdit::default()
                },
                &deed,
            )
            .unwrap();
        role
    }

    /// Alice opens an interaction; returns its id and token.
    pub(crate) fn interact(
        &self,
        kind: u8,
        data: Value,
        source: Option<Snowflake>,
    ) -> (Snowflake, String) {
        let mut world = self.rest.hub.world();
        let draft = InteractionDraft {
            application: self.bot,
            kind,
            user: self.alice,
            channel: self.channel,
            data,
            source,
        };
        let id = world.interaction_open(draft).unwrap().id;
        (id, world.interaction(id).unwrap().token.clone())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let Some(api) = self
            .rest
            .openapi
            .as_ref()
            .filter(|_| !std::thread::panicking())
        else {
            return;
        };
        let wrong: Vec<_> = api
            .violations()
            .into_iter()
            .filter(|violation| violation.side == Side::Response)
            .collect();
        assert!(
            wrong.is_empty(),
            "answers that the description does not allow: {wrong:#?}"
        );
    }
}
