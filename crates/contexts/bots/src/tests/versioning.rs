//! Personas written down, put in force, taken back and compared.

use kernel::{Fault, Span};
use serde_json::json;

use super::world::{OTHER_GUILD, World, each};
use crate::{Deployed, Settings, Version, VersionError, VersionState};

fn named(name: &str) -> Settings {
    Settings {
        name: name.to_owned(),
        ..Settings::default()
    }
}

fn draft(world: &World, persona: &Settings, note: &'static str) -> Result<Version, VersionError> {
    let (op, persona) = (world.op(7), persona.clone());
    world.run(move |tx, _| crate::draft(tx, &op, &persona, note))
}

fn deploy(world: &World, number: i64) -> Result<Deployed, VersionError> {
    let op = world.op(7);
    world.run(move |tx, _| crate::deploy(tx, &op, number))
}

fn rollback(world: &World) -> Result<Deployed, VersionError> {
    let op = world.op(7);
    world.run(move |tx, _| crate::rollback(tx, &op))
}

fn record(world: &World, persona: &Settings) -> Option<i64> {
    let (op, persona) = (world.op(7), persona.clone());
    let recorded = world.look(move |tx| crate::record(tx, &op, &persona, "from the settings"));
    recorded.map(|version| version.number)
}

fn states(world: &World) -> Vec<(i64, VersionState)> {
    let guild = world.guild();
    let listed = world.look(move |tx| crate::versions(tx, guild, None, 50));
    listed
        .iter()
        .map(|version| (version.number, version.state))
        .collect()
}

#[test]
fn t6_one_version_is_in_force_and_the_last_one_can_come_back() {
    each(|world| {
        let first = draft(&world, &named("Ada"), "a first try").unwrap();
        assert_eq!((first.number, first.state), (1, VersionState::Draft));
        assert_eq!(
            (first.author.as_str(), first.note.as_str()),
            ("7", "a first try")
        );
        draft(&world, &named("Bea"), "").unwrap();
        deploy(&world, 1).unwrap();
        world.later(Span::minutes(5));
        let second = deploy(&world, 2).unwrap();
        assert_eq!(second.before, Some(1));
        assert_eq!(second.differences.len(), 1);
        assert_eq!(second.differences[0].path, "/name");
        assert_eq!(second.differences[0].old, json!("Ada"));
        assert_eq!(second.differences[0].new, json!("Bea"));
        let (retired, deployed) = (VersionState::Retired, VersionState::Deployed);
        assert_eq!(states(&world), [(2, deployed), (1, retired)]);
        let back = rollback(&world).unwrap();
        assert_eq!(back.version.persona, named("Ada"));
        assert_eq!(states(&world), [(2, retired), (1, deployed)]);
        assert_eq!(rollback(&world), Err(VersionError::NothingBefore));
        let guild = world.guild();
        let in_force = world.look(move |tx| crate::deployed(tx, guild)).unwrap();
        assert_eq!((in_force.number, in_force.persona), (1, named("Ada")));
    });
}

#[test]
fn a_persona_from_the_settings_becomes_a_version_once() {
    each(|world| {
        assert_eq!(record(&world, &named("Ada")), Some(1));
        assert_eq!(record(&world, &named("Ada")), None);
        assert_eq!(record(&world, &named("Bea")), Some(2));
        assert_eq!(record(&world, &named("Ada")), Some(3));
        assert_eq!(states(&world)[0], (3, VersionState::Deployed));
        assert_eq!(rollback(&world).unwrap().version.number, 2);
    });
}

#[test]
fn what_is_not_valid_or_not_there_is_refused() {
    each(|world| {
        let wrong = Settings {
            chance: 7.0,
            ..Settings::default()
        };
        let refused = draft(&world, &wrong, "").unwrap_err();
        assert_eq!(refused.told().key(), "bots-persona-invalid");
        assert_eq!(deploy(&world, 9), Err(VersionError::NoSuchVersion(9)));
        assert_eq!(rollback(&world), Err(VersionError::NothingBefore));
        assert_eq!(states(&world), []);
        let long = "note ".repeat(1_000);
        let kept = draft(&world, &named("Ada"), Box::leak(long.into_boxed_str())).unwrap();
        assert_eq!(kept.note.chars().count(), crate::NOTE_LENGTH_MAX);
    });
}

#[test]
fn t8_versions_are_of_one_guild() {
    each(|mut world| {
        draft(&world, &named("Ada"), "").unwrap();
        deploy(&world, 1).unwrap();
        world.guild = OTHER_GUILD;
        assert_eq!(states(&world), []);
        assert_eq!(deploy(&world, 1), Err(VersionError::NoSuchVersion(1)));
        assert_eq!(draft(&world, &named("Bea"), "").unwrap().number, 1);
        deploy(&world, 1).unwrap();
        world.guild = super::world::GUILD;
        assert_eq!(states(&world), [(1, VersionState::Deployed)]);
    });
}
