//! A guild with staff, threads and a voice channel, and who may do what in it.

use kernel::{Id, Timestamp, UserId};

use super::{ChannelKind, ChannelView, GuildView, Overwrite, OverwriteFor, RoleView};
use crate::{KnownMember, Permissions};

const GUILD: u64 = 100;
const OWNER: u64 = 1;
const ADA: u64 = 2;
const BOT: u64 = 9;
const MOD: u64 = 201;
const MUTED: u64 = 202;
const ADMIN: u64 = 203;
const BOT_ROLE: u64 = 204;
const HALL: u64 = 301;
const STAFF: u64 = 302;
const THREAD: u64 = 303;
const SECRET_THREAD: u64 = 304;
const VOICE: u64 = 305;
const ORPHAN: u64 = 306;

const READ: Permissions = Permissions::VIEW_CHANNEL.and(Permissions::READ_MESSAGE_HISTORY);
const WRITE: Permissions = READ
    .and(Permissions::SEND_MESSAGES)
    .and(Permissions::SEND_MESSAGES_IN_THREADS)
    .and(Permissions::ATTACH_FILES)
    .and(Permissions::CONNECT);

fn id<K>(number: u64) -> Id<K> {
    Id::new(number).unwrap()
}

fn role(number: u64, position: i64, permissions: Permissions) -> RoleView {
    RoleView {
        id: id(number),
        name: format!("role {number}"),
        position,
        permissions,
        is_managed: false,
    }
}

fn channel(number: u64, kind: ChannelKind, overwrites: Vec<Overwrite>) -> ChannelView {
    ChannelView {
        id: id(number),
        name: format!("channel {number}"),
        kind,
        parent: None,
        position: 0,
        is_nsfw: false,
        slowmode_seconds: 0,
        overwrites,
    }
}

fn thread(number: u64, kind: ChannelKind, parent: u64) -> ChannelView {
    ChannelView {
        parent: Some(id(parent)),
        ..channel(number, kind, Vec::new())
    }
}

fn over(subject: OverwriteFor, allow: Permissions, deny: Permissions) -> Overwrite {
    Overwrite {
        subject,
        allow,
        deny,
    }
}

fn everyone() -> OverwriteFor {
    OverwriteFor::Role(id(GUILD))
}

/// The staff's channel is hidden from everyone and shown to moderators; who is muted writes nowhere.
fn hall() -> GuildView {
    let none = Permissions::NONE;
    let staff = vec![
        over(everyone(), none, Permissions::VIEW_CHANNEL),
        over(OverwriteFor::Role(id(MOD)), Permissions::VIEW_CHANNEL, none),
    ];
    let muted = OverwriteFor::Role(id(MUTED));
    let voice = over(everyone(), none, Permissions::CONNECT);
    GuildView {
        id: id(GUILD),
        name: "Hall".to_owned(),
        owner: id(OWNER),
        roles: vec![
            role(GUILD, 0, WRITE),
            role(MOD, 3, Permissions::MANAGE_MESSAGES),
            role(MUTED, 1, none),
            role(ADMIN, 5, Permissions::ADMINISTRATOR),
            role(BOT_ROLE, 4, Permissions::MODERATE_MEMBERS),
        ],
        channels: vec![
            channel(
                HALL,
                ChannelKind::Text,
                vec![over(muted, none, Permissions::SEND_MESSAGES)],
            ),
            channel(STAFF, ChannelKind::Text, staff),
            thread(THREAD, ChannelKind::Thread, STAFF),
            thread(SECRET_THREAD, ChannelKind::PrivateThread, HALL),
            channel(VOICE, ChannelKind::Voice, vec![voice]),
            thread(ORPHAN, ChannelKind::Thread, 999),
        ],
        me: id(BOT),
        my_roles: vec![id(BOT_ROLE)],
    }
}

fn held(user: u64, roles: &[u64], channel: u64) -> Permissions {
    let roles: Vec<_> = roles.iter().map(|role| id(*role)).collect();
    hall().permissions(id(user), &roles, Some(id(channel)))
}

