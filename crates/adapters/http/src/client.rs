//! The client, its calls, and their answers.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{Method, StatusCode, Url, header::HeaderMap, redirect};

use crate::error::{BuildError, CallError, reason_of};

/// How a client behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What it calls itself.
    pub user_agent: String,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("Guildhall/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(60),
        }
    }
}

/// A client with its pool of connections; cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    inner: reqwest::Client,
}

/// A call to make. The body is in memory, so that a call can be repeated.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The address.
    pub url: String,
    /// Headers besides those of every call.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// How long the whole call may take.
    pub deadline: Duration,
    /// The most bytes that are read of the answer.
    pub answer_max: usize,
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
}

impl Call {
    /// A call without body, with a deadline of ten seconds and a bound of one mebibyte.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            deadline: Duration::from_secs(10),
            answer_max: 1 << 20,
        }
    }
}

impl Client {
    /// A client. The first one settles which cryptography every TLS connection of the process uses.
    ///
    /// # Errors
    /// When the system's certificates can't be read.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that makes an HTTP client"
    )]
    pub fn new(settings: &Settings) -> Result<Self, BuildError> {
        // A second call finds the provider installed, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let inner = reqwest::Client::builder()
            .user_agent(&settings.user_agent)
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(settings.idle_timeout)
            .redirect(redirect::Policy::none())
            // Configuration is read in one place; a proxy named in the environment is not part of it.
            .no_proxy()
            .build();
        inner
            .map(|inner| Self { inner })
            .map_err(|error| BuildError {
                reason: reason_of(error),
            })
    }

    /// Makes a call and reads its answer.
    ///
    /// # Errors
    /// When there is no answer within the deadline and the bound. A status of refusal is an answer.
    pub async fn send(&self, call: Call) -> Result<Answer, CallError> {
        let url = Url::parse(&call.url).map_err(|error| CallError::Unusable {
            host: String::new(),
            reason: error.to_string(),
        })?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let deadline = call.deadline;
        match tokio::time::timeout(deadline, self.exchange(url, &host, call)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(CallError::TimedOut {
                host,
                after: deadline,
            }),
        }
    }

    async fn exchange(&self, url: Url, host: &str, call: Call) -> Result<Answer, CallError> {
        let bound = call.answer_max;
        let mut request = self.inner.request(call.method, url).headers(call.headers);
        if !call.body.is_empty() {
            request = request.body(call.body);
        }
        let response = request.send().await.map_err(|error| failed(host, error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read_bounded(host, response, bound).await?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

async fn read_bounded(
    host: &str,
    mut response: reqwest::Response,
    bound: usize,
) -> Result<Bytes, CallError> {
    let too_long = || CallError::TooLong {
        host: host.to_owned(),
        bound,
    };
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > bound) {
        return Err(too_long());
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failed(host, error))?
    {
        if body.len() + chunk.len() > bound {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn failed(host: &str, error: reqwest::Error) -> CallError {
    let host = host.to_owned();
    let (connect, builder) = (error.is_connect(), error.is_builder());
    let reason = reason_of(error);
    if connect {
        CallError::NotSent { host, reason }
    } else if builder {
        CallError::Unusable { host, reason }
    } else {
        CallError::Broken { host, reason }
    }
}

#[cfg(test)]
mod tests;
