//! `cases` of a guild, undoing one, and `automod/test`.

use app::flows::{
    trial::{self, TryText},
    undo::{self, UndoCase, UndoError},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Uri},
};
use kernel::{ChannelId, MessageId, UserId};
use moderation::{Case, CaseError, Hit, TEXT_LENGTH_MAX};
use platform::{Area, TokenScope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Problem, Rest, body,
    page::{Page, PageQuery},
    query,
};

type Answer<T> = Result<Json<T>, Problem>;

const READ: TokenScope = TokenScope::read(Area::Moderation);
const WRITE: TokenScope = TokenScope::write(Area::Moderation);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(undone))
        .routes(routes!(test))
}

#[derive(Debug, Serialize, ToSchema)]
struct CaseBody {
    number: i64,
    kind: &'static str,
    state: &'static str,
    #[schema(value_type = String)]
    user_id: UserId,
    #[schema(value_type = Option<String>)]
    moderator_id: Option<UserId>,
    rule_id: Option<String>,
    #[schema(value_type = Option<String>)]
    message_id: Option<MessageId>,
    #[schema(value_type = Option<String>)]
    channel_id: Option<ChannelId>,
    reason: String,
    at: String,
    points: u32,
    until: Option<String>,
    parent: Option<i64>,
    undone_by: Option<String>,
    undone_at: Option<String>,
    undo_reason: Option<String>,
}

