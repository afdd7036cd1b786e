//! What rules say: of a text that is tried, and of what a decision saw, judged again.

use app::flows::{
    replay::{ReplayError, replay},
    trial::{self, TryText},
};
use audit::EntryId;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::Uri,
};
use kernel::{ChannelId, UserId};
use moderation::{Hit, TEXT_LENGTH_MAX, Verdict};
use platform::{Area, Revision, TokenScope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Problem, Rest, body, door::Caller, query};

type Answer<T> = Result<Json<T>, Problem>;

const READ: TokenScope = TokenScope::read(Area::Moderation);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .routes(routes!(test))
        .routes(routes!(judged_again))
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

impl From<Verdict> for VerdictBody {
    fn from(verdict: Verdict) -> Self {
        let ask = |ask: moderation::Ask| AskBody {
            mode: spelt(&ask.mode),
            rule_id: ask.rule_id,
            name: ask.name,
        };
        Self {
            hits: verdict.hits.into_iter().map(Into::into).collect(),
            asks: verdict.asks.into_iter().map(ask).collect(),
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
    caller: Caller,
    Path(guild): Path<String>,
    body: Bytes,
) -> Answer<VerdictBody> {
    let visitor = rest.admit(&caller, &guild, READ)?;
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
    Ok(Json(verdict.into()))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
struct AgainQuery {
    /// The revision whose rules are asked; without, those of today.
    #[param(value_type = Option<i64>, minimum = 1)]
    revision: Option<String>,
}

/// What rules say of a decision's words this time.
#[derive(Debug, Serialize, ToSchema)]
struct AgainBody {
    /// Whose rules were asked; nothing where the guild has no revision yet.
    revision: Option<i64>,
    /// Whether the rule that decided hits again.
    agrees: bool,
    #[serde(flatten)]
    verdict: VerdictBody,
}

/// Judges what a decision saw again; nothing is done, and no model is asked.
#[utoipa::path(
    get,
    path = "/automod/replay/{entry_id}",
    operation_id = "automod_replay",
    tag = "moderation",
    params(("entry_id" = String, Path, description = "Which entry"), AgainQuery),
    responses((status = 200, body = AgainBody)),
    security(("token" = ["moderation:read"]))
)]
async fn judged_again(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, id)): Path<(String, String)>,
    uri: Uri,
) -> Answer<AgainBody> {
    let visitor = rest.admit(&caller, &guild, READ)?;
    let asked: AgainQuery = query::read(&uri)?;
    let op = visitor.read_op(&rest.core);
    let none = || Problem::not_found("There is no such entry.").under(op.correlation);
    let wrong = |why: String| Problem::invalid(why, "/revision").under(op.correlation);
    let id: EntryId = id.parse().map_err(|_| none())?;
    let revision = asked.revision.as_deref().map(revision).transpose();
    let revision = revision.map_err(wrong)?;
    let guild = op.guild;
    let read = move |tx: &mut Tx<'_>| audit::fetch(tx, guild, id);
    let entry = rest.read("rest.automod_replay", &op, read).await?;
    let entry = entry.ok_or_else(none)?;
    let replayed = match replay(&rest.core, guild, &entry, revision).await {
        Ok(replayed) => replayed,
        Err(ReplayError::Store(error)) => return Err(rest.problem(&op, &error)),
        Err(error @ (ReplayError::NoRevision(_) | ReplayError::Unreadable(_))) => {
            return Err(wrong(error.to_string()));
        }
        Err(error @ (ReplayError::NotByRule | ReplayError::WordsGone)) => {
            return Err(Problem::invalid(error.to_string(), "").under(op.correlation));
        }
    };
    Ok(Json(AgainBody {
        revision: replayed.revision.map(Revision::get),
        agrees: replayed.agrees,
        verdict: replayed.verdict.into(),
    }))
}

fn revision(text: &str) -> Result<Revision, String> {
    let number = text.parse().ok();
    let revision = number.and_then(|number| Revision::new(number).ok());
    revision.ok_or_else(|| "a revision is a whole number above zero".to_owned())
}
