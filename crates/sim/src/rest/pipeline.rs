//! The one way every request takes: shut out or not, routed, disturbed by an ordered fault, let in, counted, read, judged, run, written down.
//! What always holds: each request leaves one line in the journal, and each answer of a route carries the rate-limit headers.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header, request};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::interactions::endpoint;
use crate::limits::{Fault, REASON_LENGTH_MAX};
use crate::openapi::{Asked, OpenApi};
use crate::world::grants;

use super::Rest;
use super::body::{RequestBody, read_body, read_fields};
use super::buckets::{Scope, Standing, Ticket, Verdict};
use super::call::{Answered, Call, Caller};
use super::error::{ApiError, Code, json_response};
use super::faults::{Effect, RestFault};
use super::journal::RestEntry;
use super::route::{Door, Found, NoRoute, find, percent_decoded};
use super::routes::ROUTES;

/// Larger bodies are not kept in the journal.
const JOURNAL_BODY_MAX: usize = 64 * 1024;

/// What is known of a request before its route runs.
struct Arrival {
    method: String,
    /// Without host and version.
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    address: String,
    origin: String,
}

/// Serves a request to the API.
pub(crate) async fn serve(State(rest): State<Arc<Rest>>, request: Request<Body>) -> Response {
    let started_us = rest.now_us();
    let (parts, body) = request.into_parts();
    let arrival = arrive(&parts);
    let mut entry = blank_entry(&arrival, started_us);
    let response = answer(&rest, &arrival, body, &mut entry).await;
    entry.status = response.status().as_u16();
    entry.duration_us = u64::try_from(rest.now_us() - started_us).unwrap_or(0);
    rest.write_down(entry);
    with_proxy_headers(response)
}

fn arrive(parts: &request::Parts) -> Arrival {
    let path = parts.uri.path();
    let path = path
        .strip_prefix("/api/v10")
        .or_else(|| path.strip_prefix("/api"))
        .unwrap_or(path);
    let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map(|Query(pairs)| pairs)
        .unwrap_or_default();
    let connection = parts.extensions.get::<ConnectInfo<std::net::SocketAddr>>();
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    Arrival {
        method: parts.method.as_str().to_owned(),
        path: path.to_owned(),
        query,
        headers: parts.headers.clone(),
        address: connection
            .map_or_else(String::new, |ConnectInfo(address)| address.ip().to_string()),
        origin: format!("http://{host}"),
    }
}

fn blank_entry(arrival: &Arrival, at_us: i64) -> RestEntry {
    RestEntry {
        number: 0,
        at_us,
        method: arrival.method.clone(),
        route: "?".to_owned(),
        parameters: Vec::new(),
        query: arrival.query.clone(),
        application: None,
        status: 0,
        code: None,
        duration_us: 0,
        request: None,
        files: Vec::new(),
        reason: None,
        fault: None,
    }
}

