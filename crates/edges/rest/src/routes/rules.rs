//! `rules` of a guild: a view of its configuration, one rule at a time. Each write is a revision of it.

use app::flows::{
    configure::ConfigureError,
    rules::{self, Edit, EditRule, RuleError, RuleWritten},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::Uri,
};
use kernel::Op;
use platform::{Area, Revision, TokenScope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Problem, Rest, body, door::Caller, page::PageQuery, query};

type Answer<T> = Result<Json<T>, Problem>;

const READ: TokenScope = TokenScope::read(Area::Moderation);
const WRITE: TokenScope = TokenScope::write(Area::Moderation);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(write, remove))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

/// A page of rules, with the revision to base a change on.
#[derive(Debug, Serialize, ToSchema)]
struct RulesBody {
    revision: Option<i64>,
    items: Vec<Value>,
    next: Option<String>,
}

/// The rules in force.
#[utoipa::path(
    get,
    path = "/rules",
    operation_id = "rules",
    tag = "moderation",
    params(ListQuery),
    responses((status = 200, body = RulesBody)),
    security(("token" = ["moderation:read"]))
)]
async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    uri: Uri,
) -> Answer<RulesBody> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let asked: ListQuery = query::read(&uri)?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let from = usize::try_from(page.cursor()?.unwrap_or(0)).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit()?).unwrap_or(usize::MAX);
    let op = visitor.read_op(&rest.core);
    let found = rules::list(&rest.core, op.guild).await;
    let found = found.map_err(|error| rest.problem(&op, &error))?;
    let count = found.rules.len();
    let end = from.saturating_add(limit);
    Ok(Json(RulesBody {
        revision: found.revision.map(Revision::get),
        items: found.rules.into_iter().skip(from).take(limit).collect(),
        next: (end < count).then(|| end.to_string()),
    }))
}

/// What a write may say besides the rule itself.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EditQuery {
    base_revision: Option<String>,
    #[serde(default)]
    note: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct WrittenBody {
    revision: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Value>,
}

impl From<RuleWritten> for WrittenBody {
    fn from(written: RuleWritten) -> Self {
        Self {
            revision: written.revision.get(),
            rule: written.rule,
        }
    }
}

/// Puts a rule in force, new or in place of the one with its id.
#[utoipa::path(
    put,
    path = "/rules/{rule_id}",
    operation_id = "rule_put",
    tag = "moderation",
    params(("rule_id" = String, Path, description = "Which rule"), EditQuery),
    request_body = Object,
    responses((status = 200, body = WrittenBody)),
    security(("token" = ["moderation:write"]))
)]
async fn write(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, id)): Path<(String, String)>,
    uri: Uri,
    body: Bytes,
) -> Answer<WrittenBody> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, &format!("rules/{id}"), &caller)?;
    let rule = body::read::<Value>(&body).map_err(|problem| problem.under(op.correlation))?;
    rest.edit_rule(op, &uri, id, Edit::Put(rule)).await
}

/// Takes a rule away.
#[utoipa::path(
    delete,
    path = "/rules/{rule_id}",
    operation_id = "rule_remove",
    tag = "moderation",
    params(("rule_id" = String, Path, description = "Which rule"), EditQuery),
    responses((status = 200, body = WrittenBody)),
    security(("token" = ["moderation:write"]))
)]
async fn remove(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, id)): Path<(String, String)>,
    uri: Uri,
) -> Answer<WrittenBody> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, &format!("rules/{id}"), &caller)?;
    rest.edit_rule(op, &uri, id, Edit::Remove).await
}

impl Rest {
    async fn edit_rule(&self, op: Op, uri: &Uri, id: String, edit: Edit) -> Answer<WrittenBody> {
        let under = |problem: Problem| problem.under(op.correlation);
        let asked: EditQuery = query::read(uri).map_err(under)?;
        let base = asked.base_revision.map(|text| {
            text.parse()
                .map_err(|error| under(Problem::invalid(error, "/base_revision")))
        });
        let command = EditRule {
            id,
            edit,
            note: asked.note,
            base_revision: base.transpose()?,
        };
        let written = rules::edit(&self.core, op.clone(), command).await;
        let written = written.map_err(|error| refused(self, &op, &error))?;
        Ok(Json(written.into()))
    }
}

/// A wrong rule is named with its place inside the rule.
fn refused(rest: &Rest, op: &Op, error: &RuleError) -> Problem {
    let problem = rest.problem(op, error);
    let pointer = match error {
        RuleError::NoSuchRule { .. } => return problem.not_there(),
        RuleError::Configure(ConfigureError::Wrong(problems)) => {
            problems.first().map(|first| &first.pointer)
        }
        RuleError::Configure(ConfigureError::Policy(refusals)) => {
            refusals.first().map(|first| &first.pointer)
        }
        RuleError::Configure(ConfigureError::Config(_)) | RuleError::KeyReused(_) => None,
    };
    match pointer {
        Some(pointer) => problem.at(pointer.clone()),
        None => problem,
    }
}
