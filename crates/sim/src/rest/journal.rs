//! What clients asked, for whoever watches a trial: one line a request, the newest few thousand.
//! What always holds: every request that reached the router has a line, answered or not, and no token stands in it.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

use crate::world::Snowflake;

const ENTRIES_KEPT_MAX: usize = 5_000;

/// One request and what became of it.
#[derive(Debug, Clone, Serialize)]
pub struct RestEntry {
    /// Counts up from 1 over all requests, those no longer kept included.
    pub number: u64,
    pub at_us: i64,
    pub method: String,
    /// As the route is written; the path as asked where there is no such route.
    pub route: String,
    /// The values of the route's parameters, tokens left out.
    pub parameters: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    pub application: Option<Snowflake>,
    pub status: u16,
    /// Discord's code, on refusals.
    pub code: Option<u64>,
    pub duration_us: u64,
    pub request: Option<Value>,
    /// Names and sizes of the files that came with it.
    pub files: Vec<(String, usize)>,
    pub reason: Option<String>,
    /// The ordered fault that hit it.
    pub fault: Option<String>,
}

/// The newest requests.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    count: u64,
    entries: VecDeque<RestEntry>,
}

impl Journal {
    pub(crate) fn push(&mut self, mut entry: RestEntry) {
        self.count += 1;
        entry.number = self.count;
        if self.entries.len() == ENTRIES_KEPT_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// How many requests there were altogether.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Those after a number, oldest first.
    pub(crate) fn after(&self, number: u64, limit: usize) -> Vec<RestEntry> {
        self.entries
            .iter()
            .filter(|entry| entry.number > number)
            .take(limit)
            .cloned()
            .collect()
    }
}
