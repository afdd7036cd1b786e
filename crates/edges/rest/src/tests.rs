//! The routes over a real database; the directory, which is Discord's, is kept in the test.

mod config;

use std::sync::Arc;

use app::{App, Core, Parts};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use chat::{
    BoxFuture, DeliveryError, Directory, Finished, GuildAvailable, GuildView, Inbox, Incoming,
    IncomingMessage, KnownMember,
};
use kernel::{
    ApplicationId, ChannelId, Clock, GuildId, Id, IdSource, MessageId, SeededChance, Snowflakes,
    UserId,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use testkit::{db::TestDb, time::ManualClock};
use tower::ServiceExt;

use crate::Rest;

const TOKEN: &str = "an-operator-token";

/// Members 10 and 11 are people; 12 is a bot.
#[derive(Debug)]
struct Town;

impl Directory for Town {
    fn member(
        &self,
        _: GuildId,
        user: UserId,
    ) -> BoxFuture<'_, Result<Option<KnownMember>, DeliveryError>> {
        let known = (10..=12).contains(&user.get()).then(|| KnownMember {
            is_bot: user.get() == 12,
            ..KnownMember::named(user, format!("member {user}"))
        });
        Box::pin(async move { Ok(known) })
    }

    fn guild(&self, _: GuildId) -> BoxFuture<'_, Result<Option<Arc<GuildView>>, DeliveryError>> {
        Box::pin(async { Ok(None) })
    }

    fn known_guild(&self, _: GuildId) -> Option<Arc<GuildView>> {
        None
    }

    fn bot_user(&self, _: ApplicationId) -> Option<UserId> {
        None
    }

    fn message(
        &self,
        _: ChannelId,
        _: MessageId,
    ) -> BoxFuture<'_, Result<Option<IncomingMessage>, DeliveryError>> {
        Box::pin(async { Ok(None) })
    }

    fn recent_messages(
        &self,
        _: ChannelId,
        _: u16,
    ) -> BoxFuture<'_, Result<Vec<IncomingMessage>, DeliveryError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

struct Scene {
    router: Router,
    _db: TestDb,
}

async fn scene() -> Scene {
    let db = testkit::db::fresh_libsql(&store::Migrations::part(app::MIGRATIONS));
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
    let ids: Arc<dyn IdSource> = Arc::new(Snowflakes::new(clock.clone(), 1));
    let chance = Arc::new(SeededChance::new(1));
    let parts = Parts::new(db.database().clone(), clock, ids, chance);
    let core = Core::new(parts, app::words().unwrap());
    let app = App::start(core, audit::Signer::of_seed(&[7; 32]));
    app.core().look_up_in(Arc::new(Town));
    let (sender, arrived) = tokio::sync::oneshot::channel::<()>();
    let guild = GuildAvailable {
        application: Id::new(5).unwrap(),
        guild: Id::new(77).unwrap(),
        name: "Town".to_owned(),
        members: 3,
    };
    let finished = Finished::new(move || {
        let _ = sender.send(());
    });
    app.accept(Incoming::GuildAvailable(guild), finished)
        .unwrap();
    arrived.await.unwrap();
    let rest = Rest::new(app.core().clone(), Some(SecretString::from(TOKEN)));
    Scene {
        router: rest.router(),
        _db: db,
    }
}

