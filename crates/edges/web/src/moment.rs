//! Moments as a viewer reads them: in their zone, near ones relative, with the exact one on hover.

use jiff::{civil::Date, tz::TimeZone};
use kernel::Timestamp;
use maud::{Markup, html};

/// A page's present, and the viewer's zone.
#[derive(Debug, Clone)]
pub(crate) struct Now {
    pub(crate) at: Timestamp,
    zone: TimeZone,
    name: Option<String>,
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY_MICROS: i64 = 86_400_000_000;

impl Now {
    /// The present in a zone; UTC where its name is none.
    pub(crate) fn new(at: Timestamp, zone: Option<&str>) -> Self {
        let known = zone
            .filter(|name| name.len() <= 64)
            .and_then(|name| Some((TimeZone::get(name).ok()?, name.to_owned())));
        match known {
            Some((zone, name)) => Self {
                at,
                zone,
                name: Some(name),
            },
            None => Self {
                at,
                zone: TimeZone::UTC,
                name: None,
            },
        }
    }

    /// The zone's name, where the viewer told it.
    pub(crate) fn zone_name(&self) -> &str {
        self.name.as_deref().unwrap_or("")
    }

    fn local(&self, at: Timestamp) -> jiff::Zoned {
        let moment = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
        moment.to_zoned(self.zone.clone())
    }

    /// The day of a moment.
    pub(crate) fn date(&self, at: Timestamp) -> Date {
        self.local(at).date()
    }

    /// When the day that lies `back` days ago began.
    pub(crate) fn midnight(&self, back: i64) -> Timestamp {
        let day = self.date(self.at);
        let day = day.saturating_sub(jiff::Span::new().days(back.clamp(0, 3_660)));
        let began = day.to_zoned(self.zone.clone());
        began.map_or_else(
            |_| Timestamp::from_micros(self.at.micros() - back.saturating_mul(DAY_MICROS)),
            |began| Timestamp::from_micros(began.timestamp().as_microsecond()),
        )
    }

    /// The hour of a moment on the viewer's clock, and the day of its week from Monday, both from zero.
    pub(crate) fn hour_and_weekday(&self, at: Timestamp) -> (usize, usize) {
        let local = self.local(at);
        let hour = usize::try_from(local.hour()).unwrap_or(0);
        let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
        (hour, weekday)
    }

    /// The moment that somebody wrote as their own clock shows it: `2026-11-29T14:00`, a space for the `T` allowed.
    pub(crate) fn read_local(&self, text: &str) -> Option<Timestamp> {
        if text.len() > 32 {
            return None;
        }
        let civil: jiff::civil::DateTime = text.trim().parse().ok()?;
        let moment = civil.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp::from_micros(moment.timestamp().as_microsecond()))
    }

    /// When a day that a browser names, such as `2026-11-29`, began and ended on the viewer's clock.
    pub(crate) fn read_day(&self, text: &str) -> Option<(Timestamp, Timestamp)> {
        if text.len() != 10 {
            return None;
        }
        let day: Date = text.parse().ok()?;
        let began = |day: Date| {
            let began = day.to_zoned(self.zone.clone()).ok()?;
            Some(Timestamp::from_micros(began.timestamp().as_microsecond()))
        };
        Some((began(day)?, began(day.tomorrow().ok()?)?))
    }

    /// `Today`, `Yesterday`, `Mon 24 Nov`, with the year where it is another.
    pub(crate) fn day(&self, at: Timestamp) -> String {
        let (day, today) = (self.date(at), self.date(self.at));
        if day == today {
            return "Today".to_owned();
        }
        if Some(day) == today.yesterday().ok() {
            return "Yesterday".to_owned();
        }
        let pattern = if day.year() == today.year() {
            "%a %-d %b"
        } else {
            "%-d %b %Y"
        };
        day.strftime(pattern).to_string()
    }

