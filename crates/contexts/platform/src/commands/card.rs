//! What the platform's cards share: words in the asker's language, buttons, and changes as lines.
//!
//! Whatever a person or a document says is escaped or set as code, so that it forms no link, mention or layout.

use chat::{Button, ButtonStyle};
use kernel::{Locale, Told, Words};
use serde_json::Value;

use super::{CUSTOM_ID_PREFIX, Saved};
use crate::{diff::Change, document::canonical};

/// How many changes a card shows.
const LINES_MAX: usize = 8;
const PATH_LENGTH_MAX: usize = 80;
const VALUE_LENGTH_MAX: usize = 60;

/// Words in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk<'a> {
    pub(crate) words: &'a Words,
    pub(crate) locale: &'a Locale,
}

impl Talk<'_> {
    pub(crate) fn say(&self, told: &Told) -> String {
        self.words.say(self.locale, told)
    }

    pub(crate) fn word(&self, key: &'static str) -> String {
        self.say(&Told::new(key))
    }

    pub(crate) fn button(&self, what: &str, label: &'static str, style: ButtonStyle) -> Button {
        Button {
            custom_id: format!("{CUSTOM_ID_PREFIX}{what}"),
            label: self.word(label),
            style,
            enabled: true,
        }
    }

    /// What was saved, and the changes.
    pub(crate) fn saved(&self, saved: &Saved) -> String {
        let told = Told::new("platform-saved").with("revision", saved.revision.get());
        let mut lines = vec![self.say(&told)];
        lines.extend(self.changes(&saved.changes, 0));
        lines.join("\n")
    }

    /// Changes as lines; `left_off` is how many there are besides.
    pub(crate) fn changes(&self, changes: &[Change], left_off: usize) -> Vec<String> {
        let mut lines: Vec<String> = changes.iter().take(LINES_MAX).map(line).collect();
        let more = changes.len().saturating_sub(LINES_MAX) + left_off;
        if more > 0 {
            let more = i64::try_from(more).unwrap_or(i64::MAX);
            lines.push(self.say(&Told::new("platform-more-changes").with("count", more)));
        }
        lines
    }
}

fn line(change: &Change) -> String {
    let path = code(&change.path, PATH_LENGTH_MAX);
    match (&change.old, &change.new) {
        (None, Some(new)) => format!("+ {path} {}", value(new)),
        (Some(old), None) => format!("− {path} {}", value(old)),
        (old, new) => {
            let shown = |side: &Option<Value>| side.as_ref().map(value).unwrap_or_default();
            format!("{path} {} → {}", shown(old), shown(new))
        }
    }
}

fn value(value: &Value) -> String {
    code(&canonical(value), VALUE_LENGTH_MAX)
}

/// Text as code; a mark inside it would end the code.
fn code(text: &str, length_max: usize) -> String {
    let plain: String = text
        .chars()
        .map(|letter| match letter {
            '`' => '\'',
            letter if letter.is_control() => ' ',
            letter => letter,
        })
        .collect();
    format!("`{}`", cut(&plain, length_max))
}

/// The beginning of a text that is too long.
pub(crate) fn cut(text: &str, length_max: usize) -> String {
    if text.chars().count() <= length_max {
        return text.to_owned();
    }
    let start: String = text.chars().take(length_max.saturating_sub(1)).collect();
    format!("{start}…")
}

/// Text of a person, so that it can form no link, mention or layout.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            out.push(' ');
            continue;
        }
        if "\\*_~`|><[]()#-@:/".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{cut, escaped, line};
    use crate::diff::Change;

    #[test]
    fn what_a_document_says_forms_no_layout() {
        let change = Change {
            path: "/persona/`x`".to_owned(),
            old: None,
            new: Some(json!("**a** `b`\n<@1>")),
        };
        assert_eq!(line(&change), r#"+ `/persona/'x'` `"**a** 'b'\n<@1>"`"#);
        assert_eq!(escaped("[a](b) <@1>\n# x"), r"\[a\]\(b\) \<\@1\> \# x");
        assert_eq!(cut("abcdef", 4), "abc…");
    }
}
