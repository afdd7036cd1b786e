//! Who listens: the gateway sessions of bots, and the eyes of members.
//! A session numbers its events, keeps the latest for a resume, and hands them to a connection while it has one.
//! What always holds: an event is in the replay buffer before it is offered to a connection; a connection that
//! doesn't keep up loses its session's outlet, never an event; nothing grows past its limit.
//! Not here: sockets and frames (`gateway`), who may see an event (`tell`).

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::Snowflake;

/// One dispatched event, rendered once for everybody who gets it.
#[derive(Debug)]
pub struct Event {
    pub name: &'static str,
    /// The JSON of its `d`.
    pub body: String,
}

impl Event {
    pub(crate) fn new(name: &'static str, body: &Value) -> Arc<Self> {
        Arc::new(Self {
            name,
            body: body.to_string(),
        })
    }
}

/// What a session tells its connection.
#[derive(Debug, Clone)]
pub(crate) enum Out {
    /// An event, with its number in the session and the moment it was made.
    Event {
        seq: u64,
        event: Arc<Event>,
        made_us: i64,
    },
    /// Op 7.
    Reconnect,
    /// Op 9.
    InvalidSession { resumable: bool },
    /// Op 1, asking for a heartbeat.
    BeatPlease,
    /// A close frame.
    Close { code: u16, reason: &'static str },
    /// The socket goes away without a word.
    Drop,
    /// From now on everything is swallowed and nothing answered.
    HalfOpen,
    /// A frame that is no event.
    Garbage { bytes: usize, text: bool },
}

/// How events are disturbed on their way into sessions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Turbulence {
    /// Every event is dispatched this many times more.
    pub(crate) duplicates: u32,
    /// Events change places within a window of this size; 0 and 1 leave the order.
    pub(crate) window: usize,
}

/// Limits of sessions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Events kept for a resume.
    pub(crate) replay_events_max: usize,
    /// And their size.
    pub(crate) replay_bytes_max: usize,
    /// Events waiting for a slow connection before it is dropped.
    pub(crate) outlet_max: usize,
    /// How long a session can be resumed after its connection went.
    pub(crate) resumable_us: i64,
}

/// A bot's session of one shard.
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) shard: (u32, u32),
    pub(crate) intents: u32,
    pub(crate) large_threshold: usize,
    seq: u64,
    replay: VecDeque<(u64, Arc<Event>, i64)>,
    replay_bytes: usize,
    held: Vec<(Arc<Event>, i64)>,
    outlet: Option<(u64, mpsc::Sender<Out>)>,
    /// The number of the connection that it has, or had last.
    connection: u64,
    /// When the last connection went.
    dropped_us: Option<i64>,
    /// Events up to this number have left the buffer and can't be replayed.
    forgotten_seq: u64,
}

/// Why a session could not be taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResumeRefusal {
    /// No such session: closed, expired, or another bot's.
    Unknown,
    /// The client claims events that were never sent (4007).
    Ahead,
    /// The events that it lacks are gone.
    Forgotten,
}

/// An eye of a user: everything that the user's own client would be told.
#[derive(Debug)]
struct Observer {
    number: u64,
    user: Snowflake,
    sender: mpsc::Sender<Arc<Event>>,
}

/// All sessions and observers.
pub(crate) struct Wires {
    pub(crate) bounds: Bounds,
    pub(crate) turbulence: Turbulence,
    sessions: HashMap<Snowflake, Vec<Session>>,
    observers: Vec<Observer>,
    next: u64,
    chance: SmallRng,
    /// Events handed to sessions since the start.
    pub(crate) dispatched: u64,
    /// Connections dropped because they did not keep up.
    pub(crate) overrun: u64,
}

impl fmt::Debug for Wires {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Wires")
            .field("bots", &self.sessions.len())
            .finish_non_exhaustive()
    }
}

impl Wires {
    pub(crate) fn new(bounds: Bounds, seed: u64) -> Self {
        Self {
            bounds,
            turbulence: Turbulence::default(),
            sessions: HashMap::new(),
            observers: Vec::new(),
            next: 0,
            chance: SmallRng::seed_from_u64(seed),
            dispatched: 0,
            overrun: 0,
        }
    }

    /// The sessions of one bot.
    pub(crate) fn sessions_of(&self, application: Snowflake) -> &[Session] {
        self.sessions.get(&application).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values().flatten()
    }

