//! What a model wrote, made fit to be posted: pure, whatever it wrote.
//!
//! The reply pings nobody. Mentions become words, links show where they lead, ids of other servers lead nowhere, and
//! there is a bound. Splitting into messages is the courier's. A part of an answer is treated as the whole would be.

mod marks;

use chat::Reply;
use kernel::{GuildId, UserId};

/// The most characters of an answer.
pub const ANSWER_LENGTH_MAX: usize = 6_000;
/// More than this is not even looked at.
const RAW_BYTES_MAX: usize = 64 * 1024;

/// Where the answer is posted, and to whom.
#[derive(Debug, Clone)]
pub struct Stage<'a> {
    /// The guild.
    pub guild: GuildId,
    /// Who asked.
    pub asker: UserId,
    /// How they are called.
    pub asker_name: &'a str,
}

/// An answer fit to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polished {
    /// The words; empty where the model wrote none.
    pub text: String,
    /// What was changed, for the receipt.
    pub changes: Vec<Change>,
}

/// What was changed in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// It was too long.
    Cut,
    /// It mentioned everyone, a role or a person.
    Mention,
    /// It hid where a link leads.
    MaskedLink,
    /// It led to another server.
    OtherServer,
    /// It held characters that can't be seen.
    Hidden,
}

impl Change {
    /// The name as a receipt spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Mention => "mention",
            Self::MaskedLink => "masked-link",
            Self::OtherServer => "other-server",
            Self::Hidden => "hidden",
        }
    }
}

/// Makes a whole answer fit to be posted.
#[must_use]
pub fn polished(answer: &str, stage: &Stage<'_>) -> Polished {
    let mut changes = Vec::new();
    let mut note = |is_changed: bool, change| {
        if is_changed && !changes.contains(&change) {
            changes.push(change);
        }
    };
    let bounded = prefix(answer, RAW_BYTES_MAX);
    note(bounded.len() < answer.len(), Change::Cut);
    let visible = marks::visible(bounded);
    note(
        visible.len() < bounded.replace('\r', "").len(),
        Change::Hidden,
    );
    let unmasked = marks::unmasked(&visible);
    note(unmasked != visible, Change::MaskedLink);
    let quiet = marks::without_mentions(&unmasked, stage);
    note(quiet != unmasked, Change::Mention);
    // After the mentions, for a mark put into words may complete an address.
    let here = marks::without_other_servers(&quiet, stage.guild);
    note(here != quiet, Change::OtherServer);
    let text = here.trim();
    let cut = bounded_text(text);
    note(cut.len() < text.len(), Change::Cut);
    Polished { text: cut, changes }
}

/// Makes what has streamed in so far fit to be shown: the last word, which may be half of a mark, is left out.
#[must_use]
pub fn polished_part(so_far: &str, stage: &Stage<'_>) -> Polished {
    let whole = so_far.rfind(char::is_whitespace).unwrap_or(0);
    let mut text = &so_far[..whole];
    // A link's words may hold spaces: from an open bracket on, nothing is shown yet.
    if let Some(open) = text.rfind('[')
        && !text[open..].contains(']')
    {
        text = &text[..open];
    }
    polished(text, stage)
}

impl Polished {
    /// The public reply that pings nobody, with `fallback` where there are no words.
    #[must_use]
    pub fn reply(&self, fallback: &str) -> Reply {
        let text = if self.text.is_empty() {
            fallback
        } else {
            &self.text
        };
        Reply::public(text)
    }
}

fn prefix(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn bounded_text(text: &str) -> String {
    match text.char_indices().nth(ANSWER_LENGTH_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

#[cfg(test)]
mod tests;
