//! How evenly coins are spread over those who have any: what the poorest have together, and the Gini figure.
//!
//! It takes a look at every purse, so the background takes it, at most every [`SPREAD_PAUSE`] and only where coins moved;
//! a page reads what was found, and when. What is kept is shares, and names nobody.

use ::store::{DbError, Tx};
use kernel::{Coins, GuildId, Span, Timestamp};

use crate::store::spreads;

pub use crate::store::spreads::PurseMark;

/// How many parts the curve has; it has one point more.
pub const SPREAD_PARTS: u8 = 20;
/// What a share counts: so many of it are the whole.
pub const SPREAD_WHOLE: u32 = 10_000;
/// The time that passes at least before a guild's purses are gone through again.
pub const SPREAD_PAUSE: Span = Span::minutes(10);
/// The time after which they are in any case: what was erased leaves the shares then at the latest.
const SPREAD_KEPT: Span = Span::days(1);
/// Guilds of one call.
const GUILDS: u32 = 200;
/// Purses of one call.
const PURSES: u32 = 2_000;
/// The most purses that are looked at, the fullest first.
const PURSES_MAX: usize = 1_000_000;

/// How evenly coins are spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// How many have any.
    pub holders: u64,
    /// What they have together.
    pub coins: Coins,
    /// The Gini figure, of [`SPREAD_WHOLE`]: nothing where all have the same, nearly all where one has everything.
    pub gini: u32,
    /// What the poorest have together, of [`SPREAD_WHOLE`]: of none of them first, and of all of them last.
    pub shares: Vec<u32>,
}

/// A spread, and when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpreadSeen {
    /// What was found.
    pub spread: Spread,
    /// When.
    pub at: Timestamp,
}

/// A guild whose purses are to be gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpreadDue {
    /// The guild.
    pub guild: GuildId,
    /// How far its journal is summed up.
    through: i64,
}

/// What is in the purses of a guild, as far as they were gone through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purses {
    /// The fullest first.
    amounts: Vec<i64>,
    after: Option<PurseMark>,
}

impl Spread {
    /// How these amounts are spread, the largest first.
    #[must_use]
    pub fn of(amounts: &[i64]) -> Self {
        let poorest_first = amounts.iter().rev().map(|amount| i128::from(*amount));
        let mut sums = vec![0_i128];
        let (mut sum, mut weighted, mut place) = (0_i128, 0_i128, 0_i128);
        for amount in poorest_first {
            place = place.saturating_add(1);
            sum = sum.saturating_add(amount);
            weighted = weighted.saturating_add(place.saturating_mul(amount));
            sums.push(sum);
        }
        let parts = 0..=usize::from(SPREAD_PARTS);
        Self {
            holders: u64::try_from(amounts.len()).unwrap_or(u64::MAX),
            coins: Coins::new(i64::try_from(sum).unwrap_or(i64::MAX)),
            gini: gini(place, sum, weighted),
            shares: parts.map(|part| share(&sums, part)).collect(),
        }
    }
}

/// Twice what each has by their place, against what they would have if all had the same.
fn gini(count: i128, sum: i128, weighted: i128) -> u32 {
    let even = count.saturating_add(1).saturating_mul(sum);
    let above = weighted.saturating_mul(2).saturating_sub(even);
    of_whole(above, count.saturating_mul(sum))
}

/// What the poorest have together up to a part; within a member's own place it grows evenly.
fn share(sums: &[i128], part: usize) -> u32 {
    let parts = usize::from(SPREAD_PARTS);
    let count = sums.len().saturating_sub(1);
    let reach = count.saturating_mul(part);
    let (whole, rest) = (reach.div_euclid(parts), reach.rem_euclid(parts));
    let at = |place: usize| sums.get(place).or(sums.last()).copied().unwrap_or(0);
    let (below, above) = (at(whole), at(whole.saturating_add(1)));
    let wide = |count: usize| i128::try_from(count).unwrap_or(i128::MAX);
    let within = above.saturating_sub(below).saturating_mul(wide(rest));
    let reached = below.saturating_mul(wide(parts)).saturating_add(within);
    of_whole(reached, at(count).saturating_mul(wide(parts)))
}

