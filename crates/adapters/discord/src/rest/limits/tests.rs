//! The table with a clock in hand.

use std::{collections::HashMap, time::Duration};

use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

use super::{Counted, GLOBAL_MAX, Key, Limits, Notice, ROUTES_MAX, Refusal, Scope, Wait};

const MS: fn(u64) -> Duration = Duration::from_millis;

fn key(top: &str) -> Key {
    Key {
        route: "create message",
        top: top.to_owned(),
    }
}

fn left(remaining: u32) -> Notice {
    Notice {
        bucket: Some("b1".to_owned()),
        remaining: Some(remaining),
        limit: Some(5),
        reset_after: Some(MS(1_000)),
        refusal: None,
    }
}

fn refused(retry_after: Duration, scope: Scope) -> Notice {
    Notice {
        refusal: Some(Refusal { retry_after, scope }),
        ..Notice::default()
    }
}

#[test]
fn a_bucket_learnt_from_an_answer_without_scope_holds_the_next_request_back() {
    let mut limits = Limits::default();
    let key = key("1");
    assert_eq!(limits.take(&key, Counted::Globally, MS(0)), Ok(()));
    limits.settle(&key, &left(0), MS(10));
    let Err(Wait::For(wait)) = limits.take(&key, Counted::Globally, MS(20)) else {
        panic!("it was let go")
    };
    assert!(wait >= MS(990), "{wait:?}");
    assert_eq!(limits.take(&key, Counted::Globally, MS(20) + wait), Ok(()));
}

#[test]
fn an_unknown_route_is_tried_by_one_request_alone() {
    let mut limits = Limits::default();
    let key = key("1");
    limits.take(&key, Counted::Globally, MS(0)).unwrap();
    assert_eq!(
        limits.take(&key, Counted::Globally, MS(1)),
        Err(Wait::ForAnswer)
    );
    limits.settle(&key, &left(2), MS(2));
    limits.take(&key, Counted::Globally, MS(3)).unwrap();
    limits.take(&key, Counted::Globally, MS(3)).unwrap();
    assert_eq!(
        limits.take(&key, Counted::Globally, MS(3)),
        Err(Wait::ForAnswer)
    );
}

#[test]
fn buckets_of_other_channels_are_apart() {
    let mut limits = Limits::default();
    limits.take(&key("1"), Counted::Globally, MS(0)).unwrap();
    limits.settle(&key("1"), &left(0), MS(1));
    assert_eq!(limits.take(&key("2"), Counted::Globally, MS(2)), Ok(()));
}

#[test]
fn nothing_is_sent_inside_a_retry_after_with_or_without_a_scope() {
    for (scope, elsewhere_waits) in [
        (Scope::Route, false),
        (Scope::Shared, false),
        (Scope::Global, true),
    ] {
        let mut limits = Limits::default();
        limits.take(&key("1"), Counted::Globally, MS(0)).unwrap();
        limits.settle(&key("1"), &refused(MS(700), scope), MS(50));
        for at in (50..750).step_by(10) {
            assert!(
                limits.take(&key("1"), Counted::Globally, MS(at)).is_err(),
                "{scope:?} at {at}"
            );
        }
        let elsewhere = limits.take(&key("2"), Counted::Globally, MS(60));
        assert_eq!(elsewhere.is_err(), elsewhere_waits, "{scope:?}");
        assert_eq!(limits.take(&key("9"), Counted::ByRouteOnly, MS(60)), Ok(()));
        assert_eq!(limits.take(&key("1"), Counted::Globally, MS(780)), Ok(()));
    }
}

#[test]
fn forty_five_go_out_a_second_and_answers_to_interactions_besides() {
    let mut limits = Limits::default();
    let sent = (0..200).filter(|n| {
        limits
            .take(&key(&n.to_string()), Counted::Globally, MS(5))
            .is_ok()
    });
    assert_eq!(sent.count(), GLOBAL_MAX);
    assert_eq!(limits.take(&key("x"), Counted::ByRouteOnly, MS(6)), Ok(()));
    assert_eq!(limits.take(&key("y"), Counted::Globally, MS(1_005)), Ok(()));
}

#[test]
fn answers_without_headers_free_the_route_again() {
    let mut limits = Limits::default();
    for at in 0..5 {
        limits.take(&key("1"), Counted::Globally, MS(at)).unwrap();
        limits.settle(&key("1"), &Notice::default(), MS(at));
    }
}

#[test]
fn routes_of_past_interactions_are_forgotten() {
    let mut limits = Limits::default();
    for n in 0..u64::try_from(ROUTES_MAX).unwrap() * 3 {
        let key = key(&n.to_string());
        limits.take(&key, Counted::ByRouteOnly, MS(n * 50)).unwrap();
        limits.settle(&key, &left(4), MS(n * 50 + 1));
    }
    assert!(
        limits.routes.len() <= ROUTES_MAX + 1,
        "{}",
        limits.routes.len()
    );
    assert!(
        limits.buckets.len() <= ROUTES_MAX * 2,
        "{}",
        limits.buckets.len()
    );
}

/// A server with one window per channel, of a size that the client is not told before.
#[derive(Debug, Default)]
struct Server {
    windows: HashMap<String, (Duration, u32)>,
}

impl Server {
    fn answer(&mut self, top: &str, size: u32, now: Duration) -> Notice {
        let window = self.windows.entry(top.to_owned()).or_insert((now, 0));
        if now >= window.0 + MS(1_000) {
            *window = (now, 0);
        }
        window.1 += 1;
        let reset_after = window.0 + MS(1_000) - now;
        let refusal = (window.1 > size).then_some(Refusal {
            retry_after: reset_after,
            scope: Scope::Route,
        });
        Notice {
            bucket: Some("b".to_owned()),
            remaining: Some(size.saturating_sub(window.1)),
            limit: Some(size),
            reset_after: Some(reset_after),
            refusal,
        }
    }
}

fn wishes() -> impl Strategy<Value = Vec<(u8, u64)>> {
    prop::collection::vec((0_u8..4, 0_u64..40), 1..400)
}

proptest! {
    #[test]
    fn whatever_the_buckets_a_client_that_asks_first_is_not_refused(sizes in prop::array::uniform4(1_u32..7), wishes in wishes()) {
        let (mut limits, mut server, mut now) = (Limits::default(), Server::default(), MS(0));
        let mut sent = 0;
        for (channel, pause) in wishes {
            now += MS(pause);
            let key = key(&channel.to_string());
            while let Err(wait) = limits.take(&key, Counted::Globally, now) {
                let Wait::For(wait) = wait else { panic!("nothing is under way") };
                prop_assert!(wait > Duration::ZERO);
                now += wait;
            }
            let notice = server.answer(&key.top, sizes[usize::from(channel)], now);
            prop_assert_eq!(notice.refusal, None);
            limits.settle(&key, &notice, now);
            sent += 1;
        }
        prop_assert!(sent > 0);
    }
}
