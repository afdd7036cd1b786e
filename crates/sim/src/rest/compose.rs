//! From the body of a request to a message: what bots, webhooks and interactions have in common.
//! What always holds: the body was checked by `limits` first, and nothing is stored before everything about it is known to be right.

use serde_json::{Value, json};

use crate::limits::{
    FLAG_COMPONENTS_V2, FLAG_SUPPRESS_EMBEDS, FLAG_SUPPRESS_NOTIFICATIONS, Fault, items, member,
    snowflake_of, text_of,
};
use crate::world::state::Message;
use crate::world::{AllowedMentions, MessageDraft, MessageEdit, Snowflake, World};

use super::body::UploadedFile;
use super::call::Call;
use super::dress::{Dresser, dressed_embed};
use super::error::{ApiError, Code};
use super::files::{content_type_of, picture_size};

/// Flags that the sender of a message may set.
const OWN_FLAGS: u64 = FLAG_SUPPRESS_EMBEDS | FLAG_SUPPRESS_NOTIFICATIONS | FLAG_COMPONENTS_V2;

/// An attachment that is hidden until it is clicked.
const FLAG_SPOILER: u32 = 1 << 3;

/// The parts of a new message.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) flags: u32,
    pub(crate) tts: bool,
    pub(crate) allowed: AllowedMentions,
}

impl Parts {
    /// A draft of these parts, to be signed by its sender.
    pub(crate) fn into_draft(self) -> MessageDraft {
        MessageDraft {
            content: self.content,
            embeds: self.embeds,
            components: self.components,
            attachments: self.attachments,
            flags: self.flags,
            tts: self.tts,
            allowed: Some(self.allowed),
            ..MessageDraft::default()
        }
    }
}

/// Builds the parts of a new message for a channel, and keeps its files.
pub(crate) fn compose(
    world: &mut World,
    call: &Call<'_>,
    channel: Snowflake,
    body: &Value,
    unsaid: AllowedMentions,
) -> Result<Parts, ApiError> {
    if member(body, "poll").is_some() {
        return Err(ApiError::fault(
            "poll",
            Fault::new("BASE_TYPE_INVALID", "Polls are not part of this simulator."),
        ));
    }
    let content = text_of(body, "content")
        .unwrap_or_default()
        .trim()
        .to_owned();
    let sent_components = items(body, "components");
    if content.is_empty()
        && items(body, "embeds").is_empty()
        && call.body.files.is_empty()
        && sent_components.is_empty()
    {
        return Err(Code::EmptyMessage.into());
    }
    let attachments = keep_files(world, call, channel, body);
    let mut dresser = Dresser::new(&attachments);
    let components = dresser.components(world, sent_components);
    let embeds = items(body, "embeds")
        .iter()
        .map(|embed| dressed_embed(embed, &attachments))
        .collect();
    Ok(Parts {
        content,
        embeds,
        components,
        flags: own_flags(body),
        tts: body.get("tts").and_then(Value::as_bool).unwrap_or(false),
        allowed: allowed_mentions(body, unsaid),
        attachments,
    })
}

/// Builds what an edit changes of a message, and keeps its new files. Left empty altogether a message is refused.
pub(crate) fn compose_edit(
    world: &mut World,
    call: &Call<'_>,
    stored: &Message,
    body: &Value,
    unsaid: AllowedMentions,
) -> Result<MessageEdit, ApiError> {
    let old_attachments = match body.get("attachments").and_then(Value::as_array) {
        None => stored.attachments.clone(),
        Some(listed) => kept_attachments(&stored.attachments, listed),
    };
    let content = body
        .get("content")
        .map(|text| text.as_str().unwrap_or_default().trim().to_owned());
    let emptied = |name: &str, stored_empty: bool| {
        body.get(name).map_or(stored_empty, |list| {
            list.as_array().is_none_or(Vec::is_empty)
        })
    };
    let without_text = content
        .as_ref()
        .map_or(stored.content.is_empty(), String::is_empty);
    let without_files = old_attachments.is_empty() && call.body.files.is_empty();
    if without_text
        && without_files
        && emptied("embeds", stored.embeds.is_empty())
        && emptied("components", stored.components.is_empty())
    {
        return Err(Code::EmptyMessage.into());
    }
    let new_attachments = keep_files(world, call, stored.channel, body);
    let touched = !new_attachments.is_empty() || body.get("attachments").is_some();
    let attachments: Vec<Value> = old_attachments.into_iter().chain(new_attachments).collect();
    let list = |name: &str| {
        body.get(name)
            .map(|list| list.as_array().map_or(&[][..], Vec::as_slice))
    };
    let embeds = list("embeds").map(|embeds| {
        embeds
            .iter()
            .map(|embed| dressed_embed(embed, &attachments))
            .collect()
    });
    let components = list("components")
        .map(|components| Dresser::new(&attachments).components(world, components));
    let set_by_us = u64::from(stored.flags) & !OWN_FLAGS;
    // The second layout can't be left again.
    let flags = body.get("flags").map(|_| {
        set_by_us | u64::from(own_flags(body)) | u64::from(stored.flags) & FLAG_COMPONENTS_V2
    });
    Ok(MessageEdit {
        content,
        embeds,
        components,
        attachments: touched.then_some(attachments),
        flags: flags.and_then(|flags| u32::try_from(flags).ok()),
        poll: None,
        allowed: Some(allowed_mentions(body, unsaid)),
        silent: false,
    })
}

