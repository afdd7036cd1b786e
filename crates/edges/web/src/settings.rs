//! The settings as a person changes them: each with its place in the document, its words, and how it is read and shown.
//!
//! A form holds one section; what it does not hold stays as it is in the document. What a value may be is said by the
//! contexts, at the write; here it is only read as what it is.

mod fields;
pub(crate) mod rules;
mod value;
mod wizard;
mod written;

use std::collections::BTreeMap;

use serde_json::Value;

use fields::{Group, set};

pub(crate) use fields::{SECTIONS, Section};
pub(crate) use value::{sent_texts, texts};
pub(crate) use wizard::WIZARD;
pub(crate) use written::Filled;

/// One setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Its place in the document; also the name of its field.
    pub(crate) pointer: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) kind: Kind,
}

/// What a setting's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line of so many characters at most.
    Line(usize),
    /// A line that may be missing.
    Maybe(usize),
    /// A text of so many characters at most.
    Text(usize),
    /// Lines, each an element of a list.
    List,
    /// A whole number between two, and what it counts.
    Whole(i64, i64, &'static str),
    /// Millionths of a dollar, written in dollars.
    Dollars,
    /// A number from 0 to 1, written in percent.
    Share,
    Switch,
    /// One of these values, with their words.
    Choice(&'static [(&'static str, &'static str)]),
    /// One of these, or nothing.
    MaybeChoice(&'static [(&'static str, &'static str)]),
    /// Some of these.
    Some(&'static [(&'static str, &'static str)]),
    /// One of the persona's presets.
    Preset,
    /// A channel, or none.
    Channel,
    Channels,
    Roles,
}

/// What people call a place of the document.
pub(crate) fn label(pointer: &str) -> String {
    let fields = SECTIONS.iter().flat_map(|section| section.groups);
    let mut settings = fields.flat_map(|group| group.settings);
    if let Some(setting) = settings.find(|setting| setting.pointer == pointer) {
        return setting.label.to_owned();
    }
    // People count from one.
    let counted = |part: &str| match part.parse::<u32>() {
        Ok(place) => place.saturating_add(1).to_string(),
        Err(_) => part.replace('_', " "),
    };
    let parts: Vec<String> = pointer.split('/').skip(1).map(counted).collect();
    let text = parts.join(" › ");
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Everything".to_owned(),
    }
}

/// A value as a line of a difference.
pub(crate) fn told(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::Null => "(none)".to_owned(),
        Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
    }
}

/// What channels and roles are called, by their ids.
pub(crate) type Called = BTreeMap<String, String>;

/// Changes as a difference shows them.
pub(crate) fn changes(
    changes: &[platform::Change],
    called: &Called,
) -> Vec<crate::components::diff::Change> {
    let named = |value: &Value| named(value, called);
    let change = |change: &platform::Change| crate::components::diff::Change {
        label: label_of(change),
        path: change.path.clone(),
        old: change.old.as_ref().map(named),
        new: change.new.as_ref().map(named),
    };
    changes.iter().map(change).collect()
}

/// A value as a line, with the name beside an id that has one.
fn named(value: &Value, called: &Called) -> String {
    let id = value.as_str().and_then(|id| called.get(id));
    id.cloned().unwrap_or_else(|| told(value))
}

/// What people call the place of a change; a rule by its name.
fn label_of(change: &platform::Change) -> String {
    let value = change.new.as_ref().or(change.old.as_ref());
    let name = value.and_then(|value| value.get("name")?.as_str());
    let is_rule = change.path.strip_prefix("/moderation/rules/");
    let is_rule = is_rule.is_some_and(|place| !place.contains('/'));
    match name.filter(|name| is_rule && !name.is_empty()) {
        Some(name) => format!("Rule “{name}”"),
        None => label(&change.path),
    }
}

#[cfg(test)]
mod tests {
    use app::GuildSettings;
    use serde_json::json;

    use super::{SECTIONS, changes, label, told};

    #[test]
    fn every_setting_stands_in_the_document_and_once() {
        let document = GuildSettings::default().document().unwrap();
        let mut seen = std::collections::BTreeSet::new();
        let groups = SECTIONS.iter().flat_map(|section| section.groups);
        for setting in groups.flat_map(|group| group.settings) {
            assert!(
                document.at(setting.pointer).is_some(),
                "{}",
                setting.pointer
            );
            assert!(
                seen.insert(setting.pointer),
                "{} stands twice",
                setting.pointer
            );
        }
    }

    #[test]
    fn changes_name_rules_and_channels() {
        let change = |path: &str, value: serde_json::Value| platform::Change {
            path: path.to_owned(),
            old: None,
            new: Some(value),
        };
        let list = [
            change("/moderation/rules/0", json!({"name": "No scams"})),
            change("/moderation/log_channel_id", json!("51")),
            change("/moderation/log_channel_id", json!("52")),
        ];
        let called = [("51".to_owned(), "#mod-log".to_owned())].into();
        let shown = changes(&list, &called);
        assert_eq!(shown[0].label, "Rule “No scams”");
        assert_eq!(shown[1].new.as_deref(), Some("#mod-log"));
        assert_eq!(shown[2].new.as_deref(), Some("52"));
    }

    #[test]
    fn places_and_values_have_words() {
        assert_eq!(label("/economy/daily/amount"), "Daily reward");
        assert_eq!(label("/moderation/rules/spam"), "Moderation › rules › spam");
        assert_eq!(
            label("/moderation/rules/0/enabled"),
            "Moderation › rules › 1 › enabled"
        );
        assert_eq!(label(""), "Everything");
        assert_eq!(told(&json!(true)), "on");
        assert_eq!(told(&json!("")), "(empty)");
        assert_eq!(told(&json!(null)), "(none)");
    }
}
