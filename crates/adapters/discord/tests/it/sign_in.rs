//! Signing in at the simulated Discord: the way there and back, and every way in which it fails.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chat::{Permissions, SignIn, SignInFailure};
use discord::{Redirect, SignInSettings, sign_in};
use http_out::{Call, Client, Method, Settings};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use sim::{FaultRule, MakeApplication, RestFault, SimConfig, Snowflake};

use super::{faults::rule, stage::Stage};

const BACK: &str = "https://guildhall.test/bots/auth/callback";
const VERIFIER: &str = "a-verifier-of-forty-three-letters-or-more-12345";

async fn stage() -> Stage {
    let make = MakeApplication {
        redirect_uris: vec![BACK.to_owned()],
        ..MakeApplication::default()
    };
    Stage::set_with(SimConfig::default(), make).await
}

fn settings(stage: &Stage) -> SignInSettings {
    SignInSettings {
        api_url: stage.sim.api_url(),
        client_id: stage.bot.id.to_string().parse().unwrap(),
        client_secret: SecretString::from(stage.bot.client_secret.clone()),
        redirect: Redirect {
            there: None,
            back: BACK.to_owned(),
        },
    }
}

fn port(stage: &Stage) -> Arc<dyn SignIn> {
    sign_in(settings(stage)).unwrap()
}

/// Goes to Discord as somebody, and gives the code that comes back.
async fn code_of(port: &dyn SignIn, who: Snowflake) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let url = port.authorize_url("a state", &challenge);
    let client = Client::new(&Settings::default()).unwrap();
    let call = Call::new(Method::GET, format!("{url}&login_hint={who}"));
    let answer = client.send(call).await.unwrap();
    let to = answer.headers["location"].to_str().unwrap();
    let rest = to.strip_prefix(&format!("{BACK}?code=")).unwrap();
    let (code, state) = rest.split_once("&state=").unwrap();
    assert_eq!(state, "a%20state");
    code.to_owned()
}

fn fault(route: &str, fault: RestFault) -> FaultRule {
    let method = if route.starts_with("/oauth2") {
        "POST"
    } else {
        "GET"
    };
    rule(method, route, 1, fault, sim::Effect::Lost)
}

#[tokio::test]
async fn a_person_is_known_with_their_guilds_until_the_pass_is_given_back() {
    let stage = stage().await;
    let port = port(&stage);
    let pass = port
        .exchange(&code_of(port.as_ref(), stage.owner).await, VERIFIER)
        .await
        .unwrap();
    let person = port.person(&pass).await.unwrap();
    assert_eq!(
        (person.user.get(), person.name.as_str()),
        (stage.owner.0, "olga")
    );
    let guilds = port.guilds(&pass).await.unwrap();
    assert_eq!(
        (guilds[0].id.get(), guilds[0].is_owner),
        (stage.guild.0, true)
    );
    assert!(guilds[0].permissions.allow(Permissions::MANAGE_GUILD));
    let again = chat::Pass::new(pass.reveal().to_owned());
    assert!(!format!("{pass:?} {port:?}").contains(pass.reveal()));
    port.give_back(pass).await.unwrap();
    assert!(matches!(
        port.person(&again).await,
        Err(SignInFailure::Refused { .. })
    ));
}

#[tokio::test]
async fn what_a_member_may_do_is_told_apart_from_what_the_owner_may() {
    let stage = stage().await;
    let port = port(&stage);
    let code = code_of(port.as_ref(), stage.member).await;
    let pass = port.exchange(&code, VERIFIER).await.unwrap();
    let guilds = port.guilds(&pass).await.unwrap();
    assert!(!guilds[0].is_owner);
    assert!(!guilds[0].permissions.allow(Permissions::MANAGE_GUILD));
    assert!(guilds[0].permissions.allow(Permissions::SEND_MESSAGES));
}

#[tokio::test]
async fn a_code_that_was_used_made_up_or_asked_for_with_another_verifier_is_refused() {
    let stage = stage().await;
    let port = port(&stage);
    let code = code_of(port.as_ref(), stage.owner).await;
    let other = VERIFIER.replace('a', "b");
    for (code, verifier) in [(code.as_str(), other.as_str()), ("made up&x=1", VERIFIER)] {
        let refused = port.exchange(code, verifier).await;
        assert!(
            matches!(refused, Err(SignInFailure::Refused { .. })),
            "{refused:?}"
        );
    }
    port.exchange(&code, VERIFIER).await.unwrap();
    let refused = port.exchange(&code, VERIFIER).await;
    assert!(
        matches!(refused, Err(SignInFailure::Refused { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_wrong_secret_is_the_operator_s_matter_and_is_not_repeated_in_words() {
    let stage = stage().await;
    let right = port(&stage);
    let wrong = sign_in(SignInSettings {
        client_secret: SecretString::from("guess&work"),
        ..settings(&stage)
    })
    .unwrap();
    let code = code_of(right.as_ref(), stage.owner).await;
    let refused = wrong.exchange(&code, VERIFIER).await.unwrap_err();
    assert!(
        matches!(refused, SignInFailure::Misconfigured { .. }),
        "{refused}"
    );
    assert!(!format!("{refused} {wrong:?}").contains("guess"));
}

#[tokio::test]
async fn whatever_else_happens_may_pass() {
    let stage = stage().await;
    let port = port(&stage);
    let control = stage.sim.control();
    let limited = RestFault::RateLimited {
        retry_after_ms: 1_000,
        global: false,
        scope: None,
    };
    for trouble in [
        RestFault::Status { status: 503 },
        RestFault::Html { status: 502 },
        RestFault::Broken,
        limited,
    ] {
        let code = code_of(port.as_ref(), stage.owner).await;
        control
            .rest_fault(fault("/oauth2/token", trouble.clone()))
            .unwrap();
        let failed = port.exchange(&code, VERIFIER).await;
        assert!(
            matches!(failed, Err(SignInFailure::Away { .. })),
            "{trouble:?}: {failed:?}"
        );
        let pass = port.exchange(&code, VERIFIER).await.unwrap();
        control
            .rest_fault(fault("/users/@me", trouble.clone()))
            .unwrap();
        let failed = port.person(&pass).await;
        assert!(
            matches!(failed, Err(SignInFailure::Away { .. })),
            "{trouble:?}: {failed:?}"
        );
        port.person(&pass).await.unwrap();
    }
}

#[tokio::test]
async fn people_can_be_sent_elsewhere_than_to_the_api_s_own_place() {
    let stage = stage().await;
    let redirect = Redirect {
        there: Some("https://front.test/oauth2/authorize".to_owned()),
        back: BACK.to_owned(),
    };
    let port = sign_in(SignInSettings {
        redirect,
        ..settings(&stage)
    })
    .unwrap();
    let url = port.authorize_url("s", "c");
    assert!(url.starts_with("https://front.test/oauth2/authorize?response_type=code&"));
    assert!(url.contains("&scope=identify%20guilds&"), "{url}");
}
