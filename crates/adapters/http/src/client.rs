//! The client, its calls, and their answers.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Method, StatusCode, Url, header::HeaderMap, redirect};

use crate::{
    address::{self, AddressError, Lookup, PublicOnly, SystemLookup},
    error::{BuildError, CallError, reason_of},
    stream::Streamed,
};

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
    reach: Reach,
}

/// Where a client may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Wherever the operator says, also within the operator's own networks.
    Anywhere,
    /// To public addresses over https alone: for addresses that owners give.
    PublicOnly,
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
    pub fn new(settings: &Settings) -> Result<Self, BuildError> {
        Self::built(builder(settings), Reach::Anywhere)
    }

    /// A client for addresses that owners give: https to the public internet, and nowhere else.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn for_owners(settings: &Settings) -> Result<Self, BuildError> {
        Self::for_owners_with(settings, Arc::new(SystemLookup))
    }

    /// The same with another way to look names up.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn for_owners_with(
        settings: &Settings,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, BuildError> {
        let builder = builder(settings)
            .https_only(true)
            .dns_resolver(Arc::new(PublicOnly(lookup)));
        Self::built(builder, Reach::PublicOnly)
    }

    fn built(builder: reqwest::ClientBuilder, reach: Reach) -> Result<Self, BuildError> {
        let inner = builder.build().map_err(|error| BuildError {
            reason: reason_of(error),
        })?;
        Ok(Self { inner, reach })
    }

    /// Where it may go.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// Whether an address may be called, as far as it can be told without looking its name up.
    ///
    /// # Errors
    /// When it may not.
    pub fn check(&self, url: &str) -> Result<(), AddressError> {
        self.read(url).map(drop)
    }

    fn read(&self, url: &str) -> Result<Url, AddressError> {
        match self.reach {
            Reach::PublicOnly => address::checked(url),
            Reach::Anywhere => {
                Url::parse(url).map_err(|_| AddressError::Unusable("it can't be read"))
            }
        }
    }

    fn address(&self, url: &str) -> Result<(Url, String), CallError> {
        let url = self.read(url).map_err(|error| CallError::Unusable {
            host: String::new(),
            reason: error.to_string(),
        })?;
        let host = url.host_str().unwrap_or_default().to_owned();
        Ok((url, host))
    }

    /// Makes a call and reads its answer.
    ///
    /// # Errors
    /// When there is no answer within the deadline and the bound. A status of refusal is an answer.
    pub async fn send(&self, call: Call) -> Result<Answer, CallError> {
        let (url, host) = self.address(&call.url)?;
        let deadline = call.deadline;
        match tokio::time::timeout(deadline, self.exchange(url, &host, call)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(CallError::TimedOut {
                host,
                after: deadline,
            }),
        }
    }

    /// Makes a call and gives its answer as soon as its head is there. The deadline and the bound of the call hold for
    /// the body too.
    ///
    /// # Errors
    /// When there is no head of an answer within the deadline.
    pub async fn open(&self, call: Call) -> Result<Streamed, CallError> {
        let (url, host) = self.address(&call.url)?;
        let (deadline, bound) = (call.deadline, call.answer_max);
        let mut ends = Box::pin(tokio::time::sleep(deadline));
        let response = tokio::select! {
            biased;
            () = &mut ends => return Err(CallError::TimedOut { host, after: deadline }),
            response = self.request(url, &host, call) => response?,
        };
        Ok(Streamed {
            status: response.status(),
            headers: response.headers().clone(),
            host,
            response,
            ends,
            deadline,
            read: 0,
            bound,
        })
    }

    async fn request(
        &self,
        url: Url,
        host: &str,
        call: Call,
    ) -> Result<reqwest::Response, CallError> {
        let mut request = self.inner.request(call.method, url).headers(call.headers);
        if !call.body.is_empty() {
            request = request.body(call.body);
        }
        request.send().await.map_err(|error| failed(host, error))
    }

    async fn exchange(&self, url: Url, host: &str, call: Call) -> Result<Answer, CallError> {
        let bound = call.answer_max;
        let response = self.request(url, host, call).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read_bounded(host, response, bound).await?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that makes an HTTP client"
)]
fn builder(settings: &Settings) -> reqwest::ClientBuilder {
    // A second call finds the provider installed, which is all that is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(settings.idle_timeout)
        .redirect(redirect::Policy::none())
        // Configuration is read in one place; a proxy named in the environment is not part of it.
        .no_proxy()
}

async fn read_bounded(
    host: &str,
    mut response: reqwest::Response,
    bound: usize,
) -> Result<Bytes, CallError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > bound) {
        return Err(too_long(host, bound));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failed(host, error))?
    {
        if body.len() + chunk.len() > bound {
            return Err(too_long(host, bound));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

pub(crate) fn too_long(host: &str, bound: usize) -> CallError {
    CallError::TooLong {
        host: host.to_owned(),
        bound,
    }
}

pub(crate) fn failed(host: &str, error: reqwest::Error) -> CallError {
    let host = host.to_owned();
    if is_not_public(&error) {
        let reason = AddressError::NotPublic.to_string();
        return CallError::Unusable { host, reason };
    }
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

/// Whether the look-up of the connector refused the name.
fn is_not_public(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if error.is::<AddressError>() {
            return true;
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests;
