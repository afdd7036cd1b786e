//! An answer that is read as it comes: under the call's deadline and bound, in pieces.

use std::pin::Pin;

use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};
use tokio::time::Sleep;

use crate::{
    CallError,
    client::{failed, too_long},
};

/// An answer whose head is there and whose body is still to come.
#[derive(Debug)]
pub struct Streamed {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    pub(crate) host: String,
    pub(crate) response: reqwest::Response,
    pub(crate) ends: Pin<Box<Sleep>>,
    pub(crate) deadline: std::time::Duration,
    pub(crate) read: usize,
    pub(crate) bound: usize,
}

impl Streamed {
    /// The next part of the body; nothing at its end.
    ///
    /// # Errors
    /// When the deadline of the call passes, the bound is exceeded, or the connection breaks.
    pub async fn next(&mut self) -> Result<Option<Bytes>, CallError> {
        let chunk = tokio::select! {
            biased;
            () = &mut self.ends => {
                return Err(CallError::TimedOut { host: self.host.clone(), after: self.deadline });
            }
            chunk = self.response.chunk() => chunk.map_err(|error| failed(&self.host, error))?,
        };
        let Some(chunk) = chunk else {
            return Ok(None);
        };
        self.read = self.read.saturating_add(chunk.len());
        if self.read > self.bound {
            return Err(too_long(&self.host, self.bound));
        }
        Ok(Some(chunk))
    }

    /// The rest of the body, whole.
    ///
    /// # Errors
    /// As [`Streamed::next`].
    pub async fn rest(&mut self) -> Result<Bytes, CallError> {
        let mut body = bytes::BytesMut::new();
        while let Some(chunk) = self.next().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}
