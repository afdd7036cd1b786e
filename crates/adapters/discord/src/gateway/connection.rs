//! One connection's life: hello, identify or resume, events and heartbeats, and how it ended.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use kernel::Stopwatch;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use twilight_model::gateway::OpCode;

use super::{
    beat::Heart,
    session::Session,
    shard::Shard,
    socket::{Frame, Socket, SocketError},
    watermark::Watermark,
};
use crate::{
    decode::{Envelope, ready},
    lookout::Begun,
    meters,
    roll_call::OpenLine,
};

/// How long the gateway may take to say hello, and then to be ready.
const HELLO_WITHIN: Duration = Duration::from_secs(20);
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long a new session waits to be stored. A database that is away keeps nobody waiting longer: then a crash
/// before it is back costs the session.
const STORED_WITHIN: Duration = Duration::from_secs(2);
/// A gateway that asks for heartbeats more often than this is not answered each time.
const ASKED_BEAT_EVERY: Duration = Duration::from_secs(1);

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was told to.
    Stopped,
    /// It never came about.
    NotConnected(String),
    /// It broke.
    Lost(String),
    /// The gateway answered no heartbeat.
    Dead,
    /// The gateway closed it.
    Closed { code: Option<u16>, reason: String },
    /// The gateway asked for another.
    Reconnect,
    /// The gateway will not go on with the session.
    InvalidSession { resumable: bool },
    /// What came in can't be taken.
    Garbage(String),
    /// The gateway never said that it was ready.
    NeverReady,
}

/// What became of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) ended: Ended,
    /// Whether it was ready once.
    pub(super) was_ready: bool,
    /// Whether any event came in.
    pub(super) progressed: bool,
    pub(super) lived: Duration,
}

type Permit = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Connection<'s> {
    shard: &'s Shard,
    socket: Socket,
    heart: Option<Heart>,
    permit: Option<Permit>,
    deadline: Option<Instant>,
    last_asked_beat: Option<Stopwatch>,
    /// Requests for members, once it is ready.
    line: Option<OpenLine>,
    was_ready: bool,
    progressed: bool,
}

#[derive(Deserialize)]
struct Hello {
    heartbeat_interval: u64,
}

/// Runs one connection from its dial to its end.
pub(super) async fn run(shard: &Shard, address: &str, stop: &CancellationToken) -> Outcome {
    let watch = Stopwatch::start();
    let dialled = tokio::select! {
        () = stop.cancelled() => return nothing(Ended::Stopped),
        dialled = shard.dialler.dial(address) => dialled,
    };
    let socket = match dialled {
        Ok(socket) => socket,
        Err(error) => return nothing(Ended::NotConnected(error.to_string())),
    };
    let mut connection = Connection {
        shard,
        socket,
        heart: None,
        permit: None,
        deadline: Some(Instant::now() + HELLO_WITHIN),
        last_asked_beat: None,
        line: None,
        was_ready: false,
        progressed: false,
    };
    let ended = connection.live(stop).await;
    connection.line = None;
    let outcome = Outcome {
        ended,
        was_ready: connection.was_ready,
        progressed: connection.progressed,
        lived: watch.elapsed(),
    };
    if !matches!(outcome.ended, Ended::Closed { .. } | Ended::Lost(_)) {
        connection.socket.close_resumable().await;
    }
    outcome
}

const fn nothing(ended: Ended) -> Outcome {
    Outcome {
        ended,
        was_ready: false,
        progressed: false,
        lived: Duration::ZERO,
    }
}

async fn due(heart: &mut Option<Heart>) {
    match heart {
        Some(heart) => heart.due().await,
        None => std::future::pending().await,
    }
}

async fn permitted(permit: &mut Option<Permit>) {
    match permit {
        Some(permit) => permit.await,
        None => std::future::pending().await,
    }
}

async fn requested(line: &mut Option<OpenLine>) -> serde_json::Value {
    match line {
        Some(line) => line.next().await,
        None => std::future::pending().await,
    }
}

