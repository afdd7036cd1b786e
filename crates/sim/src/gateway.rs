//! Discord's gateway, version 10, over WebSockets.
//!
//! G1  A connection that is gone, slow or disturbed costs its session nothing: what was missed is replayed on resume.
//! G2  Every limit of Discord's is kept with the close code that belongs to it.
//! G3  Nothing that a client sends, and no client that does not read, grows memory past a limit.
//!
//! Not here: who gets which event (`world::tell`), sessions and their buffers (`world::wires`).

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Hub;
use crate::world::Snowflake;
use crate::world::wires::Out;

mod codec;
mod connection;
mod entrance;
mod log;
mod members;
mod payload;

use codec::Codec;
use log::GatewayLog;
pub use log::{GatewayCounts, GatewayEntry};
pub(crate) use payload::Closing;

/// Larger frames are refused before they are read whole.
const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Orders waiting for one connection.
const ORDERS_MAX: usize = 64;
/// Greetings that can be ordered ahead.
const GREETINGS_MAX: usize = 10_000;

/// The gateway's own settings.
#[derive(Debug, Clone)]
pub(crate) struct GatewaySettings {
    /// `ws://…/gateway`, as READY names it.
    pub(crate) url: String,
    pub(crate) heartbeat_interval_ms: u64,
    /// Guilds beyond which a shard must be split (4011).
    pub(crate) guilds_per_shard_max: usize,
    pub(crate) connections_max: usize,
}

/// How the next connection is greeted instead of with a HELLO.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Greeting {
    /// The upgrade is answered 503.
    Refuse,
    /// HELLO, then a close frame.
    CloseAfterHello { code: u16 },
    /// The connection is dropped right after the upgrade.
    Drop,
    /// No HELLO, ever.
    Silence,
}

/// The gateway: its connections, orders for them, and what they did.
pub(crate) struct Gateway {
    pub(crate) hub: Arc<Hub>,
    settings: GatewaySettings,
    tasks: TaskTracker,
    stopping: CancellationToken,
    links: Mutex<HashMap<u64, Arc<Link>>>,
    log: Mutex<GatewayLog>,
    greetings: Mutex<VecDeque<Greeting>>,
    next: AtomicU64,
    /// Every event is sent this much later than it was made.
    pub(crate) latency_ms: AtomicU64,
    /// So many resumes are refused with op 9.
    pub(crate) resumes_refused: AtomicU64,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Gateway")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A connection, as others see it.
#[derive(Debug)]
struct Link {
    number: u64,
    orders: mpsc::Sender<Out>,
    /// Ends the connection at once, even while it is stuck in a write.
    kill: CancellationToken,
    application: OnceLock<Snowflake>,
    last_beat_us: AtomicI64,
    /// It plays dead by order: its silence is no fault of the client's.
    half_open: AtomicBool,
}

/// The query of a connection.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    v: Option<String>,
    encoding: Option<String>,
    compress: Option<String>,
}

