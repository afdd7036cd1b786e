//! Serves a router on a listener: HTTP/1.1, with a bound on connections in all and of each peer, on how long a request's
//! head may take, and on how long a client may leave an answer lying.
//!
//! At the end no new connection is taken, requests under way may finish for a while, and what then still streams is
//! cut off. Not here: what is served.

mod paced;
mod peers;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::failure::Failure;
use paced::Paced;
pub(crate) use peers::Peers;

/// How long the head of a request may take to arrive.
const HEAD_TIME: Duration = Duration::from_secs(15);

/// The largest head of a request, in bytes.
const HEAD_MAX: usize = 32 * 1024;

/// The pause after the system could not give a connection, for want of files.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes an address, or says which variable to change.
///
/// # Errors
/// When another process has it, or it is none of this machine's.
pub(crate) async fn listen(address: SocketAddr, variable: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let fix = format!(
            "Stop what uses it, or set {variable} to another address; port 0 takes a free one"
        );
        match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                Failure::broken(format!("the address {address} ({variable}) is in use"), fix)
            }
            _ => Failure::broken(
                format!("the address {address} ({variable}) cannot be listened on: {error}"),
                fix,
            ),
        }
    })
}

/// What a server may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How many connections are open at most; further ones wait.
    pub(crate) connections: usize,
    /// How long a client may take nothing of an answer.
    pub(crate) stall: Duration,
    /// How long requests under way may take once it ends.
    pub(crate) grace: Duration,
}

/// Serves until `stop`, then lets requests finish within the grace.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    peers: Arc<Peers>,
    stop: CancellationToken,
) {
    let free = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        // What has ended is let go of, or the set would only grow.
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                let Some(place) = peers.admit(peer.ip()) else {
                    continue;
                };
                let connection =
                    connection((stream, peer), router.clone(), limits.stall, stop.clone());
                connections.spawn(async move {
                    connection.await;
                    drop((permit, place));
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(limits.grace, all).await.is_err() {
        tracing::debug!("connections that did not end in time are cut off");
    }
}

async fn connection(
    (stream, peer): (TcpStream, SocketAddr),
    router: Router,
    stall: Duration,
    stop: CancellationToken,
) {
    // Answers are small and wanted at once.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection takes no options; it has probably gone");
    }
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_MAX)
        .serve_connection(
            TokioIo::new(Paced::new(stream, stall)),
            TowerToHyperService::new(service),
        )
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}
