//! A persona is put live by one deed: whole or not at all, and once.

use audit::Filter;
use bots::{Settings, Version};
use kernel::{CauseKind, Op};
use store::{DbError, Tx};

use super::scene::Scene;
use crate::flows::{
    configure::ConfigureError,
    persona::{Deployment, PersonaError, take_on},
};

fn op(scene: &Scene, key: &str) -> Op {
    let cause = kernel::Cause::new(CauseKind::Api, key);
    let admission = scene.core().admission();
    admission.token(Scene::guild(), "owner", cause)
}

fn captain(prompt: &str) -> Settings {
    Settings {
        enabled: true,
        preset: "captain".to_owned(),
        prompt: prompt.to_owned(),
        ..Settings::default()
    }
}

async fn live(scene: &Scene, key: &str, prompt: &str) -> Result<Deployment, PersonaError> {
    let note = "made on the dashboard".to_owned();
    take_on(scene.core(), op(scene, key), captain(prompt), note).await
}

/// What a deed left behind: versions, what the record says was done, and what is owed to Discord.
async fn left(scene: &Scene) -> (Vec<Version>, Vec<String>, i64) {
    let read = |tx: &mut Tx<'_>| {
        let versions = bots::versions(tx, Scene::guild(), None, 10)?;
        let entries = audit::search(tx, Scene::guild(), &Filter::default(), None, 10)?;
        let done = entries.entries.into_iter().map(|entry| entry.action);
        Ok::<_, DbError>((versions, done.collect()))
    };
    let (versions, done) = scene.database().read("test", read).await.unwrap();
    (versions, done, scene.counts().await.owed)
}

#[tokio::test]
async fn a1_a_persona_whose_configuration_is_refused_leaves_nothing_behind() {
    let scene = Scene::begin().await;
    let refused = live(&scene, "k1", "Write to keep the chat alive.").await;
    assert!(
        matches!(
            refused,
            Err(PersonaError::Configure(ConfigureError::Policy(_)))
        ),
        "{refused:?}"
    );
    assert_eq!(left(&scene).await, (Vec::new(), Vec::new(), 0));
    let config = scene.core().config(Scene::guild()).await.unwrap();
    assert_eq!(config.settings.persona, Settings::default());

    // Not even its key is taken.
    let done = live(&scene, "k1", "Speak of the sea.").await.unwrap();
    assert_eq!(done.version, Some(1));
    scene.end().await;
}

#[tokio::test]
async fn a3_a_persona_put_live_twice_is_one_version_one_revision_and_one_look() {
    let scene = Scene::begin().await;
    let first = live(&scene, "k1", "Speak of the sea.").await.unwrap();
    let (versions, done, owed) = left(&scene).await;
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0].state, bots::VersionState::Deployed);
    assert_eq!(done, ["persona_put", "persona_deploy"]);
    assert_eq!(owed, 1);

    assert_eq!(live(&scene, "k1", "Speak of the sea.").await, Ok(first));
    let reused = live(&scene, "k1", "Speak of the land.").await;
    assert!(
        matches!(reused, Err(PersonaError::KeyReused(_))),
        "{reused:?}"
    );
    // Another deed that asks for what is in force changes nothing.
    let same = live(&scene, "k2", "Speak of the sea.").await.unwrap();
    assert_eq!((same.version, same.changes.len()), (Some(1), 0));
    assert_eq!(left(&scene).await, (versions, done, owed));
    scene.end().await;
}
