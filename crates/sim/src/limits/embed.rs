//! Embeds: ten to a message, each part bounded, and 6,000 characters of text in all of them together.

use serde_json::Value;

use super::field::{
    Text, check_flag, check_integer, check_list, check_text, check_time, check_url, member, text_of,
};
use super::problem::{Fault, Problems};
use super::{EMBED_TEXT_MAX, EMBEDS_MAX};

const PICTURE_SCHEMES: &[&str] = &["http", "https", "attachment"];
const LINK_SCHEMES: &[&str] = &["http", "https"];

pub(super) fn check_embeds(problems: &mut Problems, body: &Value) {
    let mut text_total = 0;
    for (index, embed) in check_list(problems, "", body, "embeds", (0, EMBEDS_MAX))
        .iter()
        .enumerate()
    {
        let at = format!("embeds/{index}");
        if !embed.is_object() {
            problems.add(&at, Fault::not_object());
            continue;
        }
        check_embed(problems, &format!("{at}/"), embed);
        let before = text_total;
        text_total += text_length(embed);
        if before <= EMBED_TEXT_MAX && text_total > EMBED_TEXT_MAX {
            let message = format!("Embed size exceeds maximum size of {EMBED_TEXT_MAX}");
            problems.add(&at, Fault::new("MAX_EMBED_SIZE_EXCEEDED", message));
        }
    }
}

fn check_embed(problems: &mut Problems, within: &str, embed: &Value) {
    check_text(problems, within, embed, "title", Text::optional(256));
    check_text(
        problems,
        within,
        embed,
        "description",
        Text::optional(4_096),
    );
    check_url(problems, within, embed, "url", LINK_SCHEMES, 2_048);
    check_integer(problems, within, embed, "color", (0, 0xFF_FFFF));
    check_time(problems, within, embed, "timestamp");
    for (part, name, max) in [("footer", "text", 2_048), ("author", "name", 256)] {
        if let Some(inner) = check_part(problems, within, embed, part) {
            let bounds = if part == "author" {
                Text::required(1, max)
            } else {
                Text::optional(max)
            };
            check_text(problems, &format!("{within}{part}/"), inner, name, bounds);
            check_url(
                problems,
                &format!("{within}{part}/"),
                inner,
                "icon_url",
                PICTURE_SCHEMES,
                2_048,
            );
            check_url(
                problems,
                &format!("{within}{part}/"),
                inner,
                "url",
                LINK_SCHEMES,
                2_048,
            );
        }
    }
    for part in ["image", "thumbnail"] {
        if let Some(inner) = check_part(problems, within, embed, part) {
            check_url(
                problems,
                &format!("{within}{part}/"),
                inner,
                "url",
                PICTURE_SCHEMES,
                2_048,
            );
        }
    }
    for (index, field) in check_list(problems, within, embed, "fields", (0, 25))
        .iter()
        .enumerate()
    {
        let within = format!("{within}fields/{index}/");
        check_text(problems, &within, field, "name", Text::required(1, 256));
        check_text(problems, &within, field, "value", Text::required(1, 1_024));
        check_flag(problems, &within, field, "inline");
    }
    if !shows_anything(embed) {
        problems.add(&format!("{within}description"), Fault::required());
    }
}

fn check_part<'a>(
    problems: &mut Problems,
    within: &str,
    embed: &'a Value,
    part: &str,
) -> Option<&'a Value> {
    let value = member(embed, part)?;
    if !value.is_object() {
        problems.add(&format!("{within}{part}"), Fault::not_object());
        return None;
    }
    Some(value)
}

fn shows_anything(embed: &Value) -> bool {
    let text = |name: &str| text_of(embed, name).is_some_and(|text| !text.trim().is_empty());
    let part = [
        "author",
        "footer",
        "image",
        "thumbnail",
        "timestamp",
        "video",
    ]
    .iter()
    .any(|name| member(embed, name).is_some());
    text("title")
        || text("description")
        || part
        || embed
            .get("fields")
            .and_then(Value::as_array)
            .is_some_and(|f| !f.is_empty())
}

fn text_length(embed: &Value) -> usize {
    let length =
        |body: &Value, name: &str| text_of(body, name).map_or(0, |text| text.chars().count());
    let fields = embed
        .get("fields")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let in_fields: usize = fields
        .iter()
        .map(|field| length(field, "name") + length(field, "value"))
        .sum();
    let inner = |part: &str, name: &str| embed.get(part).map_or(0, |inner| length(inner, name));
    length(embed, "title")
        + length(embed, "description")
        + inner("footer", "text")
        + inner("author", "name")
        + in_fields
}
