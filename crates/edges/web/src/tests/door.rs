//! Coming in and going out.

use std::sync::Arc;

use kernel::{Clock, SeededChance, Span};
use platform::{SESSION_IDLE, SIGN_IN_LIFE, SIGN_INS_MAX, Ticket};
use sim::{FaultRule, RestFault};
use store::{DbError, Tx};

use super::scene::{Scene, Who};
use crate::routes;

#[tokio::test]
async fn somebody_signs_in_sees_their_servers_and_signs_out() {
    let scene = Scene::set().await;
    let mut browser = scene.browser();
    let asked = browser.get("/dashboard").await;
    assert_eq!(asked.status, 401);
    assert!(
        asked
            .body
            .contains("href=\"/auth/login?return_to=%2Fdashboard\""),
        "{}",
        asked.body
    );
    let back = scene.sign_in(&mut browser, Who::Owner, "").await;
    assert_eq!((back.status, back.location()), (303, "/dashboard"));
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["guildhall"]);

    let servers = browser.get("/dashboard").await;
    assert_eq!(servers.status, 200);
    assert!(servers.body.contains("Hall &lt;b&gt;&amp;") && servers.body.contains("manager"));
    assert!(!servers.body.contains("Elsewhere"));

    let form = format!("csrf={}", servers.token());
    let out = browser.submit("/auth/logout", &form).await;
    assert_eq!((out.status, out.location()), (303, "/auth/out"));
    assert!(browser.cookies.is_empty());
    assert_eq!(browser.get("/dashboard").await.status, 401);
    scene.end().await;
}

#[tokio::test]
async fn the_page_that_was_wanted_is_shown_after_the_sign_in() {
    let scene = Scene::set().await;
    let mut browser = scene.browser();
    let wanted = format!("{}?range=7d", scene.place());
    let asked = browser.get(&wanted).await;
    let (_, rest) = asked.body.split_once("/auth/login").unwrap();
    let query = rest.split('"').next().unwrap().to_owned();
    let back = scene.sign_in(&mut browser, Who::Member, &query).await;
    assert_eq!(back.location(), wanted);
    scene.end().await;
}

#[tokio::test]
async fn what_discord_and_people_call_themselves_is_shown_as_text() {
    let scene = Scene::set().await;
    let mut browser = scene.signed_in(Who::Member).await;
    for path in ["/dashboard".to_owned(), scene.place()] {
        let page = browser.get(&path).await;
        assert!(page.body.contains("&lt;script&gt;ada"), "{}", page.body);
        assert!(!page.body.contains("<script>ada") && !page.body.contains("<b>&"));
    }
    scene.end().await;
}

#[tokio::test]
async fn cookies_and_links_follow_scheme_and_prefix() {
    for (url, cookie, link) in [
        ("https://x.org", "__Host-guildhall", "/dashboard"),
        (
            "https://x.org/bots/hall",
            "__Host-guildhall",
            "/bots/hall/dashboard",
        ),
        ("http://127.0.0.1:8080/bots", "guildhall", "/bots/dashboard"),
    ] {
        let scene = Scene::set_at(url).await;
        let mut browser = scene.browser();
        let back = scene.sign_in(&mut browser, Who::Owner, "").await;
        assert_eq!((back.status, back.location()), (303, link), "{url}");
        assert!(
            browser.cookies.contains_key(cookie),
            "{:?}",
            browser.cookies
        );
        let page = browser.get("/dashboard").await;
        assert_eq!(page.status, 200);
        let prefix = link.strip_suffix("/dashboard").unwrap();
        for part in page
            .body
            .split("href=\"")
            .chain(page.body.split("action=\""))
            .skip(1)
        {
            let to = part.split('"').next().unwrap();
            let is_here = to.starts_with('#');
            let is_ours =
                to.starts_with(&format!("{prefix}/")) || is_here || part.starts_with("<!DOCTYPE");
            assert!(is_ours, "{url}: {to}");
        }
        scene.end().await;
    }
}

