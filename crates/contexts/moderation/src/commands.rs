//! The commands, menus and buttons of moderation: what they take, who may use them, and who answers.
//!
//! A button's id says all there is to know, `moderation:undo:3`: nothing waits in memory for a press. All answers
//! are private; what the server is told is a card for the log channel, which the answer carries along.

mod automod;
mod card;
mod cases;
mod measures;
mod menus;
mod parse;
mod refusal;
mod specs;

use ::store::Tx;
use chat::{AnswerKind, Invocation, Invoked, Reply};
use kernel::{IdSource, Op, UserId, Words};

use crate::{
    cases::Case,
    compiled::Compiled,
    deed::Deed,
    ranks::{Power, Ranks},
    settings::Settings,
    switch::Switch,
};
pub(crate) use card::escaped;
pub use card::{case_card, log_card};
use parse::{Asked, parse};
pub use refusal::CommandError;
pub use specs::specs;

/// The beginning of every custom id of moderation.
pub const CUSTOM_ID_PREFIX: &str = "moderation:";
/// The most messages that one `/purge` removes.
pub const PURGE_MAX: i64 = 100;
/// The longest slow mode that Discord knows, in seconds.
pub const SLOWMODE_MAX: i64 = 21_600;

/// A reply, and what must happen besides.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the asker is told.
    pub reply: Reply,
    /// What must happen.
    pub deeds: Vec<Deed>,
    /// The case that was opened or changed.
    pub case: Option<Case>,
    /// What stands in the log channel, where there is one.
    pub card: Option<Reply>,
    /// How the switch stands, where it was turned.
    pub switched: Option<Switch>,
}

/// What answering takes besides the transaction.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The guild's settings.
    pub settings: &'a Settings,
    /// Its rules, ready to be applied.
    pub compiled: &'a Compiled,
    /// All messages.
    pub words: &'a Words,
    /// Who stands where, for the commands that [`needs_ranks`] names.
    pub ranks: Option<&'a Ranks>,
}

/// What an answer is made of, apart from the transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk<'a> {
    pub(crate) op: &'a Op,
    pub(crate) ids: &'a dyn IdSource,
    pub(crate) desk: Desk<'a>,
    pub(crate) invocation: &'a Invocation,
}

/// How the answer to this will be seen when it succeeds; nothing where moderation does not answer it.
#[must_use]
pub fn answer_kind(invoked: &Invoked) -> Option<AnswerKind> {
    match parse(invoked) {
        Ok(Asked::List { turned: true, .. }) => Some(AnswerKind::Update),
        Ok(_) => Some(AnswerKind::Private),
        Err(CommandError::NotOurs) => None,
        // What makes no sense is still ours to refuse.
        Err(_) => Some(AnswerKind::Private),
    }
}

/// Whom this command is about and what it takes, where it takes a look at roles: then [`Desk::ranks`] must be there.
#[must_use]
pub fn needs_ranks(invoked: &Invoked) -> Option<(Power, Option<UserId>)> {
    let asked = parse(invoked).ok()?;
    match asked {
        Asked::Measure(sanction) => Some((measures::power(&sanction), Some(sanction.user))),
        Asked::Unban { user, .. } => Some((Power::Ban, Some(user))),
        Asked::Purge { .. } => Some((Power::Purge, None)),
        Asked::Slowmode { .. } | Asked::Lockdown { .. } => Some((Power::Channel, None)),
        _ => None,
    }
}

/// Answers a command, menu or press inside the caller's transaction.
///
/// # Errors
/// A refusal, which is told privately, or a failure of the database.
pub fn invoke(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    desk: &Desk<'_>,
    invocation: &Invocation,
) -> Result<Answer, CommandError> {
    let talk = Talk {
        op,
        ids,
        desk: *desk,
        invocation,
    };
    match parse(&invocation.invoked)? {
        Asked::Measure(sanction) => measures::measure(tx, &talk, &sanction),
        Asked::Unban { user, reason } => measures::unban(tx, &talk, user, &reason),
        Asked::Purge { count, user } => measures::purge(&talk, count, user),
        Asked::Slowmode { seconds } => measures::slowmode(&talk, seconds),
        Asked::Lockdown { locked } => measures::lockdown(&talk, locked),
        Asked::Show(number) => cases::show(tx, &talk, number),
        Asked::Note { number, text } => cases::note(tx, &talk, number, &text),
        Asked::Undo { number, reason } => cases::undo(tx, &talk, number, &reason),
        Asked::List { user, before, .. } => cases::list(tx, &talk, user, before),
        Asked::Why(number) => cases::why(tx, &talk, number),
        Asked::Test(text) => automod::test(&talk, &text),
        Asked::Status => automod::status(tx, &talk),
        Asked::Switch(state) => automod::turn(tx, &talk, state),
        Asked::Report(message) => menus::report(tx, &talk, message),
    }
}

impl Answer {
    /// A private reply, and nothing besides.
    pub(crate) const fn only(reply: Reply) -> Self {
        Self {
            reply,
            deeds: Vec::new(),
            case: None,
            card: None,
            switched: None,
        }
    }
}
