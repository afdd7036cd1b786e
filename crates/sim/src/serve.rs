//! Starting and stopping a simulated Discord: one listener for REST, gateway, control and the chat page.
//! What always holds: what was acknowledged before a stop is on disk after it; two simulators never share a folder.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt;
use kernel::{Clock, SystemClock};
use rand::SeedableRng;
use tokio::net::TcpListener;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::ManualClock;
use crate::control::{self, Control, Core};
use crate::crowd::{self, DemoServer};
use crate::gateway::{self, Gateway, GatewaySettings};
use crate::openapi::{OpenApi, OpenApiError};
use crate::page::{self, NotesError, Page, PageSettings};
use crate::rest::{self, Rest, RestSettings};
use crate::vault::{Found, Vault, VaultError};
use crate::world::World;
use crate::world::marks::Marks;
use crate::world::wires::{Bounds, Wires};
use crate::{Hub, RatePolicy, WorldError};

/// Where the chat page stands on the simulator's own listener.
const CHAT: &str = "/chat";
const SWEEP_EVERY: Duration = Duration::from_millis(250);
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// How long a stop waits for connections to end.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// Whose time it is.
#[derive(Debug, Clone, Default)]
pub enum Time {
    /// The machine's.
    #[default]
    System,
    /// One that `Control::advance` moves.
    Manual(Arc<ManualClock>),
}

/// How a simulated Discord is set up.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// Where it listens; port 0 takes a free one.
    pub addr: SocketAddr,
    /// Where its state is kept; without a folder a stop forgets everything.
    pub state_dir: Option<PathBuf>,
    /// The same seed makes the same tokens and disturbances in the same order; without one they are of chance.
    pub seed: Option<u64>,
    pub time: Time,
    pub rates: RatePolicy,
    /// Discord's OpenAPI description, to check every exchange against.
    pub openapi: Option<PathBuf>,
    pub heartbeat_interval_ms: u64,
    /// How long a session can be resumed after its connection went.
    pub resumable: Duration,
    /// Events kept in each session for a resume, and their size.
    pub replay_events_max: usize,
    pub replay_bytes_max: usize,
    /// Events waiting for a slow connection before it is dropped.
    pub outlet_max: usize,
    pub connections_max: usize,
    /// Guilds beyond which a shard must be split.
    pub guilds_per_shard_max: usize,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            state_dir: None,
            seed: None,
            time: Time::System,
            rates: RatePolicy::default(),
            openapi: None,
            heartbeat_interval_ms: 41_250,
            resumable: Duration::from_secs(180),
            replay_events_max: 4_096,
            replay_bytes_max: 16 << 20,
            outlet_max: 4_096,
            connections_max: 50_000,
            guilds_per_shard_max: 2_500,
        }
    }
}

/// Why a simulated Discord did not start.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    #[error("can't listen on {addr}: {source}; choose another address, or stop what uses it")]
    Listen {
        addr: SocketAddr,
        source: std::io::Error,
    },
    #[error(transparent)]
    State(#[from] VaultError),
    #[error(transparent)]
    Page(#[from] NotesError),
    #[error(transparent)]
    OpenApi(#[from] OpenApiError),
}

/// A running simulated Discord. Dropping it without `stop` ends it without a last write.
#[derive(Debug)]
pub struct Sim {
    addr: SocketAddr,
    core: Arc<Core>,
    page: Arc<Page>,
    vault: Option<Arc<std::sync::Mutex<Vault>>>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

impl Sim {
    /// Starts one and returns once it listens.
    ///
    /// # Errors
    /// When it can't listen, or its state can't be read or written.
    pub async fn start(config: SimConfig) -> Result<Self, SimError> {
        let openapi = config.openapi.as_deref().map(OpenApi::load).transpose()?;
        let (clock, manual): (Arc<dyn Clock>, _) = match &config.time {
            Time::System => (Arc::new(SystemClock), None),
            Time::Manual(manual) => (
                Arc::clone(manual) as Arc<dyn Clock>,
                Some(Arc::clone(manual)),
            ),
        };
        let listen = |source| SimError::Listen {
            addr: config.addr,
            source,
        };
        let listener = TcpListener::bind(config.addr).await.map_err(listen)?;
        let addr = listener.local_addr().map_err(listen)?;
        let (world, vault) = open_world(&config, &clock)?;
        let hub = Arc::new(Hub::new(world, clock));
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let core = build(&config, addr, hub, openapi, manual, &tasks, &stopping);
        let page = Page::new(
            Arc::clone(&core),
            PageSettings {
                folder: config.state_dir.clone(),
                stopping: stopping.clone(),
            },
        )?;
        let sim = Self {
            addr,
            core,
            page,
            vault: vault.map(|vault| Arc::new(std::sync::Mutex::new(vault))),
            tasks,
            stopping,
        };
        sim.tasks.spawn(serve(
            listener,
            router(&sim.core).merge(sim.chat(CHAT)),
            sim.stopping.clone(),
        ));
        sim.tasks
            .spawn(sweep(Arc::clone(&sim.core), sim.stopping.clone()));
        if let Some(vault) = &sim.vault {
            sim.tasks.spawn(keep(
                Arc::clone(vault),
                Arc::clone(&sim.core.hub),
                sim.stopping.clone(),
            ));
        }
        Ok(sim)
    }

    /// The address in use.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What a client takes for `https://discord.com/api`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("http://{}/api", self.addr)
    }

    /// The gateway's address, as `GET /gateway` answers it.
    #[must_use]
    pub fn gateway_url(&self) -> String {
        gateway_url(self.addr)
    }

    /// The hand that acts as members, orders faults, and reads what happened.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.core))
    }

    /// The chat page and its API under a prefix such as `/chat`, for a listener of the caller's own.
    pub fn chat(&self, prefix: &str) -> Router {
        page::router(Arc::clone(&self.page), prefix)
    }

    /// Makes the demo's server with this many members, or finds it.
    ///
    /// # Errors
    /// When the world refuses, which one without such a server does not.
    pub fn demo(&self, seed: u64, members: usize) -> Result<DemoServer, WorldError> {
        crowd::seed_demo_world(&mut self.core.hub.world(), seed, members)
    }

    /// Lets virtual members live in the demo's server, at the pace that the page says.
    pub fn crowd(&self, seed: u64) {
        self.tasks.spawn(crowd::run(Arc::clone(&self.page), seed));
    }

    #[cfg(test)]
    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.core.hub
    }

    #[cfg(test)]
    pub(crate) const fn page(&self) -> &Arc<Page> {
        &self.page
    }

    #[cfg(test)]
    pub(crate) fn doors(&self) -> Router {
        rest::router(Arc::clone(&self.core.rest))
    }

    /// Ends all connections and writes what is not yet on disk.
    ///
    /// # Errors
    /// When the disk refuses the last write.
    pub async fn stop(self) -> Result<(), std::io::Error> {
        self.stopping.cancel();
        self.tasks.close();
        // What does not end in time is cut off; the state is whole either way.
        let _ = tokio::time::timeout(STOP_WITHIN, self.tasks.wait()).await;
        match &self.vault {
            Some(vault) => flush(vault, &self.core.hub),
            None => Ok(()),
        }
    }
}

