//! What every request passes on its way to a page or route: an id, limits, headers for browsers, and a wall against
//! panics.
//!
//! F1  Every answer carries `x-request-id`, which also stands in the log.
//! F2  A panic or a slow route ends its own request, with problem details.
//! F3  Until everything is wired, every request is told to come back.
//! F4  Where the site has a prefix, a path is found with it and without it: some proxies take it away.
//!
//! Not here: routes of any feature.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
    middleware::{self, Next},
    response::IntoResponse,
};
use kernel::{Correlation, IdSource, Stopwatch};
use metrics::Unit;
use tower::ServiceExt;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer,
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
};
use tracing::Instrument;
use web::Site;

/// The largest body that a route reads unless it says otherwise.
const BODY_USUAL: usize = 1024 * 1024;

/// The largest body of all: a message with a file.
const BODY_MAX: usize = 12 * 1024 * 1024;

/// How long a route may take to begin its answer.
const ANSWER_TIME: Duration = Duration::from_secs(30);

/// How long a body may rest while it arrives.
const BODY_REST: Duration = Duration::from_secs(15);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_SECONDS: &str = "guildhall_http_request_seconds";

const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
];

/// A router that takes requests from the first moment on, and hands them over once there is one to take them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Front {
    inner: Arc<OnceLock<(Router, Site)>>,
}

impl Front {
    /// Hands all requests to this router from now on. A second call changes nothing.
    pub(crate) fn open(&self, routes: Router, ids: Arc<dyn IdSource>, site: Site) {
        let _ = self.inner.set((dress(routes, ids, &site), site));
    }

    /// The router to serve.
    pub(crate) fn router(&self) -> Router {
        Router::new().fallback(hand_over).with_state(self.clone())
    }
}

async fn hand_over(State(front): State<Front>, request: Request) -> Response<Body> {
    match front.inner.get() {
        Some((router, site)) => match router.clone().oneshot(within(site, request)).await {
            Ok(response) => response,
            Err(never) => match never {},
        },
        None => {
            let detail = "The server is starting; try again in a moment.";
            let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "Starting", detail);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
    }
}

/// The request as our routes know it: without the site's prefix, where the proxy has not taken it away.
fn within(site: &Site, mut request: Request) -> Request {
    let path = request.uri().path();
    let inner = site.inner(path);
    if inner.len() == path.len() {
        return request;
    }
    let query = request.uri().query().map(|query| format!("?{query}"));
    let inner = format!("{inner}{}", query.unwrap_or_default());
    // A part of a path that was one is one.
    if let Ok(uri) = inner.parse() {
        *request.uri_mut() = uri;
    }
    request
}

/// Puts the common layers around all routes; the last stands outermost.
fn dress(routes: Router, ids: Arc<dyn IdSource>, site: &Site) -> Router {
    metrics::describe_histogram!(
        REQUEST_SECONDS,
        Unit::Seconds,
        "Time until the head of an HTTP answer, by route and status"
    );
    let mut router = routes
        .layer(DefaultBodyLimit::max(BODY_USUAL))
        .layer(RequestBodyLimitLayer::new(BODY_MAX))
        .layer(RequestBodyTimeoutLayer::new(BODY_REST))
        .layer(CompressionLayer::new());
    for (name, value) in HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(
            name,
            HeaderValue::from_static(value),
        ));
    }
    if site.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        router = router.layer(SetResponseHeaderLayer::if_not_present(
            header::STRICT_TRANSPORT_SECURITY,
            year,
        ));
    }
    router
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_TIME,
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(ids, accompany))
}

