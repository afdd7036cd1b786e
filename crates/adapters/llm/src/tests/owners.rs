//! Owners' own providers: public places alone, each guild with a circuit of its own; and no provider at all.

use std::sync::Arc;

use ai::{Kind, Models, Own, Request};
use kernel::GuildId;
use testkit::{
    model_servers::{Format, ModelServer},
    time::ManualClock,
};

use super::world::{shared, wiring};
use crate::{Providers, Shared, SharedError};

fn guild() -> GuildId {
    GuildId::new(900).unwrap()
}

fn providers(list: &[Shared]) -> Result<Providers, SharedError> {
    Providers::new(
        list,
        wiring(&Arc::new(ManualClock::at("2026-11-20T10:00:00Z"))),
    )
}

fn own(kind: Kind, base_url: Option<&str>) -> Own {
    Own {
        kind,
        base_url: base_url.map(str::to_owned),
        model: "test-model".to_owned(),
        key: "sk-own".into(),
    }
}

#[tokio::test]
async fn x5_an_owners_address_inside_is_refused_and_never_called() {
    let server = ModelServer::start(Format::Openai).await;
    let providers = providers(&[]).unwrap();
    let port = server.address().port();
    for inside in [
        server.base_url(),
        format!("https://127.0.0.1:{port}/v1"),
        format!("https://localhost:{port}/v1"),
        format!("https://[::ffff:127.0.0.1]:{port}/v1"),
        "https://169.254.169.254/v1".to_owned(),
        "https://metadata.google.internal/v1".to_owned(),
    ] {
        let refused = providers.own(guild(), &own(Kind::Openai, Some(&inside)));
        assert!(refused.is_err(), "{inside}");
    }
    assert_eq!(server.asked().len(), 0);
    let vendors = providers.own(guild(), &own(Kind::Anthropic, None));
    assert!(vendors.is_ok());
    let mut odd = own(Kind::Gemini, None);
    odd.model = "../../admin".to_owned();
    assert!(providers.own(guild(), &odd).is_err());
}

#[tokio::test]
async fn without_a_provider_the_built_in_model_answers() {
    let request = Request::answer("", "who are you?");
    let none = providers(&[]).unwrap();
    let decided = none.shared().decide(&request).await.unwrap();
    assert_eq!(
        (decided.by.provider.as_str(), none.shared_model().as_str()),
        ("offline", "offline")
    );
    let offline = none.own(guild(), &own(Kind::Offline, None)).unwrap();
    assert_eq!(offline.decide(&request).await.unwrap().by.model, "offline");
}

#[tokio::test]
async fn a_chain_is_priced_by_its_dearest_model() {
    let server = ModelServer::start(Format::Openai).await;
    let mut cheap = shared(&server, Kind::Openai);
    cheap.model = "gpt-4o-mini".to_owned();
    let mut dear = shared(&server, Kind::Openai);
    dear.model = "gpt-4o".to_owned();
    let chain = providers(&[cheap.clone(), dear]).unwrap();
    assert_eq!(chain.shared_model(), "gpt-4o");
    cheap.model = "no such name".to_owned();
    assert!(matches!(providers(&[cheap]), Err(SharedError::Model(_))));
}

#[tokio::test]
async fn the_operators_address_must_be_one() {
    let server = ModelServer::start(Format::Openai).await;
    let mut wrong = shared(&server, Kind::Openai);
    wrong.base_url = Some("not an address".to_owned());
    assert!(matches!(providers(&[wrong]), Err(SharedError::Address(_))));
}
