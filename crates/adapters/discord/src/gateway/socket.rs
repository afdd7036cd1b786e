//! The socket of one connection: dialled with a deadline, read with a bound, closed so that the session lives on.

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use http_out::{HeaderValue, header};
use tokio::net::TcpStream;
use tokio_websockets::{
    ClientBuilder, CloseCode, Connector, Error, Limits, MaybeTlsStream, Message, WebSocketStream,
};

use super::inflate::{Inflater, Unpacked};

/// The longest frame that is taken, packed.
const FRAME_MAX: usize = 16 << 20;
const DIAL_WITHIN: Duration = Duration::from_secs(10);
/// A peer that takes no bytes for this long is gone.
const SEND_WITHIN: Duration = Duration::from_secs(10);
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
/// Closing with a code other than 1000 and 1001 keeps the session.
const RESUMABLE: u16 = 4_000;

/// What dialling takes; one for all shards, for its certificates are parsed once.
#[derive(Debug, Clone)]
pub(crate) struct Dialler {
    connector: Arc<Connector>,
}

/// Why there is no connection, or none any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SocketError {
    /// The gateway could not be reached.
    #[error("no connection to the gateway: {0}")]
    NotConnected(String),
    /// It broke.
    #[error("the connection to the gateway broke: {0}")]
    Broken(String),
    /// The gateway sent more than is taken.
    #[error("the gateway sent what can't be taken: {0}")]
    Refused(String),
}

/// What came in.
#[derive(Debug)]
pub(super) enum Frame {
    Text(String),
    Skipped(&'static str),
    Closed { code: Option<u16>, reason: String },
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    inflater: Inflater,
}

impl Dialler {
    /// A dialler that trusts the certificates in the binary. Cryptography is installed by then: the HTTP client did it.
    pub(crate) fn new() -> Result<Self, SocketError> {
        let connector = Connector::new();
        connector
            .map(|connector| Self {
                connector: Arc::new(connector),
            })
            .map_err(|error| SocketError::NotConnected(error.to_string()))
    }

    /// Connects to a gateway, `ws://…` or `wss://…`.
    pub(super) async fn dial(&self, base: &str) -> Result<Socket, SocketError> {
        let failed = |error: Error| SocketError::NotConnected(error.to_string());
        let agent = concat!("DiscordBot (Guildhall, ", env!("CARGO_PKG_VERSION"), ")");
        let address = format!(
            "{}/?v=10&encoding=json&compress=zstd-stream",
            base.trim_end_matches('/')
        );
        let builder = ClientBuilder::new()
            .uri(&address)
            .map_err(|error| SocketError::NotConnected(format!("`{base}` is no address: {error}")))?
            .connector(&self.connector)
            .limits(Limits::default().max_payload_len(Some(FRAME_MAX)))
            .add_header(header::USER_AGENT, HeaderValue::from_static(agent))
            .map_err(failed)?;
        let inflater =
            Inflater::new().map_err(|error| SocketError::NotConnected(error.to_string()))?;
        let dialled = tokio::time::timeout(DIAL_WITHIN, builder.connect()).await;
        let late = || SocketError::NotConnected(format!("nothing answered within {DIAL_WITHIN:?}"));
        let (stream, _) = dialled.map_err(|_| late())?.map_err(failed)?;
        Ok(Socket { stream, inflater })
    }
}

impl Socket {
    /// The next frame. Giving this up between two frames loses nothing.
    pub(super) async fn next(&mut self) -> Result<Frame, SocketError> {
        loop {
            let Some(message) = self.stream.next().await else {
                return Err(SocketError::Broken("it ended without a close".to_owned()));
            };
            let message = message.map_err(refused_or_broken)?;
            if let Some((code, reason)) = message.as_close() {
                let reason = reason.chars().take(200).collect();
                let code = Some(u16::from(code))
                    .filter(|code| *code != u16::from(CloseCode::NO_STATUS_RECEIVED));
                return Ok(Frame::Closed { code, reason });
            }
            if let Some(text) = message.as_text() {
                return Ok(Frame::Text(text.to_owned()));
            }
            if message.is_binary() {
                return match self.inflater.unpack(message.as_payload()) {
                    Unpacked::Text(text) => Ok(Frame::Text(text)),
                    Unpacked::Skipped(why) => Ok(Frame::Skipped(why)),
                    Unpacked::Broken(why) => Err(SocketError::Refused(why.to_owned())),
                };
            }
        }
    }

    /// Sends a text.
    pub(super) async fn send(&mut self, text: String) -> Result<(), SocketError> {
        let sending = self.stream.send(Message::text(text));
        let late = |_| SocketError::Broken(format!("nothing could be sent for {SEND_WITHIN:?}"));
        tokio::time::timeout(SEND_WITHIN, sending)
            .await
            .map_err(late)?
            .map_err(|error| SocketError::Broken(error.to_string()))
    }

    /// Closes so that the session can be resumed, and waits a moment for the answer.
    pub(super) async fn close_resumable(mut self) {
        let Ok(code) = CloseCode::try_from(RESUMABLE) else {
            return;
        };
        let goodbye = async {
            self.stream.send(Message::close(Some(code), "")).await?;
            while let Some(message) = self.stream.next().await {
                if message?.is_close() {
                    break;
                }
            }
            self.stream.close().await
        };
        // A peer that does not answer keeps nobody waiting: dropping the socket closes it all the same.
        let _ = tokio::time::timeout(CLOSE_WITHIN, goodbye).await;
    }
}

fn refused_or_broken(error: Error) -> SocketError {
    match error {
        Error::PayloadTooLong { len, max_len } => SocketError::Refused(format!(
            "a frame of {len} bytes, at most {max_len} are taken"
        )),
        Error::Protocol(error) => SocketError::Refused(error.to_string()),
        error => SocketError::Broken(error.to_string()),
    }
}
