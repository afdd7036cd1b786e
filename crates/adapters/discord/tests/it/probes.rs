//! What is asked about a bot that does not run.

use chat::Permissions;
use discord::{Probe, ProbeError, Settings};
use kernel::{Id, SystemClock};
use secrecy::SecretString;
use sim::{FaultRule, MakeApplication, RestFault, SimConfig};

use super::stage::Stage;

fn probe(stage: &Stage, token: &str) -> Probe {
    let settings = Settings {
        tokens: vec![SecretString::from(token.to_owned())],
        api_url: stage.sim.api_url(),
        dashboard: None,
    };
    Probe::new(&settings).unwrap()
}

async fn stage(flags: Option<u32>) -> Stage {
    let make = MakeApplication {
        flags,
        redirect_uris: vec!["https://hall.example/auth/callback".to_owned()],
        ..MakeApplication::default()
    };
    Stage::set_with(SimConfig::default(), make).await
}

#[tokio::test]
async fn a_bot_is_asked_about_without_being_started() {
    let stage = stage(Some(1 << 19)).await;
    let probe = probe(&stage, &stage.bot.token);
    let bot = probe.bot().await.unwrap();
    assert_eq!(bot.application, Id::new(stage.bot.id.0).unwrap());
    assert_eq!((bot.name.as_str(), bot.guilds), ("Guildhall", 1));
    assert_eq!(bot.intents.map(|intent| intent.is_on), [true, false]);
    assert_eq!((bot.is_public, bot.is_verified), (true, false));
    assert_eq!(bot.redirects, ["https://hall.example/auth/callback"]);
    assert!(bot.starts.remaining.is_some_and(|left| left > 0), "{bot:?}");
    assert!(probe.commands(bot.application).await.unwrap().is_empty());
    let guilds = probe.guilds().await.unwrap();
    assert_eq!(guilds.len(), 1);
    assert!(guilds[0].permissions.allow(Permissions::BAN_MEMBERS));
    // Both run on this machine; a busy one may take a while over an answer.
    let ahead = probe.clock_ahead_ms(&SystemClock).await.unwrap().unwrap();
    assert!(ahead.abs() < 60_000, "{ahead}");
    assert_eq!(stage.counts().identify, 0, "no session is begun");
}

#[tokio::test]
async fn a_wrong_token_a_limit_and_silence_are_told_apart() {
    let stage = stage(None).await;
    let refused = probe(&stage, "nonsense").bot().await;
    assert!(
        matches!(refused, Err(ProbeError::TokenRefused)),
        "{refused:?}"
    );
    let limited = RestFault::RateLimited {
        retry_after_ms: 3_600_000,
        global: false,
        scope: Some("user".to_owned()),
    };
    for (fault, is_limit) in [(limited, true), (RestFault::Html { status: 502 }, false)] {
        let rule = FaultRule {
            method: None,
            route: None,
            times: 100,
            fault,
            effect: sim::Effect::Lost,
        };
        stage.control().rest_fault(rule).unwrap();
        let answer = probe(&stage, &stage.bot.token).bot().await;
        match answer {
            Err(ProbeError::Limited { after }) => assert!(is_limit && after.as_secs() > 3_000),
            Err(ProbeError::Unreachable { .. }) => assert!(!is_limit),
            other => panic!("{other:?}"),
        }
        stage.control().rest_calm();
    }
}
