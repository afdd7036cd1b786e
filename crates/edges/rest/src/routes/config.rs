//! `config` of a guild: what is in force, its history, and going back.

use app::flows::configure::{self, Configure, ConfigureError};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::Uri,
};
use kernel::Op;
use platform::{
    Area, Author, HistoryCursor, HistoryItem, Revision, RollbackOne, Snapshot, Target, TokenScope,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Problem, Rest, body,
    door::Caller,
    page::{ListQuery, Page, PageQuery},
    query,
};

type Answer<T> = Result<Json<T>, Problem>;

const READ: TokenScope = TokenScope::read(Area::Config);
const WRITE: TokenScope = TokenScope::write(Area::Config);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(config, put))
        .routes(routes!(history))
        .routes(routes!(rollback))
}

#[derive(Debug, Serialize, ToSchema)]
struct ConfigBody {
    revision: i64,
    document: Value,
    author_id: Option<String>,
    created_at: String,
    note: String,
}

impl From<Snapshot> for ConfigBody {
    fn from(snapshot: Snapshot) -> Self {
        Self {
            revision: snapshot.entry.revision.get(),
            document: snapshot.document.value().clone(),
            author_id: author(&snapshot.entry.author),
            created_at: snapshot.entry.at.to_string(),
            note: snapshot.entry.note,
        }
    }
}

fn author(author: &Author) -> Option<String> {
    author.id()
}

/// The settings in force.
#[utoipa::path(
    get,
    path = "/config",
    operation_id = "config",
    tag = "config",
    responses((status = 200, body = ConfigBody)),
    security(("token" = ["config:read"]))
)]
async fn config(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
) -> Answer<ConfigBody> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let op = visitor.read_op(&rest.core);
    let guild = op.guild;
    let begun = rest.core.config(guild).await;
    begun.map_err(|error| rest.problem(&op, &error))?;
    let read = move |tx: &mut Tx<'_>| platform::config_fetch(tx, guild, None);
    let found = rest.read("rest.config", &op, read).await?;
    let found = found.ok_or_else(|| {
        let detail = "This guild has no configuration yet; it gets one within seconds of joining.";
        Problem::not_found(detail).under(op.correlation)
    })?;
    Ok(Json(found.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConfig {
    document: Value,
    #[serde(default)]
    note: String,
    base_revision: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RevisionBody {
    revision: i64,
}

/// Puts settings in force, as a new revision.
#[utoipa::path(
    put,
    path = "/config",
    operation_id = "config_put",
    tag = "config",
    request_body = NewConfig,
    responses((status = 200, body = RevisionBody)),
    security(("token" = ["config:write"]))
)]
async fn put(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    body: Bytes,
) -> Answer<RevisionBody> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, "config", &caller)?;
    let asked = body::read::<NewConfig>(&body).map_err(|problem| problem.under(op.correlation))?;
    let command = Configure {
        document: asked.document,
        note: asked.note,
        base_revision: asked
            .base_revision
            .map(|number| revision(&op, number))
            .transpose()?,
    };
    let written = configure::configure(&rest.core, op.clone(), command).await;
    let written = written.map_err(|error| refused(&rest, &op, &error))?;
    Ok(Json(RevisionBody {
        revision: written.revision.get(),
    }))
}

fn revision(op: &Op, number: i64) -> Result<Revision, Problem> {
    Revision::new(number)
        .map_err(|error| Problem::invalid(error, "/base_revision").under(op.correlation))
}

/// A wrong document is named with its place inside the request.
fn refused(rest: &Rest, op: &Op, error: &ConfigureError) -> Problem {
    let problem = rest.problem(op, error);
    let pointer = match error {
        ConfigureError::Wrong(problems) => problems.first().map(|first| &first.pointer),
        ConfigureError::Policy(refusals) => refusals.first().map(|first| &first.pointer),
        ConfigureError::Config(_) => None,
    };
    match pointer {
        Some(pointer) => problem.at(format!("/document{pointer}")),
        None => problem,
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct HistoryBody {
    revision: i64,
    author_id: Option<String>,
    created_at: String,
    note: String,
    changes: Vec<ChangeBody>,
    changes_left_off: usize,
}

/// A place where two revisions differ.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeBody {
    path: String,
    old: Option<Value>,
    new: Option<Value>,
}

impl From<platform::Change> for ChangeBody {
    fn from(change: platform::Change) -> Self {
        Self {
            path: change.path,
            old: change.old,
            new: change.new,
        }
    }
}

impl From<HistoryItem> for HistoryBody {
    fn from(item: HistoryItem) -> Self {
        Self {
            revision: item.entry.revision.get(),
            author_id: author(&item.entry.author),
            created_at: item.entry.at.to_string(),
            note: item.entry.note,
            changes: item.changes.into_iter().map(Into::into).collect(),
            changes_left_off: item.changes_left_off,
        }
    }
}

/// Who changed what, the newest first.
#[utoipa::path(
    get,
    path = "/config/history",
    operation_id = "config_history",
    tag = "config",
    params(ListQuery),
    responses((status = 200, body = Page<HistoryBody>)),
    security(("token" = ["config:read"]))
)]
async fn history(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    uri: Uri,
) -> Answer<Page<HistoryBody>> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let page: PageQuery = query::read::<ListQuery>(&uri)?.into();
    let (cursor, limit) = (page.text_cursor::<HistoryCursor>()?, page.limit()?);
    let op = visitor.read_op(&rest.core);
    let guild = op.guild;
    let begun = rest.core.config(guild).await;
    begun.map_err(|error| rest.problem(&op, &error))?;
    let read = move |tx: &mut Tx<'_>| platform::history(tx, guild, cursor, limit);
    let page = rest.read("rest.config_history", &op, read).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Back {
    to: i64,
    #[serde(default)]
    note: String,
    base_revision: Option<i64>,
}

/// Puts an earlier revision in force again, as a new one.
#[utoipa::path(
    post,
    path = "/config/rollback",
    operation_id = "config_rollback",
    tag = "config",
    request_body = Back,
    responses((status = 200, body = RevisionBody)),
    security(("token" = ["config:write"]))
)]
async fn rollback(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    body: Bytes,
) -> Answer<RevisionBody> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, "config/rollback", &caller)?;
    let asked = body::read::<Back>(&body).map_err(|problem| problem.under(op.correlation))?;
    let to = Revision::new(asked.to)
        .map_err(|error| Problem::invalid(error, "/to").under(op.correlation))?;
    let command = RollbackOne {
        to: Target::Revision(to),
        base_revision: asked
            .base_revision
            .map(|number| revision(&op, number))
            .transpose()?,
        note: asked.note,
    };
    let written = configure::roll_one_back(&rest.core, op.clone(), command).await;
    let written = written.map_err(|error| rest.problem(&op, &error))?;
    Ok(Json(RevisionBody {
        revision: written.revision.get(),
    }))
}
