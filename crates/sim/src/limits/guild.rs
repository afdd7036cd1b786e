//! Channels, roles, members, bans, webhooks and threads.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::TIMEOUT_DAYS_MAX;
use super::field::{
    Text, check_choice, check_flag, check_id, check_ids, check_integer, check_list, check_text,
    check_time, member,
};
use super::problem::{Fault, Problems};

const CHANNEL_KINDS: &[u64] = &[0, 2, 4, 5, 13, 14, 15, 16];

/// Whether the body makes something new: then its name is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    New,
    Edit,
}

/// Judges a new channel, or an edit of one.
pub(crate) fn check_channel(body: &Value, is_new: bool) -> Problems {
    let mut problems = Problems::default();
    check_text(
        &mut problems,
        "",
        body,
        "name",
        name_bounds(if is_new { Whole::New } else { Whole::Edit }, 100),
    );
    check_text(&mut problems, "", body, "topic", Text::optional(1_024));
    check_choice(&mut problems, "", body, "type", CHANNEL_KINDS);
    check_integer(&mut problems, "", body, "rate_limit_per_user", (0, 21_600));
    check_integer(
        &mut problems,
        "",
        body,
        "position",
        (0, i64::from(i32::MAX)),
    );
    check_integer(&mut problems, "", body, "user_limit", (0, 99));
    check_integer(&mut problems, "", body, "bitrate", (8_000, 384_000));
    check_flag(&mut problems, "", body, "nsfw");
    check_id(&mut problems, "", body, "parent_id");
    for (index, overwrite) in check_list(&mut problems, "", body, "permission_overwrites", (0, 100))
        .iter()
        .enumerate()
    {
        check_overwrite(
            &mut problems,
            &format!("permission_overwrites/{index}/"),
            overwrite,
        );
    }
    problems
}

fn check_overwrite(problems: &mut Problems, within: &str, overwrite: &Value) {
    if member(overwrite, "id").is_none() {
        problems.add(&format!("{within}id"), Fault::required());
    }
    check_id(problems, within, overwrite, "id");
    check_bits(problems, within, overwrite, "allow");
    check_bits(problems, within, overwrite, "deny");
    let kind = overwrite
        .get("type")
        .filter(|kind| !matches!(kind.as_str(), Some("0" | "1" | "role" | "member")));
    if kind.is_some_and(|kind| !matches!(kind.as_u64(), Some(0 | 1))) {
        problems.add(&format!("{within}type"), Fault::choices(&[0, 1]));
    }
}

fn check_bits(problems: &mut Problems, within: &str, body: &Value, name: &str) {
    let Some(value) = member(body, name) else {
        return;
    };
    if value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
        .is_none()
    {
        problems.add(&format!("{within}{name}"), Fault::not_integer(value));
    }
}

/// Judges a new role, or an edit of one; both may leave everything out.
pub(crate) fn check_role(body: &Value) -> Problems {
    let mut problems = Problems::default();
    check_text(&mut problems, "", body, "name", Text::optional(100));
    check_integer(&mut problems, "", body, "color", (0, 0xFF_FFFF));
    check_bits(&mut problems, "", body, "permissions");
    check_flag(&mut problems, "", body, "hoist");
    check_flag(&mut problems, "", body, "mentionable");
    problems
}

/// Judges an edit of a member. The end of a time-out is judged against `now`.
pub(crate) fn check_member(body: &Value, now: Timestamp) -> Problems {
    let mut problems = Problems::default();
    check_text(&mut problems, "", body, "nick", Text::optional(32));
    check_ids(&mut problems, "", body, "roles", (0, 250));
    check_id(&mut problems, "", body, "channel_id");
    check_flag(&mut problems, "", body, "mute");
    check_flag(&mut problems, "", body, "deaf");
    let until = check_time(&mut problems, "", body, "communication_disabled_until");
    // A minute of grace: a client that asks for exactly 28 days by a fast clock is let through.
    let latest = now.saturating_add(
        SignedDuration::from_hours(24 * TIMEOUT_DAYS_MAX) + SignedDuration::from_mins(1),
    );
    if let (Some(until), Ok(latest)) = (until, latest)
        && until > latest
    {
        let message = "Invalid communication disabled timestamp";
        problems.add(
            "communication_disabled_until",
            Fault::new("INVALID_COMMUNICATION_DISABLED_TIMESTAMP", message),
        );
    }
    problems
}

/// Judges an edit of one's own profile in a guild.
pub(crate) fn check_current_member(body: &Value) -> Problems {
    let mut problems = Problems::default();
    check_text(&mut problems, "", body, "nick", Text::optional(32));
    check_text(&mut problems, "", body, "bio", Text::optional(190));
    for name in ["avatar", "banner"] {
        check_image(&mut problems, body, name);
    }
    problems
}

/// Pictures come inside the body, as a `data:` address.
fn check_image(problems: &mut Problems, body: &Value, name: &str) {
    let Some(value) = member(body, name) else {
        return;
    };
    let encoded = value
        .as_str()
        .and_then(|text| text.strip_prefix("data:image/"))
        .and_then(|rest| rest.split_once(";base64,"));
    let fits = encoded.is_some_and(|(kind, content)| {
        matches!(kind, "png" | "jpeg" | "gif" | "webp") && !content.is_empty()
    });
    if !fits {
        problems.add(name, Fault::new("IMAGE_INVALID", "Invalid image data"));
    }
}

/// Judges a ban, of one member or of many.
pub(crate) fn check_ban(body: &Value, many: bool) -> Problems {
    let mut problems = Problems::default();
    check_integer(
        &mut problems,
        "",
        body,
        "delete_message_seconds",
        (0, 604_800),
    );
    check_integer(&mut problems, "", body, "delete_message_days", (0, 7));
    if many {
        if member(body, "user_ids").is_none() {
            problems.add("user_ids", Fault::required());
        }
        check_ids(&mut problems, "", body, "user_ids", (1, 200));
    }
    problems
}

/// Judges a new webhook, or an edit of one.
pub(crate) fn check_webhook(body: &Value, is_new: bool) -> Problems {
    let mut problems = Problems::default();
    let bounds = name_bounds(if is_new { Whole::New } else { Whole::Edit }, 80);
    if let Some(name) = check_text(&mut problems, "", body, "name", bounds) {
        check_reserved_name(&mut problems, "name", name);
    }
    check_image(&mut problems, body, "avatar");
    check_id(&mut problems, "", body, "channel_id");
    problems
}

/// Webhooks may not pass for Discord or its own assistant.
pub(super) fn check_reserved_name(problems: &mut Problems, at: &str, name: &str) {
    for reserved in ["clyde", "discord"] {
        if name.to_lowercase().contains(reserved) {
            let message = format!("Username cannot contain \"{reserved}\"");
            problems.add(at, Fault::new("USERNAME_INVALID_CONTAINS", message));
        }
    }
}

/// Judges a new thread.
pub(crate) fn check_thread(body: &Value) -> Problems {
    let mut problems = Problems::default();
    check_text(&mut problems, "", body, "name", Text::required(1, 100));
    check_choice(
        &mut problems,
        "",
        body,
        "auto_archive_duration",
        &[60, 1_440, 4_320, 10_080],
    );
    check_integer(&mut problems, "", body, "rate_limit_per_user", (0, 21_600));
    check_choice(&mut problems, "", body, "type", &[10, 11, 12]);
    problems
}

fn name_bounds(whole: Whole, max: usize) -> Text {
    match whole {
        Whole::New => Text::required(1, max),
        Whole::Edit => Text::optional_between(1, max),
    }
}
