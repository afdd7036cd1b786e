//! The permission calculus, case by case.

use super::{
    ADMINISTRATOR, ALL, EVERYONE_DEFAULT, MANAGE_MESSAGES, READ_HISTORY, SEND_MESSAGES,
    VIEW_CHANNEL, in_channel, in_guild, rank,
};
use crate::world::state::{Overwrite, User};
use crate::world::tests::{Scene, scene};
use crate::world::{ChannelEdit, Deed, MemberEdit, RoleDraft, Snowflake};

fn overwrite(id: Snowflake, kind: u8, allow: u64, deny: u64) -> Overwrite {
    Overwrite {
        id,
        kind,
        allow,
        deny,
    }
}

fn overwrites(scene: &mut Scene, overwrites: Vec<Overwrite>) {
    let edit = ChannelEdit {
        overwrites: Some(overwrites),
        ..ChannelEdit::default()
    };
    scene
        .world
        .channel_edit(scene.channel, edit, &Deed::by(scene.owner))
        .unwrap();
}

#[test]
fn the_owner_may_do_everything_even_timed_out() {
    let mut scene = scene();
    let edit = MemberEdit {
        timeout_until_us: Some(Some(i64::MAX)),
        ..MemberEdit::default()
    };
    scene
        .world
        .member_edit(scene.guild, scene.owner, edit, &Deed::by(scene.owner))
        .unwrap();
    let guild = scene.guild;
    overwrites(&mut scene, vec![overwrite(guild, 0, 0, ALL)]);
    assert_eq!(scene.world.permissions_in(scene.channel, scene.owner), ALL);
}

#[test]
fn overwrites_go_from_everyone_over_roles_to_the_member() {
    let mut scene = scene();
    let draft = RoleDraft {
        name: "r".to_owned(),
        ..RoleDraft::default()
    };
    let role = scene
        .world
        .role_create(scene.guild, draft, &Deed::by(scene.owner))
        .unwrap();
    let edit = MemberEdit {
        roles: Some(vec![role]),
        ..MemberEdit::default()
    };
    scene
        .world
        .member_edit(scene.guild, scene.member, edit, &Deed::by(scene.owner))
        .unwrap();
    let held = |scene: &Scene| scene.world.permissions_in(scene.channel, scene.member);

    let guild = scene.guild;
    overwrites(&mut scene, vec![overwrite(guild, 0, 0, SEND_MESSAGES)]);
    assert_eq!(held(&scene) & SEND_MESSAGES, 0);
    let guild = scene.guild;
    overwrites(
        &mut scene,
        vec![
            overwrite(guild, 0, 0, SEND_MESSAGES),
            overwrite(role, 0, SEND_MESSAGES, 0),
        ],
    );
    assert_ne!(held(&scene) & SEND_MESSAGES, 0);
    let own = overwrite(scene.member, 1, MANAGE_MESSAGES, SEND_MESSAGES);
    overwrites(&mut scene, vec![overwrite(role, 0, SEND_MESSAGES, 0), own]);
    assert_eq!(held(&scene) & SEND_MESSAGES, 0);
    assert_ne!(held(&scene) & MANAGE_MESSAGES, 0);
}

#[test]
fn who_cannot_see_a_channel_can_do_nothing_there() {
    let mut scene = scene();
    let guild = scene.guild;
    overwrites(&mut scene, vec![overwrite(guild, 0, 0, VIEW_CHANNEL)]);
    assert_eq!(scene.world.permissions_in(scene.channel, scene.member), 0);
}

#[test]
fn a_time_out_leaves_reading_until_it_ends() {
    let mut scene = scene();
    let until = scene.world.now_us() + 1_000_000;
    let edit = MemberEdit {
        timeout_until_us: Some(Some(until)),
        ..MemberEdit::default()
    };
    scene
        .world
        .member_edit(scene.guild, scene.member, edit, &Deed::by(scene.owner))
        .unwrap();
    assert_eq!(
        scene.world.permissions_in(scene.channel, scene.member),
        VIEW_CHANNEL | READ_HISTORY
    );
    scene.clock.advance_us(1_000_000);
    assert_eq!(
        scene.world.permissions_of(scene.guild, scene.member),
        EVERYONE_DEFAULT
    );
}

#[test]
fn an_administrator_passes_every_overwrite_and_strangers_pass_none() {
    let mut scene = scene();
    let draft = RoleDraft {
        name: "a".to_owned(),
        permissions: ADMINISTRATOR,
        ..RoleDraft::default()
    };
    let role = scene
        .world
        .role_create(scene.guild, draft, &Deed::by(scene.owner))
        .unwrap();
    let edit = MemberEdit {
        roles: Some(vec![role]),
        ..MemberEdit::default()
    };
    scene
        .world
        .member_edit(scene.guild, scene.member, edit, &Deed::by(scene.owner))
        .unwrap();
    let guild = scene.guild;
    overwrites(&mut scene, vec![overwrite(guild, 0, 0, ALL)]);
    assert_eq!(scene.world.permissions_in(scene.channel, scene.member), ALL);
    assert_eq!(scene.world.permissions_in(scene.channel, Snowflake(1)), 0);
    let guild = scene.world.guild(scene.guild).unwrap();
    assert!(rank(guild, scene.owner) > rank(guild, scene.member));
    assert_eq!(rank(guild, scene.member), 1);
    let (member, now) = (&guild.members[&scene.member], scene.world.now_us());
    assert_eq!(in_guild(guild, member, now), ALL);
    assert_eq!(
        in_channel(
            guild,
            scene.world.channel(scene.channel).unwrap(),
            member,
            now
        ),
        ALL
    );
    let face: &User = scene.world.user(scene.member).unwrap();
    assert!(!face.bot);
}