/// Whether nothing of a message would be left to see.
pub(crate) fn is_empty(body: &Value, files: &[UploadedFile]) -> bool {
    let text = text_of(body, "content").is_none_or(|text| text.trim().is_empty());
    text && files.is_empty()
        && items(body, "embeds").is_empty()
        && items(body, "components").is_empty()
}

fn own_flags(body: &Value) -> u32 {
    let flags = body.get("flags").and_then(Value::as_u64).unwrap_or(0) & OWN_FLAGS;
    u32::try_from(flags).unwrap_or(0)
}

/// What the sender allows to be mentioned. Libraries send ids as numbers too.
fn allowed_mentions(body: &Value, unsaid: AllowedMentions) -> AllowedMentions {
    let Some(field) = member(body, "allowed_mentions") else {
        return unsaid;
    };
    let ids = |name: &str| {
        items(field, name)
            .iter()
            .filter_map(snowflake_of)
            .map(Snowflake)
            .collect()
    };
    AllowedMentions {
        users: ids("users"),
        roles: ids("roles"),
        ..AllowedMentions::read(field)
    }
}

fn kept_attachments(stored: &[Value], listed: &[Value]) -> Vec<Value> {
    let listed: Vec<u64> = listed
        .iter()
        .filter_map(|entry| snowflake_of(&entry["id"]))
        .collect();
    stored
        .iter()
        .filter(|attachment| snowflake_of(&attachment["id"]).is_some_and(|id| listed.contains(&id)))
        .cloned()
        .collect()
}

/// Stores the files of a request and describes them as attachments.
fn keep_files(world: &mut World, call: &Call<'_>, channel: Snowflake, body: &Value) -> Vec<Value> {
    let files = call.body.files.iter();
    files
        .map(|file| keep_file(world, call, channel, body, file))
        .collect()
}

fn keep_file(
    world: &mut World,
    call: &Call<'_>,
    channel: Snowflake,
    body: &Value,
    file: &UploadedFile,
) -> Value {
    let id = world.mint();
    let content_type = file
        .content_type
        .clone()
        .filter(|kind| kind != "application/octet-stream");
    let content_type = content_type.unwrap_or_else(|| content_type_of(&file.name).to_owned());
    let url = format!("{}/attachments/{channel}/{id}/{}", call.origin, file.name);
    let mut attachment = json!({
        "id": id,
        "filename": file.name,
        "size": file.content.len(),
        "url": url,
        "proxy_url": url,
        "content_type": content_type,
    });
    if let Some((width, height)) = picture_size(&file.content) {
        attachment["width"] = width.into();
        attachment["height"] = height.into();
    }
    if file.name.starts_with("SPOILER_") {
        attachment["flags"] = FLAG_SPOILER.into();
    }
    let described = items(body, "attachments")
        .iter()
        .find(|entry| snowflake_of(&entry["id"]) == Some(file.index));
    if let Some(text) = described.and_then(|entry| text_of(entry, "description")) {
        attachment["description"] = text.into();
    }
    call.rest
        .files()
        .put(id, file.name.clone(), content_type, file.content.clone());
    attachment
}
