//! A server's own key goes to the provider that it was written for, and to nobody whom the settings name later.

use std::sync::{Arc, Mutex, PoisonError};

use ai::{BuiltIn, Circuit, Model, ModelError, Models, Own, OwnError};
use kernel::Op;
use platform::SecretName;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::scene::{Courier, Scene};
use crate::flows::{
    own_key::{OwnKey, own_key},
    secrets::{KeepSecret, keep},
    voice::voice,
};

const KEY: &str = "sk-of-the-owner";
const OWN: &str = "https://models.example.com/v1";
const OTHER: &str = "https://evil.example/v1";

/// Whom the key was handed to.
#[derive(Debug, Default)]
struct Handed(Mutex<Vec<(Option<String>, String)>>);

impl Models for Handed {
    fn shared(&self) -> Arc<dyn Model> {
        BuiltIn.shared()
    }

    fn shared_model(&self) -> String {
        BuiltIn.shared_model()
    }

    fn own(&self, _: kernel::GuildId, own: &Own) -> Result<Arc<dyn Model>, OwnError> {
        let mut handed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = own.key.expose_secret().to_owned();
        handed.push((own.base_url.clone(), key));
        Ok(BuiltIn.shared())
    }

    fn circuits(&self) -> Vec<(String, Circuit)> {
        Vec::new()
    }
}

impl Scene {
    async fn points_at(&self, address: &str) {
        let ai = json!({"source": "own", "kind": "openai", "base_url": address, "model": "m"});
        self.configure(json!({ "ai": ai })).await;
    }

    async fn speaks(&self) -> Result<(), ModelError> {
        let config = self.core().config(Self::guild()).await.unwrap();
        let voice = voice(self.core(), Self::guild(), &config.settings.ai).await;
        voice.map(|_| ())
    }

    async fn keeps(&self, cause: &str) {
        let op: Op = self.core().admission().cli(Self::guild(), cause);
        let command = KeepSecret {
            name: SecretName::ai_key(),
            value: SecretString::from(KEY.to_owned()),
        };
        keep(self.core(), op, command).await.unwrap();
    }

    async fn key(&self) -> OwnKey {
        let config = self.core().config(Self::guild()).await.unwrap();
        let found = own_key(self.core(), Self::guild(), &config.settings.ai).await;
        found.unwrap()
    }
}

#[tokio::test]
async fn a_key_is_handed_to_no_provider_that_the_settings_name_later() {
    let handed = Arc::new(Handed::default());
    let scene = Scene::begin_asking(Courier::well(), handed.clone());
    scene.points_at(OWN).await;
    assert!(matches!(
        scene.speaks().await,
        Err(ModelError::Refused { .. })
    ));
    scene.keeps("first").await;
    scene.speaks().await.unwrap();
    assert!(matches!(scene.key().await, OwnKey::Fits(_)));

    scene.points_at(OTHER).await;
    let refused = scene.speaks().await.unwrap_err();
    assert!(refused.to_string().contains("write it again"), "{refused}");
    assert!(matches!(scene.key().await, OwnKey::ForAnother(_)));

    scene.points_at(OWN).await;
    scene.speaks().await.unwrap();
    scene.points_at(OTHER).await;
    scene.keeps("second").await;
    scene.speaks().await.unwrap();
    scene.end().await;
    let handed = handed.0.lock().unwrap_or_else(PoisonError::into_inner);
    let to = |address: &str| (Some(address.to_owned()), KEY.to_owned());
    assert_eq!(*handed, [to(OWN), to(OWN), to(OTHER)]);
}
