//! Personas: who answers, to what, with which words, and what became of each answer.
//!
//! T1  Bots and the persona itself are never answered, and no message twice.
//! T2  What members said and what is remembered stays inside its fence; the asker's words come last, as written.
//! T3  Nothing that a model writes pings anybody.
//! T4  Every answer names the version of the persona and the digest of the prompt that it was made by.
//! T5  An answer that streams in is edited at most five times in five seconds.
//! T6  At most one version of a guild's persona is deployed; a version is never changed.
//! T7  One vote a member and answer, changed as often as they like, and gone when they are erased.
//! T8  A guild's versions, answers and votes never reach another guild.
//!
//! Words: a *persona* is a character with a name, a prompt and a style; a *preset* a character to start from; a
//! *version* a persona as it was written down at one moment, draft, deployed or retired. A *trigger* is why the
//! persona answers. An *answer* is what it said to one message, kept with the receipt's id.
//!
//! ```text
//! alice: @Marlowe where do I post screenshots?     Marlowe: The gallery is the place for those. …
//! alice: /persona show                             Guildhall (only to alice): Marlowe, version 3 …
//! ```
//!
//! Not here: asking a model (`ai`, the flow), what is remembered (`memory`), splitting and sending (`discord`), and the
//! configuration that a deployment becomes (`platform`). No network, no async, no clock.

pub mod presets;
mod settings;

mod trigger;

mod prompt;

mod hygiene;
mod pacing;

mod version;

mod answer;

mod fallback;

pub mod commands;

mod store;

#[cfg(test)]
mod tests;

pub use self::store::STATEMENTS;
pub use answer::{
    Answer, AnswerId, AnswerState, Asking, Erased, NewAnswer, Tally, Vote, Voted, answer_begin,
    answer_finish, answer_of, answer_posted, answer_sent, answered_at, cast_vote, erase, export,
    interrupt, overdue, prune,
};
pub use fallback::{Silence, fallback};
pub use hygiene::{ANSWER_LENGTH_MAX, Change, Polished, Stage, polished, polished_part};
pub use pacing::{End, Pace, Pacing, Progress};
pub use prompt::{
    Line, Material, Message, Prompt, PromptVersion, RULES_NUMBER, Role, Voice, prompt,
    prompt_version,
};
pub use settings::{
    LIST_MAX, NAME_LENGTH_MAX, PROMPT_LENGTH_MAX, STYLE_LENGTH_MAX, Settings, SettingsError,
    TriggerName,
};
pub use trigger::{Heard, Trigger, triggered, triggered_by_reaction};
pub use version::{
    Deployed, Difference, NOTE_LENGTH_MAX, VERSIONS_LIMIT_MAX, Version, VersionError, VersionState,
    before, deploy, deployed, difference, draft, record, rollback, version, versions,
};

/// The tables of personas.
pub const MIGRATIONS: &[::store::Migration] = &[::store::Migration {
    number: 9,
    name: "bots",
    up: include_str!("../migrations/0009_bots.up.sql"),
    down: include_str!("../migrations/0009_bots.down.sql"),
}];

/// The tables that erasing a person takes words or names out of.
pub const ERASED: &[&str] = &["bots_answers", "bots_votes", "bots_messages"];

/// The messages of personas, by language.
pub const WORDS: &[(&str, &str)] = &[("en", include_str!("../words/en.ftl"))];
