//! Reading what happened: requests, gateway payloads, answers, violations; and watching through a member's eyes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Control, Core};
use crate::gateway::{GatewayCounts, GatewayEntry};
use crate::rest::journal::RestEntry;
use crate::world::wires::Event;
use crate::world::{Answer, Snowflake};

/// Entries read at once.
const ENTRIES_MAX: usize = 5_000;

/// A member's eyes: everything its own client would be told, while this lives. What finds no room is dropped.
#[derive(Debug)]
pub struct Watch {
    core: Arc<Core>,
    number: u64,
    events: mpsc::Receiver<Arc<Event>>,
}

impl Watch {
    /// The next event: its name and the JSON of its `d`.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        self.events.recv().await
    }

    /// An event that is there already.
    pub fn try_next(&mut self) -> Option<Arc<Event>> {
        self.events.try_recv().ok()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.core.hub.peek().wires.unobserve(self.number);
    }
}

impl Control {
    /// Opens a member's eyes, with room for this many unread events.
    #[must_use]
    pub fn watch(&self, user: Snowflake, room: usize) -> Watch {
        let (number, events) = self.world().wires.observe(user, room.min(100_000));
        Watch {
            core: Arc::clone(&self.core),
            number,
            events,
        }
    }

    /// The REST requests after a number, oldest first.
    #[must_use]
    pub fn requests(&self, after: u64, limit: usize) -> Vec<RestEntry> {
        self.core
            .rest
            .journal()
            .after(after, limit.min(ENTRIES_MAX))
    }

    /// How many REST requests there were.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        self.core.rest.journal().count()
    }

    /// What happened at the gateway after a number, oldest first.
    #[must_use]
    pub fn gateway_entries(&self, after: u64, limit: usize) -> Vec<GatewayEntry> {
        self.core
            .gateway
            .entries_after(after, limit.min(ENTRIES_MAX))
    }

    /// How often each bot did what at the gateway; those that never identified stand under id 0.
    #[must_use]
    pub fn gateway_counts(&self) -> Vec<(Snowflake, GatewayCounts)> {
        self.core.gateway.counts()
    }

    /// What one bot did at the gateway.
    #[must_use]
    pub fn gateway_counts_of(&self, application: Snowflake) -> GatewayCounts {
        self.gateway_counts()
            .into_iter()
            .find(|(id, _)| *id == application)
            .map(|(_, counts)| counts)
            .unwrap_or_default()
    }

    /// First answers to the interactions after this one.
    #[must_use]
    pub fn answers(&self, after: Snowflake, limit: usize) -> Vec<Answer> {
        self.world().answers.after(after, limit)
    }

    /// Every first answer from now on, as it is given; what finds no room is dropped.
    #[must_use]
    pub fn listen_answers(&self) -> mpsc::Receiver<Answer> {
        self.world().answers.listen()
    }

    /// Departures from Discord's OpenAPI description, where one was given.
    #[must_use]
    pub fn violations(&self) -> Value {
        match &self.core.rest.openapi {
            Some(api) => {
                json!({"checked": true, "count": api.violations_total(), "violations": api.violations()})
            }
            None => json!({"checked": false, "count": 0, "violations": []}),
        }
    }

    /// Figures of the moment.
    #[must_use]
    pub fn figures(&self) -> Value {
        let (connections, connects) = (self.core.gateway.open(), self.core.gateway.connects());
        let requests = self.request_count();
        let invalid = self.core.rest.invalid_count();
        let world = self.world();
        let (mut sessions, mut connected) = (0, 0);
        for session in world.wires.sessions() {
            sessions += 1;
            connected += usize::from(session.is_connected());
        }
        json!({
            "invalid_requests": invalid,
            "users": world.users().count(),
            "applications": world.applications().count(),
            "guilds": world.guilds().count(),
            "connections": connections,
            "connects": connects,
            "sessions": sessions,
            "sessions_connected": connected,
            "events_dispatched": world.wires.dispatched,
            "connections_overrun": world.wires.overrun,
            "requests": requests,
            "latency_ms": self.core.gateway.latency_ms.load(Ordering::Relaxed),
        })
    }
}
