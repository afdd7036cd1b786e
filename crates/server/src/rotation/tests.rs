//! An exchange of the master key that ends at any step is finished by the next run, and loses nothing.

use std::{
    fs,
    path::Path,
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
};

use app::Core;
use chat::{AnswerContent, Effect, InteractionAnswer, InteractionToken, Reply};
use kernel::{Cause, CauseKind, Clock, GuildId, Id, SystemClock};
use platform::{Owner, SecretName, SecretPut};
use secrecy::{ExposeSecret, SecretString};
use store::{DbError, Tx, owed};

use super::{Rotation, Step};
use crate::{
    config::{Config, Sources},
    desk::{Absent, Desk},
    failure::Failure,
    master_key::MasterKey,
    schema::{Before, Intent},
};

/// More than are wrapped anew at once.
const GUILDS: u64 = 450;

fn config(directory: &Path, key: Option<&str>) -> Config {
    let mut sources = Sources::default();
    let place = directory.display().to_string();
    let given = key.map(|key| ("GUILDHALL_MASTER_KEY".to_owned(), key.to_owned()));
    sources
        .environment
        .insert("GUILDHALL_DATA_DIR".to_owned(), place);
    sources.environment.extend(given);
    Config::parse(&sources, &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap()
}

fn desk(directory: &Path) -> Desk {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Desk::open(&config(directory, None), clock, Absent::Make).unwrap()
}

fn answer() -> Effect {
    Effect::Answer(InteractionAnswer {
        interaction: Id::new(1).unwrap(),
        application: Id::new(2).unwrap(),
        token: InteractionToken::new("a-token-of-discord".to_owned()),
        asker: Id::new(3).unwrap(),
        channel: None,
        made_at_micros: 4,
        explained: false,
        content: AnswerContent::Reply(Reply::private("hello")),
    })
}

fn guild(number: u64) -> GuildId {
    Id::new(number).unwrap()
}

/// A database with a secret in every guild, and an answer that is owed.
async fn filled(directory: &Path) {
    let desk = desk(directory);
    let (schema, storage) = (&desk.schema, &desk.storage);
    schema
        .up(storage, Intent::Do, Before::Nothing)
        .await
        .unwrap();
    let core = desk.core.clone();
    let ids = desk.ids.clone();
    let fill = move |tx: &mut Tx<'_>| {
        let entropy = kernel::SeededChance::new(5);
        for number in 1..=GUILDS {
            let op = core
                .admission()
                .cli(guild(number), &format!("fill-{number}"));
            let put = SecretPut {
                owner: Owner::Guild(op.guild),
                name: SecretName::ai_key(),
                value: SecretString::from(format!("secret {number}")),
            };
            platform::secret_put(tx, &op, ids.as_ref(), &entropy, &core.keyring(), &put).unwrap();
        }
        let seal = app::EffectSeal::new(&core.keyring(), Arc::new(entropy));
        let written = seal.write(70, &answer()).unwrap();
        let cause = Cause::new(CauseKind::Interaction, 1);
        owed::owed_insert(tx, 70, &cause, None, &written, core.clock().now())
    };
    let filled: Result<(), DbError> = desk.database().write("fill", fill).await;
    filled.unwrap();
    desk.storage.close().await;
}

/// Whether every secret and the answer open with the keys that the files hold.
async fn opens(desk: &Desk, key: &MasterKey) {
    let (ring, at) = (key.keyring(), desk.clock.now() + kernel::Span::hours(1));
    let look = move |tx: &mut Tx<'_>| {
        for number in 1..=GUILDS {
            let owner = Owner::Guild(guild(number));
            let found = platform::secret_fetch(tx, &ring, owner, &SecretName::ai_key()).unwrap();
            assert_eq!(found.unwrap().expose_secret(), format!("secret {number}"));
        }
        let seal = app::EffectSeal::new(&ring, Arc::new(kernel::SeededChance::new(6)));
        for owed in owed::owed_claim(tx, at, 10)? {
            assert_eq!(seal.read(owed.id, &owed.effect).unwrap(), answer());
        }
        Ok::<_, DbError>(())
    };
    desk.database().write("look", look).await.unwrap();
}

