//! Guilds, roles and channels as Discord sends them.

use chat::{ChannelKind, OverwriteFor, Permissions};
use serde_json::{Value, json};

use super::{GuildChange, guild_change};

fn change(kind: &str, body: &Value) -> Option<GuildChange> {
    guild_change(kind, &body.to_string()).unwrap()
}

#[test]
fn a_guild_comes_with_roles_channels_threads_and_members() {
    let body = json!({
        "id": "3", "name": "Hall", "owner_id": "1",
        "roles": [{"id": "3", "name": "@everyone", "position": 0, "permissions": "1024", "managed": false}],
        "channels": [{"id": "4", "type": 0, "name": "general", "position": 2, "nsfw": true, "rate_limit_per_user": 5,
            "permission_overwrites": [{"id": "3", "type": 0, "allow": "0", "deny": "2048"},
                {"id": "7", "type": 1, "allow": "2048", "deny": "0"}, {"id": "8", "type": 9, "allow": "1", "deny": "0"}]}],
        "threads": [{"id": "5", "type": 12, "name": "plans", "parent_id": "4"}],
        "members": [{"user": {"id": "9", "username": "bot", "bot": true}, "roles": ["31"],
            "communication_disabled_until": "2026-11-20T10:00:00.000000+00:00"}],
    });
    let Some(GuildChange::Whole(whole)) = change("GUILD_CREATE", &body) else {
        panic!("no guild")
    };
    assert_eq!(whole.roles[0].permissions, Permissions::VIEW_CHANNEL);
    let general = &whole.channels[0];
    assert_eq!((general.is_nsfw, general.slowmode_seconds), (true, 5));
    assert_eq!(general.overwrites.len(), 2);
    assert!(matches!(general.overwrites[1].subject, OverwriteFor::Member(user) if user.get() == 7));
    assert_eq!(whole.channels[1].kind, ChannelKind::PrivateThread);
    assert_eq!(whole.channels[1].parent.unwrap().get(), 4);
    assert!(whole.members[0].timed_out_until.is_some());
}

#[test]
fn a_guild_that_is_not_available_is_not_known_and_not_gone() {
    let body = json!({"id": "3", "unavailable": true});
    assert_eq!(change("GUILD_CREATE", &body), None);
    assert_eq!(change("GUILD_DELETE", &body), None);
    assert!(matches!(
        change("GUILD_DELETE", &json!({"id": "3"})),
        Some(GuildChange::Gone(guild)) if guild.get() == 3
    ));
}

#[test]
fn permissions_that_can_not_be_read_allow_nothing() {
    let body = json!({"guild_id": "3", "role": {"id": "5", "name": "x", "permissions": "all"}});
    let Some(GuildChange::Role(_, role)) = change("GUILD_ROLE_CREATE", &body) else {
        panic!("no role")
    };
    assert_eq!(role.permissions, Permissions::NONE);
}

#[test]
fn a_channel_of_direct_messages_changes_no_guild() {
    assert_eq!(
        change("CHANNEL_CREATE", &json!({"id": "4", "type": 1})),
        None
    );
}