async fn answer(rest: &Rest, arrival: &Arrival, body: Body, entry: &mut RestEntry) -> Response {
    if let Some(wait_us) = rest.buckets().shut_out(&arrival.address, rest.now_us()) {
        return shut_out(wait_us);
    }
    if !arrival.headers.contains_key(header::USER_AGENT) {
        return refusal(rest, arrival, entry, &Code::UserAgentMissing.into());
    }
    let found = match find(ROUTES, &arrival.method, &arrival.path) {
        Ok(found) => found,
        Err(missing) => return unrouted(rest, arrival, entry, missing),
    };
    entry.route = found.route.pattern.to_owned();
    entry.parameters = shown_parameters(&found);
    let fault = rest
        .faults()
        .take(&arrival.method, found.route.pattern, &arrival.path);
    let Some((fault, effect)) = fault else {
        return regular(rest, arrival, &found, body, entry).await;
    };
    entry.fault = Some(format!("{fault:?}"));
    entry.application = caller_of(rest, arrival).and_then(Caller::application);
    let kept = match (&fault, effect) {
        (RestFault::Latency { .. }, _) | (_, Effect::Done) => Some(body),
        (_, Effect::Lost) => None,
    };
    if let RestFault::Latency { ms } | RestFault::Hang { ms } = fault {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    let regular_response = match kept {
        Some(body) => Some(regular(rest, arrival, &found, body, entry).await),
        None => None,
    };
    match (fault, regular_response) {
        (RestFault::Latency { .. }, Some(response)) => response,
        (fault, _) => spoilt(rest, arrival, &fault),
    }
}

fn shown_parameters(found: &Found) -> Vec<(String, String)> {
    let shown = found
        .parameters
        .iter()
        .filter(|(name, _)| !name.ends_with("token"));
    shown
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

fn unrouted(rest: &Rest, arrival: &Arrival, entry: &mut RestEntry, missing: NoRoute) -> Response {
    entry.route = arrival.path.clone();
    let code = match missing {
        NoRoute::Path => Code::NotFound,
        NoRoute::Method => Code::MethodNotAllowed,
    };
    refusal(rest, arrival, entry, &code.into())
}

/// A refusal before any bucket was touched.
fn refusal(rest: &Rest, arrival: &Arrival, entry: &mut RestEntry, error: &ApiError) -> Response {
    note_code(entry, &error.body());
    if matches!(error.status().as_u16(), 401 | 403) {
        rest.buckets()
            .count_invalid(&arrival.address, rest.now_us());
    }
    json_response(error.status(), &error.body())
}

fn note_code(entry: &mut RestEntry, body: &Value) {
    entry.code = body.get("code").and_then(Value::as_u64);
}

async fn regular(
    rest: &Rest,
    arrival: &Arrival,
    found: &Found,
    body: Body,
    entry: &mut RestEntry,
) -> Response {
    let caller = match admit(rest, arrival, found) {
        Ok(caller) => caller,
        Err(error) => return refusal(rest, arrival, entry, &error),
    };
    entry.application = caller.application();
    let standing = match take_ticket(rest, arrival, found, caller) {
        Verdict::Pass(standing) => standing,
        Verdict::Wait {
            scope,
            retry_after_us,
            standing,
        } => {
            if scope != Scope::Shared {
                rest.buckets()
                    .count_invalid(&arrival.address, rest.now_us());
            }
            let response = wait_response(scope, retry_after_us);
            return with_bucket_headers(response, found, standing);
        }
    };
    let read = match found.route.door {
        Door::Client => read_fields(&arrival.headers, body).await,
        Door::Bot | Door::BotOrPerson(_) | Door::Open => read_body(&arrival.headers, body).await,
    };
    let outcome = match read {
        Ok(body) => run(rest, arrival, found, caller, &body, entry).await,
        Err(error) => Err(error),
    };
    let (status, answer_body) = match outcome {
        Ok(answer) => (answer.status, answer.body),
        Err(error) => (error.status(), Some(error.body())),
    };
    if status.is_client_error() {
        note_code(entry, answer_body.as_ref().unwrap_or(&Value::Null));
        if matches!(status.as_u16(), 401 | 403) {
            rest.buckets()
                .count_invalid(&arrival.address, rest.now_us());
        }
    }
    if let Some(api) = described(rest, found) {
        api.check_response(asked(arrival, None), status.as_u16(), answer_body.as_ref());
    }
    let response = match &answer_body {
        Some(body) => json_response(status, body),
        None => status.into_response(),
    };
    with_bucket_headers(response, found, standing)
}

/// Who asks, where the route wants to know.
fn admit(rest: &Rest, arrival: &Arrival, found: &Found) -> Result<Caller, ApiError> {
    let caller = caller_of(rest, arrival);
    match (found.route.door, caller) {
        (Door::Client, _) => Ok(Caller::Nameless),
        (Door::Bot | Door::BotOrPerson(_), None) | (Door::Bot, Some(Caller::Person { .. })) => {
            Err(Code::Unauthorized.into())
        }
        (Door::BotOrPerson(scope), Some(Caller::Person { .. }))
            if !is_allowed(rest, arrival, scope) =>
        {
            Err(Code::MissingScope.into())
        }
        (_, caller) => Ok(caller.unwrap_or(Caller::Nameless)),
    }
}

/// The description of the API, for the routes that it describes: OAuth2's own are not among them.
fn described<'r>(rest: &'r Rest, found: &Found) -> Option<&'r OpenApi> {
    let api = rest.openapi.as_ref();
    api.filter(|_| found.route.door != Door::Client)
}