/// Exchanges the key, and ends at this step, counted over all.
async fn rotate_until(core: &Core, rotation: &Rotation, last: usize) -> Vec<Step> {
    let (count, steps) = (AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
    let told = |step: Step| {
        steps.lock().unwrap().push(step);
        let this = count.fetch_add(1, Ordering::SeqCst);
        let ends = Failure::broken("killed", "start again");
        (this < last).then_some(()).ok_or(ends)
    };
    let _ = rotation.rotate_told(core, &told).await;
    steps.into_inner().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_between_any_two_steps_loses_nothing_and_the_next_start_goes_on() {
    let mut seen = Vec::new();
    for last in 0.. {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path();
        filled(directory).await;
        let before = MasterKey::of_files(directory).unwrap();
        let first = desk(directory);
        let steps = rotate_until(&first.core, &first.rotation, last).await;
        let is_whole = steps.len() <= last;
        first.storage.close().await;
        drop(first);

        let second = desk(directory);
        let both = MasterKey::of_files(directory).unwrap();
        opens(&second, &both).await;
        let finished = second.rotation.finish(&second.core).await.unwrap();
        assert_eq!(
            finished.is_some(),
            steps.last() != Some(&Step::Settled),
            "{steps:?}"
        );
        let after = MasterKey::of_files(directory).unwrap();
        assert!(!after.is_exchanged());
        assert_ne!(after.expose(), before.expose());
        opens(&second, &after).await;
        let signers = second.rotation.signers(second.signer).unwrap();
        assert!(signers.contains(&before.signer().public()), "{steps:?}");
        assert!(signers.contains(&after.signer().public()), "{steps:?}");
        second.storage.close().await;
        seen.extend(steps);
        if is_whole {
            break;
        }
    }
    use Step::{AllWrapped, Sealed, Settled, SignerKept, SomeWrapped, Written};
    for step in [
        Written,
        SignerKept,
        SomeWrapped,
        AllWrapped,
        Sealed,
        Settled,
    ] {
        assert!(seen.contains(&step), "{step:?} among {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_exchange_the_key_before_opens_nothing() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path()).await;
    let before = MasterKey::of_files(place.path()).unwrap();
    let desk = desk(place.path());
    let renewed = desk.rotation.rotate(&desk.core).await.unwrap();
    assert_eq!(
        (renewed.data_keys, renewed.effects, renewed.unknown),
        (GUILDS, 1, 0)
    );
    let ring = before.keyring();
    let look = move |tx: &mut Tx<'_>| {
        let owner = Owner::Guild(guild(1));
        assert!(platform::secret_fetch(tx, &ring, owner, &SecretName::ai_key()).is_err());
        Ok::<_, DbError>(())
    };
    desk.database().read("look", look).await.unwrap();
    let again = desk.rotation.rotate(&desk.core).await.unwrap();
    assert_eq!(again.data_keys, GUILDS, "a further exchange begins anew");
    let signers = desk.rotation.signers(desk.signer).unwrap();
    assert!(signers.contains(&before.signer().public()));
    desk.storage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_moved_into_the_configuration_is_believed_with_those_before_it() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path()).await;
    let before = MasterKey::of_files(place.path()).unwrap();
    let first = desk(place.path());
    first.rotation.rotate(&first.core).await.unwrap();
    first.storage.close().await;
    drop(first);
    let after = MasterKey::of_files(place.path()).unwrap();
    fs::remove_file(place.path().join("master.key")).unwrap();
    let text = after.text();
    let config = config(place.path(), Some(text.expose_secret()));
    let signers = Rotation::of(&config, None).signers(after.signer().public());
    let expected = vec![after.signer().public(), before.signer().public()];
    assert_eq!(signers.unwrap(), expected);
}

#[tokio::test]
async fn a_key_that_was_given_is_refused_and_a_lost_one_is_told() {
    let place = tempfile::tempdir().unwrap();
    filled(place.path()).await;
    let given = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let rotation = Rotation::of(&config(place.path(), Some(given)), None);
    let desk = desk(place.path());
    let refused = rotation.rotate(&desk.core).await.unwrap_err().to_string();
    assert!(refused.contains("GUILDHALL_MASTER_KEY"), "{refused}");
    assert!(rotation.finish(&desk.core).await.unwrap().is_none());
    assert!(!place.path().join("master.key.next").exists());
    desk.storage.close().await;
    fs::rename(
        place.path().join("master.key"),
        place.path().join("master.key.next"),
    )
    .unwrap();
    let lost = MasterKey::of_files(place.path()).unwrap_err().to_string();
    assert!(lost.contains("master.key.next"), "{lost}");
}
