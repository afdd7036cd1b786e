//! Interactions from the application's side: registering commands, answering, following up, and being asked over HTTP.
//!
//! I1  An interaction is answered once, within three seconds; later it is unknown (10062), twice it is refused (40060).
//! I2  Its token opens follow-ups for fifteen minutes (50027 afterwards).
//! I3  A deferral keeps its visibility: the first follow-up fills it, whatever that follow-up asks for.
//! I4  A form never answers a form, and only choices answer an autocomplete.
//!
//! Not here: the member's side, who sends commands and clicks (`control`), and what an interaction looks like (`world`).

pub(crate) mod answer;
pub(crate) mod callback;
pub(crate) mod commands;
pub(crate) mod endpoint;
pub(crate) mod followups;
mod post;
#[cfg(test)]
mod tests;

/// How long an application has for its first answer.
pub(crate) const ANSWER_WITHIN_US: i64 = 3_000_000;
/// How long a token opens follow-ups.
pub(crate) const TOKEN_LIFE_US: i64 = 15 * 60 * 1_000_000;