fn gateway_url(addr: SocketAddr) -> String {
    format!("ws://{addr}/gateway")
}

fn open_world(
    config: &SimConfig,
    clock: &Arc<dyn Clock>,
) -> Result<(World, Option<Vault>), SimError> {
    let bounds = Bounds {
        replay_events_max: config.replay_events_max,
        replay_bytes_max: config.replay_bytes_max,
        outlet_max: config.outlet_max,
        resumable_us: i64::try_from(config.resumable.as_micros()).unwrap_or(i64::MAX),
    };
    let found = config.state_dir.as_deref().map(Found::open).transpose()?;
    let run = found.as_ref().map_or(0, |found| found.run);
    let wires = Wires::new(bounds, config.seed.unwrap_or(0));
    let mut world = World::new(
        Arc::clone(clock),
        secret_seed(config.seed),
        run,
        wires,
        Marks::new(found.is_some()),
    );
    let vault = found.map(|found| found.load(&mut world)).transpose()?;
    Ok((world, vault))
}

fn secret_seed(seed: Option<u64>) -> [u8; 32] {
    use sha2::Digest;
    match seed {
        Some(seed) => sha2::Sha256::digest(seed.to_le_bytes()).into(),
        None => {
            let mut bytes = [0; 32];
            rand::Rng::fill(&mut rand::rngs::StdRng::from_os_rng(), &mut bytes);
            bytes
        }
    }
}

fn build(
    config: &SimConfig,
    addr: SocketAddr,
    hub: Arc<Hub>,
    openapi: Option<OpenApi>,
    manual: Option<Arc<ManualClock>>,
    tasks: &TaskTracker,
    stopping: &CancellationToken,
) -> Arc<Core> {
    let settings = GatewaySettings {
        url: gateway_url(addr),
        heartbeat_interval_ms: config.heartbeat_interval_ms.max(1),
        guilds_per_shard_max: config.guilds_per_shard_max,
        connections_max: config.connections_max,
    };
    let gateway = Gateway::new(Arc::clone(&hub), settings, tasks.clone(), stopping.clone());
    let settings = RestSettings {
        rates: config.rates.clone(),
        gateway_url: gateway_url(addr),
    };
    let rest = Rest::new(Arc::clone(&hub), settings, openapi);
    Arc::new(Core {
        hub,
        gateway,
        rest,
        manual,
        tasks: tasks.clone(),
    })
}

fn router(core: &Arc<Core>) -> Router {
    let gateway = Router::new()
        .route("/gateway", get(gateway::upgrade))
        .route("/gateway/", get(gateway::upgrade))
        .with_state(Arc::clone(&core.gateway));
    gateway
        .merge(rest::router(Arc::clone(&core.rest)))
        .merge(control::router(Arc::clone(core)))
}

async fn serve(listener: TcpListener, router: Router, stopping: CancellationToken) {
    let listener = listener.tap_io(|socket| {
        // Small frames go out at once; where that can't be set, they go out a little later.
        let _ = socket.set_nodelay(true);
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let stop = stopping.clone();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(async move { stop.cancelled().await });
    if let Err(error) = served.await {
        tracing::error!(%error, "the simulator's listener ended");
    }
}

async fn sweep(core: Arc<Core>, stopping: CancellationToken) {
    let mut tick = tokio::time::interval(SWEEP_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(tick.tick()).await.is_some() {
        core.sweep();
    }
}

async fn keep(vault: Arc<std::sync::Mutex<Vault>>, hub: Arc<Hub>, stopping: CancellationToken) {
    let mut tick = tokio::time::interval(FLUSH_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stopping.run_until_cancelled(tick.tick()).await.is_some() {
        let (vault, hub) = (Arc::clone(&vault), Arc::clone(&hub));
        let written = tokio::task::spawn_blocking(move || flush(&vault, &hub)).await;
        if let Ok(Err(error)) = written {
            tracing::error!(%error, "the simulator's state could not be written; what changed is lost if it stops now");
        }
    }
}

fn flush(vault: &std::sync::Mutex<Vault>, hub: &Hub) -> Result<(), std::io::Error> {
    vault
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .flush(hub)
}
