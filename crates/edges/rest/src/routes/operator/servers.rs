//! All servers with their health, their cost, and how much of the time they take.

use app::{Ailment, GuildState, GuildsAsked, Pace};
use axum::{Json, extract::State, http::Uri};
use kernel::{GuildId, Op};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Answer;
use crate::{
    Rest,
    door::Caller,
    page::{Page, PageQuery, millis},
    query,
};

pub(super) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A server as the operator is told of it.
#[derive(Debug, Serialize, ToSchema)]
struct ServerBody {
    #[schema(value_type = String)]
    guild_id: GuildId,
    /// Null where the bot is not in it, or Discord has not said so yet.
    name: Option<String>,
    members: Option<u64>,
    /// What needs somebody, the gravest first.
    ailments: Vec<AilmentBody>,
    /// What models cost since the month began in UTC, in millionths of a dollar.
    month_micros: i64,
    /// What they cost today.
    today_micros: i64,
    /// What they may cost in a day.
    day_max_micros: i64,
    /// How many decisions there were within a day.
    decisions: u64,
    /// What its events took of this process's time within the last hour; null where it was quiet.
    pace: Option<PaceBody>,
}

/// Something that needs somebody in a server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum AilmentBody {
    /// Its coins stand still.
    CoinsStandStill { reason: String, since: String },
    /// So many decisions failed within a day.
    DecisionsFailed { count: u64 },
    /// So many effects failed for good.
    EffectsDead { count: u64 },
    /// So many effects are tried again and again.
    EffectsRetried { count: u64 },
    /// The bot's role lacks what rules need.
    RoleLacks { permissions: Vec<&'static str> },
    /// Rules are switched off.
    RulesOff { since: String },
    /// Rules act, and no log channel is chosen.
    NoLogChannel,
    /// No settings are written down yet.
    NoSettings,
}

/// What a server's events took of the time.
#[derive(Debug, Serialize, ToSchema)]
struct PaceBody {
    events: u64,
    worked_ms: u64,
    waited_ms: u64,
    waited_max_ms: u64,
}

impl From<GuildState> for ServerBody {
    fn from(state: GuildState) -> Self {
        let (name, members) = state.known.map(|known| (known.name, known.members)).unzip();
        Self {
            guild_id: state.id,
            name,
            members,
            ailments: state.ailments.into_iter().map(Into::into).collect(),
            month_micros: state.month_micros,
            today_micros: state.today_micros,
            day_max_micros: state.day_max_micros,
            decisions: state.decisions,
            pace: state.pace.map(Into::into),
        }
    }
}

impl From<Ailment> for AilmentBody {
    fn from(ailment: Ailment) -> Self {
        match ailment {
            Ailment::CoinsStandStill { reason, since } => Self::CoinsStandStill {
                reason,
                since: since.to_string(),
            },
            Ailment::Failed(count) => Self::DecisionsFailed { count },
            Ailment::Dead(count) => Self::EffectsDead { count },
            Ailment::Retried(count) => Self::EffectsRetried { count },
            Ailment::Lacks(permissions) => Self::RoleLacks { permissions },
            Ailment::RulesOff(since) => Self::RulesOff {
                since: since.to_string(),
            },
            Ailment::Unseen => Self::NoLogChannel,
            Ailment::NoSettings => Self::NoSettings,
        }
    }
}

impl From<Pace> for PaceBody {
    fn from(pace: Pace) -> Self {
        Self {
            events: pace.events,
            worked_ms: millis(pace.worked),
            waited_ms: millis(pace.waited),
            waited_max_ms: millis(pace.waited_max),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// A part of a name, or an id.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    text: String,
    /// The newest first, or those that took most of the time within the last hour, which are one page.
    #[serde(default)]
    #[param(value_type = Option<Order>, inline)]
    order: Order,
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

/// In which order servers stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// The newest first.
    #[default]
    Newest,
    /// Those that took most of the time first.
    Busiest,
}

/// The servers with their health, their cost, and how much of the time they take.
#[utoipa::path(
    get,
    path = "/servers",
    operation_id = "operator_servers",
    tag = "operator",
    params(ListQuery),
    responses((status = 200, body = Page<ServerBody>)),
    security(("token" = ["operator"]))
)]
async fn list(State(rest): State<Rest>, caller: Caller, uri: Uri) -> Answer<Page<ServerBody>> {
    let op = rest.operators_read(&caller)?;
    let asked: ListQuery = query::read(&uri)?;
    let page = PageQuery::of(asked.cursor, asked.limit);
    let (after, limit) = (page.text_cursor()?, page.limit()?);
    if asked.order == Order::Busiest {
        return rest.busiest(&op, limit).await;
    }
    let wanted = GuildsAsked {
        search: asked.text,
        after,
        limit,
    };
    let found = rest.core.guild_states(wanted).await;
    let found = found.map_err(|error| rest.problem(&op, &error))?;
    Ok(Json(Page {
        items: found.guilds.into_iter().map(Into::into).collect(),
        next: found.next.map(|next| next.to_string()),
    }))
}

impl Rest {
    async fn busiest(&self, op: &Op, limit: u32) -> Answer<Page<ServerBody>> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let found = self.core.guilds_busiest(limit).await;
        let found = found.map_err(|error| self.problem(op, &error))?;
        Ok(Json(Page {
            items: found.into_iter().map(Into::into).collect(),
            next: None,
        }))
    }
}
