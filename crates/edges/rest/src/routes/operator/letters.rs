//! What waits, what is tried again and what failed for good, of both queues; tried again or given up by the operator.

use app::{
    LettersAsked, SeenLetter,
    flows::letters::{Decide, DecideError, Verdict, decide},
};
use audit::Cursor;
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, Uri},
};
use kernel::GuildId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::letters::{LetterCounts, LetterState, Queue, What};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Answer;
use crate::{
    Problem, Rest,
    door::Caller,
    page::{self, Page, PageQuery},
    query,
};

pub(super) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(counts))
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(retried))
        .routes(routes!(given_up))
        .routes(routes!(decisions))
}

/// How many rows both queues have.
#[derive(Debug, Serialize, ToSchema)]
struct CountsBody {
    /// Of the work of this program.
    jobs: QueueCountsBody,
    /// Of what is owed to Discord.
    effects: QueueCountsBody,
}

/// How many rows a queue has.
#[derive(Debug, Serialize, ToSchema)]
struct QueueCountsBody {
    /// Waiting or under way.
    waiting: u64,
    /// Of these, those that failed before.
    retried: u64,
    /// Failed for good.
    dead: u64,
}

impl From<LetterCounts> for QueueCountsBody {
    fn from(counts: LetterCounts) -> Self {
        Self {
            waiting: counts.waiting,
            retried: counts.retried,
            dead: counts.dead,
        }
    }
}

/// A row of a queue.
#[derive(Debug, Serialize, ToSchema)]
struct LetterBody {
    id: String,
    /// `jobs` or `effects`.
    queue: &'static str,
    /// `waiting`, which is also what is under way, or `dead`.
    state: &'static str,
    /// What is to be done, in one word; null where that is forgotten.
    kind: Option<String>,
    /// Of a job: the key under which it is done once.
    key: Option<String>,
    /// Of an effect: what caused it.
    event: Option<String>,
    /// Of an effect: the server that it is about, where it is about one.
    #[schema(value_type = Option<String>)]
    guild_id: Option<GuildId>,
    attempts: i64,
    /// Why it failed the last time.
    error: Option<String>,
    /// When it is due next, or failed for good.
    due_at: String,
    /// When it was written down first.
    at: String,
    can_retry: bool,
    /// Until when it can be tried again, where that is not for ever.
    retry_until: Option<String>,
}

impl LetterBody {
    fn of(queue: Queue, seen: SeenLetter) -> Self {
        let letter = seen.letter;
        let (key, event) = match letter.what {
            What::Job { key, .. } => (Some(key), None),
            What::Effect { event, .. } => (None, Some(event)),
        };
        Self {
            id: letter.id.to_string(),
            queue: queue.name(),
            state: letter.state.name(),
            kind: seen.kind,
            key,
            event,
            guild_id: seen.guild,
            attempts: letter.attempts,
            error: letter.error,
            due_at: letter.due_at.to_string(),
            at: letter.at.to_string(),
            can_retry: seen.can_retry,
            retry_until: seen.until.map(|until| until.to_string()),
        }
    }
}

/// How much waits, is tried again and failed for good.
#[utoipa::path(
    get,
    path = "/letters",
    operation_id = "operator_letter_counts",
    tag = "operator",
    responses((status = 200, body = CountsBody)),
    security(("token" = ["operator"]))
)]
async fn counts(State(rest): State<Rest>, caller: Caller) -> Answer<CountsBody> {
    let op = rest.operators_read(&caller)?;
    let counts = rest.core.letter_counts().await;
    let (jobs, effects) = counts.map_err(|error| rest.problem(&op, &error))?;
    Ok(Json(CountsBody {
        jobs: jobs.into(),
        effects: effects.into(),
    }))
}

/// Which queue, as the description has it.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "the description is made of it")]
enum QueueName {
    /// The work of this program.
    Jobs,
    /// What is owed to Discord.
    Effects,
}

/// Which rows of a queue.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateAsked {
    /// Those that failed for good, the latest first.
    #[default]
    Dead,
    /// Those that wait or are under way, what is due first before the others.
    Waiting,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// What failed for good, the latest first; or what waits, what is due first before the others.
    #[serde(default)]
    #[param(value_type = Option<StateAsked>, inline)]
    state: StateAsked,
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

/// The rows of a queue that failed for good, or that wait.
#[utoipa::path(
    get,
    path = "/letters/{queue}",
    operation_id = "operator_letters",
    tag = "operator",
    params(("queue" = inline(QueueName), Path, description = "Which queue"), ListQuery),
    responses((status = 200, body = Page<LetterBody>)),
    security(("token" = ["operator"]))
)]
async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Path(queue): Path<String>,
    uri: Uri,
) -> Answer<Page<LetterBody>> {
    let op = rest.operators_read(&caller)?;
    let queue = Queue::of_name(&queue).ok_or_else(|| no_letter().under(op.correlation))?;
    let asked: ListQuery = query::read(&uri)?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let wanted = LettersAsked {
        queue,
        state: match asked.state {
            StateAsked::Dead => LetterState::Dead,
            StateAsked::Waiting => LetterState::Waiting,
        },
        after: page.text_cursor()?,
        limit: page.limit()?,
    };
    let found = rest.core.letters(wanted).await;
    let found = found.map_err(|error| rest.problem(&op, &error))?;
    let told = |seen| LetterBody::of(queue, seen);
    Ok(Json(Page {
        items: found.letters.into_iter().map(told).collect(),
        next: found.next.map(|next| next.to_string()),
    }))
}

