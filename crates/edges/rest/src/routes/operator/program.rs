//! The program that runs: its version, what it was started with, and how its parts are.

use app::installation::{Given, Part, PartState, Setting};
use axum::{Json, extract::State, http::Uri};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Answer;
use crate::{
    Rest,
    door::Caller,
    page::{ListQuery, Page, PageQuery},
    query,
};

pub(super) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(versions))
        .routes(routes!(parts))
}

/// What runs, and what it was started with.
#[derive(Debug, Serialize, ToSchema)]
struct VersionsBody {
    version: String,
    /// The commit that it was built from, where the build said so.
    commit: Option<String>,
    started_at: String,
    /// The address that people use.
    url: String,
    /// Whether it is the demo, on a simulated Discord.
    demo: bool,
    /// The link that brings the bot into a server; null where it is not known.
    invite: Option<String>,
    settings: Vec<SettingBody>,
}

/// A setting of the operator's.
#[derive(Debug, Serialize, ToSchema)]
struct SettingBody {
    /// The variable.
    name: &'static str,
    /// What it means, and what holds where it is not given.
    meaning: &'static str,
    /// `nothing`, `value` or `secret`.
    given: &'static str,
    /// What is given; null where nothing is, and of a secret always.
    value: Option<String>,
    /// Whether this version does anything with it.
    has_effect: bool,
}

/// A part of the server.
#[derive(Debug, Serialize, ToSchema)]
struct PartBody {
    name: String,
    /// `ready`, `degraded` or `starting`.
    state: &'static str,
    /// Why it is not ready.
    reason: Option<String>,
    since: String,
}

impl From<Setting> for SettingBody {
    fn from(setting: Setting) -> Self {
        let (given, value) = match setting.given {
            Given::Nothing => ("nothing", None),
            Given::Text(text) => ("value", Some(text)),
            Given::Secret => ("secret", None),
        };
        Self {
            name: setting.name,
            meaning: setting.meaning,
            given,
            value,
            has_effect: setting.has_effect,
        }
    }
}

impl From<Part> for PartBody {
    fn from(part: Part) -> Self {
        Self {
            name: part.name,
            state: match part.state {
                PartState::Ready => "ready",
                PartState::Degraded => "degraded",
                PartState::Starting => "starting",
            },
            reason: part.reason,
            since: part.since.to_string(),
        }
    }
}

/// What runs here, and what it was started with. No secret is told, only whether one is given.
#[utoipa::path(
    get,
    path = "/versions",
    operation_id = "operator_versions",
    tag = "operator",
    responses((status = 200, body = VersionsBody)),
    security(("token" = ["operator"]))
)]
async fn versions(State(rest): State<Rest>, caller: Caller) -> Answer<VersionsBody> {
    rest.operate(&caller)?;
    let program = rest.installation.program();
    let settings = rest.installation.settings();
    Ok(Json(VersionsBody {
        version: program.version,
        commit: program.commit,
        started_at: program.started_at.to_string(),
        url: program.url,
        demo: program.is_demo,
        invite: rest.installation.invite(),
        settings: settings.into_iter().map(Into::into).collect(),
    }))
}

/// The parts of the server, as `/readyz` tells of them.
#[utoipa::path(
    get,
    path = "/parts",
    operation_id = "operator_parts",
    tag = "operator",
    params(ListQuery),
    responses((status = 200, body = Page<PartBody>)),
    security(("token" = ["operator"]))
)]
async fn parts(State(rest): State<Rest>, caller: Caller, uri: Uri) -> Answer<Page<PartBody>> {
    rest.operate(&caller)?;
    let page: PageQuery = query::read::<ListQuery>(&uri)?.into();
    let parts = rest.installation.parts();
    page.of_whole(parts.into_iter().map(Into::into)).map(Json)
}
