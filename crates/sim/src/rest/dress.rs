//! Embeds and components as Discord hands them back: nothing absent is spelt `null`, ids are given, addresses of attached files are filled in.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::limits::{items, member, text_of};
use crate::world::World;

const BUTTON_MEMBERS: &[&str] = &["custom_id", "style", "label", "disabled", "url", "sku_id"];

/// An embed as messages show it.
pub(crate) fn dressed_embed(embed: &Value, attachments: &[Value]) -> Value {
    let mut shown = Map::new();
    shown.insert("type".to_owned(), "rich".into());
    copy(embed, &mut shown, &["title", "description", "url", "color"]);
    if let Some(time) =
        text_of(embed, "timestamp").and_then(|text| text.parse::<jiff::Timestamp>().ok())
    {
        shown.insert(
            "timestamp".to_owned(),
            crate::world::snowflake::iso(time.as_microsecond()).into(),
        );
    }
    for (part, names) in [("footer", &["text"][..]), ("author", &["name", "url"][..])] {
        let Some(given) = member(embed, part) else {
            continue;
        };
        let mut inner = Map::new();
        copy(given, &mut inner, names);
        if let Some(icon) = text_of(given, "icon_url") {
            let icon = resolved(icon, attachments);
            inner.insert("icon_url".to_owned(), icon.into());
            inner.insert("proxy_icon_url".to_owned(), icon.into());
        }
        shown.insert(part.to_owned(), Value::Object(inner));
    }
    for part in ["image", "thumbnail"] {
        if let Some(url) = member(embed, part).and_then(|given| text_of(given, "url")) {
            shown.insert(part.to_owned(), dressed_picture(url, attachments));
        }
    }
    let fields = items(embed, "fields");
    if !fields.is_empty() {
        shown.insert(
            "fields".to_owned(),
            fields.iter().map(dressed_field).collect(),
        );
    }
    Value::Object(shown)
}

fn dressed_field(field: &Value) -> Value {
    let inline = field
        .get("inline")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    json!({"name": field["name"], "value": field["value"], "inline": inline})
}

fn dressed_picture(url: &str, attachments: &[Value]) -> Value {
    let mut picture = json!({"url": resolved(url, attachments), "proxy_url": resolved(url, attachments), "width": 0, "height": 0});
    if let Some(attachment) = attached(url, attachments) {
        for name in ["width", "height", "content_type"] {
            if let Some(value) = attachment.get(name) {
                picture[name] = value.clone();
            }
        }
    }
    picture
}

fn attached<'a>(url: &str, attachments: &'a [Value]) -> Option<&'a Value> {
    let name = url.strip_prefix("attachment://")?;
    attachments
        .iter()
        .find(|attachment| attachment["filename"] == name)
}

fn resolved<'a>(url: &'a str, attachments: &'a [Value]) -> &'a str {
    attached(url, attachments)
        .and_then(|attachment| attachment["url"].as_str())
        .unwrap_or(url)
}

fn copy(from: &Value, to: &mut Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(value) = member(from, name) {
            to.insert((*name).to_owned(), value.clone());
        }
    }
}

/// Gives components their ids, unique within one message.
#[derive(Debug)]
pub(crate) struct Dresser<'a> {
    attachments: &'a [Value],
    taken: HashSet<u64>,
    next: u64,
}

impl<'a> Dresser<'a> {
    pub(crate) fn new(attachments: &'a [Value]) -> Self {
        Self {
            attachments,
            taken: HashSet::new(),
            next: 1,
        }
    }

    /// The components of a message as it shows them.
    pub(crate) fn components(&mut self, world: &mut World, components: &[Value]) -> Vec<Value> {
        self.note_given_ids(components);
        components
            .iter()
            .map(|component| self.component(world, component))
            .collect()
    }

    fn note_given_ids(&mut self, components: &[Value]) {
        for component in components {
            self.taken.extend(
                component
                    .get("id")
                    .and_then(Value::as_u64)
                    .filter(|id| *id > 0),
            );
            self.note_given_ids(items(component, "components"));
            if let Some(accessory) = member(component, "accessory") {
                self.note_given_ids(std::slice::from_ref(accessory));
            }
        }
    }

    fn id(&mut self, component: &Value) -> u64 {
        if let Some(given) = component
            .get("id")
            .and_then(Value::as_u64)
            .filter(|id| *id > 0)
        {
            return given;
        }
        while self.taken.contains(&self.next) {
            self.next += 1;
        }
        self.next += 1;
        self.next - 1
    }

