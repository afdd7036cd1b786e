//! Windows: the newest turns that fit their budgets, oldest first, each turn in one window only.

use ::store::{DbError, Tx};
use kernel::{MessageId, Timestamp};

use crate::{
    place::Viewer,
    settings::Settings,
    store::{members, summaries, turns},
    summary::Summary,
    text::tokens,
    turn::Turn,
};

/// The most turns of one window that are looked at.
const WINDOW_TURNS_MAX: i64 = 100;
/// What a turn costs beside its words: a name and a line.
const TURN_COST: i64 = 6;

/// What was said before the question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Windows {
    /// What the talk in this channel came to before the turns below.
    pub summary: Option<Summary>,
    /// In this channel, oldest first.
    pub channel: Vec<Turn>,
    /// By and to the asker in other channels, oldest first.
    pub member: Vec<Turn>,
    /// By others in other channels, oldest first.
    pub server: Vec<Turn>,
}

/// What was said before `question` that the viewer and the channel may see.
///
/// # Errors
/// When the database fails.
pub fn windows(
    tx: &mut Tx<'_>,
    settings: &Settings,
    viewer: &Viewer,
    question: MessageId,
    now: Timestamp,
) -> Result<Windows, DbError> {
    if !settings.enabled || members::member_is_silent(tx, viewer.guild, viewer.user)? {
        return Ok(Windows::default());
    }
    let place = (viewer.guild, viewer.channel);
    let range = (0, question.to_column());
    let budgets = &settings.budgets;
    let fits = |found: Vec<Turn>, budget| fitting(found, viewer, now, budget);
    let summary = summaries::summary_fetch(tx, place, now)?
        .filter(|summary| tokens(&summary.text) <= budgets.summary);
    let channel = turns::channel_window(tx, place, range, now, WINDOW_TURNS_MAX)?;
    let member = turns::member_window(tx, viewer, now, WINDOW_TURNS_MAX)?;
    let server = turns::server_window(tx, viewer, now, WINDOW_TURNS_MAX)?;
    Ok(Windows {
        summary,
        channel: fits(channel, budgets.channel),
        member: fits(member, budgets.member),
        server: fits(server, budgets.server),
    })
}

/// The newest turns that fit, given newest first, back in the order in which they were said.
pub(crate) fn fitting(found: Vec<Turn>, viewer: &Viewer, now: Timestamp, budget: i64) -> Vec<Turn> {
    let mut left = budget;
    let mut taken = Vec::new();
    for turn in found.into_iter().filter(|turn| turn.is_for(viewer, now)) {
        left -= cost(&turn);
        if left < 0 {
            break;
        }
        taken.push(turn);
    }
    taken.reverse();
    taken
}

/// What a turn takes of a budget.
pub(crate) fn cost(turn: &Turn) -> i64 {
    tokens(&turn.text)
        .saturating_add(tokens(&turn.name))
        .saturating_add(TURN_COST)
}
