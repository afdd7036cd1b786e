//! The files that messages carry, served as Discord's network of files serves them.
//! What always holds: they are bounded together, and the oldest make room. They are kept in memory: after a restart they are gone.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::world::Snowflake;

use super::Rest;

const BYTES_KEPT_MAX: usize = 256 * 1024 * 1024;

#[derive(Debug)]
struct File {
    name: String,
    content_type: String,
    content: Bytes,
}

/// All files, by attachment.
#[derive(Debug, Default)]
pub(crate) struct Files {
    files: HashMap<Snowflake, File>,
    order: VecDeque<Snowflake>,
    bytes: usize,
}

impl Files {
    pub(crate) fn put(
        &mut self,
        attachment: Snowflake,
        name: String,
        content_type: String,
        content: Bytes,
    ) {
        self.bytes += content.len();
        self.order.push_back(attachment);
        self.files.insert(
            attachment,
            File {
                name,
                content_type,
                content,
            },
        );
        while self.bytes > BYTES_KEPT_MAX {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            self.bytes -= self
                .files
                .remove(&oldest)
                .map_or(0, |file| file.content.len());
        }
    }
}

/// Serves a file by its address.
pub(crate) async fn serve(
    State(rest): State<Arc<Rest>>,
    Path((_, attachment, name)): Path<(String, String, String)>,
) -> Response {
    let files = rest.files();
    let found = attachment
        .parse()
        .ok()
        .and_then(|id: Snowflake| files.files.get(&id))
        .filter(|file| file.name == name);
    let Some(file) = found else {
        return (
            StatusCode::NOT_FOUND,
            "This content is no longer available.",
        )
            .into_response();
    };
    let mut response = Response::new(Body::from(file.content.clone()));
    let kind = HeaderValue::from_str(&file.content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    // Whatever a client uploads is shown, never run.
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    response
}

/// The kind of a file by its name, where its sender said none.
pub(crate) fn content_type_of(name: &str) -> &'static str {
    match name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .as_deref()
    {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("svg") => "image/svg+xml",
        Some("txt" | "log" | "md") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        Some("csv") => "text/csv; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Width and height of a picture, read from its first bytes: PNG and GIF.
pub(crate) fn picture_size(content: &[u8]) -> Option<(u32, u32)> {
    let big = |at: usize| {
        content
            .get(at..at + 4)
            .map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
    };
    let little = |at: usize| {
        content
            .get(at..at + 2)
            .map(|two| u32::from(u16::from_le_bytes([two[0], two[1]])))
    };
    if content.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some((big(16)?, big(20)?));
    }
    if content.starts_with(b"GIF8") {
        return Some((little(6)?, little(8)?));
    }
    None
}