/// Gives the request its id, and says in the log and the metrics what became of it.
async fn accompany(
    State(ids): State<Arc<dyn IdSource>>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let id = Correlation::new(ids.next().unsigned_abs()).to_string();
    // An id that the client brought would let it write into our log; letters and digits of our own are a header.
    let value = HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("-"));
    request.headers_mut().insert(REQUEST_ID, value.clone());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let method = known_method(request.method());
    let span = tracing::info_span!("request", correlation = %id, method, route);
    let watch = Stopwatch::start();
    async move {
        let mut response = next.run(request).await;
        let (status, took) = (response.status(), watch.elapsed());
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), ?took, "a request failed");
        } else {
            tracing::debug!(status = status.as_u16(), ?took, "a request was answered");
        }
        let labels = [
            ("route", route),
            ("method", method.to_owned()),
            ("status", status.as_str().to_owned()),
        ];
        metrics::histogram!(REQUEST_SECONDS, &labels).record(took.as_secs_f64());
        response.headers_mut().insert(REQUEST_ID, value);
        response
    }
    .instrument(span)
    .await
}

/// The method as a label: clients can make up others without end.
fn known_method(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic over"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(message, "a request panicked");
    let detail = "It failed here, and was noted. The request id finds it in the log.";
    problem(StatusCode::INTERNAL_SERVER_ERROR, "Internal error", detail)
}

fn problem(status: StatusCode, title: &str, detail: &str) -> Response<Body> {
    let body = serde_json::json!({
        "type": "about:blank",
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{Router, body::Body, http::Request, routing::get};
    use kernel::{Snowflakes, SystemClock};
    use tower::ServiceExt;

    use web::Site;

    use super::Front;

    async fn ask(front: &Front, path: &str) -> axum::http::Response<Body> {
        let request = Request::get(path)
            .header("x-request-id", "forged")
            .body(Body::empty())
            .unwrap();
        front.router().oneshot(request).await.unwrap()
    }

    fn open(front: &Front, url: &str) {
        let routes = Router::new()
            .route("/fine", get(|| async { "fine" }))
            .route(
                "/panic",
                get(|| async {
                    if true {
                        panic!("on purpose")
                    }
                }),
            );
        front.open(
            routes,
            Arc::new(Snowflakes::new(Arc::new(SystemClock), 1)),
            Site::at(url, Vec::new()),
        );
    }

    #[tokio::test]
    async fn f3_before_the_wiring_every_request_is_told_to_come_back() {
        let front = Front::default();
        let response = ask(&front, "/fine").await;
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "1");
        open(&front, "http://127.0.0.1:8080");
        assert_eq!(ask(&front, "/fine").await.status(), 200);
    }

    #[tokio::test]
    async fn f1_answers_carry_an_id_of_ours_and_headers_for_browsers() {
        let front = Front::default();
        open(&front, "https://x.org/bots");
        for path in ["/fine", "/nowhere"] {
            let response = ask(&front, path).await;
            let id = response.headers()["x-request-id"].to_str().unwrap();
            assert!(id != "forged" && id.len() > 5, "{id}");
            assert_eq!(response.headers()["x-content-type-options"], "nosniff");
            assert!(response.headers().contains_key("content-security-policy"));
            assert!(response.headers().contains_key("strict-transport-security"));
        }
    }

    #[tokio::test]
    async fn f4_the_prefix_of_the_site_may_stand_there_or_not() {
        let front = Front::default();
        open(&front, "https://x.org/bots");
        for path in ["/fine", "/bots/fine", "/bots/fine?a=1"] {
            assert_eq!(ask(&front, path).await.status(), 200, "{path}");
        }
        for path in ["/botsy/fine", "/bots/bots/fine", "/bots"] {
            assert_eq!(ask(&front, path).await.status(), 404, "{path}");
        }
    }

    #[tokio::test]
    async fn f2_a_panic_ends_its_own_request() {
        let front = Front::default();
        open(&front, "http://127.0.0.1:8080");
        let response = ask(&front, "/panic").await;
        assert_eq!(response.status(), 500);
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        assert!(response.headers().contains_key("x-request-id"));
        assert_eq!(ask(&front, "/fine").await.status(), 200);
    }
}
