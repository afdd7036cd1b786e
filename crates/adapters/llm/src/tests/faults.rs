//! Every fault of a provider, in each format, has its typed error, within its time and bounds.

use std::time::Duration;

use ai::{ANSWER_BYTES_MAX, Kind, ModelError, Piece, Request};
use kernel::Span;
use testkit::model_servers::{Format, Turn};
use tokio::task::JoinSet;

use super::world::{FORMATS, KEY, World, question};

fn text(text: &str) -> String {
    text.to_owned()
}

/// A turn, whether every try is answered so, and what a streamed and a whole answer come to.
fn faults() -> Vec<(Turn, &'static str, &'static str)> {
    let status = |code| Turn::Status {
        code,
        retry_after: None,
    };
    vec![
        (status(429), "rate_limited", "rate_limited"),
        (status(500), "unavailable", "unavailable"),
        (status(502), "unavailable", "unavailable"),
        (status(529), "unavailable", "unavailable"),
        (status(400), "refused", "refused"),
        (status(401), "refused", "refused"),
        (status(404), "refused", "refused"),
        (status(413), "too_long", "too_long"),
        (
            Turn::Redirect(text("http://127.0.0.1:1/")),
            "refused",
            "refused",
        ),
        (Turn::Hang, "timeout", "timeout"),
        (Turn::HangAfter(text("one two ")), "timeout", "timeout"),
        (Turn::CutAfter(text("one two ")), "cut", "cut"),
        (Turn::StopAfter(text("one two ")), "cut", "nonsense"),
        (
            Turn::ErrorAfter(text("one two "), "overloaded_error"),
            "unavailable",
            "nonsense",
        ),
        (Turn::Nonsense, "nonsense", "nonsense"),
        (Turn::BrokenJson, "nonsense", "nonsense"),
        (Turn::Huge(10_000_000), "too_long", "too_long"),
        (Turn::Endless, "too_long", "too_long"),
        (
            Turn::Raw {
                code: 200,
                kind: "text/html",
                body: text("<html>"),
            },
            "nonsense",
            "nonsense",
        ),
        (
            Turn::Raw {
                code: 200,
                kind: "application/json",
                body: text("{}"),
            },
            "nonsense",
            "nonsense",
        ),
        (
            Turn::Raw {
                code: 200,
                kind: "application/json",
                body: "[".repeat(100_000),
            },
            "nonsense",
            "nonsense",
        ),
    ]
}

/// What hangs is soon given up; everything else has the time that a busy machine needs.
fn patient(turn: &Turn, mut request: Request) -> Request {
    let hangs = matches!(turn, Turn::Hang | Turn::HangAfter(_));
    request.deadline = if hangs {
        Span::millis(1_500)
    } else {
        Span::seconds(60)
    };
    request
}

async fn tried((format, kind): (Format, Kind), (turn, streamed, whole): (Turn, &str, &str)) {
    let world = World::of(format, kind).await;
    world.server.always(turn.clone());
    let (outcome, seen) = world.outcome(&patient(&turn, question())).await;
    assert_eq!(outcome, streamed, "{format:?} {turn:?}");
    assert!(seen.len() <= ANSWER_BYTES_MAX);
    let world = World::of(format, kind).await;
    world.server.always(turn.clone());
    let structured = Request::judgement("Be kind.", "hello");
    let (outcome, _) = world.outcome(&patient(&turn, structured)).await;
    assert_eq!(outcome, whole, "{format:?} {turn:?}, whole");
}

#[tokio::test]
async fn x1_x2_each_fault_has_its_error_in_each_format() {
    let mut all = JoinSet::new();
    for place in FORMATS {
        for fault in faults() {
            all.spawn(tried(place, fault));
        }
    }
    let count = all.join_all().await.len();
    assert_eq!(count, FORMATS.len() * faults().len());
}

