//! The demo's door, as a newcomer goes through it: one click, and the dashboard is open.

use kernel::Stopwatch;
use serde_json::Value;

use crate::{
    process::{PATIENCE, Place, cookie, get, get_with, header},
    stage::INVITED,
};

/// The address that the demo says.
fn said(words: &str) -> &str {
    let (_, rest) = words.split_once("http://").unwrap();
    rest.split('/').next().unwrap()
}

#[test]
fn one_click_on_the_demo_s_start_page_opens_the_dashboard() {
    let place = Place::new();
    let arguments = ["demo", "--port", "0", "--members", "4"];
    let server = place.start(&arguments, &[]);
    let address = said(&server.said);
    let base = format!("http://{address}");
    let path = |location: &str| location.strip_prefix(&base).unwrap().to_owned();

    let (_, start) = get(address, "/");
    let (_, rest) = start.split_once("href=\"auth/login?member=").unwrap();
    let member = rest.split('"').next().unwrap();
    let (status, left) = get(address, &format!("/auth/login?member={member}"));
    assert_eq!(status, 303, "{left}");
    let (status, there) = get(address, &path(header(&left, "location")));
    assert_eq!(status, 303, "{there}");
    let back = path(header(&there, "location"));
    let kept = format!("Cookie: {}", cookie(&left));
    let (status, entered) = get_with(address, &back, &kept);
    assert_eq!(
        (status, header(&entered, "location")),
        (303, "/dashboard"),
        "{entered}"
    );
    let session = format!("Cookie: {}", cookie(&entered));
    // The bot may still be on its way into the server.
    let watch = Stopwatch::start();
    let page = loop {
        let (status, page) = get_with(address, "/dashboard", &session);
        assert_eq!(status, 200, "{page}");
        if page.contains("The Lantern Club") || watch.elapsed() > PATIENCE {
            break page;
        }
    };
    assert!(
        page.contains("The Lantern Club") && page.contains("operator"),
        "{page}"
    );
    // Nobody else is let in, and whoever is not hinted at chooses.
    assert_eq!(get(address, "/dashboard").0, 401);
    let (_, left) = get(address, "/auth/login");
    let (status, page) = get(address, &path(header(&left, "location")));
    assert!(status == 200 && page.contains("Who are you?"), "{page}");
    let (said, _) = server.stop();
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn the_demo_s_bot_may_do_what_its_invitation_asks_for_and_stands_right_below_the_highest() {
    let place = Place::new();
    let arguments = ["demo", "--port", "0", "--members", "4"];
    let server = place.start(&arguments, &[]);
    let (status, answer) = get(said(&server.said), "/chat/api/state");
    assert_eq!(status, 200, "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let state: Value = serde_json::from_str(body).unwrap();
    let roles = state["guilds"][0]["roles"].as_array().unwrap();
    let own = roles.iter().find(|role| role["tags"]["bot_id"].is_string());
    let own = own.unwrap();
    assert_eq!(own["permissions"], INVITED.to_string());
    let mut positions: Vec<_> = roles
        .iter()
        .filter_map(|role| role["position"].as_i64())
        .collect();
    positions.sort_unstable();
    assert_eq!(
        own["position"].as_i64(),
        positions.iter().rev().nth(1).copied()
    );
    let (said, _) = server.stop();
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn without_its_settings_nobody_signs_in_and_the_page_says_so() {
    let place = Place::new();
    let public = ("GUILDHALL_PUBLIC_URL", "https://example.org/bots/hall");
    let server = place.start(&["run"], &[public]);
    let (status, page) = server.get("http_addr", "/");
    assert_eq!(
        (status, header(&page, "location")),
        (303, "/bots/hall/dashboard")
    );
    for path in ["/dashboard", "/bots/hall/dashboard"] {
        let (status, page) = server.get("http_addr", path);
        assert_eq!(status, 401, "{page}");
        assert!(page.contains("href=\"/bots/hall/auth/login"), "{page}");
        assert!(header(&page, "strict-transport-security").contains("31536000"));
    }
    let (status, page) = server.get("http_addr", "/auth/login");
    assert_eq!(status, 503);
    assert!(page.contains("Signing in is not set up yet"), "{page}");
    server.stop();
}
