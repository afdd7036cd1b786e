//! A guild with three members, and requests to it.

use std::sync::Arc;

use app::{
    App, Core, Parts,
    flows::tokens::{self, CreateToken},
};
use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode},
};
use chat::Effect;
use kernel::{Clock, IdSource, SeededChance, Snowflakes, Span};
use platform::{Keyring, MasterKey, TokenId, TokenScope};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use store::{DbError, Tx};
use testkit::{
    db::TestDb,
    time::ManualClock,
    town::{self, Town},
};
use tower::ServiceExt;

use super::house::House;
use crate::Rest;

pub(super) const TOKEN: &str = "an-operator-token";

pub(super) struct Scene {
    router: Router,
    app: Arc<App>,
    db: TestDb,
}

pub(super) async fn scene() -> Scene {
    let db = testkit::db::fresh_libsql(&store::Migrations::part(app::MIGRATIONS));
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
    let ids: Arc<dyn IdSource> = Arc::new(Snowflakes::new(clock.clone(), 1));
    let chance = Arc::new(SeededChance::new(1));
    let keyring = Arc::new(Keyring::new(MasterKey::new(&[7; 32])));
    let database = db.database().clone();
    let parts = Parts::new(database, clock, ids, chance.clone(), chance, keyring);
    let core = Core::new(parts, app::words().unwrap());
    let app = App::start(core, audit::Signer::of_seed(&[7; 32]));
    app.core().look_up_in(Arc::new(Town));
    let operator = Some(SecretString::from(TOKEN));
    let rest = Rest::new(app.core().clone(), operator, Arc::new(House));
    let scene = Scene {
        router: rest.router(),
        app,
        db,
    };
    scene.join(77).await;
    scene
}

impl Scene {
    /// The bot joins a guild.
    pub(super) async fn join(&self, guild: u64) {
        town::deliver(self.app.as_ref(), town::joined(guild)).await;
    }

    /// A member of guild 77 writes a message in channel 6.
    pub(super) async fn say(&self, message: u64, user: u64, text: &str) {
        town::deliver(self.app.as_ref(), town::wrote(message, user, text)).await;
    }

    /// Waits until an event of the guild is counted, which is after it was answered.
    pub(super) async fn until_counted(&self, guild: u64) {
        let (core, guild) = (self.core(), kernel::Id::new(guild).unwrap());
        while core.paces().of(guild, core.clock().now()).is_none() {
            tokio::task::yield_now().await;
        }
    }

    pub(super) fn core(&self) -> &Core {
        self.app.core()
    }

    /// Where the database's files lie.
    pub(super) fn folder(&self) -> &std::path::Path {
        self.db.folder().unwrap()
    }

    /// What is owed to Discord, by its kind, in the order in which it leaves; it counts as delivered then.
    pub(super) async fn owed(&self) -> Vec<String> {
        let later = self.core().clock().now() + Span::hours(1);
        let deliver = move |tx: &mut Tx<'_>| {
            let mut delivered = Vec::new();
            loop {
                let claimed = store::owed::owed_claim(tx, later, 100)?;
                if claimed.is_empty() {
                    return Ok(delivered);
                }
                for owed in &claimed {
                    store::owed::owed_confirm(tx, owed.id)?;
                }
                delivered.extend(claimed);
            }
        };
        let owed: Result<_, DbError> = self.db.database().write("test", deliver).await;
        let kind = |owed: store::owed::Owed| {
            let effect: Effect = serde_json::from_str(&owed.effect).unwrap();
            effect.kind().to_owned()
        };
        owed.unwrap().into_iter().map(kind).collect()
    }

    /// The routes, for a test that looks at the head of an answer.
    pub(super) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(super) async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1_000_000)
            .await
            .unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> (StatusCode, Value) {
        let path = format!("guilds/{path}");
        self.ask_at(TOKEN, (method, &path, body), key).await
    }

    /// A request to a path under `/api/v1`, with this token and perhaps a key.
    pub(super) async fn ask_at(
        &self,
        token: &str,
        (method, path, body): (Method, &str, &str),
        key: Option<&str>,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/{path}"))
            .header("authorization", format!("Bearer {token}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    /// A new token of a guild with these scopes.
    pub(super) async fn token(&self, guild: u64, scopes: &[TokenScope]) -> (TokenId, String) {
        let run = self.core().ids().next().to_string();
        let guild = guild.to_string().parse().unwrap();
        let op = self.core().admission().cli(guild, &run);
        let command = CreateToken {
            name: format!("t{run}"),
            scopes: scopes.iter().copied().collect(),
        };
        let (token, text) = tokens::create(self.core(), op, command).await.unwrap();
        (token.id, text.expose_secret().to_owned())
    }

    /// A request with this token, and a key.
    pub(super) async fn ask_as(
        &self,
        token: &str,
        (method, path, body): (Method, &str, &str),
    ) -> (StatusCode, Value) {
        let path = format!("guilds/{path}");
        self.ask_at(token, (method, &path, body), Some("k")).await
    }

    pub(super) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.ask(Method::GET, path, None, "").await
    }

    pub(super) async fn post(
        &self,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> (StatusCode, Value) {
        self.ask(Method::POST, path, key, body).await
    }

    pub(super) async fn put(&self, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
        self.ask(Method::PUT, path, Some(key), &body.to_string())
            .await
    }

    pub(super) async fn delete(&self, path: &str, key: &str) -> (StatusCode, Value) {
        self.ask(Method::DELETE, path, Some(key), "").await
    }

    /// Tries routes without a token, with a wrong one, in a guild that the bot is not in, and, where they write,
    /// without a key.
    pub(super) async fn is_closed_to_strangers(&self, routes: &[(Method, &str, &str)]) {
        for (method, path, body) in routes {
            for token in [None, Some("Bearer wrong")] {
                let mut request = Request::builder()
                    .method(method.clone())
                    .uri(format!("/api/v1/guilds/77/{path}"))
                    .header("idempotency-key", "stranger");
                if let Some(token) = token {
                    request = request.header("authorization", token);
                }
                let request = request.body(Body::from((*body).to_owned())).unwrap();
                let (status, _) = self.send(request).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
            }
            for guild in ["78", "0", "x"] {
                let path = format!("{guild}/{path}");
                let (status, _) = self.ask(method.clone(), &path, Some("k"), body).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}");
            }
        }
    }

    /// What the audit holds of a kind, newest first.
    pub(super) async fn audited(&self, kind: &str) -> Vec<Value> {
        let (_, page) = self.get(&format!("77/audit?kind={kind}")).await;
        page["items"].as_array().unwrap().clone()
    }
}
