//! What clients did at the gateway, for whoever watches a trial.
//! What always holds: no token stands in it; counts go on when lines are no longer kept.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::Value;

use crate::world::Snowflake;

const ENTRIES_KEPT_MAX: usize = 5_000;
/// Bots counted one by one.
const BOTS_MAX: usize = 50_000;

/// One thing that happened on a connection.
#[derive(Debug, Clone, Serialize)]
pub struct GatewayEntry {
    /// Counts up from 1 over all entries.
    pub number: u64,
    pub at_us: i64,
    /// Counts connections up from 1.
    pub connection: u64,
    pub application: Option<Snowflake>,
    /// `CONNECT`, `IDENTIFY`, `RESUME`, `RESUMED`, `INVALID_SESSION`, `CLOSE` …
    pub what: &'static str,
    pub detail: Value,
}

/// How often one bot did what.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GatewayCounts {
    pub identify: u64,
    pub resume: u64,
    pub resumed: u64,
    pub heartbeat: u64,
    pub presence: u64,
    pub voice_state: u64,
    pub request_members: u64,
    pub invalid_session: u64,
    /// Closed by the client, with the code it gave; 0 without one.
    pub closed_by_client: BTreeMap<u16, u64>,
    /// Closed by the gateway.
    pub closed_by_gateway: BTreeMap<u16, u64>,
}

/// The newest entries and all counts.
#[derive(Debug, Default)]
pub(crate) struct GatewayLog {
    count: u64,
    entries: VecDeque<GatewayEntry>,
    counts: BTreeMap<Snowflake, GatewayCounts>,
    /// Connections accepted since the start.
    pub(crate) connects: u64,
}

impl GatewayLog {
    pub(crate) fn push(&mut self, mut entry: GatewayEntry) {
        self.count += 1;
        entry.number = self.count;
        if self.entries.len() == ENTRIES_KEPT_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// The counts of one bot; those without a name, or beyond the limit, are counted together under id 0.
    pub(crate) fn counts_of(&mut self, application: Option<Snowflake>) -> &mut GatewayCounts {
        let known =
            application.filter(|id| self.counts.len() < BOTS_MAX || self.counts.contains_key(id));
        self.counts.entry(known.unwrap_or_default()).or_default()
    }

    pub(crate) fn counts(&self) -> &BTreeMap<Snowflake, GatewayCounts> {
        &self.counts
    }

    pub(crate) fn after(&self, number: u64, limit: usize) -> Vec<GatewayEntry> {
        self.entries
            .iter()
            .filter(|entry| entry.number > number)
            .take(limit)
            .cloned()
            .collect()
    }
}
