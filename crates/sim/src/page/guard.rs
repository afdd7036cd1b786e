//! Keeps other sites out: a page elsewhere can make a browser send requests here, and names itself in doing so.
//! What always holds: a request that names an origin is served only where that origin is this server's own.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::fault::PageFault;

/// Refuses what another site asks for.
pub(super) async fn same_site(request: Request, next: Next) -> Response {
    if is_own(request.headers()) {
        next.run(request).await
    } else {
        PageFault::OtherSite.into_response()
    }
}

/// Whether a request comes from this server's own pages, or from no page at all.
pub(super) fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text(header::HeaderName::from_static("sec-fetch-site"))
        .is_some_and(|site| site == "cross-site" || site == "same-site")
    {
        return false;
    }
    let Some(origin) = text(header::ORIGIN) else {
        return true;
    };
    let host =
        text(header::HeaderName::from_static("x-forwarded-host")).or_else(|| text(header::HOST));
    let named = origin.split_once("://").map(|(_, rest)| rest);
    named.is_some() && named == host
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::is_own;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_pages_of_this_server_may_ask() {
        let table: [(&[(&str, &str)], bool); 8] = [
            (&[("host", "localhost:8080")], true),
            (
                &[
                    ("host", "localhost:8080"),
                    ("origin", "http://localhost:8080"),
                ],
                true,
            ),
            (
                &[
                    ("host", "inside:1"),
                    ("x-forwarded-host", "chat.example"),
                    ("origin", "https://chat.example"),
                ],
                true,
            ),
            (
                &[
                    ("host", "localhost:8080"),
                    ("origin", "http://localhost:9090"),
                ],
                false,
            ),
            (
                &[
                    ("host", "localhost:8080"),
                    ("origin", "https://evil.example"),
                ],
                false,
            ),
            (&[("host", "localhost:8080"), ("origin", "null")], false),
            (
                &[("host", "localhost:8080"), ("sec-fetch-site", "cross-site")],
                false,
            ),
            (&[("origin", "http://localhost:8080")], false),
        ];
        for (list, own) in table {
            assert_eq!(is_own(&headers(list)), own, "{list:?}");
        }
    }
}
