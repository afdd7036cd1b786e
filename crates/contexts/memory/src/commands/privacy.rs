//! `/privacy`: the question before an erasure, and what the flow answers with when export or erasure is done.

use chat::{ButtonStyle, Colour, Document, Embed, Reply, UPLOAD_MAX, Visibility};
use kernel::{Locale, Told, Words};
use serde_json::Value;

use super::Talk;

/// What fits a message, with room for the words around it.
const EXPORT_BYTES_MAX: usize = UPLOAD_MAX - (64 << 10);

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

/// What a member reads when every context has given what it keeps of them: the JSON, as a file.
#[must_use]
pub fn exported(words: &Words, locale: &Locale, document: &Value) -> Reply {
    let say = |key| words.say(locale, &Told::new(key));
    // Spaces are for whoever reads it, and the first thing to go.
    let json = [format!("{document:#}"), document.to_string()]
        .into_iter()
        .find(|json| json.len() <= EXPORT_BYTES_MAX);
    let Some(json) = json else {
        return Reply::private(say("memory-exported-too-long"));
    };
    let mut reply = Reply::private(say("memory-exported"));
    reply.document = Some(Box::new(Document {
        file_name: "guildhall-export.json".to_owned(),
        about: say("memory-exported-about"),
        bytes: json.into_bytes(),
    }));
    reply
}
