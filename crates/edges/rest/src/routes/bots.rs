//! `bots` of a guild: its persona, the versions that were written down, and which of them is in force.
//!
//! Every guild has the operator's bot, `shared`, which is another persona in each.

use app::flows::{
    configure::ConfigureError,
    persona::{self, Deployment, PersonaError, Standing, Turn, Wanted},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, Uri},
};
use bots::{Settings, Version, VersionError};
use kernel::Op;
use platform::{Area, Revision, TokenScope};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::config::ChangeBody;
use crate::{
    Problem, Rest, body,
    door::Caller,
    page::{Page, PageQuery},
    query,
};

type Answer<T> = Result<Json<T>, Problem>;

/// The operator's bot.
const SHARED: &str = "shared";

const READ: TokenScope = TokenScope::read(Area::Bots);
const WRITE: TokenScope = TokenScope::write(Area::Bots);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(versions, draft))
        .routes(routes!(version))
        .routes(routes!(deploy))
        .routes(routes!(rollback))
        .routes(routes!(pause))
        .routes(routes!(resume))
}

#[derive(Debug, Serialize, ToSchema)]
struct BotBody {
    id: &'static str,
    name: String,
    preset: String,
    state: &'static str,
    /// Nothing as long as nobody ever changed the persona.
    version: Option<i64>,
    revision: Option<i64>,
    #[schema(value_type = Object)]
    persona: Settings,
}

impl From<Standing> for BotBody {
    fn from(standing: Standing) -> Self {
        let persona = standing.persona;
        Self {
            id: SHARED,
            name: persona.shown_name().to_owned(),
            preset: persona.base().id.to_owned(),
            state: if persona.enabled { "running" } else { "paused" },
            version: standing.version,
            revision: standing.revision.map(Revision::get),
            persona,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct VersionBody {
    version: i64,
    state: &'static str,
    author_id: String,
    note: String,
    at: String,
    deployed_at: Option<String>,
    #[schema(value_type = Object)]
    persona: Settings,
}

impl From<Version> for VersionBody {
    fn from(version: Version) -> Self {
        Self {
            version: version.number,
            state: version.state.name(),
            author_id: version.author,
            note: version.note,
            at: version.at.to_string(),
            deployed_at: version.deployed_at.map(|at| at.to_string()),
            persona: version.persona,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct DeploymentBody {
    version: Option<i64>,
    revision: Option<i64>,
    changes: Vec<ChangeBody>,
}

impl From<Deployment> for DeploymentBody {
    fn from(deployment: Deployment) -> Self {
        Self {
            version: deployment.version,
            revision: deployment.revision.map(Revision::get),
            changes: deployment.changes.into_iter().map(Into::into).collect(),
        }
    }
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

/// The bots of the server; every server has `shared`.
#[utoipa::path(
    get,
    path = "/bots",
    operation_id = "bots",
    tag = "bots",
    params(ListQuery),
    responses((status = 200, body = Page<BotBody>)),
    security(("token" = ["bots:read"]))
)]
async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    uri: Uri,
) -> Answer<Page<BotBody>> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let asked: ListQuery = query::read(&uri)?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let (after, _) = (page.cursor()?, page.limit()?);
    let op = visitor.read_op(&rest.core);
    let bot = rest.bot(&op).await?;
    Ok(Json(Page {
        items: if after.is_none() { vec![bot] } else { vec![] },
        next: None,
    }))
}

/// One bot with the persona that is in force.
#[utoipa::path(
    get,
    path = "/bots/{bot_id}",
    operation_id = "bot",
    tag = "bots",
    params(("bot_id" = String, Path, description = "Which bot: `shared`")),
    responses((status = 200, body = BotBody)),
    security(("token" = ["bots:read"]))
)]
async fn one(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, bot)): Path<(String, String)>,
) -> Answer<BotBody> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let op = visitor.read_op(&rest.core);
    known(&bot, &op)?;
    rest.bot(&op).await.map(Json)
}

