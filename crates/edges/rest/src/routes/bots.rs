//! `bots` of a guild: its persona, the versions that were written down, and which of them is in force.
//!
//! Every guild has the operator's bot, `shared`, which is another persona in each.

use app::flows::{
    configure::ConfigureError,
    persona::{self, Deployment, PersonaError, Standing, Turn, Wanted},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    routing::{get, post},
};
use bots::{Settings, Version, VersionError};
use kernel::Op;
use platform::{Area, Revision, TokenScope};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::config::ChangeBody;
use crate::{
    Problem, Rest, body,
    page::{Page, PageQuery},
    query,
};

type Answer<T> = Result<Json<T>, Problem>;

/// The operator's bot.
const SHARED: &str = "shared";

const READ: TokenScope = TokenScope::read(Area::Bots);
const WRITE: TokenScope = TokenScope::write(Area::Bots);

pub(crate) fn router() -> Router<Rest> {
    Router::new()
        .route("/bots", get(list))
        .route("/bots/{bot_id}", get(one))
        .route("/bots/{bot_id}/versions", get(versions).post(draft))
        .route("/bots/{bot_id}/versions/{number}", get(version))
        .route("/bots/{bot_id}/deploy", post(deploy))
        .route("/bots/{bot_id}/rollback", post(rollback))
        .route("/bots/{bot_id}/pause", post(pause))
        .route("/bots/{bot_id}/resume", post(resume))
}

#[derive(Debug, Serialize)]
struct BotBody {
    id: &'static str,
    name: String,
    preset: String,
    state: &'static str,
    /// Nothing as long as nobody ever changed the persona.
    version: Option<i64>,
    revision: Option<i64>,
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

#[derive(Debug, Serialize)]
struct VersionBody {
    version: i64,
    state: &'static str,
    author_id: String,
    note: String,
    at: String,
    deployed_at: Option<String>,
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

#[derive(Debug, Serialize)]
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    cursor: Option<String>,
    limit: Option<String>,
}

async fn list(
    State(rest): State<Rest>,
    Path(guild): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer<Page<BotBody>> {
    let visitor = rest.admit(&headers, &guild, READ).await?;
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

async fn one(
    State(rest): State<Rest>,
    Path((guild, bot)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer<BotBody> {
    let visitor = rest.admit(&headers, &guild, READ).await?;
    let op = visitor.read_op(&rest.core);
    known(&bot, &op)?;
    rest.bot(&op).await.map(Json)
}

async fn versions(
    State(rest): State<Rest>,
    Path((guild, bot)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer<Page<VersionBody>> {
    let visitor = rest.admit(&headers, &guild, READ).await?;
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

async fn version(
    State(rest): State<Rest>,
    Path((guild, bot, number)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Answer<VersionBody> {
    let visitor = rest.admit(&headers, &guild, READ).await?;
    let op = visitor.read_op(&rest.core);
    known(&bot, &op)?;
    let none = || Problem::not_found("There is no such version.").under(op.correlation);
    let number: i64 = number.parse().map_err(|_| none())?;
    let guild = op.guild;
    let read = move |tx: &mut Tx<'_>| bots::version(tx, guild, number);
    let found = rest.read("rest.bot_version", &op, read).await?;
    found.map(|found| Json(found.into())).ok_or_else(none)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    persona: Settings,
    #[serde(default)]
    note: String,
}

async fn draft(
    State(rest): State<Rest>,
    Path((guild, bot)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<VersionBody>), Problem> {
    let visitor = rest.admit(&headers, &guild, WRITE).await?;
    let op = rest.write_op(&visitor, &format!("bots/{bot}/versions"), &headers)?;
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deploy {
    version: i64,
}

async fn deploy(
    State(rest): State<Rest>,
    Path((guild, bot)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<DeploymentBody> {
    let op = rest.bot_write(&headers, &guild, &bot, "deploy").await?;
    let asked = body::read::<Deploy>(&body).map_err(|problem| problem.under(op.correlation))?;
    let wanted = Wanted::Number(asked.version);
    let deployed = persona::deploy(&rest.core, op.clone(), wanted).await;
    rest.deployed(&op, deployed)
}

/// Nothing is said but that it is to be done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn rollback(
    State(rest): State<Rest>,
    Path((guild, bot)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<DeploymentBody> {
    let op = rest.bot_write(&headers, &guild, &bot, "rollback").await?;
    nothing(&body, &op)?;
    let deployed = persona::deploy(&rest.core, op.clone(), Wanted::Before).await;
    rest.deployed(&op, deployed)
}

async fn pause(
    State(rest): State<Rest>,
    Path((guild, bot)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<DeploymentBody> {
    let op = rest.bot_write(&headers, &guild, &bot, "pause").await?;
    nothing(&body, &op)?;
    let turned = persona::turn(&rest.core, op.clone(), Turn::Pause).await;
    rest.deployed(&op, turned)
}

async fn resume(
    State(rest): State<Rest>,
    Path((guild, bot)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<DeploymentBody> {
    let op = rest.bot_write(&headers, &guild, &bot, "resume").await?;
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
        headers: &HeaderMap,
        guild: &str,
        bot: &str,
        verb: &str,
    ) -> Result<Op, Problem> {
        let visitor = self.admit(headers, guild, WRITE).await?;
        let op = self.write_op(&visitor, &format!("bots/{bot}/{verb}"), headers)?;
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
