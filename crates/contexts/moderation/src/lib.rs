//! Moderation of a guild: rules for messages, cases, sanctions, and undoing all of it.
//!
//! M1   A text is read as a person sees it, and every place named in it is one of the original.
//! M2   A word matches whole words only; `*` stands for any letters.
//! M3   Owners' patterns run in linear time over a bounded text.
//! M4   Bots, exempt roles and channels are left alone; moderators too, unless the rule includes them.
//! M5   A message counts once for flood and duplicates, however often it arrives.
//! M6   A shadow rule makes no case and no deed.
//! M7   A model alone does only what can be taken back.
//! M8   One case for one cause; undoing one gives back once, with everything that its points led to.
//! M9   Nobody acts on their equals or betters, nor does the bot; and who may not ban lifts no ban by another way.
//! M10  A sanction with an end is ended once, on time, also after a restart.
//! M11  With the switch off nothing is enforced, from the same transaction on.
//! M12  A member's kept words go when their time is over, or when they are erased.
//! M13  A guild's cases are never seen or touched from another guild.
//!
//! Words: a *rule* has a *trigger* and *actions*; a *hit* is a rule set off by a message. A *case* is a numbered
//! record. A *deed* is what must happen in Discord. A *step* is what points lead to.
//!
//! ```text
//! alice: buy cheap c0ins         (removed)  Guildhall → #log: Case 1: automod, alice, Rule “spam” [Why] [Undo]
//! mod:   /case undo number:1     Guildhall (only to mod): Case 1 is undone. The message is posted again.
//! mod:   /timeout @alice 10m     Guildhall (only to mod): Case 2: alice can't write for 10m.
//! ```
//!
//! Not here: Discord, models, audit entries, and who holds which role. No network, no async, no clock.

mod settings;

mod text;

mod lexicon;
mod links;
mod pattern;

mod compiled;
mod flood;
mod judge;
mod model;
mod trial;

mod cases;
mod deed;
mod duration;
mod enforce;
mod ranks;
mod review;
mod sanctions;
mod search;
mod switch;
mod undo;

pub mod commands;

mod store;

#[cfg(test)]
mod tests;

pub use self::store::STATEMENTS;
pub use cases::{
    CASES_LIMIT_MAX, Case, CaseError, CaseKind, CasePage, CaseState, HELD_LENGTH_MAX, Held, Note,
    Novelty, OpenCase, REASON_LENGTH_MAX, case_fetch, case_list, case_note, case_open, case_page,
    erase, export, held, name_of, notes, words_forget,
};
pub use compiled::Compiled;
pub use deed::Deed;
pub use duration::{minutes, spoken};
pub use enforce::{Dealt, Enforced, Offence, enforce, points};
pub use flood::FloodState;
pub use judge::{
    Ask, FloodMessage, Hit, Matched, Message, Part, Standing, Text, Verdict, judge, texts,
    would_hit,
};
pub use model::{Answer, judgement};
pub use ranks::{Power, Rank, Ranks, Refusal, may_act};
pub use review::{WAITING_LIMIT_MAX, Waiting, give_back, leave_away, waiting, waiting_count};
pub use sanctions::{
    BAN_MINUTES_MAX, DELETE_SECONDS_MAX, Due, Lasting, Measure, Sanction, Sanctioned,
    TIMEOUT_MINUTES_MAX, sanction, sanction_due, sanction_end, unban,
};
pub use search::{CASES_LOOKED_AT_MAX, CaseFilter, case_search};
pub use settings::{
    Action, Mode, PATTERN_LENGTH_MAX, PATTERN_SIZE_MAX, PATTERNS_SIZE_MAX, Points, RULES_MAX, Rule,
    STARS_MAX, Settings, SettingsError, Step, StepSanction, Trigger, WORD_LENGTH_MAX, WORDS_MAX,
};
pub use switch::{
    REPORTS_MAX, Reported, Switch, SwitchState, report, switch, switch_turn, switched_off,
};
pub use text::{TEXT_LENGTH_MAX, bounded, folded};
pub use trial::{Trial, trial};
pub use undo::{Reach, Undone, case_outlook, case_undo};

/// The tables of moderation.
pub const MIGRATIONS: &[::store::Migration] = &[
    ::store::Migration {
        number: 6,
        name: "moderation",
        up: include_str!("../migrations/0006_moderation.up.sql"),
        down: include_str!("../migrations/0006_moderation.down.sql"),
    },
    ::store::Migration {
        number: 13,
        name: "review",
        up: include_str!("../migrations/0013_review.up.sql"),
        down: include_str!("../migrations/0013_review.down.sql"),
    },
];

/// The tables that erasing a person takes words or names out of.
pub const ERASED: &[&str] = &[
    "moderation_held",
    "moderation_cases",
    "moderation_notes",
    "moderation_reports",
];

/// The messages of moderation, by language.
pub const WORDS: &[(&str, &str)] = &[("en", include_str!("../words/en.ftl"))];