impl Scene {
    async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1_000_000)
            .await
            .unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let request = Request::get(format!("/api/v1/guilds/{path}"))
            .header("authorization", format!("Bearer {TOKEN}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, key: Option<&str>, body: &str) -> (StatusCode, Value) {
        let mut request = Request::post(format!("/api/v1/guilds/{path}"))
            .header("authorization", format!("Bearer {TOKEN}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    async fn grant(&self, key: &str, user: u64, amount: i64) -> (StatusCode, Value) {
        let body = json!({"from": "faucet:grant", "to": format!("purse:{user}"), "amount": amount, "reason": "prize"});
        self.post("77/transfers", Some(key), &body.to_string())
            .await
    }
}

#[tokio::test]
async fn r1_without_the_right_token_there_is_nothing_but_401() {
    let scene = scene().await;
    for path in ["accounts/10", "transfers", "leaderboard", "supply"] {
        for header in [
            None,
            Some("Bearer wrong"),
            Some("Basic an-operator-token"),
            Some("Bearer "),
        ] {
            let mut request = Request::get(format!("/api/v1/guilds/77/{path}"));
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let (status, body) = scene.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path} {header:?}");
            assert_eq!(body["status"], 401);
            assert!(body["request_id"].is_string(), "{body}");
        }
    }
}

#[tokio::test]
async fn r1_a_guild_that_the_bot_is_not_in_is_404() {
    let scene = scene().await;
    for guild in ["78", "0", "abc", "-1", "99999999999999999999999"] {
        let (status, body) = scene.get(&format!("{guild}/supply")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{guild}: {body}");
    }
    let (status, _) = scene.get("77/nothing").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn r2_a_write_sent_again_with_its_key_gets_the_first_answer() {
    let scene = scene().await;
    let (status, first) = scene.grant("k1", 10, 50).await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    assert_eq!(
        (&first["from"], &first["to"]),
        (&json!("faucet:grant"), &json!("purse:10"))
    );
    assert_eq!(
        (&first["amount"], &first["kind"]),
        (&json!(50), &json!("grant"))
    );
    assert_eq!(first["cause"]["kind"], "api");
    let again = scene.grant("k1", 10, 50).await;
    assert_eq!(again, (StatusCode::CREATED, first));
    let (status, _) = scene.grant("k1", 10, 51).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (_, account) = scene.get("77/accounts/10").await;
    assert_eq!(account["balance"], 50);
    let body = json!({"from": "purse:10", "to": "sink:revoke", "amount": 20});
    assert_eq!(
        scene.post("77/transfers", None, &body.to_string()).await.0,
        StatusCode::BAD_REQUEST
    );
    let (status, taken) = scene
        .post("77/transfers", Some("k2"), &body.to_string())
        .await;
    assert_eq!(
        (status, &taken["kind"]),
        (StatusCode::CREATED, &json!("revoke"))
    );
}

#[tokio::test]
async fn r3_what_is_not_understood_is_refused_with_its_place() {
    let scene = scene().await;
    let cases = [
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":0}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":-5}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":1.5}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":9007199254740992}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":1e400}"#,
            "/amount",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":"5"}"#,
            "/amount",
        ),
        (r#"{"from":"nowhere","to":"purse:10","amount":5}"#, "/from"),
        (
            r#"{"from":"faucet:grant","to":"purse:0","amount":5}"#,
            "/to",
        ),
        (
            r#"{"from":"faucet:grant","to":"purse:10","amount":5,"balance":9}"#,
            "/balance",
        ),
    ];
    for (body, pointer) in cases {
        let (status, problem) = scene.post("77/transfers", Some("k"), body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
        assert_eq!(problem["pointer"], pointer, "{body}: {problem}");
    }
    for body in [
        "",
        "{",
        "[]",
        "null",
        r#"{"from":"faucet:grant","to":"purse:10","amount":5} x"#,
    ] {
        let (status, problem) = scene.post("77/transfers", Some("k"), body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {problem}"
        );
    }
    let (_, supply) = scene.get("77/supply").await;
    assert_eq!(
        (&supply["sum"], &supply["circulating"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn bots_and_strangers_have_no_purse_and_nobody_is_overdrawn() {
    let scene = scene().await;
    for user in [12, 13] {
        let (status, problem) = scene.grant(&format!("k{user}"), user, 5).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    }
    scene.grant("a", 10, 5).await;
    let body = json!({"from": "purse:10", "to": "sink:revoke", "amount": 6}).to_string();
    let (status, problem) = scene.post("77/transfers", Some("b"), &body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    let (status, nobody) = scene.get("77/accounts/4242").await;
    assert_eq!((status, &nobody["balance"]), (StatusCode::OK, &json!(0)));
}

#[tokio::test]
async fn lists_are_newest_first_and_go_on_by_cursor() {
    let scene = scene().await;
    for number in 1..=5 {
        scene
            .grant(
                &format!("k{number}"),
                10 + number % 2,
                i64::try_from(number).unwrap(),
            )
            .await;
    }
    let (_, page) = scene.get("77/transfers?limit=2").await;
    let amounts = |page: &Value| -> Vec<i64> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["amount"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(amounts(&page), [5, 4]);
    let next = page["next"].as_str().unwrap();
    let (_, page) = scene
        .get(&format!("77/transfers?limit=10&cursor={next}"))
        .await;
    assert_eq!(
        (amounts(&page), &page["next"]),
        (vec![3, 2, 1], &Value::Null)
    );
    let (_, page) = scene.get("77/transfers?user_id=10").await;
    assert_eq!(amounts(&page), [4, 2]);
    let (_, board) = scene.get("77/leaderboard").await;
    assert_eq!(
        board["items"][0],
        json!({"rank": 1, "user_id": "11", "value": 9})
    );
    for bad in [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "cursor=-1",
        "user_id=x",
    ] {
        let (status, problem) = scene.get(&format!("77/transfers?{bad}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {problem}");
    }
    assert_eq!(
        scene.get("77/leaderboard?by=luck").await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
