//! The history as a card: the last revisions with what they changed, and a select that goes back to one of them.

use chat::{ButtonStyle, Colour, Embed, Reply, Row, Select, SelectOption, Visibility};
use kernel::{Locale, Told, Words};

use super::{
    CUSTOM_ID_PREFIX,
    card::{Talk, cut},
    overview::byline,
};
use crate::{
    history::{History, HistoryItem},
    revision::Revision,
};

/// Changes that the card shows of one revision.
const SHOWN: usize = 3;

/// The history's card; `head` is what is in force.
#[must_use]
pub fn history_card(words: &Words, locale: &Locale, page: &History, head: Revision) -> Reply {
    let talk = Talk { words, locale };
    let lines: Vec<String> = page.items.iter().map(|item| shown(&talk, item)).collect();
    let embed = Embed::new(
        Colour::Neutral,
        talk.word("platform-history-title"),
        cut(&lines.join("\n"), 4_000),
    );
    let embed = embed.with_footer(talk.word("platform-history-about"));
    let mut reply = Reply::card(Visibility::Private, embed);
    let earlier = page.items.iter().filter(|item| item.entry.revision != head);
    let options: Vec<SelectOption> = earlier.take(25).map(|item| option(&talk, item)).collect();
    if !options.is_empty() {
        reply.rows.push(Row::Select(Select {
            custom_id: format!("{CUSTOM_ID_PREFIX}back:{head}"),
            placeholder: talk.word("platform-go-back"),
            options,
        }));
    }
    let mut buttons = vec![talk.button(
        "overview",
        "platform-button-overview",
        ButtonStyle::Secondary,
    )];
    if let Some(next) = page.next {
        let what = format!("history:{next}");
        buttons.push(talk.button(&what, "platform-button-older", ButtonStyle::Secondary));
    }
    reply.with_buttons(buttons)
}

fn shown(talk: &Talk<'_>, item: &HistoryItem) -> String {
    let few = item.changes.len().min(SHOWN);
    let left_off = item.changes.len() - few + item.changes_left_off;
    let mut lines = vec![format!(
        "**{}** · {}",
        item.entry.revision,
        byline(talk, &item.entry)
    )];
    lines.extend(talk.changes(&item.changes[..few], left_off));
    lines.join("\n")
}

fn option(talk: &Talk<'_>, item: &HistoryItem) -> SelectOption {
    let revision = item.entry.revision;
    let label = Told::new("platform-revision").with("revision", revision.get());
    let about = match item.entry.note.as_str() {
        "" => item.changes.first().map(|change| change.path.clone()),
        note => Some(note.to_owned()),
    };
    SelectOption {
        label: talk.say(&label),
        value: revision.to_string(),
        description: about
            .filter(|about| !about.is_empty())
            .map(|about| cut(&about, 100)),
        chosen: false,
    }
}