impl From<Case> for CaseBody {
    fn from(case: Case) -> Self {
        Self {
            number: case.number,
            kind: case.kind.name(),
            state: case.state.name(),
            user_id: case.user,
            moderator_id: case.moderator,
            rule_id: case.rule_id,
            message_id: case.message,
            channel_id: case.channel,
            reason: case.reason,
            at: case.at.to_string(),
            points: case.points,
            until: case.until.map(|until| until.to_string()),
            parent: case.parent,
            undone_by: case.undone_by,
            undone_at: case.undone_at.map(|at| at.to_string()),
            undo_reason: case.undo_reason,
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

/// What was done to members, the newest first.
#[utoipa::path(
    get,
    path = "/cases",
    operation_id = "cases",
    tag = "moderation",
    params(ListQuery),
    responses((status = 200, body = Page<CaseBody>)),
    security(("token" = ["moderation:read"]))
)]
async fn list(
    State(rest): State<Rest>,
    Path(guild): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer<Page<CaseBody>> {
    let visitor = rest.admit(&headers, &guild, READ).await?;
    let asked: ListQuery = query::read(&uri)?;
    let user = query::id(asked.user_id.as_deref(), "/user_id")?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let (before, limit) = (page.cursor()?, page.limit()?);
    let op = visitor.read_op(&rest.core);
    let guild = op.guild;
    let read = move |tx: &mut Tx<'_>| moderation::case_page(tx, guild, user, before, limit);
    let found = rest.read("rest.cases", &op, read).await?;
    Ok(Json(Page {
        items: found.cases.into_iter().map(Into::into).collect(),
        next: found.next.map(|next| next.to_string()),
    }))
}

/// One case.
#[utoipa::path(
    get,
    path = "/cases/{number}",
    operation_id = "case",
    tag = "moderation",
    params(("number" = i64, Path, description = "Which case", minimum = 1)),
    responses((status = 200, body = CaseBody)),
    security(("token" = ["moderation:read"]))
)]
async fn one(
    State(rest): State<Rest>,
    Path((guild, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer<CaseBody> {
    let visitor = rest.admit(&headers, &guild, READ).await?;
    let op = visitor.read_op(&rest.core);
    let (guild, number) = (op.guild, numbered(&number));
    let read = move |tx: &mut Tx<'_>| match number {
        Some(number) => moderation::case_fetch(tx, guild, number).map(Some),
        None => Ok(None),
    };
    let found = rest.core.database().read("rest.case", read).await;
    let found = found.map_err(|error: CaseError| rest.about_case(&op, &error.into()))?;
    let found = found.ok_or_else(|| no_case().under(op.correlation))?;
    Ok(Json(found.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Undo {
    #[serde(default)]
    reason: String,
}

/// Takes a case back, with what it took.
#[utoipa::path(
    post,
    path = "/cases/{number}/undo",
    operation_id = "case_undo",
    tag = "moderation",
    params(("number" = i64, Path, description = "Which case", minimum = 1)),
    request_body = Undo,
    responses((status = 200, body = CaseBody)),
    security(("token" = ["moderation:write"]))
)]
async fn undone(
    State(rest): State<Rest>,
    Path((guild, number)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<CaseBody> {
    let visitor = rest.admit(&headers, &guild, WRITE).await?;
    let op = rest.write_op(&visitor, &format!("cases/{number}/undo"), &headers)?;
    let asked = body::read::<Undo>(&body).map_err(|problem| problem.under(op.correlation))?;
    let number = numbered(&number).ok_or_else(|| no_case().under(op.correlation))?;
    let command = UndoCase {
        number,
        reason: asked.reason,
    };
    let case = undo::undo(&rest.core, op.clone(), command).await;
    let case = case.map_err(|error| rest.about_case(&op, &error))?;
    Ok(Json(case.into()))
}

/// The number of a case; nothing where none could have it.
fn numbered(text: &str) -> Option<i64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten();
    number.filter(|number| *number > 0)
}

fn no_case() -> Problem {
    Problem::not_found("There is no such case.")
}

impl Rest {
    fn about_case(&self, op: &kernel::Op, error: &UndoError) -> Problem {
        let problem = self.problem(op, error);
        match error {
            UndoError::Case(CaseError::NoSuchCase { .. }) => problem.not_there(),
            UndoError::Case(CaseError::BadText { .. }) => problem.at("/reason".to_owned()),
            _ => problem,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Tried {
    content: String,
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    #[schema(value_type = Option<String>)]
    channel_id: Option<ChannelId>,
}

/// What the rules in force would say.
#[derive(Debug, Serialize, ToSchema)]
struct VerdictBody {
    hits: Vec<HitBody>,
    /// What a model would be asked besides; it is not asked here.
    asks: Vec<AskBody>,
}

#[derive(Debug, Serialize, ToSchema)]
struct HitBody {
    rule_id: String,
    name: String,
    matched: Vec<MatchedBody>,
    actions: Vec<Value>,
    mode: Value,
    reasoning: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct MatchedBody {
    start: usize,
    end: usize,
    text: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct AskBody {
    rule_id: String,
    name: String,
    mode: Value,
}

impl From<Hit> for HitBody {
    fn from(hit: Hit) -> Self {
        let matched = |matched: moderation::Matched| MatchedBody {
            start: matched.start,
            end: matched.end,
            text: matched.text,
        };
        Self {
            rule_id: hit.rule_id,
            name: hit.name,
            matched: hit.matched.into_iter().map(matched).collect(),
            actions: hit.actions.iter().map(spelt).collect(),
            mode: spelt(&hit.mode),
            reasoning: hit.reasoning,
        }
    }
}

/// A value as the configuration document spells it.
fn spelt(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// What the rules in force would say of a text; nothing is done.
#[utoipa::path(
    post,
    path = "/automod/test",
    operation_id = "automod_test",
    tag = "moderation",
    request_body = Tried,
    responses((status = 200, body = VerdictBody)),
    security(("token" = ["moderation:read"]))
)]
async fn test(
    State(rest): State<Rest>,
    Path(guild): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<VerdictBody> {
    let visitor = rest.admit(&headers, &guild, READ).await?;
    let op = visitor.read_op(&rest.core);
    let asked = body::read::<Tried>(&body).map_err(|problem| problem.under(op.correlation))?;
    if asked.content.chars().count() > TEXT_LENGTH_MAX {
        let detail = format!("No more than {TEXT_LENGTH_MAX} characters are looked at.");
        return Err(Problem::invalid(detail, "/content").under(op.correlation));
    }
    let asked = TryText {
        content: asked.content,
        user: asked.user_id,
        channel: asked.channel_id,
    };
    let verdict = trial::try_text(&rest.core, op.guild, asked).await;
    let verdict = verdict.map_err(|error| rest.problem(&op, &error))?;
    let ask = |ask: moderation::Ask| AskBody {
        mode: spelt(&ask.mode),
        rule_id: ask.rule_id,
        name: ask.name,
    };
    Ok(Json(VerdictBody {
        hits: verdict.hits.into_iter().map(Into::into).collect(),
        asks: verdict.asks.into_iter().map(ask).collect(),
    }))
}