#[tokio::test]
async fn what_was_said_before_a_fault_is_kept() {
    for (format, kind) in FORMATS {
        for turn in [
            Turn::HangAfter(text("one two ")),
            Turn::CutAfter(text("one two ")),
            Turn::StopAfter(text("one two ")),
            Turn::ErrorAfter(text("one two "), "api_error"),
        ] {
            let world = World::of(format, kind).await;
            world.server.then(turn.clone());
            let broken = world.decide(&question()).await.unwrap_err();
            assert_eq!(broken.text, "one two ", "{format:?} {turn:?}");
            assert_eq!(broken.by.unwrap().provider, kind.name());
            assert_eq!(
                world.server.asked().len(),
                1,
                "X3: nothing is asked again after a word"
            );
        }
    }
}

#[tokio::test]
async fn x1_a_first_word_has_a_third_of_the_time_and_slow_words_have_all_of_it() {
    for (format, kind) in FORMATS {
        let world = World::of(format, kind).await;
        let slow = |gap| Turn::Slow {
            text: "a ".repeat(20),
            gap: Duration::from_millis(gap),
        };
        world.server.then(slow(5));
        assert_eq!(world.outcome(&question()).await.0, "done", "{format:?}");
        // Each word is in time, all of them are not.
        let mut patient = question();
        patient.deadline = Span::seconds(3);
        world.server.then(slow(200));
        let broken = world.decide(&patient).await.unwrap_err();
        let awaited = ai::Awaited::Whole;
        assert!(
            matches!(broken.error, ModelError::Timeout { awaited: found, .. } if found == awaited),
            "{broken:?}"
        );
        assert!(broken.text.starts_with("a a "), "{broken:?}");
        world.server.then(slow(1_000));
        let broken = world.decide(&question()).await.unwrap_err();
        assert_eq!(broken.text, "");
        let first = Span::millis(500);
        let awaited = ai::Awaited::First;
        assert_eq!(
            broken.error,
            ModelError::Timeout {
                awaited,
                after: first
            }
        );
    }
}

#[tokio::test]
async fn x3_a_passing_fault_is_tried_again_once_and_nobody_sees_it() {
    let away = |code| Turn::Status {
        code,
        retry_after: None,
    };
    for (format, kind) in FORMATS {
        let world = World::of(format, kind).await;
        world.server.then(away(503));
        assert_eq!(world.outcome(&question()).await.0, "done");
        assert_eq!(world.server.asked().len(), 2);
        world.server.then(away(503));
        world.server.then(away(503));
        assert_eq!(world.outcome(&question()).await.0, "unavailable");
        assert_eq!(world.server.asked().len(), 4);
        for final_code in [400, 401] {
            world.server.then(away(final_code));
            assert_eq!(world.outcome(&question()).await.0, "refused");
        }
        assert_eq!(world.server.asked().len(), 6);
    }
}

#[tokio::test]
async fn x6_a_provider_that_repeats_the_key_does_not_get_it_into_an_error() {
    for (format, kind) in FORMATS {
        let world = World::of(format, kind).await;
        world.server.then(Turn::Raw {
            code: 401,
            kind: "application/json",
            body: format!(
                r#"{{"error":{{"message":"bad key {KEY} for hello","type":"auth {KEY}x"}}}}"#
            ),
        });
        let broken = world.decide(&question()).await.unwrap_err();
        let shown = format!("{broken} {broken:?}");
        assert!(
            !shown.contains("bad key") && !shown.contains("hello"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn forged_counts_come_through_as_claims() {
    for (format, kind) in FORMATS {
        let world = World::of(format, kind).await;
        world.server.then(Turn::Counted {
            text: text("hi"),
            input: 0,
            output: 1_000_000_000_000,
        });
        let usage = world.decide(&question()).await.unwrap().usage.unwrap();
        assert_eq!(usage.output, 1_000_000_000_000, "{format:?}");
    }
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_any_more_is_let_go() {
    let (format, kind) = FORMATS[0];
    let world = World::of(format, kind).await;
    world.server.then(Turn::HangAfter(text("one ")));
    let mut answer = world.model().ask(&question()).await.unwrap();
    assert_eq!(
        answer.pieces.next().await,
        Some(Ok(Piece::Text(text("one "))))
    );
    drop(answer);
    assert_eq!(world.outcome(&question()).await.0, "done");
}