    pub(super) fn sessions_mut(&mut self, application: Snowflake) -> (&mut [Session], Tap<'_>) {
        let sessions = self
            .sessions
            .get_mut(&application)
            .map_or(&mut [][..], Vec::as_mut_slice);
        let tap = Tap {
            bounds: self.bounds,
            turbulence: self.turbulence,
            chance: &mut self.chance,
            dispatched: &mut self.dispatched,
            overrun: &mut self.overrun,
        };
        (sessions, tap)
    }

    /// Opens a session on a connection; returns the number of its outlet.
    pub(crate) fn session_open(&mut self, draft: SessionDraft, outlet: mpsc::Sender<Out>) -> u64 {
        self.next += 1;
        let session = Session {
            id: draft.id,
            shard: draft.shard,
            intents: draft.intents,
            large_threshold: draft.large_threshold,
            seq: 0,
            replay: VecDeque::new(),
            replay_bytes: 0,
            held: Vec::new(),
            outlet: Some((self.next, outlet)),
            connection: draft.connection,
            dropped_us: None,
            forgotten_seq: 0,
        };
        self.sessions
            .entry(draft.application)
            .or_default()
            .push(session);
        self.next
    }

    /// Takes a session up on another connection: what it missed after `seq` is queued there first.
    ///
    /// # Errors
    /// When the session is unknown, or what is missing can't be replayed.
    pub(crate) fn session_resume(
        &mut self,
        application: Snowflake,
        id: &str,
        seq: u64,
        connection: u64,
        outlet_for: impl FnOnce(usize) -> mpsc::Sender<Out>,
    ) -> Result<u64, ResumeRefusal> {
        self.next += 1;
        let number = self.next;
        let (sessions, mut tap) = self.sessions_mut(application);
        let session = sessions
            .iter_mut()
            .find(|s| s.id == id)
            .ok_or(ResumeRefusal::Unknown)?;
        // Held-back events are part of what was missed.
        session.release(&mut tap);
        if seq > session.seq {
            return Err(ResumeRefusal::Ahead);
        }
        if seq < session.forgotten_seq {
            return Err(ResumeRefusal::Forgotten);
        }
        let missed: Vec<_> = session
            .replay
            .iter()
            .filter(|(s, ..)| *s > seq)
            .cloned()
            .collect();
        let outlet = outlet_for(missed.len());
        for (seq, event, made_us) in missed {
            // There is room: the outlet was made for as many.
            let _ = outlet.try_send(Out::Event {
                seq,
                event,
                made_us,
            });
        }
        session.outlet = Some((number, outlet));
        session.connection = connection;
        session.dropped_us = None;
        Ok(number)
    }

    /// Ends a session: it can't be resumed any more.
    pub(crate) fn session_close(&mut self, application: Snowflake, id: &str) {
        if let Some(sessions) = self.sessions.get_mut(&application) {
            sessions.retain(|session| session.id != id);
            if sessions.is_empty() {
                self.sessions.remove(&application);
            }
        }
    }

    /// A connection went; its session stays for a while.
    pub(crate) fn outlet_gone(&mut self, application: Snowflake, outlet: u64, now_us: i64) {
        for session in self.sessions.get_mut(&application).into_iter().flatten() {
            if session
                .outlet
                .as_ref()
                .is_some_and(|(number, _)| *number == outlet)
            {
                session.outlet = None;
                session.dropped_us = Some(now_us);
            }
        }
    }

    /// Sends what is held back for reordering, and ends the sessions whose time to resume is over.
    pub(crate) fn sweep(&mut self, now_us: i64) {
        let ids: Vec<_> = self.sessions.keys().copied().collect();
        let resumable_us = self.bounds.resumable_us;
        for id in ids {
            let (sessions, mut tap) = self.sessions_mut(id);
            for session in sessions {
                session.release(&mut tap);
            }
            if let Some(sessions) = self.sessions.get_mut(&id) {
                sessions.retain(|s| s.dropped_us.is_none_or(|at| now_us - at < resumable_us));
            }
        }
        self.sessions.retain(|_, sessions| !sessions.is_empty());
    }

