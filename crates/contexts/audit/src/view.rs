//! Who may see what of an entry. Pure: an entry and a viewer in, what is left of the entry out.
//!
//! - A member sees decisions about themselves alone. Of the rest they do not learn that it exists.
//! - In those, a member sees their own words and nobody else's. Whether a message was deleted is not asked: the words of
//!   another are withheld either way, and so are the reasons and matches that would quote them.
//! - Of the rules in force a member sees the one that decided: which others there are, and what watches in the shadow, is
//!   for those who keep order.
//! - Moderators see every decision and all words of messages, for judging them is their task. What the bot remembers of
//!   a member is no message: it stays between the two, and a moderator sees only that, and which, memories were used.
//! - Who wrote what through a token or a session is the operator's to see.

use kernel::UserId;

use crate::entry::{Entry, Kept, Kind, Words};

/// What somebody may do in the guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// A member.
    Member,
    /// Whoever may manage messages.
    Moderator,
    /// The operator.
    Operator,
}

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// The account.
    pub user: UserId,
    /// What they may do.
    pub rank: Rank,
}

/// What a viewer sees of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// Not even that there is one.
    Hidden,
    /// The entry, with what they may not see withheld.
    Shown(Box<Entry>),
}

impl Viewer {
    /// What this viewer sees, where it is anything.
    #[must_use]
    pub fn sees(&self, entry: &Entry) -> Option<Entry> {
        match visible_to(entry, self) {
            View::Hidden => None,
            View::Shown(entry) => Some(*entry),
        }
    }
}

/// What a viewer sees of an entry.
#[must_use]
pub fn visible_to(entry: &Entry, viewer: &Viewer) -> View {
    let is_allowed = match viewer.rank {
        Rank::Member => concerns(entry, viewer.user),
        Rank::Moderator => entry.kind != Kind::Access || concerns(entry, viewer.user),
        Rank::Operator => true,
    };
    if !is_allowed {
        return View::Hidden;
    }
    let mut shown = entry.clone();
    match viewer.rank {
        Rank::Operator => {}
        Rank::Moderator => withhold_memories(&mut shown, viewer.user),
        Rank::Member => {
            withhold_memories(&mut shown, viewer.user);
            withhold_words(&mut shown, viewer.user);
            withhold_rules(&mut shown);
        }
    }
    View::Shown(Box::new(shown))
}

/// Whether a decision is about this member: where it names nobody, whoever set it off.
#[must_use]
pub fn concerns(entry: &Entry, user: UserId) -> bool {
    entry.subject.or(entry.trigger.user) == Some(user)
}

fn withhold_memories(entry: &mut Entry, viewer: UserId) {
    for memory in &mut entry.input.memories {
        withhold_of_others(memory, viewer);
    }
}

fn withhold_words(entry: &mut Entry, viewer: UserId) {
    let content = entry.input.content.as_ref();
    let is_of_another = content.is_some_and(|content| is_of_another(content, viewer));
    if is_of_another {
        // A reason and a match quote the message.
        let quoting = entry.input.content.iter_mut().chain(&mut entry.matched);
        quoting.chain(&mut entry.reasoning).for_each(withhold);
    }
    let matched = entry.matched.iter_mut();
    for words in matched.chain(&mut entry.input.history) {
        withhold_of_others(words, viewer);
    }
}

fn withhold_rules(entry: &mut Entry) {
    let decided = entry.rule.as_deref();
    let rules = &mut entry.active_rules;
    rules.retain(|rule| Some(rule.id.as_str()) == decided);
}

fn withhold_of_others(words: &mut Words, viewer: UserId) {
    if is_of_another(words, viewer) {
        withhold(words);
    }
}

fn is_of_another(words: &Words, viewer: UserId) -> bool {
    words.author.is_some_and(|author| author != viewer)
}

fn withhold(words: &mut Words) {
    if matches!(words.text, Kept::Here(_)) {
        words.text = Kept::Withheld;
    }
}
