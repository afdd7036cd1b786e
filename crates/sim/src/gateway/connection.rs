//! One connection, from its greeting to its end.
//! What always holds: a client's frame is judged before the next is read; events go out in the order of their numbers;
//! whichever way the connection ends, its session is left resumable or closed as the reason says.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::world::Snowflake;
use crate::world::wires::Out;

use super::payload::{self, Closing, Incoming};
use super::{Asked, Codec, Gateway, Greeting, Link, entrance, members};

/// Sends allowed in a minute.
const SENDS_MAX: u32 = 120;
const SENDS_WINDOW_US: i64 = 60_000_000;
/// Events written before the next look at what the client sent.
const BATCH_MAX: usize = 64;

/// Why a connection ends.
#[derive(Debug)]
pub(super) enum End {
    /// A close frame is sent.
    Close(Closing),
    /// The client closed, with this code.
    Closed(Option<u16>),
    /// The socket broke, or was dropped by order.
    Gone,
}

/// The session that a connection serves.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) application: Snowflake,
    pub(super) session: String,
    pub(super) outlet: u64,
    pub(super) events: mpsc::Receiver<Out>,
    /// Guilds whose `GUILD_CREATE` is still to come.
    pub(super) guilds_due: Vec<Snowflake>,
}

/// A connection at work.
pub(super) struct Connection {
    pub(super) gateway: Arc<Gateway>,
    pub(super) link: Arc<Link>,
    pub(super) codec: Codec,
    pub(super) live: Option<Live>,
    socket: WebSocket,
    window_start_us: i64,
    sends: u32,
}

/// Serves a connection until it ends.
pub(super) async fn run(
    gateway: Arc<Gateway>,
    link: Arc<Link>,
    orders: mpsc::Receiver<Out>,
    socket: WebSocket,
    asked: Asked,
    greeting: Option<Greeting>,
) {
    let codec = Codec::named(asked.compress.as_deref());
    let (codec, refused) = match codec {
        Ok(Some(codec)) => (codec, None),
        Ok(None) | Err(_) => (Codec::Plain, Some(Closing::UNDECODABLE)),
    };
    let window_start_us = gateway.hub.now_us();
    let mut connection = Connection {
        gateway,
        link,
        codec,
        live: None,
        socket,
        window_start_us,
        sends: 0,
    };
    let end = match refused.or_else(|| refusal(&asked)) {
        Some(closing) => End::Close(closing),
        None => match connection.greet(greeting).await {
            Ok(()) => connection.serve(orders).await.unwrap_or_else(|end| end),
            Err(end) => end,
        },
    };
    connection.finish(end).await;
}

/// Leaves the session of a connection that was ended from outside resumable.
pub(super) fn forget(gateway: &Gateway, link: &Link) {
    if let Some(application) = link.application.get() {
        let now = gateway.hub.now_us();
        gateway
            .hub
            .world()
            .wires
            .outlets_of_connection_gone(*application, link.number, now);
    }
    gateway.link_close(link.number);
}

fn refusal(asked: &Asked) -> Option<Closing> {
    if !matches!(asked.v.as_deref(), Some("10" | "9")) {
        return Some(Closing::BAD_VERSION);
    }
    let json = asked
        .encoding
        .as_deref()
        .is_none_or(|encoding| encoding == "json");
    (!json).then_some(Closing::UNDECODABLE)
}

impl Connection {
    async fn greet(&mut self, greeting: Option<Greeting>) -> Result<(), End> {
        match greeting {
            Some(Greeting::Drop) => return Err(End::Gone),
            Some(Greeting::Silence) => return Err(self.play_dead().await),
            _ => {
                self.send(payload::hello(self.gateway.settings.heartbeat_interval_ms))
                    .await?
            }
        }
        match greeting {
            Some(Greeting::CloseAfterHello { code }) => Err(End::Close(Closing::of(code))),
            _ => Ok(()),
        }
    }

    async fn serve(&mut self, mut orders: mpsc::Receiver<Out>) -> Result<End, End> {
        loop {
            let due = self
                .live
                .as_ref()
                .is_some_and(|live| !live.guilds_due.is_empty());
            tokio::select! {
                biased;
                Some(order) = orders.recv() => self.obey(order).await?,
                frame = self.socket.recv() => self.take(frame).await?,
                () = std::future::ready(()), if due => {
                    entrance::tell_guilds(self);
                    // Others may want the world meanwhile.
                    tokio::task::yield_now().await;
                    self.drain().await?;
                }
                event = next_event(self.live.as_mut()) => match event {
                    Some(event) => self.write_events(event).await?,
                    // Too slow, or the session was taken up elsewhere.
                    None => return Ok(End::Close(Closing::UNKNOWN)),
                },
            }
        }
    }