    /// A connection was ended from outside; its session stays for a while.
    pub(crate) fn outlets_of_connection_gone(
        &mut self,
        application: Snowflake,
        connection: u64,
        now_us: i64,
    ) {
        for session in self.sessions.get_mut(&application).into_iter().flatten() {
            if session.connection == connection && session.outlet.take().is_some() {
                session.dropped_us = Some(now_us);
            }
        }
    }

    /// Opens an eye of a user, with room for this many unread events; the oldest unread are not dropped, later ones are.
    pub(crate) fn observe(
        &mut self,
        user: Snowflake,
        room: usize,
    ) -> (u64, mpsc::Receiver<Arc<Event>>) {
        let (sender, receiver) = mpsc::channel(room.max(1));
        self.next += 1;
        self.observers.push(Observer {
            number: self.next,
            user,
            sender,
        });
        (self.next, receiver)
    }

    /// Closes an eye.
    pub(crate) fn unobserve(&mut self, number: u64) {
        self.observers.retain(|observer| observer.number != number);
    }

    /// The users who are watching, each once.
    pub(super) fn watchers(&self) -> Vec<Snowflake> {
        let mut users: Vec<_> = self.observers.iter().map(|o| o.user).collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    pub(super) fn is_watched(&self) -> bool {
        !self.observers.is_empty()
    }

    /// Shows an event to the eyes of one user.
    pub(super) fn show(&mut self, user: Snowflake, event: &Arc<Event>) {
        self.observers.retain(|observer| {
            observer.user != user
                || !matches!(
                    observer.sender.try_send(Arc::clone(event)),
                    Err(TrySendError::Closed(_))
                )
        });
    }
}

/// What an IDENTIFY asked for.
#[derive(Debug)]
pub(crate) struct SessionDraft {
    pub(crate) id: String,
    pub(crate) application: Snowflake,
    pub(crate) shard: (u32, u32),
    pub(crate) intents: u32,
    pub(crate) large_threshold: usize,
    pub(crate) connection: u64,
}

/// What pushing an event needs beside the session.
pub(super) struct Tap<'w> {
    bounds: Bounds,
    turbulence: Turbulence,
    chance: &'w mut SmallRng,
    dispatched: &'w mut u64,
    overrun: &'w mut u64,
}

impl Session {
    /// Whether a connection is there.
    pub(crate) const fn is_connected(&self) -> bool {
        self.outlet.is_some()
    }

    /// Whether a guild's events belong to this session's shard; those without a guild go to the first.
    pub(crate) fn covers(&self, guild: Option<Snowflake>) -> bool {
        guild.map_or(0, |id| id.shard(self.shard.1)) == self.shard.0
    }

    /// Numbers an event, keeps it, and hands it to the connection.
    pub(super) fn push(&mut self, event: &Arc<Event>, now_us: i64, tap: &mut Tap<'_>) {
        for _ in 0..=tap.turbulence.duplicates {
            if tap.turbulence.window > 1 {
                self.held.push((Arc::clone(event), now_us));
                if self.held.len() >= tap.turbulence.window {
                    self.release(tap);
                }
            } else {
                self.deliver(Arc::clone(event), now_us, tap);
            }
        }
    }

    /// Sends what was held back, in an order of chance.
    fn release(&mut self, tap: &mut Tap<'_>) {
        while !self.held.is_empty() {
            let (event, made_us) = self
                .held
                .swap_remove(tap.chance.random_range(0..self.held.len()));
            self.deliver(event, made_us, tap);
        }
    }

    fn deliver(&mut self, event: Arc<Event>, now_us: i64, tap: &mut Tap<'_>) {
        self.seq += 1;
        *tap.dispatched += 1;
        self.replay_bytes += event.body.len();
        self.replay
            .push_back((self.seq, Arc::clone(&event), now_us));
        while self.replay.len() > tap.bounds.replay_events_max
            || self.replay_bytes > tap.bounds.replay_bytes_max
        {
            let Some((seq, gone, _)) = self.replay.pop_front() else {
                break;
            };
            self.forgotten_seq = seq;
            self.replay_bytes -= gone.body.len();
        }
        let Some((_, outlet)) = &self.outlet else {
            return;
        };
        if outlet
            .try_send(Out::Event {
                seq: self.seq,
                event,
                made_us: now_us,
            })
            .is_err()
        {
            // Dropping the only sender ends the connection; the session can be resumed.
            *tap.overrun += 1;
            self.outlet = None;
            self.dropped_us = Some(now_us);
        }
    }
}
