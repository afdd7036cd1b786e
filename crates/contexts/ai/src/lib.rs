//! Models: the port to them, what they may be asked, what they may cost, and the one that is built in.
//!
//! Q1  A request has bounds, and the asker's text is its last message, verbatim.
//! Q2  A structured answer is read to the letter, or discarded with a reason.
//! Q3  No claim of a provider costs more than was set aside, or hides what the texts themselves show.
//! Q4  What is spent and set aside never exceeds a cap of the day; the same cause reserves and settles once.
//! Q5  A provider that fails in a row is left alone, and never for good.
//! Q6  Nobody is asked again once a piece of an answer was shown, nor in the place of one that refused.
//! Q7  The built-in model knows of a person only what its request remembers.
//!
//! Words: a *request* is what a model is asked, an *answer* the *pieces* that come back. A *provider* is who runs
//! models; a *circuit* is a provider's health. Money is in millionths of a US dollar; a *day* is one of UTC.
//!
//! ```text
//! reserve(…)  →  model.ask(…)  →  settle(…)
//! alice: remember that my cat is called Miso     Guildhall: Noted: your cat is called Miso.
//! alice: what is my cat called?                  Guildhall: Your cat is called Miso.
//! ```
//!
//! Not here: networks and wire formats (`llm`), prompts of personas, what is remembered, what a judgement leads to.

mod model;
mod models;
mod request;

mod checked;
mod price;

mod budget;
mod settings;
mod spend;

mod breaker;
mod fallback;

mod offline;

mod store;

#[cfg(test)]
mod tests;

pub use self::store::STATEMENTS;
pub use breaker::{Breaker, BreakerPolicy, Circuit, Leave};
pub use budget::{
    Actual, Budget, BudgetError, Novelty, RELEASE_CHUNK_MAX, RESERVATION_LASTS, Reservation,
    Reserve, Settled, Whose, day_of, month_of, release_stale, reserve, settle,
};
pub use checked::{
    CHECKED_BYTES_MAX, Discarded, FACT_LENGTH_MAX, FACTS_MAX, Fact, Judgement,
    REASONING_LENGTH_MAX, RULE_LENGTH_MAX, Schema, Subject,
};
pub use fallback::{Next, PAUSE_MAX, Spoke, Standing, TIME_MIN, TRIES_MAX, next};
pub use model::{
    ANSWER_BYTES_MAX, Answer, Awaited, Broken, By, Decided, End, Model, ModelError, Piece, Pieces,
    Sent, Usage,
};
pub use models::{BuiltIn, Condition, Models, Own, OwnError};
pub use offline::Offline;
pub use price::{Estimate, FREE, Price, PriceError, Prices, Tokens, UNKNOWN};
pub use request::{
    Known, MESSAGES_MAX, Message, NOTES_MAX, Persona, Purpose, QUESTIONS_VERSION,
    REQUEST_BYTES_MAX, RULES, Request, Role,
};
pub use settings::{CAP_MAX, Caps, Kind, Settings, SettingsError, Source, is_model_name};
pub use spend::{
    FORGET_CHUNK_MAX, REPORT_DAYS_MAX, REPORT_MEMBERS_MAX, Report, Spent, erase, export, forget,
    models_since, report, spent_days, spent_models,
};

/// The tables of the context.
pub const MIGRATIONS: &[::store::Migration] = &[
    ::store::Migration {
        number: 7,
        name: "ai",
        up: include_str!("../migrations/0007_ai.up.sql"),
        down: include_str!("../migrations/0007_ai.down.sql"),
    },
    ::store::Migration {
        number: 17,
        name: "traffic",
        up: include_str!("../migrations/0017_traffic.up.sql"),
        down: include_str!("../migrations/0017_traffic.down.sql"),
    },
    ::store::Migration {
        number: 20,
        name: "models",
        up: include_str!("../migrations/0020_models.up.sql"),
        down: include_str!("../migrations/0020_models.down.sql"),
    },
];

/// The tables that erasing a person takes words or names out of.
pub const ERASED: &[&str] = &["ai_reservations", "ai_spend"];

/// The messages of the context, by language.
pub const WORDS: &[(&str, &str)] = &[("en", include_str!("../words/en.ftl"))];
