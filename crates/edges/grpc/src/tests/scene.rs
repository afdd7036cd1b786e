//! The edge on a free port over a real database; the directory, which is Discord's, is kept in the test.

use std::sync::Arc;

use app::{
    App, Core, Door, Parts,
    flows::tokens::{self, CreateToken},
};
use kernel::{Clock, IdSource, Op, SeededChance, Snowflakes};
use platform::{Area, Keyring, MasterKey, TokenId, TokenScope};
use secrecy::{ExposeSecret, SecretString};
use testkit::{
    db::TestDb,
    time::ManualClock,
    town::{self, Town},
};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tonic::{
    Request, Status,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

use crate::{
    Grpc,
    generated::guildhall_v1::{
        CreateTransferRequest, audit_client::AuditClient, config_client::ConfigClient,
        economy_client::EconomyClient, memory_client::MemoryClient,
        moderation_client::ModerationClient,
    },
};

pub(super) const TOKEN: &str = "an-operator-token";

/// Sends the token with each call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bearer;

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let value = MetadataValue::try_from(format!("Bearer {TOKEN}")).unwrap();
        request.metadata_mut().insert("authorization", value);
        Ok(request)
    }
}

/// A channel with the token in each call.
pub(super) type Let = InterceptedService<Channel, Bearer>;

pub(super) struct Scene {
    pub(super) channel: Channel,
    pub(super) grpc: Grpc,
    pub(super) door: Door,
    pub(super) stop: CancellationToken,
    pub(super) served: JoinSet<()>,
    app: Arc<App>,
    _db: TestDb,
}

pub(super) async fn scene() -> Scene {
    let scene = closed_scene().await;
    scene.grpc.open(scene.door.clone()).await;
    scene
}

/// A scene in which nothing is behind the edge yet.
pub(super) async fn closed_scene() -> Scene {
    let db = testkit::db::fresh_libsql(&store::Migrations::part(app::MIGRATIONS));
    let app = application(&db).await;
    let grpc = Grpc::closed().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let mut served = JoinSet::new();
    served.spawn(grpc.clone().serve(listener, stop.clone()));
    let channel = Endpoint::new(address).unwrap().connect().await.unwrap();
    let door = Door::new(app.core().clone(), Some(SecretString::from(TOKEN)));
    Scene {
        channel,
        grpc,
        door,
        stop,
        served,
        app,
        _db: db,
    }
}

async fn application(db: &TestDb) -> Arc<App> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
    let ids: Arc<dyn IdSource> = Arc::new(Snowflakes::new(clock.clone(), 1));
    let chance = Arc::new(SeededChance::new(1));
    let keyring = Arc::new(Keyring::new(MasterKey::new(&[7; 32])));
    let database = db.database().clone();
    let parts = Parts::new(database, clock, ids, chance.clone(), chance, keyring);
    let core = Core::new(parts, app::words().unwrap());
    let app = App::start(core, audit::Signer::of_seed(&[7; 32]));
    app.core().look_up_in(Arc::new(Town));
    town::deliver(app.as_ref(), town::joined(77)).await;
    app
}

impl Scene {
    pub(super) fn audit(&self) -> AuditClient<Let> {
        AuditClient::with_interceptor(self.channel.clone(), Bearer)
    }

    pub(super) fn config(&self) -> ConfigClient<Let> {
        ConfigClient::with_interceptor(self.channel.clone(), Bearer)
    }

    pub(super) fn economy(&self) -> EconomyClient<Let> {
        EconomyClient::with_interceptor(self.channel.clone(), Bearer)
    }

    pub(super) fn memory(&self) -> MemoryClient<Let> {
        MemoryClient::with_interceptor(self.channel.clone(), Bearer)
    }

    pub(super) fn moderation(&self) -> ModerationClient<Let> {
        ModerationClient::with_interceptor(self.channel.clone(), Bearer)
    }

    /// The operation of a write with this key as the REST edge reads it: its path, and the bytes of the header.
    pub(super) async fn over_rest(&self, path: &str, key: &[u8]) -> Op {
        let holder = self.door.holder(TOKEN).await.unwrap().unwrap();
        let needed = TokenScope::write(Area::Economy);
        let visitor = self.door.visit(holder, "77", needed).unwrap();
        visitor.write_op(self.door.core(), path, key).unwrap()
    }

    /// A new token of the guild with these scopes.
    pub(super) async fn token(&self, scopes: &[TokenScope]) -> (TokenId, String) {
        let core = self.door.core();
        let run = core.ids().next().to_string();
        let op = core.admission().cli("77".parse().unwrap(), &run);
        let command = CreateToken {
            name: format!("t{run}"),
            scopes: scopes.iter().copied().collect(),
        };
        let (token, text) = tokens::create(core, op, command).await.unwrap();
        (token.id, text.expose_secret().to_owned())
    }

    /// A member writes a message.
    pub(super) async fn say(&self, message: u64, user: u64, text: &str) {
        town::deliver(self.app.as_ref(), town::wrote(message, user, text)).await;
    }
}

/// A grant from the faucet.
pub(super) fn grant(key: &str, user: u64, amount: i64) -> CreateTransferRequest {
    CreateTransferRequest {
        guild_id: "77".to_owned(),
        idempotency_key: key.to_owned(),
        from_account: "faucet:grant".to_owned(),
        to_account: format!("purse:{user}"),
        amount,
        reason: "prize".to_owned(),
    }
}
