//! Sign-ins as attackers would have them: none gives a session.

use kernel::SeededChance;
use platform::Ticket;

use super::{
    browser::{Browser, Page},
    scene::{Scene, Who},
};

fn refused(page: &Page, browser: &Browser) {
    assert_eq!(page.status, 403, "{}", page.body);
    assert!(
        !browser.cookies.contains_key("guildhall"),
        "{:?}",
        browser.cookies
    );
}

#[tokio::test]
async fn w4_a_way_back_counts_once() {
    let scene = Scene::set().await;
    let mut browser = scene.browser();
    let there = browser.leave_for_discord("").await;
    let kept = browser.cookies.clone();
    let back = browser.path_of(&scene.at_discord(&there, Who::Owner).await);
    assert_eq!(browser.get(&back).await.status, 303);
    // Replayed in the same browser, and in one that kept the cookie of the sign-in.
    let mut again = browser.clone();
    again.cookies.clear();
    let page = again.get(&back).await;
    refused(&page, &again);
    again.cookies = kept;
    let page = again.get(&back).await;
    refused(&page, &again);
    // Not even with a fresh code.
    let fresh = scene.at_discord(&there, Who::Owner).await;
    let page = again.get(&again.path_of(&fresh)).await;
    refused(&page, &again);
    scene.end().await;
}

#[tokio::test]
async fn w4_a_way_back_counts_only_in_the_browser_that_left() {
    let scene = Scene::set().await;
    let (mut attacker, mut victim) = (scene.browser(), scene.browser());
    let there = attacker.leave_for_discord("").await;
    let back = attacker.path_of(&scene.at_discord(&there, Who::Stranger).await);
    // The victim is lured to the attacker's way back: without a sign-in of its own, and with one.
    let page = victim.get(&back).await;
    refused(&page, &victim);
    victim.leave_for_discord("").await;
    let page = victim.get(&back).await;
    refused(&page, &victim);
    // The attacker's own still works: nothing of it was used up.
    assert_eq!(attacker.get(&back).await.status, 303);
    scene.end().await;
}

#[tokio::test]
async fn w4_a_code_of_another_sign_in_is_not_taken() {
    let scene = Scene::set().await;
    let (mut attacker, mut victim) = (scene.browser(), scene.browser());
    let stolen = {
        let there = victim.leave_for_discord("").await;
        scene.at_discord(&there, Who::Owner).await
    };
    let (_, rest) = stolen.split_once("code=").unwrap();
    let code = rest.split('&').next().unwrap();
    // The attacker puts the victim's code beside their own state: the verifier is another.
    let there = attacker.leave_for_discord("").await;
    let (_, rest) = there.split_once("&state=").unwrap();
    let state = rest.split('&').next().unwrap();
    let page = attacker
        .get(&format!("/auth/callback?code={code}&state={state}"))
        .await;
    refused(&page, &attacker);
    scene.end().await;
}

#[tokio::test]
async fn w4_a_way_back_without_its_parts_is_none() {
    let scene = Scene::set().await;
    let mut browser = scene.browser();
    let there = browser.leave_for_discord("").await;
    let back = browser.path_of(&scene.at_discord(&there, Who::Owner).await);
    let (_, state) = back.split_once("&state=").unwrap();
    let long = "x".repeat(5_000);
    for path in [
        "/auth/callback".to_owned(),
        "/auth/callback?code=x".to_owned(),
        "/auth/callback?state=&code=x".to_owned(),
        format!("/auth/callback?code=x&state={}", &state[1..]),
        format!("/auth/callback?code=x&state={state}&state={state}"),
        format!("/auth/callback?code={long}&state={state}"),
    ] {
        let mut browser = browser.clone();
        browser.address = scene.browser().address;
        let page = browser.get(&path).await;
        refused(&page, &browser);
    }
    scene.end().await;
}

#[tokio::test]
async fn w4_a_session_that_was_planted_never_becomes_one() {
    let scene = Scene::set().await;
    let planted = Ticket::draw(&SeededChance::new(666)).expose();
    let mut browser = scene.browser();
    browser
        .cookies
        .insert("guildhall".to_owned(), planted.clone());
    assert_eq!(browser.get("/dashboard").await.status, 401);
    scene.sign_in(&mut browser, Who::Owner, "").await;
    assert_ne!(browser.cookies["guildhall"], planted);
    let mut attacker = scene.browser();
    attacker.cookies.insert("guildhall".to_owned(), planted);
    assert_eq!(attacker.get("/dashboard").await.status, 401);
    scene.end().await;
}

#[tokio::test]
async fn w4_signing_in_again_ends_the_session_before() {
    let scene = Scene::set().await;
    let mut browser = scene.signed_in(Who::Member).await;
    let mut before = browser.clone();
    scene.sign_in(&mut browser, Who::Owner, "").await;
    assert_ne!(browser.cookies["guildhall"], before.cookies["guildhall"]);
    assert_eq!(before.get("/dashboard").await.status, 401);
    assert_eq!(browser.get("/dashboard").await.status, 200);
    scene.end().await;
}

#[tokio::test]
async fn w3_a_sign_in_leads_nowhere_else() {
    let scene = Scene::set().await;
    for return_to in [
        "https://evil.test/",
        "//evil.test/",
        "/%5Cevil.test",
        "/dashboard/%0d%0aset-cookie:%20a=b",
        "/dashboard//evil.test",
        "/auth/logout",
        "javascript:alert(1)",
        "/dashboard&return_to=//evil.test",
    ] {
        let mut browser = scene.browser();
        let query = format!("?return_to={return_to}");
        let page = scene.sign_in(&mut browser, Who::Owner, &query).await;
        let to = page.location().to_owned();
        assert!(to == "/dashboard", "{return_to} led to {to}");
    }
    scene.end().await;
}

#[tokio::test]
async fn a_link_says_beforehand_as_whom_only_where_that_is_allowed() {
    let scene = Scene::set().await;
    let mut browser = scene.browser();
    let query = format!("?member={}", scene.of(Who::Owner));
    let there = browser.leave_for_discord(&query).await;
    assert!(!there.contains("login_hint"), "{there}");
    scene.end().await;
}