#[tokio::test]
async fn every_answer_of_every_route_has_its_headers() {
    for (url, secure) in [
        ("http://guildhall.test", false),
        ("https://x.org/bots", true),
    ] {
        let scene = Scene::set_at(url).await;
        let mut anonymous = scene.browser();
        let mut owner = scene.signed_in(Who::Owner).await;
        let mut nonces = std::collections::HashSet::new();
        for route in routes::list() {
            let path = route
                .path
                .replace("{guild_id}", &scene.guild.to_string())
                .replace("{*rest}", "nowhere");
            for browser in [&mut anonymous, &mut owner] {
                let page = browser.send(route.method.as_str(), &path, &[], "").await;
                let text = |name: &str| {
                    let value = page.headers.get(name);
                    value.map_or("", |value| value.to_str().unwrap()).to_owned()
                };
                let policy = text("content-security-policy");
                for part in [
                    "default-src 'none'",
                    "script-src 'nonce-",
                    "style-src 'self'",
                    "object-src 'none'",
                    "base-uri 'none'",
                    "frame-ancestors 'none'",
                    "form-action 'self'",
                ] {
                    assert!(policy.contains(part), "{path}: {policy}");
                }
                assert!(!policy.contains("unsafe"), "{policy}");
                assert!(nonces.insert(policy), "{path}: a nonce came twice");
                assert_eq!(text("x-content-type-options"), "nosniff", "{path}");
                assert_eq!(text("referrer-policy"), "same-origin", "{path}");
                assert_eq!(text("x-frame-options"), "DENY", "{path}");
                assert!(!text("cache-control").is_empty(), "{path}");
                let strict = text("strict-transport-security");
                assert_eq!(strict == "max-age=31536000", secure, "{path}: {strict}");
            }
        }
        scene.end().await;
    }
}

#[tokio::test]
async fn a_session_that_is_ended_elsewhere_opens_nothing_from_then_on() {
    let scene = Scene::set().await;
    let mut lost = scene.signed_in(Who::Owner).await;
    let mut here = scene.signed_in(Who::Owner).await;
    let mut other = scene.signed_in(Who::Member).await;
    let page = here.get("/dashboard/sessions").await;
    assert_eq!(
        page.body.matches(">A browser/1.0<").count(),
        2,
        "{}",
        page.body
    );
    let (_, rest) = page.body.split_once("name=\"session\" value=\"").unwrap();
    let id = rest.split('"').next().unwrap();
    let form = format!("csrf={}&session={id}", page.token());
    assert_eq!(lost.get("/dashboard").await.status, 200);
    // Somebody else's form does not end it.
    let theirs = other.get("/dashboard/sessions").await;
    let forged = format!("csrf={}&session={id}", theirs.token());
    other.submit("/dashboard/sessions/end", &forged).await;
    assert_eq!(lost.get("/dashboard").await.status, 200);

    assert_eq!(
        here.submit("/dashboard/sessions/end", &form).await.status,
        303
    );
    assert_eq!(lost.get("/dashboard").await.status, 401);
    assert_eq!(here.get("/dashboard").await.status, 200);
    scene.end().await;
}

#[tokio::test]
async fn all_other_sessions_end_together() {
    let scene = Scene::set().await;
    let mut lost = [
        scene.signed_in(Who::Owner).await,
        scene.signed_in(Who::Owner).await,
    ];
    let mut here = scene.signed_in(Who::Owner).await;
    let form = format!("csrf={}", here.get("/dashboard/sessions").await.token());
    here.submit("/dashboard/sessions/end", &form).await;
    for browser in &mut lost {
        assert_eq!(browser.get("/dashboard").await.status, 401);
    }
    assert_eq!(here.get("/dashboard").await.status, 200);
    scene.end().await;
}

#[tokio::test]
async fn a_session_is_over_after_half_a_day_and_a_sign_in_after_ten_minutes() {
    let scene = Scene::set().await;
    let mut browser = scene.signed_in(Who::Owner).await;
    scene.clock.advance(Span::hours(11));
    assert_eq!(browser.get("/dashboard").await.status, 200);
    scene.clock.advance(SESSION_IDLE);
    assert_eq!(browser.get("/dashboard").await.status, 401);

    let mut slow = scene.browser();
    let there = slow.leave_for_discord("").await;
    let back = scene.at_discord(&there, Who::Owner).await;
    scene.clock.advance(SIGN_IN_LIFE);
    let page = slow.get(&slow.path_of(&back)).await;
    assert_eq!(page.status, 403);
    assert!(!slow.cookies.contains_key("guildhall"));
    scene.end().await;
}

