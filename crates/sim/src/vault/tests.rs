//! The state folder: what comes back, what doesn't, and what never repeats.

use std::fs;
use std::io::Write;
use std::sync::Arc;

use super::{Found, Vault, VaultError};
use crate::Hub;
use crate::clock::ManualClock;
use crate::world::grants::{CodeDraft, Scope};
use crate::world::marks::Marks;
use crate::world::state::Emoji;
use crate::world::tests::BOUNDS;
use crate::world::wires::Wires;
use crate::world::{ApplicationDraft, Deed, GuildDraft, MessageDraft, Snowflake, UserDraft, World};

fn start(folder: &std::path::Path) -> (Hub, Vault) {
    let clock = Arc::new(ManualClock::new(1_795_168_800_000_000));
    let found = Found::open(folder).unwrap();
    let mut world = World::new(
        clock.clone(),
        [7; 32],
        found.run,
        Wires::new(BOUNDS, 7),
        Marks::new(true),
    );
    let vault = found.load(&mut world).unwrap();
    (Hub::new(world, clock), vault)
}

fn furnish(hub: &Hub) -> (Snowflake, Snowflake, Snowflake) {
    let mut world = hub.world();
    let owner = world.user_create(UserDraft {
        username: "olga".to_owned(),
        ..UserDraft::default()
    });
    let guild = world
        .guild_create(GuildDraft {
            name: "g".to_owned(),
            owner,
            id: None,
            locale: None,
        })
        .unwrap();
    let bot = world
        .application_create(ApplicationDraft::named("bot"))
        .unwrap();
    world.install(guild, bot, 8, &Deed::by(owner)).unwrap();
    let channel = world.guild(guild).unwrap().system_channel.unwrap();
    let draft = MessageDraft {
        author: owner,
        content: "kept".to_owned(),
        ..MessageDraft::default()
    };
    let message = world.message_send(channel, draft).unwrap();
    world
        .reaction_add(
            channel,
            message,
            bot,
            &Emoji {
                id: None,
                name: "👍".to_owned(),
            },
        )
        .unwrap();
    world.direct_open(owner, bot).unwrap();
    (guild, channel, message)
}

/// A person lets an application know them; returns the access token.
fn allow(world: &mut World, application: Snowflake, user: Snowflake) -> String {
    let code = world.code_issue(CodeDraft {
        application,
        user,
        scopes: vec![Scope::Identify],
        redirect_uri: "https://app.test/".to_owned(),
        challenge: None,
    });
    let granted = world.code_exchange(application, &code, "https://app.test/", None);
    granted.unwrap().access
}

/// Everything that the vault holds, as it would be written.
fn all(hub: &Hub) -> Vec<String> {
    let world = hub.world();
    let mut keys = world.keys();
    keys.sort_unstable();
    keys.into_iter()
        .map(|key| format!("{key:?} {}", world.record(key).unwrap()))
        .collect()
}

#[test]
fn a_restart_brings_everything_back_and_repeats_no_id_or_token() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, mut vault) = start(folder.path());
    let (guild, channel, message) = furnish(&hub);
    vault.flush(&hub).unwrap();
    let before = all(&hub);
    let last = hub.world().mint();
    let secret = hub.world().secret();
    drop(vault);

    let (hub, _vault) = start(folder.path());
    assert_eq!(all(&hub), before);
    let mut world = hub.world();
    let place = world.guild(guild).unwrap();
    assert_eq!((place.bots.len(), place.members.len()), (1, 2));
    assert!(place.channels.contains(&channel));
    assert_eq!(
        world.message(channel, message).unwrap().reactions[0]
            .users
            .len(),
        1
    );
    let bot = place.bots[0];
    let token = world.application(bot).unwrap().token.clone();
    assert_eq!(world.application_of_token(&token).map(|a| a.id), Some(bot));
    assert_eq!(world.guilds_of(bot).count(), 1);
    let owner = world.guild(guild).unwrap().owner;
    let direct = world.direct_open(bot, owner).unwrap();
    assert!(direct < last);
    assert!(world.mint() > last);
    assert_ne!(world.secret(), secret);
}

#[test]
fn what_people_allowed_lives_on_and_what_they_took_back_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, mut vault) = start(folder.path());
    let (guild, ..) = furnish(&hub);
    let (kept, gone) = {
        let mut world = hub.world();
        let place = world.guild(guild).unwrap();
        let (bot, owner) = (place.bots[0], place.owner);
        let (kept, gone) = (allow(&mut world, bot, owner), allow(&mut world, bot, bot));
        world.grants_revoke(bot, &gone);
        (kept, gone)
    };
    vault.flush(&hub).unwrap();
    drop(vault);

    let (hub, _vault) = start(folder.path());
    let world = hub.world();
    assert!(world.grant_of_access(&kept).is_some());
    assert!(world.grant_of_access(&gone).is_none());
}

#[test]
fn a_crash_loses_at_most_what_was_not_flushed_and_ids_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, mut vault) = start(folder.path());
    let (_, channel, message) = furnish(&hub);
    vault.flush(&hub).unwrap();
    let flushed = all(&hub);
    hub.world()
        .message_delete(channel, message, &Deed::by(Snowflake(1)))
        .unwrap();
    let unflushed = hub.world().mint();
    drop(vault);
    let mut journal = fs::OpenOptions::new()
        .append(true)
        .open(folder.path().join("world.jsonl"))
        .unwrap();
    journal.write_all(b"{\"key\":{\"User\":\"12").unwrap();

    let (hub, _vault) = start(folder.path());
    assert_eq!(all(&hub), flushed);
    // The clock stands still, and the lost id was minted after the last that was kept.
    let fresh: Vec<_> = (0..5_000).map(|_| hub.world().mint()).collect();
    assert!(!fresh.contains(&unflushed));
}

#[test]
fn deletions_are_kept_too() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, mut vault) = start(folder.path());
    let (guild, channel, message) = furnish(&hub);
    vault.flush(&hub).unwrap();
    hub.world()
        .message_delete(channel, message, &Deed::by(Snowflake(1)))
        .unwrap();
    vault.flush(&hub).unwrap();
    drop(vault);
    let (hub, mut vault) = start(folder.path());
    assert!(hub.world().message(channel, message).is_none());
    hub.world().guild_delete(guild).unwrap();
    vault.flush(&hub).unwrap();
    drop(vault);
    let (hub, _vault) = start(folder.path());
    assert!(hub.world().guild(guild).is_none() && hub.world().channel(channel).is_none());
}

#[test]
fn a_compact_journal_holds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, mut vault) = start(folder.path());
    furnish(&hub);
    vault.compact(&hub).unwrap();
    let before = all(&hub);
    drop(vault);
    assert_eq!(all(&start(folder.path()).0), before);
}

#[test]
fn one_folder_has_one_user_and_a_spoilt_journal_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_hub, vault) = start(folder.path());
    assert!(matches!(
        Found::open(folder.path()),
        Err(VaultError::Locked { .. })
    ));
    drop(vault);
    fs::write(
        folder.path().join("world.jsonl"),
        "{\"key\":{\"Planet\":\"1\"},\"value\":null}\n",
    )
    .unwrap();
    let clock = Arc::new(ManualClock::new(0));
    let mut world = World::new(clock, [7; 32], 9, Wires::new(BOUNDS, 7), Marks::new(true));
    let spoilt = Found::open(folder.path())
        .unwrap()
        .load(&mut world)
        .unwrap_err();
    assert!(
        matches!(spoilt, VaultError::Unreadable { line: 1, .. }),
        "{spoilt}"
    );
}