/// What its persona was, the newest first.
#[utoipa::path(
    get,
    path = "/bots/{bot_id}/versions",
    operation_id = "bot_versions",
    tag = "bots",
    params(("bot_id" = String, Path, description = "Which bot: `shared`"), ListQuery),
    responses((status = 200, body = Page<VersionBody>)),
    security(("token" = ["bots:read"]))
)]
async fn versions(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, bot)): Path<(String, String)>,
    uri: Uri,
) -> Answer<Page<VersionBody>> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let asked: ListQuery = query::read(&uri)?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let (before, limit) = (page.cursor()?, page.limit()?);
    let op = visitor.read_op(&rest.core);
    known(&bot, &op)?;
    let guild = op.guild;
    let read = move |tx: &mut Tx<'_>| bots::versions(tx, guild, before, limit);
    let found: Vec<Version> = rest.read("rest.bot_versions", &op, read).await?;
    let full = found.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let last = found.last().map(|last| last.number);
    Ok(Json(Page {
        // Versions are numbered from 1.
        next: last
            .filter(|last| full && *last > 1)
            .map(|last| last.to_string()),
        items: found.into_iter().map(Into::into).collect(),
    }))
}

/// One version of its persona.
#[utoipa::path(
    get,
    path = "/bots/{bot_id}/versions/{number}",
    operation_id = "bot_version",
    tag = "bots",
    params(("bot_id" = String, Path, description = "Which bot: `shared`"), ("number" = i64, Path, description = "Which version", minimum = 1)),
    responses((status = 200, body = VersionBody)),
    security(("token" = ["bots:read"]))
)]
async fn version(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, bot, number)): Path<(String, String, String)>,
) -> Answer<VersionBody> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let op = visitor.read_op(&rest.core);
    known(&bot, &op)?;
    let none = || Problem::not_found("There is no such version.").under(op.correlation);
    let number: i64 = number.parse().map_err(|_| none())?;
    let guild = op.guild;
    let read = move |tx: &mut Tx<'_>| bots::version(tx, guild, number);
    let found = rest.read("rest.bot_version", &op, read).await?;
    found.map(|found| Json(found.into())).ok_or_else(none)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Draft {
    #[schema(value_type = Object)]
    persona: Settings,
    #[serde(default)]
    note: String,
}

/// Writes a version down without putting it in force.
#[utoipa::path(
    post,
    path = "/bots/{bot_id}/versions",
    operation_id = "bot_draft",
    tag = "bots",
    params(("bot_id" = String, Path, description = "Which bot: `shared`")),
    request_body = Draft,
    responses((status = 201, body = VersionBody)),
    security(("token" = ["bots:write"]))
)]
async fn draft(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, bot)): Path<(String, String)>,
    body: Bytes,
) -> Result<(StatusCode, Json<VersionBody>), Problem> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, &format!("bots/{bot}/versions"), &caller)?;
    known(&bot, &op)?;
    let asked = body::read::<Draft>(&body).map_err(|problem| problem.under(op.correlation))?;
    if asked.note.chars().count() > bots::NOTE_LENGTH_MAX {
        let detail = format!("A note has at most {} characters.", bots::NOTE_LENGTH_MAX);
        return Err(Problem::invalid(detail, "/note").under(op.correlation));
    }
    let version = persona::draft(&rest.core, op.clone(), asked.persona, asked.note).await;
    let version = version.map_err(|error| rest.about_persona(&op, &error))?;
    Ok((StatusCode::CREATED, Json(version.into())))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Deploy {
    version: i64,
}

/// Puts a version in force.
#[utoipa::path(
    post,
    path = "/bots/{bot_id}/deploy",
    operation_id = "bot_deploy",
    tag = "bots",
    params(("bot_id" = String, Path, description = "Which bot: `shared`")),
    request_body = Deploy,
    responses((status = 200, body = DeploymentBody)),
    security(("token" = ["bots:write"]))
)]
async fn deploy(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, bot)): Path<(String, String)>,
    body: Bytes,
) -> Answer<DeploymentBody> {
    let op = rest.bot_write(&caller, &guild, &bot, "deploy").await?;
    let asked = body::read::<Deploy>(&body).map_err(|problem| problem.under(op.correlation))?;
    let wanted = Wanted::Number(asked.version);
    let deployed = persona::deploy(&rest.core, op.clone(), wanted).await;
    rest.deployed(&op, deployed)
}

