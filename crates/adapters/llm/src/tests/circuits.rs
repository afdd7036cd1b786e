//! Circuits and chains: who fails in a row is left alone, another answers, and recovery needs no restart.

use std::sync::Arc;

use ai::{Circuit, Kind, ModelError, Models};
use kernel::{Clock, Span};
use testkit::{
    model_servers::{Format, ModelServer, Turn},
    time::ManualClock,
};

use super::world::{FORMATS, World, question, shared, wiring};
use crate::Providers;

fn away() -> Turn {
    Turn::Status {
        code: 500,
        retry_after: None,
    }
}

fn state(providers: &Providers) -> Circuit {
    providers.circuits()[0].1
}

#[tokio::test]
async fn x4_a_failing_provider_is_left_alone_and_used_again_by_itself() {
    for (format, kind) in FORMATS {
        let world = World::of(format, kind).await;
        world.server.always(away());
        // Two tries each: the fifth failure opens.
        for _ in 0..3 {
            assert_ne!(world.outcome(&question()).await.0, "done");
        }
        assert_eq!(state(&world.providers), Circuit::Open, "{format:?}");
        let before = world.server.asked().len();
        let broken = world.decide(&question()).await.unwrap_err();
        assert!(
            matches!(broken.error, ModelError::Resting { .. }),
            "{broken:?}"
        );
        assert_eq!(world.server.asked().len(), before, "nobody was asked");
        world.server.always(Turn::Text("Back again.".to_owned()));
        world.clock.advance(Span::seconds(2));
        assert_eq!(state(&world.providers), Circuit::HalfOpen);
        assert_eq!(world.outcome(&question()).await.1, "Back again.");
        assert_eq!(state(&world.providers), Circuit::Closed);
        let told = world.providers.conditions().remove(0);
        assert_eq!((told.answered, told.circuit), (1, Circuit::Closed));
        assert_eq!(told.since, world.clock.now());
        assert!(told.failed >= 5 && told.failures.len() <= 10, "{told:?}");
        assert_eq!(told.failures[0].1, "unavailable");
        assert!(told.first_piece.is_some() && told.usage.output > 0);
        assert_eq!(told.model, "test-model");
    }
}

#[tokio::test]
async fn x4_hanging_and_nonsense_open_it_and_refusals_do_not() {
    for (turn, opens) in [
        (Turn::Nonsense, true),
        (Turn::CutAfter("one ".to_owned()), true),
        (Turn::Hang, true),
        (
            Turn::Status {
                code: 401,
                retry_after: None,
            },
            false,
        ),
        (Turn::Huge(100_000), false),
    ] {
        let world = World::of(Format::Openai, Kind::Openai).await;
        world.server.always(turn.clone());
        let mut request = question();
        request.deadline = Span::millis(if turn == Turn::Hang { 600 } else { 6_000 });
        for _ in 0..5 {
            world.outcome(&request).await;
        }
        let open = state(&world.providers) == Circuit::Open;
        assert_eq!(open, opens, "{turn:?}");
    }
}

#[tokio::test]
async fn x4_a_pause_that_is_asked_for_is_kept() {
    let world = World::of(Format::Anthropic, Kind::Anthropic).await;
    world.server.then(Turn::Status {
        code: 429,
        retry_after: Some(20),
    });
    let broken = world.decide(&question()).await.unwrap_err();
    let after = Some(Span::seconds(20));
    assert_eq!(broken.error, ModelError::RateLimited { after });
    world.clock.advance(Span::seconds(19));
    assert_eq!(world.outcome(&question()).await.0, "resting");
    world.clock.advance(Span::seconds(1));
    assert_eq!(world.outcome(&question()).await.0, "done");
}

#[tokio::test]
async fn x4_a_trial_that_nobody_waits_for_blocks_nobody() {
    let world = World::of(Format::Openai, Kind::Openai).await;
    world.server.then(Turn::Status {
        code: 429,
        retry_after: Some(20),
    });
    world.outcome(&question()).await;
    world.clock.advance(Span::seconds(20));
    world.server.then(Turn::HangAfter("one ".to_owned()));
    let trial = world.model().ask(&question()).await.unwrap();
    assert_eq!(
        world.outcome(&question()).await.0,
        "resting",
        "one trial at a time"
    );
    drop(trial);
    assert_eq!(world.outcome(&question()).await.0, "done");
}

/// Two providers, the first of which may fail.
async fn two() -> (ModelServer, ModelServer, Providers) {
    let first = ModelServer::start(Format::Anthropic).await;
    let second = ModelServer::start(Format::Openai).await;
    second.always(Turn::Text("The second says so.".to_owned()));
    let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
    let chain = [
        shared(&first, Kind::Anthropic),
        shared(&second, Kind::Openai),
    ];
    let providers = Providers::new(&chain, wiring(&clock)).unwrap();
    (first, second, providers)
}

#[tokio::test]
async fn the_next_provider_answers_where_the_first_fails_before_a_word() {
    let (first, _second, providers) = two().await;
    for turn in [
        away(),
        Turn::Nonsense,
        Turn::Hang,
        Turn::Status {
            code: 429,
            retry_after: Some(90),
        },
    ] {
        first.always(turn.clone());
        let decided = providers.shared().decide(&question()).await.unwrap();
        assert_eq!(decided.by.provider, "openai-2", "{turn:?}");
        assert_eq!(decided.text, "The second says so.");
    }
}

#[tokio::test]
async fn no_other_provider_is_asked_after_a_word_or_a_refusal() {
    let (first, second, providers) = two().await;
    first.then(Turn::CutAfter("one ".to_owned()));
    first.then(Turn::Status {
        code: 400,
        retry_after: None,
    });
    let broken = providers.shared().decide(&question()).await.unwrap_err();
    assert_eq!((broken.text.as_str(), broken.error.name()), ("one ", "cut"));
    let refused = providers.shared().decide(&question()).await.unwrap_err();
    assert_eq!(refused.error.name(), "refused");
    assert_eq!(second.asked().len(), 0);
}

#[tokio::test]
async fn x4_a_provider_that_goes_and_comes_back_is_found_again() {
    let (format, kind) = FORMATS[0];
    let world = World::of(format, kind).await;
    let address = world.server.address();
    let World {
        server,
        clock,
        providers,
    } = world;
    assert!(providers.shared().decide(&question()).await.is_ok());
    drop(server);
    // The socket is closed when the server's task has ended.
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    for _ in 0..3 {
        assert!(providers.shared().decide(&question()).await.is_err());
    }
    let _server = ModelServer::start_at(format, address).await;
    clock.advance(Span::seconds(2));
    assert!(providers.shared().decide(&question()).await.is_ok());
}
