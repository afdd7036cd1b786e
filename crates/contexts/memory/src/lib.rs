//! What is remembered, for whom, and for how long: the last things said, what they came to, and facts.
//!
//! N1  A member's facts are recalled for that member alone; the guild's for everyone in it.
//! N2  Nothing of one guild reaches another.
//! N3  What was said where not everyone may read is used in that channel only.
//! N4  Who opted out is neither learnt from nor recalled, from that moment on.
//! N5  What has expired is not used, and is deleted.
//! N6  The same message is kept once, and the same event teaches once.
//! N7  Erasing a member leaves none of their words, in no table and no index.
//! N8  Nothing is learnt about a member from somebody else.
//! N9  What is kept and what is recalled is bounded, whatever anybody says.
//!
//! Words: a *turn* is one message of a talk; a *window* the newest turns that fit a budget of tokens; a *summary* what
//! older turns of a channel came to; a *fact* one sentence about a member or the guild. The *source* of a fact is the
//! message it was learnt from, its *scope* where it may be used.
//!
//! Each filter stands twice: in the statement that finds, and in [`Fact::is_for`] and [`Turn::is_for`] over what was found.
//!
//! ```text
//! alice: /memory add text:My cat is called Miso      Guildhall (only to alice): Remembered. …
//! alice: what is my cat called?                      (recalled: "My cat is called Miso")
//! alice: /memory off                                 Guildhall (only to alice): Nothing is learnt from you now. …
//! ```
//!
//! Not here: who asks a model and how (`ai`, the flow), what a prompt looks like (`bots`), the clock. No network.

mod settings;
mod text;

mod fact;
mod place;
mod turn;

mod learn;
mod recall;

mod summary;
mod window;

mod member;
mod shelf;

pub mod commands;

mod store;

#[cfg(test)]
mod tests;

pub use self::store::STATEMENTS;
pub use fact::{FACT_LENGTH_MAX, Fact, FactId, FactState, Origin, Subject};
pub use learn::{FACTS_MAX, Learnt, Lesson, NewFact, TooThin, learn};
pub use member::{Erased, Remembering, erase, export, is_silent, set_remembering};
pub use place::{Place, Scope, Viewer};
pub use recall::{RECALL_MAX, Recalled, recall};
pub use settings::{Budgets, Privacy, Settings, SettingsError};
pub use shelf::{
    FactCursorError, FactPage, PAGE_MAX, conceal, fact, facts, forget, forget_all, forget_source,
    prune, retain,
};
pub use summary::{
    SUMMARY_INSTRUCTION, SUMMARY_LENGTH_MAX, Summary, SummaryDue, Summed, summary_due, summary_put,
};
pub use text::tokens;
pub use turn::{
    NewTurn, Said, Speaker, TURN_LENGTH_MAX, TURNS_MAX, Turn, edit, posted, say, unsay,
};
pub use window::{Windows, windows};

/// The tables of memory.
pub const MIGRATIONS: &[::store::Migration] = &[
    ::store::Migration {
        number: 8,
        name: "memory",
        up: include_str!("../migrations/0008_memory.up.sql"),
        down: include_str!("../migrations/0008_memory.down.sql"),
    },
    ::store::Migration {
        number: 16,
        name: "shelves",
        up: include_str!("../migrations/0016_shelves.up.sql"),
        down: include_str!("../migrations/0016_shelves.down.sql"),
    },
];

/// The tables that erasing a person takes words or names out of.
pub const ERASED: &[&str] = &[
    "memory_facts",
    "memory_search",
    "memory_turns",
    "memory_summaries",
];

/// The messages of memory, by language.
pub const WORDS: &[(&str, &str)] = &[("en", include_str!("../words/en.ftl"))];