/// Nothing is said but that it is to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Puts the version before in force again.
#[utoipa::path(
    post,
    path = "/bots/{bot_id}/rollback",
    operation_id = "bot_rollback",
    tag = "bots",
    params(("bot_id" = String, Path, description = "Which bot: `shared`")),
    request_body = Nothing,
    responses((status = 200, body = DeploymentBody)),
    security(("token" = ["bots:write"]))
)]
async fn rollback(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, bot)): Path<(String, String)>,
    body: Bytes,
) -> Answer<DeploymentBody> {
    let op = rest.bot_write(&caller, &guild, &bot, "rollback").await?;
    nothing(&body, &op)?;
    let deployed = persona::deploy(&rest.core, op.clone(), Wanted::Before).await;
    rest.deployed(&op, deployed)
}

/// Has it answer nobody.
#[utoipa::path(
    post,
    path = "/bots/{bot_id}/pause",
    operation_id = "bot_pause",
    tag = "bots",
    params(("bot_id" = String, Path, description = "Which bot: `shared`")),
    request_body = Nothing,
    responses((status = 200, body = DeploymentBody)),
    security(("token" = ["bots:write"]))
)]
async fn pause(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, bot)): Path<(String, String)>,
    body: Bytes,
) -> Answer<DeploymentBody> {
    let op = rest.bot_write(&caller, &guild, &bot, "pause").await?;
    nothing(&body, &op)?;
    let turned = persona::turn(&rest.core, op.clone(), Turn::Pause).await;
    rest.deployed(&op, turned)
}

/// Has it answer again.
#[utoipa::path(
    post,
    path = "/bots/{bot_id}/resume",
    operation_id = "bot_resume",
    tag = "bots",
    params(("bot_id" = String, Path, description = "Which bot: `shared`")),
    request_body = Nothing,
    responses((status = 200, body = DeploymentBody)),
    security(("token" = ["bots:write"]))
)]
async fn resume(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, bot)): Path<(String, String)>,
    body: Bytes,
) -> Answer<DeploymentBody> {
    let op = rest.bot_write(&caller, &guild, &bot, "resume").await?;
    nothing(&body, &op)?;
    let turned = persona::turn(&rest.core, op.clone(), Turn::Resume).await;
    rest.deployed(&op, turned)
}

fn nothing(body: &Bytes, op: &Op) -> Result<(), Problem> {
    if body.is_empty() {
        return Ok(());
    }
    let read = body::read::<Nothing>(body).map(drop);
    read.map_err(|problem| problem.under(op.correlation))
}

fn known(bot: &str, op: &Op) -> Result<(), Problem> {
    let there = bot == SHARED;
    let none = || Problem::not_found("There is no such bot.").under(op.correlation);
    there.then_some(()).ok_or_else(none)
}

impl Rest {
    async fn bot(&self, op: &Op) -> Result<BotBody, Problem> {
        let standing = persona::standing(&self.core, op.guild).await;
        let standing = standing.map_err(|error| self.problem(op, &error))?;
        Ok(standing.into())
    }

    async fn bot_write(
        &self,
        caller: &Caller,
        guild: &str,
        bot: &str,
        verb: &str,
    ) -> Result<Op, Problem> {
        let visitor = self.admit(caller, guild, WRITE)?;
        let op = self.write_op(&visitor, &format!("bots/{bot}/{verb}"), caller)?;
        known(bot, &op)?;
        Ok(op)
    }

    fn deployed(
        &self,
        op: &Op,
        deployed: Result<Deployment, PersonaError>,
    ) -> Answer<DeploymentBody> {
        let deployed = deployed.map_err(|error| self.about_persona(op, &error))?;
        Ok(Json(deployed.into()))
    }

    /// What is wrong is named with its place in the request, or in the settings that it would become.
    fn about_persona(&self, op: &Op, error: &PersonaError) -> Problem {
        let problem = self.problem(op, error);
        match error {
            PersonaError::Version(VersionError::Invalid(wrong)) => match wrong.first() {
                Some(first) => problem.at(format!("/persona{}", first.pointer)),
                None => problem,
            },
            PersonaError::Version(VersionError::NoSuchVersion(_)) => {
                problem.at("/version".to_owned())
            }
            PersonaError::Configure(ConfigureError::Wrong(problems)) => match problems.first() {
                Some(first) => problem.at(first.pointer.clone()),
                None => problem,
            },
            PersonaError::Configure(ConfigureError::Policy(refusals)) => match refusals.first() {
                Some(first) => problem.at(first.pointer.clone()),
                None => problem,
            },
            PersonaError::Version(_)
            | PersonaError::Configure(ConfigureError::Config(_))
            | PersonaError::KeyReused(_) => problem,
        }
    }
}