    /// Writes what is waiting, without waiting for more.
    async fn drain(&mut self) -> Result<(), End> {
        let waiting = self
            .live
            .as_mut()
            .and_then(|live| live.events.try_recv().ok());
        match waiting {
            Some(event) => self.write_events(event).await,
            None => Ok(()),
        }
    }

    async fn take(&mut self, frame: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let text = match frame {
            Some(Ok(Message::Text(text))) => text.as_bytes().to_vec(),
            Some(Ok(Message::Binary(bytes))) => bytes.to_vec(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Close(close))) => {
                return Err(End::Closed(close.map(|close| close.code)));
            }
            Some(Err(error)) if error.to_string().contains("too long") => {
                return Err(End::Close(Closing::UNDECODABLE));
            }
            Some(Err(_)) | None => return Err(End::Gone),
        };
        self.count_send()?;
        if text.len() > payload::PAYLOAD_BYTES_MAX {
            return Err(End::Close(Closing::UNDECODABLE));
        }
        let incoming: Incoming =
            serde_json::from_slice(&text).map_err(|_| End::Close(Closing::UNDECODABLE))?;
        self.act(incoming).await
    }

    fn count_send(&mut self) -> Result<(), End> {
        let now = self.gateway.hub.now_us();
        if now - self.window_start_us >= SENDS_WINDOW_US {
            (self.window_start_us, self.sends) = (now, 0);
        }
        self.sends += 1;
        if self.sends > SENDS_MAX {
            Err(End::Close(Closing::RATE_LIMITED))
        } else {
            Ok(())
        }
    }

    async fn act(&mut self, incoming: Incoming) -> Result<(), End> {
        let entered = self.live.is_some();
        match incoming.op {
            payload::HEARTBEAT => return self.beat().await,
            payload::IDENTIFY | payload::RESUME if entered => {
                return Err(End::Close(Closing::ALREADY));
            }
            payload::IDENTIFY => return entrance::identify(self, incoming.d).await,
            payload::RESUME => return entrance::resume(self, incoming.d).await,
            payload::PRESENCE
            | payload::VOICE_STATE
            | payload::REQUEST_MEMBERS
            | payload::REQUEST_SOUNDS
                if !entered =>
            {
                return Err(End::Close(Closing::NOT_AUTHENTICATED));
            }
            payload::PRESENCE => {
                let known = |status: &Value| {
                    matches!(
                        status.as_str(),
                        Some("online" | "dnd" | "idle" | "invisible" | "offline")
                    )
                };
                self.require(known(&incoming.d["status"]))?;
                self.count(|counts| counts.presence += 1);
            }
            payload::VOICE_STATE => {
                self.require(
                    incoming.d["guild_id"].is_string() || incoming.d["guild_id"].is_number(),
                )?;
                self.count(|counts| counts.voice_state += 1);
            }
            payload::REQUEST_MEMBERS => {
                self.count(|counts| counts.request_members += 1);
                return members::answer(self, incoming.d).await;
            }
            // There are no sounds: nobody is told of any.
            payload::REQUEST_SOUNDS => {}
            _ => return Err(End::Close(Closing::UNKNOWN_OPCODE)),
        }
        Ok(())
    }

    fn require(&self, holds: bool) -> Result<(), End> {
        if holds {
            Ok(())
        } else {
            Err(End::Close(Closing::UNDECODABLE))
        }
    }

    async fn beat(&mut self) -> Result<(), End> {
        self.link
            .last_beat_us
            .store(self.gateway.hub.now_us(), Ordering::Relaxed);
        self.count(|counts| counts.heartbeat += 1);
        self.send(payload::heartbeat_ack()).await
    }

    async fn obey(&mut self, order: Out) -> Result<(), End> {
        match order {
            Out::Event { .. } => Ok(()),
            Out::Reconnect => self.send(payload::reconnect()).await,
            Out::InvalidSession { resumable } => {
                // The socket stays: it may resume or identify on it, or come back on another.
                self.leave_session(!resumable);
                self.note(
                    "INVALID_SESSION",
                    json!({"resumable": resumable, "ordered": true}),
                );
                self.send(payload::invalid_session(resumable)).await
            }
            Out::BeatPlease => self.send(payload::heartbeat_request()).await,
            Out::Close { code, reason } => Err(End::Close(Closing { code, reason })),
            Out::Drop => Err(End::Gone),
            Out::HalfOpen => Err(self.play_dead().await),
            Out::Garbage { bytes, text: true } => self.send(payload::huge(bytes)).await,
            Out::Garbage { bytes, text: false } => {
                let noise: Vec<u8> = (0..=u8::MAX).cycle().step_by(31).take(bytes).collect();
                self.socket
                    .send(Message::Binary(noise.into()))
                    .await
                    .map_err(|_| End::Gone)
            }
        }
    }

    /// Swallows everything and answers nothing until the client goes.
    async fn play_dead(&mut self) -> End {
        self.link.half_open.store(true, Ordering::Relaxed);
        self.note("HALF_OPEN", json!({}));
        while let Some(Ok(_)) = self.socket.next().await {}
        End::Gone
    }

    async fn write_events(&mut self, first: Out) -> Result<(), End> {
        let mut next = Some(first);
        for _ in 0..BATCH_MAX {
            let Some(Out::Event {
                seq,
                event,
                made_us,
            }) = next
            else {
                break;
            };
            let wait = self.latency_left(made_us);
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            let frame = self
                .codec
                .frame(payload::dispatch(seq, &event))
                .map_err(|_| End::Gone)?;
            self.socket.feed(frame).await.map_err(|_| End::Gone)?;
            next = self
                .live
                .as_mut()
                .and_then(|live| live.events.try_recv().ok());
        }
        self.socket.flush().await.map_err(|_| End::Gone)?;
        match next {
            // The batch was full: what was taken out must go too.
            Some(Out::Event { seq, event, .. }) => self.send(payload::dispatch(seq, &event)).await,
            _ => Ok(()),
        }
    }

    /// How much later an event made then is to be sent.
    fn latency_left(&self, made_us: i64) -> Duration {
        let latency_ms = self.gateway.latency_ms.load(Ordering::Relaxed);
        if latency_ms == 0 {
            return Duration::ZERO;
        }
        let age_us = u64::try_from(self.gateway.hub.now_us() - made_us).unwrap_or(0);
        Duration::from_micros((latency_ms * 1_000).saturating_sub(age_us))
    }

    pub(super) async fn send(&mut self, payload: String) -> Result<(), End> {
        let frame = self.codec.frame(payload).map_err(|_| End::Gone)?;
        self.socket.send(frame).await.map_err(|_| End::Gone)
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut super::GatewayCounts)) {
        change(
            self.gateway
                .log()
                .counts_of(self.link.application.get().copied()),
        );
    }

    pub(super) fn note(&self, what: &'static str, detail: Value) {
        self.gateway.note(
            self.link.number,
            self.link.application.get().copied(),
            what,
            detail,
        );
    }

    /// Leaves the session: for good, or so that it can be taken up again.
    fn leave_session(&mut self, for_good: bool) {
        let Some(live) = self.live.take() else {
            return;
        };
        let now = self.gateway.hub.now_us();
        let mut world = self.gateway.hub.world();
        if for_good {
            world.wires.session_close(live.application, &live.session);
        } else {
            world.wires.outlet_gone(live.application, live.outlet, now);
        }
    }

    async fn finish(mut self, end: End) {
        let code = match &end {
            End::Close(closing) => closing.code,
            End::Closed(code) => code.unwrap_or(0),
            End::Gone => 0,
        };
        let by_gateway = matches!(end, End::Close(_));
        self.count(|counts| {
            let counted = if by_gateway {
                &mut counts.closed_by_gateway
            } else {
                &mut counts.closed_by_client
            };
            *counted.entry(code).or_default() += 1;
        });
        self.note("CLOSE", json!({"code": code, "by_gateway": by_gateway}));
        let over = match &end {
            End::Close(closing) => closing.ends_session(),
            End::Closed(code) => matches!(code, Some(1000 | 1001)),
            End::Gone => false,
        };
        self.leave_session(over);
        if let End::Close(closing) = end {
            let frame = CloseFrame {
                code: closing.code,
                reason: closing.reason.into(),
            };
            let _ = self.socket.send(Message::Close(Some(frame))).await;
            // The client's own close frame, or its end, completes the handshake.
            while let Some(Ok(_)) = self.socket.next().await {}
        }
    }
}

/// The next event of the session; never, while there is none.
async fn next_event(live: Option<&mut Live>) -> Option<Out> {
    match live {
        Some(live) => live.events.recv().await,
        None => std::future::pending().await,
    }
}