#[tokio::test]
async fn whoever_tries_too_often_waits_and_nobody_else_does() {
    let scene = Scene::set().await;
    let (mut hasty, mut calm) = (scene.browser(), scene.browser());
    for _ in 0..10 {
        assert_eq!(hasty.get("/auth/login").await.status, 303);
    }
    let refused = hasty.get("/auth/login").await;
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
    // Whom a stranger names does not count; whom the proxy names does.
    let named = [("x-forwarded-for", "203.0.113.1")];
    assert_eq!(hasty.get_with("/auth/login", &named).await.status, 429);
    hasty.address = [10, 0, 0, 1].into();
    assert_eq!(hasty.get_with("/auth/login", &named).await.status, 303);
    assert_eq!(calm.get("/auth/login").await.status, 303);
    scene.end().await;
}

#[tokio::test]
async fn however_many_sign_ins_are_on_their_way_the_next_one_goes_through() {
    let scene = Scene::set().await;
    let (at, chance) = (scene.clock.now(), Arc::new(SeededChance::new(9)));
    for _ in 0..=SIGN_INS_MAX / 500 {
        let chance = Arc::clone(&chance);
        let begin = move |tx: &mut Tx<'_>| {
            for _ in 0..500 {
                let ticket = Ticket::draw(chance.as_ref()).digest();
                platform::sign_in_begin(tx, at, ticket, "/")?;
            }
            Ok::<_, DbError>(())
        };
        let database = scene.app.core().database();
        database.write("test", begin).await.unwrap();
    }
    let mut browser = scene.signed_in(Who::Owner).await;
    assert_eq!(browser.get("/dashboard").await.status, 200);
    scene.end().await;
}

#[tokio::test]
async fn while_discord_is_away_nobody_comes_in_and_everybody_is_told() {
    let scene = Scene::set().await;
    let mut browser = scene.browser();
    let rule = FaultRule {
        method: Some("POST".to_owned()),
        route: Some("/oauth2/token".to_owned()),
        times: 1,
        fault: RestFault::Status { status: 503 },
        effect: sim::Effect::Lost,
    };
    scene.control().rest_fault(rule).unwrap();
    let page = scene.sign_in(&mut browser, Who::Owner, "").await;
    assert_eq!(page.status, 503);
    assert!(
        page.body.contains("Discord does not answer right now"),
        "{}",
        page.body
    );
    assert!(!browser.cookies.contains_key("guildhall"));
    let again = scene.sign_in(&mut browser, Who::Owner, "").await;
    assert_eq!(again.status, 303);
    scene.end().await;
}

#[tokio::test]
async fn whoever_declines_at_discord_is_not_signed_in() {
    let scene = Scene::set().await;
    let mut browser = scene.browser();
    let there = browser.leave_for_discord("").await;
    let (_, rest) = there.split_once("&state=").unwrap();
    let state = rest.split('&').next().unwrap();
    let path = format!("/auth/callback?error=access_denied&error_description=no&state={state}");
    let page = browser.get(&path).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("as you wished"), "{}", page.body);
    scene.end().await;
}

#[tokio::test]
async fn a_sign_in_under_another_name_of_this_machine_begins_under_its_own() {
    let scene = Scene::set_at("http://127.0.0.1:8080").await;
    let mut browser = scene.browser();
    let host = [("host", "localhost:8080")];
    let page = browser.get_with("/auth/login", &host).await;
    let to = "http://127.0.0.1:8080/auth/login?moved=1&return_to=%2Fdashboard";
    assert_eq!((page.status, page.location()), (303, to));
    let page = browser.get_with("/auth/login?moved=1", &host).await;
    assert!(
        page.location().contains("/oauth2/authorize?"),
        "{}",
        page.location()
    );
    scene.end().await;
}
