//! The listeners of a server: HTTP for people, gRPC for their programs, and one for the machinery.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use grpc::Grpc;
use tokio::{net::TcpListener, task::JoinSet, time::timeout};
use web::Network;

use super::Stop;
use crate::{
    config::Config,
    failure::Failure,
    front::Front,
    health::Health,
    http_server::{self, Limits, Peers},
    meters::Meters,
    ops,
};

/// How long requests of people may take to finish at the end.
pub(super) const GRACE: Duration = Duration::from_secs(3);

/// How long a client may take nothing of an answer.
const STALL: Duration = Duration::from_secs(30);

const PEOPLE: Limits = Limits {
    connections: 4_096,
    stall: STALL,
    grace: GRACE,
};
/// How many connections one address may have of those for people, where it is no proxy of ours.
const PEOPLE_OF_ONE: usize = 512;

const MACHINERY: Limits = Limits {
    connections: 64,
    stall: STALL,
    grace: Duration::from_millis(200),
};

/// The same of those for machinery.
const MACHINERY_OF_ONE: usize = 16;

/// The listeners, and the addresses that they have in truth.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) http_addr: SocketAddr,
    pub(super) grpc_addr: SocketAddr,
    pub(super) ops_addr: SocketAddr,
    listeners: Mutex<Option<Listeners>>,
    people: Mutex<JoinSet<()>>,
    machinery: Mutex<JoinSet<()>>,
    stop_people: Stop,
    stop_machinery: Stop,
}

/// The listeners, until they are served.
#[derive(Debug)]
struct Listeners {
    http: TcpListener,
    grpc: TcpListener,
    ops: TcpListener,
}

/// What is served on them.
pub(super) struct Served<'a> {
    pub(super) front: &'a Front,
    pub(super) grpc: Grpc,
    pub(super) health: Arc<Health>,
    pub(super) meters: Meters,
    pub(super) proxies: Vec<Network>,
}

impl Listening {
    /// Takes all addresses; requests wait until they are served.
    pub(super) async fn begin(config: &Config) -> Result<Self, Failure> {
        let http = http_server::listen(config.http_addr, "GUILDHALL_HTTP_ADDR").await?;
        let grpc = http_server::listen(config.grpc_addr, "GUILDHALL_GRPC_ADDR").await?;
        let ops = http_server::listen(config.ops_addr, "GUILDHALL_OPS_ADDR").await?;
        Ok(Self {
            http_addr: http.local_addr().map_err(anyhow::Error::from)?,
            grpc_addr: grpc.local_addr().map_err(anyhow::Error::from)?,
            ops_addr: ops.local_addr().map_err(anyhow::Error::from)?,
            listeners: Mutex::new(Some(Listeners { http, grpc, ops })),
            people: Mutex::default(),
            machinery: Mutex::default(),
            stop_people: Stop::new(),
            stop_machinery: Stop::new(),
        })
    }

    /// Serves all from now on.
    pub(super) fn serve(&self, served: Served<'_>) {
        let Some(listeners) = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        else {
            return;
        };
        let pages = http_server::serve(
            listeners.http,
            served.front.router(),
            PEOPLE,
            Peers::at_most(PEOPLE_OF_ONE, served.proxies.clone()),
            self.stop_people.clone(),
        );
        let calls = served.grpc.serve(listeners.grpc, self.stop_people.clone());
        {
            let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
            people.spawn(pages);
            people.spawn(calls);
        }
        let machinery = http_server::serve(
            listeners.ops,
            ops::router(served.health, served.meters),
            MACHINERY,
            Peers::at_most(MACHINERY_OF_ONE, served.proxies),
            self.stop_machinery.clone(),
        );
        self.machinery
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .spawn(machinery);
    }

    /// Lets requests of people finish, and takes no new ones.
    pub(super) async fn end_people(&self) {
        self.stop_people.cancel();
        finish(&self.people, GRACE + Duration::from_millis(200)).await;
    }

    /// Stops answering the machinery.
    pub(super) async fn end_machinery(&self) {
        self.stop_machinery.cancel();
        finish(&self.machinery, MACHINERY.grace * 2).await;
    }
}

async fn finish(tasks: &Mutex<JoinSet<()>>, at_most: Duration) {
    let mut tasks = std::mem::take(&mut *tasks.lock().unwrap_or_else(PoisonError::into_inner));
    let all = async { while tasks.join_next().await.is_some() {} };
    if timeout(at_most, all).await.is_err() {
        tracing::warn!("a listener did not end in time");
    }
}
