//! Sending: limits, budget, repeats, and reading what Discord answered.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http_out::{Answer, Call, CallError, HeaderMap, HeaderValue, Method, StatusCode, header};
use kernel::{ApplicationId, Chance, Stopwatch, UserId};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use twilight_http::request::Method as TwilightMethod;

use super::{
    AddressBudget, RestError,
    budget::Tally,
    error::code,
    limiter::Limiter,
    limits::{Notice, Refusal, Scope},
    order::{Order, Repeat},
};
use crate::meters;

const ATTEMPTS_MAX: u32 = 5;
/// A revoked token is tried no more often than this.
const UNAUTHORIZED_MAX: u32 = 3;
const ANSWER_MAX: usize = 4 << 20;
const WORDS_MAX: usize = 300;

/// One bot's door to Discord's REST.
#[derive(Debug)]
pub(crate) struct Rest {
    client: http_out::Client,
    base: String,
    authorization: HeaderValue,
    limiter: Limiter,
    tally: Mutex<Tally>,
    since: Stopwatch,
    address: AddressBudget,
    unauthorized: AtomicU32,
    chance: Arc<dyn Chance>,
    application: OnceLock<ApplicationId>,
    account: OnceLock<UserId>,
}

/// Why a token can't be used at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the bot's token holds characters that no token has: copy it again from the developer portal"
)]
pub(crate) struct TokenShape;

/// What to do after an answer or a failure.
enum Next {
    Done(Bytes),
    Again(RestError, Duration),
    Stop(RestError),
}

#[derive(Deserialize)]
struct Limited {
    #[serde(default)]
    retry_after: Option<f64>,
    #[serde(default)]
    global: bool,
}

#[derive(Default, Deserialize)]
struct Refused {
    #[serde(default)]
    code: u64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Value,
}

