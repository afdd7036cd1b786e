//! What the cards of memory share. Whatever a person wrote is escaped.

use chat::{Button, ButtonStyle};
use kernel::{Timestamp, Told, UserId};

use super::{CUSTOM_ID_PREFIX, Talk};

impl Talk<'_> {
    /// A message in the asker's language.
    pub(crate) fn say(&self, told: &Told) -> String {
        self.words.say(&self.op.locale, told)
    }

    /// A message without values.
    pub(crate) fn word(&self, key: &'static str) -> String {
        self.say(&Told::new(key))
    }

    /// Who asked.
    pub(crate) const fn asker(&self) -> UserId {
        self.invocation.asker.user
    }

    /// A button with all it needs in its id.
    pub(crate) fn button(&self, id: &str, label: String, style: ButtonStyle) -> Button {
        Button {
            custom_id: format!("{CUSTOM_ID_PREFIX}{id}"),
            label,
            style,
            enabled: true,
        }
    }
}

/// A moment as Discord shows it in the reader's zone.
pub(crate) fn moment(at: Timestamp) -> String {
    format!("<t:{}:d>", at.millis().div_euclid(1_000))
}

/// Text of a person, so that it can form no link, mention or layout.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            out.push(' ');
            continue;
        }
        if letter.is_ascii_punctuation() && !matches!(letter, '.' | ',' | '!' | '?' | '\'' | '"') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
