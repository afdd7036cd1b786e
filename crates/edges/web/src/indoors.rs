//! A page asked for inside the process: what a browser would get, without a network.
//!
//! For tests and benches that look at what stands behind a page. Not here: limits and compression, which are put around
//! all routes by the server.

use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use tower::ServiceExt;

use crate::{Web, routes};

/// The longest page.
const PAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The status and the text of the answer to a browser with this cookie; nothing where no such address can be, or the
/// answer is too long.
pub async fn ask(web: &Web, path: &str, cookie: &str) -> Option<(u16, String)> {
    let request = Request::get(path).header(header::COOKIE, cookie);
    let request = request.body(Body::empty()).ok()?;
    let answer = match routes::router(web).oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), PAGE_BYTES_MAX).await.ok()?;
    Some((status, String::from_utf8_lossy(&body).into_owned()))
}