/// Whose token came with a request: a bot's own, or one that a person allowed.
fn caller_of(rest: &Rest, arrival: &Arrival) -> Option<Caller> {
    let given = authorization(arrival)?;
    let world = rest.hub.world();
    if let Some(token) = given.strip_prefix("Bot ") {
        return Some(Caller::Bot(world.application_of_token(token.trim())?.id));
    }
    let grant = world.grant_of_access(given.strip_prefix("Bearer ")?.trim())?;
    Some(Caller::Person {
        user: grant.user,
        application: grant.application,
    })
}

/// Whether what a person allowed includes this.
fn is_allowed(rest: &Rest, arrival: &Arrival, scope: grants::Scope) -> bool {
    let token = authorization(arrival).and_then(|given| given.strip_prefix("Bearer "));
    let world = rest.hub.world();
    let grant = token.and_then(|token| world.grant_of_access(token.trim()));
    grant.is_some_and(|grant| grant.scopes.contains(&scope))
}

fn authorization(arrival: &Arrival) -> Option<&str> {
    arrival.headers.get(header::AUTHORIZATION)?.to_str().ok()
}

fn take_ticket(rest: &Rest, arrival: &Arrival, found: &Found, caller: Caller) -> Verdict {
    let caller = match (found.route.door, caller.account()) {
        (Door::Bot | Door::BotOrPerson(_), Some(id)) => id.to_string(),
        _ => arrival.address.clone(),
    };
    let ticket = Ticket {
        caller: &caller,
        bucket: &found.route.bucket_name(),
        major: &found.major(),
        limit: found.route.limit,
        counted: found.route.counted,
    };
    rest.buckets().take(&ticket, rest.now_us())
}

async fn run(
    rest: &Rest,
    arrival: &Arrival,
    found: &Found,
    caller: Caller,
    body: &RequestBody,
    entry: &mut RestEntry,
) -> Answered {
    entry.request = body
        .json
        .as_ref()
        .filter(|json| json.to_string().len() <= JOURNAL_BODY_MAX)
        .cloned();
    entry.files = body
        .files
        .iter()
        .map(|file| (file.name.clone(), file.content.len()))
        .collect();
    if let Some(api) = described(rest, found) {
        api.check_request(asked(arrival, body.json.as_ref()));
    }
    let reason = audit_reason(&arrival.headers)?;
    entry.reason.clone_from(&reason);
    let call = Call {
        rest,
        caller,
        authorization: authorization(arrival),
        parameters: &found.parameters,
        query: &arrival.query,
        body,
        reason: reason.as_deref(),
        origin: &arrival.origin,
    };
    if (found.route.method, found.route.pattern) == ("PATCH", "/applications/@me") {
        endpoint::verify_new_endpoint(&call).await?;
    }
    (found.route.run)(&call)
}

/// `X-Audit-Log-Reason`, decoded. Too long a reason is refused.
fn audit_reason(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(given) = headers.get("x-audit-log-reason") else {
        return Ok(None);
    };
    let reason = percent_decoded(&String::from_utf8_lossy(given.as_bytes()));
    if reason.chars().count() > REASON_LENGTH_MAX {
        return Err(ApiError::fault(
            "reason",
            Fault::too_long(REASON_LENGTH_MAX),
        ));
    }
    Ok((!reason.trim().is_empty()).then_some(reason))
}

fn asked<'a>(arrival: &'a Arrival, body: Option<&'a Value>) -> Asked<'a> {
    Asked {
        method: &arrival.method,
        path: &arrival.path,
        query: &arrival.query,
        body,
    }
}

/// 429 in Discord's words. The scope's header stands on these alone.
fn wait_response(scope: Scope, retry_after_us: i64) -> Response {
    let global = scope == Scope::Global;
    let body = json!({"message": "You are being rate limited.", "retry_after": seconds(retry_after_us), "global": global, "code": 0});
    let mut response = json_response(StatusCode::TOO_MANY_REQUESTS, &body);
    let headers = response.headers_mut();
    headers.insert(
        "retry-after",
        HeaderValue::from(whole_seconds(retry_after_us)),
    );
    headers.insert(
        "x-ratelimit-scope",
        HeaderValue::from_static(scope.as_str()),
    );
    if global {
        headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
    }
    response
}