    fn component(&mut self, world: &mut World, component: &Value) -> Value {
        let id = self.id(component);
        let mut shown = Map::new();
        shown.insert("type".to_owned(), component["type"].clone());
        shown.insert("id".to_owned(), id.into());
        match component["type"].as_u64() {
            Some(2) => {
                copy(component, &mut shown, BUTTON_MEMBERS);
                dress_emoji(component, &mut shown);
            }
            Some(3..=8) => dress_select(component, &mut shown),
            Some(10) => copy(component, &mut shown, &["content"]),
            Some(11) => self.dress_media(world, component, &mut shown, "media"),
            Some(12) => {
                let gallery = items(component, "items").iter().map(|item| {
                    let mut inner = Map::new();
                    self.dress_media(world, item, &mut inner, "media");
                    Value::Object(inner)
                });
                shown.insert("items".to_owned(), gallery.collect());
            }
            Some(13) => self.dress_file(world, component, &mut shown),
            Some(14) => dress_separator(component, &mut shown),
            Some(17) => {
                shown.insert(
                    "accent_color".to_owned(),
                    member(component, "accent_color")
                        .cloned()
                        .unwrap_or(Value::Null),
                );
                shown.insert("spoiler".to_owned(), is_spoiler(component).into());
            }
            _ => {}
        }
        if let Some(children) = component.get("components").and_then(Value::as_array) {
            let children = children
                .iter()
                .map(|child| self.component(world, child))
                .collect();
            shown.insert("components".to_owned(), children);
        }
        if let Some(accessory) = member(component, "accessory") {
            let accessory = self.component(world, accessory);
            shown.insert("accessory".to_owned(), accessory);
        }
        Value::Object(shown)
    }

    fn dress_media(
        &self,
        world: &mut World,
        holder: &Value,
        shown: &mut Map<String, Value>,
        name: &str,
    ) {
        let url = text_of(&holder[name], "url").unwrap_or_default();
        let mut media = json!({"id": world.mint(), "url": resolved(url, self.attachments), "proxy_url": resolved(url, self.attachments)});
        if let Some(attachment) = attached(url, self.attachments) {
            media["attachment_id"] = attachment["id"].clone();
            media["content_type"] = attachment["content_type"].clone();
        }
        shown.insert(name.to_owned(), media);
        shown.insert(
            "description".to_owned(),
            member(holder, "description")
                .cloned()
                .unwrap_or(Value::Null),
        );
        shown.insert("spoiler".to_owned(), is_spoiler(holder).into());
    }

    fn dress_file(&self, world: &mut World, component: &Value, shown: &mut Map<String, Value>) {
        self.dress_media(world, component, shown, "file");
        shown.remove("description");
        let url = text_of(&component["file"], "url").unwrap_or_default();
        let attachment = attached(url, self.attachments);
        let of = |name: &str| attachment.map_or(Value::Null, |attachment| attachment[name].clone());
        shown.insert("name".to_owned(), of("filename"));
        shown.insert("size".to_owned(), of("size"));
    }
}

/// An emoji of a button or an option. Those of Unicode have no id, not even an empty one.
fn dress_emoji(holder: &Value, shown: &mut Map<String, Value>) {
    let Some(given) = member(holder, "emoji") else {
        return;
    };
    let mut emoji = Map::new();
    copy(given, &mut emoji, &["id", "name", "animated"]);
    shown.insert("emoji".to_owned(), Value::Object(emoji));
}

fn dress_separator(separator: &Value, shown: &mut Map<String, Value>) {
    let divider = separator.get("divider").and_then(Value::as_bool);
    let spacing = separator.get("spacing").and_then(Value::as_u64);
    shown.insert("divider".to_owned(), divider.unwrap_or(true).into());
    shown.insert("spacing".to_owned(), spacing.unwrap_or(1).into());
}

fn is_spoiler(component: &Value) -> bool {
    component
        .get("spoiler")
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

fn dress_select(select: &Value, shown: &mut Map<String, Value>) {
    copy(
        select,
        shown,
        &[
            "custom_id",
            "placeholder",
            "disabled",
            "channel_types",
            "default_values",
        ],
    );
    for name in ["min_values", "max_values"] {
        shown.insert(
            name.to_owned(),
            select.get(name).and_then(Value::as_u64).unwrap_or(1).into(),
        );
    }
    if select["type"] == 3 {
        let options = items(select, "options").iter().map(|option| {
            let mut inner = Map::new();
            copy(
                option,
                &mut inner,
                &["label", "value", "description", "default"],
            );
            dress_emoji(option, &mut inner);
            Value::Object(inner)
        });
        shown.insert("options".to_owned(), options.collect());
    }
}