    /// `14:02`.
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        self.local(at).strftime("%H:%M").to_string()
    }

    /// The moment to the second, with its zone.
    pub(crate) fn exact(&self, at: Timestamp) -> String {
        let local = self.local(at);
        local.strftime("%-d %b %Y, %H:%M:%S %Z").to_string()
    }

    fn relative(&self, at: Timestamp) -> String {
        let seconds = self.at.since(at).as_micros() / 1_000_000;
        match seconds {
            _ if at > self.at => self.day_and_clock(at),
            0..MINUTE => "just now".to_owned(),
            MINUTE..HOUR => format!("{} min ago", seconds / MINUTE),
            _ if self.date(at) == self.date(self.at) => self.clock(at),
            _ => self.day_and_clock(at),
        }
    }

    /// The moment as a sentence names it: `14:02`, with its day where that is another.
    pub(crate) fn short(&self, at: Timestamp) -> String {
        if self.date(at) == self.date(self.at) {
            return self.clock(at);
        }
        self.day_and_clock(at)
    }

    fn day_and_clock(&self, at: Timestamp) -> String {
        format!("{}, {}", self.day(at), self.clock(at))
    }
}

fn element(now: &Now, at: Timestamp, text: &str) -> Markup {
    html! { time datetime=(at.to_string()) title=(now.exact(at)) { (text) } }
}

/// A moment as one says it.
pub(crate) fn when(now: &Now, at: Timestamp) -> Markup {
    element(now, at, &now.relative(at))
}

/// A moment whose day is said already.
pub(crate) fn clock(now: &Now, at: Timestamp) -> Markup {
    element(now, at, &now.clock(at))
}

/// A moment with its day.
pub(crate) fn day_and_clock(now: &Now, at: Timestamp) -> Markup {
    element(now, at, &now.day_and_clock(at))
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::{Now, when};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn near_moments_are_relative_and_far_ones_dated() {
        let now = Now::new(at("2026-11-29T15:00:00Z"), Some("Europe/Berlin"));
        for (moment, said) in [
            ("2026-11-29T14:59:30Z", "just now"),
            ("2026-11-29T14:40:00Z", "20 min ago"),
            ("2026-11-29T06:00:00Z", "07:00"),
            ("2026-11-28T23:30:00Z", "00:30"),
            ("2026-11-28T10:00:00Z", "Yesterday, 11:00"),
            ("2026-11-20T10:00:00Z", "Fri 20 Nov, 11:00"),
            ("2025-11-20T10:00:00Z", "20 Nov 2025, 11:00"),
            ("2026-11-30T10:00:00Z", "Mon 30 Nov, 11:00"),
        ] {
            assert_eq!(now.relative(at(moment)), said, "{moment}");
        }
        let page = when(&now, at("2026-11-20T10:00:00Z")).into_string();
        assert!(page.contains("20 Nov 2026, 11:00:00 CET"), "{page}");
    }

    #[test]
    fn a_day_begins_at_the_viewers_midnight() {
        let now = Now::new(at("2026-11-29T15:00:00Z"), Some("Asia/Tokyo"));
        assert_eq!(now.midnight(0), at("2026-11-29T15:00:00Z"));
        assert_eq!(now.midnight(1), at("2026-11-28T15:00:00Z"));
        assert_eq!(now.hour_and_weekday(at("2026-11-29T15:00:00Z")), (0, 0));
        let noon = now.read_local("2026-11-29T12:00");
        assert_eq!(noon, Some(at("2026-11-29T03:00:00Z")));
        assert_eq!(now.read_local("2026-11-29 12:00"), noon);
        assert_eq!(now.read_local("soon"), None);
        let day = (at("2026-11-28T15:00:00Z"), at("2026-11-29T15:00:00Z"));
        assert_eq!(now.read_day("2026-11-29"), Some(day));
        assert_eq!(now.read_day("2026-11-31"), None);
        let nowhere = Now::new(at("2026-11-29T15:00:00Z"), Some("Mars/<b>"));
        assert_eq!(nowhere.midnight(0), at("2026-11-29T00:00:00Z"));
        assert_eq!(nowhere.zone_name(), "");
    }
}
