//! Codes, tokens and what they open: who proves what, and what a swapped, late or repeated code comes to.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::rest::stage::{Reply, SECOND, Stage};
use crate::world::ApplicationDraft;
use crate::world::grants::{CodeDraft, Scope};

const REDIRECT: &str = "https://app.test/auth/callback";
const VERIFIER: &str = "a-verifier-of-forty-three-letters-or-more-12345";
const FORM: &str = "application/x-www-form-urlencoded";

fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

impl Stage {
    fn code(&self, scopes: &[Scope]) -> String {
        self.rest.hub.world().code_issue(CodeDraft {
            application: self.bot,
            user: self.owner,
            scopes: scopes.to_vec(),
            redirect_uri: REDIRECT.to_owned(),
            challenge: Some(challenge(VERIFIER)),
        })
    }

    fn secret(&self) -> String {
        let world = self.rest.hub.world();
        world.application(self.bot).unwrap().client_secret.clone()
    }

    fn basic(&self) -> String {
        let pair = format!("{}:{}", self.bot, self.secret());
        format!("Basic {}", STANDARD.encode(pair))
    }

    async fn post_form(&self, path: &str, authorization: &str, form: &str) -> Reply {
        let headers = [("authorization", authorization)];
        let request = format!("POST /oauth2/{path}");
        self.ask_raw(&request, form.as_bytes().to_vec(), FORM, &headers)
            .await
    }

    async fn exchange(&self, code: &str) -> Reply {
        let form = format!(
            "grant_type=authorization_code&code={code}&redirect_uri={REDIRECT}&code_verifier={VERIFIER}"
        );
        self.post_form("token", &self.basic(), &form).await
    }

    async fn tokens(&self, scopes: &[Scope]) -> (String, String) {
        let body = self.exchange(&self.code(scopes)).await.ok();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        (text("access_token"), text("refresh_token"))
    }

    async fn as_person(&self, request: &str, token: &str) -> Reply {
        let bearer = format!("Bearer {token}");
        self.ask_with(request, Value::Null, &[("authorization", &bearer)])
            .await
    }
}

fn refusal(reply: &Reply) -> (u16, &str, &str) {
    let text = |name: &str| reply.body[name].as_str().unwrap_or_default();
    (reply.status, text("error"), text("error_description"))
}

const ALL: &[Scope] = &[Scope::Identify, Scope::Guilds];

#[tokio::test]
async fn a_code_becomes_tokens_that_open_what_was_allowed() {
    let stage = Stage::new();
    let answer = stage.exchange(&stage.code(ALL)).await.ok();
    assert_eq!(
        (
            &answer["token_type"],
            &answer["expires_in"],
            &answer["scope"]
        ),
        (&json!("Bearer"), &json!(604_800), &json!("identify guilds"))
    );
    let token = answer["access_token"].as_str().unwrap();
    let me = stage.as_person("GET /users/@me", token).await.ok();
    assert_eq!((&me["username"], me.get("email")), (&json!("olga"), None));
    let guilds = stage.as_person("GET /users/@me/guilds", token).await.ok();
    assert_eq!(guilds[0]["owner"], true);
    assert!(guilds[0]["permissions"].is_string());
}

#[tokio::test]
async fn the_form_may_carry_the_secret_instead_of_the_header() {
    let stage = Stage::new();
    let form = |secret: &str, code: &str| {
        format!(
            "client_id={}&client_secret={secret}&grant_type=authorization_code&code={code}&redirect_uri={REDIRECT}&code_verifier={VERIFIER}",
            stage.bot
        )
    };
    let wrong = stage
        .post_form("token", "", &form("guess", &stage.code(ALL)))
        .await;
    assert_eq!(refusal(&wrong), (401, "invalid_client", ""));
    let right = form(&stage.secret(), &stage.code(ALL));
    assert_eq!(stage.post_form("token", "", &right).await.status, 200);
}

#[tokio::test]
async fn a_code_is_good_once_soon_and_only_for_what_it_was_asked_with() {
    let stage = Stage::new();
    let used = stage.code(ALL);
    stage.exchange(&used).await.ok();
    let invalid_code = (400, "invalid_grant", "Invalid \"code\" in request.");
    assert_eq!(refusal(&stage.exchange(&used).await), invalid_code);
    assert_eq!(refusal(&stage.exchange("made-up").await), invalid_code);

    let late = stage.code(ALL);
    stage.clock.advance_us(101 * SECOND);
    assert_eq!(refusal(&stage.exchange(&late).await), invalid_code);

    let code = stage.code(ALL);
    let ask = |rest: String| {
        let form = format!("grant_type=authorization_code&code={code}&{rest}");
        let stage = &stage;
        async move { stage.post_form("token", &stage.basic(), &form).await }
    };
    let other = ask(format!(
        "redirect_uri={REDIRECT}/x&code_verifier={VERIFIER}"
    ))
    .await;
    assert_eq!(
        refusal(&other),
        (400, "invalid_grant", "Invalid \"redirect_uri\" in request.")
    );
    let without = ask(format!("redirect_uri={REDIRECT}")).await;
    assert_eq!(
        refusal(&without),
        (400, "invalid_request", "Missing \"code_verifier\"")
    );
    for verifier in [VERIFIER.replace('a', "b"), "short".to_owned()] {
        let swapped = ask(format!("redirect_uri={REDIRECT}&code_verifier={verifier}")).await;
        assert_eq!(
            refusal(&swapped),
            (400, "invalid_grant", "Invalid \"code_verifier\"")
        );
    }
    assert_eq!(stage.exchange(&code).await.status, 200);
}

