//! The control API over HTTP: `POST /control/VERB` with a JSON object, answered with JSON; `GET /control` lists the
//! verbs.
//! What always holds: a body must be declared as JSON, so that no foreign page can send one from a browser; an unknown
//! verb or field is refused by name; a wait ends.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Control, ControlError, Core, Disturbance, Until};
use crate::gateway::Greeting;
use crate::world::{Snowflake, WorldError};

const BODY_BYTES_MAX: usize = 1 << 20;
const WAIT_MS_MAX: u64 = 60_000;

const VERBS: &[&str] = &[
    "user",
    "application",
    "application/flags",
    "application/endpoint",
    "application/redirects",
    "application/token",
    "guild",
    "guild/view",
    "guild/delete",
    "guild/outage",
    "channel",
    "channel/change",
    "channel/delete",
    "role",
    "role/change",
    "thread",
    "ban",
    "bans",
    "join",
    "crowd",
    "leave",
    "install",
    "member",
    "member/view",
    "say",
    "rewrite",
    "unsay",
    "react",
    "unreact",
    "typing",
    "direct",
    "view",
    "await/message",
    "commands",
    "invoke",
    "menu",
    "press",
    "submit",
    "outcome",
    "gateway/order",
    "gateway/greet",
    "gateway/refuse_resumes",
    "gateway/disturb",
    "rest/fault",
    "rest/calm",
    "clock/advance",
    "log/requests",
    "log/gateway",
    "log/counts",
    "log/answers",
    "log/audit",
    "log/violations",
    "figures",
];

pub(crate) fn router(core: Arc<Core>) -> Router {
    Router::new()
        .route("/control", get(|| async { Json(json!({"verbs": VERBS})) }))
        .route("/control/{*verb}", post(serve))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(core)
}

/// A refusal with its status.
#[derive(Debug)]
struct Refusal(StatusCode, String);