/// A part of a whole, as a share.
fn of_whole(part: i128, whole: i128) -> u32 {
    let scaled = part.saturating_mul(i128::from(SPREAD_WHOLE));
    let share = scaled.checked_div(whole).unwrap_or(0);
    u32::try_from(share.clamp(0, i128::from(SPREAD_WHOLE))).unwrap_or(0)
}

/// The next guilds after one whose purses are to be gone through; nothing behind the last.
///
/// # Errors
/// When the database fails.
pub fn spreads_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    after: Option<GuildId>,
) -> Result<Vec<SpreadDue>, DbError> {
    let times = (now.before(SPREAD_PAUSE), now.before(SPREAD_KEPT));
    let due = spreads::due_list(tx, after, times, GUILDS)?;
    let due = due.into_iter();
    Ok(due
        .map(|(guild, through)| SpreadDue { guild, through })
        .collect())
}

/// Goes on through the purses of a guild, a bounded way; nothing where this was the end. What moves meanwhile may be seen
/// twice or not at all.
///
/// # Errors
/// When the database fails.
pub fn purses(
    tx: &mut Tx<'_>,
    guild: GuildId,
    after: Option<PurseMark>,
) -> Result<Purses, DbError> {
    let found = spreads::purse_list(tx, guild, after, PURSES)?;
    let is_full = u32::try_from(found.len()) == Ok(PURSES);
    let last = found.last().copied();
    let amounts = found.iter().map(|purse| purse.value).collect();
    Ok(Purses {
        amounts,
        after: last.filter(|_| is_full),
    })
}

impl Purses {
    /// Where to go on.
    #[must_use]
    pub const fn mark(&self) -> Option<PurseMark> {
        self.after
    }

    /// How what is in them is spread.
    #[must_use]
    pub fn spread(&self) -> Spread {
        Spread::of(&self.amounts)
    }

    /// Takes on what was found next, and says whether there is more.
    pub fn extend(&mut self, next: Self) -> bool {
        self.amounts.extend(next.amounts);
        self.after = next.after;
        self.after.is_some() && self.amounts.len() < PURSES_MAX
    }
}

/// Keeps how a guild's coins are spread.
///
/// # Errors
/// When the database fails.
pub fn spread_keep(
    tx: &mut Tx<'_>,
    due: SpreadDue,
    spread: &Spread,
    now: Timestamp,
) -> Result<(), DbError> {
    spreads::spread_put(tx, due.guild, due.through, spread, now)
}

/// How evenly a guild's coins were spread when that was last looked at; nothing where it never was.
///
/// # Errors
/// When the database fails.
pub fn spread(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<SpreadSeen>, DbError> {
    spreads::spread_fetch(tx, guild)
}

#[cfg(test)]
mod tests {
    use super::{SPREAD_PARTS, SPREAD_WHOLE, Spread};

    #[test]
    fn equal_purses_lie_on_the_line_and_one_purse_of_many_far_below() {
        let even = Spread::of(&[7; 40]);
        let line: Vec<u32> = (0..=20).map(|part| part * 500).collect();
        assert_eq!((even.gini, even.shares), (0, line));
        let mut amounts = vec![1; 1_000];
        amounts[0] = 1_000_000;
        let one = Spread::of(&amounts);
        assert_eq!((one.gini, one.holders), (9_980, 1_000));
        assert_eq!(one.coins.get(), 1_000_999);
        assert_eq!(one.shares[19], 9);
    }

    #[test]
    fn a_curve_of_few_is_exact_at_its_members() {
        let three = Spread::of(&[6, 3, 1]);
        assert_eq!((three.shares[0], three.shares[20]), (0, SPREAD_WHOLE));
        // Half of three: the first, and half of the second.
        assert_eq!(three.shares[10], 2_500);
        // 2 × (1 + 2·3 + 3·6) / (3 · 10) − 4 / 3
        assert_eq!(three.gini, 3_333);
        let alone = Spread::of(&[5]);
        assert_eq!((alone.gini, alone.shares[10]), (0, 5_000));
    }

    #[test]
    fn nobody_and_more_coins_than_fit_are_no_trouble() {
        let none = Spread::of(&[]);
        assert_eq!((none.holders, none.gini), (0, 0));
        assert_eq!(none.shares, vec![0; usize::from(SPREAD_PARTS) + 1]);
        let vast = Spread::of(&[i64::MAX; 9]);
        assert_eq!((vast.coins.get(), vast.gini), (i64::MAX, 0));
    }
}
