//! A6: what answers an interaction is on the disk in no readable form, and is delivered all the same.

use testkit::traces::Traces;

use super::scene::{Courier, Scene, command};

#[tokio::test]
async fn a6_a_token_that_is_owed_is_in_no_file_and_still_answers_after_a_restart() {
    let scene = Scene::begin_with(Courier::dead()).await;
    scene.ask(1_234_567, 10, command("daily")).await;
    scene.wait_until_owed(1).await;
    let mut traces = Traces::default();
    traces.add("token", "token-1234567");
    traces.add("event", "interaction:1234567");
    let found = scene.traces(&traces);
    assert!(
        found.contains("event (plain)"),
        "the row is there: {found:?}"
    );
    assert_eq!(found.len(), 1, "{found:?}");

    let scene = scene.restart().await;
    scene.clock.advance(kernel::Span::seconds(3));
    scene.relay().await;
    match scene.courier.next().await {
        chat::Effect::Answer(answer) => assert_eq!(answer.token.reveal(), "token-1234567"),
        other => panic!("{other:?}"),
    }
    scene.end().await;
}
