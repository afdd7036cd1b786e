//! What is said when no model answers: by the persona's name, and plainly.

use kernel::{Locale, Told, Words};

use crate::settings::Settings;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Silence {
    /// The model can't be reached.
    Away,
    /// It took too long.
    Slow,
    /// Too many talk at once.
    Busy,
    /// The budget is used up.
    Spent,
    /// The asker's share of it is.
    MemberSpent,
    /// It wrote nothing that could be shown.
    Empty,
    /// It ended in the middle.
    Interrupted,
    /// The persona is off.
    Off,
}

impl Silence {
    /// The message's key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Away => "bots-silence-away",
            Self::Slow => "bots-silence-slow",
            Self::Busy => "bots-silence-busy",
            Self::Spent => "bots-silence-spent",
            Self::MemberSpent => "bots-silence-member-spent",
            Self::Empty => "bots-silence-empty",
            Self::Interrupted => "bots-silence-interrupted",
            Self::Off => "bots-off",
        }
    }
}

/// What is said instead of an answer.
#[must_use]
pub fn fallback(words: &Words, locale: &Locale, settings: &Settings, why: Silence) -> String {
    // An owner's word, so it forms no mention, link or layout.
    let name = settings.shown_name();
    let name = name.replace(['@', '<', '>', '[', ']', '`', '*', '_', '|', '~', '#'], "");
    let told = Told::new(why.key()).with("name", name);
    let emoji = settings.base().emoji;
    format!("{emoji} {}", words.say(locale, &told))
}
