//! `audit` of a guild: why things were done, newest first. The operator's token sees everything.

use std::str::FromStr;

use audit::{Cursor, EntryId, Filter, Kind, Outcome};
use axum::{
    Json,
    extract::{Path, State},
    http::Uri,
};
use kernel::Timestamp;
use platform::{Area, TokenScope};
use serde::Deserialize;
use serde_json::Value;
use store::Tx;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Problem, Rest,
    door::Caller,
    page::{Page, PageQuery},
    query,
};

type Answer<T> = Result<Json<T>, Problem>;

const READ: TokenScope = TokenScope::read(Area::Audit);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(entry))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    kind: Option<String>,
    action: Option<String>,
    user_id: Option<String>,
    message_id: Option<String>,
    case: Option<String>,
    outcome: Option<String>,
    since: Option<String>,
    until: Option<String>,
    text: Option<String>,
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

impl SearchQuery {
    fn filter(&self) -> Result<Filter, Problem> {
        let kind = self.kind.as_deref().map(|name| {
            let words = "`kind` is moderation, ai, config, human, access or money.";
            Kind::of_name(name).ok_or_else(|| Problem::invalid(words, "/kind"))
        });
        let outcome = self.outcome.as_deref().map(|name| {
            let words = "`outcome` is executed, suppressed, error or pending.";
            Outcome::of_name(name).ok_or_else(|| Problem::invalid(words, "/outcome"))
        });
        Ok(Filter {
            kind: kind.transpose()?,
            action: self.action.clone(),
            user: parsed(self.user_id.as_deref(), "/user_id")?,
            message: parsed(self.message_id.as_deref(), "/message_id")?,
            case: parsed(self.case.as_deref(), "/case")?,
            outcome: outcome.transpose()?,
            since: parsed::<Timestamp>(self.since.as_deref(), "/since")?,
            until: parsed::<Timestamp>(self.until.as_deref(), "/until")?,
            text: self.text.clone(),
            ..Filter::default()
        })
    }
}

fn parsed<T: FromStr>(text: Option<&str>, pointer: &'static str) -> Result<Option<T>, Problem>
where
    T::Err: std::fmt::Display,
{
    let parse = |text: &str| {
        text.parse()
            .map_err(|error| Problem::invalid(error, pointer))
    };
    text.map(parse).transpose()
}

/// Why things were done, the newest first.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "audit_search",
    tag = "audit",
    params(SearchQuery),
    responses((status = 200, body = Page<Object>)),
    security(("token" = ["audit:read"]))
)]
async fn search(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    uri: Uri,
) -> Answer<Page<Value>> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let op = visitor.read_op(&rest.core);
    let under = |problem: Problem| problem.under(op.correlation);
    let asked: SearchQuery = query::read(&uri).map_err(under)?;
    let filter = asked.filter().map_err(under)?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let (cursor, limit) = (page.text_cursor::<Cursor>()?, page.limit()?);
    let guild = op.guild;
    let read = move |tx: &mut Tx<'_>| audit::search(tx, guild, &filter, cursor, limit);
    let page = rest.read("rest.audit", &op, read).await?;
    Ok(Json(Page {
        items: page.entries.iter().map(audit::json::entry).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// One decision with everything that led to it and what came of it.
#[utoipa::path(
    get,
    path = "/audit/{entry_id}",
    operation_id = "audit_entry",
    tag = "audit",
    params(("entry_id" = String, Path, description = "Which entry")),
    responses((status = 200, body = Object)),
    security(("token" = ["audit:read"]))
)]
async fn entry(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, id)): Path<(String, String)>,
) -> Answer<Value> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let op = visitor.read_op(&rest.core);
    let none = || Problem::not_found("There is no such entry.").under(op.correlation);
    let id: EntryId = id.parse().map_err(|_| none())?;
    let guild = op.guild;
    let read = move |tx: &mut Tx<'_>| audit::fetch(tx, guild, id);
    let found = rest.read("rest.audit_entry", &op, read).await?;
    Ok(Json(audit::json::entry(&found.ok_or_else(none)?)))
}
