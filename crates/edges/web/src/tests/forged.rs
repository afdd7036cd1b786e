//! W6: what other sites can make a signed-in browser send changes nothing.

use axum::http::Method;

use super::scene::{Scene, Who};
use crate::{TOKEN_HEADER, routes};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OWN: (&str, &str) = ("origin", "http://guildhall.test");
const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");

/// Requests that another site, or a page that lies, can make a browser send: what it is, its headers, its body.
struct Forgery<'a>(&'a str, Vec<(&'a str, &'a str)>, &'a str);

/// What an attacker may hold: `right` is the form as the page sends it, which no attacker knows, so that each of the
/// other signs is shown to suffice.
struct Known<'a> {
    right: &'a str,
    theirs: &'a str,
    theirs_as_form: &'a str,
    session_as_form: &'a str,
    twice: &'a str,
}

fn forgeries<'a>(known: &Known<'a>) -> Vec<Forgery<'a>> {
    let evil = ("origin", "https://evil.test");
    let near = ("origin", "http://guildhall.test:81");
    let (sister, cross) = (
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "cross-site"),
    );
    let plain = ("content-type", "text/plain");
    let own = vec![OWN, SAME, FORM];
    let with_header = vec![OWN, SAME, FORM, (TOKEN_HEADER, known.theirs)];
    vec![
        Forgery("from another site", vec![evil, FORM], known.right),
        Forgery("from another port", vec![near, FORM], known.right),
        Forgery(
            "from a sandbox",
            vec![("origin", "null"), FORM],
            known.right,
        ),
        Forgery("from nowhere", vec![FORM], known.right),
        Forgery("from a sister site", vec![OWN, sister, FORM], known.right),
        Forgery("across sites", vec![OWN, cross, FORM], known.right),
        Forgery("without a token", own.clone(), ""),
        Forgery("with another session's", own.clone(), known.theirs_as_form),
        Forgery(
            "with the session itself",
            own.clone(),
            known.session_as_form,
        ),
        Forgery("with two tokens", own, known.twice),
        Forgery("as plain text", vec![OWN, SAME, plain], known.right),
        Forgery("with a wrong header", with_header, known.right),
    ]
}

#[tokio::test]
async fn w6_no_forged_request_changes_anything_on_any_route() {
    let scene = Scene::set().await;
    let mut browser = scene.signed_in(Who::Owner).await;
    let mut attacker = scene.signed_in(Who::Stranger).await;
    let token = browser.get("/dashboard").await.token();
    let theirs = attacker.get("/dashboard").await.token();
    let cookie = browser.cookies["guildhall"].clone();
    let right = format!("csrf={token}");
    let known = Known {
        right: &right,
        theirs: &theirs,
        theirs_as_form: &format!("csrf={theirs}"),
        session_as_form: &format!("csrf={cookie}"),
        twice: &format!("csrf={token}&csrf={theirs}"),
    };
    let acts = routes::list().into_iter();
    let acts: Vec<_> = acts.filter(|route| route.method != Method::GET).collect();
    assert!(acts.len() >= 2);
    for route in &acts {
        for Forgery(shape, headers, body) in forgeries(&known) {
            let page = browser.send("POST", route.path, &headers, body).await;
            assert_eq!(page.status, 403, "{} {shape}", route.path);
            let still = browser.get("/dashboard").await.status;
            assert_eq!(still, 200, "{} {shape}", route.path);
        }
        let got = browser.get(route.path).await.status;
        assert!(matches!(got, 404 | 405), "{} by GET: {got}", route.path);
    }
    assert_eq!(browser.cookies["guildhall"], cookie);
    // And the same in earnest, by header and by form.
    let headers = [OWN, SAME, FORM, (TOKEN_HEADER, token.as_str())];
    let ended = browser
        .send("POST", "/dashboard/sessions/end", &headers, "")
        .await;
    assert_eq!(ended.status, 303);
    assert_eq!(browser.submit("/auth/logout", &right).await.status, 303);
    scene.end().await;
}

#[tokio::test]
async fn w6_a_form_of_a_session_that_is_over_is_not_taken() {
    let scene = Scene::set().await;
    let mut browser = scene.signed_in(Who::Owner).await;
    let form = format!("csrf={}", browser.get("/dashboard").await.token());
    let mut copy = browser.clone();
    browser.submit("/auth/logout", &form).await;
    let page = copy.submit("/dashboard/sessions/end", &form).await;
    assert_eq!(page.status, 401);
    scene.end().await;
}
