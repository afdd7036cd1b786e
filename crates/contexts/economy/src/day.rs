//! Calendar days in a member's zone, and what follows from them for claims and streaks.
//!
//! Pure. A day is the member's own calendar day, however long daylight saving makes it. Changing the zone never
//! brings a second claim within [`ZONE_CHANGE_WAIT`], and a journey never costs a streak within [`JOURNEY_GRACE`].

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use kernel::{Span, Timestamp};

use crate::pending::after;

/// How long a claim in another zone has to wait.
pub const ZONE_CHANGE_WAIT: Span = Span::hours(20);
/// After a change of zone, a claim within this time of the last one continues the streak, whatever the calendars say.
pub const JOURNEY_GRACE: Span = Span::hours(36);

/// A time zone by its name in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// Why a text is no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no time zone: choose a name such as Europe/Berlin")]
pub struct ZoneError {
    /// What was given, cut to 64 characters.
    pub given: String,
}

impl Zone {
    /// The zone with this name, in any case.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        let wrong = || ZoneError {
            given: name.chars().take(64).collect(),
        };
        if name.len() > 64 {
            return Err(wrong());
        }
        let rules = TimeZone::get(name).map_err(|_| wrong())?;
        let name = rules.iana_name().ok_or_else(wrong)?.to_owned();
        Ok(Self { name, rules })
    }

    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            rules: TimeZone::UTC,
        }
    }

    /// The member's own zone, else the guild's, else UTC; names that are none (any more) are passed over.
    #[must_use]
    pub fn first_of(names: [Option<&str>; 2]) -> Self {
        let mut found = names
            .into_iter()
            .flatten()
            .filter_map(|name| Self::named(name).ok());
        found.next().unwrap_or_else(Self::utc)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zones whose names hold this text, those that begin with it first; at most `limit`.
    #[must_use]
    pub fn matching(partial: &str, limit: usize) -> Vec<String> {
        let wanted = partial.trim().to_ascii_lowercase().replace(' ', "_");
        let mut found: Vec<(u8, String)> = jiff::tz::db()
            .available()
            .map(|name| name.as_str().to_owned())
            .filter_map(|name| Some((nearness(&name.to_ascii_lowercase(), &wanted)?, name)))
            .collect();
        found.sort();
        found
            .into_iter()
            .take(limit)
            .map(|(_, name)| name)
            .collect()
    }

    /// The number of the calendar day at a moment, counted from 1970-01-01.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> i64 {
        let Ok(moment) = jiff::Timestamp::from_microsecond(at.micros()) else {
            return 0;
        };
        let date = moment.to_zoned(self.rules.clone()).date();
        let since = date.since(Date::constant(1970, 1, 1));
        since.map_or(0, |span| i64::from(span.get_days()))
    }

    /// The hour of the week at a moment, counted from Monday's midnight.
    #[must_use]
    pub fn hour_of_week(&self, at: Timestamp) -> usize {
        let Ok(moment) = jiff::Timestamp::from_microsecond(at.micros()) else {
            return 0;
        };
        let local = moment.to_zoned(self.rules.clone());
        let day = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
        let hour = usize::try_from(local.hour()).unwrap_or(0);
        day.saturating_mul(24).saturating_add(hour)
    }

    /// The moment at which a day begins here; for days beyond the calendar, the end of time.
    #[must_use]
    pub fn begins(&self, day: i64) -> Timestamp {
        let never = Timestamp::from_micros(i64::MAX);
        let date = i32::try_from(day).ok().and_then(date_of);
        let moment = date.and_then(|date| date.to_zoned(self.rules.clone()).ok());
        moment.map_or(never, |moment| {
            Timestamp::from_micros(moment.timestamp().as_microsecond())
        })
    }
}

/// The date this many days after the first of 1970, within the years 1 to 9000.
fn date_of(day: i32) -> Option<Date> {
    // A span of more days than the calendar has is refused by a panic, so the number is bounded first.
    if !(-700_000..=2_500_000).contains(&day) {
        return None;
    }
    Date::constant(1970, 1, 1).checked_add(day.days()).ok()
}

/// How near a name is to what was typed: begins with it, has a part that does, holds it.
fn nearness(name: &str, wanted: &str) -> Option<u8> {
    if name.starts_with(wanted) {
        return Some(0);
    }
    if name.split('/').any(|part| part.starts_with(wanted)) {
        return Some(1);
    }
    name.contains(wanted).then_some(2)
}

/// The last claim of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastClaim {
    /// The day it was for, in the zone it was made in.
    pub day: i64,
    /// When it was made.
    pub at: Timestamp,
    /// The zone it was made in.
    pub zone: String,
    /// The streak it brought.
    pub streak: i64,
}

/// What a claim now would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimable {
    /// A claim for this day, bringing this streak.
    Now {
        /// The day.
        day: i64,
        /// The streak.
        streak: i64,
    },
    /// Too early; not before this.
    NotBefore(Timestamp),
}

/// Whether a member may claim at a moment.
#[must_use]
pub fn claimable(zone: &Zone, last: Option<&LastClaim>, now: Timestamp) -> Claimable {
    let day = zone.day(now);
    let Some(last) = last else {
        return Claimable::Now { day, streak: 1 };
    };
    let moved = last.zone != zone.name();
    let next_day = last.day.saturating_add(1);
    let rested = after(last.at, ZONE_CHANGE_WAIT);
    let early = day <= last.day || (moved && now < rested);
    if early {
        let begins = zone.begins(next_day);
        return Claimable::NotBefore(if moved { begins.max(rested) } else { begins });
    }
    let goes_on = day == next_day || (moved && now < after(last.at, JOURNEY_GRACE));
    let streak = if goes_on {
        last.streak.saturating_add(1)
    } else {
        1
    };
    Claimable::Now { day, streak }
}

/// When a streak ends that was continued on this day: with the end of the day after it.
pub(crate) fn lapses_at(zone: &Zone, day: i64) -> Timestamp {
    zone.begins(day.saturating_add(2))
}

/// When a streak ends whose last claim was this one, for whoever counts days in this zone now.
pub(crate) fn lapses_after(zone: &Zone, last: &LastClaim) -> Timestamp {
    let lapses = lapses_at(zone, last.day);
    if last.zone == zone.name() {
        lapses
    } else {
        lapses.max(after(last.at, JOURNEY_GRACE))
    }
}

/// What a claim pays: the amount, and the bonus for each day that the streak has gone on.
#[must_use]
pub fn reward(daily: &crate::settings::Daily, streak: i64) -> i64 {
    let days = streak
        .saturating_sub(1)
        .clamp(0, daily.streak_days_max.max(0));
    daily
        .amount
        .saturating_add(daily.streak_bonus.saturating_mul(days))
}

#[cfg(test)]
mod tests;