#[test]
fn c3_the_owner_and_administrators_may_everything_everywhere() {
    for (user, roles) in [(OWNER, &[] as &[u64]), (ADA, &[ADMIN])] {
        assert!(held(user, roles, STAFF).allow(Permissions::BAN_MEMBERS));
        assert!(held(user, roles, 999).allow(Permissions::VIEW_CHANNEL));
    }
}

#[test]
fn c3_a_role_s_allowance_beats_what_everyone_is_denied() {
    assert_eq!(held(ADA, &[], STAFF), Permissions::NONE);
    assert!(held(ADA, &[MOD], STAFF).allow(Permissions::SEND_MESSAGES));
}

#[test]
fn c3_a_member_s_own_overwrite_comes_last() {
    let mut view = hall();
    let own = over(
        OverwriteFor::Member(id(ADA)),
        Permissions::SEND_MESSAGES,
        Permissions::NONE,
    );
    view.channels[0].overwrites.push(own);
    let held = view.permissions(id(ADA), &[id(MUTED)], Some(id(HALL)));
    assert!(held.allow(Permissions::SEND_MESSAGES));
}

#[test]
fn c3_among_roles_one_that_allows_beats_one_that_denies() {
    let mut view = hall();
    let allowing = over(
        OverwriteFor::Role(id(MOD)),
        Permissions::SEND_MESSAGES,
        Permissions::NONE,
    );
    view.channels[0].overwrites.insert(0, allowing);
    let held = view.permissions(id(ADA), &[id(MUTED), id(MOD)], Some(id(HALL)));
    assert!(held.allow(Permissions::SEND_MESSAGES));
}

#[test]
fn c3_who_cannot_write_cannot_upload_either() {
    let muted = held(ADA, &[MUTED], HALL);
    assert!(muted.allow(READ));
    assert!(!muted.allow(Permissions::ATTACH_FILES));
}

#[test]
fn c3_a_thread_is_ruled_by_its_channel_and_one_without_is_closed() {
    assert_eq!(held(ADA, &[], THREAD), Permissions::NONE);
    assert!(held(ADA, &[MOD], THREAD).allow(Permissions::SEND_MESSAGES_IN_THREADS));
    assert_eq!(held(ADA, &[MOD], ORPHAN), Permissions::NONE);
    assert_eq!(held(ADA, &[MOD], 999), Permissions::NONE);
}

#[test]
fn c3_a_time_out_leaves_reading_until_it_is_over() {
    let view = hall();
    let member = KnownMember {
        timed_out_until: Some(Timestamp::from_micros(50)),
        ..KnownMember::named(id(ADA), "ada")
    };
    let at = |micros| view.permissions_at(&member, Some(id(HALL)), Timestamp::from_micros(micros));
    assert_eq!(at(49), READ);
    assert!(at(50).allow(Permissions::SEND_MESSAGES));
}

#[test]
fn c4_what_everyone_reads_is_neither_hidden_nor_private_nor_unknown() {
    let view = hall();
    let read: Vec<u64> = [HALL, STAFF, THREAD, SECRET_THREAD, VOICE, ORPHAN, 999]
        .into_iter()
        .filter(|channel| view.everyone_may_read(id(*channel)))
        .collect();
    assert_eq!(read, [HALL]);
}

#[test]
fn c5_nobody_acts_on_the_owner_on_themselves_or_on_an_equal() {
    let view = hall();
    let (ada, other): (UserId, UserId) = (id(ADA), id(3));
    let (moderator, none) = ([id(MOD)], []);
    assert!(view.outranks((ada, &moderator), (other, &none)));
    assert!(view.outranks((id(OWNER), &none), (ada, &[id(ADMIN)])));
    for (actor, target) in [
        ((ada, &moderator), (id(OWNER), &none as &[_])),
        ((ada, &moderator), (ada, &none)),
        ((ada, &moderator), (other, &moderator)),
    ] {
        assert!(!view.outranks((actor.0, actor.1), target));
    }
    assert!(view.i_outrank(ada, &moderator));
    assert!(!view.i_outrank(ada, &[id(ADMIN)]));
    assert_eq!(view.top_position(&moderator), 3);
    assert_eq!(view.top_position(&none), 0);
}
