//! Over which time a page looks; chosen once, and kept from page to page in the address.

use kernel::Timestamp;
use maud::{Markup, html};

use crate::{moment::Now, query};

/// The name in addresses.
pub(crate) const RANGE: &str = "range";

/// A time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    Today,
    Week,
    Month,
}

impl Range {
    pub(crate) const ALL: [Self; 3] = [Self::Today, Self::Week, Self::Month];

    /// Its name in addresses.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The one of this name; nothing where there is none.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|range| range.name() == name)
    }

    /// Its name on pages.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Week => "7 days",
            Self::Month => "30 days",
        }
    }

    /// How many days it has, today among them.
    pub(crate) const fn days(self) -> i64 {
        match self {
            Self::Today => 1,
            Self::Week => 7,
            Self::Month => 30,
        }
    }

    /// When it began, by the viewer's midnight.
    pub(crate) fn since(self, now: &Now) -> Timestamp {
        now.midnight(self.days() - 1)
    }
}

/// The choice of a time, each leading to the page over it.
pub(crate) fn ranges(page: &str, present: Range) -> Markup {
    html! {
        nav.segments aria-label="Over which time" {
            @for range in Range::ALL {
                a href={ (page) (query::string(&[(RANGE, range.name())])) }
                    aria-current=[(range == present).then_some("true")] { (range.words()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Range;
    use crate::moment::Now;

    #[test]
    fn a_time_begins_at_a_midnight_and_today_counts() {
        let now = Now::new("2026-11-29T15:00:00Z".parse().unwrap(), None);
        let began = Range::ALL.map(|range| range.since(&now).to_string());
        let days = ["2026-11-29", "2026-11-23", "2026-10-31"];
        assert_eq!(began, days.map(|day| format!("{day}T00:00:00Z")));
        assert_eq!(Range::of_name("week"), Some(Range::Week));
        assert_eq!(Range::of_name("<b>"), None);
    }
}
