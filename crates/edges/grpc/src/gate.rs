//! What every call passes: a check of its token, a deadline, a wall against panics, and a line in the metrics.
//!
//! It stands before all services, so one that is added is behind it too. Only the health is asked without a token.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use kernel::{Fault, Locale, Stopwatch};
use tokio::time::timeout;
use tonic::{
    Code, Status,
    body::Body,
    codegen::http::{HeaderMap, Request, Response, header},
};
use tower::{Layer, Service, layer::layer_fn};

use crate::{entrance::Entrance, methods, refusal::Refusal};

/// How long a call may take to begin its answer, where its own deadline is not earlier.
const ANSWER_TIME: Duration = Duration::from_secs(30);

const CALL_SECONDS: &str = "guildhall_grpc_call_seconds";
const HEALTH: &str = "/grpc.health.v1.Health/";

/// What the gate goes by.
#[derive(Debug)]
struct Rules {
    entrance: Entrance,
    methods: BTreeSet<String>,
}

/// Puts the gate before services.
pub(crate) fn before<S>(entrance: Entrance) -> impl Layer<S, Service = Gate<S>> + Clone {
    metrics::describe_histogram!(
        CALL_SECONDS,
        metrics::Unit::Seconds,
        "Time until the answer of a gRPC call, by method and code"
    );
    let rules = Arc::new(Rules {
        entrance,
        methods: methods::paths(),
    });
    layer_fn(move |inner| Gate {
        inner,
        rules: Arc::clone(&rules),
    })
}

/// The gate before the services.
#[derive(Debug, Clone)]
pub(crate) struct Gate<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S, B> Service<Request<B>> for Gate<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let watch = Stopwatch::start();
        let rules = Arc::clone(&self.rules);
        // The one that said it is ready; its copy says so anew.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            let label = rules.label(request.uri().path());
            let at_most =
                deadline(request.headers()).map_or(ANSWER_TIME, |own| own.min(ANSWER_TIME));
            let answering = async {
                if let Err(refusal) = rules.check(&mut request).await {
                    return Ok(Status::from(refusal).into_http());
                }
                inner.call(request).await
            };
            let answer = AssertUnwindSafe(answering).catch_unwind();
            let response = match timeout(at_most, answer).await {
                Ok(Ok(answered)) => answered?,
                Ok(Err(_)) => {
                    tracing::error!(method = label, "a call panicked");
                    Status::from(Refusal::panicked()).into_http()
                }
                Err(_) => Status::from(Refusal::too_late()).into_http(),
            };
            note(&label, &response, &watch);
            Ok(response)
        })
    }
}

impl Rules {
    /// Notes on the request who calls, or says why it goes no further.
    async fn check<B>(&self, request: &mut Request<B>) -> Result<(), Refusal> {
        if request.uri().path().starts_with(HEALTH) {
            return Ok(());
        }
        let door = self.entrance.door()?;
        let correlation = door.core().admission().correlation();
        let holder = match bearer(request.headers()) {
            Some(token) => door.holder(&token).await,
            None => Ok(None),
        };
        let holder = holder.map_err(|error| {
            tracing::error!(%correlation, %error, "a token could not be looked up");
            let words = door.core().words().say(&Locale::english(), &error.told());
            Refusal::of_fault(&error, words, correlation)
        })?;
        let holder = holder.ok_or_else(|| Refusal::unauthenticated().under(correlation))?;
        request.extensions_mut().insert(holder);
        Ok(())
    }

    /// The method as a label: clients can make up others without end.
    fn label(&self, path: &str) -> String {
        let known = self
            .methods
            .get(path)
            .map(|path| path.trim_start_matches('/'));
        known.unwrap_or("other").to_owned()
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    header.strip_prefix("Bearer ").map(str::to_owned)
}

/// What became of a call. A success says so only behind its answer, so a head without a code is one.
fn note(label: &str, response: &Response<Body>, watch: &Stopwatch) {
    let code = response.headers().get("grpc-status");
    let code = code.map_or(Code::Ok, |code| Code::from_bytes(code.as_bytes()));
    let labels = [("method", label.to_owned()), ("code", format!("{code:?}"))];
    metrics::histogram!(CALL_SECONDS, &labels).record(watch.elapsed().as_secs_f64());
    tracing::debug!(method = label, ?code, "a call was answered");
}

/// The deadline that a client set: at most eight digits and a unit.
fn deadline(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic::codegen::http::{HeaderMap, HeaderValue};

    use super::deadline;

    #[test]
    fn a_deadline_is_read_in_its_unit_and_nonsense_is_none() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", HeaderValue::from_static(text));
            deadline(&headers)
        };
        assert_eq!(read("5S"), Some(Duration::from_secs(5)));
        assert_eq!(read("250m"), Some(Duration::from_millis(250)));
        assert_eq!(
            read("99999999H"),
            Some(Duration::from_secs(99_999_999 * 3_600))
        );
        for nonsense in ["", "S", "5", "5x", "-5S", "123456789S", "5 S"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
