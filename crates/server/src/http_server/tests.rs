//! What a client may cost that asks and does not listen.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{Limits, Peers, serve};

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server with one place, whose answers are larger than what the system keeps for a client that does not read.
async fn served(serving: &mut JoinSet<()>) -> SocketAddr {
    let large = || async { vec![b'x'; 16 * 1024 * 1024] };
    let router = Router::new()
        .route("/large", get(large))
        .route("/small", get(async || "here"));
    let limits = Limits {
        connections: 1,
        stall: Duration::from_secs(1),
        grace: Duration::ZERO,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let peers = Peers::at_most(1, Vec::new());
    serving.spawn(serve(
        listener,
        router,
        limits,
        peers,
        CancellationToken::new(),
    ));
    address
}

async fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_client_that_reads_nothing_loses_its_place_and_one_that_reads_gets_all() {
    let mut serving = JoinSet::new();
    let address = served(&mut serving).await;
    let deaf = ask(address, "/large").await;
    let mut next = ask(address, "/small").await;
    let mut answer = String::new();
    let answered = timeout(PATIENCE, next.read_to_string(&mut answer)).await;
    answered.expect("the place was given up").unwrap();
    assert!(answer.ends_with("here"), "{answer}");
    drop(deaf);

    let mut reader = ask(address, "/large").await;
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, reader.read_to_end(&mut answer)).await;
    read.expect("it comes whole").unwrap();
    assert!(answer.len() > 16 * 1024 * 1024);
}
