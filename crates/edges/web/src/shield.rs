//! What every answer tells browsers, and what every request must prove that changes something.
//!
//! A browser is told to load from this server alone, to run only scripts that carry the answer's own nonce, to be shown
//! in no frame, and to keep nothing. A request that changes something must come from a page of ours (`Origin` and
//! `Sec-Fetch-Site` say where it came from, and no page can forge them) and carry the token that only a page of this
//! session holds.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use platform::Purpose;

use crate::{Site, Web, cookies::Cookie, pages::Trouble};

/// The header in which scripts send the token.
pub const TOKEN_HEADER: &str = "x-csrf-token";
/// The field in which forms send it.
pub const TOKEN_FIELD: &str = "csrf";
/// The largest form.
const FORM_MAX: usize = 1024 * 1024;

/// What the scripts of one answer carry.
#[derive(Debug, Clone)]
pub(crate) struct Nonce(pub(crate) String);

/// Gives an answer its headers, and its page a nonce.
pub(crate) async fn dress(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce(nonce(&web));
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = HeaderValue::from_str(&policy(&nonce)).expect("base64 fits a header");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in FIXED {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if web.site().is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

const FIXED: [(header::HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Something that nobody can foresee and that never comes again.
pub(crate) fn nonce(web: &Web) -> String {
    let chance = web.chance();
    let bytes = [chance.bits().to_be_bytes(), chance.bits().to_be_bytes()];
    STANDARD.encode(bytes.as_flattened())
}

fn policy(Nonce(nonce): &Nonce) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Lets a request that changes something pass only where it came from a page of this session.
pub(crate) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let headers = request.headers();
    if !is_own(web.site(), headers) {
        return Trouble::Forged.into_response();
    }
    let Some(ticket) = Cookie::Session.ticket(web.site(), headers) else {
        return Trouble::SignedOut.into_response();
    };
    let (request, token) = match token(request).await {
        Ok(read) => read,
        Err(trouble) => return trouble.into_response(),
    };
    match token {
        Some(token) if ticket.is_text_for(Purpose::Form, &token) => next.run(request).await,
        _ => Trouble::Forged.into_response(),
    }
}

/// Whether a browser says that a page of ours sent it. What says nothing at all is no browser, and has no cookie to
/// lose; it is refused, for a browser always says one of the two.
fn is_own(site: &Site, headers: &HeaderMap) -> bool {
    let text = |name| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().map(HeaderValue::as_bytes);
        values.next().is_none().then_some(value)
    };
    let (Some(origin), Some(fetched)) = (text("origin"), text("sec-fetch-site")) else {
        return false;
    };
    match (origin, fetched) {
        (None, None) => false,
        (origin, fetched) => {
            origin.is_none_or(|origin| origin == site.origin().as_bytes())
                && fetched.is_none_or(|fetched| fetched == b"same-origin")
        }
    }
}

/// The token of a request, out of its header or its form; the form is put back for whoever reads it next.
async fn token(request: Request) -> Result<(Request, Option<String>), Trouble> {
    let header = request.headers().get(TOKEN_HEADER);
    if let Some(token) = header.and_then(|value| value.to_str().ok()) {
        let token = token.to_owned();
        return Ok((request, Some(token)));
    }
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is_form = kind.is_some_and(|kind| {
        let kind = kind.as_bytes();
        kind.starts_with(b"application/x-www-form-urlencoded")
    });
    if !is_form {
        return Ok((request, None));
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, FORM_MAX)
        .await
        .map_err(|_| Trouble::TooLarge)?;
    let token = field(&bytes, TOKEN_FIELD);
    Ok((Request::from_parts(parts, Body::from(bytes)), token))
}

/// A field of a form; nothing where it stands there twice.
fn field(form: &[u8], name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(form)
        .filter(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned());
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{field, is_own};
    use crate::Site;

    #[test]
    fn only_pages_of_this_origin_may_ask_for_changes() {
        let site = Site::at("https://x.org/bots", Vec::new());
        let table: [(&[(&str, &str)], bool); 10] = [
            (&[("origin", "https://x.org")], true),
            (
                &[
                    ("origin", "https://x.org"),
                    ("sec-fetch-site", "same-origin"),
                ],
                true,
            ),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[], false),
            (&[("origin", "null")], false),
            (&[("origin", "http://x.org")], false),
            (&[("origin", "https://x.org.evil.test")], false),
            (
                &[
                    ("origin", "https://x.org"),
                    ("sec-fetch-site", "cross-site"),
                ],
                false,
            ),
            (
                &[("origin", "https://x.org"), ("sec-fetch-site", "same-site")],
                false,
            ),
            (
                &[("origin", "https://x.org"), ("origin", "https://evil.test")],
                false,
            ),
        ];
        for (pairs, own) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, value.parse().unwrap());
            }
            assert_eq!(is_own(&site, &headers), own, "{pairs:?}");
        }
    }

    #[test]
    fn a_field_counts_where_it_stands_once() {
        assert_eq!(field(b"a=1&csrf=x%2B", "csrf").as_deref(), Some("x+"));
        assert_eq!(field(b"csrf=x&csrf=y", "csrf"), None);
        assert_eq!(field(b"xcsrf=x", "csrf"), None);
    }
}
