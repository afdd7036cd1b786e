//! What the economy's cards share: words in the asker's language, coins as text, buttons for the next step.
//!
//! Coins are digits without separators, with the guild's symbol behind them. Whatever a person wrote is escaped.

use chat::{Button, ButtonStyle};
use kernel::{GuildId, Told, UserId};

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

    /// A number of coins as it is shown.
    pub(crate) fn coins(&self, count: i64) -> String {
        format!("{count} {}", escaped(&self.settings.currency.symbol))
    }

    /// The server that it is asked in.
    pub(crate) const fn guild(&self) -> GuildId {
        self.op.guild
    }

    /// Who asked.
    pub(crate) const fn asker(&self) -> UserId {
        self.invocation.asker.user
    }

    /// A button that opens another of the economy's cards.
    pub(crate) fn opens(&self, what: &str, label: &'static str, style: ButtonStyle) -> Button {
        Button {
            custom_id: format!("{CUSTOM_ID_PREFIX}open:{what}"),
            label: self.word(label),
            style,
            enabled: true,
        }
    }
}

/// A mention, which shows the name and pings only where the reply says so.
pub(crate) fn mention(user: UserId) -> String {
    format!("<@{user}>")
}

/// Text of a person, so that it can form no link, mention or layout.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            out.push(' ');
            continue;
        }
        if matches!(
            letter,
            '\\' | '*'
                | '_'
                | '~'
                | '`'
                | '|'
                | '>'
                | '<'
                | '['
                | ']'
                | '('
                | ')'
                | '#'
                | '-'
                | '@'
                | ':'
                | '/'
        ) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_a_person_wrote_forms_no_link_mention_or_layout() {
        assert_eq!(
            escaped("**x** [y](https://z) <@1>\n# t"),
            r"\*\*x\*\* \[y\]\(https\:\/\/z\) \<\@1\> \# t"
        );
        assert_eq!(escaped("thanks, Ada!"), "thanks, Ada!");
    }
}
