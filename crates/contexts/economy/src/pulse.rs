//! How lively a guild's economy is: coins in circulation, claims and payments by day, and the hours of a week.
//!
//! Only sums over everybody, so every member may see it. A guild that moved more than can be looked at shows fewer
//! days, never wrong ones.

use ::store::{DbError, Tx};
use kernel::{Coins, GuildId, Span, Timestamp};

use crate::{
    day::Zone,
    pending::after,
    store::ranks::{self, SlotRow},
};

/// The days that are looked at, today among them.
pub const PULSE_DAYS: i64 = 30;
/// The most transfers that are looked at, the newest.
pub const PULSE_TRANSFERS_MAX: u32 = 20_000;
/// The hours of a week.
pub const WEEK_HOURS: usize = 7 * 24;

/// How lively a guild's economy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// How many members have coins.
    pub holders: i64,
    /// All coins of the guild.
    pub circulating: Coins,
    /// The days, oldest first; the last is today.
    pub days: Vec<PulseDay>,
    /// How many transfers fell into each hour of a week on those days, Monday's midnight first; [`WEEK_HOURS`] of them.
    pub week: Vec<i64>,
}

/// One day of a guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PulseDay {
    /// Claims of the daily.
    pub claims: i64,
    /// Payments between members.
    pub payments: i64,
    /// All coins at the end of the day.
    pub circulating: i64,
}

impl Pulse {
    /// The hour of the week in which most moved, from Monday's midnight on, where anything did.
    #[must_use]
    pub fn busiest(&self) -> Option<usize> {
        let most = self.week.iter().copied().max().filter(|most| *most > 0)?;
        self.week.iter().position(|count| *count == most)
    }
}

/// How lively a guild's economy is. Days and hours are those of this zone.
///
/// # Errors
/// When the database fails.
pub fn pulse(
    tx: &mut Tx<'_>,
    guild: GuildId,
    zone: &Zone,
    now: Timestamp,
) -> Result<Pulse, DbError> {
    let today = zone.day(now);
    let first = today.saturating_sub(PULSE_DAYS).saturating_add(1);
    let within = (zone.begins(first), after(now, Span::minutes(1)));
    let slots = ranks::pulse_list(tx, guild, within, PULSE_TRANSFERS_MAX)?;
    let circulating = ranks::circulating_fetch(tx, guild)?;
    let first = first_whole(zone, &slots, first);
    let slots: Vec<_> = slots
        .into_iter()
        .filter(|slot| zone.day(slot.slot) >= first)
        .collect();
    Ok(Pulse {
        holders: ranks::holder_count(tx, guild)?,
        circulating,
        days: days(zone, &slots, (first, today), circulating.get()),
        week: week(zone, &slots),
    })
}

/// The first day of which everything was looked at.
fn first_whole(zone: &Zone, slots: &[SlotRow], first: i64) -> i64 {
    let seen = slots.iter().map(|slot| slot.transfers);
    let seen = seen.fold(0_i64, i64::saturating_add);
    match slots.first() {
        Some(oldest) if seen >= i64::from(PULSE_TRANSFERS_MAX) => {
            // Of a guild so busy that one day is too much, that day is shown as far as it was looked at.
            let newest = slots.last().map_or(first, |newest| zone.day(newest.slot));
            zone.day(oldest.slot).saturating_add(1).min(newest)
        }
        _ => first,
    }
}

fn days(zone: &Zone, slots: &[SlotRow], (first, today): (i64, i64), now: i64) -> Vec<PulseDay> {
    let mut slots = slots.iter().rev().peekable();
    let (mut circulating, mut days) = (now, Vec::new());
    for day in (first..=today).rev() {
        let mut told = PulseDay {
            circulating,
            ..PulseDay::default()
        };
        while let Some(slot) = slots.next_if(|slot| zone.day(slot.slot) >= day) {
            told.claims = told.claims.saturating_add(slot.claims);
            told.payments = told.payments.saturating_add(slot.payments);
            circulating = circulating.saturating_sub(slot.issued);
        }
        days.push(told);
    }
    days.reverse();
    days
}

fn week(zone: &Zone, slots: &[SlotRow]) -> Vec<i64> {
    let mut week = vec![0_i64; WEEK_HOURS];
    for slot in slots {
        if let Some(count) = week.get_mut(zone.hour_of_week(slot.slot)) {
            *count = count.saturating_add(slot.transfers);
        }
    }
    week
}