/// One row of a queue that waits or failed for good.
#[utoipa::path(
    get,
    path = "/letters/{queue}/{letter_id}",
    operation_id = "operator_letter",
    tag = "operator",
    params(
        ("queue" = inline(QueueName), Path, description = "Which queue"),
        ("letter_id" = String, Path, description = "Which row"),
    ),
    responses((status = 200, body = LetterBody)),
    security(("token" = ["operator"]))
)]
async fn one(
    State(rest): State<Rest>,
    caller: Caller,
    Path(asked): Path<(String, String)>,
) -> Answer<LetterBody> {
    let op = rest.operators_read(&caller)?;
    let none = || no_letter().under(op.correlation);
    let (queue, id) = row(&asked).ok_or_else(none)?;
    let found = rest.core.letter(queue, id).await;
    let found = found.map_err(|error| rest.problem(&op, &error))?;
    let found = found.ok_or_else(none)?;
    Ok(Json(LetterBody::of(queue, found)))
}

/// Has what failed for good tried again from the start.
#[utoipa::path(
    post,
    path = "/letters/{queue}/{letter_id}/retry",
    operation_id = "operator_letter_retry",
    tag = "operator",
    params(
        ("queue" = inline(QueueName), Path, description = "Which queue"),
        ("letter_id" = String, Path, description = "Which row"),
    ),
    responses((status = 204)),
    security(("token" = ["operator"]))
)]
async fn retried(
    State(rest): State<Rest>,
    caller: Caller,
    Path(asked): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    rest.decide(&caller, &asked, Verdict::Again).await
}

/// Gives up what failed for good.
#[utoipa::path(
    post,
    path = "/letters/{queue}/{letter_id}/give-up",
    operation_id = "operator_letter_give_up",
    tag = "operator",
    params(
        ("queue" = inline(QueueName), Path, description = "Which queue"),
        ("letter_id" = String, Path, description = "Which row"),
    ),
    responses((status = 204)),
    security(("token" = ["operator"]))
)]
async fn given_up(
    State(rest): State<Rest>,
    caller: Caller,
    Path(asked): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    rest.decide(&caller, &asked, Verdict::GiveUp).await
}

/// What operators decided that belongs to no server, the newest first. Decisions on effects stand in the audit of their
/// server.
#[utoipa::path(
    get,
    path = "/decisions",
    operation_id = "operator_decisions",
    tag = "operator",
    params(page::ListQuery),
    responses((status = 200, body = Page<Object>)),
    security(("token" = ["operator"]))
)]
async fn decisions(State(rest): State<Rest>, caller: Caller, uri: Uri) -> Answer<Page<Value>> {
    let op = rest.operators_read(&caller)?;
    let page: PageQuery = query::read::<page::ListQuery>(&uri)?.into();
    let (after, limit) = (page.text_cursor::<Cursor>()?, page.limit()?);
    let found = rest.core.operators_deeds(after, limit).await;
    let found = found.map_err(|error| rest.problem(&op, &error))?;
    Ok(Json(Page {
        items: found.entries.iter().map(audit::json::entry).collect(),
        next: found.next.map(|next| next.to_string()),
    }))
}

/// The row that a path names; nothing where none could have that id.
fn row((queue, id): &(String, String)) -> Option<(Queue, i64)> {
    Queue::of_name(queue).zip(id.parse().ok())
}

fn no_letter() -> Problem {
    Problem::not_found("There is no such row of a queue, or it is done with.")
}

impl Rest {
    async fn decide(
        &self,
        caller: &Caller,
        asked: &(String, String),
        verdict: Verdict,
    ) -> Result<StatusCode, Problem> {
        let visitor = self.operate(caller)?;
        let deed = match verdict {
            Verdict::Again => "retry",
            Verdict::GiveUp => "give-up",
        };
        let (queue, id) = asked;
        let op = self.write_op(&visitor, &format!("letters/{queue}/{id}/{deed}"), caller)?;
        let (queue, id) = row(asked).ok_or_else(|| no_letter().under(op.correlation))?;
        let command = Decide { queue, id, verdict };
        let done = decide(&self.core, op.clone(), command).await;
        done.map_err(|error| match error {
            DecideError::NotDead { .. } => self.problem(&op, &error).not_there(),
            _ => self.problem(&op, &error),
        })?;
        Ok(StatusCode::NO_CONTENT)
    }
}
