//! What is remembered follows the events, and stays bounded.

use chat::{ChannelKind, IncomingMessage, Permissions};
use kernel::{Id, UserId};
use serde_json::{Value, json};

use super::Known;
use crate::decode::guild_change;

fn id<K>(number: u64) -> Id<K> {
    Id::new(number).unwrap()
}

fn me() -> Option<UserId> {
    Some(id(9))
}

fn take(known: &Known, kind: &str, body: &Value) {
    let change = guild_change(kind, &body.to_string()).unwrap().unwrap();
    known.take(change, me());
}

fn hall() -> Known {
    let known = Known::new();
    let body = json!({
        "id": "3", "name": "Hall", "owner_id": "1",
        "roles": [{"id": "3", "name": "@everyone", "permissions": "68608"},
            {"id": "31", "name": "bot", "position": 2, "permissions": "0"}],
        "channels": [{"id": "4", "type": 0, "name": "general"}, {"id": "6", "type": 15, "name": "ideas"}],
        "threads": [{"id": "5", "type": 11, "name": "rude words", "parent_id": "6"}],
        "members": [{"user": {"id": "9", "username": "bot", "bot": true}, "roles": []}],
    });
    take(&known, "GUILD_CREATE", &body);
    known
}

#[test]
fn events_keep_what_is_known_of_a_guild_true() {
    let known = hall();
    let role = json!({"guild_id": "3", "role": {"id": "32", "name": "mods", "position": 5, "permissions": "8192"}});
    take(&known, "GUILD_ROLE_CREATE", &role);
    take(
        &known,
        "GUILD_ROLE_DELETE",
        &json!({"guild_id": "3", "role_id": "31"}),
    );
    let mine = json!({"guild_id": "3", "user": {"id": "9", "username": "bot"}, "roles": ["32"]});
    take(&known, "GUILD_MEMBER_UPDATE", &mine);
    let closed = json!({"id": "4", "type": 0, "guild_id": "3", "name": "general",
        "permission_overwrites": [{"id": "3", "type": 0, "allow": "0", "deny": "1024"}]});
    take(&known, "CHANNEL_UPDATE", &closed);
    take(
        &known,
        "CHANNEL_DELETE",
        &json!({"id": "6", "type": 15, "guild_id": "3"}),
    );
    take(
        &known,
        "GUILD_UPDATE",
        &json!({"id": "3", "name": "Hall two", "owner_id": "2"}),
    );
    let view = known.guild(id(3)).unwrap();
    assert_eq!((view.name.as_str(), view.owner), ("Hall two", id(2)));
    assert!(
        view.my_permissions(None)
            .allow(Permissions::MANAGE_MESSAGES)
    );
    assert_eq!(view.top_position(&view.my_roles), 5);
    assert!(!view.everyone_may_read(id(4)));
    assert!(view.role(id(31)).is_none());
    assert_eq!(view.channels.len(), 1, "a forum's threads go with it");
    take(&known, "GUILD_DELETE", &json!({"id": "3"}));
    assert_eq!(known.guild(id(3)), None);
}

#[test]
fn a_list_of_threads_replaces_those_of_its_channels_alone() {
    let known = hall();
    let other = json!({"id": "7", "type": 11, "guild_id": "3", "name": "other", "parent_id": "4"});
    take(&known, "THREAD_CREATE", &other);
    let list = json!({"guild_id": "3", "channel_ids": ["6"],
        "threads": [{"id": "8", "type": 11, "name": "new", "parent_id": "6"}]});
    take(&known, "THREAD_LIST_SYNC", &list);
    let view = known.guild(id(3)).unwrap();
    let threads = view
        .channels
        .iter()
        .filter(|it| it.kind == ChannelKind::Thread);
    let mut threads: Vec<u64> = threads.map(|it| it.id.get()).collect();
    threads.sort_unstable();
    assert_eq!(threads, [7, 8]);
}

#[test]
fn a_guild_in_which_the_bot_is_not_told_its_own_roles_is_asked_for() {
    let known = hall();
    let body = json!({"id": "3", "name": "Hall", "owner_id": "1", "members": []});
    take(&known, "GUILD_CREATE", &body);
    assert_eq!(known.guild(id(3)), None);
}

#[test]
fn the_first_message_of_a_thread_carries_its_name_and_says_its_channel() {
    let known = hall();
    let mut message = IncomingMessage::said(id(5), id(1), id(3), id(5), id(7), "hello");
    known.complete(&mut message);
    assert_eq!(message.thread_of, Some(id(6)));
    assert_eq!(message.carried[0].text, "rude words");
    let mut second = IncomingMessage::said(id(50), id(1), id(3), id(5), id(7), "hello");
    known.complete(&mut second);
    assert!(second.carried.is_empty() && second.thread_of == Some(id(6)));
}

#[test]
fn members_are_remembered_as_they_come_and_go() {
    let known = hall();
    assert_eq!(known.member(id(3), id(7)), None);
    let joined = json!({"guild_id": "3", "user": {"id": "7", "username": "ada"}, "roles": ["31"]});
    take(&known, "GUILD_MEMBER_ADD", &joined);
    let ada = known.member(id(3), id(7)).unwrap().unwrap();
    assert_eq!(ada.roles, [id(31)]);
    take(
        &known,
        "GUILD_MEMBER_REMOVE",
        &json!({"guild_id": "3", "user": {"id": "7", "username": "ada"}}),
    );
    assert_eq!(known.member(id(3), id(7)), Some(None));
}

#[test]
fn d4_what_is_remembered_of_members_is_bounded() {
    let known = Known::new();
    for number in 1..100_000 {
        known.heard(id(3), id(number), None);
    }
    let kept = known.members(|members| members.young.len() + members.old.len());
    assert!(kept <= 2 * super::MEMBERS_HALF, "{kept}");
    assert_eq!(known.member(id(3), id(99_999)), Some(None));
}
