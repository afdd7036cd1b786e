//! Messages: what may be created and edited, by a bot, a webhook or as an answer to an interaction.
//! Whether a message is empty is not judged here: that is another error of Discord's (50006), and an edit needs the stored message to tell.

use serde_json::Value;

use super::component::{Layout, check_components};
use super::embed::check_embeds;
use super::field::{
    Text, check_choice, check_flag, check_id, check_ids, check_integer, check_list, check_text,
    check_url, member, snowflake_of,
};
use super::problem::{Fault, Problems};
use super::{CONTENT_LENGTH_MAX, FILES_MAX, FLAG_COMPONENTS_V2};

/// Who writes: what else the body may say depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageKind {
    Bot,
    Webhook,
    Interaction,
}

/// Judges the body of a new message.
pub(crate) fn check_message(body: &Value, kind: MessageKind) -> Problems {
    let mut problems = Problems::default();
    if !body.is_object() {
        problems.add("", Fault::not_object());
        return problems;
    }
    check_shared(&mut problems, body, flags_of(body));
    check_flag(&mut problems, "", body, "tts");
    match kind {
        MessageKind::Bot => check_bot_fields(&mut problems, body),
        MessageKind::Webhook => {
            check_webhook_name(&mut problems, body);
            check_url(
                &mut problems,
                "",
                body,
                "avatar_url",
                &["http", "https"],
                2_048,
            );
            check_text(&mut problems, "", body, "thread_name", Text::optional(100));
        }
        MessageKind::Interaction => {}
    }
    problems
}

/// Judges the body of an edit. `stored_flags` are those of the message as it is: the second layout can't be left again.
pub(crate) fn check_edit(body: &Value, stored_flags: u64) -> Problems {
    let mut problems = Problems::default();
    if !body.is_object() {
        problems.add("", Fault::not_object());
        return problems;
    }
    check_shared(
        &mut problems,
        body,
        flags_of(body) | (stored_flags & FLAG_COMPONENTS_V2),
    );
    problems
}

/// Judges the body of a bulk delete; the ages of the messages are judged where they are known.
pub(crate) fn check_bulk_delete(body: &Value) -> Problems {
    let mut problems = Problems::default();
    if member(body, "messages").is_none() {
        problems.add("messages", Fault::required());
    }
    check_ids(&mut problems, "", body, "messages", (0, 100));
    problems
}

fn flags_of(body: &Value) -> u64 {
    body.get("flags").and_then(Value::as_u64).unwrap_or(0)
}

fn check_shared(problems: &mut Problems, body: &Value, flags: u64) {
    check_text(
        problems,
        "",
        body,
        "content",
        Text::optional(CONTENT_LENGTH_MAX),
    );
    check_integer(problems, "", body, "flags", (0, i64::MAX));
    check_embeds(problems, body);
    check_mentions(problems, body);
    check_attachments(problems, body);
    if flags & FLAG_COMPONENTS_V2 == 0 {
        check_components(problems, body, Layout::Rows);
        return;
    }
    check_components(problems, body, Layout::Tree);
    for name in ["content", "embeds", "sticker_ids", "poll"] {
        let used = member(body, name).is_some_and(|value| {
            value.as_str() != Some("") && value.as_array().is_none_or(|list| !list.is_empty())
        });
        if used {
            let message = format!(
                "The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            );
            problems.add(
                name,
                Fault::new(
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    message,
                ),
            );
        }
    }
}

fn check_bot_fields(problems: &mut Problems, body: &Value) {
    if let Some(nonce) = member(body, "nonce") {
        if nonce.as_str().is_some_and(|text| text.chars().count() > 25) {
            problems.add("nonce", Fault::too_long(25));
        } else if !nonce.is_string() && !nonce.is_i64() && !nonce.is_u64() {
            problems.add(
                "nonce",
                Fault::new("NONCE_TYPE_INVALID", "Must be a string or an integer."),
            );
        }
    }
    check_flag(problems, "", body, "enforce_nonce");
    check_ids(problems, "", body, "sticker_ids", (0, 3));
    let Some(reference) = member(body, "message_reference") else {
        return;
    };
    check_choice(problems, "message_reference/", reference, "type", &[0, 1]);
    check_flag(
        problems,
        "message_reference/",
        reference,
        "fail_if_not_exists",
    );
    for name in ["message_id", "channel_id", "guild_id"] {
        check_id(problems, "message_reference/", reference, name);
    }
}

fn check_webhook_name(problems: &mut Problems, body: &Value) {
    let Some(name) = check_text(
        problems,
        "",
        body,
        "username",
        Text::optional_between(1, 80),
    ) else {
        return;
    };
    super::guild::check_reserved_name(problems, "username", name);
}

fn check_mentions(problems: &mut Problems, body: &Value) {
    let Some(allowed) = member(body, "allowed_mentions") else {
        return;
    };
    if !allowed.is_object() {
        problems.add("allowed_mentions", Fault::not_object());
        return;
    }
    let within = "allowed_mentions/";
    let parse = check_list(problems, within, allowed, "parse", (0, 3));
    for (index, kind) in parse.iter().enumerate() {
        if !matches!(kind.as_str(), Some("users" | "roles" | "everyone")) {
            let message = "Value must be one of ('users', 'everyone', 'roles').";
            problems.add(
                &format!("{within}parse/{index}"),
                Fault::new("BASE_TYPE_CHOICES", message),
            );
        }
    }
    check_flag(problems, within, allowed, "replied_user");
    for name in ["users", "roles"] {
        check_ids(problems, within, allowed, name, (0, 100));
        check_unique(problems, allowed, name);
        let listed = allowed
            .get(name)
            .and_then(Value::as_array)
            .is_some_and(|list| !list.is_empty());
        if listed && parse.iter().any(|kind| kind.as_str() == Some(name)) {
            let message =
                format!("parse:[\"{name}\"] and {name}: [ids...] are mutually exclusive.");
            problems.add(
                "allowed_mentions",
                Fault::new("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message),
            );
        }
    }
}

fn check_unique(problems: &mut Problems, allowed: &Value, name: &str) {
    let list = allowed
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    for (index, id) in list.iter().enumerate() {
        if list[..index]
            .iter()
            .any(|other| snowflake_of(other) == snowflake_of(id))
        {
            let message = "The set already contains this value";
            problems.add(
                &format!("allowed_mentions/{name}/{index}"),
                Fault::new("SET_TYPE_ALREADY_CONTAINS_VALUE", message),
            );
        }
    }
}

fn check_attachments(problems: &mut Problems, body: &Value) {
    for (index, attachment) in check_list(problems, "", body, "attachments", (0, FILES_MAX))
        .iter()
        .enumerate()
    {
        let within = format!("attachments/{index}/");
        if member(attachment, "id").is_none() {
            problems.add(&format!("{within}id"), Fault::required());
        }
        check_id(problems, &within, attachment, "id");
        check_text(
            problems,
            &within,
            attachment,
            "filename",
            Text::optional_between(1, 1_024),
        );
        check_text(
            problems,
            &within,
            attachment,
            "description",
            Text::optional(1_024),
        );
    }
}
