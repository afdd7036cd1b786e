//! The card of `/settings`: the revision in force, what is on, and the buttons that turn it off or go back.

use chat::{Button, ButtonStyle, Colour, Embed, Reply, Visibility};
use kernel::{Locale, Told, Words};
use serde_json::Value;

use super::{
    Saved,
    card::{Talk, cut, escaped},
};
use crate::{
    document::Document,
    revision::{Author, Entry, Snapshot},
    setup::{Feature, Switch},
};

/// The overview of what is in force; `saved` is what was just written, `days_max` the most days that the operator
/// keeps words.
#[must_use]
pub fn overview_card(
    words: &Words,
    locale: &Locale,
    snapshot: &Snapshot,
    saved: Option<&Saved>,
    days_max: u32,
) -> Reply {
    let talk = Talk { words, locale };
    let revision = snapshot.entry.revision;
    let title = talk.say(&Told::new("platform-overview-title").with("revision", revision.get()));
    let mut about = vec![byline(&talk, &snapshot.entry)];
    about.extend(saved.map(|saved| talk.saved(saved)));
    let colour = match saved {
        Some(_) => Colour::Good,
        None => Colour::Neutral,
    };
    let mut embed = Embed::new(colour, title, about.join("\n\n"));
    for feature in Feature::ALL {
        let state = state(&talk, feature, &snapshot.document);
        embed = embed.with_field(talk.word(label(feature)), state);
    }
    let privacy = snapshot.document.at("/privacy/retention_days");
    if let Some(days) = privacy.and_then(Value::as_i64) {
        let kept =
            talk.say(&Told::new("platform-kept-days").with("days", days.min(days_max.into())));
        embed = embed.with_field(talk.word("platform-privacy"), kept);
    }
    let toggles = Feature::ALL.map(|feature| toggle(&talk, feature, &snapshot.document));
    Reply::card(Visibility::Private, embed)
        .with_buttons(toggles.into())
        .with_buttons(steps(&talk, &snapshot.entry))
}

/// Who made a revision, when and why.
pub(crate) fn byline(talk: &Talk<'_>, entry: &Entry) -> String {
    let author = match &entry.author {
        Author::Member(user) => format!("<@{user}>"),
        Author::Token(name) => escaped(name),
        Author::System => talk.word("platform-author-system"),
        Author::Erased => talk.word("platform-author-erased"),
    };
    let told = Told::new("platform-byline")
        .with("author", author)
        .with("moment", entry.at.millis().div_euclid(1_000));
    let line = talk.say(&told);
    if entry.note.is_empty() {
        return line;
    }
    format!("{line} {}", escaped(&cut(&entry.note, 120)))
}

fn label(feature: Feature) -> &'static str {
    match feature {
        Feature::Economy => "platform-economy",
        Feature::Persona => "platform-persona",
        Feature::Memory => "platform-memory",
        Feature::Moderation => "platform-moderation",
    }
}

/// Whether a feature is on, and the one thing about it that one wants to know.
fn state(talk: &Talk<'_>, feature: Feature, document: &Document) -> String {
    if !feature.is_on(document) {
        return talk.word("platform-off");
    }
    let text = |pointer: &str| document.at(pointer).and_then(Value::as_str);
    let detail = match feature {
        Feature::Memory => None,
        Feature::Economy => text("/economy/currency/name").map(|name| escaped(&cut(name, 40))),
        Feature::Persona => text("/persona/name")
            .filter(|name| !name.is_empty())
            .or_else(|| text("/persona/preset"))
            .map(|name| escaped(&cut(name, 40))),
        Feature::Moderation => {
            let rules = document.at("/moderation/rules").and_then(Value::as_array);
            let count = rules.map_or(0, |rules| i64::try_from(rules.len()).unwrap_or(i64::MAX));
            Some(talk.say(&Told::new("platform-rules").with("count", count)))
        }
    };
    let on = talk.word("platform-on");
    detail.map_or_else(|| on.clone(), |detail| format!("{on}, {detail}"))
}

fn toggle(talk: &Talk<'_>, feature: Feature, document: &Document) -> Button {
    let (to, key) = match feature.is_on(document) {
        true => (Switch::Off, "platform-turn-off"),
        false => (Switch::On, "platform-turn-on"),
    };
    let (name, style) = match to {
        Switch::On => ("on", ButtonStyle::Success),
        Switch::Off => ("off", ButtonStyle::Secondary),
    };
    let what = format!("set:{}:{name}", feature.name());
    let mut button = talk.button(&what, key, style);
    button.label = talk.say(&Told::new(key).with("feature", talk.word(label(feature))));
    button
}

fn steps(talk: &Talk<'_>, entry: &Entry) -> Vec<Button> {
    let mut buttons = vec![
        talk.button("setup", "platform-button-setup", ButtonStyle::Primary),
        talk.button("history", "platform-button-history", ButtonStyle::Secondary),
    ];
    buttons.extend(undo(talk, entry));
    buttons
}

/// Takes the last change back, where there was one.
pub(crate) fn undo(talk: &Talk<'_>, entry: &Entry) -> Option<Button> {
    let to = entry.revision.before()?;
    let what = format!("back:{}:{to}", entry.revision);
    Some(talk.button(&what, "platform-button-undo", ButtonStyle::Secondary))
}
