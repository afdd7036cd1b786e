//! Finding cases: by member, sort, state and rule, newest first, a bounded way at a time.

use ::store::{DbError, Tx};
use kernel::{GuildId, UserId};

use crate::{
    cases::{CASES_LIMIT_MAX, CaseKind, CasePage, CaseState},
    store::cases,
};

/// The most cases that one page looks at.
pub const CASES_LOOKED_AT_MAX: i64 = 5_000;

/// Which cases are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseFilter {
    /// About this member.
    pub user: Option<UserId>,
    /// Of this sort.
    pub kind: Option<CaseKind>,
    /// In this state.
    pub state: Option<CaseState>,
    /// Opened by this rule.
    pub rule: Option<String>,
}

/// A page of the cases that fit, below `before` where that is given. It may hold fewer than there are to come, or
/// none: it has looked at [`CASES_LOOKED_AT_MAX`] cases, and says where to go on.
///
/// # Errors
/// When the database fails.
pub fn case_search(
    tx: &mut Tx<'_>,
    guild: GuildId,
    filter: &CaseFilter,
    before: Option<i64>,
    limit: u32,
) -> Result<CasePage, DbError> {
    let limit = limit.clamp(1, CASES_LIMIT_MAX);
    let newest = cases::number_last(tx, guild)?.saturating_add(1);
    let below = before.unwrap_or(newest).min(newest);
    // A member's cases are few, and have an index of their own.
    let floor = match filter.user {
        Some(_) => 1,
        None => below.saturating_sub(CASES_LOOKED_AT_MAX).max(1),
    };
    // One more than is shown tells whether there is a next page.
    let mut found = cases::case_search(tx, guild, filter, (below, floor), limit + 1)?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    let next = match found.last().filter(|_| more) {
        Some(last) => Some(last.number),
        None => (floor > 1).then_some(floor),
    };
    Ok(CasePage { cases: found, next })
}
