//! How calls and connections end: by size, deadline, panic, and the end of the server.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, body::Body, codegen::http, transport::Endpoint};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tower::{Layer, Service, service_fn};

use super::scene::{TOKEN, closed_scene, grant, scene};
use crate::{Grpc, calls, entrance::Entrance, gate, serving::Life};

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// Frames of HTTP/2 that a test knows.
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

#[tokio::test]
async fn until_it_is_opened_it_says_that_it_starts() {
    let scene = closed_scene().await;
    let mut health = HealthClient::new(scene.channel.clone());
    let status = |service: &str| HealthCheckRequest {
        service: service.to_owned(),
    };
    for name in calls::NAMES.into_iter().chain([""]) {
        let told = health.check(status(name)).await.unwrap().into_inner();
        assert_eq!(told.status().as_str_name(), "NOT_SERVING");
    }
    let starting = scene.economy().create_transfer(grant("k", 10, 1)).await;
    assert_eq!(starting.unwrap_err().code(), Code::Unavailable);
    scene.grpc.open(scene.door.clone()).await;
    for name in calls::NAMES.into_iter().chain([""]) {
        let told = health.check(status(name)).await.unwrap().into_inner();
        assert_eq!(told.status().as_str_name(), "SERVING");
    }
    scene
        .economy()
        .create_transfer(grant("k", 10, 1))
        .await
        .unwrap();
    let unknown = health.check(status("nothing")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}

#[tokio::test]
async fn g4_a_request_beyond_the_bound_is_refused() {
    let scene = scene().await;
    let mut asked = grant("k", 10, 1);
    asked.reason = "x".repeat(65 * 1024);
    let status = scene.economy().create_transfer(asked).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status}");
    let mut asked = grant("k", 10, 1);
    asked.reason = "x".repeat(401);
    let status = scene.economy().create_transfer(asked).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
}

/// Sends a request through the gate to this service.
async fn through<F, R>(scene_entrance: Entrance, head: http::Request<()>, serve: F) -> Code
where
    F: FnMut(http::Request<()>) -> R + Clone + Send + 'static,
    R: Future<Output = Result<http::Response<Body>, Infallible>> + Send + 'static,
{
    let mut gate = gate::before(scene_entrance).layer(service_fn(serve));
    let response = gate.call(head).await.unwrap();
    let code = response.headers().get("grpc-status");
    code.map_or(Code::Ok, |code| Code::from_bytes(code.as_bytes()))
}

fn head(timeout: &str) -> http::Request<()> {
    http::Request::post("http://x/guildhall.v1.Economy/GetSupply")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("grpc-timeout", timeout)
        .body(())
        .unwrap()
}

#[tokio::test]
async fn g4_a_call_ends_at_its_deadline_and_a_panic_ends_its_own_call() {
    let scene = scene().await;
    let entrance = Entrance::default();
    entrance.open(scene.door.clone());
    let hangs = |_| std::future::pending();
    let code = through(entrance.clone(), head("20m"), hangs).await;
    assert_eq!(code, Code::DeadlineExceeded);
    let panics = |_| async {
        if true {
            panic!("on purpose");
        }
        Ok(http::Response::new(Body::empty()))
    };
    let code = through(entrance.clone(), head("5S"), panics).await;
    assert_eq!(code, Code::Internal);
    let fine = |_| async { Ok(http::Response::new(Body::empty())) };
    assert_eq!(through(entrance, head("5S"), fine).await, Code::Ok);
}

#[tokio::test]
async fn g4_a_deadline_of_the_client_reaches_the_server() {
    let scene = scene().await;
    let mut request = Request::new(grant("k", 10, 1));
    request.set_timeout(Duration::from_secs(20));
    scene.economy().create_transfer(request).await.unwrap();
}

#[tokio::test]
async fn at_the_end_no_connection_is_taken_and_the_rest_ends() {
    let mut scene = scene().await;
    scene
        .economy()
        .create_transfer(grant("k", 10, 1))
        .await
        .unwrap();
    let mut health = HealthClient::new(scene.channel.clone());
    let asked = HealthCheckRequest {
        service: String::new(),
    };
    let mut watched = health.watch(asked).await.unwrap().into_inner();
    let told = watched.message().await.unwrap().unwrap();
    assert_eq!(told.status().as_str_name(), "SERVING");
    scene.stop.cancel();
    let told = watched.message().await.unwrap().unwrap();
    assert_eq!(told.status().as_str_name(), "NOT_SERVING");
    assert_eq!(watched.message().await.unwrap(), None);
    let ended = tokio::time::timeout(Duration::from_secs(20), scene.served.join_next()).await;
    ended.expect("it ends by itself").unwrap().unwrap();
    let status = scene
        .economy()
        .create_transfer(grant("l", 10, 1))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
}

/// An edge whose connections have a short life.
async fn short_lived(served: &mut JoinSet<()>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let life = Life {
        age: Duration::from_millis(200),
        grace: Duration::from_millis(300),
    };
    let grpc = Grpc::closed().await;
    served.spawn(grpc.serve_within(listener, CancellationToken::new(), life));
    address
}

/// Answers what a connection must answer to be held alive, and calls nothing; the kinds of frames that came till its end.
async fn answer_pings(mut stream: TcpStream) -> Vec<u8> {
    let mut seen = Vec::new();
    let mut head = [0; 9];
    while stream.read_exact(&mut head).await.is_ok() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut body = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        let (kind, is_answer) = (head[3], head[4] & 1 == 1);
        seen.push(kind);
        let answer = match kind {
            SETTINGS if !is_answer => vec![0, 0, 0, SETTINGS, 1, 0, 0, 0, 0],
            PING if !is_answer => [&[0, 0, 8, PING, 1, 0, 0, 0, 0], body.as_slice()].concat(),
            _ => continue,
        };
        if stream.write_all(&answer).await.is_err() {
            break;
        }
    }
    seen
}

#[tokio::test]
async fn a_client_that_only_answers_pings_is_told_to_go() {
    let mut served = JoinSet::new();
    let mut stream = TcpStream::connect(short_lived(&mut served).await)
        .await
        .unwrap();
    let hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    stream.write_all(hello).await.unwrap();
    let seen = timeout(PATIENCE, answer_pings(stream)).await;
    let seen = seen.expect("it does not hold its place for ever");
    assert!(seen.contains(&GOAWAY), "{seen:?}");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off_and_whoever_calls_again_is_served() {
    let mut served = JoinSet::new();
    let address = format!("http://{}", short_lived(&mut served).await);
    let channel = Endpoint::new(address).unwrap().connect().await.unwrap();
    let mut health = HealthClient::new(channel);
    let asked = HealthCheckRequest {
        service: String::new(),
    };
    let mut watched = health.watch(asked.clone()).await.unwrap().into_inner();
    watched.message().await.unwrap().unwrap();
    let next = timeout(PATIENCE, watched.message()).await;
    let next = next.expect("it is not watched for ever");
    assert!(!matches!(next, Ok(Some(_))), "{next:?}");
    health.check(asked).await.unwrap();
}
