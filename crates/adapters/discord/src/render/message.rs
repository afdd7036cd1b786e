//! A reply as the messages that it becomes. Its picture was drawn before; without it, its words go alone.

use chat::{
    Colour, Document, Embed, PART_MAX, Reply, UPLOAD_MAX, clip, clip_filled, pieces, units,
};
use serde_json::{Map, Value, json};

use super::{RenderError, components::rows};

const EMBED_TOTAL_MAX: usize = 6_000;
const PINGS_MAX: usize = 100;

/// A body, and the files that go with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Payload {
    /// The members of the message.
    pub(crate) body: Map<String, Value>,
    /// The files.
    pub(crate) files: Vec<File>,
}

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Its name.
    pub(crate) name: String,
    /// What it holds, in words.
    about: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

impl File {
    /// A picture, with what it shows in words.
    pub(crate) fn picture(name: &str, about: String, bytes: Vec<u8>) -> Self {
        let name = safe(name);
        let is_png = name.ends_with(".png") && name.len() > 4;
        Self {
            name: if is_png {
                name
            } else {
                "picture.png".to_owned()
            },
            about,
            bytes,
        }
    }
}

/// What is put to a reply when it leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Finish<'a> {
    /// Its picture, drawn; nothing where it has none, or it could not be drawn.
    pub(crate) picture: Option<File>,
    /// Where the dashboard is, without a slash at the end; nothing where nobody could open it.
    pub(crate) dashboard: Option<&'a str>,
}

/// A reply as one message; what does not fit is cut.
pub(crate) fn one_part(reply: &Reply, finish: Finish<'_>) -> Result<Payload, RenderError> {
    last_part(reply, finish, &clip(&reply.text, PART_MAX), &pings(reply))
}

/// The messages of a reply, at least one. The card, the rows and the picture stand under the last words.
pub(crate) fn parts(reply: &Reply, finish: Finish<'_>) -> Result<Vec<Payload>, RenderError> {
    let mut texts = pieces(&reply.text);
    let last = texts.pop().unwrap_or_default();
    let pings = pings(reply);
    let words = |text: String| Payload {
        body: body(&text, &pings),
        files: Vec::new(),
    };
    let mut parts: Vec<Payload> = texts.into_iter().map(words).collect();
    parts.push(last_part(reply, finish, &last, &pings)?);
    Ok(parts)
}

fn last_part(
    reply: &Reply,
    finish: Finish<'_>,
    text: &str,
    pings: &Value,
) -> Result<Payload, RenderError> {
    let mut body = body(text, pings);
    if let Some(card) = &reply.embed {
        body.insert(
            "embeds".into(),
            json!([embed(card, finish.picture.as_ref())]),
        );
    }
    body.insert(
        "components".into(),
        Value::Array(rows(&reply.rows, finish.dashboard)?),
    );
    let document = reply.document.as_deref().map(document);
    let files: Vec<File> = finish.picture.into_iter().chain(document).collect();
    let bytes = files.iter().map(|file| file.bytes.len()).sum();
    if bytes > UPLOAD_MAX {
        return Err(RenderError::Upload(bytes));
    }
    if !files.is_empty() {
        let attachments = files.iter().enumerate().map(attachment);
        body.insert("attachments".into(), attachments.collect());
    }
    let is_empty = text.is_empty() && reply.embed.is_none() && files.is_empty();
    if is_empty {
        body.insert("content".into(), json!("\u{200b}"));
    }
    Ok(Payload { body, files })
}

/// Every member is there, so that an edit takes away what stood there before.
fn body(text: &str, pings: &Value) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("content".into(), json!(text));
    body.insert("embeds".into(), json!([]));
    body.insert("components".into(), json!([]));
    body.insert("allowed_mentions".into(), pings.clone());
    body
}

fn pings(reply: &Reply) -> Value {
    let mut users: Vec<String> = Vec::new();
    for user in reply.pings.iter().take(PINGS_MAX).map(ToString::to_string) {
        if !users.contains(&user) {
            users.push(user);
        }
    }
    json!({"parse": [], "users": users, "replied_user": false})
}

/// A message of our own, such as "that took too long".
pub(crate) fn notice(words: &str) -> Payload {
    Payload {
        body: body(
            &clip(words, 2_000),
            &json!({"parse": [], "users": [], "replied_user": false}),
        ),
        files: Vec::new(),
    }
}

/// Choices for an option being typed; one without a name or value can't be shown, and is left out.
pub(crate) fn choices(pairs: &[(String, String)]) -> Value {
    let shown = pairs
        .iter()
        .filter(|(name, value)| !name.trim().is_empty() && units(value) <= 100);
    let choice =
        |(name, value): &(String, String)| json!({"name": clip(name, 100), "value": value});
    let choices: Vec<Value> = shown.take(25).map(choice).collect();
    json!({ "choices": choices })
}

const fn colour(meaning: Colour) -> u32 {
    match meaning {
        Colour::Neutral => 0x5B_6B_8C,
        Colour::Good => 0x2E_8B_57,
        Colour::Warning => 0xC9_8A_1B,
        Colour::Danger => 0xC2_3B_3B,
    }
}

/// A card within Discord's limits: 6,000 units in all, taken up in the order in which it is read.
fn embed(card: &Embed, file: Option<&File>) -> Value {
    let mut left = EMBED_TOTAL_MAX;
    let mut take = |text: &str, limit: usize| {
        let taken = clip(text, limit.min(left));
        left -= units(&taken);
        taken
    };
    let footer = card.footer.as_ref().map(|footer| take(footer, 2_048));
    let (title, description) = (take(&card.title, 256), take(&card.description, 4_096));
    let mut fields = Vec::new();
    for field in card.fields.iter().take(25) {
        let (name, value) = (take(&field.name, 256), take(&field.value, 1_024));
        let (name, value) = (clip_filled(&name, 256), clip_filled(&value, 1_024));
        fields.push(json!({"name": name, "value": value, "inline": field.inline}));
    }
    let mut embed = json!({"title": title, "description": description, "color": colour(card.colour), "fields": fields});
    if let Some(footer) = footer.filter(|footer| !footer.is_empty()) {
        embed["footer"] = json!({ "text": footer });
    }
    if let Some(file) = file {
        embed["image"] = json!({"url": format!("attachment://{}", file.name)});
    }
    embed
}

fn document(document: &Document) -> File {
    let name = safe(&document.file_name);
    File {
        name: if name.is_empty() {
            "file".to_owned()
        } else {
            name
        },
        about: document.about.clone(),
        bytes: document.bytes.clone(),
    }
}

/// A name that means nothing to any file system.
fn safe(name: &str) -> String {
    let is_safe =
        |character: &char| character.is_ascii_alphanumeric() || "-_.".contains(*character);
    name.chars().filter(is_safe).take(60).collect()
}

fn attachment((number, file): (usize, &File)) -> Value {
    json!({
        "id": number.to_string(), "filename": file.name,
        "description": clip_filled(&file.about, 1_024),
    })
}

#[cfg(test)]
mod tests;