impl Rest {
    /// A door for the bot with this token; `api` ends in `/api`.
    pub(crate) fn new(
        client: http_out::Client,
        api: &str,
        token: &SecretString,
        address: AddressBudget,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, TokenShape> {
        let token = without_prefix(token);
        let bare = token.expose_secret();
        let mut authorization =
            HeaderValue::from_str(&format!("Bot {bare}")).map_err(|_| TokenShape)?;
        authorization.set_sensitive(true);
        if bare.is_empty() || bare.contains(char::is_whitespace) {
            return Err(TokenShape);
        }
        Ok(Self {
            client,
            base: format!("{}/v10/", api.trim_end_matches('/')),
            authorization,
            limiter: Limiter::new(),
            tally: Mutex::new(Tally::of_token()),
            since: Stopwatch::start(),
            address,
            unauthorized: AtomicU32::new(0),
            chance,
            application: OnceLock::new(),
            account: OnceLock::new(),
        })
    }

    /// Says which application this is.
    pub(crate) fn is_application(&self, application: ApplicationId) {
        // It never becomes another: the token belongs to one application.
        let _ = self.application.set(application);
    }

    /// Says which account this is.
    pub(crate) fn is_account(&self, user: UserId) {
        let _ = self.account.set(user);
    }

    /// Which application this is, once it is known.
    pub(crate) fn known_application(&self) -> Option<ApplicationId> {
        self.application.get().copied()
    }

    /// Which account this is, once it is known.
    pub(crate) fn known_account(&self) -> Option<UserId> {
        self.account.get().copied()
    }

    /// Sends an order and gives the body of its success.
    pub(crate) async fn send(&self, order: Order) -> Result<Bytes, RestError> {
        let watch = Stopwatch::start();
        let outcome = self.send_until_done(&order, &watch).await;
        let status = match &outcome {
            Ok(_) => "2xx",
            Err(RestError::Refused { status, .. }) if *status < 500 => "4xx",
            Err(RestError::Refused { .. } | RestError::Unreadable { .. }) => "5xx",
            Err(RestError::Limited { .. }) => "429",
            Err(_) => "none",
        };
        meters::rest(order.key.route, status, watch.elapsed());
        outcome
    }

    async fn send_until_done(&self, order: &Order, watch: &Stopwatch) -> Result<Bytes, RestError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let left = order.deadline.saturating_sub(watch.elapsed());
            let (why, pause) = match self.attempt(order, left).await? {
                Next::Done(body) => return Ok(body),
                Next::Stop(error) => return Err(error),
                Next::Again(why, pause) => (why, pause),
            };
            let pause = pause.mul_f64(self.half_to_whole()) * attempt;
            if attempt >= ATTEMPTS_MAX || watch.elapsed() + pause >= order.deadline {
                return Err(why);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Jitter: between a half and one.
    fn half_to_whole(&self) -> f64 {
        let thousandth = u32::try_from(self.chance.below(500)).unwrap_or(0);
        0.5 + f64::from(thousandth) / 1_000.0
    }

    async fn attempt(&self, order: &Order, left: Duration) -> Result<Next, RestError> {
        let route = order.key.route;
        self.check_budget(order)?;
        let waiting = Stopwatch::start();
        let leave = self.limiter.leave(&order.key, order.counted, left).await;
        meters::limit_wait(route, waiting.elapsed());
        let leave = leave.map_err(|after| RestError::Limited { route, after })?;
        if order
            .wanted
            .as_ref()
            .is_some_and(|wanted| !wanted.is_newest())
        {
            return Err(RestError::Overtaken { route });
        }
        let left = left.saturating_sub(waiting.elapsed());
        let answer = match self.client.send(self.call(order, left)).await {
            Ok(answer) => answer,
            Err(error) => {
                drop(leave);
                return Ok(after_silence(order, error));
            }
        };
        let notice = notice_of(&answer);
        leave.answered(&notice);
        self.count_invalid(order, &answer, &notice);
        Ok(after_answer(order, answer, &notice))
    }

    fn check_budget(&self, order: &Order) -> Result<(), RestError> {
        let route = order.key.route;
        let uses_token = order.uses_token;
        if uses_token && self.unauthorized.load(Ordering::Relaxed) >= UNAUTHORIZED_MAX {
            return Err(RestError::TokenRefused { route });
        }
        let own = {
            let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
            tally.closed_for(self.since.elapsed())
        };
        match own.or_else(|| self.address.closed_for()) {
            Some(after) => Err(RestError::BudgetSpent { route, after }),
            None => Ok(()),
        }
    }

    fn count_invalid(&self, order: &Order, answer: &Answer, notice: &Notice) {
        let status = answer.status.as_u16();
        let shared = notice
            .refusal
            .is_some_and(|refusal| refusal.scope == Scope::Shared);
        if matches!(status, 401 | 403) || (status == 429 && !shared) {
            meters::invalid_request(status);
            let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
            tally.note(self.since.elapsed());
            drop(tally);
            self.address.note();
        }
        if status == 401 && order.uses_token {
            // One with a webhook's code would speak of an interaction's token, not of the bot's.
            if refusal_of(&answer.body).code != code::INVALID_WEBHOOK_TOKEN {
                self.unauthorized.fetch_add(1, Ordering::Relaxed);
            }
        } else if answer.status.is_success() && order.uses_token {
            self.unauthorized.store(0, Ordering::Relaxed);
        }
    }

    fn call(&self, order: &Order, deadline: Duration) -> Call {
        let request = &order.request;
        let mut call = Call::new(
            method_of(request.method()),
            format!("{}{}", self.base, request.path()),
        );
        if order.uses_token {
            call.headers
                .insert(header::AUTHORIZATION, self.authorization.clone());
        }
        if let Some(form) = request.form() {
            if let Ok(kind) = HeaderValue::from_bytes(&form.content_type()) {
                call.headers.insert(header::CONTENT_TYPE, kind);
            }
            call.body = form.clone().build().into();
        } else if let Some(body) = request.body() {
            let json = HeaderValue::from_static("application/json");
            call.headers.insert(header::CONTENT_TYPE, json);
            call.body = Bytes::copy_from_slice(body);
        }
        if let Some(reason) = order
            .reason
            .as_deref()
            .and_then(|text| HeaderValue::from_str(text).ok())
        {
            call.headers.insert("x-audit-log-reason", reason);
        }
        call.deadline = deadline;
        call.answer_max = ANSWER_MAX;
        call
    }
}

/// The token alone, as people copy it with and without the word before it.
pub(crate) fn without_prefix(token: &SecretString) -> SecretString {
    let text = token.expose_secret().trim_start();
    SecretString::from(text.strip_prefix("Bot ").unwrap_or(text).trim().to_owned())
}

const fn method_of(method: TwilightMethod) -> Method {
    match method {
        TwilightMethod::Delete => Method::DELETE,
        TwilightMethod::Patch => Method::PATCH,
        TwilightMethod::Post => Method::POST,
        TwilightMethod::Put => Method::PUT,
        _ => Method::GET,
    }
}

fn after_silence(order: &Order, error: CallError) -> Next {
    let may_repeat = match &error {
        CallError::Unusable { .. } | CallError::TooLong { .. } => false,
        CallError::NotSent { .. } => true,
        CallError::Broken { .. } | CallError::TimedOut { .. } => order.repeat == Repeat::Safe,
    };
    let error = RestError::Silent {
        route: order.key.route,
        source: error,
    };
    if may_repeat {
        Next::Again(error, Duration::from_millis(250))
    } else {
        Next::Stop(error)
    }
}

fn after_answer(order: &Order, answer: Answer, notice: &Notice) -> Next {
    let route = order.key.route;
    let status = answer.status.as_u16();
    let what = readable(&answer);
    if answer.status.is_success() {
        return match what {
            Ok(()) => Next::Done(answer.body),
            Err(what) => repeat_if_safe(
                order,
                RestError::Unreadable {
                    route,
                    status,
                    what,
                },
            ),
        };
    }
    if let Some(refusal) = notice.refusal {
        let after = refusal.retry_after;
        // The limiter holds the next attempt back for as long as Discord asked.
        return Next::Again(RestError::Limited { route, after }, Duration::ZERO);
    }
    if answer.status.is_server_error() {
        let what = what.err().unwrap_or("Discord failed");
        return repeat_if_safe(
            order,
            RestError::Unreadable {
                route,
                status,
                what,
            },
        );
    }
    if what.is_err() {
        let what = "it refuses without saying why in JSON";
        return Next::Stop(RestError::Unreadable {
            route,
            status,
            what,
        });
    }
    let refused = refusal_of(&answer.body);
    Next::Stop(RestError::Refused {
        route,
        status,
        code: refused.code,
        message: words_of(&refused),
    })
}

fn repeat_if_safe(order: &Order, error: RestError) -> Next {
    match order.repeat {
        Repeat::Safe => Next::Again(error, Duration::from_millis(200)),
        Repeat::Risky => Next::Stop(error),
    }
}

/// Whether the body is what the API answers: JSON, or nothing with 204.
fn readable(answer: &Answer) -> Result<(), &'static str> {
    if answer.body.is_empty() {
        let may_be_empty = answer.status == StatusCode::NO_CONTENT || !answer.status.is_success();
        return if may_be_empty {
            Ok(())
        } else {
            Err("it is empty")
        };
    }
    let kind = answer.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/html") {
        return Err("it is a web page");
    }
    serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body)
        .map(|_| ())
        .map_err(|_| "it is no JSON")
}

