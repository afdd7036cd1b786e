//! Pages that the binary serves itself.
//!
//! W1  A page asks no other host for anything, and runs no script that it does not name.
//!
//! Not here: the simulated Discord's chat page (`sim`), and anything that changes state.

mod pages;

use axum::{Router, http::header, response::IntoResponse, routing::get};

pub use pages::start::Start;

const STYLE: &str = concat!(
    include_str!("../../../../assets/tokens.css"),
    include_str!("../assets/start.css")
);
const FONT: &[u8] = include_bytes!("../../../../assets/vendor/inter/inter-latin-wght-normal.woff2");
const ICON: &str = include_str!("../../../../assets/icon.svg");
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

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
        .route("/start-font.woff2", get(font))
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

async fn font() -> impl IntoResponse {
    let kept = [
        (header::CONTENT_TYPE, "font/woff2"),
        (header::CACHE_CONTROL, "max-age=86400"),
    ];
    (kept, FONT)
}

async fn icon() -> impl IntoResponse {
    let kept = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "max-age=86400"),
    ];
    (kept, ICON)
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    use super::{Start, start_router};

    #[tokio::test]
    async fn w1_the_start_page_asks_no_other_host() {
        let router = start_router(&Start {
            server: "The <Guild>".to_owned(),
            members: 40,
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
