//! Pages that the binary serves itself.
//!
//! W1  A page asks no other host for anything, and runs no script that it does not name.
//! W2  Whatever people wrote is shown as text, wherever it stands.
//!
//! W3 and W4 stand at the door, through which people sign in.
//!
//! W5  Every route is a row of `routes`, and says what it asks of whoever comes; that is asked at every request.
//! W6  Nothing is changed by a request that did not come from a page of the session that it belongs to.
//!
//! Not here: the simulated Discord's chat page (`sim`), and rules of any context: a page shows a view, a loader reads
//! it, and what changes anything goes through one use case or flow.

mod assets;
mod components;
mod console;
mod cookies;
mod csv;
mod did;
mod door;
mod gallery;
pub mod indoors;
mod live;
mod lobby;
mod moment;
mod numbers;
mod pages;
mod places;
mod query;
mod range;
mod room;
pub mod routes;
mod sent;
mod settings;
mod shield;
mod site;
#[cfg(test)]
mod tests;
mod turnstile;
mod visit;
mod vitals;

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Redirect},
    routing::get,
};

pub use gallery::gallery_router;
pub use pages::start::Start;
pub use shield::{TOKEN_FIELD, TOKEN_HEADER};
pub use site::{Network, Site};
pub use visit::{Guard, Hints, Web};
pub use vitals::{Ailing, Vitals};

pub(crate) use door::Door;

const STYLE: &str = concat!(
    include_str!("../../../../assets/tokens.css"),
    include_str!("../assets/start.css")
);
const ICON: &str = include_str!("../../../../assets/icon.svg");
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The door and the dashboard.
pub fn dashboard_router(web: &Web) -> Router {
    routes::router(web).merge(assets_router())
}

/// `/`, where it is no page of its own: it leads to the dashboard.
pub fn home_router(site: &Site) -> Router {
    let home = site.link(door::HOME);
    let answer = move || async move { Redirect::to(&home) };
    Router::new().route("/", get(answer))
}

/// The files that the dashboard's pages ask for: the same for everybody, so they stand before the door.
fn assets_router() -> Router {
    let files = Router::new().route("/dashboard/assets/{mark}/{name}", get(assets::file));
    // Styles outside the dashboard name the fonts as their neighbours.
    let fonts = assets::FONTS.into_iter();
    fonts.fold(files, |router, name| {
        router.route(&format!("/{name}"), get(move || assets::plain(name)))
    })
}

/// The demo's start page at `/`, with its style.
pub fn start_router(start: &Start) -> Router {
    let page = pages::start::render(start).into_string();
    let answer = move || {
        let page = page.clone();
        async move {
            (
                [(header::CONTENT_SECURITY_POLICY, POLICY)],
                axum::response::Html(page),
            )
        }
    };
    Router::new()
        .route("/", get(answer))
        .route("/start.css", get(style))
        .route("/favicon.ico", get(icon))
        .route("/start-icon.svg", get(icon))
}

async fn style() -> impl IntoResponse {
    let kept = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=300"),
    ];
    (kept, STYLE)
}

async fn icon() -> impl IntoResponse {
    let kept = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "max-age=86400"),
    ];
    (kept, ICON)
}

#[cfg(test)]
mod start_tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    use super::{Start, start_router};

    #[tokio::test]
    async fn w1_the_start_page_asks_no_other_host() {
        let router = start_router(&Start {
            server: "The <Guild>".to_owned(),
            members: 40,
            owner: 7,
        });
        let request = Request::get("/").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        let body = axum::body::to_bytes(response.into_body(), 100_000)
            .await
            .unwrap();
        let page = String::from_utf8(body.to_vec()).unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        assert!(page.contains("The &lt;Guild&gt;"), "{page}");
        assert!(
            !page.contains("http://") && !page.contains("https://"),
            "{page}"
        );
    }
}