async fn overdue(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

impl Connection<'_> {
    async fn live(&mut self, stop: &CancellationToken) -> Ended {
        loop {
            // In this order: a flood of events keeps neither the end nor the heart waiting.
            let step = tokio::select! {
                biased;
                () = stop.cancelled() => return Ended::Stopped,
                () = due(&mut self.heart) => self.beat().await,
                () = permitted(&mut self.permit) => self.identify().await,
                () = overdue(self.deadline) => return Ended::NeverReady,
                body = requested(&mut self.line) => {
                    self.send(OpCode::RequestGuildMembers, &body).await
                }
                frame = self.socket.next() => self.frame(frame).await,
            };
            if let Err(ended) = step {
                return ended;
            }
        }
    }

    async fn send(&mut self, op: OpCode, body: &serde_json::Value) -> Result<(), Ended> {
        let text = json!({"op": op as u8, "d": body}).to_string();
        let sent = self.socket.send(text).await;
        sent.map_err(|error| Ended::Lost(error.to_string()))
    }

    async fn beat(&mut self) -> Result<(), Ended> {
        if let Some(heart) = &mut self.heart {
            heart.beat().map_err(|_| Ended::Dead)?;
        }
        self.send_beat().await
    }

    async fn send_beat(&mut self) -> Result<(), Ended> {
        let session = self.shard.slot.get();
        let last = session.map(|session| session.watermark.last());
        self.send(OpCode::Heartbeat, &json!(last)).await
    }

    async fn frame(&mut self, frame: Result<Frame, SocketError>) -> Result<(), Ended> {
        match frame {
            Ok(Frame::Text(text)) => self.text(&text).await,
            Ok(Frame::Skipped(why)) => {
                self.unreadable(why);
                Ok(())
            }
            Ok(Frame::Closed { code, reason }) => Err(Ended::Closed { code, reason }),
            Err(error @ SocketError::Refused(_)) => Err(Ended::Garbage(error.to_string())),
            Err(error) => Err(Ended::Lost(error.to_string())),
        }
    }

    fn unreadable(&self, why: &str) {
        meters::undecodable("");
        self.shard.board.undecodable(self.shard.bot);
        tracing::warn!(
            why,
            "a frame of the gateway could not be read and was skipped"
        );
    }

    async fn text(&mut self, text: &str) -> Result<(), Ended> {
        let Ok(envelope) = serde_json::from_str::<Envelope<'_>>(text) else {
            self.unreadable("it is no event");
            return Ok(());
        };
        let body = envelope.d.map_or("null", |body| body.get());
        match OpCode::from(envelope.op) {
            Some(OpCode::Dispatch) => {
                let kind = envelope.t.as_deref().unwrap_or_default();
                self.dispatch(kind, envelope.s.unwrap_or(0), body).await
            }
            Some(OpCode::Heartbeat) => self.asked_to_beat().await,
            Some(OpCode::HeartbeatAck) => {
                if let Some(heart) = &mut self.heart {
                    let shard = self.shard;
                    if let Some(latency) = heart.answered() {
                        shard.board.heartbeat(shard.bot, shard.key.shard, latency);
                    }
                }
                Ok(())
            }
            Some(OpCode::Hello) => self.hello(body).await,
            Some(OpCode::Reconnect) => Err(Ended::Reconnect),
            Some(OpCode::InvalidSession) => Err(Ended::InvalidSession {
                resumable: body == "true",
            }),
            _ => Ok(()),
        }
    }

    async fn asked_to_beat(&mut self) -> Result<(), Ended> {
        let last = self.last_asked_beat.as_ref().map(Stopwatch::elapsed);
        if last.is_some_and(|last| last < ASKED_BEAT_EVERY) {
            return Ok(());
        }
        self.last_asked_beat = Some(Stopwatch::start());
        self.send_beat().await
    }

    async fn hello(&mut self, body: &str) -> Result<(), Ended> {
        let hello: Hello = serde_json::from_str(body)
            .map_err(|_| Ended::Garbage("the gateway's hello can't be read".to_owned()))?;
        let interval = Duration::from_millis(hello.heartbeat_interval);
        self.heart = Some(Heart::new(interval, &*self.shard.chance));
        let Some(session) = self.shard.slot.get() else {
            let (identifies, shard) = (Arc::clone(&self.shard.identifies), self.shard.key.shard);
            self.permit = Some(Box::pin(async move { identifies.permit(shard).await }));
            self.deadline = None;
            return Ok(());
        };
        self.deadline = Some(Instant::now() + READY_WITHIN);
        let token = self.shard.token.expose_secret();
        let resume =
            json!({"token": token, "session_id": session.id, "seq": session.watermark.last()});
        self.send(OpCode::Resume, &resume).await
    }

    async fn identify(&mut self) -> Result<(), Ended> {
        self.permit = None;
        self.deadline = Some(Instant::now() + READY_WITHIN);
        let shard = self.shard;
        let identify = json!({
            "token": shard.token.expose_secret(),
            "intents": shard.intended.intents().bits(),
            "properties": {"os": std::env::consts::OS, "browser": "guildhall", "device": "guildhall"},
            "large_threshold": 50,
            "shard": [shard.key.shard, shard.key.shards],
        });
        self.send(OpCode::Identify, &identify).await
    }

    async fn dispatch(&mut self, kind: &str, sequence: u64, body: &str) -> Result<(), Ended> {
        self.progressed = true;
        if kind == "READY" {
            meters::event(kind);
            return self.begin(sequence, body).await;
        }
        let Some(session) = self.shard.slot.get() else {
            return Ok(());
        };
        if kind == "RESUMED" {
            meters::event(kind);
            session.watermark.pass(sequence);
            self.is_ready(Begun::Resumed);
            return Ok(());
        }
        let finished = session.watermark.begin(sequence);
        let shard = self.shard;
        shard
            .pump
            .take(shard.bot, shard.key.application, kind, body, finished);
        Ok(())
    }

    /// A new session. Nothing of it is taken on before a start would find it: what a crash took is replayed only then.
    async fn begin(&mut self, sequence: u64, body: &str) -> Result<(), Ended> {
        let ready =
            ready(body).map_err(|error| Ended::Garbage(format!("READY can't be read: {error}")))?;
        if let Some(account) = ready.account {
            self.shard.pump.is_account(self.shard.bot, account);
        }
        self.shard.slot.set(Some(Session {
            id: ready.session,
            resume_url: ready.resume_url,
            watermark: Watermark::at(sequence),
        }));
        let stored = tokio::time::timeout(STORED_WITHIN, self.shard.slot.stored()).await;
        if stored.is_err() {
            tracing::warn!("a new gateway session is not stored yet; a crash now would cost it");
        }
        self.is_ready(Begun::Anew);
        Ok(())
    }

    fn is_ready(&mut self, begun: Begun) {
        self.was_ready = true;
        self.deadline = None;
        let (shard, how) = (self.shard, begun.name());
        // The old end is dropped first: it closes the way.
        self.line = None;
        let (roll_call, key) = (&shard.pump.roll_call, shard.key);
        self.line = Some(roll_call.open(shard.bot, key.shard, key.shards));
        meters::session_begun(how);
        tracing::info!(application = %shard.key.application, shard = shard.key.shard, how, "a gateway session is live");
        shard.board.session_begun(shard.bot, shard.key.shard, begun);
    }
}