fn refusal_of(body: &[u8]) -> Refused {
    serde_json::from_slice(body).unwrap_or_default()
}

/// Discord's words, with its list of wrong members where there is one.
fn words_of(refused: &Refused) -> String {
    let mut words = refused.message.clone();
    if !refused.errors.is_null() {
        words = format!("{words} {}", refused.errors);
    }
    words.chars().take(WORDS_MAX).collect()
}

fn notice_of(answer: &Answer) -> Notice {
    let headers = &answer.headers;
    Notice {
        bucket: text(headers, "x-ratelimit-bucket").map(str::to_owned),
        remaining: number(headers, "x-ratelimit-remaining"),
        limit: number(headers, "x-ratelimit-limit"),
        reset_after: text(headers, "x-ratelimit-reset-after").and_then(seconds),
        refusal: (answer.status == StatusCode::TOO_MANY_REQUESTS).then(|| refusal(answer)),
    }
}

fn refusal(answer: &Answer) -> Refusal {
    let body: Option<Limited> = serde_json::from_slice(&answer.body).ok();
    let said = body.as_ref().and_then(|body| body.retry_after);
    let retry_after = said
        .and_then(|said| Duration::try_from_secs_f64(said).ok())
        .into_iter()
        .chain(text(&answer.headers, "retry-after").and_then(seconds))
        .max()
        // Without a word about it, a second is less than most windows, and the refusal repeats if it was not enough.
        .unwrap_or(Duration::from_secs(1));
    let global_header = text(&answer.headers, "x-ratelimit-global").is_some();
    let scope = match text(&answer.headers, "x-ratelimit-scope") {
        Some("shared") => Scope::Shared,
        Some("global") => Scope::Global,
        // A 429 that is not JSON comes from in front of the API, and is about the address.
        _ if global_header || body.as_ref().is_none_or(|body| body.global) => Scope::Global,
        _ => Scope::Route,
    };
    Refusal { retry_after, scope }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn number(headers: &HeaderMap, name: &str) -> Option<u32> {
    text(headers, name)?.parse().ok()
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

#[cfg(test)]
mod tests;
