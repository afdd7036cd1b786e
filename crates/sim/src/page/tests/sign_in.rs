//! The sign-in page: who may be chosen, where the browser is sent, and what another site can make of it.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use super::{Stage, stage};

const CALLBACK: &str = "https://app.test/auth/callback?kept=1";

impl Stage {
    /// The address of the sign-in page, with parameters in place of the usual ones.
    pub(super) fn authorize(&self, other: &[(&str, &str)]) -> String {
        let id = self.bot.to_string();
        let usual = [
            ("response_type", "code"),
            ("client_id", &id),
            (
                "redirect_uri",
                "https%3A%2F%2Fapp.test%2Fauth%2Fcallback%3Fkept%3D1",
            ),
            ("scope", "identify%20guilds"),
            ("state", "a%26b"),
        ];
        let kept = usual
            .iter()
            .filter(|(name, _)| !other.iter().any(|(changed, _)| changed == name));
        let pairs: Vec<_> = kept
            .chain(other)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("/oauth2/authorize?{}", pairs.join("&"))
    }

    pub(super) async fn choose(
        &self,
        url: &str,
        form: &str,
        origin: &str,
    ) -> axum::response::Response {
        let request = Request::post(url)
            .header(header::HOST, "chat.test")
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        self.page.clone().oneshot(request).await.unwrap()
    }

    pub(super) async fn look(&self, url: &str) -> axum::response::Response {
        let request = Request::get(url).body(Body::empty()).unwrap();
        self.page.clone().oneshot(request).await.unwrap()
    }

    pub(super) fn allow_return(&self) {
        let uris = vec![CALLBACK.to_owned()];
        self.sim
            .control()
            .application_redirects(self.bot, uris)
            .unwrap();
    }
}

fn location(response: &axum::response::Response) -> &str {
    response.headers()[header::LOCATION].to_str().unwrap()
}

pub(super) async fn words(response: axum::response::Response) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_person_chooses_who_to_be_and_the_application_gets_a_code_and_its_state() {
    let stage = stage().await;
    stage.allow_return();
    let url = stage.authorize(&[]);
    let shown = stage.look(&url).await;
    let policy = shown.headers()[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(
        policy.ends_with("form-action 'self' https://app.test"),
        "{policy}"
    );
    let page = words(shown).await;
    assert!(
        page.contains("<strong>Bot</strong>") && page.contains("autofocus"),
        "{page}"
    );
    assert!(
        page.contains(&format!("value=\"{}\"", stage.member)),
        "{page}"
    );

    let form = format!("user={}", stage.owner);
    let sent = stage.choose(&url, &form, "http://chat.test").await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let (code, state) = location(&sent)
        .strip_prefix(&format!("{CALLBACK}&code="))
        .and_then(|rest| rest.split_once("&state="))
        .unwrap();
    assert_eq!(state, "a%26b");
    let uri = CALLBACK.to_owned();
    let mut world = stage.sim.hub().world();
    let grant = world.code_exchange(stage.bot, code, &uri, None).unwrap();
    assert_eq!(grant.user, stage.owner);
}

#[tokio::test]
async fn whoever_is_hinted_at_needs_not_choose_and_a_bot_can_not_be_chosen() {
    let stage = stage().await;
    stage.allow_return();
    let (owner, bot) = (stage.owner.to_string(), stage.bot.to_string());
    let url = stage.authorize(&[("prompt", "none"), ("login_hint", &owner)]);
    assert!(location(&stage.look(&url).await).starts_with(CALLBACK));
    for pairs in [
        &[("login_hint", owner.as_str())][..],
        &[("prompt", "none"), ("login_hint", &bot)],
        &[("prompt", "none")],
    ] {
        let shown = stage.look(&stage.authorize(pairs)).await;
        assert_eq!(shown.status(), StatusCode::OK, "{pairs:?}");
    }
    let form = format!("user={bot}");
    let chosen = stage
        .choose(&stage.authorize(&[]), &form, "http://chat.test")
        .await;
    assert_eq!(chosen.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_has_the_browser_name_its_origin_with_the_choice() {
    let stage = stage().await;
    stage.allow_return();
    let shown = stage.look(&stage.authorize(&[])).await;
    assert_eq!(shown.headers()[header::REFERRER_POLICY], "same-origin");
    let body = axum::body::to_bytes(shown.into_body(), 100_000).await;
    let page = String::from_utf8(body.unwrap().to_vec()).unwrap();
    assert!(
        page.contains(r#"name="referrer" content="same-origin""#),
        "{page}"
    );
}

#[tokio::test]
async fn a_choice_made_by_another_site_does_not_count() {
    let stage = stage().await;
    stage.allow_return();
    let form = format!("user={}", stage.owner);
    for origin in ["https://evil.test", "null"] {
        let sent = stage.choose(&stage.authorize(&[]), &form, origin).await;
        assert_eq!(sent.status(), StatusCode::FORBIDDEN, "{origin}");
    }
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let stage = stage().await;
    stage.allow_return();
    for pairs in [
        [("redirect_uri", "https%3A%2F%2Fevil.test%2F")],
        [("redirect_uri", "")],
        [("client_id", "1")],
        [("client_id", "%3Cscript%3E")],
    ] {
        let shown = stage.look(&stage.authorize(&pairs)).await;
        assert_eq!(shown.status(), StatusCode::BAD_REQUEST, "{pairs:?}");
        assert!(!shown.headers().contains_key(header::LOCATION));
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_told_to_the_application_with_its_state() {
    let stage = stage().await;
    stage.allow_return();
    for (pairs, error) in [
        (
            vec![("response_type", "token")],
            "unsupported_response_type",
        ),
        (vec![("scope", "identify%20email")], "invalid_scope"),
        (vec![("scope", "")], "invalid_scope"),
        (vec![("code_challenge", "x")], "invalid_request"),
        (
            vec![("code_challenge", "x"), ("code_challenge_method", "plain")],
            "invalid_request",
        ),
    ] {
        let sent = stage.look(&stage.authorize(&pairs)).await;
        let to = location(&sent);
        assert!(
            to.starts_with(&format!("{CALLBACK}&error={error}&")),
            "{to}"
        );
        assert!(to.ends_with("&state=a%26b"), "{to}");
    }
    let cancelled = stage
        .choose(&stage.authorize(&[]), "", "http://chat.test")
        .await;
    assert!(location(&cancelled).contains("error=access_denied"));
}
