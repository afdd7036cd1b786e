//! L1 to L3: streams that say that something happened.

use std::{sync::atomic::Ordering, time::Duration};

use axum::body::BodyDataStream;
use futures_util::StreamExt;

use super::scene::{Scene, Who};
use crate::Ailing;

/// Longer than anything here takes on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// The next event of a stream; nothing where it has ended.
async fn event(stream: &mut BodyDataStream) -> Option<String> {
    loop {
        let chunk = tokio::time::timeout(SOON, stream.next()).await.unwrap()?;
        let text = String::from_utf8(chunk.unwrap().to_vec()).unwrap();
        if !text.starts_with(':') {
            return Some(text);
        }
    }
}

/// Where a page says that it can be followed.
fn address(page: &str) -> String {
    let (_, rest) = page.split_once("data-live-address=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn l1_a_page_learns_that_something_happened_since_it_was_made_and_not_what() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&scene.place()).await.body;
    let mut stream = owner.follow(&address(&page)).await;
    scene
        .configure(serde_json::json!({"economy": {"start_balance": 7}}))
        .await;
    let said = event(&mut stream).await.unwrap();
    assert!(
        said.contains("event: changed") && said.contains("id: "),
        "{said}"
    );
    assert!(
        said.contains("data: so"),
        "a browser passes over an event without data"
    );
    assert!(!said.contains("start_balance"));
    scene.end().await;
}

#[tokio::test]
async fn a_page_that_comes_again_misses_nothing() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&scene.place()).await.body;
    scene
        .configure(serde_json::json!({"economy": {"start_balance": 7}}))
        .await;
    // What happened before the stream began is told at once.
    let mut stream = owner.follow(&address(&page)).await;
    let said = event(&mut stream).await.unwrap();
    assert!(said.contains("event: changed"), "{said}");
    scene.end().await;
}

#[tokio::test]
async fn a_page_learns_that_the_server_is_not_well() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&scene.place()).await.body;
    let mut stream = owner.follow(&address(&page)).await;
    scene.vitals.0.lock().unwrap().push(Ailing {
        part: "storage".to_owned(),
        reason: String::new(),
        since: "2026-11-20T09:58:00Z".parse().unwrap(),
    });
    let said = event(&mut stream).await.unwrap();
    assert!(said.contains("event: changed"), "{said}");
    scene.end().await;
}

#[tokio::test]
async fn l2_a_stream_ends_with_the_session_and_with_the_right_to_the_page() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&scene.place()).await;
    let mut stream = owner.follow(&address(&page.body)).await;
    owner.submit("/auth/logout", &page.form()).await;
    assert!(event(&mut stream).await.unwrap().contains("event: over"));
    assert_eq!(event(&mut stream).await, None);
    let mut member = scene.signed_in(Who::Member).await;
    let page = member.get(&scene.place()).await;
    let mut stream = member.follow(&address(&page.body)).await;
    let left = scene.control().leave(scene.guild, scene.of(Who::Member));
    left.unwrap();
    assert!(event(&mut stream).await.unwrap().contains("event: over"));
    scene.end().await;
}

#[tokio::test]
async fn a_stream_does_not_hold_up_the_end_of_the_server() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&scene.place()).await.body;
    let mut stream = owner.follow(&address(&page)).await;
    scene.vitals.1.store(true, Ordering::SeqCst);
    // The browser is not told to stay away: the next process takes it on.
    assert_eq!(event(&mut stream).await, None);
    scene.end().await;
}
