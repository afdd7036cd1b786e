//! What makes a persona answer: pure, over one message and what is known of its channel.
//!
//! The most explicit reason wins. Bots, webhooks and the persona itself are never answered; what nobody asked for by
//! name waits for the cooldown of its channel. That a message is answered once is for [`crate::answer_begin`] to hold.

use chat::IncomingMessage;
use kernel::{Chance, Span, Timestamp, UserId};

use crate::settings::{Settings, TriggerName};

/// Why an answer is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// The persona was mentioned.
    Mention,
    /// One of its messages was replied to.
    Reply,
    /// It answers everything in this channel.
    Channel,
    /// A word was said that it answers to.
    Keyword(String),
    /// Somebody reacted with its emoji.
    Reaction,
    /// It felt like it.
    Chance,
    /// `/chat`.
    Chat,
}

impl Trigger {
    /// The name as a receipt spells it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Reply => "reply",
            Self::Channel => "channel",
            Self::Keyword(_) => "keyword",
            Self::Reaction => "reaction",
            Self::Chance => "chance",
            Self::Chat => "chat",
        }
    }

    /// Whether somebody asked for the answer in so many words.
    #[must_use]
    pub const fn is_asked_for(&self) -> bool {
        match self {
            Self::Mention | Self::Reply | Self::Reaction | Self::Chat => true,
            Self::Channel | Self::Keyword(_) | Self::Chance => false,
        }
    }
}

/// What is known beside the message.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    /// The bot's own account.
    pub bot: UserId,
    /// Who wrote the message that it replies to, where it does, Discord did not say, and that is known.
    pub replied_to: Option<UserId>,
    /// When the persona last answered in this channel.
    pub answered_at: Option<Timestamp>,
    /// When the message came in.
    pub at: Timestamp,
}

/// Why a message is to be answered, where it is.
#[must_use]
pub fn triggered(
    settings: &Settings,
    message: &IncomingMessage,
    heard: &Heard,
    chance: &dyn Chance,
) -> Option<Trigger> {
    let is_nobodys = message.is_bot || message.is_notice || message.author == heard.bot;
    if !settings.enabled || is_nobodys || message.guild.is_none() {
        return None;
    }
    let replied_to = heard.replied_to.or(message.reply_to_author);
    let listens = |name| settings.triggers.contains(&name);
    if listens(TriggerName::Mention)
        && message.mentions.contains(&heard.bot)
        && names(message, heard)
    {
        return Some(Trigger::Mention);
    }
    if listens(TriggerName::Reply) && message.reply_to.is_some() && replied_to == Some(heard.bot) {
        return Some(Trigger::Reply);
    }
    if message.text.trim().is_empty() || is_cooling(settings, heard) {
        return None;
    }
    // A talk between two others is not the persona's, even in its own channel.
    let is_to_others = replied_to.is_some_and(|author| author != heard.bot)
        || message.mentions.iter().any(|user| *user != heard.bot);
    if !is_to_others && settings.channels.contains(&message.channel) {
        return Some(Trigger::Channel);
    }
    if let Some(word) = keyword(settings, &message.text) {
        return Some(Trigger::Keyword(word));
    }
    (!is_to_others && strikes(settings.chance, chance)).then_some(Trigger::Chance)
}

/// Whether a reaction asks for an answer to the message it stands on.
#[must_use]
pub fn triggered_by_reaction(
    settings: &Settings,
    emoji: &str,
    author_is_bot: bool,
) -> Option<Trigger> {
    let plain = |emoji: &str| emoji.replace('\u{FE0F}', "");
    let is_asked = settings.enabled
        && !author_is_bot
        && settings.triggers.contains(&TriggerName::Reaction)
        && plain(emoji) == plain(&settings.reaction);
    is_asked.then_some(Trigger::Reaction)
}

/// Discord counts the author of the message replied to as mentioned; only its name in the text is a mention. Where the
/// text can't be read, Discord's word is all there is.
fn names(message: &IncomingMessage, heard: &Heard) -> bool {
    let bot = heard.bot;
    message.text.is_empty()
        || message.text.contains(&format!("<@{bot}>"))
        || message.text.contains(&format!("<@!{bot}>"))
        || message.reply_to.is_none()
}

fn is_cooling(settings: &Settings, heard: &Heard) -> bool {
    let seconds = u32::try_from(settings.cooldown_seconds).unwrap_or(0);
    heard
        .answered_at
        .is_some_and(|at| heard.at.since(at) < Span::seconds(seconds))
}

/// The first keyword that stands in the text as whole words, whatever its letters' case.
fn keyword(settings: &Settings, text: &str) -> Option<String> {
    let said = spoken(text);
    settings
        .keywords
        .iter()
        .find(|keyword| {
            let wanted = spoken(keyword);
            !wanted.is_empty()
                && said
                    .windows(wanted.len())
                    .any(|window| window == wanted.as_slice())
        })
        .cloned()
}

fn spoken(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a chance lies between zero and one, so a million of it is a small positive number"
)]
fn strikes(often: f64, chance: &dyn Chance) -> bool {
    const PARTS: u64 = 1_000_000;
    let hits = (often.clamp(0.0, 1.0) * 1_000_000.0).round() as u64;
    hits > 0 && chance.below(PARTS) < hits
}

#[cfg(test)]
mod tests;
