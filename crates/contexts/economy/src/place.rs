//! Where one member stands: the place, the share of all coins, and how the purse came to what is in it.
//!
//! The place is counted in the leaderboard's index, the past is read backwards along the purse's own chain: neither
//! looks at what other members did.

use ::store::{DbError, Tx};
use kernel::{Coins, GuildId, Timestamp, UserId};

use crate::{
    day::Zone,
    store::{boards, ranks},
};

/// The days of a trend, today among them.
pub const TREND_DAYS: i64 = 30;
/// The most transfers that a trend follows back; of a purse that moved more, it shows fewer days.
pub const TREND_STEPS_MAX: u32 = 1_000;

/// Where a member stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The member.
    pub user: UserId,
    /// The place from 1, where there is anything in the purse; of equals, who came first.
    pub place: Option<i64>,
    /// How many members have coins.
    pub of: i64,
    /// What is in the purse.
    pub balance: Coins,
    /// All coins of the guild.
    pub circulating: Coins,
    /// Days of claiming in a row, zero where the row is broken.
    pub streak: i64,
    /// What was in the purse at the end of each day, oldest first; the last is now. Empty for who never had a purse.
    pub trend: Vec<i64>,
}

impl Place {
    /// The share of all coins in thousandths, where there are any.
    #[must_use]
    pub fn share_mille(&self) -> Option<i64> {
        let all = i128::from(self.circulating.get());
        let own = i128::from(self.balance.get());
        let share = own.saturating_mul(1_000).checked_div(all)?;
        i64::try_from(share).ok().filter(|_| all > 0)
    }
}

/// Where a member stands. Days are those of this zone.
///
/// # Errors
/// When the database fails.
pub fn place(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    zone: &Zone,
    now: Timestamp,
) -> Result<Place, DbError> {
    let mut found = Place {
        user,
        place: None,
        of: ranks::holder_count(tx, guild)?,
        balance: Coins::ZERO,
        circulating: ranks::circulating_fetch(tx, guild)?,
        streak: 0,
        trend: Vec::new(),
    };
    let Some(holding) = boards::holding_fetch(tx, guild, user)? else {
        return Ok(found);
    };
    let [purse, ..] = holding.heads;
    found.balance = holding.balance;
    if holding.lapses_at > now {
        found.streak = holding.streak;
    }
    if holding.balance > Coins::ZERO {
        let before = ranks::place_count(tx, guild, purse.account, holding.balance)?;
        found.place = Some(before.saturating_add(1));
    }
    let since = zone.begins(zone.day(now).saturating_sub(TREND_DAYS));
    let changes = ranks::change_chain(tx, guild, purse, since, TREND_STEPS_MAX)?;
    found.trend = trend(zone, holding.balance.get(), &changes, now);
    Ok(found)
}

/// What there was at the end of each day, from what there is now and how it changed, newest first.
fn trend(zone: &Zone, balance: i64, changes: &[(Timestamp, i64)], now: Timestamp) -> Vec<i64> {
    let is_cut = changes.len() >= usize::try_from(TREND_STEPS_MAX).unwrap_or(usize::MAX);
    let known_since = changes.last().filter(|_| is_cut).map(|(at, _)| *at);
    let today = zone.day(now);
    let mut changes = changes.iter().peekable();
    let (mut left, mut days) = (balance, Vec::new());
    for back in 0..TREND_DAYS {
        let end = zone.begins(today.saturating_sub(back).saturating_add(1));
        if known_since.is_some_and(|since| end <= since) {
            break;
        }
        while let Some((_, change)) = changes.next_if(|(at, _)| *at >= end) {
            left = left.saturating_sub(*change);
        }
        days.push(left);
    }
    days.reverse();
    days
}

#[cfg(test)]
mod tests {
    use kernel::{Span, Timestamp};

    use super::{TREND_STEPS_MAX, trend};
    use crate::day::Zone;

    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_past_follows_from_what_there_is_and_how_it_changed() {
        let changes = [
            (now().before(Span::hours(1)), 30),
            (now().before(Span::hours(11)), -50),
            (now().before(Span::days(3)), 100),
        ];
        let days = trend(&Zone::utc(), 80, &changes, now());
        assert_eq!(days.len(), 30);
        assert_eq!(days[26..], [100, 100, 50, 80]);
        assert!(days[..26].iter().all(|day| *day == 0), "{days:?}");
    }

    #[test]
    fn of_a_purse_that_moved_too_much_only_known_days_are_told() {
        let each = |at: u32| (now().before(Span::minutes(3 * at)), 1);
        let changes: Vec<_> = (0..TREND_STEPS_MAX).map(each).collect();
        let days = trend(&Zone::utc(), 1_000, &changes, now());
        // A thousand in steps of three minutes reach two days and a little back; one falls on each midnight.
        assert_eq!(days, [319, 799, 1_000]);
    }
}
