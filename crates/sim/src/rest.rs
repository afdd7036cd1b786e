//! Discord's REST API v10, as the simulator serves it under `/api/v10` and `/api`, and the files that messages carry.
//!
//! R1  Every request takes the one way of `pipeline`, and a change goes through a function of the world, so that events follow it.
//! R2  A refusal changes nothing, and has Discord's status, code and tree of faults.
//! R3  Who may not see a thing is told so as Discord tells it: 50001 for a place, 50013 for a deed, 10xxx for what isn't there.
//!
//! `routes` is the table of what is served. Not here: the state (`world`), the gateway, what a body may hold (`limits`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get};

use crate::Hub;
use crate::openapi::OpenApi;

mod access;
mod applications;
mod audit;
mod bans;
mod body;
pub(crate) mod buckets;
pub(crate) mod call;
mod channels;
mod compose;
mod dress;
pub(crate) mod error;
pub(crate) mod faults;
mod files;
mod guilds;
pub(crate) mod journal;
mod members;
mod messages;
mod oauth;
mod pins;
mod pipeline;
mod reactions;
mod roles;
mod route;
mod routes;
#[cfg(test)]
pub(crate) mod stage;
#[cfg(test)]
mod tests;
mod threads;
mod users;
mod webhooks;

pub(crate) use body::RequestBody;
pub(crate) use compose::{Parts, compose, compose_edit, is_empty};
pub(crate) use files::serve as serve_file;

use buckets::{Buckets, RatePolicy};
use faults::RestFaults;
use files::Files;
use journal::{Journal, RestEntry};

/// What the simulator's configuration says about the API.
#[derive(Debug, Clone)]
pub(crate) struct RestSettings {
    pub(crate) rates: RatePolicy,
    /// Where clients find the gateway (`ws://…`).
    pub(crate) gateway_url: String,
}

/// The state of the API beside the world: windows, ordered faults, what was asked, and files.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) hub: Arc<Hub>,
    pub(crate) settings: RestSettings,
    pub(crate) openapi: Option<OpenApi>,
    buckets: Mutex<Buckets>,
    faults: Mutex<RestFaults>,
    journal: Mutex<Journal>,
    files: Mutex<Files>,
}

impl Rest {
    pub(crate) fn new(
        hub: Arc<Hub>,
        settings: RestSettings,
        openapi: Option<OpenApi>,
    ) -> Arc<Self> {
        Arc::new(Self {
            hub,
            openapi,
            buckets: Mutex::new(Buckets::new(settings.rates.clone())),
            settings,
            faults: Mutex::default(),
            journal: Mutex::default(),
            files: Mutex::default(),
        })
    }

    pub(crate) fn now_us(&self) -> i64 {
        self.hub.now_us()
    }

    pub(crate) fn buckets(&self) -> MutexGuard<'_, Buckets> {
        locked(&self.buckets)
    }

    /// The faults that are ordered; the control API adds to them.
    pub(crate) fn faults(&self) -> MutexGuard<'_, RestFaults> {
        locked(&self.faults)
    }

    /// What was asked; the control API reads it.
    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        locked(&self.journal)
    }

    /// The invalid requests of all addresses within the last ten minutes, as Discord counts them.
    pub(crate) fn invalid_count(&self) -> usize {
        self.buckets().invalid_count(self.now_us())
    }

    pub(crate) fn files(&self) -> MutexGuard<'_, Files> {
        locked(&self.files)
    }

    fn write_down(&self, entry: RestEntry) {
        self.journal().push(entry);
    }
}

/// The API and the files, to be merged into the simulator's router.
pub(crate) fn router(rest: Arc<Rest>) -> Router {
    Router::new()
        .route("/api", any(pipeline::serve))
        .route("/api/{*path}", any(pipeline::serve))
        .route(
            "/attachments/{channel}/{attachment}/{name}",
            get(files::serve),
        )
        .layer(DefaultBodyLimit::disable())
        .with_state(rest)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each of these is whole after every statement: a panic elsewhere leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
