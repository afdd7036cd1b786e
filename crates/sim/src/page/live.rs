//! The live stream: everything that a member's own client would be told, over one WebSocket per open page.
//! What always holds: the world decides who is told what; a reader too slow for its stream is told to read everything
//! anew rather than left with a gap; streams are counted, and a client's words on one are not listened to.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde_json::Value;
use tokio::sync::{broadcast, mpsc};
use tokio::time::MissedTickBehavior;

use crate::world::wires::Event;
use crate::world::{Snowflake, World};

use super::acting::Actor;
use super::fault::PageFault;
use super::{Page, Signal, steps, view};

/// Streams open at once.
const STREAMS_MAX: usize = 256;
/// Unread events of one stream.
const ROOM: usize = 1_024;
/// What a client may say at once: nothing that it says is needed.
const FRAME_BYTES_MAX: usize = 1_024;
/// Looks for what the world tells nobody: registered commands, who is there.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const SEND_WITHIN: Duration = Duration::from_secs(10);

/// Told as they are; what else changes a server is told as "read anew".
const PASSED_ON: [&str; 13] = [
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_REACTION_REMOVE_EMOJI",
    "TYPING_START",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_UPDATE",
    "GUILD_MEMBER_REMOVE",
    "USER_UPDATE",
];

/// `GET live`
pub(super) async fn open(
    State(page): State<Arc<Page>>,
    actor: Actor,
    upgrade: WebSocketUpgrade,
) -> Result<Response, PageFault> {
    let me = actor.person(&page.hub.world())?;
    let place = Place::take(&page)?;
    let upgrade = upgrade
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX);
    let tasks = page.tasks.clone();
    Ok(upgrade.on_upgrade(move |socket| {
        tasks.track_future(async move { Stream::new(page, me, place).run(socket).await })
    }))
}

/// One of the streams that may be open at once.
struct Place(Arc<Page>);

impl Place {
    fn take(page: &Arc<Page>) -> Result<Self, PageFault> {
        let free = page
            .streams
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |open| {
                (open < STREAMS_MAX).then_some(open + 1)
            });
        free.map(|_| Self(Arc::clone(page)))
            .map_err(|_| PageFault::Busy)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a stream showed last of what the world tells nobody.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    commands: (usize, Snowflake),
    presence: Value,
}

struct Stream {
    page: Arc<Page>,
    me: Snowflake,
    eye: u64,
    events: mpsc::Receiver<Arc<Event>>,
    signals: broadcast::Receiver<Signal>,
    seen: Seen,
    _place: Place,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.page.hub.world().wires.unobserve(self.eye);
    }
}

impl Stream {
    fn new(page: Arc<Page>, me: Snowflake, place: Place) -> Self {
        let (eye, events) = page.hub.world().wires.observe(me, ROOM);
        let signals = page.listen();
        let seen = look(&page, &page.hub.world(), me);
        Self {
            page,
            me,
            eye,
            events,
            signals,
            seen,
            _place: place,
        }
    }

    async fn run(mut self, mut socket: WebSocket) {
        let stopping = self.page.stopping.clone();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let lines = tokio::select! {
                () = stopping.cancelled() => break,
                event = self.events.recv() => match event {
                    Some(event) => self.told(&event),
                    None => break,
                },
                signal = self.signals.recv() => match signal {
                    Ok(signal) => vec![self.signal_line(signal)],
                    Err(broadcast::error::RecvError::Lagged(_)) => vec![anew()],
                    Err(broadcast::error::RecvError::Closed) => break,
                },
                _ = looks.tick() => self.look_again(),
                heard = socket.recv() => match heard {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => Vec::new(),
                },
            };
            for line in lines {
                let sent =
                    tokio::time::timeout(SEND_WITHIN, socket.send(Message::Text(line.into())))
                        .await;
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
            }
        }
        // The page takes the stream up again by itself; whether this goodbye arrives changes nothing.
        let _ = socket.send(Message::Close(None)).await;
    }

    fn told(&self, event: &Event) -> Vec<String> {
        let mut lines = Vec::new();
        // A full queue may have refused later events: then nothing but reading anew is sure.
        if self.events.len() + 1 >= ROOM {
            lines.push(anew());
        }
        if PASSED_ON.contains(&event.name) {
            lines.push(line(event.name, &event.body));
        } else if is_structure(event.name) {
            lines.push(anew());
        }
        lines
    }

    fn signal_line(&self, signal: Signal) -> String {
        match signal {
            Signal::Pace => line("PACE", &serde_json::json!(self.page.pace()).to_string()),
            Signal::Steps => {
                let done = self.page.notes().steps_done().clone();
                let shown = steps::shown(&self.page.hub.world(), self.me, &done);
                line("STEPS", &Value::from(shown).to_string())
            }
        }
    }

    fn look_again(&mut self) -> Vec<String> {
        let now = look(&self.page, &self.page.hub.world(), self.me);
        let mut lines = Vec::new();
        if now.commands != self.seen.commands {
            lines.push(anew());
        }
        if now.presence != self.seen.presence {
            lines.push(line("PRESENCE", &now.presence.to_string()));
        }
        self.seen = now;
        lines
    }
}

fn look(page: &Page, world: &World, me: Snowflake) -> Seen {
    let bots = world
        .guilds_of(me)
        .flat_map(|guild| guild.bots.iter().map(move |bot| (guild.id, *bot)));
    let commands = bots.flat_map(|(guild, bot)| {
        world
            .commands_of(bot, Some(guild))
            .chain(world.commands_of(bot, None))
    });
    let commands = commands.fold((0, Snowflake::default()), |(count, newest), command| {
        (count + 1, newest.max(command.version))
    });
    Seen {
        commands,
        presence: view::presences(page, world, me),
    }
}

/// Whether an event says that channels, roles or the server itself changed.
fn is_structure(name: &str) -> bool {
    [
        "GUILD_ROLE_",
        "GUILD_UPDATE",
        "GUILD_DELETE",
        "GUILD_CREATE",
        "CHANNEL_CREATE",
        "CHANNEL_UPDATE",
        "CHANNEL_DELETE",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

fn anew() -> String {
    line("REFRESH", "null")
}

fn line(name: &str, body: &str) -> String {
    format!("{{\"t\":\"{name}\",\"d\":{body}}}")
}
