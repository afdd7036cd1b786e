//! The bots of the installation: each with its state, the reason and what to do about it, and its shards.

use app::installation::{Bot, BotTrouble, Connection, Shard};
use axum::{Json, extract::State, http::Uri};
use kernel::ApplicationId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Answer;
use crate::{
    Rest,
    door::Caller,
    page::{ListQuery, Page, PageQuery, millis},
    query,
};

pub(super) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A bot of the installation.
#[derive(Debug, Serialize, ToSchema)]
struct ConnectedBotBody {
    /// Null until Discord has said which.
    #[schema(value_type = Option<String>)]
    application_id: Option<ApplicationId>,
    /// Empty until Discord has said it.
    name: String,
    /// `starting`, `live`, `degraded` or `failed`.
    state: &'static str,
    /// Why it is not as it should be.
    reason: Option<String>,
    since: String,
    /// What is the matter with it and what to do about it, the gravest first.
    troubles: Vec<BotTroubleBody>,
    commands_registered: bool,
    /// How many events could not be read since the start.
    events_unread: u64,
    /// How many new sessions Discord allows it today, where it said so.
    sessions_left: Option<u32>,
    shards: Vec<ShardBody>,
}

/// Something that is the matter with a bot.
#[derive(Debug, Serialize, ToSchema)]
struct BotTroubleBody {
    reason: String,
    remedy: String,
}

/// A connection of a bot.
#[derive(Debug, Serialize, ToSchema)]
struct ShardBody {
    number: u32,
    /// `starting`, `live`, `degraded` or `failed`.
    state: &'static str,
    reason: Option<String>,
    since: String,
    /// How long the gateway took to answer the last heartbeat.
    heartbeat_ms: Option<u64>,
    /// How many sessions it began anew since the start.
    sessions_begun: u64,
    /// How many it took up again.
    sessions_resumed: u64,
}

impl From<Bot> for ConnectedBotBody {
    fn from(bot: Bot) -> Self {
        let (state, reason) = told(bot.state);
        Self {
            application_id: bot.application,
            name: bot.name,
            state,
            reason,
            since: bot.since.to_string(),
            troubles: bot.troubles.into_iter().map(Into::into).collect(),
            commands_registered: bot.has_commands,
            events_unread: bot.unread,
            sessions_left: bot.sessions_left,
            shards: bot.shards.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<BotTrouble> for BotTroubleBody {
    fn from(trouble: BotTrouble) -> Self {
        Self {
            reason: trouble.reason,
            remedy: trouble.remedy,
        }
    }
}

impl From<Shard> for ShardBody {
    fn from(shard: Shard) -> Self {
        let (state, reason) = told(shard.state);
        Self {
            number: shard.number,
            state,
            reason,
            since: shard.since.to_string(),
            heartbeat_ms: shard.heartbeat.map(millis),
            sessions_begun: shard.begun,
            sessions_resumed: shard.resumed,
        }
    }
}

/// A state in one word, and its reason.
fn told(state: Connection) -> (&'static str, Option<String>) {
    match state {
        Connection::Starting => ("starting", None),
        Connection::Live => ("live", None),
        Connection::Degraded(reason) => ("degraded", Some(reason)),
        Connection::Failed(reason) => ("failed", Some(reason)),
    }
}

/// The bots, in the order in which they are configured, with their shards.
#[utoipa::path(
    get,
    path = "/bots",
    operation_id = "operator_bots",
    tag = "operator",
    params(ListQuery),
    responses((status = 200, body = Page<ConnectedBotBody>)),
    security(("token" = ["operator"]))
)]
async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    uri: Uri,
) -> Answer<Page<ConnectedBotBody>> {
    rest.operate(&caller)?;
    let page: PageQuery = query::read::<ListQuery>(&uri)?.into();
    let bots = rest.installation.bots();
    page.of_whole(bots.into_iter().map(Into::into)).map(Json)
}
