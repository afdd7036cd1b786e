//! The cards of personas. What an owner or a member wrote is escaped.

use chat::{Button, ButtonStyle, Colour, Embed, Reply, Row, Select, SelectOption, Visibility};
use kernel::Told;

use super::{CUSTOM_ID_PREFIX, Talk};
use crate::{
    presets::{PRESETS, Preset},
    settings::{Settings, TriggerName},
    version::Version,
};

impl Talk<'_> {
    fn say(&self, told: &Told) -> String {
        self.words.say(&self.op.locale, told)
    }

    fn word(&self, key: &'static str) -> String {
        self.say(&Told::new(key))
    }
}

/// Who answers here, to what, and since which version.
pub(crate) fn shown(talk: &Talk<'_>, version: Option<&Version>) -> Reply {
    let settings = talk.settings;
    let base = settings.base();
    let title = format!("{} {}", base.emoji, escaped(settings.shown_name()));
    let (colour, about) = if settings.enabled {
        (Colour::Neutral, escaped_start(settings.shown_style(), 300))
    } else {
        (Colour::Warning, talk.word("bots-off"))
    };
    let mut embed = Embed::new(colour, title, about)
        .with_field(talk.word("bots-show-character"), base.name)
        .with_wide_field(talk.word("bots-show-listens"), listens(talk, settings));
    if !settings.keywords.is_empty() {
        let keywords = escaped_start(&settings.keywords.join(", "), 500);
        embed = embed.with_wide_field(talk.word("bots-show-keywords"), keywords);
    }
    embed = match version {
        Some(version) => {
            let told = Told::new("bots-show-version")
                .with("number", version.number)
                .with("note", one_line(&version.note));
            embed.with_footer(talk.say(&told))
        }
        None => embed.with_footer(talk.word("bots-show-unversioned")),
    };
    Reply::card(Visibility::Private, embed).with_buttons(vec![button(
        "presets",
        talk.word("bots-button-presets"),
        ButtonStyle::Secondary,
    )])
}

fn listens(talk: &Talk<'_>, settings: &Settings) -> String {
    let mut parts: Vec<String> = settings
        .triggers
        .iter()
        .map(|trigger| match trigger {
            TriggerName::Mention => talk.word("bots-trigger-mention"),
            TriggerName::Reply => talk.word("bots-trigger-reply"),
            TriggerName::Reaction => {
                let told = Told::new("bots-trigger-reaction");
                talk.say(&told.with("emoji", escaped(&settings.reaction)))
            }
        })
        .collect();
    parts.push(talk.word("bots-trigger-chat"));
    let channels = settings.channels.iter().take(10);
    parts.extend(channels.map(|channel| format!("<#{channel}>")));
    parts.join(", ")
}

/// The characters to choose from.
pub(crate) fn presets(talk: &Talk<'_>) -> Reply {
    let lines: Vec<String> = PRESETS
        .iter()
        .map(|preset| format!("{} **{}** · {}", preset.emoji, preset.name, preset.pitch))
        .collect();
    let embed = Embed::new(
        Colour::Neutral,
        talk.word("bots-presets-title"),
        lines.join("\n"),
    )
    .with_footer(talk.word("bots-presets-footer"));
    let mut reply = Reply::card(Visibility::Private, embed);
    reply.rows.push(choice(talk, None));
    reply
}

/// A talk with a character.
pub(crate) fn preview(talk: &Talk<'_>, preset: &'static Preset) -> Reply {
    let mut lines = vec![
        preset.pitch.to_owned(),
        String::new(),
        format!("> {}", preset.greeting),
    ];
    for (asked, answered) in preset.example {
        lines.push(String::new());
        lines.push(format!(
            "**{}** {}",
            talk.word("bots-preview-member"),
            escaped(asked)
        ));
        let answered = answered.replace('\n', "\n> ");
        lines.push(format!("> {answered}"));
    }
    let title = format!("{} {}", preset.emoji, preset.name);
    let embed = Embed::new(Colour::Neutral, title, lines.join("\n"))
        .with_footer(talk.word("bots-presets-footer"));
    let mut reply = Reply::card(Visibility::Private, embed);
    reply.rows.push(choice(talk, Some(preset.id)));
    reply.with_buttons(vec![button(
        "presets",
        talk.word("bots-button-presets"),
        ButtonStyle::Secondary,
    )])
}

fn choice(talk: &Talk<'_>, chosen: Option<&str>) -> Row {
    let options = PRESETS.iter().map(|preset| SelectOption {
        label: preset.name.to_owned(),
        value: preset.id.to_owned(),
        description: Some(preset.pitch.to_owned()),
        chosen: chosen == Some(preset.id),
    });
    Row::Select(Select {
        custom_id: format!("{CUSTOM_ID_PREFIX}preview"),
        placeholder: talk.word("bots-presets-choose"),
        options: options.collect(),
    })
}

fn button(id: &str, label: String, style: ButtonStyle) -> Button {
    Button {
        custom_id: format!("{CUSTOM_ID_PREFIX}{id}"),
        label,
        style,
        enabled: true,
    }
}

fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    spaced.chars().take(120).collect()
}

fn escaped_start(text: &str, max: usize) -> String {
    let start: String = text.chars().take(max).collect();
    let cut = if start.len() < text.len() { "…" } else { "" };
    format!("{}{cut}", escaped(&start))
}

/// Text of a person, so that it can form no link, mention or layout.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            out.push(' ');
            continue;
        }
        if letter.is_ascii_punctuation()
            && !matches!(letter, '.' | ',' | '!' | '?' | '\'' | '"' | ';')
        {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
