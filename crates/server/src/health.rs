//! How the parts of the server are: each reports for itself, and `/readyz` sums it up.
//!
//! A part that must have been ready once holds back the start or the readiness; after that its trouble only degrades.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use app::installation::{self, PartState};
use kernel::{Clock, Timestamp};
use serde::Serialize;

const PART_READY: &str = "guildhall_part_ready";

/// What waits for a part to have been ready once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// `/startupz`, and with it `/readyz`.
    Startup,
    /// `/readyz`.
    Ready,
    /// Nothing.
    Open,
}

/// How a part is, or the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It works.
    Ready,
    /// It does not, or not all of it.
    Degraded,
    /// It has not got there yet.
    Starting,
}

/// How a part is, since when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartReport {
    /// How it is.
    pub status: Status,
    /// Why, where it is not ready.
    pub reason: Option<String>,
    /// Since when, in RFC 3339.
    pub since: String,
}

/// How the whole is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How it is.
    pub status: Status,
    /// Its parts.
    pub parts: BTreeMap<String, PartReport>,
}

#[derive(Debug)]
struct Entry {
    gate: Gate,
    status: Status,
    reason: Option<String>,
    since: Timestamp,
    was_ready: bool,
}

/// Where all parts report.
#[derive(Debug)]
pub struct Health {
    clock: Arc<dyn Clock>,
    parts: Mutex<BTreeMap<String, Entry>>,
    ending: AtomicBool,
}

impl Health {
    /// No parts yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            parts: Mutex::default(),
            ending: AtomicBool::new(false),
        })
    }

    /// A part that is starting. A part of the same name takes its place.
    #[must_use]
    pub fn part(self: &Arc<Self>, name: impl Into<String>, gate: Gate) -> Part {
        let name = name.into();
        let entry = Entry {
            gate,
            status: Status::Starting,
            reason: None,
            since: self.clock.now(),
            was_ready: false,
        };
        self.lock().insert(name.clone(), entry);
        Part {
            health: Arc::clone(self),
            name,
        }
    }

    /// From now on it is not ready: it drains.
    pub fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// Whether storage is open and migrated, and whatever else the start needs.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.lock()
            .values()
            .all(|entry| entry.gate != Gate::Startup || entry.was_ready)
    }

    /// Whether it may be sent work.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let ending = self.ending.load(Ordering::Relaxed);
        !ending
            && self
                .lock()
                .values()
                .all(|entry| entry.gate == Gate::Open || entry.was_ready)
    }

    /// How the whole is.
    #[must_use]
    pub fn report(&self) -> Report {
        let parts = self.lock();
        let any = |status| parts.values().any(|entry| entry.status == status);
        let status = if self.ending.load(Ordering::Relaxed) || any(Status::Degraded) {
            Status::Degraded
        } else if any(Status::Starting) {
            Status::Starting
        } else {
            Status::Ready
        };
        let parts = parts
            .iter()
            .map(|(name, entry)| (name.clone(), entry.report()))
            .collect();
        Report { status, parts }
    }

    /// Tells of each part whether it is ready, as a measurement.
    pub(crate) fn measure(&self) {
        for (name, entry) in self.lock().iter() {
            let is_ready = f64::from(u8::from(entry.status == Status::Ready));
            metrics::gauge!(PART_READY, "part" => name.clone()).set(is_ready);
        }
    }

    /// All parts, as the operator is told of them.
    pub(crate) fn parts(&self) -> Vec<installation::Part> {
        let parts = self.lock();
        let part = |(name, entry): (&String, &Entry)| installation::Part {
            name: name.clone(),
            state: match entry.status {
                Status::Ready => PartState::Ready,
                Status::Degraded => PartState::Degraded,
                Status::Starting => PartState::Starting,
            },
            reason: entry.reason.clone(),
            since: entry.since,
        };
        parts.iter().map(part).collect()
    }

    /// The parts that are not as they should be; one that is only starting is not among them.
    fn ill(&self) -> Vec<web::Ailing> {
        let parts = self.lock();
        let ill = parts
            .iter()
            .filter(|(_, entry)| entry.status == Status::Degraded);
        ill.map(|(name, entry)| web::Ailing {
            part: name.clone(),
            reason: entry.reason.clone().unwrap_or_default(),
            since: entry.since,
        })
        .collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Entry>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, name: &str, status: Status, reason: Option<String>) {
        let now = self.clock.now();
        let mut parts = self.lock();
        let Some(entry) = parts.get_mut(name) else {
            return;
        };
        if entry.status != status {
            entry.since = now;
            tracing::info!(
                part = name,
                ?status,
                reason = reason.as_deref(),
                "a part's health changed"
            );
        }
        entry.status = status;
        entry.reason = reason;
        entry.was_ready |= status == Status::Ready;
    }
}

impl web::Vitals for Health {
    fn ailing(&self) -> Vec<web::Ailing> {
        self.ill()
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }
}

impl Entry {
    fn report(&self) -> PartReport {
        PartReport {
            status: self.status,
            reason: self.reason.clone(),
            since: self.since.to_string(),
        }
    }
}

/// One part's say.
#[derive(Debug, Clone)]
pub struct Part {
    health: Arc<Health>,
    name: String,
}

impl Part {
    /// It works.
    pub fn ready(&self) {
        self.health.set(&self.name, Status::Ready, None);
    }

    /// It does not, or not all of it, for this reason.
    pub fn degraded(&self, reason: impl Into<String>) {
        self.health
            .set(&self.name, Status::Degraded, Some(reason.into()));
    }

    /// It is getting there.
    pub fn starting(&self, reason: impl Into<String>) {
        self.health
            .set(&self.name, Status::Starting, Some(reason.into()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::Span;
    use testkit::time::ManualClock;

    use web::Vitals;

    use super::{Gate, Health, Status};

    #[test]
    fn a_part_holds_readiness_back_until_it_was_ready_once() {
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        let health = Health::new(clock.clone());
        assert!(health.is_started() && health.is_ready());
        let storage = health.part("storage", Gate::Startup);
        let bot = health.part("discord", Gate::Ready);
        let model = health.part("ai", Gate::Open);
        storage.degraded("PostgreSQL is away");
        assert!(!health.is_started() && !health.is_ready());
        assert_eq!(health.report().status, Status::Degraded);
        storage.ready();
        assert!(health.is_started() && !health.is_ready());
        assert_eq!(health.report().status, Status::Starting);
        bot.ready();
        model.degraded("no answer");
        assert!(health.is_ready());
        let ailing = health.ailing();
        assert_eq!(ailing.len(), 1);
        assert_eq!((&*ailing[0].part, &*ailing[0].reason), ("ai", "no answer"));
        model.ready();
        assert_eq!(health.report().status, Status::Ready);

        clock.advance(Span::seconds(5));
        bot.degraded("reconnecting");
        clock.advance(Span::seconds(5));
        bot.degraded("still reconnecting");
        let report = health.report();
        assert!(health.is_ready() && report.status == Status::Degraded);
        assert_eq!(report.parts["discord"].since, "2026-11-20T10:00:05Z");
        assert_eq!(
            report.parts["discord"].reason.as_deref(),
            Some("still reconnecting")
        );

        bot.ready();
        health.end();
        assert!(!health.is_ready() && health.is_started() && health.is_ending());
    }
}