impl From<ControlError> for Refusal {
    fn from(error: ControlError) -> Self {
        let status = match &error {
            ControlError::World(WorldError::Unknown(_))
            | ControlError::NoCommand { .. }
            | ControlError::NoForm => StatusCode::NOT_FOUND,
            ControlError::Forbidden { .. } | ControlError::World(WorldError::Banned { .. }) => {
                StatusCode::FORBIDDEN
            }
            ControlError::TooLate(_) => StatusCode::REQUEST_TIMEOUT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self(status, error.to_string())
    }
}

async fn serve(
    State(core): State<Arc<Core>>,
    Path(verb): Path<String>,
    body: Result<Json<Value>, JsonRejection>,
) -> Response {
    let Json(body) = match body {
        Ok(body) => body,
        Err(refused) => return answer(refused.status(), &json!({"error": refused.body_text()})),
    };
    let control = Control::new(core);
    let done = match slow(&control, &verb, &body).await {
        Some(done) => done,
        None => quick(&control, &verb, body),
    };
    match done {
        Ok(value) => answer(StatusCode::OK, &value),
        Err(Refusal(status, error)) => answer(status, &json!({"error": error})),
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, Json(body)).into_response()
}

type Done = Result<Value, Refusal>;

fn read<T: DeserializeOwned>(body: Value) -> Result<T, Refusal> {
    serde_json::from_value(body)
        .map_err(|error| Refusal(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}

#[derive(Deserialize)]
struct OnGuild {
    guild: Snowflake,
    #[serde(default)]
    user: Snowflake,
    #[serde(default)]
    application: Snowflake,
    #[serde(default)]
    permissions: u64,
    #[serde(default)]
    over: bool,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    count: usize,
}

#[derive(Deserialize)]
struct OnApplication {
    application: Snowflake,
    #[serde(default)]
    flags: u32,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
}

#[derive(Deserialize)]
struct OnChannel {
    channel: Snowflake,
    user: Snowflake,
    #[serde(default = "fifty")]
    limit: usize,
}

#[derive(Deserialize)]
struct Channel {
    channel: Snowflake,
}

#[derive(Deserialize)]
struct OnLog {
    guild: Snowflake,
    #[serde(default = "fifty")]
    limit: usize,
}

#[derive(Deserialize)]
struct OnMessage {
    channel: Snowflake,
    message: Snowflake,
    user: Snowflake,
    #[serde(default)]
    content: String,
    #[serde(default)]
    emoji: String,
}

#[derive(Deserialize)]
struct Pair {
    user: Snowflake,
    other: Snowflake,
}

#[derive(Deserialize)]
struct Order {
    #[serde(default)]
    application: Option<Snowflake>,
    #[serde(flatten)]
    order: super::GatewayOrder,
}

#[derive(Deserialize)]
struct Greet {
    #[serde(flatten)]
    greeting: Greeting,
    #[serde(default = "one")]
    times: usize,
}

#[derive(Deserialize)]
struct Number {
    #[serde(default)]
    times: u64,
    #[serde(default)]
    ms: u64,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    after: Snowflake,
    #[serde(default = "thousand")]
    limit: usize,
}

#[derive(Deserialize)]
struct AwaitOutcome {
    interaction: Snowflake,
    #[serde(default)]
    until: Until,
    #[serde(default)]
    wait_ms: u64,
}

#[derive(Deserialize)]
struct AwaitMessage {
    channel: Snowflake,
    user: Snowflake,
    #[serde(default)]
    after: Snowflake,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    contains: String,
    #[serde(default)]
    wait_ms: u64,
}

const fn one() -> usize {
    1
}

const fn fifty() -> usize {
    50
}

const fn thousand() -> usize {
    1_000
}

/// The verbs that may wait.
async fn slow(control: &Control, verb: &str, body: &Value) -> Option<Done> {
    match verb {
        "outcome" => Some(await_outcome(control, body.clone()).await),
        "await/message" => Some(await_message(control, body.clone()).await),
        _ => None,
    }
}

async fn await_outcome(control: &Control, body: Value) -> Done {
    let wanted: AwaitOutcome = read(body)?;
    let outcome = if wanted.wait_ms == 0 {
        control.outcome(wanted.interaction)?
    } else {
        let within = Duration::from_millis(wanted.wait_ms.min(WAIT_MS_MAX));
        control
            .await_outcome(wanted.interaction, wanted.until, within)
            .await?
    };
    Ok(json!(outcome))
}

async fn await_message(control: &Control, body: Value) -> Done {
    let wanted: AwaitMessage = read(body)?;
    let within = Duration::from_millis(wanted.wait_ms.min(WAIT_MS_MAX));
    let fits = |message: &Value| {
        let author = wanted
            .author
            .as_deref()
            .is_none_or(|id| message["author"]["id"] == id);
        author
            && message["content"]
                .as_str()
                .is_some_and(|content| content.contains(&wanted.contains))
    };
    Ok(control
        .await_message(wanted.channel, wanted.user, wanted.after, within, fits)
        .await?)
}

/// The verbs that answer at once.
fn quick(control: &Control, verb: &str, body: Value) -> Done {
    match verb.split('/').next().unwrap_or_default() {
        "gateway" | "rest" | "clock" => disturb(control, verb, body),
        "log" if verb == "log/audit" => remembered(control, verb, body),
        "log" | "figures" => look(control, verb, body),
        "say" | "rewrite" | "unsay" | "react" | "unreact" | "typing" | "direct" | "view" => {
            act(control, verb, body)
        }
        "commands" | "invoke" | "menu" | "press" | "submit" => use_bot(control, verb, body),
        "ban" | "bans" | "thread" => remembered(control, verb, body),
        _ => build(control, verb, body),
    }
}

fn remembered(control: &Control, verb: &str, body: Value) -> Done {
    Ok(match verb {
        "thread" => json!({"id": control.thread(read(body)?)?}),
        "ban" => done(read(body).and_then(|on: OnGuild| Ok(control.ban(on.guild, on.user)?)))?,
        "bans" => json!({"bans": control.bans(read::<OnGuild>(body)?.guild)?}),
        "log/audit" => {
            let on: OnLog = read(body)?;
            json!({"entries": control.audit_log(on.guild, on.limit)?})
        }
        _ => return Err(unknown(verb)),
    })
}

fn build(control: &Control, verb: &str, body: Value) -> Done {
    let id = |id: Snowflake| json!({"id": id});
    Ok(match verb {
        "user" => id(control.user(read(body)?)?),
        "application" => json!(control.application(read(body)?)?),
        "application/flags" => done(read(body).and_then(|on: OnApplication| {
            Ok(control.application_flags(on.application, on.flags)?)
        }))?,
        "application/endpoint" => done(read(body).and_then(|on: OnApplication| {
            Ok(control.application_endpoint(on.application, on.url)?)
        }))?,
        "application/redirects" => done(read(body).and_then(|on: OnApplication| {
            Ok(control.application_redirects(on.application, on.redirect_uris)?)
        }))?,
        "application/token" => {
            json!({"token": control.token_reset(read::<OnApplication>(body)?.application)?})
        }
        "guild" => {
            let guild = control.guild(read(body)?)?;
            json!({"id": guild, "general": control.general(guild)})
        }
        "guild/view" => control.guild_view(read::<OnGuild>(body)?.guild)?,
        "guild/delete" => {
            done(read(body).and_then(|on: OnGuild| Ok(control.guild_delete(on.guild)?)))?
        }
        "guild/outage" => {
            done(read(body).and_then(|on: OnGuild| Ok(control.outage(on.guild, on.over)?)))?
        }
        "channel" => id(control.channel(read(body)?)?),
        "channel/change" => {
            done(read(body).and_then(|change| Ok(control.channel_change(change)?)))?
        }
        "channel/delete" => {
            done(read(body).and_then(|on: Channel| Ok(control.channel_delete(on.channel)?)))?
        }
        "role" => id(control.role(read(body)?)?),
        "role/change" => done(read(body).and_then(|change| Ok(control.role_change(change)?)))?,
        "join" => done(read(body).and_then(|on: OnGuild| Ok(control.join(on.guild, on.user)?)))?,
        "crowd" => {
            let on: OnGuild = read(body)?;
            json!({"ids": control.crowd(on.guild, &on.prefix, on.count.min(100_000))?})
        }
        "leave" => done(read(body).and_then(|on: OnGuild| Ok(control.leave(on.guild, on.user)?)))?,
        "install" => done(read(body).and_then(|on: OnGuild| {
            Ok(control.install(on.guild, on.application, on.permissions)?)
        }))?,
        "member" => done(read(body).and_then(|change| Ok(control.member_change(change)?)))?,
        "member/view" => {
            let on: OnGuild = read(body)?;
            control.member_view(on.guild, on.user)?
        }
        _ => return Err(unknown(verb)),
    })
}

fn act(control: &Control, verb: &str, body: Value) -> Done {
    let on_message = |body: Value| -> Result<(super::Target, OnMessage), Refusal> {
        let on: OnMessage = read(body)?;
        Ok((
            super::Target {
                channel: on.channel,
                message: on.message,
                user: on.user,
            },
            on,
        ))
    };
    Ok(match verb {
        "say" => json!({"id": control.say(read(body)?)?}),
        "rewrite" => done(
            on_message(body).and_then(|(target, on)| Ok(control.rewrite(target, on.content)?)),
        )?,
        "unsay" => done(on_message(body).and_then(|(target, _)| Ok(control.unsay(target)?)))?,
        "react" => {
            done(on_message(body).and_then(|(target, on)| Ok(control.react(target, &on.emoji)?)))?
        }
        "unreact" => {
            done(on_message(body).and_then(|(target, on)| Ok(control.unreact(target, &on.emoji)?)))?
        }
        "typing" => {
            done(read(body).and_then(|on: OnChannel| Ok(control.type_in(on.channel, on.user)?)))?
        }
        "direct" => {
            let pair: Pair = read(body)?;
            json!({"id": control.direct(pair.user, pair.other)?})
        }
        "view" => {
            let on: OnChannel = read(body)?;
            json!({"messages": control.view(on.channel, on.user, on.limit)?})
        }
        _ => return Err(unknown(verb)),
    })
}

fn use_bot(control: &Control, verb: &str, body: Value) -> Done {
    let opened = |id: Snowflake| json!({"interaction": id});
    Ok(match verb {
        "commands" => {
            let on: OnChannel = read(body)?;
            json!({"commands": control.commands(on.channel, on.user)?})
        }
        "invoke" => opened(control.invoke(&read(body)?)?),
        "menu" => opened(control.menu(&read(body)?)?),
        "press" => opened(control.press(&read(body)?)?),
        "submit" => opened(control.submit(&read(body)?)?),
        _ => return Err(unknown(verb)),
    })
}

fn disturb(control: &Control, verb: &str, body: Value) -> Done {
    Ok(match verb {
        "gateway/order" => {
            let order: Order = read(body)?;
            json!({"connections": control.gateway(order.application, order.order)?})
        }
        "gateway/greet" => done(
            read(body)
                .and_then(|greet: Greet| Ok(control.greet_next(greet.greeting, greet.times)?)),
        )?,
        "gateway/refuse_resumes" => {
            done(read(body).map(|number: Number| control.refuse_resumes(number.times)))?
        }
        "gateway/disturb" => {
            done(read(body).and_then(|how: Disturbance| Ok(control.disturb(how)?)))?
        }
        "rest/fault" => done(read(body).and_then(|rule| Ok(control.rest_fault(rule)?)))?,
        "rest/calm" => {
            control.rest_calm();
            json!({})
        }
        "clock/advance" => done(
            read(body)
                .and_then(|number: Number| Ok(control.advance(Duration::from_millis(number.ms))?)),
        )?,
        _ => return Err(unknown(verb)),
    })
}

fn look(control: &Control, verb: &str, body: Value) -> Done {
    let page: Page = read(body)?;
    Ok(match verb {
        "log/requests" => {
            json!({"count": control.request_count(), "requests": control.requests(page.after.0, page.limit)})
        }
        "log/gateway" => json!({"entries": control.gateway_entries(page.after.0, page.limit)}),
        "log/counts" => {
            let counts = control
                .gateway_counts()
                .into_iter()
                .map(|(id, counts)| (id.to_string(), json!(counts)));
            json!({"counts": counts.collect::<serde_json::Map<_, _>>()})
        }
        "log/answers" => json!({"answers": control.answers(page.after, page.limit)}),
        "log/violations" => control.violations(),
        "figures" => control.figures(),
        _ => return Err(unknown(verb)),
    })
}

fn done(outcome: Result<(), Refusal>) -> Done {
    outcome.map(|()| json!({}))
}

fn unknown(verb: &str) -> Refusal {
    Refusal(
        StatusCode::NOT_FOUND,
        format!("there is no verb `{verb}`; GET /control lists them"),
    )
}
