//! Members, roles, channels and the rest of a guild.

use jiff::Timestamp;
use serde_json::json;

use super::{a, passes, refused};
use crate::limits::{
    check_ban, check_channel, check_current_member, check_member, check_role, check_thread,
};

#[test]
fn members_are_timed_out_for_four_weeks_at_most() {
    let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let until = |text: &str| check_member(&json!({"communication_disabled_until": text}), now);
    passes(until("2026-12-18T10:00:00Z"));
    refused(
        until("2026-12-18T10:02:00Z"),
        "communication_disabled_until INVALID_COMMUNICATION_DISABLED_TIMESTAMP",
    );
    refused(
        until("soon"),
        "communication_disabled_until DATE_TIME_TYPE_PARSE",
    );
    passes(check_member(
        &json!({"communication_disabled_until": null, "nick": a(32)}),
        now,
    ));
    refused(
        check_member(&json!({"nick": a(33)}), now),
        "nick BASE_TYPE_MAX_LENGTH",
    );
    refused(
        check_member(&json!({"roles": "admin"}), now),
        "roles LIST_TYPE_CONVERT",
    );
}

#[test]
fn the_rest_of_a_guild_keeps_its_limits() {
    passes(check_channel(
        &json!({"name": "a", "rate_limit_per_user": 21_600}),
        true,
    ));
    refused(check_channel(&json!({}), true), "name BASE_TYPE_REQUIRED");
    refused(
        check_channel(&json!({"rate_limit_per_user": 21_601}), false),
        "rate_limit_per_user NUMBER_TYPE_MAX",
    );
    refused(
        check_channel(&json!({"topic": a(1_025)}), false),
        "topic BASE_TYPE_MAX_LENGTH",
    );
    refused(
        check_channel(&json!({"permission_overwrites": [{"type": 0}]}), false),
        "permission_overwrites.0.id BASE_TYPE_REQUIRED",
    );
    refused(
        check_role(&json!({"name": a(101)})),
        "name BASE_TYPE_MAX_LENGTH",
    );
    refused(
        check_role(&json!({"permissions": "all"})),
        "permissions NUMBER_TYPE_COERCE",
    );
    refused(
        check_ban(&json!({"delete_message_seconds": 604_801}), false),
        "delete_message_seconds NUMBER_TYPE_MAX",
    );
    refused(
        check_ban(&json!({"user_ids": vec!["1"; 201]}), true),
        "user_ids BASE_TYPE_BAD_LENGTH",
    );
    refused(
        check_thread(&json!({"name": "t", "auto_archive_duration": 5})),
        "auto_archive_duration BASE_TYPE_CHOICES",
    );
    refused(
        check_current_member(&json!({"avatar": "data:text/plain;base64,AA=="})),
        "avatar IMAGE_INVALID",
    );
    passes(check_current_member(
        &json!({"avatar": "data:image/png;base64,AA==", "bio": a(190)}),
    ));
}
