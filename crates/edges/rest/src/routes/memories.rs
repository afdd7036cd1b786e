//! `memories` of a guild: what is known of members and of the guild itself, and having it forgotten.

use app::flows::memories::{self, ForgetError};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, Uri},
};
use kernel::{ChannelId, MessageId, UserId};
use memory::{Fact, FactId};
use platform::{Area, TokenScope};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Problem, Rest,
    door::Caller,
    page::{Page, PageQuery},
    query,
};

type Answer<T> = Result<Json<T>, Problem>;

const READ: TokenScope = TokenScope::read(Area::Memory);
const WRITE: TokenScope = TokenScope::write(Area::Memory);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(forget))
}

#[derive(Debug, Serialize, ToSchema)]
struct MemoryBody {
    id: String,
    text: String,
    subject: &'static str,
    /// Whom it is about; for one of the guild, who taught it.
    #[schema(value_type = String)]
    user_id: UserId,
    #[schema(value_type = String)]
    channel_id: ChannelId,
    scope: &'static str,
    confidence: f64,
    #[schema(value_type = Option<String>)]
    source_message_id: Option<MessageId>,
    origin: &'static str,
    at: String,
    expires_at: String,
}

impl From<Fact> for MemoryBody {
    fn from(fact: Fact) -> Self {
        Self {
            id: fact.id.to_string(),
            subject: fact.subject.name(),
            user_id: fact.user,
            channel_id: fact.channel,
            scope: fact.scope.name(),
            confidence: fact.confidence(),
            source_message_id: fact.source,
            origin: fact.origin.name(),
            at: fact.at.to_string(),
            expires_at: fact.expires_at.to_string(),
            text: fact.text,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    user_id: Option<String>,
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

/// What is known of members and of the server, the newest first.
#[utoipa::path(
    get,
    path = "/memories",
    operation_id = "memories",
    tag = "memory",
    params(ListQuery),
    responses((status = 200, body = Page<MemoryBody>)),
    security(("token" = ["memory:read"]))
)]
async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    uri: Uri,
) -> Answer<Page<MemoryBody>> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let asked: ListQuery = query::read(&uri)?;
    let user = query::id(asked.user_id.as_deref(), "/user_id")?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let (before, limit) = (page.text_cursor::<FactId>()?, page.limit()?);
    let op = visitor.read_op(&rest.core);
    let (guild, now) = (op.guild, op.at);
    let read = move |tx: &mut Tx<'_>| memory::facts(tx, guild, user, before, limit, now);
    let found = rest.read("rest.memories", &op, read).await?;
    Ok(Json(Page {
        items: found.items.into_iter().map(Into::into).collect(),
        next: found.next.map(|next| next.to_string()),
    }))
}

/// Has something forgotten.
#[utoipa::path(
    delete,
    path = "/memories/{memory_id}",
    operation_id = "memory_forget",
    tag = "memory",
    params(("memory_id" = String, Path, description = "Which memory")),
    responses((status = 204)),
    security(("token" = ["memory:write"]))
)]
async fn forget(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, &format!("memories/{id}"), &caller)?;
    let none = |_| Problem::not_found("There is no such memory.").under(op.correlation);
    let id: FactId = id.parse().map_err(none)?;
    match memories::forget(&rest.core, op.clone(), id).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error @ ForgetError::NoSuchMemory { .. }) => Err(rest.problem(&op, &error).not_there()),
        Err(error) => Err(rest.problem(&op, &error)),
    }
}
