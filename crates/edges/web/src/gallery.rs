//! The component page, and every page with sample values: to be looked at, photographed and tested. In the demo alone.
//!
//! What stands here is made up; no page of a server ever shows any of it.

mod components;
mod pages;
mod samples;

use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use kernel::Timestamp;

use crate::{
    components::{
        avatar::Named,
        shell::{Frame, OPERATOR_SECTIONS, SECTIONS},
        tour::Tour,
    },
    moment::Now,
    sent::Proof,
};

/// The routes below `/dev`.
pub fn gallery_router() -> Router {
    Router::new()
        .route("/dev/components", get(show_components))
        .route("/dev/pages/{page}/{state}", get(show_page))
}

async fn show_components() -> Response {
    components::page(&frame(State::Full)).into_response()
}

async fn show_page(Path((page, state)): Path<(String, String)>) -> Response {
    let state = State::of_name(&state);
    let shown = state.and_then(|state| pages::page(&page, state));
    match shown {
        Some(page) => page.into_response(),
        None => (StatusCode::NOT_FOUND, "There is no such sample.").into_response(),
    }
}

/// What a sample server is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Full,
    Empty,
    /// Its people write nothing but markup.
    Hostile,
}

impl State {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 3] = [Self::Full, Self::Empty, Self::Hostile];

    fn of_name(name: &str) -> Option<Self> {
        match name {
            "full" => Some(Self::Full),
            "empty" => Some(Self::Empty),
            "hostile" => Some(Self::Hostile),
            _ => None,
        }
    }
}

/// The moment at which the samples are looked at: a Sunday afternoon.
const MOMENT: Timestamp = Timestamp::from_micros(1_795_964_580_000_000);

/// What stands around a sample page.
pub(crate) fn frame(state: State) -> Frame {
    let server = named(100, &samples::wrote(state, "Lantern Harbour"));
    Frame {
        root: "/dashboard".to_owned(),
        now: Now::new(MOMENT, None),
        viewer: Some(named(7, &samples::wrote(state, "Ada Okafor"))),
        servers: vec![server.clone(), named(203, "Tidewater Chess Club")],
        server: Some(server),
        operates: false,
        proof: Proof {
            csrf: "sample".to_owned(),
            once: "sample-once".to_owned(),
        },
        role: Some("manager"),
        may_write: true,
        keeps_cases: true,
        sections: SECTIONS.to_vec(),
        has_member_pages: false,
        range: None,
        troubles: Vec::new(),
        toast: None,
        tour: Tour::Open,
        nonce: String::new(),
        pulse: None,
    }
}

/// What stands around a sample page of the operator's.
pub(crate) fn console_frame(state: State) -> Frame {
    Frame {
        server: None,
        operates: true,
        role: Some("operator"),
        keeps_cases: false,
        sections: OPERATOR_SECTIONS.to_vec(),
        tour: Tour::Closed,
        ..frame(state)
    }
}

/// Somebody of the samples.
pub(crate) fn named(id: u64, name: &str) -> Named {
    Named {
        id,
        name: name.to_owned(),
    }
}
