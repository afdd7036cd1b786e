//! `/privacy`: the question before an erasure, and what the flow answers with when export or erasure is done.

use chat::{ButtonStyle, Colour, Embed, Reply, Visibility};
use kernel::{Locale, Told, Words};
use serde_json::Value;

use super::Talk;

/// What fits the messages of one reply, with room for the words around it.
const EXPORT_LETTERS_MAX: usize = 15_000;

pub(crate) fn question(talk: &Talk<'_>) -> Reply {
    let embed = Embed::new(
        Colour::Danger,
        talk.word("memory-erase-title"),
        talk.word("memory-erase-about"),
    );
    Reply::card(Visibility::Private, embed).with_buttons(vec![
        talk.button(
            "erase:confirm",
            talk.word("memory-button-erase"),
            ButtonStyle::Danger,
        ),
        talk.button(
            "erase:cancel",
            talk.word("memory-button-keep"),
            ButtonStyle::Secondary,
        ),
        talk.button(
            "export",
            talk.word("memory-button-export"),
            ButtonStyle::Secondary,
        ),
    ])
}

pub(crate) fn kept(talk: &Talk<'_>) -> Reply {
    let embed = Embed::new(
        Colour::Neutral,
        talk.word("memory-erase-kept"),
        talk.word("memory-erase-kept-about"),
    );
    Reply::card(Visibility::Private, embed)
}

/// What a member reads when every context has erased them; `items` is how many things went.
#[must_use]
pub fn erased(words: &Words, locale: &Locale, items: u64) -> Reply {
    let count = i64::try_from(items).unwrap_or(i64::MAX);
    let title = words.say(locale, &Told::new("memory-erased").with("count", count));
    let about = words.say(locale, &Told::new("memory-erased-about"));
    Reply::card(Visibility::Private, Embed::new(Colour::Good, title, about))
}

/// What a member reads when every context has given what it keeps of them: the JSON, as far as messages hold it.
#[must_use]
pub fn exported(words: &Words, locale: &Locale, document: &Value) -> Reply {
    // JSON may write any letter as an escape; a backtick would end the block.
    let json = format!("{document:#}").replace('`', "\\u0060");
    let is_long = json.chars().count() > EXPORT_LETTERS_MAX;
    let shown: String = json.chars().take(EXPORT_LETTERS_MAX).collect();
    let key = if is_long {
        "memory-exported-cut"
    } else {
        "memory-exported"
    };
    let head = words.say(locale, &Told::new(key));
    Reply::private(format!("{head}\n```json\n{shown}\n```"))
}
