//! The client against a small server and against sockets that misbehave.

use std::{future::IntoFuture, time::Duration};

use axum::{Router, response::Redirect, routing::get};
use reqwest::{Method, StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{Call, Client, Settings};
use crate::CallError;

fn client() -> Client {
    Client::new(&Settings::default()).unwrap()
}

/// Serves a router until the test's runtime ends.
#[expect(
    clippy::disallowed_methods,
    reason = "the server lives as long as the test's runtime"
)]
async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    format!("http://{address}")
}

/// A socket that answers every connection with these bytes, then closes or hangs.
#[expect(
    clippy::disallowed_methods,
    reason = "the socket lives as long as the test's runtime"
)]
async fn raw(answer: &'static [u8], hangs: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 1_024];
            let _ = socket.read(&mut request).await.unwrap();
            socket.write_all(answer).await.unwrap();
            if hangs {
                kept.push(socket);
            }
        }
    });
    format!("http://{address}/")
}

#[tokio::test]
async fn an_answer_is_given_whatever_its_status() {
    let router = Router::new().route("/", get(|| async { (StatusCode::NOT_FOUND, "gone") }));
    let base = serve(router).await;
    let answer = client().send(Call::new(Method::GET, base)).await.unwrap();
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(&answer.body[..], b"gone");
}

#[tokio::test]
async fn h1_a_peer_that_hangs_is_left_at_the_deadline() {
    let url = raw(b"", true).await;
    let mut call = Call::new(Method::GET, url);
    call.deadline = Duration::from_millis(50);
    let outcome = client().send(call).await.unwrap_err();
    assert!(matches!(outcome, CallError::TimedOut { .. }), "{outcome}");
    assert!(!outcome.is_unsent());
}

#[tokio::test]
async fn h2_an_answer_over_its_bound_is_refused_announced_or_not() {
    let announced = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n", true).await;
    let streamed = raw(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n14\r\n01234567890123456789\r\n",
        true,
    )
    .await;
    for url in [announced, streamed] {
        let mut call = Call::new(Method::GET, url);
        call.answer_max = 10;
        let outcome = client().send(call).await.unwrap_err();
        assert!(
            matches!(outcome, CallError::TooLong { bound: 10, .. }),
            "{outcome}"
        );
    }
}

#[tokio::test]
async fn h3_a_redirect_is_an_answer_and_is_not_followed() {
    let router = Router::new().route("/", get(|| async { Redirect::temporary("/elsewhere") }));
    let base = serve(router).await;
    let answer = client().send(Call::new(Method::GET, base)).await.unwrap();
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
}

#[tokio::test]
async fn h4_a_refused_connection_is_unsent_and_a_broken_one_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let refused = client().send(Call::new(Method::GET, nobody)).await;
    assert!(refused.unwrap_err().is_unsent());
    let half = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", false).await;
    let broken = client().send(Call::new(Method::GET, half)).await;
    assert!(matches!(broken, Err(CallError::Broken { .. })));
}

#[tokio::test]
async fn errors_never_show_the_address_behind_the_host() {
    let url = "http://127.0.0.1:1/webhooks/5/secret-token".to_owned();
    let error = client()
        .send(Call::new(Method::GET, url))
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
}

#[tokio::test]
async fn a_streamed_answer_comes_in_parts_and_ends() {
    let router = Router::new().route("/", get(|| async { "whole" }));
    let base = serve(router).await;
    let mut answer = client().open(Call::new(Method::GET, base)).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(&answer.rest().await.unwrap()[..], b"whole");
    assert_eq!(answer.next().await, Ok(None));
}

#[tokio::test]
async fn h1_h2_a_stream_ends_at_its_deadline_and_its_bound() {
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n";
    let mut call = Call::new(Method::GET, raw(head, true).await);
    call.deadline = Duration::from_millis(200);
    let mut answer = client().open(call).await.unwrap();
    assert_eq!(answer.next().await.unwrap().as_deref(), Some(&b"first"[..]));
    let late = answer.next().await.unwrap_err();
    assert!(matches!(late, CallError::TimedOut { .. }), "{late}");
    let mut call = Call::new(Method::GET, raw(head, true).await);
    call.answer_max = 4;
    let mut answer = client().open(call).await.unwrap();
    let long = answer.next().await.unwrap_err();
    assert!(
        matches!(long, CallError::TooLong { bound: 4, .. }),
        "{long}"
    );
    let mut call = Call::new(Method::GET, raw(b"", true).await);
    call.deadline = Duration::from_millis(50);
    assert!(matches!(
        client().open(call).await,
        Err(CallError::TimedOut { .. })
    ));
}

#[tokio::test]
async fn a_stream_that_breaks_says_so() {
    let half = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n";
    let call = Call::new(Method::GET, raw(half, false).await);
    let mut answer = client().open(call).await.unwrap();
    assert!(answer.next().await.unwrap().is_some());
    assert!(matches!(answer.next().await, Err(CallError::Broken { .. })));
}
