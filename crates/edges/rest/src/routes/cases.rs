//! `cases` of a guild: read, undone, noted, and held messages left away.

use app::flows::{
    cases,
    undo::{self, UndoCase, UndoError},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::Uri,
};
use kernel::{ChannelId, MessageId, Op, UserId};
use moderation::{Case, CaseError, Reach};
use platform::{Area, TokenScope};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Problem, Rest, body,
    door::Caller,
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
        .routes(routes!(noted))
        .routes(routes!(left_away))
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
    caller: Caller,
    Path(guild): Path<String>,
    uri: Uri,
) -> Answer<Page<CaseBody>> {
    let visitor = rest.admit(&caller, &guild, READ)?;
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
    caller: Caller,
    Path((guild, number)): Path<(String, String)>,
) -> Answer<CaseBody> {
    let visitor = rest.admit(&caller, &guild, READ)?;
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
    caller: Caller,
    Path(asked): Path<(String, String)>,
    body: Bytes,
) -> Answer<CaseBody> {
    let (op, number) = rest.case_write(&caller, &asked, "undo").await?;
    let wanted = body::read::<Undo>(&body).map_err(|problem| problem.under(op.correlation))?;
    let command = UndoCase {
        number,
        reason: wanted.reason,
        // Whoever gave the program its scope takes every case back themselves.
        reach: Reach::Everything,
    };
    let case = undo::undo(&rest.core, op.clone(), command).await;
    let case = case.map_err(|error| rest.about_case(&op, &error))?;
    Ok(Json(case.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNote {
    text: String,
}

/// Adds a note to a case, for moderators alone.
#[utoipa::path(
    post,
    path = "/cases/{number}/notes",
    operation_id = "case_note",
    tag = "moderation",
    params(("number" = i64, Path, description = "Which case", minimum = 1)),
    request_body = NewNote,
    responses((status = 200, body = CaseBody)),
    security(("token" = ["moderation:write"]))
)]
async fn noted(
    State(rest): State<Rest>,
    caller: Caller,
    Path(asked): Path<(String, String)>,
    body: Bytes,
) -> Answer<CaseBody> {
    let (op, number) = rest.case_write(&caller, &asked, "notes").await?;
    let wanted = body::read::<NewNote>(&body).map_err(|problem| problem.under(op.correlation))?;
    let case = cases::note(&rest.core, op.clone(), number, wanted.text).await;
    let case = case.map_err(|error| rest.about_note(&op, &error))?;
    Ok(Json(case.into()))
}

/// Leaves a held message away: it waits for nobody any longer. Undoing the case still gives it back.
#[utoipa::path(
    post,
    path = "/cases/{number}/leave-away",
    operation_id = "case_leave_away",
    tag = "moderation",
    params(("number" = i64, Path, description = "Which case", minimum = 1)),
    responses((status = 200, body = CaseBody)),
    security(("token" = ["moderation:write"]))
)]
async fn left_away(
    State(rest): State<Rest>,
    caller: Caller,
    Path(asked): Path<(String, String)>,
) -> Answer<CaseBody> {
    let (op, number) = rest.case_write(&caller, &asked, "leave-away").await?;
    let case = cases::leave_away(&rest.core, op.clone(), number).await;
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
    /// Lets a write to a case in: its operation, and the number of the case that the path names.
    async fn case_write(
        &self,
        caller: &Caller,
        (guild, number): &(String, String),
        verb: &str,
    ) -> Result<(Op, i64), Problem> {
        let visitor = self.admit(caller, guild, WRITE)?;
        let op = self.write_op(&visitor, &format!("cases/{number}/{verb}"), caller)?;
        let number = numbered(number).ok_or_else(|| no_case().under(op.correlation))?;
        Ok((op, number))
    }

    fn about_case(&self, op: &Op, error: &UndoError) -> Problem {
        let problem = self.problem(op, error);
        match error {
            UndoError::Case(CaseError::NoSuchCase { .. }) => problem.not_there(),
            UndoError::Case(CaseError::BadText { .. }) => problem.at("/reason".to_owned()),
            _ => problem,
        }
    }

    fn about_note(&self, op: &Op, error: &UndoError) -> Problem {
        match error {
            UndoError::Case(CaseError::BadText { .. }) => {
                self.problem(op, error).at("/text".to_owned())
            }
            _ => self.about_case(op, error),
        }
    }
}
