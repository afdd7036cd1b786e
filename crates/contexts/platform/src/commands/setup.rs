//! The card of `/setup`: three selects, and what keeps the bot from working with how to put it right.

use chat::{Button, ButtonStyle, Colour, Embed, Reply, Row, Select, SelectOption, Visibility};
use kernel::{ChannelId, Locale, Told, Words};
use serde_json::Value;

use super::{
    CUSTOM_ID_PREFIX, Saved,
    card::{Talk, cut, escaped},
    overview::undo,
};
use crate::{
    revision::Snapshot,
    setup::{Finding, Need},
};

/// What Discord takes in one select.
const OPTIONS_MAX: usize = 25;
const LABEL_LENGTH_MAX: usize = 100;

/// A preset that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresetOption {
    /// Its name in the document.
    pub value: String,
    /// What the person reads.
    pub label: String,
    /// One line about it.
    pub description: String,
}

/// A channel that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelOption {
    /// Its id.
    pub channel: ChannelId,
    /// Its name, without the sign before it.
    pub name: String,
}

/// What the card of `/setup` is made of.
#[derive(Debug, Clone, Copy)]
pub struct SetupView<'a> {
    /// What is in force.
    pub snapshot: &'a Snapshot,
    /// The presets there are.
    pub presets: &'a [PresetOption],
    /// The text channels there are, in Discord's order.
    pub channels: &'a [ChannelOption],
    /// What keeps the bot from working.
    pub findings: &'a [Finding],
    /// What was just written.
    pub saved: Option<&'a Saved>,
}

/// The card of `/setup`.
#[must_use]
pub fn setup_card(words: &Words, locale: &Locale, view: &SetupView<'_>) -> Reply {
    let talk = Talk { words, locale };
    let mut about = vec![talk.word("platform-setup-about")];
    about.extend(view.saved.map(|saved| talk.saved(saved)));
    let (colour, check) = checked(&talk, view.findings);
    about.push(check);
    if view.channels.len() >= OPTIONS_MAX {
        about.push(talk.word("platform-setup-many-channels"));
    }
    let title = talk.word("platform-setup-title");
    let embed = Embed::new(colour, title, cut(&about.join("\n\n"), 4_000));
    let mut reply = Reply::card(Visibility::Private, embed);
    let selects = [presets(&talk, view), channel(&talk, view), log(&talk, view)];
    let selects = selects
        .into_iter()
        .filter(|select| !select.options.is_empty());
    reply.rows.extend(selects.map(Row::Select));
    reply.with_buttons(buttons(&talk, view))
}

fn buttons(talk: &Talk<'_>, view: &SetupView<'_>) -> Vec<Button> {
    let mut buttons = vec![
        talk.button("setup", "platform-button-check", ButtonStyle::Primary),
        talk.button(
            "overview",
            "platform-button-overview",
            ButtonStyle::Secondary,
        ),
    ];
    buttons.extend(view.saved.and_then(|_| undo(talk, &view.snapshot.entry)));
    buttons
}

fn checked(talk: &Talk<'_>, findings: &[Finding]) -> (Colour, String) {
    if findings.is_empty() {
        return (Colour::Good, talk.word("platform-check-good"));
    }
    let lines = findings
        .iter()
        .map(|finding| format!("• {}", told(talk, finding)));
    (Colour::Warning, lines.collect::<Vec<_>>().join("\n"))
}

fn told(talk: &Talk<'_>, finding: &Finding) -> String {
    let key = match finding {
        Finding::RoleTooLow { mine, above } => {
            let told = Told::new("platform-role-too-low")
                .with("mine", escaped(&cut(mine, 100)))
                .with("above", escaped(&cut(above, 100)));
            return talk.say(&told);
        }
        Finding::ChannelClosed(channel) => {
            let told =
                Told::new("platform-channel-closed").with("channel", format!("<#{channel}>"));
            return talk.say(&told);
        }
        Finding::NoMessageContent => "platform-no-message-content",
        Finding::Missing(need) => match need {
            Need::ViewChannels => "platform-need-view-channels",
            Need::SendMessages => "platform-need-send-messages",
            Need::EmbedLinks => "platform-need-embed-links",
            Need::ManageMessages => "platform-need-manage-messages",
            Need::TimeOutMembers => "platform-need-time-out",
            Need::KickMembers => "platform-need-kick",
            Need::BanMembers => "platform-need-ban",
            Need::ManageChannels => "platform-need-manage-channels",
            Need::ManageRoles => "platform-need-manage-roles",
        },
    };
    talk.word(key)
}

fn presets(talk: &Talk<'_>, view: &SetupView<'_>) -> Select {
    let set = view
        .snapshot
        .document
        .at("/persona/preset")
        .and_then(Value::as_str);
    let options = view.presets.iter().map(|preset| SelectOption {
        label: cut(&preset.label, LABEL_LENGTH_MAX),
        value: preset.value.clone(),
        description: Some(cut(&preset.description, LABEL_LENGTH_MAX)),
        chosen: set == Some(preset.value.as_str()),
    });
    select(talk, "preset", "platform-choose-preset", options.collect())
}

fn channel(talk: &Talk<'_>, view: &SetupView<'_>) -> Select {
    let set = view
        .snapshot
        .document
        .at("/persona/channels")
        .and_then(Value::as_array);
    let set: Vec<&str> = set
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut options = vec![SelectOption {
        label: talk.word("platform-everywhere"),
        value: "all".to_owned(),
        description: None,
        chosen: set.is_empty(),
    }];
    // A select of one choice can show one of several channels as chosen only.
    options.extend(channels(view.channels, set.first().copied()));
    select(talk, "channel", "platform-choose-channel", options)
}

fn log(talk: &Talk<'_>, view: &SetupView<'_>) -> Select {
    let set = view
        .snapshot
        .document
        .at("/moderation/log_channel_id")
        .and_then(Value::as_str);
    let mut options = vec![SelectOption {
        label: talk.word("platform-no-log"),
        value: "none".to_owned(),
        description: None,
        chosen: set.is_none(),
    }];
    options.extend(channels(view.channels, set));
    select(talk, "log", "platform-choose-log", options)
}

/// The first channels, and the one that is set wherever it stands.
fn channels(channels: &[ChannelOption], set: Option<&str>) -> Vec<SelectOption> {
    let option = |channel: &ChannelOption| {
        let value = channel.channel.to_string();
        SelectOption {
            label: cut(&format!("#{}", channel.name), LABEL_LENGTH_MAX),
            chosen: set == Some(value.as_str()),
            value,
            description: None,
        }
    };
    let mut options: Vec<SelectOption> = channels.iter().map(option).collect();
    // The sort is stable: what is set goes first where it would be cut off.
    let is_cut = options
        .iter()
        .skip(OPTIONS_MAX - 1)
        .any(|option| option.chosen);
    if is_cut {
        options.sort_by_key(|option| !option.chosen);
    }
    options.truncate(OPTIONS_MAX - 1);
    options
}

fn select(
    talk: &Talk<'_>,
    what: &str,
    placeholder: &'static str,
    mut options: Vec<SelectOption>,
) -> Select {
    options.truncate(OPTIONS_MAX);
    Select {
        custom_id: format!("{CUSTOM_ID_PREFIX}set:{what}"),
        placeholder: talk.word(placeholder),
        options,
    }
}
