//! Who has the most, and who claimed for the most days in a row.
//!
//! A page is cut out of an index, so it costs the same in a guild of ten as in one of sixty thousand members, but
//! for the entries before it. Erased people are on no page.

use ::store::{DbError, Tx};
use kernel::{GuildId, Timestamp, UserId};

use crate::store::{accounts::AccountKey, boards};

/// What a leaderboard ranks by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankBy {
    /// What is in the purse.
    Balance,
    /// Days of claiming in a row, of streaks that go on.
    Streak,
}

impl RankBy {
    /// The name in options, custom ids and requests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Streak => "streak",
        }
    }

    /// The ranking with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Balance, Self::Streak]
            .into_iter()
            .find(|by| by.name() == name)
    }
}

/// One line of a leaderboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    /// The place, from 1; of equals, who came first.
    pub rank: u32,
    /// The member.
    pub user: UserId,
    /// Coins or days.
    pub value: i64,
}

/// A part of a leaderboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// The lines in order.
    pub lines: Vec<Ranked>,
    /// The rank after which the next part begins, where there is one.
    pub next: Option<u32>,
}

/// The most lines of one part.
pub const RANKING_LIMIT_MAX: u32 = 200;
/// The last place that can be asked for.
pub const RANK_MAX: u32 = 1_000_000;

/// The lines after a rank, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn leaderboard(
    tx: &mut Tx<'_>,
    guild: GuildId,
    by: RankBy,
    (after, limit): (u32, u32),
    now: Timestamp,
) -> Result<Ranking, DbError> {
    let limit = limit.clamp(1, RANKING_LIMIT_MAX);
    let after = after.min(RANK_MAX);
    let ask = limit.saturating_add(1);
    let mut found = match by {
        RankBy::Balance => boards::rank_by_balance(tx, guild, after, ask)?,
        RankBy::Streak => boards::rank_by_streak(tx, guild, after, ask, now)?,
    };
    let limit_len = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > limit_len;
    found.truncate(limit_len);
    let ranks = after.saturating_add(1)..;
    let lines = ranks
        .zip(found)
        .map(|(rank, (user, value))| Ranked { rank, user, value })
        .collect();
    Ok(Ranking {
        lines,
        next: more.then(|| after.saturating_add(limit)),
    })
}

/// Where a list of all who have coins goes on: after a purse, what was in it, and its rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolderCursor {
    rank: u32,
    value: i64,
    purse: AccountKey,
}

/// Who has coins, the richest first, from a place on, and where the list goes on. Each part enters the index where the
/// one before left it, so a whole list costs its length; a leaderboard counts to its rank anew.
///
/// # Errors
/// When the database fails.
pub fn holders(
    tx: &mut Tx<'_>,
    guild: GuildId,
    from: Option<HolderCursor>,
    limit: u32,
) -> Result<(Vec<Ranked>, Option<HolderCursor>), DbError> {
    let limit = limit.clamp(1, RANKING_LIMIT_MAX);
    let start = from.unwrap_or(HolderCursor {
        rank: 0,
        value: i64::MAX,
        purse: AccountKey(0),
    });
    let found = boards::holder_list(tx, guild, (start.value, start.purse), limit)?;
    let is_full = u32::try_from(found.len()) == Ok(limit);
    let ranks = start.rank.saturating_add(1)..;
    let last = ranks.clone().zip(&found).last();
    let next = last.filter(|_| is_full).map(|(rank, line)| HolderCursor {
        rank,
        value: line.value,
        purse: line.purse,
    });
    let ranked = |(rank, line): (u32, boards::Holder)| {
        let value = line.value;
        line.user.map(|user| Ranked { rank, user, value })
    };
    Ok((ranks.zip(found).filter_map(ranked).collect(), next))
}
