//! Bodies of requests: JSON, or a form with `payload_json` and files.
//! What always holds: a body is read whole before anything is done with it, within Discord's limits of size.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, Form, FromRequest, Multipart};
use axum::http::{HeaderMap, Method, Request, header};
use serde_json::Value;

use crate::limits::{FILE_BYTES_MAX, FILES_MAX, Fault, REQUEST_BYTES_MAX};

use super::error::{ApiError, Code};

/// The largest form without files.
const FIELDS_BYTES_MAX: usize = 64 * 1024;

/// A file that came with a request.
#[derive(Debug, Clone)]
pub(crate) struct UploadedFile {
    /// The `n` of `files[n]`, which attachments refer to.
    pub(crate) index: u64,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) content: Bytes,
}

/// A body that was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestBody {
    /// `None` where nothing was sent.
    pub(crate) json: Option<Value>,
    pub(crate) files: Vec<UploadedFile>,
    /// The fields of a form, on the routes that take one.
    pub(crate) form: Vec<(String, String)>,
}

/// Reads a body. `headers` are the request's own.
pub(crate) async fn read_body(headers: &HeaderMap, body: Body) -> Result<RequestBody, ApiError> {
    let content = to_bytes(body, REQUEST_BYTES_MAX)
        .await
        .map_err(|_| Code::BodyTooLarge)?;
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        return read_form(kind, content).await;
    }
    if content.is_empty() {
        return Ok(RequestBody::default());
    }
    if !kind.is_empty() && !kind.starts_with("application/json") {
        let message = "Expected \"Content-Type\" header to be one of {'application/json'}.";
        return Err(ApiError::fault(
            "",
            Fault::new("CONTENT_TYPE_INVALID", message),
        ));
    }
    Ok(RequestBody {
        json: Some(parse(&content)?),
        ..RequestBody::default()
    })
}

/// Reads the fields of a plain form; a body of another kind has none.
pub(crate) async fn read_fields(headers: &HeaderMap, body: Body) -> Result<RequestBody, ApiError> {
    let content = to_bytes(body, FIELDS_BYTES_MAX)
        .await
        .map_err(|_| Code::BodyTooLarge)?;
    let mut request = Request::new(Body::from(content));
    *request.headers_mut() = headers.clone();
    *request.method_mut() = Method::POST;
    let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    Ok(RequestBody {
        form: form.map_or_else(|_| Vec::new(), |Form(fields)| fields),
        ..RequestBody::default()
    })
}

fn parse(content: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(content).map_err(|_| Code::InvalidJson.into())
}

async fn read_form(kind: &str, content: Bytes) -> Result<RequestBody, ApiError> {
    let mut request = Request::builder()
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(content))
        .map_err(|_| Code::InvalidJson)?;
    // The whole body was bounded already, and the usual bound of forms is far below Discord's.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| Code::InvalidJson)?;
    let mut read = RequestBody {
        json: Some(Value::Object(serde_json::Map::new())),
        ..RequestBody::default()
    };
    while let Some(field) = form.next_field().await.map_err(|_| Code::InvalidJson)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(str::to_owned);
        let content = field.bytes().await.map_err(|_| Code::InvalidJson)?;
        match (name.as_str(), file_name) {
            ("payload_json", _) => read.json = Some(parse(&content)?),
            (_, Some(file_name)) => {
                let index = file_index(&name).unwrap_or(read.files.len() as u64);
                read.files.push(UploadedFile {
                    index,
                    name: clean_name(&file_name),
                    content_type,
                    content,
                });
            }
            // A plain form field stands for a text member of the body.
            (_, None) => {
                if let (Some(Value::Object(members)), Ok(text)) =
                    (&mut read.json, std::str::from_utf8(&content))
                {
                    members.insert(name, Value::from(text));
                }
            }
        }
    }
    if read
        .files
        .iter()
        .any(|file| file.content.len() > FILE_BYTES_MAX)
    {
        return Err(Code::FileTooLarge.into());
    }
    if read.files.len() > FILES_MAX {
        return Err(ApiError::fault("files", Fault::too_long(FILES_MAX)));
    }
    Ok(read)
}

/// The `n` of `files[n]`, and of the older `file` and `filen`.
fn file_index(name: &str) -> Option<u64> {
    let number = name
        .strip_prefix("files[")
        .and_then(|rest| rest.strip_suffix(']'))
        .or_else(|| name.strip_prefix("file"))?;
    number.parse().ok()
}

/// File names become parts of URLs: letters, digits and a few marks stay, the rest turns into underscores.
fn clean_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
            c
        } else {
            '_'
        }
    };
    let cleaned: String = name.chars().take(256).map(plain).collect();
    let cleaned = cleaned.trim_start_matches('.');
    if cleaned.is_empty() {
        "unknown".to_owned()
    } else {
        cleaned.to_owned()
    }
}
