//! How calls and connections end: by size, deadline, panic, and the end of the server.

use std::{convert::Infallible, time::Duration};

use tonic::{Code, Request, body::Body, codegen::http};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tower::{Layer, Service, service_fn};

use super::scene::{TOKEN, closed_scene, grant, scene};
use crate::{calls, entrance::Entrance, gate};

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