#[tokio::test]
async fn another_application_can_not_use_a_code_or_token() {
    let stage = Stage::new();
    let (other, secret) = {
        let mut world = stage.rest.hub.world();
        let other = world
            .application_create(ApplicationDraft::named("thief"))
            .unwrap();
        let secret = world.application(other).unwrap().client_secret.clone();
        (other, secret)
    };
    let basic = format!("Basic {}", STANDARD.encode(format!("{other}:{secret}")));
    let code = stage.code(ALL);
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri={REDIRECT}&code_verifier={VERIFIER}"
    );
    let stolen = stage.post_form("token", &basic, &form).await;
    assert_eq!(refusal(&stolen).1, "invalid_grant");
    let (access, refresh) = stage.tokens(ALL).await;
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let stolen = stage.post_form("token", &basic, &form).await;
    assert_eq!(refusal(&stolen).1, "invalid_grant");
    stage
        .post_form("token/revoke", &basic, &format!("token={access}"))
        .await
        .ok();
    let still = stage.as_person("GET /users/@me", &access).await;
    assert_eq!(still.status, 200);
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_and_kills_the_old_ones() {
    let stage = Stage::new();
    let (access, refresh) = stage.tokens(ALL).await;
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let fresh = stage.post_form("token", &stage.basic(), &form).await.ok();
    stage.as_person("GET /users/@me", &access).await.is("401 0");
    let again = stage.post_form("token", &stage.basic(), &form).await;
    assert_eq!(refusal(&again).1, "invalid_grant");
    let token = fresh["access_token"].as_str().unwrap();
    assert_eq!(stage.as_person("GET /users/@me", token).await.status, 200);
}

#[tokio::test]
async fn revoking_one_token_ends_all_of_that_person_for_that_application() {
    let stage = Stage::new();
    let ((first, _), (second, refresh)) = (stage.tokens(ALL).await, stage.tokens(ALL).await);
    let form = format!("token={refresh}&token_type_hint=access_token");
    stage
        .post_form("token/revoke", &stage.basic(), &form)
        .await
        .ok();
    for token in [first, second] {
        stage.as_person("GET /users/@me", &token).await.is("401 0");
    }
    // One that is nobody's any more is no fault.
    let again = stage.post_form("token/revoke", &stage.basic(), &form).await;
    assert_eq!(again.status, 200);
}

#[tokio::test]
async fn a_person_s_token_opens_no_more_than_its_scope_and_ends_in_a_week() {
    let stage = Stage::new();
    let (token, _) = stage.tokens(&[Scope::Identify]).await;
    let guilds = stage.as_person("GET /users/@me/guilds", &token).await;
    guilds.is("403 50026");
    for request in ["GET /applications/@me", "GET /gateway/bot"] {
        stage.as_person(request, &token).await.is("401 0");
    }
    let week = Duration::from_secs(604_800);
    stage
        .clock
        .advance_us(i64::try_from(week.as_micros()).unwrap());
    stage.as_person("GET /users/@me", &token).await.is("401 0");
}

#[tokio::test]
async fn what_oauth_is_asked_must_be_a_form_that_it_knows_and_is_not_written_down() {
    let stage = Stage::new();
    let basic = stage.basic();
    let json = stage
        .ask_with(
            "POST /oauth2/token",
            json!({"grant_type": "refresh_token"}),
            &[("authorization", &basic)],
        )
        .await;
    assert_eq!(refusal(&json).1, "unsupported_grant_type");
    for form in ["", "grant_type=password&username=a&password=b"] {
        let reply = stage.post_form("token", &basic, form).await;
        assert_eq!(
            refusal(&reply),
            (400, "unsupported_grant_type", ""),
            "{form}"
        );
    }
    let missing = stage
        .post_form("token", &basic, "grant_type=authorization_code&code=x")
        .await;
    assert_eq!(
        refusal(&missing),
        (
            400,
            "invalid_request",
            "Missing \"redirect_uri\" in request."
        )
    );
    let journal = format!("{:?}", stage.rest.journal());
    assert!(!journal.contains(&stage.secret()) && !journal.contains("code=x"));
}