/// Marks an answer of the network in front of Discord, which has no `Via`.
#[derive(Debug, Clone, Copy)]
struct FromBefore;

/// What the network in front of Discord answers to an address that sent too many invalid requests.
fn shut_out(wait_us: i64) -> Response {
    let mut response = (StatusCode::TOO_MANY_REQUESTS, "error code: 1015").into_response();
    response.extensions_mut().insert(FromBefore);
    response
        .headers_mut()
        .insert("retry-after", HeaderValue::from(whole_seconds(wait_us)));
    response
}

fn spoilt(rest: &Rest, arrival: &Arrival, fault: &RestFault) -> Response {
    match fault {
        RestFault::RateLimited {
            retry_after_ms,
            global,
            scope,
        } => {
            rest.buckets()
                .count_invalid(&arrival.address, rest.now_us());
            ordered_wait(*retry_after_ms, *global, scope.as_deref())
        }
        RestFault::Status { status } => {
            let body = json!({"message": format!("{status}: ordered fault"), "code": 0});
            json_response(status_of(*status), &body)
        }
        RestFault::Html { status } => {
            let page = "<html><head><title>Error</title></head><body><center><h1>Error</h1></center></body></html>";
            (
                status_of(*status),
                [(header::CONTENT_TYPE, "text/html")],
                page,
            )
                .into_response()
        }
        RestFault::Broken | RestFault::Hang { .. } | RestFault::Latency { .. } => broken(),
    }
}

fn ordered_wait(retry_after_ms: u64, global: bool, scope: Option<&str>) -> Response {
    let wait_us = i64::try_from(retry_after_ms)
        .unwrap_or(i64::MAX / 1_000)
        .saturating_mul(1_000);
    let mut response = wait_response(if global { Scope::Global } else { Scope::User }, wait_us);
    let headers = response.headers_mut();
    headers.remove("x-ratelimit-scope");
    if let Some(scope) = scope.and_then(|scope| HeaderValue::from_str(scope).ok()) {
        headers.insert("x-ratelimit-scope", scope);
    }
    response
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// An answer that ends before it is whole: the connection is closed under the reader.
fn broken() -> Response {
    let pieces = futures_util::stream::iter([
        Ok(Bytes::from_static(b"{")),
        Err(std::io::Error::new(
            std::io::ErrorKind::ConnectionReset,
            "ordered fault",
        )),
    ]);
    let mut response = Response::new(Body::from_stream(pieces));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from_static("4096"));
    response
}

fn with_bucket_headers(mut response: Response, found: &Found, standing: Standing) -> Response {
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    set("x-ratelimit-limit", standing.limit.to_string());
    set("x-ratelimit-remaining", standing.remaining.to_string());
    set(
        "x-ratelimit-reset",
        format!("{:.3}", seconds(standing.reset_us)),
    );
    set(
        "x-ratelimit-reset-after",
        format!("{:.3}", seconds(standing.reset_after_us)),
    );
    set(
        "x-ratelimit-bucket",
        bucket_digest(&found.route.bucket_name()),
    );
    response
}

/// Buckets are named by digests: a client must compare them, and can't read them.
fn bucket_digest(name: &str) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(name.as_bytes());
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// `Via` tells clients that it was Discord that answered, and not the network before it.
fn with_proxy_headers(mut response: Response) -> Response {
    if response.extensions().get::<FromBefore>().is_none() {
        response
            .headers_mut()
            .insert(header::VIA, HeaderValue::from_static("1.1 google"));
    }
    response
}

#[expect(
    clippy::cast_precision_loss,
    reason = "moments of this century fit a float to the microsecond"
)]
fn seconds(us: i64) -> f64 {
    let millis = us / 1_000 + i64::from(us % 1_000 > 0);
    millis as f64 / 1_000.0
}

fn whole_seconds(us: i64) -> u64 {
    u64::try_from(us.max(0)).unwrap_or(0).div_ceil(1_000_000)
}