impl Gateway {
    pub(crate) fn new(
        hub: Arc<Hub>,
        settings: GatewaySettings,
        tasks: TaskTracker,
        stopping: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self {
            hub,
            settings,
            tasks,
            stopping,
            links: Mutex::default(),
            log: Mutex::default(),
            greetings: Mutex::default(),
            next: AtomicU64::new(0),
            latency_ms: AtomicU64::new(0),
            resumes_refused: AtomicU64::new(0),
        })
    }

    fn links(&self) -> MutexGuard<'_, HashMap<u64, Arc<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> MutexGuard<'_, GatewayLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(
        &self,
        connection: u64,
        application: Option<Snowflake>,
        what: &'static str,
        detail: serde_json::Value,
    ) {
        let at_us = self.hub.now_us();
        self.log().push(GatewayEntry {
            number: 0,
            at_us,
            connection,
            application,
            what,
            detail,
        });
    }

    /// What happened after an entry, oldest first.
    pub(crate) fn entries_after(&self, number: u64, limit: usize) -> Vec<GatewayEntry> {
        self.log().after(number, limit)
    }

    /// How often each bot did what.
    pub(crate) fn counts(&self) -> Vec<(Snowflake, GatewayCounts)> {
        self.log()
            .counts()
            .iter()
            .map(|(id, counts)| (*id, counts.clone()))
            .collect()
    }

    /// Connections accepted since the start.
    pub(crate) fn connects(&self) -> u64 {
        self.log().connects
    }

    /// Connections that are open now.
    pub(crate) fn open(&self) -> usize {
        self.links().len()
    }

    /// Orders how the next connections are greeted; false where too many are ordered already.
    pub(crate) fn greet_next(&self, greeting: Greeting, times: usize) -> bool {
        let mut greetings = self
            .greetings
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let room = greetings.len() + times <= GREETINGS_MAX;
        if room {
            greetings.extend(std::iter::repeat_n(greeting, times));
        }
        room
    }

    fn take_greeting(&self) -> Option<Greeting> {
        self.greetings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    /// Gives an order to the connections of a bot, or to all; returns to how many.
    pub(crate) fn order(&self, application: Option<Snowflake>, out: &Out) -> usize {
        let links = self.links();
        let chosen = links
            .values()
            .filter(|link| application.is_none_or(|id| link.application.get() == Some(&id)));
        chosen
            .filter(|link| link.orders.try_send(out.clone()).is_ok())
            .count()
    }

    /// Ends connections whose clients stopped beating: first with 4009, then at once.
    pub(crate) fn sweep(&self) {
        let now = self.hub.now_us();
        let interval_us =
            i64::try_from(self.settings.heartbeat_interval_ms).unwrap_or(i64::MAX / 2_000) * 1_000;
        for link in self
            .links()
            .values()
            .filter(|link| !link.half_open.load(Ordering::Relaxed))
        {
            let silent_us = now - link.last_beat_us.load(Ordering::Relaxed);
            if silent_us > interval_us * 5 / 2 {
                link.kill.cancel();
            } else if silent_us > interval_us * 3 / 2 {
                let closing = payload::Closing::TIMED_OUT;
                let _ = link.orders.try_send(Out::Close {
                    code: closing.code,
                    reason: closing.reason,
                });
            }
        }
    }

    fn link_open(&self) -> Option<(Arc<Link>, mpsc::Receiver<Out>)> {
        let mut links = self.links();
        if links.len() >= self.settings.connections_max {
            return None;
        }
        let (orders, receiver) = mpsc::channel(ORDERS_MAX);
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let link = Arc::new(Link {
            number,
            orders,
            kill: self.stopping.child_token(),
            application: OnceLock::new(),
            last_beat_us: AtomicI64::new(self.hub.now_us()),
            half_open: AtomicBool::new(false),
        });
        links.insert(number, Arc::clone(&link));
        drop(links);
        self.log().connects += 1;
        self.note(number, None, "CONNECT", json!({}));
        Some((link, receiver))
    }

    fn link_close(&self, number: u64) {
        self.links().remove(&number);
    }
}

/// `GET /gateway`: upgrades to a WebSocket.
pub(crate) async fn upgrade(
    State(gateway): State<Arc<Gateway>>,
    Query(asked): Query<Asked>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let greeting = gateway.take_greeting();
    if matches!(greeting, Some(Greeting::Refuse)) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let Some((link, orders)) = gateway.link_open() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many connections").into_response();
    };
    let tasks = gateway.tasks.clone();
    let upgrade = upgrade
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX);
    let failed = (Arc::clone(&gateway), link.number);
    upgrade
        .on_failed_upgrade(move |_| failed.0.link_close(failed.1))
        .on_upgrade(move |socket| async move {
            let run = connection::run(
                Arc::clone(&gateway),
                Arc::clone(&link),
                orders,
                socket,
                asked,
                greeting,
            );
            let kill = link.kill.clone();
            // Tracked, so that a stop can wait for all connections to end.
            let watched = tasks.track_future(run);
            tokio::select! {
                () = watched => {}
                () = kill.cancelled() => {}
            }
            connection::forget(&gateway, &link);
        })
}
